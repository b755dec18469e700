//! Errors of this crate.

use thiserror::Error;

use crate::quantity::OutOfRange;

/// What can be wrong with a preset, a network for the chip, or a run of it.
#[derive(Clone, Debug, Error, PartialEq)]
#[non_exhaustive]
pub enum Bss2Error {
    /// A number of a preset is out of range.
    #[error("{field} is {value}; it must be {valid}")]
    Setting {
        /// Its key.
        field: &'static str,
        /// The number given.
        value: f64,
        /// What would be valid.
        valid: &'static str,
    },
    /// A number that the chip cannot represent.
    #[error(transparent)]
    Range(#[from] OutOfRange),
    /// A network, its parameters or its spike times are invalid.
    #[error(transparent)]
    Network(#[from] delgrad_ttfs::TtfsError),
}

/// An error unless a setting is valid.
pub(crate) fn require(ok: bool, field: &'static str, value: f64, valid: &'static str) -> Result<(), Bss2Error> {
    if ok { Ok(()) } else { Err(Bss2Error::Setting { field, value, valid }) }
}
