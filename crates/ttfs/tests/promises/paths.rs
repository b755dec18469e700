//! Promise: the vector path and the plain path give the same spikes and gradients.

use delgrad_neuron::math::ln;
use delgrad_neuron::{Lif, State};
use delgrad_ttfs::{
    DelayKind, DelayRange, DelayRule, DelaySpec, GroupKind, LayerSpec, Network, NetworkSpec, SpikeTimes,
};
use proptest::prelude::*;

use crate::random_network::{
    Instance, Passes, backward, cases, forward, gradient_difference, instances, large_instances, limited,
    spike_difference,
};

/// Rounding in recursions over exponentials on one side and in steps of the flow on the other, amplified by spikes that
/// nearly graze the threshold. Times in units of time constants of order 1, gradients relative to their largest entry.
const TOLERANCE: f64 = 1e-9;

/// A spike whose gradient is that large nearly grazes the threshold: rounding decides its digits.
const GRAZING: f64 = 1e4;

/// Both paths, forward and backward along the vector path's record.
fn both(instance: &Instance, max_dw_norm: Option<f64>) -> [Passes; 2] {
    let (vector, plain) = (instance.runner(), instance.runner().plain());
    let record = forward(&vector, &instance.inputs);
    let plain_record = forward(&plain, &instance.inputs);
    let cotangents = instance.cotangents();
    let vector = backward(&vector, &instance.inputs, record.clone(), &cotangents, limited(max_dw_norm));
    let mut plain = backward(&plain, &instance.inputs, record, &cotangents, limited(max_dw_norm));
    plain.record = plain_record;
    [vector, plain]
}

fn largest(passes: &Passes) -> f64 {
    passes.parameters.iter().chain(&passes.inputs).fold(0.0_f64, |largest, g| largest.max(g.abs()))
}

fn check(instance: &Instance, limit: Option<f64>, tolerance: f64) -> Result<(), TestCaseError> {
    let [vector, plain] = both(instance, limit);
    let amplified = tolerance * (largest(&vector) / GRAZING).max(1.0);
    let times = spike_difference(&vector.record, &plain.record);
    prop_assert!(times < amplified, "times differ by {}", times);
    let gradients = gradient_difference(&vector, &plain);
    prop_assert!(gradients < amplified, "gradients differ by {}", gradients);
    prop_assert_eq!(vector.report, plain.report);
    Ok(())
}

#[test]
fn agree_for_any_batch() {
    proptest!(cases(600), |(instance in instances(1..=70_usize))| {
        check(&instance, None, TOLERANCE)?;
        check(&instance, Some(0.5), TOLERANCE)?;
    });
}

/// Layers that are computed eight neurons at a time, with bins where synapses have delays of their own.
#[test]
fn agree_for_large_layers() {
    proptest!(cases(400), |(instance in large_instances(1..=40_usize))| {
        check(&instance, None, TOLERANCE)?;
        check(&instance, Some(0.05), TOLERANCE)?;
    });
}

/// Arrivals hundreds of time constants apart do not fit into the exponentials of the vector kernels, which leave them to
/// the plain path.
#[test]
fn agree_for_arrivals_far_apart() {
    let any = prop_oneof![3 => instances(1..=20_usize), 1 => large_instances(1..=20_usize)];
    proptest!(cases(200), |(mut instance in any, span in 200.0..2000.0_f64)| {
        for (n, time) in instance.inputs.as_mut_slice().iter_mut().enumerate() {
            *time += if n % 3 == 1 { span } else { 0.0 };
        }
        check(&instance, None, TOLERANCE)?;
    });
}

/// Times count from anywhere: an offset of a million time constants costs the digits that it takes from the times.
#[test]
fn agree_for_late_times() {
    const OFFSET: f64 = 1e6;
    /// Spacing of numbers near 1e6, passed through up to three layers, against times of order 1.
    const LATE: f64 = 1e-7;
    let any = prop_oneof![3 => instances(1..=20_usize), 1 => large_instances(1..=20_usize)];
    proptest!(cases(200), |(early in any)| {
        let mut late = early.clone();
        late.inputs.as_mut_slice().iter_mut().for_each(|time| *time += OFFSET);
        for group in late.network.groups().iter().filter(|group| group.kind == GroupKind::Biases) {
            late.parameters[group.range.clone()].iter_mut().for_each(|time| *time += OFFSET);
        }
        check(&late, None, LATE)?;
        let (mut early, mut late) = (both(&early, None)[0].clone(), both(&late, None)[0].clone());
        if largest(&early) < 100.0 {
            late.record.as_mut_slice().iter_mut().for_each(|time| *time -= OFFSET);
            let times = spike_difference(&early.record, &late.record);
            prop_assert!(times < LATE, "times differ by {}", times);
            early.report = late.report;
            let gradients = gradient_difference(&late, &early);
            prop_assert!(gradients < 100.0 * LATE, "gradients differ by {}", gradients);
        }
    });
}

