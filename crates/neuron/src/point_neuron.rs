//! What an event-driven engine needs to know of a neuron model.

use crate::{Differentiable, IntegratorParams, LeakyIntegrator, Lif, LifParams, State};

/// A neuron model without spatial extent: the one trait to implement for a model of one's own.
///
/// It describes a neuron between events and at them; the caller keeps the [`State`], the time and the queue. A neuron is
/// *free* until it fires; for [`refractory`](Self::refractory) after that it is *clamped*; then it is free again.
///
/// Implementors keep these rules; everything else about `v` and `i` is theirs to define, and a model that needs only one
/// of the two leaves the other alone:
///
/// 1. Every function is pure: the same arguments give the same bits.
/// 2. Flows compose: `dt` then `du` equals `dt + du` to rounding, free and clamped.
/// 3. [`crossing_before`](Self::crossing_before) agrees with [`flow`](Self::flow): between now and the crossing the
///    neuron does not fire, and a horizon that is long enough does not change the time. Where rounding lifts a flow to the
///    threshold before the crossing, or without any, [`unfired`](Self::unfired) undoes it.
/// 4. [`crossing_bound`](Self::crossing_bound) is never above the crossing.
/// 5. No function panics. Lengths of time are not NaN and at least 0; states are finite unless a weight was not.
/// 6. Two neurons that behave differently differ in [`name`](Self::name) or [`parameters`](Self::parameters).
///
/// ```
/// use delgrad_neuron::{PointNeuron, State};
///
/// /// Counts time in `v`, fires once a period, and is advanced by every arrival.
/// #[derive(Debug)]
/// struct Clock {
///     period: f64,
/// }
///
/// impl PointNeuron for Clock {
///     fn name(&self) -> &'static str {
///         "clock"
///     }
///     fn parameters(&self) -> Vec<(&'static str, f64)> {
///         vec![("period", self.period)]
///     }
///     fn rest(&self) -> State {
///         State { v: 0.0, i: 0.0 }
///     }
///     fn flow(&self, state: State, dt: f64) -> State {
///         State { v: state.v + dt, ..state }
///     }
///     fn flow_clamped(&self, state: State, _dt: f64) -> State {
///         state
///     }
///     fn arrival(&self, state: State, weight: f64) -> State {
///         State { v: state.v + weight, ..state }
///     }
///     fn arrival_clamped(&self, state: State, _weight: f64) -> State {
///         state
///     }
///     fn crossing_before(&self, state: State, horizon: f64) -> Option<f64> {
///         let wait = (self.period - state.v).max(0.0);
///         (wait <= horizon).then_some(wait)
///     }
///     fn fire(&self, _state: State) -> State {
///         self.rest()
///     }
///     fn refractory(&self) -> f64 {
///         0.0
///     }
/// }
///
/// let model: Box<dyn PointNeuron> = Box::new(Clock { period: 2.0 });
/// let state = model.arrival(model.flow(model.rest(), 0.5), 1.0);
/// assert_eq!(model.crossing_before(state, 1.0), Some(0.5));
/// assert_eq!(model.crossing_before(state, 0.4), None);
/// ```
pub trait PointNeuron: std::fmt::Debug + Send + Sync {
    /// Name of the model, the same for all its neurons and no other model's.
    fn name(&self) -> &'static str;

    /// Every constant that the other functions depend on, by name, always in the same order.
    ///
    /// Name and parameters are what a network is recognised by: a snapshot or a log of a network whose neurons differ in
    /// neither is taken for one of the same network. A constant that is no number goes in as one, or as several.
    fn parameters(&self) -> Vec<(&'static str, f64)>;

    /// The state that a neuron starts in unless the caller says otherwise.
    fn rest(&self) -> State;

    /// The state of a free neuron after `dt` without input and without regard to the threshold.
    fn flow(&self, state: State, dt: f64) -> State;

    /// The state of a clamped neuron after `dt` without input.
    fn flow_clamped(&self, state: State, dt: f64) -> State;

    /// The state of a free neuron right after an arrival of this weight. It may be at or above the threshold.
    fn arrival(&self, state: State, weight: f64) -> State;

    /// The state of a clamped neuron right after an arrival of this weight.
    fn arrival_clamped(&self, state: State, weight: f64) -> State;

    /// Time until a free neuron fires if no further input comes, if that is within `horizon`, that instant included.
    ///
    /// `Some(0.0)` for a state at or above the threshold.
    fn crossing_before(&self, state: State, horizon: f64) -> Option<f64>;

    /// A time before which a free neuron does not fire without further input: at least 0, infinity for never.
    ///
    /// It must never be above the time of [`crossing_before`](Self::crossing_before), rounding included. An engine calls
    /// it after every arrival to put off the search for the crossing, so it should cost a few nanoseconds. The default,
    /// 0, knows nothing and is right for every model.
    fn crossing_bound(&self, state: State) -> f64 {
        let _ = state;
        0.0
    }

    /// The state of a free neuron that has not fired on its way here, whatever rounding says.
    ///
    /// A voltage that comes near the threshold without crossing it, or is about to, may be rounded to it; a neuron that is at
    /// the threshold fires. So an engine passes every state that a flow has led to through this function, which puts the
    /// voltage back below. The default leaves the state as it is, which is right for a model that never comes so near.
    fn unfired(&self, state: State) -> State {
        state
    }

    /// The state right after the spike, given the one at the crossing.
    fn fire(&self, state: State) -> State;

    /// How long the neuron is clamped after a spike, at least 0.
    fn refractory(&self) -> f64;

    /// The fastest of the time constants of voltage and current, above 0; infinity, the default, if there is none. Nothing
    /// that a neuron does by itself is meant to be a billion times faster: an engine takes it for runaway activity.
    fn fastest_time_constant(&self) -> f64 {
        f64::INFINITY
    }

    /// The same model with its derivatives, if it has any: a model of one's own that implements [`Differentiable`] returns
    /// `Some(self)`, and then has gradients.
    fn differentiable(&self) -> Option<&dyn Differentiable> {
        None
    }
}

/// The inherent methods; an arrival adds its weight to the current, free or clamped.
impl PointNeuron for Lif {
    fn name(&self) -> &'static str {
        "lif"
    }

