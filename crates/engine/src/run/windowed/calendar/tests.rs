use proptest::prelude::*;

use super::*;
use crate::run::windowed::flights::collect_due;
use crate::spec::{Distribution, LifSpec, NetworkSpec, PopulationSpec, ProjectionSpec, Rule};
use crate::{Cancel, Network, Stop};

const LENGTH: f64 = 0.1;

/// 40 neurons, each with 10 targets; delays of their own, or few for all.
fn network(shared: bool, longest: f64) -> Network {
    let delay = Distribution::Uniform { low: LENGTH, high: longest };
    let projection = ProjectionSpec::new("a", "a", Rule::FixedOutDegree(10));
    let projection = if shared { projection.delay(LENGTH) } else { projection.delay(delay) };
    let more = ProjectionSpec::new("a", "a", Rule::FixedOutDegree(3)).delay(longest).weight(0.5);
    let spec = NetworkSpec::new().population(PopulationSpec::lif("a", 40, LifSpec::default()));
    spec.project(projection.weight(Distribution::Uniform { low: -1.0, high: 1.0 })).project(more).build().unwrap()
}

/// What is due in rows, as a list.
fn listed(shard: &Shard, flights: &mut Vec<Flight>, end: f64) -> Vec<Arrival> {
    let (mut due, mut found) = (Vec::new(), Vec::new());
    collect_due(shard, flights, end, &mut due, 1);
    for row in &due {
        for group in row.groups.clone() {
            let time = row.arrival(shard, group);
            found.extend(shard.synapses(group..group + 1).map(|synapse| {
                let weight = shard.weights.get(row.sent.source, synapse);
                Arrival { time, weight, synapse: synapse as u32, local: shard.local[synapse] }
            }));
        }
    }
    found
}

proptest! {
    /// In every window the arrivals of rows that are read window by window, in their order: for periods of any length, bursts that
    /// end a period early, copies in the middle of one, and windows that begin elsewhere after a quiet stretch.
    #[test]
    fn lists_hold_what_is_due_in_rows(
        shared: bool,
        longest in prop::sample::select(vec![0.15, 0.6, 3.0]),
        period in 1_usize..40,
        most in prop::sample::select(vec![10, 60, 400, MOST_WAITING]),
        always: bool,
        counts in prop::collection::vec(0_u32..12, 60),
        quiet in 20_usize..60,
        seed: u32,
    ) {
        let network = network(shared, longest);
        let shard = &network.synapses().shards[0];
        let (stop, cancel) = (Stop::at(1.0), Cancel::default());
        let mut window = Window::new(&network, &stop, &cancel);
        window.length = LENGTH;
        let mut calendar = Calendar { period, most, ..Calendar::new(shard, 0..40, always, LENGTH) };
        let (mut flights, mut plain) = (Vec::new(), Vec::new());
        let mut new: Vec<Sent> = Vec::new();
        for (number, &count) in counts.iter().enumerate() {
            window.end = window.start + LENGTH;
            let known = calendar.turn_to(&window, &new, shard, &mut flights);
            board(shard, &mut plain, &new);
            let expected = listed(shard, &mut plain, window.end);
            let found = if known {
                prop_assert_eq!(calendar.under_way(), Some(plain.len()));
                calendar.arrivals().to_vec()
            } else {
                board(shard, &mut flights, &new);
                listed(shard, &mut flights, window.end)
            };
            prop_assert_eq!(&found, &expected);
            calendar.turn_over(found.len());
            let mut unlisted_flights = flights.clone();
            if let Some(time) = calendar.listed_from() {
                unlist(shard, &mut unlisted_flights, time);
            }
            prop_assert_eq!(&unlisted_flights, &plain);
            if number % 17 == 16 {
                flights = unlisted_flights;
                calendar.reset();
            }
            let after = |spike: u32| seed.wrapping_mul(spike + 7 * number as u32 + 1) >> 3;
            let sent = |spike: u32| Sent {
                time: window.start + LENGTH * f64::from(spike) / f64::from(count),
                source: after(spike) % 40,
            };
            new = if number == quiet { Vec::new() } else { (0..count).map(sent).collect() };
            window.start = window.end;
            if number == quiet {
                let next = plain.iter().map(|flight| flight.sent.time + shard.delay(flight.next));
                let next = next.fold(f64::INFINITY, f64::min);
                let waiting = flights.iter().filter(|flight| flight.next < flight.end);
                let waiting = waiting.map(|flight: &Flight| flight.sent.time + shard.delay(flight.next));
                prop_assert_eq!(waiting.fold(calendar.earliest(), f64::min), next);
                // into the middle of the window in which it comes
                window.start = if next.is_finite() { (next - 0.3 * LENGTH).max(window.start) } else { window.start };
            }
        }
    }
}
