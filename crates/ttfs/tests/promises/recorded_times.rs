//! Promise: recorded spike times may come from anywhere. Gradients stay finite, what the model cannot explain is counted
//! and has no gradient, and both paths agree about it.

use delgrad_neuron::SpikeSlope;
use delgrad_ttfs::{BackwardOptions, LayerSpec, Network, NetworkSpec, SpikeTimes};
use proptest::prelude::*;

use crate::random_network::{Instance, Passes, Uniform, backward, cases, forward, gradient_difference, instances};

/// As between the paths with times of their own, but the recorded times are no solutions: the voltage's rate at a spike
/// may be a small difference of large numbers.
const TOLERANCE: f64 = 1e-8;

/// Backward passes of both paths along a record, by all rules.
fn check(instance: &Instance, record: &SpikeTimes) -> Result<(), TestCaseError> {
    for max_dw_norm in [None, Some(0.2)] {
        for slope in [SpikeSlope::Recorded, SpikeSlope::Crossing] {
            agree(instance, record, BackwardOptions { max_dw_norm, slope })?;
        }
    }
    Ok(())
}

fn agree(instance: &Instance, record: &SpikeTimes, options: BackwardOptions) -> Result<(), TestCaseError> {
    let (vector, plain) = (instance.runner(), instance.runner().plain());
    let cotangents = instance.cotangents();
    let vector = backward(&vector, &instance.inputs, record.clone(), &cotangents, options);
    let plain = backward(&plain, &instance.inputs, record.clone(), &cotangents, options);
    let finite =
        |passes: &Passes| passes.parameters.iter().chain(&passes.inputs).all(|gradient| gradient.is_finite());
    prop_assert!(finite(&vector), "vector path: {:?}", vector);
    prop_assert!(finite(&plain), "plain path: {:?}", plain);
    prop_assert_eq!(vector.report.unexplained, plain.report.unexplained);
    let largest = vector.parameters.iter().fold(1.0_f64, |largest, g| largest.max(g.abs()));
    if largest < 1e4 {
        let difference = gradient_difference(&vector, &plain);
        prop_assert!(difference < TOLERANCE, "{}", difference);
    }
    Ok(())
}

#[test]
fn shifted_by_noise() {
    proptest!(cases(400), |(instance in instances(1..=20_usize), noise in 1e-6..1.0_f64, seed in any::<u64>())| {
        let mut uniform = Uniform::new(seed);
        let mut record = forward(&instance.runner(), &instance.inputs);
        for (n, time) in record.as_mut_slice().iter_mut().enumerate() {
            *time += uniform.within(-noise, noise);
            if uniform.chance(0.05) {
                // as on a coarse clock: at the very instant of an arrival
                *time = instance.inputs.as_slice()[n % instance.inputs.as_slice().len()];
            } else if uniform.chance(0.05) {
                *time = f64::INFINITY;
            } else if uniform.chance(0.05) {
                *time = uniform.within(0.0, 5.0);
            }
        }
        check(&instance, &record)?;
    });
}

/// A clock that was wrong by thousands of time constants, in either direction.
#[test]
fn far_away() {
    proptest!(cases(200), |(instance in instances(1..=20_usize), by in prop_oneof![-1e6..-10.0_f64, 10.0..1e6_f64])| {
        let mut record = forward(&instance.runner(), &instance.inputs);
        for (n, time) in record.as_mut_slice().iter_mut().enumerate() {
            *time += if n % 4 == 0 { by } else { 0.0 };
        }
        check(&instance, &record)?;
    });
}

/// A spike before every input, and one long after the voltage has decayed: counted, and without gradient.
#[test]
fn spikes_without_a_cause_are_counted() {
    let network = Network::new(NetworkSpec { inputs: 2, layers: vec![LayerSpec::new(1)] }).unwrap();
    let inputs = SpikeTimes::from_rows(2, [1.0, 1.5].repeat(4)).unwrap();
    let instance = Instance { network, parameters: vec![2.0, 2.0], inputs };
    let mut record = forward(&instance.runner(), &instance.inputs);
    record.as_mut_slice()[1] = 0.5;
    record.as_mut_slice()[2] = 40.0;
    let cotangents = [1.0; 4];
    for runner in [instance.runner(), instance.runner().plain()] {
        let passes = backward(&runner, &instance.inputs, record.clone(), &cotangents, BackwardOptions::exact());
        assert_eq!((passes.report.unexplained, passes.report.dropped), (2, 0));
        assert_eq!(passes.inputs[2..6], [0.0; 4]);
        assert!(passes.inputs[0] > 0.0 && passes.parameters[0] < 0.0);
    }
}
