//! From a list of synapses to rows.

use std::ops::Range;

use rayon::prelude::*;

use super::key::Key;
use super::pack::Rows;
use super::{Shard, Synapses};
use crate::Synapse;

/// A synapse on its way into a row.
#[derive(Clone, Copy, Default)]
struct Record {
    key: Key,
    weight: f64,
}

/// The records of one shard, row after row.
struct Unsorted {
    targets: Range<u32>,
    records: Vec<Record>,
    /// First record of each source, and the end of the last one.
    first: Vec<u32>,
}

impl Synapses {
    /// Sorts synapses into the rows of `sources` sources, for shards that cover all targets.
    ///
    /// Fewer than `u32::MAX` synapses, delays finite and not negative. `numbered` keeps the order of the list, at 4 bytes
    /// for each synapse.
    pub fn new(
        synapses: Vec<Synapse>,
        sources: u32,
        inputs: u32,
        shards: Vec<Range<u32>>,
        numbered: bool,
    ) -> Self {
        let rows = distribute(&synapses, sources, shards);
        drop(synapses);
        Self::of(rows.into_par_iter().map(|rows| shard(rows, numbered)).collect(), inputs, numbered)
    }
}

/// Copies every synapse into the row of its source in the shard of its target, in order of creation.
fn distribute(synapses: &[Synapse], sources: u32, shards: Vec<Range<u32>>) -> Vec<Unsorted> {
    let mut shard_of = Vec::new();
    for (index, targets) in (0_u32..).zip(&shards) {
        shard_of.resize(targets.end as usize, index);
    }
    let mut ends: Vec<Vec<u32>> = shards.iter().map(|_| vec![0; sources as usize + 1]).collect();
    for synapse in synapses {
        ends[shard_of[synapse.target.index()] as usize][synapse.source.index() + 1] += 1;
    }
    let rows = shards.into_iter().zip(&mut ends).map(|(targets, ends)| {
        for source in 0..sources as usize {
            ends[source + 1] += ends[source];
        }
        let records = vec![Record::default(); ends[sources as usize] as usize];
        Unsorted { targets, records, first: ends.clone() }
    });
    let mut rows: Vec<Unsorted> = rows.collect();
    for (order, synapse) in synapses.iter().enumerate() {
        let shard = shard_of[synapse.target.index()] as usize;
        let place = &mut ends[shard][synapse.source.index()];
        let Unsorted { targets, records, .. } = &mut rows[shard];
        // a shard is no longer than its targets can be counted in 16 bits
        let key = Key::new(synapse.delay, (synapse.target.0 - targets.start) as u16, order as u32);
        records[*place as usize] = Record { key, weight: synapse.weight };
        *place += 1;
    }
    rows
}

fn shard(Unsorted { targets, mut records, first }: Unsorted, numbered: bool) -> Shard {
    let mut rest = &mut records[..];
    for row in first.windows(2) {
        let (slice, after) = rest.split_at_mut((row[1] - row[0]) as usize);
        slice.sort_unstable_by_key(|record| record.key);
        rest = after;
    }
    let numbers = if numbered { records.iter().map(|record| record.key.number()).collect() } else { Vec::new() };
    let rows = Rows {
        targets,
        first,
        delays: records.iter().map(|record| record.key.delay()).collect(),
        weights: records.iter().map(|record| record.weight).collect(),
        local: records.iter().map(|record| record.key.local()).collect(),
        numbers,
    };
    drop(records);
    rows.pack()
}
