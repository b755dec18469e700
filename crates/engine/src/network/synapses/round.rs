//! Pieces that are put into rows together.

use std::ops::Range;

use rayon::prelude::*;

use super::build::Layout;
use super::pieces::Pieces;
use crate::Synapse;

/// A synapse on its way into a row.
#[derive(Clone, Copy)]
pub(super) struct Record {
    pub delay: f64,
    pub weight: f64,
    pub source: u32,
    pub target: u32,
    /// Place in the order of creation.
    pub number: u32,
}

/// The synapses of a piece by block of rows, and in order of creation within each.
#[derive(Default)]
pub(super) struct Sorted {
    records: Vec<Record>,
    /// Where those of each block end.
    ends: Vec<u32>,
}

/// Memory for a piece while it is made.
#[derive(Default)]
struct Making<S> {
    scratch: S,
    synapses: Vec<Synapse>,
    blocks: Vec<u32>,
}

/// Some pieces, and memory for more.
pub(super) struct Round {
    pieces: Vec<Sorted>,
    blocks: usize,
    /// How many are made.
    made: usize,
}

impl Round {
    pub fn new(pieces: usize, blocks: usize) -> Self {
        Self { pieces: (0..pieces).map(|_| Sorted::default()).collect(), blocks, made: 0 }
    }

    /// Makes pieces in place of those before, and sorts them by block.
    ///
    /// # Errors
    /// That of the first piece which has one.
    pub fn make<P: Pieces>(&mut self, pieces: &P, layout: &Layout, range: Range<usize>) -> Result<(), P::Error> {
        let Self { pieces: own, blocks, made } = self;
        *made = range.len();
        let mut errors: Vec<Option<P::Error>> = Vec::new();
        let make = |making: &mut Making<P::Scratch>, (sorted, piece): (&mut Sorted, usize)| {
            let Making { scratch, synapses, blocks: block_of } = making;
            pieces.make(piece, scratch, synapses).err().or_else(|| {
                sorted.sort(synapses, block_of, layout, *blocks, pieces.numbers(piece).start);
                None
            })
        };
        own.par_iter_mut().zip(range).map_init(Making::default, make).collect_into_vec(&mut errors);
        errors.into_iter().flatten().next().map_or(Ok(()), Err)
    }

    pub fn made(&self) -> &[Sorted] {
        &self.pieces[..self.made]
    }
}

impl Sorted {
    pub fn of_block(&self, block: usize) -> &[Record] {
        let start = if block == 0 { 0 } else { self.ends[block - 1] };
        &self.records[start as usize..self.ends[block] as usize]
    }

    fn sort(&mut self, synapses: &[Synapse], block_of: &mut Vec<u32>, layout: &Layout, blocks: usize, first: u32) {
        let Self { records, ends } = self;
        ends.clear();
        ends.resize(blocks + 1, 0);
        block_of.clear();
        block_of.extend(synapses.iter().map(|synapse| {
            let block = layout.block(synapse.source.0, synapse.target.0);
            ends[block as usize + 1] += 1;
            block
        }));
        // now the first place of each block, then the next one, then the end
        for block in 0..blocks {
            ends[block + 1] += ends[block];
        }
        records.clear();
        records.resize(synapses.len(), Record { delay: 0.0, weight: 0.0, source: 0, target: 0, number: 0 });
        for ((number, synapse), &block) in (first..).zip(synapses).zip(&*block_of) {
            let &Synapse { source, target, weight, delay } = synapse;
            let place = &mut ends[block as usize];
            records[*place as usize] = Record { delay, weight, source: source.0, target: target.0, number };
            *place += 1;
        }
    }
}
