//! The neuron models that a network may mix.

use std::sync::Arc;

use delgrad_neuron::{DeltaLif, LeakyIntegrator, Lif, PointNeuron, Qif, State};

/// A neuron model with its parameters.
///
/// The models of `delgrad-neuron` are dispatched statically; anything else that implements [`PointNeuron`] goes in as
/// [`Model::Custom`].
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Model {
    /// Leaky integrate-and-fire with exponential current synapse.
    Lif(Lif),
    /// The same membrane without threshold: a read-out.
    Integrator(LeakyIntegrator),
    /// Leaky integrate-and-fire whose voltage jumps at an arrival.
    DeltaLif(DeltaLif),
    /// Quadratic integrate-and-fire whose voltage jumps at an arrival.
    Qif(Qif),
    /// A model of the user's own.
    Custom(Arc<dyn PointNeuron>),
}

/// Calls a method on whichever model it is.
macro_rules! dispatch {
    ($self:expr, $model:ident => $call:expr) => {
        match $self {
            Model::Lif($model) => $call,
            Model::Integrator($model) => $call,
            Model::DeltaLif($model) => $call,
            Model::Qif($model) => $call,
            Model::Custom($model) => $call,
        }
    };
}

impl PointNeuron for Model {
    fn name(&self) -> &'static str {
        dispatch!(self, model => model.name())
    }

    fn parameters(&self) -> Vec<(&'static str, f64)> {
        dispatch!(self, model => model.parameters())
    }

    #[inline]
    fn rest(&self) -> State {
        dispatch!(self, model => model.rest())
    }

    #[inline]
    fn flow(&self, state: State, dt: f64) -> State {
        dispatch!(self, model => model.flow(state, dt))
    }

    #[inline]
    fn flow_clamped(&self, state: State, dt: f64) -> State {
        dispatch!(self, model => model.flow_clamped(state, dt))
    }

    #[inline]
    fn arrival(&self, state: State, weight: f64) -> State {
        dispatch!(self, model => model.arrival(state, weight))
    }

    #[inline]
    fn arrival_clamped(&self, state: State, weight: f64) -> State {
        dispatch!(self, model => model.arrival_clamped(state, weight))
    }

    #[inline]
    fn crossing_before(&self, state: State, horizon: f64) -> Option<f64> {
        dispatch!(self, model => model.crossing_before(state, horizon))
    }

    #[inline]
    fn crossing_bound(&self, state: State) -> f64 {
        dispatch!(self, model => model.crossing_bound(state))
    }

    #[inline]
    fn unfired(&self, state: State) -> State {
        dispatch!(self, model => model.unfired(state))
    }

    #[inline]
    fn fire(&self, state: State) -> State {
        dispatch!(self, model => model.fire(state))
    }

    #[inline]
    fn refractory(&self) -> f64 {
        dispatch!(self, model => model.refractory())
    }

    #[inline]
    fn fastest_time_constant(&self) -> f64 {
        dispatch!(self, model => model.fastest_time_constant())
    }
}
