//! Backward trajectories: the adjoint of a neuron from one of its spikes back to the spike before.

use delgrad_engine::Network;
use delgrad_neuron::{Adjoint, Differentiable, State};

use crate::area;
use crate::intervals::{Break, Intervals};
use crate::rows::Rows;
use crate::spike_rule::{SpikeRule, Verdict};
use crate::sums::Sums;

/// Backward trajectories of the superposed neurons, and what is pending between two of their spikes.
pub(crate) struct Trajectories<'a> {
    network: &'a Network,
    rows: &'a Rows,
    models: &'a [&'a dyn Differentiable],
    pub intervals: Intervals,
    /// dL/dV and dL/dI of each observable that is a sample.
    samples: &'a [Adjoint],
    /// `r` of the release that ends the refractory period of the spike to come, and μ right after that spike.
    pending: Vec<Pending>,
}

#[derive(Clone, Copy, Debug, Default)]
struct Pending {
    shift: f64,
    mu: f64,
}

impl<'a> Trajectories<'a> {
    pub fn new(
        network: &'a Network,
        rows: &'a Rows,
        models: &'a [&'a dyn Differentiable],
        intervals: Intervals,
        samples: &'a [Adjoint],
    ) -> Self {
        Self { network, rows, models, intervals, samples, pending: vec![Pending::default(); models.len()] }
    }

    /// From the end of the record back to the last spike of a neuron. Returns the interval that it has got to.
    pub fn end(&mut self, neuron: u32, sums: &mut Sums) -> u32 {
        let last = self.intervals.of(neuron).end - 1;
        self.walk(neuron, last, Adjoint::default(), 0.0, sums)
    }

    /// Through a spike, given dL/dT of it from the loss and all its arrivals, and back to the spike before. Returns the interval
    /// that it has got to.
    pub fn spike(
        &mut self,
        neuron: u32,
        spike: u32,
        time_cotangent: f64,
        rule: &mut SpikeRule,
        sums: &mut Sums,
    ) -> u32 {
        let place = self.intervals.of_spike[spike as usize] as usize;
        let (model, ending) = (self.models[neuron as usize], self.intervals.endings[place]);
        let Pending { shift, mu } = std::mem::take(&mut self.pending[neuron as usize]);
        let cotangent = time_cotangent - shift;
        let threshold = model.threshold();
        if self.starts_above(neuron, place) {
            return self.walk(neuron, place, Adjoint { lambda: 0.0, mu }, cotangent, sums);
        }
        let slope = if ending.clamped { 0.0 } else { model.rate(State { v: threshold, i: ending.i }).v };
        let lambda = match rule.decide(spike as usize, slope, cotangent) {
            Verdict::Moves(by_threshold) => {
                sums.neurons[neuron as usize].threshold += by_threshold;
                -by_threshold
            }
            Verdict::Stays => 0.0,
        };
        self.walk(neuron, place, Adjoint { lambda, mu }, 0.0, sums)
    }

    /// Whether the neuron spikes because it starts at or above its threshold: at time 0, or when it is released.
    fn starts_above(&self, neuron: u32, place: usize) -> bool {
        let (model, ending) = (self.models[neuron as usize], self.intervals.endings[place]);
        if ending.clamped {
            return false;
        }
        let first = self.intervals.of(neuron).start;
        let start = if place == first { 0.0 } else { self.intervals.hot[place - 1].end };
        self.intervals.hot[place].end == start && self.start_state(neuron, place).v >= model.threshold()
    }

    /// The state right after the event that begins an interval.
    fn start_state(&self, neuron: u32, place: usize) -> State {
        if place == self.intervals.of(neuron).start {
            return self.network.initial()[neuron as usize];
        }
        let before = self.intervals.endings[place - 1];
        let state = State { v: before.v, i: before.i };
        if matches!(before.by, Break::Spike(_)) { self.models[neuron as usize].fire(state) } else { state }
    }

    /// From the end of an interval back to the spike that comes before, or to time 0. `release` is dL/dR of the release that
    /// begins the interval, where that is the time of the spike that ends it.
    fn walk(&mut self, neuron: u32, mut place: usize, mut adjoint: Adjoint, release: f64, sums: &mut Sums) -> u32 {
        let model = self.models[neuron as usize];
        let mut release = release;
        loop {
            let first = place == self.intervals.of(neuron).start;
            let start = if first { 0.0 } else { self.intervals.hot[place - 1].end };
            let (state, clamped) = (self.start_state(neuron, place), self.intervals.endings[place].clamped);
            let interval = &mut self.intervals.hot[place];
            (interval.lambda, interval.mu) = (if clamped { 0.0 } else { adjoint.lambda }, adjoint.mu);
            let gradient = &mut sums.neurons[neuron as usize];
            let length = interval.end - start;
            adjoint = if clamped {
                model.clamped_vjp(state, length, adjoint, gradient)
            } else {
                model.flow_vjp(state, length, adjoint, gradient)
            };
            let drive = self.intervals.drive_of(place as u32);
            if drive != 0.0 {
                let own = area::vjp(self.rows.class(neuron), length, drive, gradient);
                adjoint.lambda += own.lambda;
                adjoint.mu += own.mu;
            }
            if first {
                sums.initial[neuron as usize] = State { v: adjoint.lambda, i: adjoint.mu };
                return place as u32;
            }
            match self.intervals.endings[place - 1].by {
                Break::Spike(_) => {
                    self.pending[neuron as usize].mu = adjoint.mu;
                    return place as u32;
                }
                Break::Release => {
                    let shift = adjoint.lambda * model.rate(state).v - std::mem::take(&mut release);
                    self.pending[neuron as usize].shift = shift;
                    gradient.refractory -= shift;
                }
                Break::Sample(observable) => {
                    let sample = self.samples[observable as usize];
                    adjoint.lambda += sample.lambda;
                    adjoint.mu += sample.mu;
                }
                Break::Edge => {}
                Break::End | Break::Never => unreachable!("nothing comes after the end"),
            }
            place -= 1;
        }
    }
}
