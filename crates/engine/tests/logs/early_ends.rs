//! Whatever made a run stop makes its replay stop, too.

use delgrad_engine::files::{ReplayOutcome, RunEnd, RunLogHeader, replay};
use delgrad_engine::{Executor, Simulation, Stop, StopReason};

use crate::{EXECUTORS, Logged, UNTIL, given, network, text};

fn assert_identical(logged: &Logged) {
    let (_folder, path) = logged.written();
    let replay = replay(path, None).unwrap();
    assert_eq!(replay.outcome, ReplayOutcome::Identical);
    assert_eq!(replay.spikes, logged.spikes.len() as u64);
}

#[test]
fn numbers_of_spikes_and_events() {
    for executor in EXECUTORS {
        let spikes = Logged::run(executor, &Stop::at(UNTIL).after_spikes(123));
        assert_eq!((spikes.end.reason, spikes.spikes.len()), (StopReason::Spikes, 123));
        assert_identical(&spikes);
        let events = Logged::run(executor, &Stop::at(UNTIL).after_events(1_000));
        assert_eq!(events.end.reason, StopReason::Events);
        assert_identical(&events);
    }
}

#[test]
fn used_up_budget() {
    for executor in EXECUTORS {
        let logged = Logged::run(executor, &Stop::at(UNTIL).with_budget(500));
        assert!(matches!(logged.end.reason, StopReason::Budget { .. }), "{executor:?}");
        assert_identical(&logged);
    }
}

#[test]
fn caller_stops_at_a_spike() {
    for executor in EXECUTORS {
        let logged = Logged::run_while(executor, &Stop::at(UNTIL), |spike| spike.time < UNTIL / 4.0);
        assert_eq!(logged.end.reason, StopReason::Predicate);
        assert_identical(&logged);
    }
}

#[test]
fn caller_gives_up_between_two_calls() {
    let (network, stop) = (network(), Stop::at(UNTIL));
    for executor in EXECUTORS {
        let mut run = Simulation::new(&network, &given(), executor).unwrap();
        let (mut spikes, mut until) = (Vec::new(), 0.0);
        while until < UNTIL / 4.0 {
            until += 0.7;
            spikes.extend(run.record(&Stop { until, ..stop }).unwrap().0);
        }
        let header = RunLogHeader::new(&network, Some(text()), &given(), executor, &stop);
        let end = RunEnd { reason: StopReason::Until, counters: run.counters(), until: Some(until) };
        assert_identical(&Logged { header, spikes, end });
    }
}

#[test]
fn no_spike_at_all() {
    let logged = Logged::run(Executor::Plain, &Stop::at(0.0));
    assert!(logged.spikes.is_empty());
    assert_identical(&logged);
}
