//! A run that is recorded in pieces gives the same record as in one go.
//!
//! Sensitive because the pieces end within instants, between spikes that cause each other without delay.

use std::ops::ControlFlow;

use delgrad_adjoint::{Cotangents, Record, Recorder, vjp};
use delgrad_engine::spec::{Edge, NetworkSpec, PopulationSpec, ProjectionSpec, Rule, SourceSpec};
use delgrad_engine::{Executor, InputSpike, Network, Simulation, Stop, StopReason};
use delgrad_neuron::DeltaLifParams;

/// Neurons whose voltages jump: 3 -> 2 -> 1 -> 0 without delay, and back to 3 after 1.
fn chain() -> Network {
    let edge = |source, target| Edge { source, target, weight: None, delay: None };
    let along = Rule::Edges(vec![edge(3, 2), edge(2, 1), edge(1, 0)]);
    NetworkSpec::new()
        .source(SourceSpec::given("in", 1))
        .population(PopulationSpec::delta_lif("a", 4, DeltaLifParams::default()))
        .project(ProjectionSpec::new("in", "a", Rule::Edges(vec![edge(0, 3), edge(0, 1)])).weight(1.5).delay(0.5))
        .project(ProjectionSpec::new("a", "a", along).weight(1.25).delay(0.0))
        .project(ProjectionSpec::new("a", "a", Rule::Edges(vec![edge(0, 3)])).weight(1.25).delay(1.0))
        .build_numbered()
        .unwrap()
}

const GIVEN: [InputSpike; 1] = [InputSpike { time: 1.0, source: 0 }];
const UNTIL: f64 = 4.0;

fn in_pieces(network: &Network, stop: &Stop, break_each: bool) -> Record {
    let mut simulation = Simulation::new(network, &GIVEN, Executor::Plain).unwrap();
    let mut recorder = Recorder::default();
    loop {
        let reason = simulation.run_in_microsteps(stop, |spike, microstep| {
            recorder.tell(spike, microstep);
            if break_each { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        });
        if reason.unwrap() == StopReason::Until {
            return recorder.finish(network, &GIVEN, UNTIL).unwrap();
        }
    }
}

#[test]
fn pieces_that_end_within_an_instant_change_nothing() {
    let network = chain();
    let expected = Record::run(&network, &GIVEN, UNTIL, Executor::Plain).unwrap();
    assert!(expected.spikes().len() > 8, "{}", expected.spikes().len());
    let stop = Stop::at(UNTIL);
    let (by_spikes, by_events) =
        (in_pieces(&network, &stop.after_spikes(1), false), in_pieces(&network, &stop.after_events(1), false));
    for record in [by_spikes, by_events, in_pieces(&network, &stop, true)] {
        assert_eq!(record, expected);
        let cotangents = Cotangents { spikes: vec![1.0; record.spikes().len()], ..Cotangents::default() };
        assert_eq!(vjp(&network, &record, &cotangents), vjp(&network, &expected, &cotangents));
    }
}

#[test]
fn a_record_with_rounds_takes_four_bytes_more_for_each_spike() {
    let network = chain();
    let record = Record::run(&network, &GIVEN, UNTIL, Executor::Plain).unwrap();
    assert_eq!(record.bytes(), 16 * record.inputs().len() + 20 * record.spikes().len());
}
