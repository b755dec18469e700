//! Parts of a run have the spikes and samples of the whole, wherever they end and however often somebody asks anew.
//!
//! Sensitive because no executor stands where a call ends: the plain one is at its latest event, the windowed one at the
//! end of a window. Samples between there and the end of the call belong to the next part, and to no other.

use std::ops::ControlFlow;

use delgrad_engine::{Executor, Multiples, Network, Simulation, Snapshot, Spike, Stop, StopReason, is_rounded};
use proptest::prelude::*;
use proptest::test_runner::TestCaseError;

use crate::case::{Case, bits, with_threads};
use crate::random_networks::{GRID, check, large, small};

/// Where a part ends.
#[derive(Clone, Debug)]
enum End {
    /// At this part of the whole.
    Part(f64),
    /// At so many steps of samples.
    Multiple(u32),
    /// Exactly at a spike of the whole run, chosen by this part of their number.
    Spike(f64),
    /// At the edge of a window.
    Edge(u32),
    AfterSpikes(u64),
    AfterEvents(u64),
    /// By the caller, at the first spike of a neuron whose number is a multiple.
    Neuron(u32),
}

#[derive(Clone, Debug)]
struct Cut {
    end: End,
    /// Whether the next part goes on from a file.
    saved: bool,
}

fn cuts() -> impl Strategy<Value = Vec<Cut>> {
    let end = prop_oneof![
        2 => (0.0..1.0).prop_map(End::Part),
        2 => (0..30_u32).prop_map(End::Multiple),
        2 => (0.0..1.0).prop_map(End::Spike),
        1 => (0..20_u32).prop_map(End::Edge),
        2 => (0..6_u64).prop_map(End::AfterSpikes),
        1 => (0..30_u64).prop_map(End::AfterEvents),
        2 => (1..4_u32).prop_map(End::Neuron),
    ];
    prop::collection::vec((end, any::<bool>()).prop_map(|(end, saved)| Cut { end, saved }), 1..12)
}

/// Samples as bits: time, then voltage and current of each neuron.
type Rows = Vec<Vec<u64>>;

fn rows(simulation: &Simulation) -> Rows {
    let traces = simulation.traces();
    let states = traces.states.chunks(traces.neurons.len());
    let row = |(time, states): (&f64, &[delgrad_neuron::State])| {
        let states = states.iter().flat_map(|state| [state.v.to_bits(), state.i.to_bits()]);
        std::iter::once(time.to_bits()).chain(states).collect()
    };
    traces.times.iter().zip(states).map(row).collect()
}

fn stop(case: &Case) -> Stop {
    Stop { instant_budget: 20, ..Stop::at(case.until).with_budget(400) }
}

