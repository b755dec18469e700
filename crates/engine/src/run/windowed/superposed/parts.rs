//! A second look at the neurons that might spike: their arrivals are added up in parts of the window.
//!
//! The bound for a window lets every positive arrival act for all of it, and no negative one. In a part of a window there are fewer of
//! them, and the state at its start knows what came before. So most of the neurons that might spike in a window turn out not to, and
//! the others are stepped in the parts alone in which they might.

use super::add::{Sum, add};
use super::flow::{Answer, Flow};
use super::{Neuron, Superposed};
use crate::network::response_class::Kind;
use crate::run::windowed::calendar::Arrival;
use crate::run::windowed::response::Response;

/// Parts of a window.
pub(in crate::run::windowed) const PARTS: usize = 8;
/// Arrivals whose ages are turned into responses at a time.
const CHUNK: usize = 512;

/// The parts of the window at hand, and the sums of the targets that have slots.
#[derive(Clone, Debug)]
pub(in crate::run::windowed) struct Parts {
    /// Where the parts begin, and the end of the last one.
    pub bounds: [f64; PARTS + 1],
    flows: [Flow; PARTS],
    /// Part by part for each slot.
    sums: Vec<[Sum; PARTS]>,
    /// The part of each arrival that was added up last.
    pub of: Vec<u8>,
}

impl Default for Parts {
    fn default() -> Self {
        Self { bounds: [0.0; PARTS + 1], flows: [Flow::default(); PARTS], sums: Vec::new(), of: Vec::new() }
    }
}

impl Parts {
    /// Start and end of a part.
    pub fn span(&self, part: usize) -> (f64, f64) {
        (self.bounds[part], self.bounds[part + 1])
    }

    pub fn bytes(&self) -> usize {
        size_of::<[Sum; PARTS]>() * self.sums.capacity() + self.of.capacity()
    }
}

impl Superposed {
    /// Divides a window into parts. Not if the neurons are of a kind that is not handled so.
    pub fn divide(&mut self, start: f64, end: f64) -> bool {
        let Self { constants, parts: Parts { bounds, flows, .. }, .. } = self;
        let Answer::Equal(class, response) = &constants.answer else { return false };
        if class.kind != Kind::Leaky {
            return false;
        }
        let length = (end - start) / PARTS as f64;
        *bounds = std::array::from_fn(|part| if part == PARTS { end } else { start + part as f64 * length });
        *flows = std::array::from_fn(|part| Flow::new(*class, response, bounds[part + 1] - bounds[part]));
        true
    }

    /// Adds up arrivals in the parts of the window at hand, for so many slots; `slot` tells that of a target.
    pub fn add_in_parts(&mut self, arrivals: &[Arrival], slots: usize, slot: impl Fn(u16) -> usize) {
        let Self { constants, parts, .. } = self;
        let Answer::Equal(_, response) = &constants.answer else { return };
        parts.sums.clear();
        parts.sums.resize(slots, [[0.0; 4]; PARTS]);
        parts.of.clear();
        parts.of.resize(arrivals.len(), 0);
        pulp::Arch::new().dispatch(Add { parts, arrivals, response, slot });
    }

    /// Moves a neuron on from the start of a part, which may be `PARTS`, part by part. Returns the part in which it has to be stepped, if
    /// any; it is left at the start of it.
    #[inline]
    pub fn pass(&mut self, slot: usize, index: usize, from: usize) -> Option<usize> {
        let Self { parts: Parts { bounds, flows, sums, .. }, membranes, .. } = self;
        let (mut v, mut i) = (membranes.v[index], membranes.i[index]);
        let (release, push, threshold) =
            (membranes.release[index], membranes.push[index], membranes.threshold[index]);
        let mut stepped = None;
        for part in from..PARTS {
            let neuron = Neuron { v, i, release, push, threshold, flow: flows[part], sums: sums[slot][part] };
            let doubt;
            (v, i, doubt) = neuron.moved::<false>((bounds[part], bounds[part + 1]));
            if doubt {
                stepped = Some(part);
                break;
            }
        }
        (membranes.v[index], membranes.i[index]) = (v, i);
        stepped
    }
}

/// Compiles the sums for the widest vectors of the machine; every lane does what the scalar would.
struct Add<'a, F> {
    parts: &'a mut Parts,
    arrivals: &'a [Arrival],
    response: &'a Response,
    slot: F,
}

impl<F: Fn(u16) -> usize> pulp::WithSimd for Add<'_, F> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: pulp::Simd>(self, _: S) {
        let Self { parts: Parts { bounds, sums, of, .. }, arrivals, response, slot } = self;
        let (mut ages, mut currents) = ([0.0; CHUNK], [0.0; CHUNK]);
        for (arrivals, parts) in arrivals.chunks(CHUNK).zip(of.chunks_mut(CHUNK)) {
            let count = arrivals.len();
            let (ages, currents) = (&mut ages[..count], &mut currents[..count]);
            ages.iter_mut().zip(arrivals).for_each(|(age, arrival)| *age = arrival.time);
            for (age, part) in ages.iter_mut().zip(&mut *parts) {
                let (time, mut end, mut later) = (*age, bounds[1], 0_u64);
                for place in 1..PARTS {
                    let is_later = time >= bounds[place];
                    end = if is_later { bounds[place + 1] } else { end };
                    later += u64::from(is_later);
                }
                (*age, *part) = (end - time, later as u8);
            }
            response.replace(ages, currents);
            let responses = parts.iter().zip(&*ages).zip(&*currents);
            for (arrival, ((&part, &voltage), &current)) in arrivals.iter().zip(responses) {
                let sum = &mut sums[slot(arrival.local)][part as usize % PARTS];
                add::<false>(sum, arrival.weight, voltage, current);
            }
        }
    }
}
