//! Why a network cannot be exported, and why a text is no exported network.

use delgrad_files::JsonFileError;
use delgrad_neuron::Digits;
use thiserror::Error;

use crate::Bss2Error;
use crate::placement::{PlacementFileError, Violation};

/// Why a network cannot be exported, or a text is no exported network.
#[derive(Clone, Debug, Error, PartialEq)]
#[non_exhaustive]
pub enum ExportError {
    /// Not a file of the format.
    #[error(transparent)]
    File(#[from] JsonFileError),
    /// A number that the chip does not have, or that contradicts others.
    #[error("{field} is {value}; it must be {valid}", value = Digits(*.value))]
    Field {
        /// Its key, with the places in lists in brackets.
        field: String,
        /// The number.
        value: f64,
        /// What would be valid.
        valid: String,
    },
    /// A list of the wrong length.
    #[error("{field} has {found} entries; it must have {expected}")]
    Length {
        /// Its key.
        field: String,
        /// Its length.
        found: usize,
        /// What it must be.
        expected: usize,
    },
    /// Delays of one source that differ between its synapses: the chip has axonal ones alone.
    #[error(
        "source {source_line} of layer {layer} has delays of {} and {}; the chip has one delay for all synapses of a source: \
         use axonal delays",
        .delays[0], .delays[1]
    )]
    SynapticDelays {
        /// The layer, from 0.
        layer: usize,
        /// The source within it, from 0.
        source_line: usize,
        /// Two of its delays, in us.
        delays: [f64; 2],
    },
    /// Weights, delays or constants that the chip does not have.
    #[error(transparent)]
    Chip(#[from] Box<Bss2Error>),
    /// A placement that breaks a rule of the chip or is not this network's.
    #[error("placement: {0}")]
    Placement(#[from] Violation),
    /// A placement that is none.
    #[error("placement: {0}")]
    PlacementFile(#[from] PlacementFileError),
}

impl From<Bss2Error> for ExportError {
    fn from(error: Bss2Error) -> Self {
        Self::Chip(Box::new(error))
    }
}
