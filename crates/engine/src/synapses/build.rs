//! From a list of synapses to rows.

use std::ops::Range;

use rayon::prelude::*;

use super::{Delays, Stripe, Synapses, Weights};
use crate::Synapse;

/// A synapse on its way into a row; rows are sorted by the key.
#[derive(Clone, Copy, Default)]
struct Record {
    /// Bits of the delay, then the target within the stripe, then the order of creation.
    key: u128,
    weight: f64,
}

impl Record {
    fn new(synapse: &Synapse, first_target: u32, order: usize) -> Self {
        // Delays are not negative, so that their bits are in order; adding zero turns -0 into 0.
        let delay = (synapse.delay + 0.0).to_bits();
        let target = u128::from(synapse.target - first_target);
        Self { key: u128::from(delay) << 64 | target << 32 | order as u128, weight: synapse.weight }
    }

    fn delay_bits(self) -> u64 {
        (self.key >> 64) as u64
    }

    fn local(self) -> u16 {
        (self.key >> 32) as u16
    }

    fn number(self) -> u32 {
        self.key as u32
    }
}

/// The records of one stripe, row after row.
struct Rows {
    targets: Range<u32>,
    records: Vec<Record>,
    /// First record of each source, and the end of the last one.
    first: Vec<u32>,
}

impl Synapses {
    /// Sorts synapses into the rows of `sources` sources, for stripes that cover all targets.
    ///
    /// Fewer than `u32::MAX` synapses, delays finite and not negative. `numbered` keeps the order of the list, at 4 bytes
    /// for each synapse.
    pub fn new(
        synapses: Vec<Synapse>,
        sources: u32,
        inputs: u32,
        stripes: Vec<Range<u32>>,
        numbered: bool,
    ) -> Self {
        let between_neurons = synapses.iter().filter(|synapse| synapse.source >= inputs);
        let shortest_between_neurons = between_neurons.map(|synapse| synapse.delay).fold(f64::INFINITY, f64::min);
        let rows = distribute(&synapses, sources, stripes);
        drop(synapses);
        let mut stripes: Vec<Stripe> = rows.into_par_iter().map(|rows| stripe(rows, numbered)).collect();
        let mut groups = 0;
        for stripe in &mut stripes {
            stripe.first_place = groups;
            groups += stripe.delays().len() as u32;
        }
        Self { stripes, shortest_between_neurons }
    }
}

/// Copies every synapse into the row of its source in the stripe of its target, in order of creation.
fn distribute(synapses: &[Synapse], sources: u32, stripes: Vec<Range<u32>>) -> Vec<Rows> {
    let mut stripe_of = Vec::new();
    for (index, targets) in (0_u32..).zip(&stripes) {
        stripe_of.resize(targets.end as usize, index);
    }
    let mut ends: Vec<Vec<u32>> = stripes.iter().map(|_| vec![0; sources as usize + 1]).collect();
    for synapse in synapses {
        ends[stripe_of[synapse.target as usize] as usize][synapse.source as usize + 1] += 1;
    }
    let rows = stripes.into_iter().zip(&mut ends).map(|(targets, ends)| {
        for source in 0..sources as usize {
            ends[source + 1] += ends[source];
        }
        let records = vec![Record::default(); ends[sources as usize] as usize];
        Rows { targets, records, first: ends.clone() }
    });
    let mut rows: Vec<Rows> = rows.collect();
    for (order, synapse) in synapses.iter().enumerate() {
        let stripe = stripe_of[synapse.target as usize] as usize;
        let place = &mut ends[stripe][synapse.source as usize];
        let Rows { targets, records, .. } = &mut rows[stripe];
        records[*place as usize] = Record::new(synapse, targets.start, order);
        *place += 1;
    }
    rows
}

fn stripe(Rows { targets, mut records, first }: Rows, numbered: bool) -> Stripe {
    let mut rest = &mut records[..];
    for row in first.windows(2) {
        let (slice, after) = rest.split_at_mut((row[1] - row[0]) as usize);
        slice.sort_unstable_by_key(|record| record.key);
        rest = after;
    }
    let weights = Weights::pack(records.iter().map(|record| record.weight).collect(), &first);
    let local = records.iter().map(|record| record.local()).collect();
    let numbers = if numbered { records.iter().map(|record| record.number()).collect() } else { Vec::new() };
    let (delays, rows) = delays(&records, first);
    Stripe { targets, first_place: 0, rows, delays, local, weights, numbers }
}

/// The smaller form of the delays, and the rows counted in its groups.
fn delays(records: &[Record], rows: Vec<u32>) -> (Delays, Vec<u32>) {
    let mut group_rows = Vec::with_capacity(rows.len());
    let (mut delay, mut first) = (Vec::new(), Vec::new());
    for row in rows.windows(2) {
        group_rows.push(delay.len() as u32);
        let mut previous = None;
        for synapse in row[0]..row[1] {
            let bits = records[synapse as usize].delay_bits();
            if previous != Some(bits) {
                previous = Some(bits);
                delay.push(f64::from_bits(bits));
                first.push(synapse);
            }
        }
    }
    group_rows.push(delay.len() as u32);
    first.push(records.len() as u32);
    if size_of_val(&delay[..]) + size_of_val(&first[..]) < size_of::<f64>() * records.len() {
        delay.shrink_to_fit();
        first.shrink_to_fit();
        (Delays::Shared { delay, first }, group_rows)
    } else {
        (Delays::Each(records.iter().map(|record| f64::from_bits(record.delay_bits())).collect()), rows)
    }
}
