//! A calendar queue: a ring of buckets of equal width, of which only the current one is sorted. Entries beyond the
//! ring wait in a heap. It takes no entry before the last one taken out, and it has to be told the width of its
//! buckets.

use std::collections::BinaryHeap;

use delgrad_engine::queue::DeliveryKey;

use super::std_packed::Entry;
use super::{Deliveries, Value};

/// Mean number of entries in the bucket that is taken apart next.
const OCCUPANCY: f64 = 4.0;

pub struct BucketRing {
    buckets: Vec<Vec<(u128, Value)>>,
    width: f64,
    /// Number of the current bucket on the time axis; its entries are sorted, the earliest last.
    current: i64,
    in_ring: usize,
    beyond: BinaryHeap<Entry>,
}

impl BucketRing {
    fn number(&self, packed: u128) -> i64 {
        (DeliveryKey::from_packed(packed).time / self.width).floor() as i64
    }

    fn slot(&self, number: i64) -> usize {
        number.rem_euclid(self.buckets.len() as i64) as usize
    }

    fn insert(&mut self, key: u128, value: Value) {
        let number = self.number(key);
        if number >= self.current.saturating_add(self.buckets.len() as i64) {
            self.beyond.push(Entry { key, value });
            return;
        }
        self.in_ring += 1;
        let slot = self.slot(number);
        let bucket = &mut self.buckets[slot];
        if number == self.current {
            let place = bucket.partition_point(|(other, _)| *other > key);
            bucket.insert(place, (key, value));
        } else {
            bucket.push((key, value));
        }
    }

    /// Moves on to the first bucket with entries; false if there are none.
    fn advance(&mut self) -> bool {
        loop {
            let slot = self.slot(self.current);
            if !self.buckets[slot].is_empty() {
                return true;
            }
            let Some(first_beyond) = self.beyond.peek().map(|entry| self.number(entry.key)) else {
                if self.in_ring == 0 {
                    return false;
                }
                self.step(self.current + 1);
                continue;
            };
            self.step(if self.in_ring == 0 { first_beyond } else { self.current + 1 });
        }
    }

    /// Makes bucket `number` the current one: sorts it and takes in what the ring now reaches.
    fn step(&mut self, number: i64) {
        self.current = number;
        let slot = self.slot(number);
        self.buckets[slot].sort_unstable_by_key(|(key, _)| std::cmp::Reverse(*key));
        let end = number.saturating_add(self.buckets.len() as i64);
        while self.beyond.peek().is_some_and(|entry| self.number(entry.key) < end) {
            if let Some(Entry { key, value }) = self.beyond.pop() {
                self.insert(key, value);
            }
        }
    }
}

impl Deliveries for BucketRing {
    fn expecting(entries: usize, increment: f64) -> Self {
        let length = entries.next_power_of_two().max(16);
        Self {
            buckets: vec![Vec::new(); length],
            width: OCCUPANCY * increment / length as f64,
            current: i64::MIN,
            in_ring: 0,
            beyond: BinaryHeap::new(),
        }
    }

    fn push(&mut self, key: DeliveryKey, value: Value) {
        self.insert(key.packed(), value);
    }

    fn pop(&mut self) -> Option<(DeliveryKey, Value)> {
        self.advance();
        let slot = self.slot(self.current);
        let (key, value) = self.buckets[slot].pop()?;
        self.in_ring -= 1;
        Some((DeliveryKey::from_packed(key), value))
    }

    fn next_time(&mut self) -> f64 {
        self.advance();
        let slot = self.slot(self.current);
        self.buckets[slot].last().map_or(f64::INFINITY, |(key, _)| DeliveryKey::from_packed(*key).time)
    }
}
