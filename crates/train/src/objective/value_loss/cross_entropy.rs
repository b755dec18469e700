use delgrad_neuron::math;

use super::{argmax, require_values};
use crate::TrainError;
use crate::require::{require_label, require_positive};

/// Cross-entropy of the softmax of `values`; writes dL/dv of every output to `cotangents`.
///
/// ```text
/// p_n = exp(scale v_n) / sum_m exp(scale v_m)      L = -ln p_label      dL/dv_n = scale (p_n - [n = label])
/// ```
///
/// `scale` is in 1 over the unit of the values. Values are taken relative to the largest, so the largest exponential
/// is 1 and nothing overflows. The derivative of the true output is minus the sum of the others, and the logarithm is
/// that of 1 plus a small number, so that near certainty loss and gradient keep all their digits. As a loss of leaky
/// integrators: Wunderlich and Pehle, Scientific Reports 11, 12829 (2021).
///
/// # Errors
/// If `label` names no output, `scale` is not above zero, a value is not finite, or `cotangents` has another length
/// than `values`.
///
/// ```
/// let mut cotangents = [0.0; 2];
/// let loss = delgrad_train::objective::softmax_cross_entropy(&[1.0, 1.0], 2.0, 0, &mut cotangents)?;
/// assert!((loss - 2.0_f64.ln()).abs() < 1e-15);
/// assert_eq!(cotangents, [-1.0, 1.0]);
/// # Ok::<(), delgrad_train::TrainError>(())
/// ```
pub fn softmax_cross_entropy(
    values: &[f64],
    scale: f64,
    label: usize,
    cotangents: &mut [f64],
) -> Result<f64, TrainError> {
    require_positive("scale", scale)?;
    require_label(label, values.len())?;
    require_values(values, cotangents)?;
    let top = argmax(values).unwrap_or(label);
    // The largest exponential is 1; only the others are summed.
    let mut rest = 0.0;
    for (n, (share, &value)) in cotangents.iter_mut().zip(values).enumerate() {
        *share = math::exp(scale * (value - values[top]));
        if n != top {
            rest += *share;
        }
    }
    let steepness = scale / (1.0 + rest);
    let mut pull = 0.0;
    for (n, share) in cotangents.iter_mut().enumerate() {
        *share *= steepness;
        if n != label {
            pull += *share;
        }
    }
    cotangents[label] = -pull;
    Ok(math::ln_1p(rest) + scale * (values[top] - values[label]))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A handful of operations on numbers of order 1 to 1000.
    const TOLERANCE: f64 = 1e-12;

    #[test]
    fn large_values_do_not_overflow() {
        let mut cotangents = [9.0; 3];
        let loss = softmax_cross_entropy(&[1e300, -1e300, 1e300], 1.0, 0, &mut cotangents).unwrap();
        assert!((loss - std::f64::consts::LN_2).abs() < TOLERANCE);
        assert_eq!(cotangents, [-0.5, 0.0, 0.5]);
        let loss = softmax_cross_entropy(&[-f64::MAX, f64::MAX], 1.0, 0, &mut cotangents[..2]).unwrap();
        assert_eq!((loss, &cotangents[..2]), (f64::INFINITY, &[-1.0, 1.0][..]));
    }

    #[test]
    fn a_small_loss_keeps_its_digits() {
        let mut cotangents = [9.0; 2];
        let loss = softmax_cross_entropy(&[50.0, 0.0], 2.0, 0, &mut cotangents).unwrap();
        let expected = math::exp(-100.0);
        assert!((loss / expected - 1.0).abs() < TOLERANCE);
        assert!((cotangents[0] / (-2.0 * expected) - 1.0).abs() < TOLERANCE);
    }

    #[test]
    fn a_common_shift_changes_nothing() {
        let (mut here, mut there) = ([9.0; 3], [9.0; 3]);
        let loss = softmax_cross_entropy(&[0.5, 1.0, -0.25], 1.0, 1, &mut here).unwrap();
        let moved = softmax_cross_entropy(&[1024.5, 1025.0, 1023.75], 1.0, 1, &mut there).unwrap();
        assert_eq!((loss, here), (moved, there));
        assert!(here.iter().sum::<f64>().abs() < TOLERANCE);
    }

    #[test]
    fn one_output_is_certain() {
        let mut cotangents = [9.0];
        assert_eq!(softmax_cross_entropy(&[3.0], 1.0, 0, &mut cotangents).unwrap(), 0.0);
        assert_eq!(cotangents, [0.0]);
        assert!(softmax_cross_entropy(&[3.0], -1.0, 0, &mut cotangents).is_err());
    }
}
