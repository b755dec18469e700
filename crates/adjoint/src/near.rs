//! Backward: the adjoints of the next intervals of every target side by side, so that a spike reads its arrivals as vectors.
//!
//! At an arrival of a spike at `t` with delay `d`, in an interval that ends at `E` with adjoints `λ` and `μ` and in which the loss
//! has the derivative `D` by the integral of the voltage,
//!
//! ```text
//! μ(a) = S e^(d/tau_syn) e^((t-r)/tau_syn) + scale M e^(d/tau_mem) e^((t-r)/tau_mem) + D tau_mem tau_syn/C
//! M = (λ - D tau_mem) e^(-(E-r)/tau_mem)      S = (μ - scale (λ - D tau_syn)) e^(-(E-r)/tau_syn)
//! ```
//!
//! for any instant `r`: numbers of the synapse, of the spike and of the interval. What belongs to the synapse is multiplied when
//! all its arrivals have been added up.

use std::ops::Range;

use delgrad_neuron::math::exp;

use crate::class::Class;
use crate::ends::{End, Reference};
use crate::intervals::Intervals;
use crate::rows::{Rows, Stretch};
use crate::sums::Sums;

/// Intervals of each target that are kept at hand: most often a free one, a refractory one and a free one.
pub(crate) const NEAR: usize = 3;
/// Arrivals that go through the same vectors.
pub(crate) const LANES: usize = 8;

/// The next intervals of every target.
pub(crate) struct Near<'a> {
    /// Those that begin before the spikes to come, latest last.
    ends: &'a [End],
    reference: Reference,
    /// The current interval of each neuron.
    place: Vec<u32>,
    limit: [Vec<f64>; NEAR],
    syn: [Vec<f64>; NEAR],
    mem: [Vec<f64>; NEAR],
    rest: [Vec<f64>; NEAR],
}

/// What an interval gives to its arrivals.
#[derive(Clone, Copy, Debug, Default)]
struct Parts {
    syn: f64,
    mem: f64,
    rest: f64,
}

impl Parts {
    /// Of an interval, counted from an instant.
    fn new(class: &Class, intervals: &Intervals, place: u32, from: f64) -> Self {
        let interval = &intervals.hot[place as usize];
        let drive = intervals.drive_of(place);
        if interval.end == f64::INFINITY || (interval.lambda == 0.0 && interval.mu == 0.0 && drive == 0.0) {
            return Self::default();
        }
        let length = interval.end - from;
        let (mut mem, mut syn, mut rest) = (interval.lambda, interval.mu - class.scale() * interval.lambda, 0.0);
        if drive != 0.0 {
            mem -= drive / class.rate_mem;
            syn += class.scale() * (drive / class.rate_syn);
            rest = drive * class.per_capacitance / class.rate_mem / class.rate_syn;
        }
        Self { syn: syn * exp(-class.rate_syn * length), mem: mem * exp(-class.rate_mem * length), rest }
    }
}

impl<'a> Near<'a> {
    pub fn new(rows: &Rows, neurons: usize, ends: &'a [End]) -> Self {
        let neurons = if ends.is_empty() { 0 } else { neurons };
        let filled = |value: f64| std::array::from_fn(|_| vec![value; neurons]);
        Self {
            ends,
            reference: Reference::new(rows),
            place: vec![u32::MAX; neurons],
            limit: filled(f64::INFINITY),
            syn: filled(0.0),
            mem: filled(0.0),
            rest: filled(0.0),
        }
    }

    /// Turns to a time, which is not later than before: from all spikes after it the adjoints are known.
    #[inline]
    pub fn turn_to(&mut self, rows: &Rows, intervals: &Intervals, time: f64) {
        let turned = self.reference.turn_to(time);
        while let Some((end, before)) = self.ends.split_last().filter(|(end, _)| end.limit > time) {
            self.ends = before;
            self.place[end.neuron as usize] = end.place;
            if !turned {
                self.set(rows, intervals, end.neuron);
            }
        }
        if turned {
            for neuron in 0..self.place.len() {
                if self.place[neuron] != u32::MAX {
                    self.set(rows, intervals, neuron as u32);
                }
            }
        }
    }

    /// Takes over the next intervals of a neuron.
    fn set(&mut self, rows: &Rows, intervals: &Intervals, neuron: u32) {
        let (class, index) = (rows.class(neuron), neuron as usize);
        let mut place = self.place[index];
        for near in 0..NEAR {
            let parts = Parts::new(class, intervals, place, self.reference.time);
            self.limit[near][index] = intervals.hot[place as usize].limit;
            self.syn[near][index] = parts.syn;
            self.mem[near][index] = parts.mem;
            self.rest[near][index] = parts.rest;
            place = intervals.next(place);
        }
    }

