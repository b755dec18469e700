use delgrad_engine::random::uniform;
use rand::Rng;
use serde::{Deserialize, Serialize};

use crate::TrainError;
use crate::require::{require, require_positive};
use crate::samples::Sample;

/// Time runs slower or faster: all times of a sample are multiplied by the same random factor, uniform from `min` to `max`.
/// The time from which outputs are read and the pause move too; spike trains that are the target do not.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Stretch {
    /// The smallest factor, above 0.
    pub min: f64,
    /// The largest factor.
    pub max: f64,
}

impl Stretch {
    pub(super) fn validate(&self) -> Result<(), TrainError> {
        require_positive("augment.min", self.min)?;
        let allowed = self.max.is_finite() && self.max >= self.min;
        require(allowed, "augment.max", self.max, "a finite number, augment.min or above")
    }

    pub(super) fn apply<R: Rng + ?Sized>(&self, sample: &mut Sample, rng: &mut R) {
        let factor = (self.min + (self.max - self.min) * uniform(rng)).min(self.max);
        sample.spikes.iter_mut().for_each(|spike| spike.time *= factor);
        sample.read_from *= factor;
        if let Some(pause) = &mut sample.pause {
            (pause.start, pause.end) = (pause.start * factor, pause.end * factor);
        }
    }
}
