use serde::{Deserialize, Serialize};

use crate::TrainError;
use crate::objective::SoftCount;
use crate::require::{require, require_non_negative};

/// Keeps the number of spikes of each neuron between two bounds.
///
/// ```text
/// R = strength/2 sum_n x_n^2,  x_n = c_n - high above high, c_n - low below low, 0 between
/// dR/dt_i = strength x_n dc_n/dt_i
/// ```
///
/// `c_n` is the soft count of neuron n. A silent neuron pays the penalty but has no spike to move: see
/// [`SilencePenalty`](super::SilencePenalty). Lower and upper bounds on activity: Zenke and Vogels, Neural Computation
/// 33, 899 (2021).
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct RatePenalty {
    /// Least count that costs nothing; zero or above.
    pub target_low: f64,
    /// Greatest count that costs nothing; `target_low` or above.
    pub target_high: f64,
    /// Strength, in units of the loss; zero or above.
    pub strength: f64,
    /// How spikes are counted.
    pub count: SoftCount,
}

impl RatePenalty {
    /// Checks the parameters.
    ///
    /// # Errors
    /// If a parameter is not finite or out of its range.
    pub fn validate(&self) -> Result<(), TrainError> {
        require_non_negative("target-low", self.target_low)?;
        let ordered = self.target_high.is_finite() && self.target_high >= self.target_low;
        require(ordered, "target-high", self.target_high, "a finite number, target-low or above")?;
        require_non_negative("strength", self.strength)?;
        self.count.validate()
    }

    /// The penalty of one neuron with the given count, and its derivative by the count.
    #[must_use]
    pub fn of_count(&self, count: f64) -> (f64, f64) {
        let excess = (count - self.target_high).max(0.0) - (self.target_low - count).max(0.0);
        (0.5 * self.strength * excess * excess, self.strength * excess)
    }

    /// The penalty of one neuron with its spikes; *adds* dR/dt of every spike to `cotangents`, which hold those of the loss.
    pub fn accumulate(&self, train: &[f64], cotangents: &mut [f64]) -> f64 {
        let (penalty, of_count) = self.of_count(self.count.count(train.iter().copied()));
        for (cotangent, &time) in cotangents.iter_mut().zip(train) {
            *cotangent += of_count * self.count.slope(time);
        }
        penalty
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gradient_check::assert_gradient;

    const PENALTY: RatePenalty = RatePenalty {
        target_low: 1.0,
        target_high: 2.0,
        strength: 0.6,
        count: SoftCount { until: 1.0, width: 0.4 },
    };

    #[test]
    fn gradient_is_a_central_difference() {
        // Too many, too few, and enough spikes.
        for train in [vec![0.1, 0.2, 0.5, 0.9], vec![1.1, 1.5], vec![0.2, 0.8]] {
            let mut cotangents = vec![0.0; train.len()];
            let penalty = PENALTY.accumulate(&train, &mut cotangents);
            assert_eq!(penalty == 0.0, train == [0.2, 0.8]);
            let mut scratch = cotangents.clone();
            assert_gradient(&train, &cotangents, |t| PENALTY.accumulate(t, &mut scratch));
        }
    }

    #[test]
    fn a_silent_neuron_pays_without_a_gradient() {
        assert_eq!(PENALTY.accumulate(&[], &mut []), 0.3);
        let mut cotangents = [5.0];
        assert_eq!((PENALTY.accumulate(&[-100.0], &mut cotangents), cotangents), (0.0, [5.0]));
    }

    #[test]
    fn configuration_is_strict() {
        assert!(PENALTY.validate().is_ok());
        assert!(RatePenalty { target_low: -1.0, ..PENALTY }.validate().is_err());
        assert!(RatePenalty { target_high: 0.5, ..PENALTY }.validate().is_err());
        assert!(RatePenalty { strength: f64::NAN, ..PENALTY }.validate().is_err());
        assert!(RatePenalty { count: SoftCount { until: 1.0, width: 0.0 }, ..PENALTY }.validate().is_err());
        let text = "target-low = 1\ntarget-high = 2\nstrength = 0.6\ncount = { until = 1, width = 0.4 }";
        assert_eq!(toml::from_str::<RatePenalty>(text).unwrap(), PENALTY);
        assert!(toml::from_str::<RatePenalty>(&text.replace("high", "higher")).is_err());
    }
}
