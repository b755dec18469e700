use serde::{Deserialize, Serialize};

use super::{Pulled, SilencePenalty};
use crate::TrainError;
use crate::require::{require, require_non_negative};

/// Pulls hidden neurons that hardly ever spike up to their threshold, in each sample of a batch in which they are silent.
///
/// A neuron is idle if it spikes in less than a share `least` of the samples of a batch; what it pays in each of them is that of a
/// [`SilencePenalty`]. It is felt while training alone.
///
/// Weights onto an idle neuron have no other gradient, so with an optimiser that divides by its size a small strength pulls as
/// well as a large one. A large one drowns the loss in the layers before, through which it goes back.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct ActivityPenalty {
    /// Least share of samples with a spike that costs nothing, above 0 and at most 1.
    pub least: f64,
    /// Strength, in units of the loss; zero or above.
    pub strength: f64,
}

impl Default for ActivityPenalty {
    /// Below one spike in twenty samples, with strength 0.01.
    fn default() -> Self {
        Self { least: 0.05, strength: 0.01 }
    }
}

impl ActivityPenalty {
    /// Checks the parameters.
    ///
    /// # Errors
    /// If one is out of its range.
    pub fn validate(&self) -> Result<(), TrainError> {
        let Self { least, strength } = *self;
        require(least > 0.0 && least <= 1.0, "penalties.activity.least", least, "above 0, and at most 1")?;
        require_non_negative("penalties.activity.strength", strength)
    }

    /// Whether a neuron is idle that is silent in so many samples of a batch.
    #[must_use]
    pub fn is_idle(&self, silent: usize, samples: usize) -> bool {
        ((samples - silent.min(samples)) as f64) < self.least * samples as f64
    }

    /// What an idle neuron pays.
    #[must_use]
    pub fn penalty(&self) -> SilencePenalty {
        SilencePenalty { strength: self.strength, of: Pulled::All }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn idle_is_what_spikes_in_too_few_samples() {
        let penalty = ActivityPenalty { least: 0.1, strength: 1.0 };
        assert!(penalty.validate().is_ok());
        assert!(penalty.is_idle(100, 100) && penalty.is_idle(91, 100));
        assert!(!penalty.is_idle(90, 100) && !penalty.is_idle(0, 100));
        assert!(ActivityPenalty { least: 0.0, ..penalty }.validate().is_err());
        assert!(ActivityPenalty { least: f64::NAN, ..penalty }.validate().is_err());
        assert!(ActivityPenalty { strength: -1.0, ..penalty }.validate().is_err());
    }
}
