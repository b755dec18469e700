//! Every queue that is measured, behind two traits; the tests of the engine hold each of them against a sorted
//! list.

use delgrad_engine::queue::{CrossingQueue, DeliveryKey, DeliveryQueue};

pub mod bucket_ring;
pub mod crate_queue;
pub mod indexed_heap;
pub mod linear_scan;
pub mod narrow_tree;
pub mod radix;
pub mod slab_values;
pub mod std_packed;
pub mod std_tuple;

/// What an entry carries besides its key: as much as a spike in flight does.
pub type Value = [u64; 2];

/// Pending deliveries, the earliest first.
pub trait Deliveries {
    /// An empty queue; `entries` is how many to expect and `increment` the mean time from one to its successor.
    fn expecting(entries: usize, increment: f64) -> Self;
    fn push(&mut self, key: DeliveryKey, value: Value);
    fn pop(&mut self) -> Option<(DeliveryKey, Value)>;
    /// The time of the entry that comes next; the queue is not empty.
    fn next_time(&mut self) -> f64;
    /// Puts an entry in the place of the earliest one; the queue is not empty.
    fn replace_earliest(&mut self, key: DeliveryKey, value: Value) {
        self.pop();
        self.push(key, value);
    }
}

/// One time for each neuron, and the earliest of them, ties by the lowest neuron.
pub trait Crossings {
    fn with_neurons(neurons: usize) -> Self;
    fn set(&mut self, neuron: u32, time: f64);
    fn earliest(&self) -> (f64, u32);
}

impl Deliveries for DeliveryQueue<Value> {
    fn expecting(_: usize, _: f64) -> Self {
        Self::new()
    }

    fn push(&mut self, key: DeliveryKey, value: Value) {
        self.push(key, value);
    }

    fn pop(&mut self) -> Option<(DeliveryKey, Value)> {
        self.pop()
    }

    fn next_time(&mut self) -> f64 {
        self.peek().map_or(f64::INFINITY, |(key, _)| key.time)
    }

    fn replace_earliest(&mut self, key: DeliveryKey, value: Value) {
        self.replace_earliest(key, value);
    }
}

impl Crossings for CrossingQueue {
    fn with_neurons(neurons: usize) -> Self {
        Self::new(neurons)
    }

    fn set(&mut self, neuron: u32, time: f64) {
        self.set(neuron, time);
    }

    fn earliest(&self) -> (f64, u32) {
        self.earliest()
    }
}
