use delgrad_engine::{Cancel, PartsError, RunError, StopReason};
use delgrad_neuron::Digits;
use thiserror::Error;

/// What can be wrong with a gradient. Every message says what would be valid.
#[derive(Clone, Debug, Error, PartialEq)]
#[non_exhaustive]
pub enum AdjointError {
    /// A model of the user's own without derivatives.
    #[error(
        "neuron {neuron} has a model of your own without derivatives; implement Differentiable for it and return it from \
         PointNeuron::differentiable"
    )]
    NoDerivatives {
        /// The first such neuron.
        neuron: u32,
    },
    /// The record was made with other weights, delays, neurons or sources.
    #[error("the record is of another network; take the gradient with the network that the record was made with")]
    ForeignRecord,
    /// The run itself.
    #[error(transparent)]
    Run(#[from] RunError),
    /// Weights and delays that no network has.
    #[error(transparent)]
    Values(#[from] PartsError),
    /// The run has not got to its end.
    #[error("the run has no end to differentiate: {reason}")]
    Stopped {
        /// Why it stopped.
        reason: StopReason,
    },
    /// Somebody asked for an end, see [`Cancel`](delgrad_engine::Cancel).
    #[error("interrupted before the gradient was complete")]
    Cancelled,
    /// A spike that is not in range or not in order.
    #[error("spike {index} (neuron {neuron}, time {time}) {problem}", time = Digits(*.time))]
    Spike {
        /// Its place in the list.
        index: usize,
        /// Its neuron.
        neuron: u32,
        /// Its time.
        time: f64,
        /// What is wrong, and what would be valid.
        problem: &'static str,
    },
    /// More spikes than a population allows.
    #[error("neuron {neuron} has {found} spikes; its population allows {allowed}")]
    TooManySpikes {
        /// The neuron.
        neuron: u32,
        /// Its spikes.
        found: usize,
        /// How many it may have.
        allowed: u32,
    },
    /// Input spikes later than the end of the record.
    #[error(
        "input spike {index} at time {time} comes after the end of the record at {until}; leave it out",
        time = Digits(*.time), until = Digits(*.until)
    )]
    LateInput {
        /// Its place in the list.
        index: usize,
        /// Its time.
        time: f64,
        /// The end.
        until: f64,
    },
    /// A list has the wrong length.
    #[error("there are {found} {what}; there must be {expected}{hint}")]
    Length {
        /// What is counted.
        what: &'static str,
        /// How many there are.
        found: usize,
        /// How many there must be.
        expected: usize,
        /// What they belong to.
        hint: &'static str,
    },
    /// A number that must be finite.
    #[error("{what} {index} is {value}; it must be a finite number", value = Digits(*.value))]
    NotFinite {
        /// What it is.
        what: &'static str,
        /// Its place in the list.
        index: usize,
        /// The number.
        value: f64,
    },
    /// An observable that cannot be had.
    #[error("observable {index}: {problem}")]
    Observable {
        /// Its place in the list.
        index: usize,
        /// What is wrong, and what would be valid.
        problem: String,
    },
    /// The value of an observable is more than a number can hold, or a running cost of the user's own is no number.
    #[error(
        "the value of observable {index} is {value}; weights and running costs must be such that it is finite",
        value = Digits(*.value)
    )]
    Unbounded {
        /// Its place in the list.
        index: usize,
        /// The value.
        value: f64,
    },
    /// An option out of range.
    #[error("{field} is {value}; it must be {valid}", value = Digits(*.value))]
    Option {
        /// Its name.
        field: &'static str,
        /// The value given.
        value: f64,
        /// What would be valid.
        valid: &'static str,
    },
    /// A map of shared parameters that names one that does not exist.
    #[error("entry {entry} of the index map is {index}; it must be below {parameters}")]
    SharedIndex {
        /// Its place in the map.
        entry: usize,
        /// The parameter named.
        index: u32,
        /// Number of parameters.
        parameters: usize,
    },
    /// The memory budget is too small.
    #[error("a memory budget of {budget} bytes is too small for this record; it needs at least {least} bytes")]
    Budget {
        /// Bytes given.
        budget: usize,
        /// Bytes needed.
        least: usize,
    },
}

impl AdjointError {
    /// An error if somebody has asked for an end: what was worked out in the meantime is not complete.
    pub(crate) fn unless_cancelled(cancel: &Cancel) -> Result<(), Self> {
        if cancel.is_requested() { Err(Self::Cancelled) } else { Ok(()) }
    }

    /// Checks the length of a list.
    pub(crate) fn length(
        what: &'static str,
        found: usize,
        expected: usize,
        hint: &'static str,
    ) -> Result<(), Self> {
        if found == expected { Ok(()) } else { Err(Self::Length { what, found, expected, hint }) }
    }
}