/// One arrival whose voltage peaks `excess` above the threshold, or below it where that is negative: at one neuron, or at the first of
/// eight with many more inputs, without synaptic delays or with some.
fn grazing(tau_mem: f64, excess: f64, form: Form) -> Instance {
    let (inputs, size) = if form == Form::Small { (1, 1) } else { (130, 8) };
    let mut layer = LayerSpec::new(size);
    layer.neuron.tau_mem = tau_mem;
    if form == Form::Delayed {
        let range = DelayRange::direct(DelayRule::Clip);
        layer = layer.with_delay(DelaySpec { range, ..DelaySpec::new(DelayKind::Synaptic) });
    }
    let peak_time = if tau_mem == 1.0 { 1.0 } else { tau_mem / (tau_mem - 1.0) * ln(tau_mem) };
    let peak = Lif::new(layer.neuron).unwrap().flow(State { v: 0.0, i: 1.0 }, peak_time).v;
    let network = Network::new(NetworkSpec { inputs, layers: vec![layer] }).unwrap();
    let mut parameters = vec![0.0; network.parameter_count()];
    parameters[0] = (1.0 + excess) / peak;
    // the others change nothing, but are there
    let delays = parameters.len() - inputs * size;
    for (n, delay) in parameters[inputs * size..].iter_mut().enumerate().skip(1) {
        *delay = 3.0 * n as f64 / delays as f64;
    }
    let times = (0..inputs).map(|n| 0.25 + 0.01 * n as f64).collect();
    Instance { network, parameters, inputs: SpikeTimes::from_rows(inputs, times).unwrap() }
}

const FORMS: [Form; 3] = [Form::Small, Form::Large, Form::Delayed];

#[derive(Clone, Copy, Debug, PartialEq)]
enum Form {
    Small,
    Large,
    Delayed,
}

/// Without a leak the voltage tends to what the inputs sum up to: the threshold itself is never reached, whatever comes later.
#[test]
fn agree_where_the_inputs_sum_to_the_threshold() {
    for (pieces, late) in [(1, 0.0), (3, 0.0), (3, -1.0), (10, 0.0), (10, -0.5), (130, 0.0), (130, -0.5)] {
        let size = if pieces == 130 { 8 } else { 1 };
        let mut layer = LayerSpec::new(size);
        layer.neuron.tau_mem = f64::INFINITY;
        let network = Network::new(NetworkSpec { inputs: pieces + 3, layers: vec![layer] }).unwrap();
        for (share, fires) in [(1.0, false), (1.0 - 1e-9, false), (1.0 + 1e-9, true)] {
            let mut parameters = vec![share / pieces as f64; pieces * size];
            let mut times: Vec<f64> = (0..pieces).map(|n| 0.3 + 7.0 * n as f64 / pieces.max(10) as f64).collect();
            parameters.extend([0.0, late, late].map(|weight| vec![weight; size]).concat());
            times.extend([45.0, 60.0, 280.0]);
            let inputs = SpikeTimes::from_rows(pieces + 3, times).unwrap();
            for passes in both(&Instance { network: network.clone(), parameters, inputs }, None) {
                assert_eq!(passes.record.get(0, 0, 0).is_some(), fires, "{pieces} {late} {share}: {passes:?}");
            }
        }
    }
}

/// Where the voltage only just reaches the threshold the gradient grows without bound: it is finite or counted as
/// missing, never NaN, and the limit drops it on both paths.
#[test]
fn agree_where_spikes_graze_the_threshold() {
    for (tau_mem, form) in [1.0, 2.0, 3.5].into_iter().flat_map(|tau| FORMS.map(|form| (tau, form))) {
        for exponent in 1..=15 {
            let excess = (0..exponent).fold(1.0, |excess, _| excess / 10.0);
            for (excess, fires) in [(excess, true), (-excess, false)] {
                for limit in [None, Some(0.2)] {
                    let passes = both(&grazing(tau_mem, excess, form), limit);
                    for (path, passes) in ["vector", "plain"].iter().zip(&passes) {
                        let what = format!("tau_mem {tau_mem}, {form:?}, {path}, excess {excess:e}: {passes:?}");
                        // at 1e-15 rounding decides
                        assert!(exponent > 13 || passes.record.get(0, 0, 0).is_some() == fires, "{what}");
                        assert!(largest(passes).is_finite(), "{what}");
                        let usable = fires && passes.report.unexplained == 0 && exponent <= 13;
                        assert!(!usable || largest(passes) > 0.1, "{what}");
                        let dropped = usable && limit.is_some() && exponent > 2;
                        assert!(!dropped || (passes.report.dropped, passes.parameters[0]) == (1, 0.0), "{what}");
                    }
                    let [vector, plain] = &passes;
                    if exponent <= 13 {
                        assert_eq!(vector.report, plain.report, "tau_mem {tau_mem}, excess {excess:e}");
                    }
                    if exponent <= 6 {
                        // the voltage's rate at the spike is of order sqrt(excess): half the digits
                        let difference = gradient_difference(vector, plain);
                        assert!(
                            difference < TOLERANCE / excess.abs(),
                            "tau_mem {tau_mem}, excess {excess:e}: {difference}"
                        );
                    }
                }
            }
        }
    }
}
