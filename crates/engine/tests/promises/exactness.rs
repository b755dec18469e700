//! Both executors find the spikes of the oracle, no more and no fewer, at the same times.
//!
//! Sensitive to every mistake in flows, crossings, queues, the order of simultaneous events, refractory periods
//! and limits of spikes: a spike that is wrong by more than rounding changes what its targets do.

use std::cell::Cell;

use delgrad_engine::{Executor, Network, Simulation, Stop, StopReason};
use proptest::prelude::*;
use proptest::test_runner::TestCaseError;

use crate::case::{Case, per_neuron};
use crate::oracle::{Answer, answer};
use crate::random_networks::{GRID, check, large, small};

/// Time constants are about 1, the oracle drops cases that magnify rounding, and runs are too short for chaos.
const TOLERANCE: f64 = 1e-10;

/// Spikes that a case may have before it is taken for runaway activity.
const BUDGET: u64 = 300;

fn stop(case: &Case) -> Stop {
    Stop { instant_budget: 50, ..Stop::at(case.until).with_budget(BUDGET) }
}

/// Compares one executor with the oracle.
fn compare(case: &Case, network: &Network, executor: Executor, answer: &Answer) -> Result<(), TestCaseError> {
    let mut simulation = Simulation::new(network, &case.given, executor).unwrap();
    let (spikes, reason) = simulation.record(&stop(case)).unwrap();
    prop_assert!(spikes.is_sorted_by(|a, b| a.time <= b.time), "{executor:?}: not in order of time");
    let whole = reason == StopReason::Until;
    let expected = match reason {
        // It works ahead of the end, to the end of a window, and what it finds there may run away.
        _ if reason.is_runaway() && executor == Executor::Windowed && answer.reason == StopReason::Until => {
            let further = Stop { until: case.until + network.shortest_delay(), ..stop(case) };
            crate::oracle::answer(case, &further, &[]).reason
        }
        _ => answer.reason,
    };
    match (reason, expected) {
        (StopReason::Until, StopReason::Until) => {}
        (StopReason::Instant { time, neuron }, StopReason::Instant { time: other, neuron: same }) => {
            prop_assert!((time - other).abs() <= TOLERANCE && neuron == same, "{reason:?}, not {expected:?}");
        }
        (StopReason::Budget { time }, StopReason::Budget { time: other }) if executor == Executor::Plain => {
            prop_assert!((time - other).abs() <= TOLERANCE, "{reason:?}, not {expected:?}");
        }
        // Which of the two reasons it is depends on the order within a window, of which only the start is told.
        _ => {
            let both = reason.is_runaway() && expected.is_runaway() && executor == Executor::Windowed;
            prop_assert!(both, "{executor:?}: {reason:?} instead of {expected:?}");
        }
    }
    let expected = per_neuron(&answer.spikes, case.neurons.len());
    for (neuron, (found, expected)) in per_neuron(&spikes, case.neurons.len()).iter().zip(&expected).enumerate() {
        // A run that ran away may have stopped earlier.
        let complete = if whole { found.len() == expected.len() } else { found.len() <= expected.len() };
        let close = found.iter().zip(expected).all(|(a, b)| (a - b).abs() <= TOLERANCE);
        prop_assert!(complete && close, "{executor:?}: neuron {neuron} spikes at {found:?}, not {expected:?}");
    }
    Ok(())
}

/// What the cases were.
#[derive(Debug, Default)]
struct Tally {
    cases: Cell<u32>,
    /// The oracle says that rounding may decide.
    doubtful: Cell<u32>,
    /// It has decided.
    excused: Cell<u32>,
    windowed: Cell<u32>,
    /// Cases in which two neurons or more spike.
    spiking: Cell<u32>,
    runaway: Cell<u32>,
}

fn count(cell: &Cell<u32>, yes: bool) {
    cell.set(cell.get() + u32::from(yes));
}

impl Tally {
    /// Too many doubts, silent networks or bursts would make the test empty.
    fn check(&self) {
        println!("{self:?}");
        let share = |cell: &Cell<u32>| f64::from(cell.get()) / f64::from(self.cases.get());
        assert!(share(&self.doubtful) < 0.25 && share(&self.excused) < 0.03, "{self:?}");
        assert!(share(&self.spiking) > 0.5 && share(&self.runaway) < 0.25, "{self:?}");
    }
}

fn agree(case: &Case, tally: &Tally) -> Result<(), TestCaseError> {
    let answer = answer(case, &stop(case), &[]);
    let spiking = per_neuron(&answer.spikes, case.neurons.len()).iter().filter(|times| !times.is_empty()).count();
    count(&tally.cases, true);
    count(&tally.doubtful, answer.doubt.is_some());
    count(&tally.spiking, spiking >= 2);
    count(&tally.runaway, answer.reason.is_runaway());
    let network = case.network();
    let mut outcome = compare(case, &network, Executor::Plain, &answer);
    if Simulation::new(&network, &case.given, Executor::Windowed).is_ok() {
        count(&tally.windowed, true);
        outcome = outcome.and(compare(case, &network, Executor::Windowed, &answer));
    }
    if answer.doubt.is_some() {
        count(&tally.excused, outcome.is_err());
        return Ok(());
    }
    outcome
}

#[test]
fn small_networks() {
    let tally = Tally::default();
    check(1000, small(GRID), |case| agree(&case, &tally));
    tally.check();
    // The others have no delay to look ahead by.
    assert!(tally.windowed.get() * 2 > tally.cases.get());
}

#[test]
fn small_networks_with_zero_delays() {
    let tally = Tally::default();
    check(1000, small(0.0), |case| agree(&case, &tally));
    tally.check();
}

#[test]
fn large_networks() {
    let tally = Tally::default();
    for seed in 0..20 {
        let outcome = agree(&large(seed), &tally);
        assert!(outcome.is_ok(), "seed {seed}: {outcome:?}");
    }
    tally.check();
    assert_eq!(tally.windowed, tally.cases);
}
