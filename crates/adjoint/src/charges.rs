//! Forward: the currents that arrivals in factored stretches leave at the ends of intervals, summed side by side for all targets.
//!
//! What an arrival of a spike at `t` with delay `d` has left at `x` is `w e^(d/tau_syn) e^((t-r)/tau_syn) e^(-(x-r)/tau_syn)` for
//! any instant `r`: a number of the synapse, one of the spike and one of the interval.

use delgrad_neuron::math::exp;

use crate::ends::{End, Reference};
use crate::intervals::Intervals;
use crate::near::{LANES, NEAR, each, filled, part};
use crate::rows::{Rows, Stretch};

/// Sums over the arrivals in the next intervals of every target.
pub(crate) struct Charges<'a> {
    ends: std::slice::Iter<'a, End>,
    reference: Reference,
    limit: [Vec<f64>; NEAR],
    /// In units of the current at the reference.
    sum: [Vec<f64>; NEAR],
    place: [Vec<u32>; NEAR],
}

impl<'a> Charges<'a> {
    pub fn new(rows: &Rows, intervals: &Intervals, ends: &'a [End]) -> Self {
        let neurons = if ends.is_empty() { 0 } else { intervals.starts().len() };
        let mut charges = Self {
            ends: ends.iter(),
            reference: Reference::new(rows),
            limit: std::array::from_fn(|_| vec![f64::INFINITY; neurons]),
            sum: std::array::from_fn(|_| vec![0.0; neurons]),
            place: std::array::from_fn(|_| vec![0; neurons]),
        };
        for neuron in 0..neurons {
            let mut place = intervals.starts()[neuron];
            for near in 0..NEAR {
                charges.place[near][neuron] = place;
                charges.limit[near][neuron] = intervals.hot[place as usize].limit;
                place = intervals.next(place);
            }
        }
        charges
    }

    /// Turns to a time, with which the spikes to come begin.
    pub fn turn_to(&mut self, rows: &Rows, intervals: &mut Intervals, time: f64) {
        while let Some(end) = self.ends.as_slice().first().filter(|end| end.limit <= time) {
            self.ends.next();
            self.finish(rows, intervals, end.neuron as usize);
        }
        let before = self.reference.time;
        if self.reference.turn_to(time) && before.is_finite() {
            let left: Vec<f64> =
                rows.classes.iter().map(|class| exp(-class.rate_syn * (self.reference.time - before))).collect();
            for sum in &mut self.sum {
                sum.iter_mut().zip(&rows.class_of).for_each(|(sum, &class)| *sum *= left[class as usize]);
            }
        }
    }

    /// Hands over what has come in the current interval of a neuron, and turns to the next one.
    fn finish(&mut self, rows: &Rows, intervals: &mut Intervals, neuron: usize) {
        let place = self.place[0][neuron] as usize;
        let sum = self.sum[0][neuron];
        if sum != 0.0 {
            let rate = rows.class(neuron as u32).rate_syn;
            intervals.endings[place].i += sum * exp(-rate * (intervals.hot[place].end - self.reference.time));
        }
        for near in 1..NEAR {
            self.place[near - 1][neuron] = self.place[near][neuron];
            self.limit[near - 1][neuron] = self.limit[near][neuron];
            self.sum[near - 1][neuron] = self.sum[near][neuron];
        }
        let last = intervals.next(self.place[NEAR - 1][neuron]);
        self.place[NEAR - 1][neuron] = last;
        self.limit[NEAR - 1][neuron] = intervals.hot[last as usize].limit;
        self.sum[NEAR - 1][neuron] = 0.0;
    }

    /// Hands over the rest.
    pub fn close(&mut self, rows: &Rows, intervals: &mut Intervals) {
        while let Some(end) = self.ends.next() {
            self.finish(rows, intervals, end.neuron as usize);
        }
    }

