use crate::TrainError;
use crate::require::{require_finite, require_length, require_non_negative};
use serde::{Deserialize, Serialize};

/// Pulls delays towards a common value: `strength` times the mean square of their distance from it.
///
/// ```text
/// R = strength/n sum_k (d_k - towards)^2      dR/dd_k = 2 strength (d_k - towards)/n
/// ```
///
/// With `towards = 0` this is the penalty of Göltz et al. 2025, see [`L2Delay`](crate::L2Delay).
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct DelayPenalty {
    /// Strength, in units of the loss over time squared; zero or above.
    pub strength: f64,
    /// The delay that costs nothing, in the unit of the delays.
    pub towards: f64,
}

impl DelayPenalty {
    /// Checks the parameters.
    ///
    /// # Errors
    /// If `strength` is negative or a parameter is not finite.
    pub fn validate(&self) -> Result<(), TrainError> {
        require_non_negative("strength", self.strength)?;
        require_finite("towards", &[self.towards])
    }

    /// The penalty of all delays in a row; writes its gradient by them to `gradient`. Zero without delays.
    ///
    /// # Errors
    /// If `gradient` has another length than `delays`.
    pub fn evaluate(&self, delays: &[f64], gradient: &mut [f64]) -> Result<f64, TrainError> {
        require_length("gradient", gradient.len(), delays.len())?;
        if delays.is_empty() {
            return Ok(0.0);
        }
        let n = delays.len() as f64;
        let mut squares = 0.0;
        for (slope, &delay) in gradient.iter_mut().zip(delays) {
            let distance = delay - self.towards;
            squares += distance * distance;
            *slope = 2.0 * self.strength * distance / n;
        }
        Ok(self.strength * (squares / n))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gradient_check::assert_gradient;

    #[test]
    fn gradient_is_a_central_difference() {
        let penalty = DelayPenalty { strength: 0.7, towards: 1.5 };
        let (delays, mut gradient) = ([0.2, 1.5, 3.0], [9.0; 3]);
        penalty.evaluate(&delays, &mut gradient).unwrap();
        assert_eq!(gradient[1], 0.0);
        assert_gradient(&delays, &gradient, |delays| penalty.evaluate(delays, &mut [0.0; 3]).unwrap());
    }

    #[test]
    fn bad_calls_are_errors() {
        let penalty = DelayPenalty { strength: 1.0, towards: 1.0 };
        assert_eq!(penalty.evaluate(&[], &mut []).unwrap(), 0.0);
        assert!(penalty.evaluate(&[1.0], &mut []).is_err());
        assert!(penalty.validate().is_ok());
        assert!(DelayPenalty { strength: -1.0, ..penalty }.validate().is_err());
        assert!(DelayPenalty { towards: f64::INFINITY, ..penalty }.validate().is_err());
        assert!(toml::from_str::<DelayPenalty>("strength = 1\ntowards = 0\nx = 1").is_err());
    }
}
