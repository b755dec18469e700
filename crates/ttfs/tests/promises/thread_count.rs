//! Promise: the same bits for any number of threads, on a second run, whatever the runner has done before, and whatever it does
//! on other threads at the same time.
//!
//! Sensitive to sums in the order of arrival of threads, to partial sums that depend on how a batch was cut, and to
//! working memory that leaks from one batch into the next.

use delgrad_neuron::LifParams;
use delgrad_ttfs::{
    Constant, ConstantSpec, Cotangents, DelayKind, DelaySpec, GroupKind, LayerSpec, Network, NetworkSpec,
    ParameterRange, Runner, SpikeTimes,
};

use crate::random_network::{Instance, Passes, Uniform, backward_of, forward, limited, peak_cotangents, silent};

/// 4-30-3 with synaptic delays, 5-20-10-4 with all else, one layer, neurons with constants of their own, and large layers with and without synaptic delays.
fn instances() -> Vec<Instance> {
    let synaptic = |size| LayerSpec::new(size).with_delay(DelaySpec::new(DelayKind::Synaptic));
    let own = |layer: LayerSpec, constant| {
        layer.with_constant(ConstantSpec::new(constant, ParameterRange::between(0.6, 1.6)))
    };
    let mixed = |size, tau_mem| {
        let neuron = LifParams { tau_mem, ..LifParams::default() };
        LayerSpec { neuron, biases: 1, ..LayerSpec::new(size) }
            .with_delay(DelaySpec::new(DelayKind::Axonal))
            .with_delay(DelaySpec::new(DelayKind::Dendritic))
    };
    let specs = [
        NetworkSpec { inputs: 4, layers: vec![synaptic(30), synaptic(3)] },
        NetworkSpec { inputs: 5, layers: vec![mixed(20, 1.0), mixed(10, 3.0), mixed(4, 2.0)] },
        NetworkSpec { inputs: 3, layers: vec![LayerSpec::new(7)] },
        NetworkSpec {
            inputs: 4,
            layers: vec![own(synaptic(30), Constant::TauMem), own(synaptic(3), Constant::Threshold)],
        },
        NetworkSpec { inputs: 70, layers: vec![own(synaptic(30), Constant::Threshold), synaptic(4)] },
        NetworkSpec { inputs: 70, layers: vec![synaptic(300), synaptic(4)] },
        NetworkSpec { inputs: 130, layers: vec![mixed(20, 1.0), mixed(150, 3.0), mixed(4, 2.0)] },
    ];
    let instances = specs.into_iter().enumerate().map(|(seed, spec)| {
        let mut uniform = Uniform::new(seed as u64);
        let network = Network::new(spec).unwrap();
        let mut parameters: Vec<f64> = (0..network.parameter_count()).map(|_| uniform.within(-0.2, 3.0)).collect();
        for group in network.groups().iter().filter(|group| group.kind == GroupKind::Weights) {
            let share = (20.0 / group.shape[0] as f64).min(1.0);
            parameters[group.range.clone()].iter_mut().for_each(|weight| *weight *= share);
        }
        let inputs = batch(network.inputs(), 333, &mut uniform);
        Instance { network, parameters, inputs }
    });
    instances.collect()
}

fn batch(inputs: usize, samples: usize, uniform: &mut Uniform) -> SpikeTimes {
    let times = (0..samples * inputs).map(|_| uniform.within(0.0, 2.0)).collect();
    SpikeTimes::from_rows(inputs, times).unwrap()
}

fn run(runner: &Runner, inputs: &SpikeTimes) -> Passes {
    let record = forward(runner, inputs);
    let cotangents: Vec<f64> =
        (0..record.as_slice().len()).map(|n| (n * 37 % 101) as f64 / 5000.0 - 0.01).collect();
    let of = silent(&record);
    let mut peaks = peak_cotangents(&of);
    for (peak, found) in peaks.iter_mut().zip(runner.free_peaks(inputs, &record, &of).unwrap()) {
        peak.cotangent *= found.voltage;
    }
    let cotangents = Cotangents { spikes: &cotangents, peaks: &peaks };
    backward_of(runner, inputs, record, cotangents, limited(Some(0.02)))
}

fn bits(passes: &Passes) -> Vec<u64> {
    let all = passes.record.as_slice().iter().chain(&passes.parameters).chain(&passes.inputs);
    all.map(|value| value.to_bits()).collect()
}

#[test]
fn same_bits_for_any_number_of_threads() {
    for instance in instances() {
        let mut expected: Option<Passes> = None;
        for threads in 1..=4 {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
            let passes = pool.install(|| run(&instance.runner(), &instance.inputs));
            let expected = expected.get_or_insert_with(|| passes.clone());
            assert!(bits(&passes) == bits(expected), "{threads} threads");
            assert_eq!(passes.report, expected.report, "{threads} threads");
            let spikes = passes.record.as_slice().iter().filter(|time| time.is_finite()).count();
            assert!(2 * spikes > passes.record.as_slice().len(), "{spikes} spikes only");
            assert!(passes.parameters.iter().all(|gradient| gradient.is_finite()));
        }
    }
}

#[test]
fn same_bits_on_a_second_run_and_after_another_batch() {
    let pool = rayon::ThreadPoolBuilder::new().num_threads(3).build().unwrap();
    for instance in instances() {
        let mut uniform = Uniform::new(99);
        let runner = instance.runner();
        let first = pool.install(|| run(&runner, &instance.inputs));
        for samples in [333, 1, 70, 1000, 8] {
            let other = batch(instance.network.inputs(), samples, &mut uniform);
            pool.install(|| run(&runner, &other));
            let again = run(&runner, &instance.inputs);
            assert!(bits(&again) == bits(&first), "after {samples} samples");
            assert_eq!(again.report, first.report, "after {samples} samples");
        }
    }
}

/// Working memory is not shared: batches of other sizes run at the same time.
#[test]
fn same_bits_side_by_side() {
    for instance in instances() {
        let (runner, mut uniform) = (instance.runner(), Uniform::new(7));
        let batches = [333, 40, 333, 9].map(|samples| batch(instance.network.inputs(), samples, &mut uniform));
        let expected = batches.each_ref().map(|inputs| bits(&run(&instance.runner(), inputs)));
        std::thread::scope(|scope| {
            for (inputs, expected) in batches.iter().zip(&expected) {
                let runner = &runner;
                scope.spawn(move || {
                    for _ in 0..5 {
                        assert!(bits(&run(runner, inputs)) == *expected);
                    }
                });
            }
        });
    }
}

/// Gradients are sums over samples, whose order the number of samples alone decides; spikes know nothing of the batch.
#[test]
fn same_spikes_in_any_batch() {
    for instance in instances() {
        let runner = instance.runner();
        let all = forward(&runner, &instance.inputs);
        for samples in [1, 7, 64, 200] {
            let rows = instance.inputs.as_slice()[..samples * instance.network.inputs()].to_vec();
            let some = forward(&runner, &SpikeTimes::from_rows(instance.network.inputs(), rows).unwrap());
            assert_eq!(some.as_slice(), &all.as_slice()[..some.as_slice().len()], "{samples} samples");
        }
    }
}
