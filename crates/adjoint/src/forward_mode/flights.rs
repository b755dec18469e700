//! Spikes under way to their targets.

use std::cmp::{Ordering, Reverse};
use std::collections::BinaryHeap;

use delgrad_engine::{Network, SourceId, Synapse, SynapseId};

use super::Direction;

/// An arrival to come.
#[derive(Clone, Copy, Debug)]
pub(super) struct Arrival {
    pub time: f64,
    /// Change of its time.
    pub time_tangent: f64,
    pub weight: f64,
    pub weight_tangent: f64,
    pub target: u32,
    source: u32,
    /// In the row of its source: by delay, then order of creation.
    place: u32,
    /// Spikes of the record sent before its own.
    sender: usize,
}

impl Arrival {
    /// The order of the engine, and then that of the spikes.
    fn key(&self) -> (u32, u32, u32, usize) {
        (self.target, self.source, self.place, self.sender)
    }
}

impl Ord for Arrival {
    fn cmp(&self, other: &Self) -> Ordering {
        self.time.total_cmp(&other.time).then_with(|| self.key().cmp(&other.key()))
    }
}

impl PartialOrd for Arrival {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Arrival {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Arrival {}

pub(super) struct Flights<'a> {
    direction: &'a Direction,
    /// Synapses of each source with their numbers.
    rows: Vec<Vec<(SynapseId, Synapse)>>,
    heap: BinaryHeap<Reverse<Arrival>>,
    sent: usize,
}

impl<'a> Flights<'a> {
    pub fn new(network: &Network, direction: &'a Direction) -> Self {
        let mut rows = vec![Vec::new(); network.source_count() as usize];
        for (number, synapse) in network.numbered_synapses() {
            rows[synapse.source.index()].push((number, synapse));
        }
        for row in &mut rows {
            row.sort_by(|(n, a), (m, b)| a.delay.total_cmp(&b.delay).then(n.cmp(m)));
        }
        Self { direction, rows, heap: BinaryHeap::new(), sent: 0 }
    }

    /// Sends a spike of a source, which moves by `time_tangent`, to its targets.
    pub fn send(&mut self, SourceId(source): SourceId, time: f64, time_tangent: f64) {
        let of = |list: &[f64], number: SynapseId| list.get(number.index()).copied().unwrap_or(0.0);
        for (place, &(number, Synapse { target, weight, delay, .. })) in (0..).zip(&self.rows[source as usize]) {
            self.heap.push(Reverse(Arrival {
                time: time + delay,
                time_tangent: time_tangent + of(&self.direction.delay, number),
                weight,
                weight_tangent: of(&self.direction.weight, number),
                target: target.0,
                source,
                place,
                sender: self.sent,
            }));
        }
        self.sent += 1;
    }

    /// Time of the next arrival, or infinity.
    pub fn next(&self) -> f64 {
        self.heap.peek().map_or(f64::INFINITY, |Reverse(arrival)| arrival.time)
    }

    pub fn take_at(&mut self, time: f64) -> Option<Arrival> {
        if self.next() != time {
            return None;
        }
        self.heap.pop().map(|Reverse(arrival)| arrival)
    }
}
