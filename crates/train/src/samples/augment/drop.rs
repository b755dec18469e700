use delgrad_engine::random::uniform;
use rand::Rng;
use serde::{Deserialize, Serialize};

use crate::TrainError;
use crate::require::require;
use crate::samples::Sample;

/// Spikes are lost, each independently of the others.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Drop {
    /// Probability to lose a spike, above 0 and below 1.
    pub probability: f64,
}

impl Drop {
    pub(super) fn validate(&self) -> Result<(), TrainError> {
        let probability = self.probability;
        require(0.0 < probability && probability < 1.0, "augment.probability", probability, "above 0 and below 1")
    }

    pub(super) fn apply<R: Rng + ?Sized>(&self, sample: &mut Sample, rng: &mut R) {
        sample.spikes.retain(|_| uniform(rng) >= self.probability);
    }
}