    /// Adds the arrivals of a spike at the reference or later. Returns whether some come after the nearest intervals: those
    /// are left out.
    #[inline(always)]
    pub fn add(&mut self, rows: &Rows, stretch: &Stretch, time: f64) -> bool {
        let places = stretch.places();
        let class = rows.classes[stretch.class as usize];
        let from = rows.target[places.start] as usize;
        let targets = from..from + places.len();
        let factor = exp(class.rate_syn * (time - self.reference.time));
        let limits = part(&self.limit, &targets);
        let sums = self.sum.each_mut().map(|sum| &mut sum[targets.clone()]);
        add(&rows.delay[places.clone()], &rows.syn[places], [time, factor], limits, sums)
    }

    /// Whether an arrival comes after the nearest intervals of its target.
    #[inline]
    pub fn is_far(&self, target: u32, arrival: f64) -> bool {
        arrival >= self.limit[NEAR - 1][target as usize]
    }
}

/// Adds charges to the sums of the intervals that they come in. Returns whether some come after them.
#[inline(always)]
fn add(
    delays: &[f64],
    weights: &[f64],
    spike: [f64; 2],
    limits: [&[f64]; NEAR],
    sums: [&mut [f64]; NEAR],
) -> bool {
    let mut far = [0.0; LANES];
    let (delay_chunks, delay_rest) = delays.as_chunks::<LANES>();
    let whole = delay_chunks.len();
    let weight_chunks = &weights.as_chunks::<LANES>().0[..whole];
    let limit_chunks = limits.map(|limits| &limits.as_chunks::<LANES>().0[..whole]);
    let [(first, first_rest), (second, second_rest), (third, third_rest)] =
        sums.map(|sums| sums.as_chunks_mut::<LANES>());
    let (first, second, third) = (&mut first[..whole], &mut second[..whole], &mut third[..whole]);
    for chunk in 0..whole {
        let limits = limit_chunks.map(|limits| &limits[chunk]);
        let sums = [&mut first[chunk], &mut second[chunk], &mut third[chunk]];
        far = add_chunk(&delay_chunks[chunk], &weight_chunks[chunk], spike, limits, sums, far);
    }
    if !delay_rest.is_empty() {
        let from = whole * LANES;
        let limits = limits.map(|limits| filled(&limits[from..], f64::INFINITY));
        let mut sums = [filled(first_rest, 0.0), filled(second_rest, 0.0), filled(third_rest, 0.0)];
        let (delays, weights) = (filled(delay_rest, 0.0), filled(&weights[from..], 0.0));
        far = add_chunk(&delays, &weights, spike, limits.each_ref(), sums.each_mut(), far);
        for (rest, sum) in [first_rest, second_rest, third_rest].into_iter().zip(sums) {
            rest.copy_from_slice(&sum[..delay_rest.len()]);
        }
    }
    far != [0.0; LANES]
}

#[inline(always)]
fn add_chunk(
    delays: &[f64; LANES],
    weights: &[f64; LANES],
    [time, factor]: [f64; 2],
    limits: [&[f64; LANES]; NEAR],
    [first, second, third]: [&mut [f64; LANES]; NEAR],
    mut far: [f64; LANES],
) -> [f64; LANES] {
    let mut charges = [[0.0; LANES]; NEAR];
    for l in 0..LANES {
        let (arrival, charge) = (time + delays[l], weights[l] * factor);
        let [now, soon, later] = limits.map(|limit| arrival < limit[l]);
        charges[0][l] = if now { charge } else { 0.0 };
        charges[1][l] = if soon & !now { charge } else { 0.0 };
        charges[2][l] = if later & !soon { charge } else { 0.0 };
        far[l] += if later { 0.0 } else { 1.0 };
    }
    // copies, so that no store can change what another line reads
    *first = each(*first, charges[0], |sum, charge| sum + charge);
    *second = each(*second, charges[1], |sum, charge| sum + charge);
    *third = each(*third, charges[2], |sum, charge| sum + charge);
    far
}
