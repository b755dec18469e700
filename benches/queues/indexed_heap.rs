//! A heap with four children to a node that knows where each neuron's entry is.

use super::Crossings;

const CHILDREN: usize = 4;

pub struct IndexedHeap {
    entries: Vec<(f64, u32)>,
    /// Place of each neuron's entry.
    places: Vec<u32>,
}

impl IndexedHeap {
    fn put(&mut self, place: usize, entry: (f64, u32)) {
        self.entries[place] = entry;
        self.places[entry.1 as usize] = place as u32;
    }
}

impl Crossings for IndexedHeap {
    fn with_neurons(neurons: usize) -> Self {
        let numbers = 0..neurons as u32;
        Self {
            entries: numbers.clone().map(|neuron| (f64::INFINITY, neuron)).collect(),
            places: numbers.collect(),
        }
    }

    fn set(&mut self, neuron: u32, time: f64) {
        let entry = (time, neuron);
        let mut hole = self.places[neuron as usize] as usize;
        while hole > 0 {
            let parent = (hole - 1) / CHILDREN;
            if self.entries[parent] <= entry {
                break;
            }
            self.put(hole, self.entries[parent]);
            hole = parent;
        }
        loop {
            let first = CHILDREN * hole + 1;
            let last = (first + CHILDREN).min(self.entries.len());
            if first >= last {
                break;
            }
            let mut child = first;
            for other in first + 1..last {
                child = if self.entries[other] < self.entries[child] { other } else { child };
            }
            if entry <= self.entries[child] {
                break;
            }
            self.put(hole, self.entries[child]);
            hole = child;
        }
        self.put(hole, entry);
    }

    fn earliest(&self) -> (f64, u32) {
        self.entries.first().filter(|entry| entry.0 < f64::INFINITY).copied().unwrap_or((f64::INFINITY, 0))
    }
}
