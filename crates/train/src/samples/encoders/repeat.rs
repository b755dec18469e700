use std::num::NonZeroU32;

use delgrad_engine::InputSpike;
use serde::{Deserialize, Serialize};

use super::{MOST_SPIKES, too_many};
use crate::TrainError;
use crate::require::{require, require_non_negative};

/// More spikes after each one, at equal distances.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Repeat {
    /// Spikes in the place of one, that one included.
    pub times: NonZeroU32,
    /// Distance between them, in units of time.
    pub interval: f64,
}

impl Repeat {
    pub(super) fn validate(&self) -> Result<(), TrainError> {
        require_non_negative("encoder.interval", self.interval)?;
        let last = self.interval * f64::from(self.times.get());
        require(
            last.is_finite(),
            "encoder.interval",
            self.interval,
            "small enough that all spikes have finite times",
        )
    }

    /// Changes the spikes of a sample, of which errors tell the number.
    pub(super) fn apply(&self, sample: usize, spikes: &mut Vec<InputSpike>) -> Result<(), TrainError> {
        let first = spikes.len();
        if first as f64 * f64::from(self.times.get()) > MOST_SPIKES {
            return Err(too_many(sample, "lower encoder.times"));
        }
        for repeat in 1..self.times.get() {
            spikes.extend_from_within(..first);
            let start = first * repeat as usize;
            spikes[start..].iter_mut().for_each(|spike| spike.time += self.interval * f64::from(repeat));
        }
        Ok(())
    }
}
