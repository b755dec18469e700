//! Errors of this crate.

use delgrad_engine::{PartsError, RunError, StopReason};
use delgrad_files::TomlError;
use delgrad_neuron::{Digits, NeuronError};
use delgrad_ttfs::TtfsError;
use thiserror::Error;

use crate::limits::OutOfRange;
use crate::placement::PlacementError;
use crate::unrolled::UnrolledError;

/// Errors of presets, of networks on the chip, and of their runs.
#[derive(Clone, Debug, Error, PartialEq)]
#[non_exhaustive]
pub enum Bss2Error {
    /// A number of a preset is out of range.
    #[error("{field} is {value}; it must be {valid}", value = Digits(*.value))]
    Setting {
        /// Its key.
        field: &'static str,
        /// The number given.
        value: f64,
        /// What would be valid.
        valid: &'static str,
    },
    /// There is no preset of that name.
    #[error("there is no preset {name}; there are {known}, and any TOML file")]
    NoSuchPreset {
        /// The name given.
        name: String,
        /// The names that exist.
        known: String,
    },
    /// Calibrations have no target of that name.
    #[error("there is no target {name}; there are {known}")]
    NoSuchTarget {
        /// The name given.
        name: String,
        /// The names that exist.
        known: String,
    },
    /// A preset cannot be read.
    #[error("{source_name}: {problem}")]
    Toml {
        /// Name of the file or preset.
        source_name: String,
        /// What is wrong with it, and where.
        problem: TomlError,
    },
    /// More neurons than working circuits.
    #[error("{neurons} neurons need as many circuits; {circuits} of the chip's {all} work")]
    Circuits {
        /// Circuits asked for.
        neurons: usize,
        /// Circuits that work.
        circuits: usize,
        /// Circuits there are.
        all: usize,
    },
    /// The network does not fit onto the chip.
    #[error(transparent)]
    Placement(#[from] PlacementError),
    /// A neuron model that the chip does not have.
    #[error(
        "neuron {neuron} is neither a leaky integrate-and-fire neuron with exponential synapses nor a read-out of that kind; \
         the chip has no other, so use `lif`"
    )]
    NeuronModel {
        /// The neuron.
        neuron: usize,
    },
    /// Neuron parameters that are invalid once the variation of the circuit is added.
    #[error(transparent)]
    Neuron(#[from] NeuronError),
    /// Weights or delays that are invalid once the chip's limits are applied.
    #[error(transparent)]
    Parts(#[from] PartsError),
    /// Input spikes of sources that the network does not have, or an invalid end of a run.
    #[error(transparent)]
    Run(#[from] RunError),
    /// The run was cancelled.
    #[error("interrupted before the trial on the chip was complete")]
    Cancelled,
    /// A run that ended early.
    #[error("the run on the chip ended early: {reason}")]
    Stopped {
        /// Why.
        reason: StopReason,
    },
    /// Layers that cannot be unrolled into a network of the event engine.
    #[error(transparent)]
    Unrolled(#[from] UnrolledError),
    /// A weight beyond the codes.
    #[error(
        "weight {weight} of {place} is code {code}; codes go from -63 to 63, weights from -{limit} to {limit}; for \
         this weight, set units.codes-per-weight to {most} or less: `--set units.codes-per-weight={most}`, or chip.set in the experiment",
        weight = Digits(*.weight), code = Digits(*.code), limit = Digits(*.limit),
        most = Digits(fitting(*.weight, *.limit, *.codes_per_weight))
    )]
    Weight {
        /// The weight.
        weight: f64,
        /// Its code.
        code: f64,
        /// The largest weight.
        limit: f64,
        /// Codes in a unit of weight, as the preset has it.
        codes_per_weight: f64,
        /// Which synapse.
        place: String,
    },
    /// A kind of delay that the chip does not have.
    #[error(
        "layer {layer} has {kind} delays; the chip has delays of sources alone: give it delays of kind \"axonal\""
    )]
    DelayKind {
        /// The layer, from 0.
        layer: usize,
        /// Dendritic or synaptic.
        kind: &'static str,
    },
    /// A delay that no pair of circuits makes.
    #[error(
        "the delay of {place} is {delay} us; a pair of circuits makes {low} to {high} us",
        delay = Digits(*.delay), low = Digits(*.low), high = Digits(*.high)
    )]
    Delay {
        /// Where.
        place: String,
        /// The delay, in us.
        delay: f64,
        /// Shortest delay, in us.
        low: f64,
        /// Longest delay, in us.
        high: f64,
    },
    /// A fixed pattern that no chip has.
    #[error("{field} of the fixed pattern is {value}; it must be {valid}", value = Digits(*.value))]
    Pattern {
        /// What is wrong.
        field: &'static str,
        /// The number found.
        value: f64,
        /// What would be valid.
        valid: &'static str,
    },
    /// A network of layers is not valid, or its spike times are not.
    #[error(transparent)]
    Layers(#[from] TtfsError),
    /// A number that the chip cannot represent.
    #[error(transparent)]
    Range(#[from] OutOfRange),
}

/// How many codes a unit of weight may have, for a weight beyond the limit: a whole number where that is 1 or above.
fn fitting(weight: f64, limit: f64, codes_per_weight: f64) -> f64 {
    let most = codes_per_weight * limit / weight.abs();
    if most >= 1.0 { most.floor() } else { most }
}

/// An error unless a setting is valid.
pub(crate) fn require(ok: bool, field: &'static str, value: f64, valid: &'static str) -> Result<(), Bss2Error> {
    if ok { Ok(()) } else { Err(Bss2Error::Setting { field, value, valid }) }
}

/// An error unless a list is as long as it must be.
pub(crate) fn require_length(what: &'static str, found: usize, expected: usize) -> Result<(), Bss2Error> {
    if found == expected { Ok(()) } else { Err(TtfsError::Length { what, found, expected }.into()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_weight_beyond_the_codes_names_the_key_and_a_value_that_fits() {
        let error = |weight: f64| {
            let (code, place) = ((30.0 * weight).round(), "layer 0, source 1, neuron 2".to_owned());
            Bss2Error::Weight { weight, code, limit: 2.1, codes_per_weight: 30.0, place }.to_string()
        };
        assert_eq!(
            error(-4.0),
            "weight -4 of layer 0, source 1, neuron 2 is code -120; codes go from -63 to 63, weights from -2.1 to 2.1; for this \
             weight, set units.codes-per-weight to 15 or less: `--set units.codes-per-weight=15`, or chip.set in the experiment"
        );
        assert!(error(126.0).contains("--set units.codes-per-weight=0.5`"));
    }
}
