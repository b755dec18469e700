//! Checks of single values, with errors that name them.

use crate::TrainError;

/// `Ok` if `allowed`, else [`TrainError::OutOfRange`].
pub(crate) fn require(
    allowed: bool,
    field: &'static str,
    value: f64,
    valid: &'static str,
) -> Result<(), TrainError> {
    if allowed { Ok(()) } else { Err(TrainError::OutOfRange { field, value, valid }) }
}

/// Requires a finite number above zero.
pub(crate) fn require_positive(field: &'static str, value: f64) -> Result<(), TrainError> {
    require(value.is_finite() && value > 0.0, field, value, "a finite number above 0")
}

/// Requires a finite number that is not negative.
pub(crate) fn require_non_negative(field: &'static str, value: f64) -> Result<(), TrainError> {
    require(value.is_finite() && value >= 0.0, field, value, "a finite number, 0 or above")
}

/// Requires that a list has the expected length.
pub(crate) fn require_length(field: &'static str, found: usize, expected: usize) -> Result<(), TrainError> {
    if found == expected { Ok(()) } else { Err(TrainError::Length { field, found, expected }) }
}

/// Requires that a label names one of `outputs` outputs.
pub(crate) fn require_label(label: usize, outputs: usize) -> Result<(), TrainError> {
    require(label < outputs, "label", label as f64, "the index of an output, counted from 0")
}

/// Requires finite numbers only.
pub(crate) fn require_finite(field: &'static str, values: &[f64]) -> Result<(), TrainError> {
    let bad = values.iter().find(|value| !value.is_finite());
    bad.map_or(Ok(()), |&value| require(false, field, value, "a finite number"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_name_field_value_and_remedy() {
        assert_eq!(
            require_positive("xi", -1.0).unwrap_err().to_string(),
            "xi is -1; it must be a finite number above 0"
        );
        assert!(require_positive("xi", f64::NAN).is_err());
        assert!(require_non_negative("margin", 0.0).is_ok());
        assert!(require_non_negative("margin", f64::INFINITY).is_err());
        assert_eq!(
            require_length("labels", 2, 3).unwrap_err().to_string(),
            "labels has 2 entries; it must have 3"
        );
    }
}
