use delgrad_neuron::Digits;
use delgrad_ttfs::{DelayRange, ParameterRange};

use super::{Difference, NetworkProblem};
use crate::TrainError;

/// Why training cannot start from a network.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StartProblem {
    /// It is not the network of the experiment.
    #[error(transparent)]
    Differs(#[from] Difference),
    /// Another number of synapses.
    #[error("it has {found} synapses; its experiment has {expected}")]
    Synapses {
        /// Synapses of the network.
        found: usize,
        /// Synapses of the experiment.
        expected: usize,
    },
    /// A delay between populations that no parameter of the experiment gives.
    #[error(
        "delay {delay} of synapse {synapse} is outside its range: that of projections[{projection}] is {range}",
        delay = Digits(*.delay)
    )]
    SynapseDelay {
        /// Number of the projection, from 0.
        projection: usize,
        /// Number of the synapse within it, from 0.
        synapse: usize,
        /// The learned part of its delay.
        delay: f64,
        /// The delays that the experiment allows.
        range: DelayRange,
    },
    /// A delay or constant of a layer that no parameter of the experiment gives.
    #[error(
        "{group} [{row}][{column}] is {value}; the experiment's range has values {range}",
        value = Digits(*.value)
    )]
    OutOfRange {
        /// Which delays or constants.
        group: String,
        /// Row of the value.
        row: usize,
        /// Its column.
        column: usize,
        /// The value.
        value: f64,
        /// The values that the experiment allows.
        range: ParameterRange,
    },
    /// It is no network at all.
    #[error(transparent)]
    Network(#[from] NetworkProblem),
    /// A network or samples that are not valid.
    #[error(transparent)]
    Content(Box<TrainError>),
}

impl From<TrainError> for StartProblem {
    fn from(error: TrainError) -> Self {
        Self::Content(Box::new(error))
    }
}
