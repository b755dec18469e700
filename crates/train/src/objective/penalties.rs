mod activity_penalty;
mod delay_penalty;
mod rate_penalty;
mod silence_penalty;

pub use activity_penalty::ActivityPenalty;
pub use delay_penalty::{DelayPenalty, Penalised};
pub use rate_penalty::RatePenalty;
pub use silence_penalty::{Pulled, SilencePenalty};

use delgrad_neuron::math;
use serde::{Deserialize, Serialize};

use crate::TrainError;
use crate::require::{require_non_negative, require_positive};

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
    /// [`TimingLoss::evaluate`](crate::objective::TimingLoss::evaluate) adds both to a loss.
    #[must_use]
    pub fn evaluate(&self, true_time: f64, tau_syn: f64) -> (f64, f64) {
        let scale = self.beta * tau_syn;
        let penalty = self.alpha * math::exp(true_time / scale);
        (penalty, penalty / scale)
    }
}

/// What is added to the loss.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct Penalties {
    /// Pulls the true output towards early times.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub early_output: Option<EarlyOutput>,
    /// Pulls learned delays towards a value.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub delay: Option<DelayPenalty>,
    /// Keeps the numbers of spikes of hidden neurons within bounds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rate: Option<RatePenalty>,
    /// Pulls silent neurons up to their threshold.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub silence: Option<SilencePenalty>,
    /// Pulls hidden neurons that hardly ever spike up to their threshold.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub activity: Option<ActivityPenalty>,
}

impl Penalties {
    /// Checks the numbers.
    ///
    /// # Errors
    /// The first that is out of range.
    pub fn validate(&self) -> Result<(), TrainError> {
        self.early_output.as_ref().map_or(Ok(()), EarlyOutput::validate)?;
        self.delay.as_ref().map_or(Ok(()), DelayPenalty::validate)?;
        self.rate.as_ref().map_or(Ok(()), RatePenalty::validate)?;
        self.silence.as_ref().map_or(Ok(()), SilencePenalty::validate)?;
        self.activity.as_ref().map_or(Ok(()), ActivityPenalty::validate)
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
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
}