    /// Adds what the arrivals of a spike get to the sums of their synapses, and returns dL/d(time) of the spike.
    #[inline(always)]
    pub fn receive(
        &self,
        rows: &Rows,
        intervals: &Intervals,
        cursors: &[u32],
        stretch: &Stretch,
        time: f64,
        sums: &mut Sums,
    ) -> f64 {
        let places = stretch.places();
        let class = &rows.classes[stretch.class as usize];
        let first = rows.target[places.start] as usize;
        let targets = first..first + places.len();
        let since = time - self.reference.time;
        let factors = [exp(class.rate_syn * since), exp(class.rate_mem * since)];
        let arrivals = Arrivals {
            time,
            factors,
            delays: &rows.delay[places.clone()],
            weights: [&rows.syn[places.clone()], &rows.mem[places.clone()]],
            limits: part(&self.limit, &targets),
            syn: part(&self.syn, &targets),
            mem: part(&self.mem, &targets),
        };
        let (by_syn, by_mem) = (&mut sums.weight[places.clone()], &mut sums.delay[places.clone()]);
        let ([mut syn, mut mem], far) = arrivals.add(by_syn, by_mem);
        let driven = !sums.rest.is_empty() && class.is_integrable();
        if driven {
            let rest = &mut sums.rest[stretch.integrated()];
            for (index, (rest, delay)) in rest.iter_mut().zip(arrivals.delays).enumerate() {
                *rest += pick(time + delay, index, arrivals.limits, part(&self.rest, &targets));
            }
        }
        if far {
            for (index, place) in places.enumerate() {
                let (target, arrival) = (rows.target[place], time + rows.delay[place]);
                if arrival < self.limit[NEAR - 1][target as usize] {
                    continue;
                }
                let at = intervals.find(cursors[target as usize], target, arrival);
                let parts = Parts::new(class, intervals, at, time);
                sums.weight[place] += parts.syn;
                sums.delay[place] += parts.mem;
                if driven {
                    sums.rest[stretch.integrated()][index] += parts.rest;
                }
                syn += rows.syn[place] * parts.syn;
                mem += rows.mem[place] * parts.mem;
            }
        }
        class.rate_syn * syn + class.mem_by_time() * mem
    }

    /// Turns the sums of a stretch into gradients by weight and delay.
    #[inline(always)]
    pub fn settle(rows: &Rows, stretch: &Stretch, sums: &mut Sums) {
        let class = &rows.classes[stretch.class as usize];
        let places = stretch.places();
        let synapses = rows.delay[places.clone()].iter().zip(&rows.weight[places.clone()]);
        let by_both = sums.weight[places.clone()].iter_mut().zip(&mut sums.delay[places.clone()]);
        for ((by_weight, by_delay), (delay, weight)) in by_both.zip(synapses) {
            let syn = *by_weight * exp(class.rate_syn * delay);
            let mem = *by_delay * exp(class.rate_mem * delay);
            *by_weight = syn + class.scale() * mem;
            *by_delay = weight * (class.rate_syn * syn + class.mem_by_time() * mem);
        }
        if !sums.rest.is_empty() && class.is_integrable() {
            let by_weight = sums.weight[places].iter_mut();
            by_weight.zip(&sums.rest[stretch.integrated()]).for_each(|(by_weight, rest)| *by_weight += rest);
        }
    }
}

/// The numbers of some targets.
#[inline(always)]
pub(crate) fn part<'n>(numbers: &'n [Vec<f64>; NEAR], targets: &Range<usize>) -> [&'n [f64]; NEAR] {
    numbers.each_ref().map(|numbers| &numbers[targets.clone()])
}

/// The number of the interval that an arrival falls into; zero after the nearest ones.
#[inline(always)]
fn pick(arrival: f64, index: usize, limits: [&[f64]; NEAR], numbers: [&[f64]; NEAR]) -> f64 {
    let near = (0..NEAR).find(|&near| arrival < limits[near][index]);
    near.map_or(0.0, |near| numbers[near][index])
}

