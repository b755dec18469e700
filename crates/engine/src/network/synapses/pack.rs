//! From rows in order to their compact form.

use std::ops::Range;

use super::{Delays, Shard, Synapses, Weights};

/// The synapses of a shard, row after row and each row in order.
pub(super) struct Rows {
    pub targets: Range<u32>,
    /// First synapse of each source's row, and the end of the last one.
    pub first: Vec<u32>,
    pub delays: Vec<f64>,
    pub weights: Vec<f64>,
    pub local: Vec<u16>,
    pub numbers: Vec<u32>,
}

impl Rows {
    /// Leaves the place of the first group at 0.
    pub fn pack(self) -> Shard {
        let Self { targets, first, delays, weights, local, numbers } = self;
        let weights = Weights::pack(weights, &first);
        let (delays, rows) = pack_delays(delays, first);
        Shard { targets, first_place: 0, rows, delays, local, weights, numbers }
    }
}

impl Synapses {
    /// Packed shards as the synapses of a network with so many inputs.
    pub(super) fn of(mut shards: Vec<Shard>, inputs: u32, numbered: bool) -> Self {
        let (mut groups, mut shortest) = (0, f64::INFINITY);
        for shard in &mut shards {
            shard.first_place = groups;
            groups += shard.delays().len() as u32;
            let between_neurons = shard.rows.windows(2).skip(inputs as usize);
            for row in between_neurons.filter(|row| row[0] < row[1]) {
                // the first delay of a row is its smallest one
                shortest = f64::min(shortest, shard.delay(row[0]));
            }
        }
        Self { shards, shortest_between_neurons: shortest, numbered }
    }
}

/// The smaller form of the delays, and the rows counted in its groups.
fn pack_delays(each: Vec<f64>, rows: Vec<u32>) -> (Delays, Vec<u32>) {
    let begins = |row: &[u32], synapse: u32| {
        let place = synapse as usize;
        synapse == row[0] || each[place].to_bits() != each[place - 1].to_bits()
    };
    let of_row = |row: &[u32]| (row[0]..row[1]).filter(|&synapse| begins(row, synapse)).count();
    let groups: usize = rows.windows(2).map(of_row).sum();
    if size_of::<f64>() * groups + size_of::<u32>() * (groups + 1) >= size_of::<f64>() * each.len() {
        return (Delays::Each(each), rows);
    }
    let (mut delay, mut first) = (Vec::with_capacity(groups), Vec::with_capacity(groups + 1));
    let mut group_rows = Vec::with_capacity(rows.len());
    for row in rows.windows(2) {
        group_rows.push(delay.len() as u32);
        for synapse in (row[0]..row[1]).filter(|&synapse| begins(row, synapse)) {
            delay.push(each[synapse as usize]);
            first.push(synapse);
        }
    }
    group_rows.push(delay.len() as u32);
    first.push(each.len() as u32);
    (Delays::Shared { delay, first }, group_rows)
}
