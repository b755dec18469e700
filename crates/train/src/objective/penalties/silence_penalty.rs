use serde::{Deserialize, Serialize};

use crate::TrainError;
use crate::require::require_non_negative;

/// Pulls the membrane of a neuron without spikes up to its threshold.
///
/// ```text
/// R = strength/2 max(0, threshold - peak)^2      dR/dpeak = -strength max(0, threshold - peak)
/// ```
///
/// Spikes that do not exist have no derivative; the highest voltage that the membrane reached has one. The squared
/// form of the cost of a missed spike in Gütig and Sompolinsky, Nature Neuroscience 9, 420 (2006).
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct SilencePenalty {
    /// Strength, in units of the loss over voltage squared; zero or above.
    pub strength: f64,
    /// Which neurons are pulled.
    #[serde(default)]
    pub of: Pulled,
}

/// Which silent neurons a [`SilencePenalty`] pulls.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Pulled {
    /// All that are silent in a sample.
    #[default]
    All,
    /// The output of the sample's own class: wrong ones may stay silent.
    TrueOutput,
}

impl SilencePenalty {
    /// The default where a silent output is a wrong answer: true outputs alone, with strength 1.
    #[must_use]
    pub fn of_true_outputs() -> Self {
        Self { strength: 1.0, of: Pulled::TrueOutput }
    }

    /// Checks the parameter.
    ///
    /// # Errors
    /// If `strength` is negative or not finite.
    pub fn validate(&self) -> Result<(), TrainError> {
        require_non_negative("strength", self.strength)
    }

    /// The penalty of one silent neuron and its derivative by `peak`, the highest voltage of its membrane.
    ///
    /// Both voltages are in one unit. Zero if the peak is not below the threshold, or is NaN.
    #[must_use]
    pub fn evaluate(&self, peak: f64, threshold: f64) -> (f64, f64) {
        let lack = (threshold - peak).max(0.0);
        (0.5 * self.strength * lack * lack, -self.strength * lack)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gradient_check::assert_gradient;

    #[test]
    fn derivative_is_a_central_difference() {
        let penalty = SilencePenalty { strength: 0.8, of: Pulled::All };
        for peak in [-2.0, 0.5, 1.5] {
            let (_, slope) = penalty.evaluate(peak, 1.0);
            assert_gradient(&[peak], &[slope], |peak| penalty.evaluate(peak[0], 1.0).0);
        }
    }

    #[test]
    fn a_membrane_at_threshold_costs_nothing() {
        let penalty = SilencePenalty { strength: 2.0, of: Pulled::All };
        assert_eq!(penalty.evaluate(0.5, 1.0), (0.25, -1.0));
        for peak in [1.0, 3.0, f64::NAN] {
            assert_eq!(penalty.evaluate(peak, 1.0), (0.0, 0.0));
        }
        assert!(penalty.validate().is_ok());
        assert!(SilencePenalty { strength: -1.0, of: Pulled::All }.validate().is_err());
        assert!(toml::from_str::<SilencePenalty>("strength = 1\nx = 1").is_err());
        let of_true = toml::from_str("strength = 1\nof = \"true-output\"");
        assert_eq!(of_true, Ok(SilencePenalty { strength: 1.0, of: Pulled::TrueOutput }));
    }
}
