//! The heap with four children to a node; what entries carry lies in a slab, so that the heap moves keys and places alone.

use delgrad_engine::queue::{DeliveryKey, DeliveryQueue};
use slab::Slab;

use super::{Deliveries, Value};

pub struct SlabValues {
    queue: DeliveryQueue<u32>,
    values: Slab<Value>,
}

impl Deliveries for SlabValues {
    fn expecting(_: usize, _: f64) -> Self {
        Self { queue: DeliveryQueue::new(), values: Slab::new() }
    }

    fn push(&mut self, key: DeliveryKey, value: Value) {
        let place = self.values.insert(value) as u32;
        self.queue.push(key, place);
    }

    fn pop(&mut self) -> Option<(DeliveryKey, Value)> {
        let (key, place) = self.queue.pop()?;
        Some((key, self.values.remove(place as usize)))
    }

    fn next_time(&mut self) -> f64 {
        self.queue.peek().map_or(f64::INFINITY, |(key, _)| key.time)
    }

    fn replace_earliest(&mut self, key: DeliveryKey, value: Value) {
        if let Some((_, place)) = self.queue.peek() {
            self.values[place as usize] = value;
            self.queue.replace_earliest(key, place);
        }
    }
}
