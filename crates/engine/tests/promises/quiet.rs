//! Time in which nothing happens costs nothing and changes nothing.
//!
//! Sensitive because the windowed executor passes such a stretch in one step, and must find its end without missing a spike, and
//! because a caller may stop, take samples or a snapshot anywhere within it.

use delgrad_engine::{Executor, InputSpike, Model, Network, Simulation, Spike, Stop, Synapse};
use delgrad_neuron::{DeltaLif, Lif, LifParams, PointNeuron, Qif, State};

use crate::case::{Case, Neuron, bits, with_threads};

/// A few neurons of each kind, most of them superposed; two are driven and spike by themselves, slowly.
fn case(given: Vec<InputSpike>, until: f64) -> Case {
    let lif = Lif::new(LifParams { refractory: 0.5, ..LifParams::default() }).unwrap();
    let slow = Lif::new(LifParams { tau_mem: 300.0, refractory: 100.0, ..LifParams::default() }).unwrap();
    let slow = slow.with_bias(0.004).unwrap();
    let mut models = vec![Model::Lif(lif); 160];
    models.extend([Model::Lif(slow), Model::DeltaLif(DeltaLif::default()), Model::Qif(Qif::default())]);
    let neurons = models.into_iter().map(|model| {
        let initial = model.rest();
        Neuron { model, initial, max_spikes: None }
    });
    let neurons: Vec<Neuron> = neurons.collect();
    let synapse = |source: u32, target: u32, weight, delay| Synapse::new(source, target, weight, delay);
    let mut synapses: Vec<Synapse> = (0..160).map(|n| synapse(0, n, 3.0, 0.5 + 0.01 * f64::from(n))).collect();
    // a chain with short and very long delays
    synapses.extend((0..159).map(|n| synapse(1 + n, n + 1, 0.4, 0.7)));
    synapses.extend((0..3).map(|n| synapse(1 + 40 * n, 160 + n, 0.5, 150.0)));
    synapses.push(synapse(161, 5, 4.0, 77.7));
    Case { inputs: 1, neurons, synapses, given, until }
}

fn inputs(times: &[f64]) -> Vec<InputSpike> {
    times.iter().map(|&time| InputSpike { time, source: 0 }).collect()
}

fn run(network: &Network, given: &[InputSpike], executor: Executor, until: f64) -> Vec<Spike> {
    Simulation::new(network, given, executor).unwrap().record(&Stop::at(until)).unwrap().0
}

#[test]
fn both_executors_find_the_same_spikes_between_long_pauses() {
    let case = case(inputs(&[3.0, 1000.0, 1000.6, 98_765.4, 2e5]), 2.01e5);
    let network = case.network();
    let plain = run(&network, &case.given, Executor::Plain, case.until);
    let windowed = run(&network, &case.given, Executor::Windowed, case.until);
    assert!(plain.len() > 800, "{}", plain.len());
    assert_eq!(plain.len(), windowed.len());
    let sorted = |mut spikes: Vec<Spike>| {
        spikes.sort_by_key(|spike| spike.neuron);
        spikes
    };
    for (a, b) in sorted(plain).iter().zip(&sorted(windowed)) {
        assert!(a.neuron == b.neuron && (a.time - b.time).abs() <= 1e-9 * (1.0 + a.time), "{a:?} {b:?}");
    }
}

#[test]
fn stops_samples_threads_and_snapshots_change_no_bit() {
    let case = case(inputs(&[3.0, 1000.0, 20_000.0]), 30_000.0);
    let network = case.network().with_shards(64);
    let whole = bits(&run(&network, &case.given, Executor::Windowed, case.until));
    assert_eq!(whole, bits(&with_threads(3, || run(&network, &case.given, Executor::Windowed, case.until))));

    let ends: Vec<f64> =
        [0.5, 2.9, 3.6, 9.0, 500.0, 999.99, 1004.0, 19_999.0].into_iter().chain([case.until]).collect();
    let mut simulation = Simulation::new(&network, &case.given, Executor::Windowed).unwrap();
    let mut parts = Vec::new();
    for end in ends {
        let ahead: Vec<f64> =
            [0.2, 0.7].iter().map(|part| simulation.time() + part * (end - simulation.time())).collect();
        if ahead.iter().all(|&time| time >= simulation.time()) {
            simulation.trace(vec![0, 159, 160, 161], ahead).unwrap();
        }
        parts.extend(simulation.record(&Stop::at(end)).unwrap().0);
        simulation = Simulation::resume(&network, &case.given, &simulation.snapshot()).unwrap();
    }
    assert_eq!(whole, bits(&parts));
}

#[test]
fn samples_within_a_pause_are_those_of_the_plain_executor() {
    let case = case(inputs(&[3.0, 1000.0]), 2000.0);
    let network = case.network();
    let times: Vec<f64> = (0..2000).map(f64::from).collect();
    let traces = [Executor::Plain, Executor::Windowed].map(|executor| {
        let mut simulation = Simulation::new(&network, &case.given, executor).unwrap();
        simulation.trace((0..163).collect(), times.clone()).unwrap();
        simulation.record(&Stop::at(case.until)).unwrap();
        simulation.traces().states.clone()
    });
    assert_eq!((traces[0].len(), traces[1].len()), (2000 * 163, 2000 * 163));
    for (State { v, i }, other) in traces[0].iter().zip(&traces[1]) {
        assert!((v - other.v).abs() < 1e-9 && (i - other.i).abs() < 1e-9, "{v} {i} {other:?}");
    }
}

/// A million units of silence would be millions of windows.
#[test]
fn a_run_may_span_any_time() {
    let case = case(inputs(&[1e9, 1e11]), 1.1e11);
    let network =
        Case { neurons: case.neurons[..160].to_vec(), synapses: case.synapses[..300].to_vec(), ..case.clone() }
            .network();
    let spikes = run(&network, &case.given, Executor::Windowed, case.until);
    assert_eq!(spikes.len(), run(&network, &case.given, Executor::Plain, case.until).len());
    assert!(spikes.len() >= 320 && spikes[0].time > 1e9);
    assert_eq!(Executor::for_run(&network, f64::MAX), Executor::Plain);
}
