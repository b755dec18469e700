//! The arrivals of a window by target, in the order in which they come.
//!
//! They are sorted in two steps. First they go to the blocks that their targets are in: few enough for each list to be written along
//! memory. Then a block at a time is sorted by target, and goes from hand to hand within the cache.

use std::ops::Range;

use crate::network::synapses::{Delays, Shard, WithWeights};
use crate::run::windowed::calendar::Arrival;
use crate::run::windowed::flights::Due;
use crate::run::windowed::lane::Lane;
use crate::run::windowed::rank::Room;
use crate::run::windowed::slots::Slots;

/// Targets of a block.
pub(super) const BLOCK: usize = 64;

#[derive(Clone, Debug, Default)]
pub(super) struct Arrivals {
    /// What arrives in each block, in the order in which the spikes were sent.
    blocks: Vec<Vec<Arrival>>,
    /// Synapses of a row, or places in a list, whose targets have slots.
    places: Vec<u32>,
    grouped: Vec<Arrival>,
    /// First arrival of each group, and the end of the last one.
    first: Vec<u32>,
    room: Room,
}

impl Arrivals {
    /// Collects what is due in rows or listed for the targets that have slots.
    ///
    /// These come at random, so that a branch would be guessed wrong again and again: every synapse is written down, and the
    /// next one in its place unless its target has a slot.
    pub fn collect(&mut self, shard: &Shard, lanes: &[Lane], slots: &Slots) {
        self.begin(shard);
        let Self { blocks, places, .. } = self;
        for (rows, listed) in lanes.iter().map(Lane::due) {
            for row in rows {
                let synapses = shard.synapses(row.groups.clone());
                let (start, locals) = (synapses.start as u32, &shard.local[synapses]);
                let places = with_slots(places, locals.iter().copied(), slots).iter().map(|place| start + place);
                shard.weights.of_row(row.sent.source, Listing { blocks, places, shard, row });
            }
            let places = with_slots(places, listed.iter().map(|arrival| arrival.local), slots);
            places.iter().for_each(|&place| put(blocks, listed[place as usize]));
        }
    }

    /// Collects all that is due in rows or listed.
    pub fn collect_all(&mut self, shard: &Shard, lanes: &[Lane]) {
        self.begin(shard);
        let Self { blocks, .. } = self;
        for (rows, listed) in lanes.iter().map(Lane::due) {
            for row in rows {
                let synapses = shard.synapses(row.groups.clone());
                let places = synapses.start as u32..synapses.end as u32;
                shard.weights.of_row(row.sent.source, Listing { blocks, places, shard, row });
            }
            listed.iter().for_each(|&arrival| put(blocks, arrival));
        }
    }

    fn begin(&mut self, shard: &Shard) {
        self.blocks.resize(shard.targets.len().div_ceil(BLOCK), Vec::new());
        self.blocks.iter_mut().for_each(Vec::clear);
    }

    /// What arrives in a block.
    pub fn of_block(&self, block: usize) -> &[Arrival] {
        &self.blocks[block]
    }

    /// Puts the arrivals of some blocks into so many groups; `of` tells that of an arrival, given its place among them, if it has one.
    pub fn group(&mut self, blocks: Range<usize>, groups: usize, of: impl Fn(usize, &Arrival) -> Option<u32>) {
        let Self { grouped, first, .. } = self;
        let found = self.blocks[blocks].iter().flatten().enumerate();
        let found = found.filter_map(|(place, arrival)| Some((of(place, arrival)? as usize, arrival)));
        // Counted one place after the start of a group, which becomes its end while the group is filled.
        first.clear();
        first.resize(groups + 2, 0);
        found.clone().for_each(|(group, _)| first[group + 2] += 1);
        let mut end = 0;
        for first in &mut *first {
            end += *first;
            *first = end;
        }
        grouped.resize(grouped.len().max(end as usize), Arrival::default());
        for (group, arrival) in found {
            grouped[first[group + 1] as usize] = *arrival;
            first[group + 1] += 1;
        }
    }

    fn range(&self, group: usize) -> Range<usize> {
        self.first[group] as usize..self.first[group + 1] as usize
    }

    /// Number of arrivals of a group.
    #[inline]
    pub fn count(&self, group: usize) -> usize {
        self.range(group).len()
    }

    /// The arrivals of a group in no order, with room to sort them.
    #[inline]
    pub fn of(&mut self, group: usize) -> (&mut [Arrival], &mut Room) {
        let range = self.range(group);
        (&mut self.grouped[range], &mut self.room)
    }

    /// The arrivals of a group in the order in which they come: by time, then by synapse.
    #[inline]
    pub fn sorted(&mut self, group: usize) -> &[Arrival] {
        let range = self.range(group);
        self.room.sorted(&mut self.grouped[range])
    }

    pub fn bytes(&self) -> usize {
        let listed: usize = self.blocks.iter().map(Vec::capacity).sum();
        size_of::<Arrival>() * (listed + self.grouped.capacity())
            + 4 * (self.first.capacity() + self.places.capacity())
    }
}

/// The places of targets that have slots.
fn with_slots<'a>(
    places: &'a mut Vec<u32>,
    targets: impl ExactSizeIterator<Item = u16>,
    slots: &Slots,
) -> &'a [u32] {
    places.resize(places.len().max(targets.len()), 0);
    let mut count = 0;
    for (place, target) in (0..).zip(targets) {
        places[count] = place;
        count += usize::from(slots.has(target));
    }
    &places[..count]
}

#[inline(always)]
fn put(blocks: &mut [Vec<Arrival>], arrival: Arrival) {
    blocks[arrival.local as usize / BLOCK].push(arrival);
}

/// Lists some synapses of a row.
struct Listing<'a, I> {
    blocks: &'a mut [Vec<Arrival>],
    places: I,
    shard: &'a Shard,
    row: &'a Due,
}

impl<I: Iterator<Item = u32>> WithWeights for Listing<'_, I> {
    #[inline(always)]
    fn with(self, weight: impl Fn(usize) -> f64) {
        let Self { blocks, places, shard, row } = self;
        let mut list = |synapse: u32, time: f64| {
            let local = shard.local[synapse as usize];
            put(blocks, Arrival { time, weight: weight(synapse as usize), synapse, local });
        };
        match &shard.delays {
            Delays::Each(_) => places.for_each(|synapse| list(synapse, row.arrival(shard, synapse))),
            Delays::Shared { first, .. } => {
                let mut group = row.groups.start;
                places.for_each(|synapse| {
                    while first[group as usize + 1] <= synapse {
                        group += 1;
                    }
                    list(synapse, row.arrival(shard, group));
                });
            }
        }
    }
}
