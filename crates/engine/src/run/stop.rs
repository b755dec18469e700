use serde::{Deserialize, Serialize};

/// When a call of [`Simulation::run`](crate::Simulation::run) ends, whichever comes first.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Stop {
    /// Time up to which everything happens, this instant included.
    pub until: f64,
    /// Spikes of neurons in this call.
    pub spikes: Option<u64>,
    /// Synaptic events in this call. Looked at after each instant, or each window of the windowed executor.
    pub events: Option<u64>,
    /// The budget: spikes of neurons in the whole run. More are taken for runaway activity. The windowed executor stops
    /// at the start of the window in which the budget is used up.
    pub budget: u64,
    /// Spikes of one neuron at one instant. More are taken for runaway activity.
    pub instant_budget: u32,
    /// How long an instant is for that budget: spikes that a neuron sends by itself, without an arrival in between, count as
    /// being at one instant if they are no further apart than this, and than a billionth of its fastest time constant. 0: no
    /// longer than the resolution of numbers.
    pub instant: f64,
}

/// An instant is this part of a run: a neuron that goes on like this would spend the default budget fifty times.
const INSTANT: f64 = 1e-9;

impl Stop {
    /// Stops at a time, with a budget of 20 million spikes, and a thousand of one neuron at one instant, which is a billionth
    /// of that time long.
    #[must_use]
    pub fn at(until: f64) -> Self {
        let instant = INSTANT * until;
        Self { until, spikes: None, events: None, budget: 20_000_000, instant_budget: 1_000, instant }
    }

    /// Stops after that many spikes, too.
    #[must_use]
    pub fn after_spikes(self, spikes: u64) -> Self {
        Self { spikes: Some(spikes), ..self }
    }

    /// Stops after that many synaptic events, too.
    #[must_use]
    pub fn after_events(self, events: u64) -> Self {
        Self { events: Some(events), ..self }
    }

    /// Takes more spikes than this for runaway activity.
    #[must_use]
    pub fn with_budget(self, budget: u64) -> Self {
        Self { budget, ..self }
    }
}

/// Why a run has stopped.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum StopReason {
    /// The end time is reached.
    Until,
    /// The number of spikes is reached.
    Spikes,
    /// The number of synaptic events is reached.
    Events,
    /// The caller said so at a spike.
    Predicate,
    /// Somebody asked for it, see [`Cancel`](crate::Cancel).
    Cancelled,
    /// Activity without end: the run has used up its budget of spikes, or its spikes send more arrivals within a window
    /// than memory should hold. A run on the windowed executor cannot be continued.
    Budget {
        /// Time that the run has got to.
        time: f64,
    },
    /// Activity without end at one instant, as long as [`Stop::instant`] says: zero delays in a loop, a reset at or above the
    /// threshold, or a bias without measure.
    Instant {
        /// The instant.
        time: f64,
        /// A neuron that spikes again and again.
        neuron: u32,
    },
}

impl StopReason {
    /// Whether the network ran away, so that going on makes no sense.
    #[must_use]
    pub fn is_runaway(self) -> bool {
        matches!(self, Self::Budget { .. } | Self::Instant { .. })
    }
}

impl std::fmt::Display for StopReason {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Until => write!(f, "the end time is reached"),
            Self::Spikes => write!(f, "the number of spikes is reached"),
            Self::Events => write!(f, "the number of synaptic events is reached"),
            Self::Predicate => write!(f, "stopped at a spike, as asked"),
            Self::Cancelled => write!(f, "stopped, as asked"),
            Self::Budget { time } => write!(
                f,
                "runaway activity: the budget of spikes is used up at time {}; raise it, or weaken excitation",
                Short(*time)
            ),
            Self::Instant { time, neuron } => write!(
                f,
                "runaway activity: neuron {neuron} spikes without end at time {}; give it a refractory period, a \
                 reset below threshold, less bias, or its loops a delay",
                Short(*time)
            ),
        }
    }
}

/// A time without a row of zeros: those of runaway activity may be tiny.
struct Short(f64);

impl std::fmt::Display for Short {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if self.0 == 0.0 || self.0 >= 1e-3 { write!(f, "{}", self.0) } else { write!(f, "{:e}", self.0) }
    }
}
