//! Rows of some sources in one shard, while they are filled and sorted.

use super::key::Key;
use super::round::Record;

/// What the synapses of a shard are made of, row after row.
pub(super) struct Columns {
    pub delays: Vec<f64>,
    pub weights: Vec<f64>,
    pub local: Vec<u16>,
    pub numbers: Vec<u32>,
}

impl Columns {
    pub fn new(first: &[u32], numbered: bool) -> Self {
        let synapses = first.last().map_or(0, |&end| end as usize);
        let numbers = vec![0; if numbered { synapses } else { 0 }];
        Self { delays: vec![0.0; synapses], weights: vec![0.0; synapses], local: vec![0; synapses], numbers }
    }
}

/// The rows of some sources in a shard: the work of one thread.
pub(super) struct Block<'a> {
    first_target: u32,
    first_source: u32,
    /// First synapse of each row, and the end of the last one.
    first: &'a [u32],
    /// Where the next synapse of each row goes.
    next: &'a mut [u32],
    delays: &'a mut [f64],
    weights: &'a mut [f64],
    local: &'a mut [u16],
    /// Empty unless the order of creation is kept.
    numbers: &'a mut [u32],
}

impl<'a> Block<'a> {
    /// Cuts the rows of a shard into blocks of so many sources.
    pub fn cut(
        first_target: u32,
        first: &'a [u32],
        next: &'a mut [u32],
        columns: &'a mut Columns,
        sources: usize,
    ) -> Vec<Self> {
        let (mut delays, mut weights) = (&mut columns.delays[..], &mut columns.weights[..]);
        let (mut local, mut numbers) = (&mut columns.local[..], &mut columns.numbers[..]);
        let rows = first.len() - 1;
        let blocks = next[..rows].chunks_mut(sources).enumerate().map(|(block, next)| {
            let start = block * sources;
            let first = &first[start..=start + next.len()];
            let length = (first[next.len()] - first[0]) as usize;
            let numbered = if numbers.is_empty() { 0 } else { length };
            Self {
                first_target,
                first_source: start as u32,
                first,
                next,
                delays: front(&mut delays, length),
                weights: front(&mut weights, length),
                local: front(&mut local, length),
                numbers: front(&mut numbers, numbered),
            }
        });
        blocks.collect()
    }

    /// Puts a synapse behind those of its row.
    #[inline(always)]
    pub fn put(&mut self, record: &Record) {
        let &Record { delay, weight, source, target, number } = record;
        let next = &mut self.next[(source - self.first_source) as usize];
        let place = (*next - self.first[0]) as usize;
        *next += 1;
        // adding zero turns -0 into 0
        (self.delays[place], self.weights[place]) = (delay + 0.0, weight);
        // a shard is no longer than its targets can be counted in 16 bits
        self.local[place] = (target - self.first_target) as u16;
        if let Some(own) = self.numbers.get_mut(place) {
            *own = number;
        }
    }

    /// Brings every row into order.
    pub fn sort(self) {
        let Self { first, delays, weights, local, numbers, .. } = self;
        let (mut keys, mut before, mut own) = (Vec::new(), Vec::new(), Vec::new());
        for row in first.windows(2) {
            let row = (row[0] - first[0]) as usize..(row[1] - first[0]) as usize;
            let (delays, local) = (&mut delays[row.clone()], &mut local[row.clone()]);
            // synapses of a row come in order of creation
            keys.clear();
            keys.extend(
                (0..).zip(&*delays).zip(&*local).map(|((place, &delay), &local)| Key::new(delay, local, place)),
            );
            if keys.is_sorted() {
                continue;
            }
            keys.sort_unstable();
            for ((key, delay), local) in keys.iter().zip(delays).zip(local) {
                (*delay, *local) = (key.delay(), key.local());
            }
            permute(&keys, &mut weights[row.clone()], &mut before);
            if !numbers.is_empty() {
                permute(&keys, &mut numbers[row], &mut own);
            }
        }
    }
}

/// Takes so many from the front.
fn front<'a, T>(slice: &mut &'a mut [T], length: usize) -> &'a mut [T] {
    let (front, rest) = std::mem::take(slice).split_at_mut(length);
    *slice = rest;
    front
}

/// Puts values into the order of the keys, which are numbered by their places before.
fn permute<T: Copy>(keys: &[Key], values: &mut [T], before: &mut Vec<T>) {
    before.clear();
    before.extend_from_slice(values);
    for (value, key) in values.iter_mut().zip(keys) {
        *value = before[key.number() as usize];
    }
}
