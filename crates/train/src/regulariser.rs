mod delay_penalty;
mod rate_penalty;
mod silence_penalty;

pub use delay_penalty::DelayPenalty;
pub use rate_penalty::RatePenalty;
pub use silence_penalty::SilencePenalty;

use crate::TrainError;
use crate::require::{require_non_negative, require_positive};
use delgrad_neuron::math;
use serde::{Deserialize, Serialize};

/// Pulls the true output towards early times: `alpha exp(t* / (beta tau_syn))` for each sample.
///
/// Göltz et al. 2025; Göltz et al. 2021.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct EarlyOutput {
    /// Strength, in units of the loss; zero or above.
    pub alpha: f64,
    /// Time scale, in `tau_syn`; above zero.
    pub beta: f64,
}

impl EarlyOutput {
    /// Checks the parameters.
    ///
    /// # Errors
    /// If `alpha` is negative, `beta` is not positive, or one is not finite.
    pub fn validate(&self) -> Result<(), TrainError> {
        require_non_negative("alpha", self.alpha)?;
        require_positive("beta", self.beta)
    }

    /// The penalty of one sample and its derivative with respect to the true output's spike time.
    ///
    /// [`Loss::evaluate_regularised`](crate::Loss::evaluate_regularised) adds both to a loss.
    #[must_use]
    pub fn evaluate(&self, true_time: f64, tau_syn: f64) -> (f64, f64) {
        let scale = self.beta * tau_syn;
        let penalty = self.alpha * math::exp(true_time / scale);
        (penalty, penalty / scale)
    }
}

/// Keeps delays small: `alpha` times the mean square of all delay values of the network.
///
/// DelGrad adds it to the loss of every sample, so it acts in proportion to the samples of a batch that have a
/// loss at all (see [`Loss::evaluate_regularised`](crate::Loss::evaluate_regularised)). Göltz et al. 2025.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct L2Delay {
    /// Strength, in units of the loss over time squared; zero or above.
    pub alpha: f64,
    /// Take the delays themselves (true) or the parameters behind them (false). With `true` a delay that is shared
    /// counts once for each of its copies, as in the public code.
    pub effective: bool,
}

impl L2Delay {
    /// Checks the parameters.
    ///
    /// # Errors
    /// If `alpha` is negative or not finite.
    pub fn validate(&self) -> Result<(), TrainError> {
        require_non_negative("alpha", self.alpha)
    }

    /// The penalty `alpha mean(d^2)`; writes its gradient `2 alpha d / n` to `gradient`. Zero without delays.
    ///
    /// `delays` are all `n` values of the network in a row: delays if `effective`, else parameters. The gradient is
    /// with respect to these same values.
    ///
    /// # Errors
    /// If `gradient` has another length than `delays`.
    pub fn evaluate(&self, delays: &[f64], gradient: &mut [f64]) -> Result<f64, TrainError> {
        DelayPenalty { strength: self.alpha, towards: 0.0 }.evaluate(delays, gradient)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn early_output_is_an_exponential() {
        let early = EarlyOutput { alpha: 0.005, beta: 2.0 };
        let (penalty, slope) = early.evaluate(6.0, 3.0);
        assert!((penalty - 0.005 * std::f64::consts::E).abs() < 1e-17);
        assert_eq!(slope, penalty / 6.0);
        assert!(EarlyOutput { alpha: 1.0, beta: 0.0 }.validate().is_err());
        assert!(EarlyOutput { alpha: -1.0, beta: 1.0 }.validate().is_err());
    }

    #[test]
    fn l2_delay_is_a_mean_square() {
        let l2 = L2Delay { alpha: 0.5, effective: true };
        let mut gradient = [9.0; 4];
        assert_eq!(l2.evaluate(&[1.0, 2.0, 0.0, -1.0], &mut gradient).unwrap(), 0.75);
        assert_eq!(gradient, [0.25, 0.5, 0.0, -0.25]);
        assert_eq!(l2.evaluate(&[], &mut []).unwrap(), 0.0);
        assert!(l2.evaluate(&[1.0], &mut []).is_err());
        assert!(L2Delay { alpha: f64::NAN, effective: true }.validate().is_err());
    }
}
