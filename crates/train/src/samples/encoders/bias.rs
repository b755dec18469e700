use delgrad_engine::InputSpike;
use serde::{Deserialize, Serialize};

use crate::TrainError;
use crate::require::require_finite;

/// One more input, the last one, with spikes that are the same in every sample.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Bias {
    /// Times of its spikes, in units of time.
    pub times: Vec<f64>,
}

impl Bias {
    pub(super) fn validate(&self) -> Result<(), TrainError> {
        require_finite("encoder.times", &self.times)
    }

    pub(super) fn apply(&self, source: u32, spikes: &mut Vec<InputSpike>) {
        spikes.extend(self.times.iter().map(|&time| InputSpike { time, source }));
    }
}
