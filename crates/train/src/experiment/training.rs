use serde::{Deserialize, Serialize};

use super::ClassWeights;
use crate::TrainError;
use crate::learn::{Curriculum, OptimiserConfig, Schedule, SilentNeurons};
use crate::require::{require, require_non_negative, require_positive};
use crate::samples::AugmentConfig;

/// How an experiment is trained.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
#[non_exhaustive]
pub struct TrainingConfig {
    /// Passes over the training set.
    pub epochs: u32,
    /// Samples per step; the last batch of an epoch may be smaller.
    pub batch: u32,
    /// Learning rate of all parameters that do not set their own.
    pub learning_rate: f64,
    /// Standard deviation of the noise on input spike times while training, in units of time.
    pub input_noise: f64,
    /// What the samples of each class count; all the same by default.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub class_weights: Option<ClassWeights>,
    /// Changes of the samples while training, in order; none by default.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub augment: Vec<AugmentConfig>,
    /// Lets the pauses of training samples grow from epoch to epoch; off by default.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub curriculum: Option<Curriculum>,
    /// Which parameters are kept at the end.
    pub keep: Keep,
    /// Ends a run that no longer improves; off by default.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub early_stopping: Option<EarlyStopping>,
    /// What to do about silent neurons.
    pub silent: SilentNeurons,
    /// The optimiser and its constants.
    pub optimiser: OptimiserConfig,
    /// The learning rate over the epochs.
    pub schedule: Schedule,
}

/// Which parameters are kept at the end of a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Keep {
    /// Those with the highest validation accuracy; among equals the lowest validation loss, then the earliest.
    Best,
    /// Those of the last epoch.
    Last,
}

/// Ends a run when the validation accuracy has not improved for a while.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct EarlyStopping {
    /// Epochs without improvement before the run ends.
    pub patience: u32,
}

impl Default for TrainingConfig {
    fn default() -> Self {
        Self {
            epochs: 100,
            batch: 50,
            learning_rate: 0.005,
            input_noise: 0.0,
            class_weights: None,
            augment: Vec::new(),
            curriculum: None,
            keep: Keep::Best,
            early_stopping: None,
            silent: SilentNeurons::default(),
            optimiser: OptimiserConfig::default(),
            schedule: Schedule::default(),
        }
    }
}

impl TrainingConfig {
    pub(crate) fn validate(&self) -> Result<(), TrainError> {
        const COUNT: &str = "a whole number, 1 or above";
        require(self.epochs > 0, "training.epochs", 0.0, COUNT)?;
        require(self.batch > 0, "training.batch", 0.0, COUNT)?;
        if let Some(stopping) = self.early_stopping {
            require(stopping.patience > 0, "training.early-stopping.patience", 0.0, COUNT)?;
        }
        require_positive("training.learning-rate", self.learning_rate)?;
        require_non_negative("training.input-noise", self.input_noise)?;
        self.class_weights.as_ref().map_or(Ok(()), ClassWeights::validate)?;
        self.augment.iter().try_for_each(AugmentConfig::validate)?;
        self.curriculum.as_ref().map_or(Ok(()), Curriculum::validate)?;
        self.silent.validate()?;
        self.optimiser.validate()?;
        self.schedule.validate()
    }
}
