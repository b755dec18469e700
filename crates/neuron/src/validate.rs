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

/// The voltage that a bias current leads to, or its drift, does not overflow.
pub(crate) fn finite_equilibrium(bias: f64, equilibrium: f64) -> Result<(), NeuronError> {
    require(equilibrium.is_finite(), "bias", bias, "small enough that leak + bias tau_mem/capacitance is finite")
}

/// The critical voltage of a quadratic neuron: its rate `1/(tau_mem (critical - leak))` and the square of the distance
/// are normal numbers.
pub(crate) fn above_leak(field: &'static str, value: f64, leak: f64, tau_mem: f64) -> Result<(), NeuronError> {
    let distance = value - leak;
    let normal = |x: f64| (f64::MIN_POSITIVE..=1.0 / f64::MIN_POSITIVE).contains(&x);
    let allowed = distance > 0.0 && normal(distance * distance) && normal(tau_mem * distance);
    require(allowed, field, value, "above leak, by a distance that neither squared nor times tau_mem overflows")
}
