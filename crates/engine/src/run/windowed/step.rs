//! One neuron through the arrivals of a window, event by event.

use std::ops::ControlFlow;

use delgrad_neuron::PointNeuron;

use crate::network::synapses::Shard;
use crate::run::cell::Cell;
use crate::run::windowed::calendar::Arrival;
use crate::run::windowed::lane::Lane;
use crate::run::windowed::slots::Slots;

/// The arrivals of some neurons in a window, sorted.
#[derive(Clone, Debug, Default)]
pub(super) struct Arrivals {
    unsorted: Vec<(u32, Arrival)>,
    sorted: Vec<Arrival>,
    /// First arrival of each slot, and the end of the last one.
    first: Vec<u32>,
}

impl Arrivals {
    /// Collects what is due in rows or listed for the targets that `slots` knows, and sorts it by slot and the order of arrival.
    pub fn collect(&mut self, shard: &Shard, lanes: &[Lane], slots: &Slots) {
        self.unsorted.clear();
        self.first.clear();
        self.first.resize(slots.len() + 1, 0);
        for row in lanes.iter().flat_map(|lane| lane.due().0) {
            let mut group = row.groups.start;
            let synapses = shard.synapses(row.groups.clone());
            for (synapse, &local) in synapses.clone().zip(&shard.local[synapses]) {
                let Some(slot) = slots.of(local) else { continue };
                while shard.synapses(group..group + 1).end <= synapse {
                    group += 1;
                }
                let (time, weight) = (row.arrival(shard, group), shard.weights.get(row.sent.source, synapse));
                self.unsorted.push((slot, Arrival { time, weight, synapse: synapse as u32, local }));
                self.first[slot as usize] += 1;
            }
        }
        for arrival in lanes.iter().flat_map(|lane| lane.due().1) {
            if let Some(slot) = slots.of(arrival.local) {
                self.unsorted.push((slot, *arrival));
                self.first[slot as usize] += 1;
            }
        }
        // Counts become ends, and ends become starts while the slots are filled from behind.
        let mut end = 0;
        for first in &mut self.first {
            end += *first;
            *first = end;
        }
        self.sorted.clear();
        self.sorted.resize(self.unsorted.len(), Arrival::default());
        for &(slot, arrival) in self.unsorted.iter().rev() {
            let first = &mut self.first[slot as usize];
            *first -= 1;
            self.sorted[*first as usize] = arrival;
        }
        for slot in 0..slots.len() {
            let range = self.first[slot] as usize..self.first[slot + 1] as usize;
            self.sorted[range].sort_unstable_by(|a, b| a.time.total_cmp(&b.time).then(a.synapse.cmp(&b.synapse)));
        }
    }

    pub fn of(&self, slot: usize) -> &[Arrival] {
        &self.sorted[self.first[slot] as usize..self.first[slot + 1] as usize]
    }

    pub fn bytes(&self) -> usize {
        size_of::<(u32, Arrival)>() * self.unsorted.capacity()
            + size_of::<Arrival>() * self.sorted.capacity()
            + 4 * self.first.capacity()
    }
}

/// Steps a neuron through its arrivals and all spikes before `end`; `spiked` may end it. Returns the number of
/// crossings solved for. The neuron is left at the time of its last event. An `instant` is as long as [`Stop`](crate::Stop)
/// says.
#[inline]
pub(super) fn step<M: PointNeuron + ?Sized>(
    cell: &mut Cell,
    model: &M,
    mut arrivals: &[Arrival],
    end: f64,
    instant: f64,
    mut spiked: impl FnMut(&Cell) -> ControlFlow<()>,
) -> u64 {
    let mut predicted = 0;
    loop {
        let next = arrivals.first().map_or(end, |arrival| arrival.time);
        // A crossing at the instant of an arrival comes before it.
        while cell.spike_bound(model) <= next {
            predicted += 1;
            let Some(time) = cell.next_spike(model, next).filter(|&time| time < end) else { break };
            cell.fire(model, time, instant);
            if spiked(cell).is_break() {
                return predicted;
            }
        }
        if arrivals.is_empty() {
            return predicted;
        }
        cell.advance(model, next);
        while let Some((arrival, rest)) = arrivals.split_first().filter(|(arrival, _)| arrival.time == next) {
            cell.arrive(model, arrival.weight);
            arrivals = rest;
        }
    }
}
