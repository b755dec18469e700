use super::require_values;
use crate::TrainError;
use crate::require::{require_finite, require_length};

/// Half the squared distance of `values` from `targets`; writes dL/dv of every output to `cotangents`.
///
/// ```text
/// L = 1/2 sum_n (v_n - target_n)^2      dL/dv_n = v_n - target_n
/// ```
///
/// Zero without values. Targets are in the unit of the values, the loss in its square.
///
/// # Errors
/// If a value or target is not finite, or `targets` or `cotangents` has another length than `values`.
pub fn squared_error(values: &[f64], targets: &[f64], cotangents: &mut [f64]) -> Result<f64, TrainError> {
    require_values(values, cotangents)?;
    require_length("targets", targets.len(), values.len())?;
    require_finite("target", targets)?;
    let mut half_sum = 0.0;
    for ((cotangent, &value), &target) in cotangents.iter_mut().zip(values).zip(targets) {
        let error = value - target;
        half_sum += 0.5 * error * error;
        *cotangent = error;
    }
    Ok(half_sum)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_values() {
        let mut cotangents = [9.0; 2];
        assert_eq!(squared_error(&[1.0, 2.0], &[0.0, 4.0], &mut cotangents).unwrap(), 2.5);
        assert_eq!(cotangents, [1.0, -2.0]);
        assert_eq!(squared_error(&[], &[], &mut []).unwrap(), 0.0);
        assert!(squared_error(&[1.0], &[], &mut [0.0]).is_err());
        assert!(squared_error(&[1.0], &[f64::NAN], &mut [0.0]).is_err());
    }
}
