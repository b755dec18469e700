//! What happens to a stepped neuron.

use delgrad_neuron::{Differentiable, State};

/// One event, and the state right before it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Event {
    pub time: f64,
    pub before: State,
    /// Whether the neuron is clamped before the event.
    pub clamped: bool,
    pub kind: Kind,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Kind {
    Arrival {
        place: u32,
        sender: u32,
        weight: f64,
        /// Whether it lifts the voltage to or above the threshold, so that the spike that follows moves with it.
        fires: bool,
        /// The observable whose highest point it is.
        kink: bool,
    },
    Spike {
        /// Place in the record.
        spike: u32,
        cause: Cause,
    },
    Release,
    EvaluationPoint {
        observable: u32,
    },
}

/// Why a neuron spikes when it does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Cause {
    /// Its voltage rises to the threshold.
    Crossing,
    /// An arrival lifts it there.
    Arrival,
    /// It is released at or above the threshold.
    Release,
    /// It starts at or above the threshold.
    Start,
    /// None that the model knows.
    None,
}

impl Event {
    /// The state right after the event.
    #[inline]
    pub fn after(&self, model: &dyn Differentiable) -> State {
        match self.kind {
            Kind::Arrival { weight, .. } if self.clamped => model.arrival_clamped(self.before, weight),
            Kind::Arrival { weight, .. } => model.arrival(self.before, weight),
            Kind::Spike { .. } => model.fire(self.before),
            Kind::Release | Kind::EvaluationPoint { .. } => self.before,
        }
    }

    /// Whether the neuron is clamped after the event.
    #[inline]
    pub fn clamps(&self) -> bool {
        match self.kind {
            Kind::Spike { .. } => true,
            Kind::Release => false,
            Kind::Arrival { .. } | Kind::EvaluationPoint { .. } => self.clamped,
        }
    }
}
