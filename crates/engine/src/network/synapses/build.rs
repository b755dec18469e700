//! From synapses in order of creation to rows.
//!
//! They are made twice, piece by piece: once to count how long each row is, once to be put into their rows, a few millions at a
//! time. So besides the rows, before these are packed, there is never more than a small part of all synapses.

use std::ops::Range;
use std::sync::atomic::{AtomicU32, Ordering};

use rayon::prelude::*;

use super::block::{Block, Columns};
use super::pack::Rows;
use super::pieces::Pieces;
use super::round::Round;
use super::{Shard, Synapses};

/// Rows of a block at most, unless there are too many blocks: the places where their next synapses go stay in a core's cache.
const BLOCK: usize = 1 << 11;
/// More blocks than this get too few synapses from a piece.
const MOST_BLOCKS: usize = 1 << 9;
/// So many rounds at least, if they have enough pieces: what they hold is a small part of the rows.
const ROUNDS: usize = 24;
/// Pieces of a round for each thread at least.
const PIECES: usize = 2;

/// How rows are numbered and cut into blocks.
pub(super) struct Layout {
    /// Shard of each target.
    shard_of: Vec<u32>,
    sources: usize,
    /// Sources of a block are two to the power of this.
    shift: u32,
    /// Blocks of each shard.
    blocks: usize,
}

impl Layout {
    fn new(sources: usize, shards: &[Range<u32>]) -> Self {
        let mut shard_of = Vec::new();
        for (index, targets) in (0_u32..).zip(shards) {
            shard_of.resize(targets.end as usize, index);
        }
        let fewest = (sources * shards.len()).div_ceil(MOST_BLOCKS);
        // threads share the blocks of small networks too
        let for_threads = sources.div_ceil(4 * rayon::current_num_threads()).min(BLOCK);
        let shift = fewest.max(for_threads).next_power_of_two().trailing_zeros();
        Self { shard_of, sources, shift, blocks: sources.div_ceil(1 << shift) }
    }

    #[inline(always)]
    fn row(&self, source: u32, target: u32) -> usize {
        self.shard_of[target as usize] as usize * self.sources + source as usize
    }

    #[inline(always)]
    pub fn block(&self, source: u32, target: u32) -> u32 {
        self.shard_of[target as usize] * self.blocks as u32 + (source >> self.shift)
    }

    pub fn blocks(&self, shards: usize) -> usize {
        self.blocks * shards
    }
}

impl Synapses {
    /// Sorts synapses into the rows of `sources` sources, for shards that cover all targets.
    ///
    /// Fewer than `u32::MAX` synapses, delays finite and not negative. `numbered` keeps the order of creation, at 4 bytes
    /// for each synapse.
    pub fn build<P: Pieces>(
        pieces: &P,
        sources: u32,
        inputs: u32,
        shards: Vec<Range<u32>>,
        numbered: bool,
    ) -> Result<Self, P::Error> {
        let layout = Layout::new(sources as usize, &shards);
        let first = count(pieces, &layout, shards.len());
        let mut columns: Vec<Columns> = first.iter().map(|first| Columns::new(first, numbered)).collect();
        let mut next = first.clone();
        let own = shards.iter().zip(&first).zip(&mut next).zip(&mut columns);
        let blocks = own.flat_map(|(((targets, first), next), columns)| {
            Block::cut(targets.start, first, next, columns, 1 << layout.shift)
        });
        let mut blocks: Vec<Block> = blocks.collect();
        let least = PIECES * rayon::current_num_threads();
        let at_once = pieces.count().div_ceil(ROUNDS).max(least).min(pieces.count());
        let mut round = Round::new(at_once, layout.blocks(shards.len()));
        for start in (0..pieces.count()).step_by(at_once.max(1)) {
            round.make(pieces, &layout, start..pieces.count().min(start + at_once))?;
            blocks.par_iter_mut().enumerate().for_each(|(index, block)| {
                round.made().iter().flat_map(|piece| piece.of_block(index)).for_each(|record| block.put(record));
            });
        }
        drop(round);
        blocks.into_par_iter().for_each(Block::sort);
        drop(next);
        let rows: Vec<_> = shards.into_iter().zip(first).zip(columns).collect();
        let pack = |((targets, first), columns): ((Range<u32>, Vec<u32>), Columns)| -> Shard {
            let Columns { delays, weights, local, numbers } = columns;
            Rows { targets, first, delays, weights, local, numbers }.pack()
        };
        Ok(Self::of(rows.into_par_iter().map(pack).collect(), inputs, numbered))
    }
}

/// First synapse of the row of each source, and the end of the last one, for each shard.
fn count<P: Pieces>(pieces: &P, layout: &Layout, shards: usize) -> Vec<Vec<u32>> {
    let rows: Vec<AtomicU32> = (0..shards * layout.sources).map(|_| AtomicU32::new(0)).collect();
    (0..pieces.count()).into_par_iter().for_each_init(P::Scratch::default, |scratch, piece| {
        pieces.ends(piece, scratch, |source, target| {
            rows[layout.row(source, target)].fetch_add(1, Ordering::Relaxed);
        });
    });
    let of_shard = |shard: usize| {
        let rows = &rows[shard * layout.sources..(shard + 1) * layout.sources];
        let ends = rows.iter().scan(0, |end, row| {
            *end += row.load(Ordering::Relaxed);
            Some(*end)
        });
        std::iter::once(0).chain(ends).collect()
    };
    (0..shards).into_par_iter().map(of_shard).collect()
}

#[cfg(test)]
mod tests;
