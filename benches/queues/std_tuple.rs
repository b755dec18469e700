//! `std::collections::BinaryHeap` of tuples, the first thing that one would write.

use std::cmp::{Ordering, Reverse};
use std::collections::BinaryHeap;
use std::collections::binary_heap::PeekMut;

use delgrad_engine::queue::DeliveryKey;
use ordered_float::OrderedFloat;

use super::{Deliveries, Value};

struct Entry {
    key: Reverse<(OrderedFloat<f64>, u32, u32)>,
    value: Value,
}

impl Entry {
    fn new(key: DeliveryKey, value: Value) -> Self {
        Self { key: Reverse((OrderedFloat(key.time), key.source, key.place)), value }
    }
}

impl PartialEq for Entry {
    fn eq(&self, other: &Self) -> bool {
        self.key == other.key
    }
}

impl Eq for Entry {}

impl PartialOrd for Entry {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Entry {
    fn cmp(&self, other: &Self) -> Ordering {
        self.key.cmp(&other.key)
    }
}

pub struct StdTuple(BinaryHeap<Entry>);

impl Deliveries for StdTuple {
    fn expecting(_: usize, _: f64) -> Self {
        Self(BinaryHeap::new())
    }

    fn push(&mut self, key: DeliveryKey, value: Value) {
        self.0.push(Entry::new(key, value));
    }

    fn pop(&mut self) -> Option<(DeliveryKey, Value)> {
        let Entry { key: Reverse((time, source, place)), value } = self.0.pop()?;
        Some((DeliveryKey { time: time.0, source, place }, value))
    }

    fn next_time(&mut self) -> f64 {
        self.0.peek().map_or(f64::INFINITY, |entry| entry.key.0.0.0)
    }

    fn replace_earliest(&mut self, key: DeliveryKey, value: Value) {
        if let Some(mut earliest) = self.0.peek_mut() {
            *earliest = Entry::new(key, value);
            drop::<PeekMut<_>>(earliest);
        }
    }
}
