//! Neurons whose inputs are added up per target, so that only those that might spike are stepped.
//!
//! The membrane is linear between spikes. So the state at the end of a window is the free flow plus, for each arrival,
//! `w k(age)` on the voltage and `w e^(-age/tau_syn)` on the current; and within the window the voltage stays below the
//! maximum of the free flow plus the sum of the positive `w k(age)`, because `k` rises within a window. Where an arrival acts on
//! the voltage at once, `k(age)` is `e^(-age/tau_mem)`, which falls, and the sum is that of the positive weights.
//!
//! A non-leaky membrane with currents is added up in another way: what its currents lose, the voltage gains. So the voltage that it
//! tends to does not wander with rounding from window to window, and tells whether it ever reaches the threshold.

mod add;
mod flow;
mod parts;

use crate::Model;
use crate::network::response_class::{Handling, Kind, push, threshold};
use crate::network::synapses::Shard;
use crate::run::cell::Cell;
use crate::run::windowed::lane::Lane;
use crate::run::windowed::response::Response;
use crate::run::windowed::slots::Slots;

use add::{Sum, Sums};
use flow::{Answer, Constants, Flow, Flows};
pub(super) use parts::{PARTS, Parts};

/// State and sums of the neurons of a shard, all at the start of a window.
#[derive(Clone, Debug)]
pub(super) struct Superposed {
    constants: Constants,
    pub membranes: Membranes,
    sums: Sums,
    pub parts: Parts,
}

/// State of the neurons of a shard.
#[derive(Clone, Debug)]
pub(super) struct Membranes {
    pub v: Vec<f64>,
    pub i: Vec<f64>,
    /// End of the latest refractory period.
    pub release: Vec<f64>,
    /// `dV/dt` that leak and bias cause at `V = 0`.
    push: Vec<f64>,
    threshold: Vec<f64>,
}

/// Neurons that are moved on together.
const BLOCK: usize = 64;
/// Below this size a voltage or current is no different from zero, but the processor slows down.
const TINY: f64 = 1e-290;
/// Relative to the voltages: so near to the threshold rounding decides whether a jump reaches it.
const ROUNDING: f64 = 1e-12;

impl Superposed {
    /// Neurons of some models that are handled so, in some states.
    pub fn new(handling: Handling, models: &[&Model], cells: &[Cell]) -> Self {
        Self {
            constants: Constants::new(handling, models),
            membranes: Membranes::new(models, cells),
            sums: Sums::default(),
            parts: Parts::default(),
        }
    }

    pub fn bytes(&self) -> usize {
        let targets = self.membranes.v.len();
        5 * targets * size_of::<f64>() + self.constants.bytes() + Sums::bytes(targets) + self.parts.bytes()
    }

    /// Adds up what is due in some lanes and moves on to `end`; lists the neurons that have to be stepped instead, and
    /// leaves those as they were at `start`.
    pub fn advance(&mut self, shard: &Shard, lanes: &[Lane], start: f64, end: f64, doubtful: &mut Slots) {
        pulp::Arch::new().dispatch(Advance { neurons: self, shard, lanes, start, end, doubtful });
    }

    /// Moves all neurons on, given the sums.
    #[inline(always)]
    fn settle(&mut self, window: (f64, f64), doubtful: &mut Slots) {
        let Self { constants, membranes, sums, .. } = self;
        let flows = constants.flows(window.1 - window.0);
        match flows.kind {
            Kind::Leaky => membranes.settle(sums, flows, doubtful, |neuron| neuron.moved::<false>(window)),
            Kind::Delta => membranes.settle(sums, flows, doubtful, |neuron| neuron.moved::<true>(window)),
            Kind::NonLeaky => membranes.settle(sums, flows, doubtful, |neuron| neuron.charged(window)),
        }
    }
}

impl Membranes {
    /// Neurons of some models in some states, and as many that never do anything as fill the last block.
    fn new(models: &[&Model], cells: &[Cell]) -> Self {
        let filled = |values: &mut dyn Iterator<Item = f64>, rest: f64| {
            let mut values: Vec<f64> = values.collect();
            values.resize(values.len().next_multiple_of(BLOCK), rest);
            values
        };
        Self {
            v: filled(&mut cells.iter().map(|cell| cell.state.v), 0.0),
            i: filled(&mut cells.iter().map(|cell| cell.state.i), 0.0),
            release: filled(&mut cells.iter().map(|cell| cell.release), f64::NEG_INFINITY),
            push: filled(&mut models.iter().map(|model| push(model)), 0.0),
            threshold: filled(&mut models.iter().map(|model| threshold(model)), f64::INFINITY),
        }
    }

