//! The neurons of a window that the sums do not rule out to spike.

use delgrad_neuron::State;

use super::Window;
use super::arrivals::BLOCK;
use super::shard_run::{Found, Neurons, ShardRun};
use super::step::step;
use super::superposed::PARTS;
use crate::network::synapses::Shard;
use crate::run::cell::Cell;

/// Neurons that are stepped, in the order of their slots.
#[derive(Clone, Debug, Default)]
pub(super) struct Suspects {
    /// Slot, and the part of the window from which on it is not moved on yet.
    list: Vec<(u32, usize)>,
    /// Place in the list of each slot of a block, `NONE` if it is not there.
    place: Vec<u32>,
}

const NONE: u32 = u32::MAX;

impl Suspects {
    fn clear(&mut self) {
        self.list.clear();
        self.place.clear();
    }

    /// Adds a slot, if it is to be stepped from some part on.
    fn add(&mut self, slot: u32, part: Option<usize>) {
        self.place.push(if part.is_some() { self.list.len() as u32 } else { NONE });
        self.list.extend(part.map(|part| (slot, part)));
    }

    pub fn bytes(&self) -> usize {
        size_of::<(u32, usize)>() * self.list.capacity() + 4 * self.place.capacity()
    }
}

impl ShardRun {
    /// Looks again at the neurons that might spike, and steps those that still might.
    pub(super) fn step_doubtful(&mut self, window: &Window, shard: &Shard) {
        if self.slots.len() == 0 {
            return;
        }
        self.arrivals.collect(shard, &self.lanes, &self.slots);
        let Neurons::Superposed { sums, .. } = &mut self.neurons else { return };
        let in_parts = sums.divide(window.start, window.end);
        let mut first = 0;
        while let Some(&target) = self.slots.targets().get(first as usize) {
            first = self.step_block(window, target as usize / BLOCK, first, in_parts);
        }
    }

    /// Does so with the slots of a block, of which it is given the first one; returns the slot after them.
    fn step_block(&mut self, window: &Window, block: usize, first: u32, in_parts: bool) -> u32 {
        let Self { neurons, arrivals, suspects, slots, .. } = self;
        let Neurons::Superposed { sums, left, repeats } = neurons else { return first };
        let targets = &slots.targets()[first as usize..];
        let targets = &targets[..targets.partition_point(|&target| target as usize / BLOCK == block)];
        if in_parts {
            let slot = |local| (slots.slot(local) - first) as usize;
            sums.add_in_parts(arrivals.of_block(block), targets.len(), slot);
        }
        suspects.clear();
        for (slot, &index) in (0..).zip(targets) {
            let part = if in_parts { sums.pass(slot as usize, index as usize, 0) } else { Some(0) };
            suspects.add(slot, part);
        }
        let parts = if in_parts { PARTS } else { 1 };
        arrivals.group(block..block + 1, suspects.list.len() * parts, |place, arrival| {
            let suspect = suspects.place[(slots.slot(arrival.local) - first) as usize];
            let &(_, first) = suspects.list.get(suspect as usize)?;
            let part = if in_parts { sums.parts.of[place].into() } else { 0 };
            (part >= first).then_some(suspect * parts as u32 + part as u32)
        });
        for (suspect, &(slot, from)) in suspects.list.iter().enumerate() {
            let index = targets[slot as usize] as usize;
            let neuron = self.targets.start + index as u32;
            let model = window.network.model(neuron);
            let mut next = Some(from);
            while let Some(part) = next {
                let (start, end) = if in_parts { sums.parts.span(part) } else { (window.start, window.end) };
                let mut cell = Cell {
                    state: State { v: sums.membranes.v[index], i: sums.membranes.i[index] },
                    time: start,
                    release: sums.membranes.release[index],
                    left: left[index],
                    repeats: repeats[index],
                };
                let (spikes, runaway, cut) = (&mut self.spikes, &mut self.runaway, &mut self.cut);
                let mut found = Found { neuron, window, spikes, runaway, cut };
                let mut ended = false;
                let arrivals = arrivals.sorted(suspect * parts + part);
                self.counters.predicted += step(&mut cell, model, arrivals, end, window.instant, |cell| {
                    let flow = found.spike(cell);
                    ended = flow.is_break();
                    flow
                });
                cell.advance(model, if ended { window.end } else { end });
                (sums.membranes.v[index], sums.membranes.i[index]) = (cell.state.v, cell.state.i);
                (sums.membranes.release[index], left[index], repeats[index]) =
                    (cell.release, cell.left, cell.repeats);
                next = if in_parts && !ended { sums.pass(slot as usize, index, part + 1) } else { None };
            }
        }
        first + targets.len() as u32
    }
}
