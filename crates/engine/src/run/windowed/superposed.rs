//! Neurons of one class: inputs are added up per target, and only those that might spike are stepped.
//!
//! The membrane is linear between spikes. So the state at the end of a window is the free flow plus, for each arrival,
//! `w k(age)` on the voltage and `w e^(-age/tau_syn)` on the current; and within the window the voltage stays below the
//! maximum of the free flow plus the sum of the positive `w k(age)`, because `k` rises within a window.
//!
//! A non-leaky membrane is added up in another way: what its currents lose, the voltage gains. So the voltage that it tends to
//! does not wander with rounding from window to window, and tells whether it ever reaches the threshold.

use delgrad_neuron::math::{exp, exp_m1};

use crate::network::response_class::ResponseClass;
use crate::network::synapses::{Delays, Shard, Weights};
use crate::run::windowed::flights::{Due, LONGEST_DUE};
use crate::run::windowed::response::Response;
use crate::run::windowed::slots::Slots;

/// Sums over the arrivals of a window at one target: voltage, current, positive part of the voltage, weight.
type Sum = [f64; 4];

/// Groups whose ages are turned into responses at a time: they stay in the first-level cache.
const CHUNK: usize = LONGEST_DUE as usize;

/// State and sums of the neurons of a shard, all at the start of a window.
#[derive(Clone, Debug)]
pub(super) struct Superposed {
    class: ResponseClass,
    response: Response,
    pub v: Vec<f64>,
    pub i: Vec<f64>,
    /// End of the latest refractory period.
    pub release: Vec<f64>,
    /// `dV/dt` that leak and bias cause at `V = 0`.
    push: Vec<f64>,
    threshold: Vec<f64>,
    /// One per value of `u16`, so that no index is out of bounds.
    sums: Box<[Sum; 1 << 16]>,
    ages: Vec<f64>,
    currents: Vec<f64>,
}

/// What a window leaves of a state without input.
#[derive(Clone, Copy, Debug)]
struct Free {
    mem: f64,
    syn: f64,
    kernel: f64,
    /// `∫ e^(-s/tau_mem) ds`
    drift: f64,
}

/// Below this size a voltage or current is no different from zero, but the processor slows down.
const TINY: f64 = 1e-290;

impl Superposed {
    pub fn new(
        class: ResponseClass,
        push: Vec<f64>,
        threshold: Vec<f64>,
        states: &[delgrad_neuron::State],
    ) -> Self {
        Self {
            class,
            response: Response::new(class),
            v: states.iter().map(|state| state.v).collect(),
            i: states.iter().map(|state| state.i).collect(),
            release: vec![f64::NEG_INFINITY; states.len()],
            push,
            threshold,
            sums: sums(),
            ages: vec![0.0; CHUNK],
            currents: vec![0.0; CHUNK],
        }
    }

    pub fn bytes(&self) -> usize {
        5 * size_of_val(&self.v[..]) + self.v.len() * size_of::<Sum>() + 2 * CHUNK * size_of::<f64>()
    }

    /// Adds up what is due and moves on to `end`; lists the neurons that have to be stepped instead, and leaves those
    /// as they were at `start`.
    pub fn advance(&mut self, shard: &Shard, due: &[Due], start: f64, end: f64, doubtful: &mut Slots) {
        pulp::Arch::new().dispatch(Advance { neurons: self, shard, due, start, end, doubtful });
    }

    #[inline(always)]
    fn add_up(&mut self, shard: &Shard, mut due: &[Due], end: f64) {
        while !due.is_empty() {
            let (mut rows, mut filled) = (0, 0);
            while let Some(row) = due.get(rows).filter(|row| filled + row.groups.len() <= CHUNK) {
                let delays = &shard.delays()[row.groups.start as usize..row.groups.end as usize];
                for (age, delay) in self.ages[filled..].iter_mut().zip(delays) {
                    *age = end - (row.sent.time + delay);
                }
                filled += row.groups.len();
                rows += 1;
            }
            self.response.replace(&mut self.ages[..filled], &mut self.currents[..filled]);
            let (voltages, currents) = (&self.ages[..filled], &self.currents[..filled]);
            let mut place = 0;
            for row in &due[..rows] {
                let groups = place..place + row.groups.len();
                place = groups.end;
                scatter(&mut self.sums, shard, row, &voltages[groups.clone()], &currents[groups]);
            }
            due = &due[rows..];
        }
    }

    #[inline(always)]
    fn move_on(&mut self, start: f64, end: f64, doubtful: &mut Slots) {
        let Free { mem, syn, kernel, drift } = self.free_flow(end - start);
        let (rate, per_capacitance, span) = (1.0 / self.class.tau_mem, 1.0 / self.class.capacitance, end - start);
        let states = self.v.iter_mut().zip(&mut self.i).zip(&self.release);
        let parameters = self.push.iter().zip(&self.threshold);
        for (index, (((v, i), &release), (push, &threshold))) in (0..).zip(states.zip(parameters)) {
            let [voltage, current, positive, _] = std::mem::take(&mut self.sums[index as usize]);
            let free = *v * mem + *i * kernel + push * drift;
            let slope = *i * per_capacitance - *v * rate + push;
            // Before its maximum the free flow is concave, and so below its tangent; else it is highest at an end.
            let highest = v.max(free).max(*v + span * slope) + positive;
            let clamped = release >= end;
            if !clamped && (highest >= threshold || release > start) {
                doubtful.add(index);
            } else {
                *v = flush(if clamped { *v } else { free + voltage });
                *i = flush(*i * syn + current);
            }
        }
    }

