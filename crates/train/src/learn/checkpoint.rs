use serde::{Deserialize, Serialize};

use super::average::Average;
use super::metrics::{Sums, rows};
use super::trainer::TrainerState;
use super::{EpochMetrics, Health, Snapshot, Symptom};

/// What a training has come to.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Learned {
    /// The parameters before training.
    pub initial: Vec<f64>,
    /// One entry for each completed epoch.
    #[serde(with = "rows")]
    pub history: Vec<EpochMetrics>,
    /// Parameters with the best validation result.
    pub best: Snapshot,
    /// Parameters after the last completed epoch.
    pub last: Snapshot,
    /// What [`Health`] has found: why the network may not have improved.
    pub symptoms: Vec<Symptom>,
}

/// Everything that a training needs to go on as if it had never ended: [`resume`](super::resume) gives the bits of the training that
/// went on.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Checkpoint {
    pub(super) learning: Learning,
    pub(super) trainer: TrainerState,
}

impl Checkpoint {
    /// What has been learned.
    #[must_use]
    pub fn learned(&self) -> &Learned {
        &self.learning.learned
    }

    /// Samples that have been shown of the epoch after the last completed one.
    #[must_use]
    pub fn shown(&self) -> usize {
        self.learning.begun.as_ref().map_or(0, |begun| begun.sums.samples)
    }

    /// The parameters as the last step left them.
    #[must_use]
    pub fn parameters(&self) -> &[f64] {
        &self.trainer.parameters
    }
}

/// What changes from batch to batch beside the trainer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Learning {
    pub learned: Learned,
    pub health: Health,
    pub average: Option<Average>,
    pub begun: Option<Begun>,
}

/// An epoch that is not complete.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Begun {
    pub sums: Sums,
    /// Words that the noise on its inputs has taken from its stream.
    pub noise_words: u128,
}
