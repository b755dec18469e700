//! Compact synapses: rows per source, sorted by delay, cut into shards of targets.

mod block;
mod build;
mod key;
mod pack;
pub(crate) mod pieces;
mod round;
mod set;
mod weights;

use std::ops::Range;

pub(crate) use weights::{Weights, WithWeights};

/// Bytes of a cache line.
const LINE: usize = 64;

/// Targets of one shard fit into `u16`.
pub(crate) const LONGEST_SHARD: u32 = 1 << 16;

/// All synapses of a network.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Synapses {
    /// In order of their targets, which they cover without gaps.
    pub shards: Vec<Shard>,
    /// Smallest delay between two neurons; infinity if there is no such synapse.
    pub shortest_between_neurons: f64,
    /// Whether the order of creation is kept.
    pub numbered: bool,
}

/// The synapses onto a contiguous range of targets.
///
/// A *row* holds the synapses of one source in order of delay, target and creation. A *group* is a stretch of a row
/// with one delay.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Shard {
    pub targets: Range<u32>,
    /// Groups in the shards before this one: added to a group's index it gives its *place* among all groups.
    pub first_place: u32,
    /// First group of each source's row, and the end of the last one.
    rows: Vec<u32>,
    pub delays: Delays,
    /// Target of each synapse, counted from the start of the shard.
    pub local: Vec<u16>,
    pub weights: Weights,
    /// Place of each synapse in the order of creation; empty unless the network keeps that order.
    pub numbers: Vec<u32>,
}

/// Delays in the smaller of two forms.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Delays {
    /// One per group, with the first synapse of each group and the end of the last one.
    Shared { delay: Vec<f64>, first: Vec<u32> },
    /// One per synapse: each is its own group.
    Each(Vec<f64>),
}

impl Shard {
    /// Groups of the row of a source.
    #[inline]
    pub fn row(&self, source: u32) -> Range<u32> {
        self.rows[source as usize]..self.rows[source as usize + 1]
    }

    /// Delay of each group.
    #[inline]
    pub fn delays(&self) -> &[f64] {
        match &self.delays {
            Delays::Shared { delay, .. } | Delays::Each(delay) => delay,
        }
    }

    #[inline]
    pub fn delay(&self, group: u32) -> f64 {
        self.delays()[group as usize]
    }

    /// Synapses of some groups in a row.
    #[inline]
    pub fn synapses(&self, groups: Range<u32>) -> Range<usize> {
        match &self.delays {
            Delays::Shared { first, .. } => {
                first[groups.start as usize] as usize..first[groups.end as usize] as usize
            }
            Delays::Each(_) => groups.start as usize..groups.end as usize,
        }
    }

    /// Reads a number of each cache line that a visit of some groups needs. The processor waits for one line after the other
    /// where rows are visited in turn, and for many at once where a few rows are touched first.
    #[inline]
    pub fn touch(&self, groups: Range<u32>) -> u64 {
        let synapses = self.synapses(groups.clone());
        let delays = lines(&self.delays()[groups.start as usize..groups.end as usize]);
        let delays = delays.fold(0, |sum: u64, delay| sum ^ delay.to_bits());
        let locals = lines(&self.local[synapses.clone()]).fold(0, |sum: u64, &local| sum ^ u64::from(local));
        delays ^ locals ^ self.weights.touch(synapses)
    }

    pub fn len(&self) -> usize {
        self.local.len()
    }

    pub fn bytes(&self) -> usize {
        let delays = match &self.delays {
            Delays::Shared { delay, first } => size_of_val(&delay[..]) + size_of_val(&first[..]),
            Delays::Each(delay) => size_of_val(&delay[..]),
        };
        let targets = size_of_val(&self.local[..]) + size_of_val(&self.numbers[..]);
        size_of_val(&self.rows[..]) + targets + delays + self.weights.bytes()
    }
}

/// One number of each cache line that holds some of these.
fn lines<T>(numbers: &[T]) -> impl Iterator<Item = &T> {
    numbers.iter().step_by(LINE / size_of::<T>()).chain(numbers.last())
}

impl Synapses {
    pub fn len(&self) -> usize {
        self.shards.iter().map(Shard::len).sum()
    }

    pub fn bytes(&self) -> usize {
        self.shards.iter().map(Shard::bytes).sum()
    }
}
