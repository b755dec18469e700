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
    /// Keeps the mean of the parameters over the last epochs; off by default.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub average: Option<Averaging>,
    /// Raises weights onto silent neurons in the place of steps, as DelGrad does; off by default, unless some silence is tolerated.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub silent: Option<SilentNeurons>,
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
    /// Those with the highest validation accuracy, among equals the lowest validation loss, then the earliest; with
    /// `early-stopping.on = "loss"` those with the lowest loss.
    Best,
    /// Those of the last epoch.
    Last,
}

/// Ends a run when nothing has improved for a while.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct EarlyStopping {
    /// Epochs without improvement before the run ends.
    pub patience: u32,
    /// What has to improve.
    #[serde(default)]
    pub on: Improvement,
}

/// What counts as an improvement of a network on the samples to validate on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Improvement {
    /// A higher accuracy, or the same with a lower loss.
    #[default]
    Accuracy,
    /// A lower loss.
    Loss,
}

/// The mean of the parameters over the last steps, which is validated and kept in their place.
///
/// A step that lies n epochs back counts `exp(-n/epochs)`: an exponential moving average, without the bias of its start.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Averaging {
    /// How far it reaches back, above 0.
    pub epochs: f64,
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
            average: None,
            silent: None,
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
        self.average.map_or(Ok(()), |average| require_positive("training.average.epochs", average.epochs))?;
        self.silent.as_ref().map_or(Ok(()), SilentNeurons::validate)?;
        self.optimiser.validate()?;
        self.schedule.validate()
    }
}
