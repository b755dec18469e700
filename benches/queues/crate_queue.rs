//! The crate `priority-queue`: a heap of places in a hash map from the neuron to its time.

use std::cmp::Reverse;

use ordered_float::OrderedFloat;
use priority_queue::PriorityQueue;

use super::Crossings;

type Rank = Reverse<(OrderedFloat<f64>, u32)>;

pub struct CrateQueue(PriorityQueue<u32, Rank>);

fn rank(time: f64, neuron: u32) -> Rank {
    Reverse((OrderedFloat(time), neuron))
}

impl Crossings for CrateQueue {
    fn with_neurons(neurons: usize) -> Self {
        Self((0..neurons as u32).map(|neuron| (neuron, rank(f64::INFINITY, neuron))).collect())
    }

    fn set(&mut self, neuron: u32, time: f64) {
        self.0.change_priority(&neuron, rank(time, neuron));
    }

    fn earliest(&self) -> (f64, u32) {
        match self.0.peek() {
            Some((neuron, Reverse((time, _)))) if time.0 < f64::INFINITY => (time.0, *neuron),
            _ => (f64::INFINITY, 0),
        }
    }
}