    fn parameters(&self) -> Vec<(&'static str, f64)> {
        let LifParams { tau_mem, tau_syn, threshold, leak, reset, refractory, capacitance } = self.params;
        vec![
            ("tau_mem", tau_mem),
            ("tau_syn", tau_syn),
            ("threshold", threshold),
            ("leak", leak),
            ("reset", reset),
            ("refractory", refractory),
            ("capacitance", capacitance),
            ("bias", self.bias()),
        ]
    }

    #[inline]
    fn rest(&self) -> State {
        self.rest()
    }

    #[inline]
    fn flow(&self, state: State, dt: f64) -> State {
        self.flow(state, dt)
    }

    #[inline]
    fn flow_clamped(&self, state: State, dt: f64) -> State {
        self.flow_clamped(state, dt)
    }

    #[inline]
    fn arrival(&self, state: State, weight: f64) -> State {
        state.after_arrival(weight)
    }

    #[inline]
    fn arrival_clamped(&self, state: State, weight: f64) -> State {
        state.after_arrival(weight)
    }

    #[inline]
    fn crossing_before(&self, state: State, horizon: f64) -> Option<f64> {
        self.crossing_before(state, horizon)
    }

    #[inline]
    fn crossing_bound(&self, state: State) -> f64 {
        self.crossing_bound(state)
    }

    #[inline]
    fn unfired(&self, state: State) -> State {
        state.below(self.threshold())
    }

    /// `V = reset`; the current runs on.
    #[inline]
    fn fire(&self, state: State) -> State {
        State { v: self.reset(), i: state.i }
    }

    #[inline]
    fn refractory(&self) -> f64 {
        self.refractory()
    }

    #[inline]
    fn fastest_time_constant(&self) -> f64 {
        self.tau_mem().min(self.tau_syn())
    }

    fn differentiable(&self) -> Option<&dyn Differentiable> {
        Some(self)
    }
}

/// It never fires, so a clamped one behaves as a free one.
impl PointNeuron for LeakyIntegrator {
    fn name(&self) -> &'static str {
        "leaky-integrator"
    }

    fn parameters(&self) -> Vec<(&'static str, f64)> {
        let IntegratorParams { tau_mem, tau_syn, leak, capacitance } = self.params;
        vec![
            ("tau_mem", tau_mem),
            ("tau_syn", tau_syn),
            ("leak", leak),
            ("capacitance", capacitance),
            ("bias", self.bias()),
        ]
    }

    #[inline]
    fn rest(&self) -> State {
        self.rest()
    }

    #[inline]
    fn flow(&self, state: State, dt: f64) -> State {
        self.flow(state, dt)
    }

    #[inline]
    fn flow_clamped(&self, state: State, dt: f64) -> State {
        self.flow(state, dt)
    }

    #[inline]
    fn arrival(&self, state: State, weight: f64) -> State {
        state.after_arrival(weight)
    }

    #[inline]
    fn arrival_clamped(&self, state: State, weight: f64) -> State {
        state.after_arrival(weight)
    }

    #[inline]
    fn crossing_before(&self, _state: State, _horizon: f64) -> Option<f64> {
        None
    }

    #[inline]
    fn crossing_bound(&self, _state: State) -> f64 {
        f64::INFINITY
    }

    #[inline]
    fn fire(&self, state: State) -> State {
        state
    }

    #[inline]
    fn refractory(&self) -> f64 {
        0.0
    }

    fn differentiable(&self) -> Option<&dyn Differentiable> {
        Some(self)
    }
}
