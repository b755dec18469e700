//! Every mistake in the use of a run is a typed error that says where it is and what would be valid.
//!
//! Sensitive because what is not refused here is computed with: a time that is NaN has no place in any order.

use delgrad_engine::{Executor, InputSpike, Model, Network, RunError, Simulation, Stop, Synapse};
use delgrad_neuron::{DeltaLif, State};

use crate::case::{Case, Neuron};
use crate::random_networks::large;

fn neuron() -> Neuron {
    Neuron { model: Model::DeltaLif(DeltaLif::default()), initial: State { v: 0.0, i: 0.0 }, max_spikes: None }
}

/// Two inputs, three neurons, and a delay between two of them.
fn network(delay: f64) -> Network {
    let synapses = vec![Synapse::new(0, 0, 1.0, 0.0), Synapse::new(2, 1, 1.0, delay)];
    Case { inputs: 2, neurons: vec![neuron(); 3], synapses, ..Case::default() }.network()
}

fn refused(given: &[(f64, u32)]) -> RunError {
    let network = network(1.0);
    let given: Vec<InputSpike> = given.iter().map(|&(time, source)| InputSpike { time, source }).collect();
    let [plain, windowed] = [Executor::Plain, Executor::Windowed]
        .map(|executor| Simulation::new(&network, &given, executor).unwrap_err());
    assert_eq!(plain.to_string(), windowed.to_string());
    plain
}

fn says(error: &RunError, parts: &[&str]) {
    let message = error.to_string();
    for part in parts {
        assert!(message.contains(part), "\"{message}\" does not say \"{part}\"");
    }
}

#[test]
fn input_times() {
    for time in [-1e-300, -3.0, f64::NEG_INFINITY, f64::INFINITY, f64::NAN] {
        let error = refused(&[(0.0, 0), (time, 1)]);
        assert!(matches!(error, RunError::InputTime { index: 1, .. }), "{error:?}");
        says(&error, &["input spike 1", "finite", &time.to_string()]);
    }
    let network = network(1.0);
    // Zero with a sign is zero.
    let given = [InputSpike { time: -0.0, source: 0 }, InputSpike { time: 0.0, source: 1 }];
    assert!(Simulation::new(&network, &given, Executor::Plain).is_ok());
}

#[test]
fn order_of_inputs() {
    let error = refused(&[(0.5, 0), (2.0, 1), (1.5, 0)]);
    assert_eq!(error, RunError::InputOrder { index: 2, time: 1.5, previous: 2.0 });
    says(&error, &["input spike 2", "1.5", "2", "sort"]);
}

#[test]
fn inputs_that_do_not_exist() {
    let error = refused(&[(0.5, 1), (0.5, 2)]);
    assert_eq!(error, RunError::NoSuchInput { index: 1, input: 2, inputs: 2 });
    says(&error, &["input spike 1", "input 2", "2 inputs"]);
}

#[test]
fn neurons_that_do_not_exist() {
    let network = network(1.0);
    let mut simulation = Simulation::new(&network, &[], Executor::Plain).unwrap();
    let error = simulation.trace(vec![2, 3], vec![]).unwrap_err();
    assert_eq!(error, RunError::NoSuchNeuron { neuron: 3, neurons: 3 });
    says(&error, &["neuron 3", "3 neurons"]);
}

#[test]
fn sample_times() {
    let network = network(1.0);
    for executor in [Executor::Plain, Executor::Windowed] {
        let given = [InputSpike { time: 3.0, source: 0 }];
        let mut simulation = Simulation::new(&network, &given, executor).unwrap();
        for times in [vec![1.0, f64::NAN], vec![1.0, f64::INFINITY], vec![1.0, 0.5], vec![2.0, -1.0]] {
            let error = simulation.trace(vec![0], times.clone()).unwrap_err();
            let expected = RunError::TraceTime { index: 1, time: times[1], previous: times[0] };
            assert_eq!(error.to_string(), expected.to_string());
            says(&error, &["sample time 1", "sorted"]);
        }
        simulation.record(&Stop::at(5.0)).unwrap();
        assert!(simulation.time() >= 3.0);
        let past = simulation.trace(vec![0], vec![2.0]).unwrap_err();
        assert_eq!(past, RunError::TraceTime { index: 0, time: 2.0, previous: simulation.time() });
    }
}

#[test]
fn no_window() {
    let apart = Case { neurons: vec![neuron(); 3], ..Case::default() }.network();
    for (network, shortest_delay) in [(network(0.0), 0.0), (apart, f64::INFINITY)] {
        let error = Simulation::new(&network, &[], Executor::Windowed).unwrap_err();
        assert_eq!(error, RunError::NoWindow { shortest_delay });
        says(&error, &["delay", "plain executor"]);
        assert_eq!(Executor::for_run(&network, 1.0), Executor::Plain);
    }
}

#[test]
fn ends_that_cannot_be_reached() {
    let network = network(1.0);
    for executor in [Executor::Plain, Executor::Windowed] {
        let mut simulation = Simulation::new(&network, &[], executor).unwrap();
        for until in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
            let error = simulation.record(&Stop::at(until)).unwrap_err();
            assert!(matches!(error, RunError::Until { .. }), "{error:?}");
            says(&error, &[&until.to_string(), "finite"]);
        }
        // The run is as it was.
        assert!(simulation.record(&Stop::at(1.0)).is_ok());
    }
    // Where numbers are further apart than windows, a run would stand still.
    let mut windowed = Simulation::new(&network, &[], Executor::Windowed).unwrap();
    assert_eq!(windowed.record(&Stop::at(1e17)), Err(RunError::LostWindows { until: 1e17, window: 1.0 }));
    let mut plain = Simulation::new(&network, &[], Executor::Plain).unwrap();
    assert!(plain.record(&Stop::at(1e17)).is_ok());
}

#[test]
fn foreign_snapshots() {
    let case = large(1);
    let network = case.network();
    let others = [
        Case { synapses: case.synapses[1..].to_vec(), ..case.clone() },
        Case { neurons: case.neurons.iter().cloned().rev().collect(), ..case.clone() },
        {
            let mut other = case.clone();
            other.neurons[7].initial.v += 1e-9;
            other
        },
        {
            let mut other = case.clone();
            other.neurons[7].max_spikes = Some(9);
            other
        },
        {
            let mut other = case.clone();
            other.synapses[7].delay += 1e-9;
            other
        },
        {
            let mut other = case.clone();
            other.synapses[7].weight += 1e-9;
            other
        },
    ];
    for executor in [Executor::Plain, Executor::Windowed] {
        let mut simulation = Simulation::new(&network, &case.given, executor).unwrap();
        simulation.record(&Stop::at(1.3).with_budget(5_000)).unwrap();
        let snapshot = simulation.snapshot();
        assert!(Simulation::resume(&network, &case.given, &snapshot).is_ok());
        for (index, other) in others.iter().enumerate() {
            let error = Simulation::resume(&other.network(), &case.given, &snapshot).unwrap_err();
            assert_eq!(error, RunError::ForeignSnapshot, "{executor:?}: network {index}");
            says(&error, &["snapshot", "another network"]);
        }
        let fewer = Simulation::resume(&network, &case.given[1..], &snapshot).unwrap_err();
        assert_eq!(fewer, RunError::ForeignSnapshot);
        let mut later = case.given.clone();
        later.last_mut().unwrap().time += 1e-9;
        let later = Simulation::resume(&network, &later, &snapshot).unwrap_err();
        assert_eq!(later, RunError::ForeignSnapshot);
    }
}
