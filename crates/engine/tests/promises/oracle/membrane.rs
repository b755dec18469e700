//! The membrane of one neuron, recomputed from all that has happened to it.

use delgrad_neuron::{PointNeuron, State};

use super::linear::Linear;
use crate::case::Neuron;

/// A voltage that is off by this much must not matter, or the case is in doubt. Rounding is eight orders below.
const GRAZE: f64 = 1e-7;
/// Largest shift of a crossing by [`GRAZE`] that is not in doubt: rounding then moves it by 1e-12.
const SHIFT: f64 = 1e-4;
/// Times that differ by less, but differ, may agree in another order of additions.
const TIE: f64 = 1e-9;

/// One arrival that has happened.
#[derive(Clone, Copy, Debug)]
struct Arrival {
    time: f64,
    source: u32,
    weight: f64,
}

/// The next crossing of a neuron.
pub struct Crossing {
    pub time: Option<f64>,
    /// Whether a slightly different voltage changes it much.
    pub grazes: bool,
}

#[derive(Debug)]
pub struct Membrane<'c> {
    neuron: &'c Neuron,
    /// None: stepped by the model's own functions.
    linear: Option<Linear>,
    arrivals: Vec<Arrival>,
    /// The first of the arrivals since the neuron is free.
    first: usize,
    /// Since when it is free, and its voltage then.
    free: f64,
    start: f64,
    left: u32,
    /// The state after the latest arrival or spike, or where that is later, at the end of the refractory period.
    seen: State,
    seen_at: f64,
}

/// Whether a time is a multiple of 1/1024, so that sums of such times are exact.
fn on_grid(time: f64) -> bool {
    (time * 1024.0).fract() == 0.0
}

impl<'c> Membrane<'c> {
    pub fn new(neuron: &'c Neuron) -> Self {
        Self {
            neuron,
            linear: Linear::of(&neuron.model),
            arrivals: Vec::new(),
            first: 0,
            free: 0.0,
            start: neuron.initial.v,
            left: neuron.max_spikes.unwrap_or(u32::MAX),
            seen: neuron.initial,
            seen_at: 0.0,
        }
    }

    /// Sum over all currents so far.
    fn current(&self, linear: &Linear, arrivals: &[Arrival], time: f64) -> f64 {
        let initial = self.neuron.initial.i * linear.current(time);
        match linear.tau_syn {
            None => initial,
            Some(_) => arrivals
                .iter()
                .fold(initial, |sum, arrival| sum + arrival.weight * linear.current(time - arrival.time)),
        }
    }

    /// The state at a time, given all that has happened up to it.
    pub fn state(&self, time: f64) -> State {
        let Some(linear) = &self.linear else { return self.stepped(time) };
        let i = self.current(linear, &self.arrivals, time);
        if time < self.free {
            return State { v: linear.reset, i };
        }
        let (before, after) = self.arrivals.split_at(self.first);
        let origin = State { v: self.start, i: self.current(linear, before, self.free) };
        let free = linear.course(origin, time - self.free).v;
        let sum =
            after.iter().fold(free, |sum, arrival| sum + arrival.weight * linear.response(time - arrival.time));
        State { v: sum, i }
    }

    /// The same, step by step from the latest event.
    fn stepped(&self, time: f64) -> State {
        let model = &self.neuron.model;
        let (mut state, mut at) = (self.seen, self.seen_at);
        if at < self.free {
            let end = self.free.min(time);
            state = model.flow_clamped(state, end - at);
            at = end;
        }
        if at < time { model.flow(state, time - at) } else { state }
    }

    /// Whether rounding may bring an arrival at `time` before or after something else that it does not commute
    /// with.
    pub fn ties(&self, time: f64, source: u32) -> bool {
        // A current may come before or after a crossing or a release of the same instant.
        if self.linear.is_some_and(|linear| linear.tau_syn.is_some()) {
            return false;
        }
        let near = |other: f64, certain: bool| (time - other).abs() < TIE && !(time == other && certain);
        let same =
            self.arrivals.last().is_some_and(|other| near(other.time, other.source == source || on_grid(time)));
        same || near(self.free, on_grid(time))
    }

    pub fn arrive(&mut self, time: f64, source: u32, weight: f64) {
        let clamped = time < self.free;
        if self.linear.is_none() {
            let (state, model) = (self.stepped(time), &self.neuron.model);
            self.seen = if clamped { model.arrival_clamped(state, weight) } else { model.arrival(state, weight) };
            self.seen_at = time;
        }
        self.arrivals.push(Arrival { time, source, weight });
        if clamped {
            self.first = self.arrivals.len();
        }
        self.look(time);
    }

    pub fn fire(&mut self, time: f64) {
        let model = &self.neuron.model;
        if self.linear.is_none() {
            self.seen = model.fire(self.stepped(time));
            self.seen_at = time;
        }
        self.left -= 1;
        self.free = if self.left == 0 { f64::INFINITY } else { time + model.refractory() };
        self.start = self.linear.map_or(f64::NAN, |linear| linear.reset);
        self.first = self.arrivals.len();
        self.look(time);
    }

    fn look(&mut self, time: f64) {
        if self.linear.is_some() && self.left > 0 {
            self.seen_at = self.free.max(time);
            self.seen = self.state(self.seen_at);
        }
    }

    /// The first crossing from `from` to `to`, both included, if no further arrival comes.
    pub fn crossing(&self, from: f64, to: f64) -> Crossing {
        let from = from.max(self.free);
        if from > to {
            return Crossing { time: None, grazes: false };
        }
        let time = self.shifted_crossing(0.0, from, to);
        let grazes = match time {
            None => self.shifted_crossing(GRAZE, from, to).is_some(),
            Some(time) => {
                let close = |other: Option<f64>| other.is_some_and(|other| (other - time).abs() < SHIFT);
                !close(self.shifted_crossing(-GRAZE, from, to)) || !close(self.shifted_crossing(GRAZE, from, to))
            }
        };
        Crossing { time, grazes }
    }

    /// The crossing if the voltage were higher by `shift` since the latest event.
    fn shifted_crossing(&self, shift: f64, from: f64, to: f64) -> Option<f64> {
        match &self.linear {
            Some(linear) => {
                let state = State { v: self.seen.v + shift, i: self.seen.i };
                let (a, b) = ((from - self.seen_at).max(0.0), to - self.seen_at);
                let time = self.seen_at + linear.crossing(state, a, b)?;
                Some(time.clamp(from, to))
            }
            None => {
                let State { v, i } = self.stepped(from);
                let wait = self.neuron.model.crossing_before(State { v: v + shift, i }, to - from)?;
                Some((from + wait).min(to))
            }
        }
    }
}
