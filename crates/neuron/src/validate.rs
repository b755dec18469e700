//! The ranges that parameters may lie in.

use crate::NeuronError;

fn require(allowed: bool, field: &'static str, value: f64, valid: &'static str) -> Result<(), NeuronError> {
    if allowed { Ok(()) } else { Err(NeuronError::OutOfRange { field, value, valid }) }
}

/// Above zero, infinite allowed. Subnormal numbers are refused because their inverse overflows.
pub(crate) fn tau_mem(value: f64) -> Result<(), NeuronError> {
    require(value >= f64::MIN_POSITIVE, "tau_mem", value, "above 0 (infinity: no leak)")
}

/// Finite and above zero. Subnormal numbers are refused because their inverse overflows.
pub(crate) fn positive(field: &'static str, value: f64) -> Result<(), NeuronError> {
    require(
        value >= f64::MIN_POSITIVE && value.is_finite(),
        field,
        value,
        "finite and above 0 (at least 2.3e-308)",
    )
}

/// Finite and not negative.
pub(crate) fn non_negative(field: &'static str, value: f64) -> Result<(), NeuronError> {
    require(value >= 0.0 && value.is_finite(), field, value, "finite and at least 0")
}

/// Finite.
pub(crate) fn finite(field: &'static str, value: f64) -> Result<(), NeuronError> {
    require(value.is_finite(), field, value, "finite")
}
