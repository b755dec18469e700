//! The same bits for any number of threads and any cut into shards, and on every run.
//!
//! Sensitive because floating-point sums depend on their order: a sum that follows the scheduling of threads, or
//! the place of a target in its shard, differs in the last bit, and a network makes that last bit a spike.

use delgrad_engine::spec::{Distribution, LifSpec, NetworkSpec, PopulationSpec, ProjectionSpec, Rule, SourceSpec};
use delgrad_engine::{Executor, Generator, InputSpike, Model, Network, Simulation, Stop, Synapse, Traces};
use delgrad_neuron::{DeltaLif, State};

use crate::case::{Case, Neuron, bits, with_threads};
use crate::random_networks::{GRID, check, large, small};

type Outcome = (Vec<(u64, u32)>, u64, u64, Traces);

fn run(case: &Case, network: &Network, executor: Executor, threads: usize) -> Outcome {
    with_threads(threads, || {
        let mut simulation = Simulation::new(network, &case.given, executor).unwrap();
        let samples = (0..10).map(|sample| case.until * f64::from(sample) / 9.0).collect();
        simulation.trace((0..network.neurons()).collect(), samples).unwrap();
        let (spikes, _) = simulation.record(&Stop::at(case.until).with_budget(2_000)).unwrap();
        let counters = simulation.counters();
        (bits(&spikes), counters.events, counters.spikes, simulation.traces().clone())
    })
}

fn same_for_all(case: &Case, executor: Executor, longest: &[u32], threads: &[usize]) {
    let network = case.network();
    let expected = run(case, &network, executor, 1);
    for &longest in longest {
        let network = network.clone().with_shards(longest);
        for &threads in threads {
            let found = run(case, &network, executor, threads);
            assert!(found == expected, "{executor:?}, shards of {longest}, {threads} threads");
        }
    }
}

#[test]
fn large_networks() {
    for seed in 0..4 {
        let case = large(seed);
        for executor in [Executor::Plain, Executor::Windowed] {
            // Twice the same: a second run has the bits of the first.
            same_for_all(&case, executor, &[1 << 13, 1 << 13, 100, 37, 7], &[1, 2, 3, 4]);
        }
    }
}

#[test]
fn small_networks() {
    check(60, small(GRID), |case| {
        same_for_all(&case, Executor::Plain, &[1 << 13, 3, 1], &[2]);
        if Simulation::new(&case.network(), &case.given, Executor::Windowed).is_ok() {
            same_for_all(&case, Executor::Windowed, &[1 << 13, 3, 1], &[1, 3]);
        }
        Ok(())
    });
}

/// Two spikes of one source at one instant, with several synapses of one delay onto a target: their arrivals are
/// added up in an order that must not depend on how a shard stores its delays, which a cut may change.
#[test]
fn two_spikes_at_one_instant() {
    let model = Model::DeltaLif(DeltaLif::default());
    let neuron = Neuron { model, initial: State { v: 0.0, i: 0.0 }, max_spikes: None };
    let shared = [0.1, 0.7, -0.3, 0.011, -0.9, 0.2].map(|weight| (0, weight, 1.0));
    let single = (1..40).map(|step| (1, 0.01, 0.03 * f64::from(step)));
    let synapse = |(target, weight, delay): (u32, f64, f64)| Synapse::new(0, target, weight, delay);
    let mut synapses: Vec<Synapse> = shared.into_iter().chain(single).map(synapse).collect();
    synapses.push(Synapse::new(1, 1, 0.0, 0.5));
    let given = vec![InputSpike { time: 1.0, source: 0 }; 3];
    let case = Case { inputs: 1, neurons: vec![neuron; 2], synapses, given, until: 4.0 };
    for executor in [Executor::Plain, Executor::Windowed] {
        same_for_all(&case, executor, &[1 << 13, 1], &[1]);
    }
}

/// Generated spikes are drawn in banks of some thousand inputs, by all threads where there are many in a window: here in some windows, for
/// the rates of a group change. Calls end between, and a snapshot is taken.
#[test]
fn generated_spikes() {
    let steps = Generator::Rates { times: vec![2.0, 3.0, 6.0], rates: vec![3.0, 0.0, 0.5] };
    let times = Generator::Times((0..1500).map(|input| vec![0.001 * f64::from(input), 4.0]).collect());
    let sources = [
        ("poisson", 1500, Generator::Poisson { rate: 0.2 }),
        ("steps", 2500, steps),
        ("given", 3, Generator::Given),
        ("times", 1500, times),
        ("regular", 100, Generator::Regular { start: 0.25, interval: 0.5 }),
    ];
    let lif = LifSpec { tau_mem: 10.0.into(), tau_syn: 5.0.into(), ..LifSpec::default() };
    let delay = Distribution::Uniform { low: 0.5, high: 2.0 };
    let mut spec = NetworkSpec::new().seed(2).population(PopulationSpec::lif("a", 300, lif));
    spec = spec.project(ProjectionSpec::new("a", "a", Rule::FixedInDegree(10)).weight(-0.05).delay(delay));
    for (name, size, generator) in sources {
        spec = spec.source(SourceSpec::new(name, size, generator));
        let projection = ProjectionSpec::new(name, "a", Rule::FixedInDegree(40));
        spec = spec.project(projection.weight(0.01).delay(0.3));
    }
    let network = spec.build().unwrap().with_shards(150);
    let given: Vec<InputSpike> = (0..50).map(|n| InputSpike { time: 0.2 * f64::from(n), source: 4000 }).collect();
    let run = |executor, threads, parts: &[f64]| {
        let mut simulation = Simulation::new(&network, &given, executor).unwrap().threads(threads);
        let mut spikes = Vec::new();
        for &until in parts {
            spikes.extend(simulation.record(&Stop::at(until)).unwrap().0);
            simulation = Simulation::resume(&network, &given, &simulation.snapshot()).unwrap().threads(threads);
        }
        (bits(&spikes), simulation.counters().input_spikes, simulation.snapshot())
    };
    let expected = run(Executor::Windowed, 1, &[8.0]);
    assert!(expected.0.len() > 100 && expected.1 > 12_000);
    for threads in [1, 2, 3, 4] {
        for parts in [&[8.0][..], &[1.9, 2.05, 2.5, 3.3, 8.0]] {
            assert!(run(Executor::Windowed, threads, parts) == expected, "{threads} threads, {parts:?}");
        }
    }
    let until = network.input_spikes(&given, 8.0).unwrap();
    assert!(until.is_sorted_by(|a, b| (a.time, a.source) <= (b.time, b.source)));
    assert_eq!(run(Executor::Plain, 1, &[2.05, 8.0]).1, until.len() as u64);
}
