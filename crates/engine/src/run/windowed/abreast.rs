//! Quadratic neurons of a shard, eight side by side.
//!
//! Their inputs cannot be added up. But from arrival to arrival they do the same, and are moved on as vectors up to where one of them
//! might spike: from there on that one is stepped by itself.

use delgrad_neuron::{Qif, QifAbreast};

use super::arrivals::Arrivals;
use super::rank::{MOST, sort};
use crate::Model;
use crate::run::cell::Cell;

/// Neurons side by side.
pub(super) const LANES: usize = 8;

/// The arrivals of some neurons in their order: first arrivals, second arrivals, and so on.
#[derive(Clone, Debug)]
pub(super) struct Abreast {
    times: [[f64; LANES]; MOST],
    weights: [[f64; LANES]; MOST],
    taken: [u32; LANES],
}

impl Default for Abreast {
    fn default() -> Self {
        Self { times: [[0.0; LANES]; MOST], weights: [[0.0; LANES]; MOST], taken: [0; LANES] }
    }
}

impl Abreast {
    /// Takes those neurons among some next to each other that are quadratic and free from arrival to arrival, as far as they surely
    /// do not spike. `first` is the slot of the first one.
    pub fn pass(&mut self, cells: &mut [Cell], models: &[&Model], arrivals: &mut Arrivals, first: usize) {
        self.taken = [0; LANES];
        if models.iter().any(|model| matches!(model, Model::Qif(_))) {
            pulp::Arch::new().dispatch(Pass { abreast: self, cells, models, arrivals, first });
        }
    }

    /// How many arrivals a neuron has taken.
    pub fn taken(&self, lane: usize) -> usize {
        self.taken[lane] as usize
    }
}

struct Pass<'a> {
    abreast: &'a mut Abreast,
    cells: &'a mut [Cell],
    models: &'a [&'a Model],
    arrivals: &'a mut Arrivals,
    first: usize,
}

impl pulp::WithSimd for Pass<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: pulp::Simd>(self, _: S) {
        let Self { abreast: Abreast { times, weights, taken }, cells, models, arrivals, first } = self;
        let other = Qif::default();
        let mut neurons = [&other; LANES];
        let (mut counts, mut v, mut now, mut sure) = ([0; LANES], [0.0; LANES], [0.0; LANES], [false; LANES]);
        for (lane, (cell, model)) in cells.iter().zip(models).enumerate() {
            (now[lane], v[lane]) = (cell.time, cell.state.v);
            let Model::Qif(model) = model else { continue };
            let (own, room) = arrivals.of(first + lane);
            if cell.is_clamped() || own.len() > MOST {
                continue;
            }
            (neurons[lane], sure[lane], counts[lane]) = (model, true, own.len());
            for (arrival, &place) in own.iter().zip(room.ranks(own)) {
                let place = place as usize % MOST;
                (times[place][lane], weights[place][lane]) = (arrival.time, arrival.weight);
            }
            if (1..own.len()).any(|place| times[place][lane] == times[place - 1][lane]) {
                // some at one instant
                sort(own);
                for (place, arrival) in own.iter().enumerate() {
                    (times[place][lane], weights[place][lane]) = (arrival.time, arrival.weight);
                }
            }
        }
        let most = counts.iter().fold(0, |most, &count| count.max(most));
        for (lane, &count) in counts.iter().enumerate() {
            let last = if count > 0 { times[count - 1][lane] } else { now[lane] };
            for place in count..most {
                (times[place][lane], weights[place][lane]) = (last, 0.0);
            }
        }
        let neurons = QifAbreast::new(neurons);
        let mut passed = [0_u64; LANES];
        for (times, weights) in times[..most].iter().zip(&weights[..most]) {
            let waits: [f64; LANES] = std::array::from_fn(|lane| times[lane] - now[lane]);
            neurons.pass(&mut v, &mut sure, &waits, weights);
            passed.iter_mut().zip(sure).for_each(|(passed, sure)| *passed += u64::from(sure));
            now = *times;
        }
        for (lane, cell) in cells.iter_mut().enumerate() {
            let count = counts[lane].min(passed[lane] as usize);
            taken[lane] = count as u32;
            if count > 0 {
                (cell.time, cell.state.v) = (times[count - 1][lane], v[lane]);
            }
        }
    }
}
