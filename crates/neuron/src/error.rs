//! Errors of this crate.

use thiserror::Error;

use crate::Digits;

/// What can be wrong with parameters or arrivals. Every message says what would be valid.
#[derive(Clone, Debug, Error, PartialEq)]
#[non_exhaustive]
pub enum NeuronError {
    /// A parameter lies outside its range.
    #[error("{field} is {value}; it must be {valid}", value = Digits(*.value))]
    OutOfRange {
        /// Name of the parameter, as in the parameters of the model, or `bias`.
        field: &'static str,
        /// The value given.
        value: f64,
        /// The values allowed, in words.
        valid: &'static str,
    },
    /// A neuron that rests at or above its threshold has no first spike after its first arrival.
    #[error(
        "threshold {threshold} is not above leak {leak}; a first spike needs a neuron that rests below threshold",
        threshold = Digits(*.threshold), leak = Digits(*.leak)
    )]
    ThresholdNotAboveLeak {
        /// Threshold of the neuron.
        threshold: f64,
        /// Leak (resting) voltage of the neuron.
        leak: f64,
    },
    /// A neuron with bias current is not at rest at its leak, from which a first spike starts.
    #[error(
        "the neuron has a bias current of {bias}; a first spike from rest needs a neuron without",
        bias = Digits(*.bias)
    )]
    Biased {
        /// Bias current of the neuron.
        bias: f64,
    },
    /// The time of an arrival is NaN or minus infinity.
    #[error(
        "time {value} of arrival {index} is invalid; use a finite time, or +inf for one that never comes",
        value = Digits(*.value)
    )]
    ArrivalTime {
        /// Index of the arrival.
        index: usize,
        /// The time given.
        value: f64,
    },
    /// The weight of an arrival is NaN or infinite.
    #[error("weight {value} of arrival {index} is invalid; weights must be finite", value = Digits(*.value))]
    ArrivalWeight {
        /// Index of the arrival.
        index: usize,
        /// The weight given.
        value: f64,
    },
    /// An arrival is earlier than the one before it in the list.
    #[error(
        "arrival {index} at time {time} follows one at {previous}; sort arrivals by time",
        time = Digits(*.time), previous = Digits(*.previous)
    )]
    ArrivalOrder {
        /// Index of the arrival.
        index: usize,
        /// Its time.
        time: f64,
        /// Time of the arrival before it in the list.
        previous: f64,
    },
}
