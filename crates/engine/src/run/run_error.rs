use thiserror::Error;

use crate::NoMemory;

/// What can be wrong with a run. Every message says what would be valid.
#[derive(Clone, Debug, Error, PartialEq)]
#[non_exhaustive]
pub enum RunError {
    /// The time of an input spike is not a number from 0 on.
    #[error("time {time} of input spike {index} is invalid; use a finite time of 0 or later")]
    InputTime {
        /// Its place in the list.
        index: usize,
        /// The time given.
        time: f64,
    },
    /// An input spike is earlier than the one before it in the list.
    #[error("input spike {index} at time {time} follows one at {previous}; sort the spikes by time")]
    InputOrder {
        /// Its place in the list.
        index: usize,
        /// Its time.
        time: f64,
        /// Time of the spike before it.
        previous: f64,
    },
    /// An input spike names an input that the network does not have.
    #[error("input spike {index} is of input {input}; the network has {inputs} inputs, numbered from 0")]
    NoSuchInput {
        /// Its place in the list.
        index: usize,
        /// The input named.
        input: u32,
        /// Number of inputs.
        inputs: u32,
    },
    /// A neuron does not exist.
    #[error("there is no neuron {neuron}; the network has {neurons} neurons, numbered from 0")]
    NoSuchNeuron {
        /// The neuron named.
        neuron: u32,
        /// Number of neurons.
        neurons: u32,
    },
    /// The time of a sample is not finite, not in order, or in the part that is already done.
    #[error(
        "sample time {index} is {time}; it must be finite and at least {previous}, sorted, and not in the past"
    )]
    TraceTime {
        /// Its place in the list.
        index: usize,
        /// The time given.
        time: f64,
        /// The time before it in the list, or the time that the run has got to.
        previous: f64,
    },
    /// A step that has no multiples to sample at.
    #[error(
        "the step of samples is {step:?}; it must be finite, above 0, and large enough that its multiples from {from} to {until} \
         can be told apart"
    )]
    Step {
        /// The step given.
        step: f64,
        /// Start of the stretch of time.
        from: f64,
        /// Its end.
        until: f64,
    },
    /// The windowed executor cannot run this network.
    #[error(
        "the windowed executor needs a smallest delay between neurons above 0, and a finite one or membranes with a \
         time constant; the smallest delay is {shortest_delay}: use the plain executor (--executor plain)"
    )]
    NoWindow {
        /// Smallest delay between two neurons.
        shortest_delay: f64,
    },
    /// The end time is not finite.
    #[error("the end time is {until:?}; it must be finite")]
    Until {
        /// The time given.
        until: f64,
    },
    /// The windows vanish next to the end time.
    #[error(
        "the end time {until:?} is more than 10^12 windows of {window:?} away, and windows would be lost to rounding; use the \
         plain executor (--executor plain, or executor = \"plain\" in an experiment), or times from a nearer origin"
    )]
    LostWindows {
        /// The time given.
        until: f64,
        /// Length of a window.
        window: f64,
    },
    /// A snapshot was taken from another network, from other shards of it, or with other input spikes.
    #[error(
        "the snapshot is of another network, of other shards, or of other input spikes; resume with those it was taken \
         with"
    )]
    ForeignSnapshot,
    /// A snapshot holds numbers that no run of the network leaves.
    #[error("the snapshot does not fit its own network: its numbers were changed; take it again")]
    DamagedSnapshot,
    /// A generator of spikes that never gets to the end.
    #[error(
        "source \"{source_name}\" sends about {spikes:.1e} spikes until {until}, which no run gets through; lower its rate, or end \
         earlier"
    )]
    Generator {
        /// Its name.
        source_name: String,
        /// About how many spikes it sends.
        spikes: f64,
        /// The end of the run.
        until: f64,
    },
    /// More input spikes than memory holds.
    #[error(transparent)]
    Memory(#[from] NoMemory),
    /// The windowed executor knows no transport.
    #[error("the windowed executor cannot run spikes through a transport: use the plain executor")]
    NoTransport,
}
