//! One neuron on its way forwards, with the change of its state.

use delgrad_neuron::{Differentiable, PerParameter, State};

use crate::gradients::bound;
use crate::models::jumps;

/// A crossing without jump comes before the arrivals of its instant; it is told from them to this part of the time.
const SAME: f64 = 1e-12;

/// A neuron right after one of its events, and how that changes.
#[derive(Clone, Copy, Debug)]
pub(super) struct Knot {
    pub time: f64,
    /// Change of the time of the event.
    pub time_tangent: f64,
    pub state: State,
    /// Change of the state right after the event, at the event: total, not at a fixed time.
    pub tangent: State,
    pub clamped: bool,
}

impl Knot {
    /// State at a time not before the event, and its change there, where that time moves by `time_tangent`.
    pub fn at(
        &self,
        model: &dyn Differentiable,
        direction: &PerParameter,
        time: f64,
        time_tangent: f64,
    ) -> (State, State) {
        let (length, change) = (time - self.time, time_tangent - self.time_tangent);
        if self.clamped {
            let tangent = model.clamped_jvp(self.state, length, self.tangent, change, direction);
            (model.flow_clamped(self.state, length), tangent)
        } else {
            let tangent = model.flow_jvp(self.state, length, self.tangent, change, direction);
            (model.flow(self.state, length), tangent)
        }
    }
}

pub(super) struct Cell<'a> {
    model: &'a dyn Differentiable,
    direction: PerParameter,
    now: Knot,
    /// When it is free again, and the change of that; infinity after its last spike.
    release: (f64, f64),
    /// Spikes that it may still send.
    left: u32,
    /// Whether nothing has come since it began, at time 0 or with its release.
    fresh: bool,
    /// Change of the time of the arrival that has lifted it to its threshold or above.
    lifted: Option<f64>,
    /// Spikes whose change no number can hold: they do not move.
    pub unbounded: usize,
    /// Its path so far, where observables need it.
    pub path: Option<Vec<Knot>>,
}

impl<'a> Cell<'a> {
    pub fn new(
        model: &'a dyn Differentiable,
        direction: PerParameter,
        state: State,
        tangent: State,
        left: u32,
    ) -> Self {
        let now = Knot { time: 0.0, time_tangent: 0.0, state, tangent, clamped: false };
        Self {
            model,
            direction,
            now,
            release: (0.0, 0.0),
            left,
            fresh: true,
            lifted: None,
            unbounded: 0,
            path: None,
        }
    }

    pub fn watch(&mut self) {
        self.path = Some(vec![self.now]);
    }

    /// Whether the neuron spikes at `time` before what arrives at that instant and has not yet come.
    pub fn is_due(&mut self, time: f64) -> bool {
        self.release_until(time);
        let Knot { state, clamped, time: since, .. } = self.now;
        if !jumps(self.model) || clamped || self.lifted.is_some() || state.v >= self.model.threshold() {
            return true;
        }
        let crossing = self.model.crossing_before(state, f64::INFINITY);
        crossing.is_some_and(|wait| since + wait - time <= SAME * time)
    }

    /// An arrival at `time`, which moves by `time_tangent`, of a weight that changes by `weight_tangent`.
    pub fn arrive(&mut self, time: f64, time_tangent: f64, weight: f64, weight_tangent: f64) {
        self.advance(time, time_tangent);
        let (model, threshold) = (self.model, self.model.threshold());
        let Knot { state, tangent, clamped, .. } = &mut self.now;
        if *clamped {
            // Every model adds the weight, or loses it: the change is added likewise.
            (*state, *tangent) =
                (model.arrival_clamped(*state, weight), model.arrival_clamped(*tangent, weight_tangent));
        } else {
            let before = state.v;
            (*state, *tangent) = (model.arrival(*state, weight), model.arrival(*tangent, weight_tangent));
            if state.v < threshold {
                self.lifted = None;
            } else if before < threshold {
                self.lifted = Some(time_tangent);
            }
            self.fresh = false;
        }
        self.note();
    }

    /// Spikes at `time`; returns the change of that time.
    pub fn fire(&mut self, time: f64) -> f64 {
        self.release_until(time);
        let mut moved = self.spike_tangent(time);
        self.unbounded += bound([&mut moved]);
        self.advance(time, moved);
        let reaches = self.model.threshold().is_finite();
        self.now.state = self.model.fire(self.now.state);
        if reaches {
            self.now.tangent.v = self.direction.reset;
        }
        self.left = self.left.saturating_sub(1);
        self.release = match self.left {
            0 => (f64::INFINITY, 0.0),
            _ => (time + self.model.refractory(), moved + self.direction.refractory),
        };
        self.now.clamped = true;
        (self.fresh, self.lifted) = (false, None);
        self.note();
        moved
    }

    /// Moves past the releases until the end.
    pub fn end(&mut self, until: f64) {
        self.release_until(until);
    }

    fn spike_tangent(&self, time: f64) -> f64 {
        let threshold = self.model.threshold();
        if self.now.clamped {
            return 0.0;
        }
        if self.now.time == time {
            if let Some(moved) = self.lifted {
                return moved;
            }
            if self.fresh && self.now.state.v >= threshold {
                return self.now.time_tangent;
            }
        }
        let (before, fixed) = self.now.at(self.model, &self.direction, time, 0.0);
        let slope = self.model.rate(State { v: threshold, i: before.i }).v;
        let moved = (self.direction.threshold - fixed.v) / slope;
        if slope > 0.0 { moved } else { 0.0 }
    }

    fn release_until(&mut self, time: f64) {
        let (release, moved) = self.release;
        if self.now.clamped && release <= time {
            self.step(release, moved);
            self.now.clamped = false;
            self.fresh = true;
            self.note();
        }
    }

    fn advance(&mut self, time: f64, time_tangent: f64) {
        self.release_until(time);
        self.step(time, time_tangent);
    }

    fn step(&mut self, time: f64, time_tangent: f64) {
        if time > self.now.time {
            (self.fresh, self.lifted) = (false, None);
        }
        let (state, tangent) = self.now.at(self.model, &self.direction, time, time_tangent);
        self.now = Knot { time, time_tangent, state, tangent, ..self.now };
    }

    fn note(&mut self) {
        if let Some(path) = &mut self.path {
            path.push(self.now);
        }
    }
}
