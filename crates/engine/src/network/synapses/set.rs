//! Other numbers for the same synapses.

use std::ops::Range;

use rayon::prelude::*;

use super::key::Key;
use super::pack::Rows;
use super::{Delays, Shard, Synapses, Weights};

impl Synapses {
    /// What [`Synapses::new`] makes of the same pairs with these weights and delays, one of each for every number. From then
    /// on the order of creation is kept.
    pub fn set(&mut self, weights: &[f64], delays: &[f64], inputs: u32) {
        if !self.numbered {
            self.number();
        }
        let shards = std::mem::take(&mut self.shards);
        *self = Self::of(shards.into_par_iter().map(|shard| shard.set(weights, delays)).collect(), inputs, true);
    }

    /// Numbers synapses that have no numbers yet as they are listed: source by source, shard by shard.
    fn number(&mut self) {
        self.shards.iter_mut().for_each(|shard| shard.numbers.reserve_exact(shard.len()));
        let sources = self.shards.first().map_or(0, |shard| shard.rows.len() as u32 - 1);
        let mut next = 0;
        for source in 0..sources {
            for shard in &mut self.shards {
                let row = shard.synapses(shard.row(source)).len() as u32;
                shard.numbers.extend(next..next + row);
                next += row;
            }
        }
        self.numbered = true;
    }
}

impl Shard {
    fn set(self, weights: &[f64], delays: &[f64]) -> Self {
        let Self { targets, rows, delays: before, mut local, weights: own, mut numbers, .. } = self;
        // The memory of what is replaced is used again.
        let (first, mut own_delays) = match before {
            Delays::Each(delays) => (rows, delays),
            Delays::Shared { first, .. } => {
                (rows.iter().map(|&group| first[group as usize]).collect(), Vec::with_capacity(local.len()))
            }
        };
        own_delays.clear();
        // adding zero turns -0 into 0
        own_delays.extend(numbers.iter().map(|&number| delays[number as usize] + 0.0));
        let mut keys = Vec::new();
        for row in first.windows(2) {
            sort_row(row[0] as usize..row[1] as usize, &mut own_delays, &mut local, &mut numbers, &mut keys);
        }
        let mut own_weights = if let Weights::Each(weights) = own { weights } else { Vec::new() };
        own_weights.clear();
        own_weights.extend(numbers.iter().map(|&number| weights[number as usize]));
        Rows { targets, first, delays: own_delays, weights: own_weights, local, numbers }.pack()
    }
}

/// Brings a row into order, if it is not.
fn sort_row(row: Range<usize>, delays: &mut [f64], local: &mut [u16], numbers: &mut [u32], keys: &mut Vec<Key>) {
    let (delays, local, numbers) = (&mut delays[row.clone()], &mut local[row.clone()], &mut numbers[row]);
    let key = |place: usize| Key::new(delays[place], local[place], numbers[place]);
    if (1..delays.len()).all(|place| key(place - 1) < key(place)) {
        return;
    }
    keys.clear();
    keys.extend((0..delays.len()).map(key));
    keys.sort_unstable();
    for (place, key) in keys.iter().enumerate() {
        (delays[place], local[place], numbers[place]) = (key.delay(), key.local(), key.number());
    }
}