/// A part: its spikes and samples are added to those before.
fn part(
    simulation: &mut Simulation,
    (step, stop): (f64, Stop),
    neurons: &[u32],
    (spikes, samples): (&mut Vec<Spike>, &mut Rows),
    mut ends: impl FnMut(Spike) -> bool,
) -> StopReason {
    let times = simulation.sample_times(step, stop.until).unwrap().collect();
    simulation.trace(neurons.to_vec(), times).unwrap();
    let tell = |spike| {
        spikes.push(spike);
        if ends(spike) { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    };
    let reason = simulation.run(&stop, tell).unwrap();
    samples.extend(rows(simulation));
    reason
}

fn in_parts(
    case: &Case,
    network: &Network,
    executor: Executor,
    step: f64,
    cuts: &[Cut],
) -> Result<(), TestCaseError> {
    // Backwards, and one of them twice.
    let neurons: Vec<u32> = (0..network.neurons()).rev().chain([0]).collect();
    let new = || Simulation::new(network, &case.given, executor).unwrap();
    let (mut whole, mut expected, mut expected_rows) = (new(), Vec::new(), Vec::new());
    let expected_reason =
        part(&mut whole, (step, stop(case)), &neurons, (&mut expected, &mut expected_rows), |_| false);
    let (mut simulation, mut spikes, mut samples) = (new(), Vec::new(), Vec::new());
    for Cut { end, saved } in cuts {
        let until = match *end {
            End::Part(part) => part * case.until,
            End::Multiple(n) => {
                Multiples::from(step, 0.0, case.until).unwrap().nth(n as usize).unwrap_or(case.until)
            }
            End::Spike(part) => {
                expected.get((part * expected.len() as f64) as usize).map_or(0.0, |spike| spike.time)
            }
            End::Edge(n) => (0..n).fold(0.0, |edge, _| edge + simulation.window().unwrap_or(step)),
            _ => case.until,
        };
        // A part that ends a rounding before a multiple has its last sample there, and at the multiple in the whole run.
        let mut multiples = Multiples::from(step, 0.0, case.until).unwrap();
        let until = multiples.find(|&multiple| multiple > until && is_rounded(multiple, until)).unwrap_or(until);
        let stop = Stop { until: until.min(case.until), ..stop(case) };
        let stop = match *end {
            End::AfterSpikes(most) => stop.after_spikes(most),
            End::AfterEvents(most) => stop.after_events(most),
            _ => stop,
        };
        let before = simulation.time();
        let reason = part(
            &mut simulation,
            (step, stop),
            &neurons,
            (&mut spikes, &mut samples),
            |spike| matches!(end, End::Neuron(divisor) if spike.neuron % divisor == 0),
        );
        prop_assert!(simulation.time() >= before && simulation.time() <= case.until);
        if reason == StopReason::Until {
            prop_assert_eq!(simulation.time(), before.max(stop.until));
            prop_assert!(simulation.has_reached(stop.until));
        }
        if *saved {
            let snapshot = Snapshot::from_bytes(&simulation.snapshot().to_bytes().unwrap()).unwrap();
            let resumed = Simulation::resume(network, &case.given, &snapshot).unwrap();
            prop_assert_eq!(resumed.time(), simulation.time());
            prop_assert_eq!(resumed.snapshot(), snapshot);
            simulation = resumed;
        }
    }
    let reason = part(&mut simulation, (step, stop(case)), &neurons, (&mut spikes, &mut samples), |_| false);
    prop_assert_eq!(reason, expected_reason);
    prop_assert_eq!(bits(&spikes), bits(&expected), "{:?}", executor);
    prop_assert_eq!(samples, expected_rows, "{:?}: samples", executor);
    prop_assert_eq!(simulation.snapshot(), whole.snapshot(), "{:?}: the end", executor);
    Ok(())
}

fn both(case: &Case, step: f64, cuts: &[Cut]) -> Result<(), TestCaseError> {
    let network = case.network();
    for executor in [Executor::Plain, Executor::Windowed] {
        if Simulation::new(&network, &case.given, executor).is_ok() {
            in_parts(case, &network, executor, step, cuts)?;
            in_parts(case, &network.clone().with_shards(3), executor, step, cuts)?;
        }
    }
    Ok(())
}

fn steps() -> impl Strategy<Value = f64> {
    // The grid of inputs and delays, so that many samples are at events, and steps that are no sums of powers of two.
    prop_oneof![Just(GRID), Just(0.5 * GRID), Just(0.25), 0.01..1.0]
}

#[test]
fn small_networks() {
    check(300, (small(GRID), steps(), cuts()), |(case, step, cuts)| both(&case, step, &cuts));
}

#[test]
fn small_networks_with_zero_delays() {
    check(200, (small(0.0), steps(), cuts()), |(case, step, cuts)| both(&case, step, &cuts));
}

#[test]
fn large_networks() {
    check(6, (40..60_u64, steps(), cuts()), |(seed, step, cuts)| {
        with_threads(3, || both(&large(seed), step.max(0.05), &cuts))
    });
}

/// From a call that ends early in a long window, and from calls that ask within one window again and again.
#[test]
fn many_questions_within_one_window() {
    let case = large(3);
    let network = case.network();
    for executor in [Executor::Plain, Executor::Windowed] {
        let mut simulation = Simulation::new(&network, &case.given, executor).unwrap();
        let step = simulation.window().unwrap_or(0.5) / 7.3;
        let mut rows = (Vec::new(), Vec::new());
        for n in 1..60 {
            let stop = Stop::at(f64::from(n) * 0.4 * step).with_budget(1 << 40);
            part(&mut simulation, (step, stop), &[5, 300], (&mut rows.0, &mut rows.1), |_| false);
        }
        let mut whole = Simulation::new(&network, &case.given, executor).unwrap();
        let mut expected = (Vec::new(), Vec::new());
        let stop = Stop::at(59.0 * 0.4 * step).with_budget(1 << 40);
        part(&mut whole, (step, stop), &[5, 300], (&mut expected.0, &mut expected.1), |_| false);
        assert_eq!(rows.1, expected.1, "{executor:?}");
        assert_eq!(rows.1.len(), 24);
    }
}

/// What the windowed executor has computed beyond the end of a call is not told before its time.
#[test]
fn no_samples_from_the_future() {
    let case = large(5);
    let network = case.network();
    for executor in [Executor::Plain, Executor::Windowed] {
        let mut simulation = Simulation::new(&network, &case.given, executor).unwrap();
        let times: Vec<f64> = (0..200).map(|n| 0.01 * f64::from(n)).collect();
        simulation.trace(vec![0], times.clone()).unwrap();
        for until in [0.005, 0.125, 0.77] {
            simulation.record(&Stop::at(until)).unwrap();
            let told = times.iter().filter(|&&time| time <= until).count();
            assert_eq!(simulation.traces().states.len(), told, "{executor:?} at {until}");
        }
    }
}
