mod cross_entropy;

pub use cross_entropy::softmax_cross_entropy;

use crate::TrainError;
use crate::objective::squared_error::squared_error;
use crate::require::{require, require_finite, require_label, require_length, require_positive};

/// What one value for each output should be, given the class of a sample.
///
/// `v_n` is the value of output n: a soft spike count (see [`SoftCount`](crate::objective::SoftCount)), or what a membrane that
/// never spikes shows, such as its maximum, its last value or its mean over time. The value of the true output is
/// to be the largest. Constants are in the unit of the values.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub enum ValueLoss {
    /// Cross-entropy of the softmax of the values, see [`softmax_cross_entropy`].
    CrossEntropy {
        /// Steepness of the softmax, in 1 over the unit of the values; above zero.
        scale: f64,
        /// Label smoothing ε: the target is `1 - ε` of the true output, and ε of all, in equal parts; in [0, 1).
        smoothing: f64,
    },
    /// The true output has the value `correct`, the others have `wrong`: `L = 1/2 sum_n (v_n - target_n)^2`.
    ///
    /// With spike counts for values this is the loss of Shrestha and Orchard, NeurIPS 2018.
    SquaredError {
        /// Target of the true output; above `wrong`.
        correct: f64,
        /// Target of the wrong outputs.
        wrong: f64,
    },
}

impl ValueLoss {
    /// Checks the parameters.
    ///
    /// # Errors
    /// If a parameter is not finite or out of its range.
    pub fn validate(&self) -> Result<(), TrainError> {
        match *self {
            Self::CrossEntropy { scale, smoothing } => {
                require_positive("scale", scale)?;
                require((0.0..1.0).contains(&smoothing), "smoothing", smoothing, "in [0, 1)")
            }
            Self::SquaredError { correct, wrong } => {
                require_finite("wrong", &[wrong])?;
                require(correct.is_finite() && correct > wrong, "correct", correct, "a finite number above wrong")
            }
        }
    }

    /// Loss of one sample; writes dL/dv of every output to `cotangents`.
    ///
    /// # Errors
    /// If `label` names no output, a value is not finite, or `cotangents` has another length than `values`.
    pub fn evaluate(&self, values: &[f64], label: usize, cotangents: &mut [f64]) -> Result<f64, TrainError> {
        match *self {
            Self::CrossEntropy { scale, smoothing } => {
                let loss = softmax_cross_entropy(values, scale, label, cotangents)?;
                Ok(loss + if smoothing == 0.0 { 0.0 } else { smooth(values, scale, smoothing, label, cotangents) })
            }
            Self::SquaredError { correct, wrong } => {
                require_label(label, values.len())?;
                require_values(values, cotangents)?;
                require_finite("target", &[correct, wrong])?;
                Ok(squared_error(correct, wrong, values, label, cotangents))
            }
        }
    }
}

/// What label smoothing adds to a cross-entropy, `smoothing scale (v_label - mean v)`; adds its derivatives.
fn smooth(values: &[f64], scale: f64, smoothing: f64, label: usize, cotangents: &mut [f64]) -> f64 {
    let strength = smoothing * scale;
    let each = strength / values.len() as f64;
    cotangents.iter_mut().for_each(|cotangent| *cotangent -= each);
    cotangents[label] += strength;
    let mean = values.iter().sum::<f64>() / values.len() as f64;
    strength * (values[label] - mean)
}

/// Index of the largest value, the first of equals: the class that the values of a read-out stand for.
///
/// `None` without values, or if one is NaN.
#[must_use]
pub fn argmax(values: &[f64]) -> Option<usize> {
    if values.iter().any(|value| value.is_nan()) {
        return None;
    }
    (0..values.len()).reduce(|best, n| if values[n] > values[best] { n } else { best })
}

/// Checks what both losses need.
fn require_values(values: &[f64], cotangents: &[f64]) -> Result<(), TrainError> {
    require_length("cotangents", cotangents.len(), values.len())?;
    require_finite("value", values)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gradient_check::assert_gradient;

    const LOSSES: [ValueLoss; 3] = [
        ValueLoss::CrossEntropy { scale: 1.5, smoothing: 0.0 },
        ValueLoss::CrossEntropy { scale: 1.5, smoothing: 0.2 },
        ValueLoss::SquaredError { correct: 2.0, wrong: -0.5 },
    ];

    #[test]
    fn cotangents_are_central_differences() {
        for loss in LOSSES {
            for label in 0..3 {
                let (values, mut cotangents) = ([0.3, -1.2, 0.9], [9.0; 3]);
                loss.evaluate(&values, label, &mut cotangents).unwrap();
                assert_gradient(&values, &cotangents, |v| loss.evaluate(v, label, &mut [0.0; 3]).unwrap());
            }
        }
    }

    #[test]
    fn bad_calls_are_errors() {
        for loss in LOSSES {
            assert!(loss.evaluate(&[1.0, 2.0], 2, &mut [0.0; 2]).is_err());
            assert!(loss.evaluate(&[], 0, &mut []).is_err());
            assert!(loss.evaluate(&[1.0, 2.0], 0, &mut [0.0; 3]).is_err());
            for value in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
                let error = loss.evaluate(&[1.0, value], 0, &mut [0.0; 2]).unwrap_err();
                assert_eq!(error.to_string(), format!("value is {value}; it must be a finite number"));
            }
        }
    }

    #[test]
    fn the_largest_value_wins() {
        assert_eq!(argmax(&[1.0, 3.0, 3.0]), Some(1));
        assert_eq!(argmax(&[f64::NEG_INFINITY]), Some(0));
        assert_eq!(argmax(&[f64::NAN, 1.0]), None);
        assert_eq!(argmax(&[1.0, f64::NAN]), None);
        assert_eq!(argmax(&[]), None);
    }

    #[test]
    fn parameters_are_checked() {
        assert!(LOSSES.iter().all(|loss| loss.validate().is_ok()));
        assert!(ValueLoss::CrossEntropy { scale: 0.0, smoothing: 0.0 }.validate().is_err());
        assert!(ValueLoss::SquaredError { correct: 1.0, wrong: 1.0 }.validate().is_err());
        assert!(ValueLoss::SquaredError { correct: 1.0, wrong: f64::NEG_INFINITY }.validate().is_err());
        assert!(ValueLoss::SquaredError { correct: f64::NAN, wrong: 1.0 }.validate().is_err());
    }
}
