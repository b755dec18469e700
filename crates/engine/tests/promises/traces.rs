//! Traces show the states of the oracle, and looking changes nothing.
//!
//! Sensitive because neither executor keeps a neuron at the time of the sample: the state has to be made up from
//! the latest event, past releases and arrivals of the same instant, and none of that may leak back into the run.

use delgrad_engine::{Executor, Simulation, Stop, StopReason};
use proptest::prelude::*;
use proptest::test_runner::TestCaseError;

use crate::case::{Case, bits};
use crate::oracle::answer;
use crate::random_networks::{GRID, check, large, small};

/// Of voltages and currents of about 1; the quadratic neuron is steep near its threshold.
const TOLERANCE: f64 = 1e-9;

fn stop(case: &Case) -> Stop {
    Stop { instant_budget: 20, ..Stop::at(case.until).with_budget(300) }
}

fn agree(case: &Case, samples: &[f64]) -> Result<(), TestCaseError> {
    // On the grid, so that many samples are at events, the end included, and twice there.
    let mut times: Vec<f64> = (0..=24).map(|step| f64::from(step) * GRID).collect();
    times.extend(samples.iter().map(|part| part * case.until).chain([case.until; 2]));
    times.retain(|&time| time <= case.until);
    times.sort_by(f64::total_cmp);
    let answer = answer(case, &stop(case), &times);
    let network = case.network();
    for executor in [Executor::Plain, Executor::Windowed] {
        let Ok(mut unseen) = Simulation::new(&network, &case.given, executor) else { continue };
        let mut seen = Simulation::new(&network, &case.given, executor).unwrap();
        seen.trace((0..network.neurons()).rev().collect(), times.clone()).unwrap();
        let (spikes, reason) = unseen.record(&stop(case)).unwrap();
        let (same, same_reason) = seen.record(&stop(case)).unwrap();
        prop_assert_eq!(bits(&spikes), bits(&same), "{:?}", executor);
        prop_assert_eq!(reason, same_reason);
        prop_assert_eq!(unseen.snapshot(), seen.snapshot(), "{:?}: seen and unseen", executor);
        if answer.doubt.is_some() || reason != StopReason::Until {
            continue;
        }
        let traces = seen.traces();
        prop_assert_eq!(traces.states.len(), times.len() * network.neurons() as usize);
        for (place, &neuron) in traces.neurons.iter().enumerate() {
            for ((state, expected), time) in traces.of(place).zip(&answer.states).zip(&times) {
                let expected = expected[neuron as usize];
                let close = |a: f64, b: f64| (a - b).abs() <= TOLERANCE * b.abs().max(1.0);
                prop_assert!(
                    close(state.v, expected.v) && close(state.i, expected.i),
                    "{executor:?}: neuron {neuron} at {time}: {state:?}, not {expected:?}"
                );
            }
        }
    }
    Ok(())
}

#[test]
fn small_networks() {
    let samples = prop::collection::vec(0.0..1.0, 0..8);
    check(300, (small(GRID), samples), |(case, samples)| agree(&case, &samples));
}

#[test]
fn small_networks_with_zero_delays() {
    let samples = prop::collection::vec(0.0..1.0, 0..8);
    check(200, (small(0.0), samples), |(case, samples)| agree(&case, &samples));
}

#[test]
fn large_networks() {
    for seed in 20..24 {
        let outcome = agree(&large(seed), &[0.123, 0.5, 0.777]);
        assert!(outcome.is_ok(), "seed {seed}: {outcome:?}");
    }
}

/// Asking in the middle of a run, for times that its executor has not passed.
#[test]
fn asking_late_gives_the_same_samples() {
    for seed in 30..33 {
        let case = large(seed);
        let network = case.network();
        for executor in [Executor::Plain, Executor::Windowed] {
            let (neurons, times) = (vec![0, 150, 200, 359], vec![2.5, 3.0, 3.3]);
            let mut early = Simulation::new(&network, &case.given, executor).unwrap();
            early.trace(neurons.clone(), times.clone()).unwrap();
            early.record(&stop(&case)).unwrap();
            let mut late = Simulation::new(&network, &case.given, executor).unwrap();
            late.record(&Stop { until: 2.0, ..stop(&case) }).unwrap();
            late.trace(neurons, times).unwrap();
            late.record(&stop(&case)).unwrap();
            assert_eq!(early.traces(), late.traces(), "{executor:?}");
        }
    }
}
