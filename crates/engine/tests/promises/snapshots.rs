//! A run that is stopped anywhere, saved, loaded and continued has the bits of one that was left alone.
//!
//! Sensitive because everything counts that a run does not derive from its network: a spike in flight, a
//! prediction, a refractory period, the position of a random stream; whichever is missing from the snapshot
//! changes the rest.

use std::ops::ControlFlow;

use delgrad_engine::{
    Executor, InputSpike, Model, Network, RunError, Simulation, Snapshot, Spike, Stop, StopReason, Synapse,
};
use delgrad_neuron::{DeltaLif, State};
use proptest::prelude::*;
use proptest::test_runner::TestCaseError;

use crate::case::{Case, Neuron, bits};
use crate::random_networks::{GRID, check, large, small};

/// Where a run is interrupted.
#[derive(Clone, Debug)]
enum Break {
    /// At this part of its length.
    Time(f64),
    Spikes(u64),
    Events(u64),
    /// By the caller, at the first spike of a neuron whose number is a multiple.
    Neuron(u32),
}

fn breaks() -> impl Strategy<Value = Vec<Break>> {
    let one = prop_oneof![
        2 => (0.0..1.0).prop_map(Break::Time),
        1 => (0..8_u32).prop_map(|eighths| Break::Time(f64::from(eighths) / 8.0)),
        1 => (0..6_u64).prop_map(Break::Spikes),
        1 => (0..30_u64).prop_map(Break::Events),
        1 => (1..4_u32).prop_map(Break::Neuron),
    ];
    prop::collection::vec(one, 1..6)
}

fn stop(case: &Case) -> Stop {
    Stop { instant_budget: 20, ..Stop::at(case.until).with_budget(500) }
}

/// Runs up to a break, and tells whether it ended as such a break may.
fn run_to(simulation: &mut Simulation, case: &Case, at: &Break, spikes: &mut Vec<Spike>) -> bool {
    let before = spikes.len() as u64;
    let stop = match *at {
        Break::Time(part) => Stop { until: part * case.until, ..stop(case) },
        Break::Spikes(count) => stop(case).after_spikes(count),
        Break::Events(count) => stop(case).after_events(count),
        Break::Neuron(_) => stop(case),
    };
    let reason = simulation.run(&stop, |spike| {
        spikes.push(spike);
        match at {
            Break::Neuron(divisor) if spike.neuron % divisor == 0 => ControlFlow::Break(()),
            _ => ControlFlow::Continue(()),
        }
    });
    let told = spikes.len() as u64 - before;
    match reason.unwrap() {
        StopReason::Spikes => matches!(at, Break::Spikes(count) if *count == told),
        StopReason::Events => matches!(at, Break::Events(_)),
        StopReason::Predicate => matches!(at, Break::Neuron(_)),
        _ => !matches!(at, Break::Spikes(count) if told >= *count),
    }
}

fn saved_and_loaded(snapshot: &Snapshot) -> Snapshot {
    let loaded = postcard::from_bytes(&postcard::to_stdvec(snapshot).unwrap()).unwrap();
    assert_eq!(*snapshot, loaded);
    loaded
}

fn interrupted(case: &Case, network: &Network, executor: Executor, breaks: &[Break]) -> Result<(), TestCaseError> {
    let mut whole = Simulation::new(network, &case.given, executor).unwrap();
    let (expected, expected_reason) = whole.record(&stop(case)).unwrap();
    let mut spikes = Vec::new();
    let mut simulation = Simulation::new(network, &case.given, executor).unwrap();
    for at in breaks {
        prop_assert!(run_to(&mut simulation, case, at, &mut spikes), "{executor:?}: wrong reason at {at:?}");
        let snapshot = saved_and_loaded(&simulation.snapshot());
        simulation = Simulation::resume(network, &case.given, &snapshot).unwrap();
        prop_assert_eq!(simulation.executor(), executor);
        prop_assert_eq!(simulation.snapshot(), snapshot, "a snapshot of what is resumed");
    }
    let (rest, reason) = simulation.record(&stop(case)).unwrap();
    spikes.extend(rest);
    prop_assert_eq!(bits(&spikes), bits(&expected), "{:?}", executor);
    prop_assert_eq!(reason, expected_reason, "{:?}", executor);
    prop_assert_eq!(simulation.snapshot(), whole.snapshot(), "{:?}: the end", executor);
    Ok(())
}

fn both(case: &Case, breaks: &[Break]) -> Result<(), TestCaseError> {
    let network = case.network();
    interrupted(case, &network, Executor::Plain, breaks)?;
    interrupted(case, &network.clone().with_shards(4), Executor::Plain, breaks)?;
    if Simulation::new(&network, &case.given, Executor::Windowed).is_ok() {
        interrupted(case, &network, Executor::Windowed, breaks)?;
        interrupted(case, &network.clone().with_shards(4), Executor::Windowed, breaks)?;
    }
    Ok(())
}

#[test]
fn small_networks() {
    check(300, (small(GRID), breaks()), |(case, breaks)| both(&case, &breaks));
}

#[test]
fn small_networks_with_zero_delays() {
    check(300, (small(0.0), breaks()), |(case, breaks)| both(&case, &breaks));
}

#[test]
fn large_networks() {
    check(4, (0..1000_u64, breaks()), |(seed, breaks)| both(&large(seed), &breaks));
}

/// Resumes a run of one network in another that differs by its shards: refused, or with the same bits.
fn refused_or_harmless(case: &Case, networks: [&Network; 2], until: f64) -> Result<(), TestCaseError> {
    for executor in [Executor::Plain, Executor::Windowed] {
        let Ok(mut simulation) = Simulation::new(networks[0], &case.given, executor) else { continue };
        simulation.record(&Stop { until, ..stop(case) }).unwrap();
        match Simulation::resume(networks[1], &case.given, &simulation.snapshot()) {
            Err(error) => prop_assert_eq!(error, RunError::ForeignSnapshot),
            Ok(mut other) => {
                let (found, expected) = (other.record(&stop(case)), simulation.record(&stop(case)));
                prop_assert_eq!(bits(&found.unwrap().0), bits(&expected.unwrap().0), "{:?}", executor);
            }
        }
    }
    Ok(())
}

/// A snapshot holds places in the synapses of its shards, so that it must not be read with others.
#[test]
fn other_shards_are_refused_or_harmless() {
    check(300, (small(GRID), 0.0..1.0), |(case, part)| {
        refused_or_harmless(&case, [&case.network(), &case.network().with_shards(2)], part * case.until)
    });
}

/// The cut hides here: what is left of the spike has the same shard and place in both networks, but another target.
#[test]
fn other_shards_that_look_alike() {
    let neuron = Neuron {
        model: Model::DeltaLif(DeltaLif::default()),
        initial: State { v: 0.0, i: 0.0 },
        max_spikes: None,
    };
    let mut synapses = Vec::new();
    for (target, delay) in [(0, 1.0), (1, 1.0), (2, 5.0)] {
        synapses.extend([Synapse::new(0, target, 0.4, delay); 3]);
    }
    synapses.push(Synapse::new(1, 3, 0.0, 1.0));
    let given = vec![InputSpike { time: 0.0, source: 0 }];
    let case = Case { inputs: 1, neurons: vec![neuron; 4], synapses, given, until: 8.0 };
    let (pairs, singles) = (case.network().with_shards(2), case.network().with_shards(1));
    for networks in [[&pairs, &singles], [&singles, &pairs], [&pairs, &case.network()]] {
        refused_or_harmless(&case, networks, 3.0).unwrap();
    }
}
