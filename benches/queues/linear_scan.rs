//! No queue at all: the earliest time is looked for each time.

use super::Crossings;

/// Times compared at once.
const LANES: usize = 8;

pub struct LinearScan {
    /// Padded with infinity to whole blocks.
    blocks: Vec<[f64; LANES]>,
}

impl Crossings for LinearScan {
    fn with_neurons(neurons: usize) -> Self {
        Self { blocks: vec![[f64::INFINITY; LANES]; neurons.div_ceil(LANES)] }
    }

    fn set(&mut self, neuron: u32, time: f64) {
        self.blocks[neuron as usize / LANES][neuron as usize % LANES] = time;
    }

    fn earliest(&self) -> (f64, u32) {
        let mut least = [f64::INFINITY; LANES];
        for block in &self.blocks {
            for (least, time) in least.iter_mut().zip(block) {
                *least = if *time < *least { *time } else { *least };
            }
        }
        let time = least.iter().fold(f64::INFINITY, |a, b| if *b < a { *b } else { a });
        let place = self.blocks.as_flattened().iter().position(|other| *other == time);
        (time, place.unwrap_or(0) as u32)
    }
}