    /// Moves neurons on, block by block, so that all of a block go through the same vectors.
    #[inline(always)]
    fn settle(
        &mut self,
        sums: &mut Sums,
        flows: &Flows,
        doubtful: &mut Slots,
        moved: impl Fn(Neuron) -> (f64, f64, bool),
    ) {
        let Self { v, i, release, push, threshold } = self;
        let states = v.as_chunks_mut::<BLOCK>().0.iter_mut().zip(i.as_chunks_mut::<BLOCK>().0);
        let parameters = push.as_chunks::<BLOCK>().0.iter().zip(threshold.as_chunks::<BLOCK>().0);
        let rest = release.as_chunks::<BLOCK>().0.iter().zip(sums.by_target.as_chunks_mut::<BLOCK>().0);
        let blocks = states.zip(parameters).zip(rest).enumerate();
        for (block, (((v, i), (push, threshold)), (release, sums))) in blocks {
            let flow = flows.block(block);
            let mut doubts = [false; BLOCK];
            for index in 0..BLOCK {
                (v[index], i[index], doubts[index]) = moved(Neuron {
                    v: v[index],
                    i: i[index],
                    release: release[index],
                    push: push[index],
                    threshold: threshold[index],
                    flow: flow.at(index),
                    sums: sums[index],
                });
            }
            sums.fill([0.0; 4]);
            if doubts.contains(&true) {
                let places = (0..BLOCK).filter(|&index| doubts[index]);
                places.for_each(|index| doubtful.add((block * BLOCK + index) as u32));
            }
        }
    }
}

/// A neuron at the start of a window, with what arrives in it.
struct Neuron {
    v: f64,
    i: f64,
    release: f64,
    push: f64,
    threshold: f64,
    flow: Flow,
    sums: Sum,
}

impl Neuron {
    /// Voltage and current at the end of a window, of a membrane that leaks, or whose voltage jumps at an arrival. If it has to be
    /// stepped instead, those at the start, and true.
    #[inline(always)]
    fn moved<const JUMPS: bool>(self, (start, end): (f64, f64)) -> (f64, f64, bool) {
        let Self { v, i, push, flow, sums: [voltage, current, positive, _], .. } = self;
        let free = v * flow.mem + i * flow.kernel + push * flow.drift;
        let highest = if JUMPS {
            v.max(free) + positive + ROUNDING * (v.abs() + positive)
        } else {
            // Before its maximum the free flow is concave, and so below its tangent; else it is highest at an end.
            v.max(free).max(v + (end - start) * (i * flow.per_capacitance - v * flow.rate + push)) + positive
        };
        self.settled((start, end), highest, free + voltage, i * flow.syn + current)
    }

    /// The same for a membrane that does not leak.
    #[inline(always)]
    fn charged(self, (start, end): (f64, f64)) -> (f64, f64, bool) {
        let Self { v, i, threshold, push, flow, sums: [voltage, current, positive, weight], .. } = self;
        let span = end - start;
        let charge = |i: f64| i / flow.capacitance / flow.rate;
        let free = v + i * flow.kernel + push * span;
        let highest = v.max(free).max(v + span * (i / flow.capacitance + push)) + positive;
        let (before, after) = (charge(i + weight), i * flow.syn + current);
        let (near, left) = (free + voltage, charge(after));
        let settling = v + before - left + push * span;
        let moved = if left.abs() <= near.abs() && settling < threshold { settling } else { near };
        self.settled((start, end), highest, moved, after)
    }

    #[inline(always)]
    fn settled(&self, (start, end): (f64, f64), highest: f64, v: f64, i: f64) -> (f64, f64, bool) {
        let clamped = self.release >= end;
        let doubt = !clamped & ((highest >= self.threshold) | (self.release > start));
        let v = if doubt { self.v } else { flush(if clamped { self.v } else { v }) };
        (v, if doubt { self.i } else { flush(i) }, doubt)
    }
}

#[inline(always)]
fn flush(x: f64) -> f64 {
    if x.abs() < TINY { 0.0 } else { x }
}

/// Compiles [`Superposed::advance`] for the widest vectors of the machine; every lane does what the scalar would.
struct Advance<'a> {
    neurons: &'a mut Superposed,
    shard: &'a Shard,
    lanes: &'a [Lane],
    start: f64,
    end: f64,
    doubtful: &'a mut Slots,
}

impl pulp::WithSimd for Advance<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: pulp::Simd>(self, _: S) {
        let Self { neurons, shard, lanes, start, end, doubtful } = self;
        let Superposed { constants, sums, .. } = neurons;
        for (rows, listed) in lanes.iter().map(Lane::due) {
            match &constants.answer {
                Answer::Equal(_, response @ Response::Current { .. }) => {
                    sums.add_rows::<false>(response, shard, rows, end);
                    sums.add_listed::<false>(listed, end, |_, ages, currents| response.replace(ages, currents));
                }
                Answer::Equal(_, response @ Response::Jump { .. }) => {
                    sums.add_rows::<true>(response, shard, rows, end);
                    sums.add_listed::<true>(listed, end, |_, ages, currents| response.replace(ages, currents));
                }
                Answer::Currents(answers) => sums.add_listed::<false>(listed, end, |arrivals, ages, currents| {
                    answers.currents(arrivals, ages, currents);
                }),
                Answer::Jumps(answers) => sums.add_listed::<true>(listed, end, |arrivals, ages, currents| {
                    answers.jumps(arrivals, ages, currents);
                }),
            }
        }
        neurons.settle((start, end), doubtful);
    }
}
