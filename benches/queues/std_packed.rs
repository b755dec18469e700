//! `std::collections::BinaryHeap` with the key packed into one integer.

use std::cmp::Ordering;
use std::collections::BinaryHeap;

use delgrad_engine::queue::DeliveryKey;

use super::{Deliveries, Value};

pub struct Entry {
    pub key: u128,
    pub value: Value,
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

/// The other way round: the standard heap gives the largest entry first.
impl Ord for Entry {
    fn cmp(&self, other: &Self) -> Ordering {
        other.key.cmp(&self.key)
    }
}

pub struct StdPacked(BinaryHeap<Entry>);

impl Deliveries for StdPacked {
    fn expecting(_: usize, _: f64) -> Self {
        Self(BinaryHeap::new())
    }

    fn push(&mut self, key: DeliveryKey, value: Value) {
        self.0.push(Entry { key: key.packed(), value });
    }

    fn pop(&mut self) -> Option<(DeliveryKey, Value)> {
        self.0.pop().map(|entry| (DeliveryKey::from_packed(entry.key), entry.value))
    }

    fn next_time(&mut self) -> f64 {
        self.0.peek().map_or(f64::INFINITY, |entry| DeliveryKey::from_packed(entry.key).time)
    }

    fn replace_earliest(&mut self, key: DeliveryKey, value: Value) {
        if let Some(mut earliest) = self.0.peek_mut() {
            *earliest = Entry { key: key.packed(), value };
        }
    }
}
