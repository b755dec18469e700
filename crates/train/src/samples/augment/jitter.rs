use delgrad_engine::random::normal;
use rand::Rng;
use serde::{Deserialize, Serialize};

use crate::TrainError;
use crate::require::require_positive;
use crate::samples::Sample;

/// Noise on the time of each spike, normal and independent; no spike comes before time 0.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Jitter {
    /// Standard deviation, in units of time.
    pub sd: f64,
}

impl Jitter {
    pub(super) fn validate(&self) -> Result<(), TrainError> {
        require_positive("augment.sd", self.sd)
    }

    pub(super) fn apply<R: Rng + ?Sized>(&self, sample: &mut Sample, rng: &mut R) {
        sample.spikes.iter_mut().for_each(|spike| spike.time = normal(rng, spike.time, self.sd).max(0.0));
    }
}
