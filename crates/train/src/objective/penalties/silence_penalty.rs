use serde::{Deserialize, Serialize};

use crate::TrainError;
use crate::require::require_non_negative;

/// Pulls the membrane of a neuron without spikes up to its threshold.
///
/// ```text
/// u = (peak - rest)/(threshold - rest)      R = strength (sqrt(2 (1 - u)/u + 0.01) - 0.1)
/// ```
///
/// Spikes that do not exist have no derivative; the highest voltage that the membrane reached has one. At a maximum `V''` is
/// `-(peak - rest)/(tau_mem tau_syn)`. A membrane that did not turn back there but went on as a parabola would reach the threshold
/// after `sqrt(2 (threshold - peak)/|V''|) = sqrt(tau_mem tau_syn) sqrt(2 (1 - u)/u)`: the penalty is this delay of the spike, with a
/// slope that neither vanishes at the threshold, as that of a squared distance does, nor grows without bound. Below
/// `u = 0.15` it goes on as a straight line.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct SilencePenalty {
    /// Strength, in units of the loss; zero or above.
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

/// Share of the way from rest to the threshold below which the penalty is a straight line.
const STRAIGHT: f64 = 0.15;
/// Delay, in units of `sqrt(tau_mem tau_syn)`, below which the penalty is smooth: its slope at the threshold is one over this.
const SOFT: f64 = 0.1;

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
    /// All voltages are in one unit. Zero if the peak is not below the threshold or is NaN, and for a neuron that rests at its
    /// threshold or above.
    #[must_use]
    pub fn evaluate(&self, peak: f64, rest: f64, threshold: f64) -> (f64, f64) {
        let range = threshold - rest;
        if !(peak < threshold && range > 0.0) {
            return (0.0, 0.0);
        }
        let u = (peak - rest) / range;
        let curved = u.max(STRAIGHT);
        let root = (2.0 * (1.0 - curved) / curved + SOFT * SOFT).sqrt();
        let slope = -1.0 / (curved * curved * root);
        (self.strength * (root - SOFT + slope * (u - curved)), self.strength * slope / range)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gradient_check::assert_gradient;

    #[test]
    fn derivative_is_a_central_difference() {
        let penalty = SilencePenalty { strength: 0.8, of: Pulled::All };
        for peak in [-2.0, 0.1, 0.3, 0.5, 0.9, 0.999, 1.5] {
            for (rest, threshold) in [(0.0, 1.0), (-60.0, -50.0), (-0.5, 1.0)] {
                let peak = rest + (threshold - rest) * peak;
                let (_, slope) = penalty.evaluate(peak, rest, threshold);
                assert_gradient(&[peak], &[slope], |peak| penalty.evaluate(peak[0], rest, threshold).0);
            }
        }
    }

    #[test]
    fn the_pull_is_strong_near_the_threshold_and_bounded() {
        let penalty = SilencePenalty { strength: 1.0, of: Pulled::All };
        let slope = |peak| penalty.evaluate(peak, 0.0, 1.0).1;
        assert!((slope(1.0 - 1e-9) + 10.0).abs() < 1e-6);
        let slopes: Vec<f64> = (-100..100).map(|n| slope(f64::from(n) / 100.0)).collect();
        assert!(slopes.iter().all(|slope| (-14.0..-2.0).contains(slope)), "{slopes:?}");
        // the time that a parabola with the membrane's curvature takes to the threshold
        let (tau_mem, tau_syn, peak): (f64, f64, f64) = (2.0, 1.0, 0.6);
        let time = (2.0 * (1.0 - peak) * tau_mem * tau_syn / peak).sqrt();
        let cost = penalty.evaluate(peak, 0.0, 1.0).0;
        assert!((cost - time / (tau_mem * tau_syn).sqrt()).abs() < SOFT, "{cost} {time}");
    }

    #[test]
    fn a_membrane_at_threshold_costs_nothing() {
        let penalty = SilencePenalty { strength: 2.0, of: Pulled::All };
        assert!(penalty.evaluate(0.5, 0.0, 1.0).0 > 2.0);
        for peak in [1.0, 3.0, f64::NAN] {
            assert_eq!(penalty.evaluate(peak, 0.0, 1.0), (0.0, 0.0));
        }
        assert_eq!(penalty.evaluate(0.5, 1.0, 1.0), (0.0, 0.0), "rests at its threshold");
        assert!(penalty.validate().is_ok());
        assert!(SilencePenalty { strength: -1.0, of: Pulled::All }.validate().is_err());
        assert!(toml::from_str::<SilencePenalty>("strength = 1\nx = 1").is_err());
        let of_true = toml::from_str("strength = 1\nof = \"true-output\"");
        assert_eq!(of_true, Ok(SilencePenalty { strength: 1.0, of: Pulled::TrueOutput }));
    }
}