/// The arrivals of a spike in a stretch, and the next intervals of their targets.
struct Arrivals<'a> {
    time: f64,
    factors: [f64; 2],
    delays: &'a [f64],
    weights: [&'a [f64]; 2],
    limits: [&'a [f64]; NEAR],
    syn: [&'a [f64]; NEAR],
    mem: [&'a [f64]; NEAR],
}

impl Arrivals<'_> {
    /// Adds to the two sums of each synapse, and returns those sums over all, weighted, and whether arrivals after the nearest
    /// intervals are left out.
    ///
    /// Lanes have sums of their own, which are added up in one order whatever the vectors of the machine.
    #[inline(always)]
    fn add(&self, by_syn: &mut [f64], by_mem: &mut [f64]) -> ([f64; 2], bool) {
        let mut totals = Totals { syn: [0.0; LANES], mem: [0.0; LANES], far: [0.0; LANES] };
        let (delays, delays_rest) = self.delays.as_chunks::<LANES>();
        let whole = delays.len();
        let weights = self.weights.map(|weights| &weights.as_chunks::<LANES>().0[..whole]);
        let [limits, syns, mems] = [self.limits, self.syn, self.mem]
            .map(|numbers| numbers.map(|numbers| &numbers.as_chunks::<LANES>().0[..whole]));
        let (by_syn, by_syn_rest) = by_syn.as_chunks_mut::<LANES>();
        let (by_mem, by_mem_rest) = by_mem.as_chunks_mut::<LANES>();
        let (by_syn, by_mem) = (&mut by_syn[..whole], &mut by_mem[..whole]);
        for chunk in 0..whole {
            totals = self.add_chunk(
                &delays[chunk],
                weights.map(|weights| &weights[chunk]),
                [limits, syns, mems].map(|numbers| numbers.map(|numbers| &numbers[chunk])),
                [&mut by_syn[chunk], &mut by_mem[chunk]],
                totals,
            );
        }
        if !delays_rest.is_empty() {
            let from = whole * LANES;
            let rest = |numbers: &[f64], other: f64| filled(&numbers[from..], other);
            let (mut syn, mut mem) = (filled(by_syn_rest, 0.0), filled(by_mem_rest, 0.0));
            totals = self.add_chunk(
                &filled(delays_rest, 0.0),
                self.weights.map(|weights| rest(weights, 0.0)).each_ref(),
                [
                    self.limits.map(|limits| rest(limits, f64::INFINITY)).each_ref(),
                    self.syn.map(|syn| rest(syn, 0.0)).each_ref(),
                    self.mem.map(|mem| rest(mem, 0.0)).each_ref(),
                ],
                [&mut syn, &mut mem],
                totals,
            );
            by_syn_rest.copy_from_slice(&syn[..delays_rest.len()]);
            by_mem_rest.copy_from_slice(&mem[..delays_rest.len()]);
        }
        ([sum(totals.syn), sum(totals.mem)], totals.far != [0.0; LANES])
    }

    #[inline(always)]
    fn add_chunk(
        &self,
        delays: &[f64; LANES],
        weights: [&[f64; LANES]; 2],
        [limits, syns, mems]: [[&[f64; LANES]; NEAR]; 3],
        by: [&mut [f64; LANES]; 2],
        mut totals: Totals,
    ) -> Totals {
        let [syn_factor, mem_factor] = self.factors;
        let (mut syn, mut mem) = ([0.0; LANES], [0.0; LANES]);
        for l in 0..LANES {
            let arrival = self.time + delays[l];
            let [now, soon, later] = limits.map(|limit| arrival < limit[l]);
            let pick = |numbers: [&[f64; LANES]; NEAR]| {
                let [first, second, third] = numbers.map(|numbers| numbers[l]);
                let third = if later { third } else { 0.0 };
                let second = if soon { second } else { third };
                if now { first } else { second }
            };
            (syn[l], mem[l]) = (pick(syns) * syn_factor, pick(mems) * mem_factor);
            totals.far[l] += if later { 0.0 } else { 1.0 };
        }
        // copies, so that no store can change what another line reads
        let ([of_syn, of_mem], [by_syn, by_mem]) = (weights.map(|weights| *weights), by);
        *by_syn = each(*by_syn, syn, |by, own| by + own);
        *by_mem = each(*by_mem, mem, |by, own| by + own);
        totals.syn = each(totals.syn, each(of_syn, syn, |weight, own| weight * own), |sum, own| sum + own);
        totals.mem = each(totals.mem, each(of_mem, mem, |weight, own| weight * own), |sum, own| sum + own);
        totals
    }
}

/// Sums over the arrivals of a spike, lane by lane: weighted, and the number of those that are left out.
struct Totals {
    syn: [f64; LANES],
    mem: [f64; LANES],
    far: [f64; LANES],
}

/// Lane by lane.
#[inline(always)]
pub(crate) fn each(a: [f64; LANES], b: [f64; LANES], both: impl Fn(f64, f64) -> f64) -> [f64; LANES] {
    let mut lanes = [0.0; LANES];
    for l in 0..LANES {
        lanes[l] = both(a[l], b[l]);
    }
    lanes
}

/// Numbers for all lanes; `other` for those that there are no numbers for.
#[inline(always)]
pub(crate) fn filled(numbers: &[f64], other: f64) -> [f64; LANES] {
    let mut lanes = [other; LANES];
    lanes[..numbers.len()].copy_from_slice(numbers);
    lanes
}

/// The sum of the lanes, pair by pair.
#[inline(always)]
fn sum([a, b, c, d, e, f, g, h]: [f64; LANES]) -> f64 {
    ((a + e) + (c + g)) + ((b + f) + (d + h))
}

#[cfg(test)]
mod tests;