    fn free_flow(&self, span: f64) -> Free {
        let ResponseClass { tau_mem, tau_syn, .. } = self.class;
        let (kernel, _) = self.response.at(span);
        let drift = -exp_m1(-span / tau_mem) * tau_mem;
        Free { mem: exp(-span / tau_mem), syn: exp(-span / tau_syn), kernel, drift }
    }

    /// [`Superposed::move_on`] for non-leaky membranes.
    #[inline(always)]
    fn charge(&mut self, start: f64, end: f64, doubtful: &mut Slots) {
        let ResponseClass { tau_syn, capacitance, .. } = self.class;
        let (rate, span) = (1.0 / tau_syn, end - start);
        let (kernel, syn) = self.response.at(span);
        let charge = |i: f64| i / capacitance / rate;
        let states = self.v.iter_mut().zip(&mut self.i).zip(&self.release);
        let parameters = self.push.iter().zip(&self.threshold);
        for (index, (((v, i), &release), (push, &threshold))) in (0..).zip(states.zip(parameters)) {
            let [voltage, current, positive, weight] = std::mem::take(&mut self.sums[index as usize]);
            let free = *v + *i * kernel + push * span;
            let highest = v.max(free).max(*v + span * (*i / capacitance + push)) + positive;
            let clamped = release >= end;
            if !clamped && (highest >= threshold || release > start) {
                doubtful.add(index);
            } else {
                let (before, after) = (charge(*i + weight), *i * syn + current);
                let (near, left) = (free + voltage, charge(after));
                let settling = *v + before - left + push * span;
                let moved = if left.abs() <= near.abs() && settling < threshold { settling } else { near };
                *v = flush(if clamped { *v } else { moved });
                *i = flush(after);
            }
        }
    }
}

#[inline(always)]
fn flush(x: f64) -> f64 {
    if x.abs() < TINY { 0.0 } else { x }
}

fn sums() -> Box<[Sum; 1 << 16]> {
    match vec![[0.0; 4]; 1 << 16].into_boxed_slice().try_into() {
        Ok(sums) => sums,
        Err(_) => unreachable!("the length is that of the type"),
    }
}

/// Adds the synapses of some groups of a row to the sums of their targets, given the responses of the groups.
#[inline(always)]
fn scatter(sums: &mut [Sum; 1 << 16], shard: &Shard, row: &Due, voltages: &[f64], currents: &[f64]) {
    match &shard.weights {
        Weights::Source(weights) => {
            let weight = weights[row.sent.source as usize];
            spread(sums, shard, row, voltages, currents, |_| weight);
        }
        Weights::Palette { values, index } => {
            spread(sums, shard, row, voltages, currents, |synapse| values[index[synapse] as usize]);
        }
        Weights::Single(weights) => {
            spread(sums, shard, row, voltages, currents, |synapse| f64::from(weights[synapse]));
        }
        Weights::Each(weights) => spread(sums, shard, row, voltages, currents, |synapse| weights[synapse]),
    }
}

#[inline(always)]
fn spread(
    sums: &mut [Sum; 1 << 16],
    shard: &Shard,
    row: &Due,
    voltages: &[f64],
    currents: &[f64],
    weight: impl Fn(usize) -> f64,
) {
    let mut add = |synapse: usize, target: u16, voltage: f64, current: f64| {
        let weight = weight(synapse);
        let voltage = weight * voltage;
        let more = [voltage, weight * current, if voltage > 0.0 { voltage } else { 0.0 }, weight];
        for (sum, more) in sums[target as usize].iter_mut().zip(more) {
            *sum += more;
        }
    };
    let responses = voltages.iter().zip(currents);
    match &shard.delays {
        Delays::Each(_) => {
            let synapses = row.groups.start as usize..row.groups.end as usize;
            let targets = &shard.local[synapses.clone()];
            for ((synapse, &target), (&voltage, &current)) in synapses.zip(targets).zip(responses) {
                add(synapse, target, voltage, current);
            }
        }
        Delays::Shared { first, .. } => {
            let ends = &first[row.groups.start as usize..=row.groups.end as usize];
            for (span, (&voltage, &current)) in ends.windows(2).zip(responses) {
                let synapses = span[0] as usize..span[1] as usize;
                let targets = &shard.local[synapses.clone()];
                for (synapse, &target) in synapses.zip(targets) {
                    add(synapse, target, voltage, current);
                }
            }
        }
    }
}

/// Compiles [`Superposed::advance`] for the widest vectors of the machine; every lane does what the scalar would.
struct Advance<'a> {
    neurons: &'a mut Superposed,
    shard: &'a Shard,
    due: &'a [Due],
    start: f64,
    end: f64,
    doubtful: &'a mut Slots,
}

impl pulp::WithSimd for Advance<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: pulp::Simd>(self, _: S) {
        self.neurons.add_up(self.shard, self.due, self.end);
        if self.neurons.class.tau_mem.is_finite() {
            self.neurons.move_on(self.start, self.end, self.doubtful);
        } else {
            self.neurons.charge(self.start, self.end, self.doubtful);
        }
    }
}
