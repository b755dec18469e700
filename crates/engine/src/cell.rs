//! One neuron as a run keeps it, stepped from event to event.

use delgrad_neuron::{PointNeuron, State};
use serde::{Deserialize, Serialize};

/// State of one neuron at its own time, the time of its last event.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Cell {
    pub state: State,
    pub time: f64,
    /// End of the latest refractory period; infinity once no spike is left.
    pub release: f64,
    /// Spikes that the neuron may still send.
    pub left: u32,
    /// Spikes before the latest one that were at the same instant.
    pub repeats: u32,
}

impl Cell {
    /// A neuron at time 0.
    pub fn new(state: State, max_spikes: Option<u32>) -> Self {
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
    pub fn spikes_at(&self, time: f64) -> u32 {
        if self.release == time && self.repeats > 0 { self.repeats.saturating_add(1) } else { 0 }
    }

    /// Spikes at `time`.
    #[inline]
    pub fn fire<M: PointNeuron + ?Sized>(&mut self, model: &M, time: f64) {
        // Only a neuron without refractory period spikes twice at an instant; its latest release is its latest spike.
        let again = self.release == time && model.refractory() == 0.0;
        self.repeats = if again { self.repeats.saturating_add(1) } else { 0 };
        self.advance(model, time);
        self.state = model.fire(self.state);
        self.left -= 1;
        self.release = if self.left == 0 { f64::INFINITY } else { time + model.refractory() };
    }
}

/// Several units in the last place of a time.
const ROUNDING: f64 = 1e-15;
