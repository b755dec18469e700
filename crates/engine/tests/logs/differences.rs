use delgrad_engine::files::{Difference, ReplayOutcome, replay};
use delgrad_engine::{Executor, Spike, Stop, StopReason};

use crate::{EXECUTORS, Logged, UNTIL};

/// In the second frame.
const CHANGED: usize = 4321;

/// The first difference of a log that was changed, and the number of spikes that are the same.
fn difference(executor: Executor, change: impl FnOnce(&mut Logged)) -> (Difference, u64) {
    let mut logged = Logged::run(executor, &Stop::at(UNTIL));
    change(&mut logged);
    let (_folder, path) = logged.written();
    let replay = replay(path, None).unwrap();
    match replay.outcome {
        ReplayOutcome::Different(difference) => (difference, replay.spikes),
        ReplayOutcome::Identical => panic!("the change was not found"),
    }
}

#[test]
fn last_bit_of_a_time() {
    for executor in EXECUTORS {
        let mut before = Spike { time: 0.0, neuron: 0 };
        let (difference, same) = difference(executor, |logged| {
            before = logged.spikes[CHANGED];
            logged.spikes[CHANGED].time = before.time.next_up();
            // only the first one counts
            logged.spikes[CHANGED + 1].neuron ^= 1;
        });
        let logged = Spike { time: before.time.next_up(), ..before };
        let index = CHANGED as u64;
        assert_eq!(difference, Difference::Spike { index, logged: Some(logged), found: Some(before) });
        assert_eq!(same, index);
        let message = difference.to_string();
        assert!(message.starts_with("spike 4321 is of neuron "), "{message}");
        assert!(message.contains(&logged.time.to_string()), "{message}");
        assert!(message.ends_with("earlier"), "{message}");
    }
}

#[test]
fn sign_of_zero() {
    // no arithmetic tells the two apart
    let mut logged = Logged::run(Executor::Plain, &Stop::at(1.0));
    let first = Spike { time: 0.0, neuron: 0 };
    logged.spikes = vec![first];
    let (_folder, path) = logged.written();
    let outcome = replay(path, None).unwrap().outcome;
    assert!(matches!(outcome, ReplayOutcome::Different(Difference::Spike { index: 0, .. })), "{outcome:?}");
    let difference =
        Difference::Spike { index: 0, logged: Some(first), found: Some(Spike { time: -0.0, neuron: 0 }) };
    assert_eq!(
        difference.to_string(),
        "spike 0 is of neuron 0 at time 0 in the log, of neuron 0 at time -0 in the run"
    );
}

#[test]
fn another_neuron() {
    let (difference, same) = difference(Executor::Plain, |logged| logged.spikes[3].neuron ^= 1);
    let Difference::Spike { index: 3, logged: Some(logged), found: Some(found) } = difference else {
        panic!("{difference:?}");
    };
    assert_eq!((same, logged.time, logged.neuron), (3, found.time, found.neuron ^ 1));
}

#[test]
fn spike_too_many_or_missing() {
    let mut last = None;
    let (missing, same) = difference(Executor::Windowed, |logged| last = logged.spikes.pop());
    assert_eq!(missing, Difference::Spike { index: same, logged: None, found: last });
    assert!(missing.to_string().starts_with("the run goes on with spike "), "{missing}");

    let extra = Spike { time: UNTIL, neuron: 1 };
    let (found, same) = difference(Executor::Windowed, |logged| logged.spikes.push(extra));
    assert_eq!(found, Difference::Spike { index: same, logged: Some(extra), found: None });
    assert!(found.to_string().starts_with("the log goes on with spike "), "{found}");
}

#[test]
fn another_reason() {
    let (difference, _) = difference(Executor::Plain, |logged| logged.end.reason = StopReason::Events);
    assert_eq!(difference, Difference::Reason { logged: StopReason::Events, found: StopReason::Until });
}

#[test]
fn another_count() {
    for counter in ["spikes", "input_spikes", "events"] {
        let (difference, _) = difference(Executor::Plain, |logged| {
            let counters = &mut logged.end.counters;
            match counter {
                "spikes" => counters.spikes += 1,
                "input_spikes" => counters.input_spikes += 1,
                _ => counters.events += 1,
            }
        });
        let Difference::Counter { counter: named, logged, found } = difference else { panic!("{difference:?}") };
        assert_eq!((named, logged), (counter, found + 1));
        let message = format!("the spikes are the same; {counter} is {logged} in the log, {found} in the run");
        assert_eq!(difference.to_string(), message);
    }
}

#[test]
fn solver_steps_and_sizes_may_differ() {
    let mut logged = Logged::run(Executor::Plain, &Stop::at(UNTIL));
    let counters = &mut logged.end.counters;
    counters.predicted += 1;
    counters.revised += 1;
    counters.queue_peak += 1;
    counters.bytes += 1;
    let (_folder, path) = logged.written();
    assert_eq!(replay(path, None).unwrap().outcome, ReplayOutcome::Identical);
}
