//! One neuron as a run keeps it, stepped from event to event.

use delgrad_neuron::{PointNeuron, State};
use serde::{Deserialize, Serialize};

use crate::Network;

/// State of one neuron at its own time, the time of its last event.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Cell {
    pub state: State,
    pub time: f64,
    /// End of the latest refractory period; infinity once no spike is left.
    pub release: f64,
    /// Spikes that the neuron may still send.
    pub left: u32,
    /// Spikes before the latest one that were at the same instant, see [`Stop::instant`](crate::Stop::instant).
    pub repeats: u32,
}

/// An instant is at most this part of the fastest time constant of a neuron.
const PART_OF_TIME_CONSTANT: f64 = 1e-9;
/// A neuron without time constants has one that is this part of the instant of the run.
const WITHOUT_TIME_CONSTANT: f64 = 1e-6;

impl Cell {
    /// A neuron of a network at time 0.
    pub fn at_start(network: &Network, neuron: u32) -> Self {
        let population = network.populations().iter().find(|population| population.neurons.contains(&neuron));
        let max_spikes = population.and_then(|population| population.max_spikes);
        let state = network.initial()[neuron as usize];
        Self { state, time: 0.0, release: f64::NEG_INFINITY, left: max_spikes.unwrap_or(u32::MAX), repeats: 0 }
    }

    /// Whether a run can have left a neuron so by `now`, given what it was at the start.
    pub fn is_sound<M: PointNeuron + ?Sized>(&self, start: &Self, model: &M, now: f64) -> bool {
        let spent = self.left == 0;
        !self.state.v.is_nan()
            && !self.state.i.is_nan()
            && (0.0..=now).contains(&self.time)
            && self.left <= start.left
            && (self.release == f64::INFINITY) == spent
            && (spent || self.release <= now + model.refractory())
    }

    #[inline]
    pub fn is_clamped(&self) -> bool {
        self.time < self.release
    }

    /// Moves on to `time`, which is not before the cell's own, without input and without looking for a crossing: the neuron does
    /// not fire on the way.
    #[inline]
    pub fn advance<M: PointNeuron + ?Sized>(&mut self, model: &M, time: f64) {
        if self.is_clamped() {
            let end = self.release.min(time);
            self.state = model.flow_clamped(self.state, end - self.time);
            self.time = end;
        }
        if self.time < time {
            self.state = model.unfired(model.flow(self.state, time - self.time));
            self.time = time;
        }
    }

    /// The state at `time`, as after [`Cell::advance`].
    pub fn at<M: PointNeuron + ?Sized>(mut self, model: &M, time: f64) -> State {
        self.advance(model, time);
        self.state
    }

    /// Takes an arrival at the cell's own time.
    #[inline]
    pub fn arrive<M: PointNeuron + ?Sized>(&mut self, model: &M, weight: f64) {
        self.state = if self.is_clamped() {
            model.arrival_clamped(self.state, weight)
        } else {
            model.arrival(self.state, weight)
        };
    }

    /// A time before which the neuron does not spike without further input.
    #[inline]
    pub fn spike_bound<M: PointNeuron + ?Sized>(&self, model: &M) -> f64 {
        if self.is_clamped() {
            return self.release;
        }
        // Anything but a number above zero, NaN included, means that nothing is known.
        let bound = model.crossing_bound(self.state);
        if bound > 0.0 { self.time + bound } else { self.time }
    }

    /// Time of the next spike without further input, if it comes until `end`. Moves past a release before `end`.
    #[inline]
    pub fn next_spike<M: PointNeuron + ?Sized>(&mut self, model: &M, end: f64) -> Option<f64> {
        if self.is_clamped() {
            if self.release > end {
                return None;
            }
            self.advance(model, self.release);
        }
        // Wider than `end` by more than the rounding of the difference: the time itself decides.
        let horizon = (end - self.time) + end.abs() * ROUNDING;
        let time = self.time + model.crossing_before(self.state, horizon)?.max(0.0);
        (time <= end).then_some(time)
    }

    /// How often the neuron has spiked at the instant `time`; zero unless it was more than once.
    #[inline]
    pub fn spikes_at<M: PointNeuron + ?Sized>(&self, model: &M, time: f64, instant: f64) -> u32 {
        if self.repeats > 0 && self.is_repeat(model, time, instant) { self.repeats.saturating_add(1) } else { 0 }
    }

    /// Whether a spike at `time` is at the same instant as the one before it, where an instant of the run is so long.
    #[inline]
    fn is_repeat<M: PointNeuron + ?Sized>(&self, model: &M, time: f64, instant: f64) -> bool {
        let refractory = model.refractory();
        let interval = (time - self.release) + refractory;
        // Whatever happened there; without refractory period the latest release is the latest spike.
        if interval == 0.0 {
            return true;
        }
        // By itself: the latest event was the release.
        if interval.is_nan() || interval > instant || self.time > self.release {
            return false;
        }
        let fastest = model.fastest_time_constant();
        let own =
            if fastest.is_finite() { PART_OF_TIME_CONSTANT * fastest } else { WITHOUT_TIME_CONSTANT * instant };
        interval <= own
    }

    /// Spikes at `time`, in a run whose instants are so long.
    #[inline]
    pub fn fire<M: PointNeuron + ?Sized>(&mut self, model: &M, time: f64, instant: f64) {
        self.repeats = if self.is_repeat(model, time, instant) { self.repeats.saturating_add(1) } else { 0 };
        self.advance(model, time);
        self.state = model.fire(self.state);
        self.left -= 1;
        self.release = if self.left == 0 { f64::INFINITY } else { time + model.refractory() };
    }
}

/// Several units in the last place of a time.
const ROUNDING: f64 = 1e-15;
