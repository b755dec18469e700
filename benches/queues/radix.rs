//! A radix heap: entries lie in the bucket of the highest bit in which they differ from the last key taken out, so
//! that each moves at most once per bit. It takes no entry before the last one taken out.

use delgrad_engine::queue::DeliveryKey;

use super::{Deliveries, Value};

/// Bits of a key, and the bucket of keys equal to the last one.
const BUCKETS: usize = 129;

pub struct Radix {
    buckets: Vec<Vec<(u128, Value)>>,
    /// Bit `n` says that bucket `n + 1` has entries.
    occupied: u128,
    last: u128,
}

impl Radix {
    fn bucket_of(&self, key: u128) -> usize {
        128 - (key ^ self.last).leading_zeros() as usize
    }

    fn insert(&mut self, key: u128, value: Value) {
        let bucket = self.bucket_of(key);
        self.buckets[bucket].push((key, value));
        if bucket > 0 {
            self.occupied |= 1 << (bucket - 1);
        }
    }

    /// Moves the earliest entries to bucket 0; false if there are none.
    fn refill(&mut self) -> bool {
        if !self.buckets[0].is_empty() {
            return true;
        }
        if self.occupied == 0 {
            return false;
        }
        let bucket = self.occupied.trailing_zeros() as usize + 1;
        self.occupied &= !(1 << (bucket - 1));
        let mut entries = std::mem::take(&mut self.buckets[bucket]);
        if let Some(least) = entries.iter().map(|(key, _)| *key).min() {
            self.last = least;
        }
        for (key, value) in entries.drain(..) {
            self.insert(key, value);
        }
        // Its memory serves the next entries of this bucket.
        self.buckets[bucket] = entries;
        true
    }
}

impl Deliveries for Radix {
    fn expecting(_: usize, _: f64) -> Self {
        Self { buckets: (0..BUCKETS).map(|_| Vec::new()).collect(), occupied: 0, last: 0 }
    }

    fn push(&mut self, key: DeliveryKey, value: Value) {
        self.insert(key.packed(), value);
    }

    fn pop(&mut self) -> Option<(DeliveryKey, Value)> {
        self.refill();
        self.buckets[0].pop().map(|(key, value)| (DeliveryKey::from_packed(key), value))
    }

    fn next_time(&mut self) -> f64 {
        if self.refill() { DeliveryKey::from_packed(self.last).time } else { f64::INFINITY }
    }
}
