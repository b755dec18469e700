use delgrad_neuron::SpikeSlope;
use serde::{Deserialize, Serialize};

use crate::require::{require, require_non_negative, require_positive};
use crate::{OptimiserConfig, Schedule, SilentNeurons, TrainError};

/// How an experiment is trained.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub struct TrainingConfig {
    /// Passes over the training set.
    pub epochs: u32,
    /// Samples per step; the last batch of an epoch may be smaller.
    pub batch: u32,
    /// Learning rate of all parameters that do not set their own.
    pub learning_rate: f64,
    /// DelGrad's rule against grazing spikes: drop the weight gradient of a sample and neuron if its largest entry,
    /// batch mean included, exceeds this. 0: no limit.
    pub max_dw_norm: f64,
    /// What derivatives divide by where a spike is not the ideal neuron's, as on a chip; without effect elsewhere.
    pub slope: SpikeSlope,
    /// Standard deviation of the noise on input spike times while training, in units of time.
    pub input_noise: f64,
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
            epochs: 300,
            batch: 150,
            learning_rate: 0.005,
            max_dw_norm: 0.2,
            slope: SpikeSlope::Recorded,
            input_noise: 0.0,
            keep: Keep::Last,
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
        require_non_negative("training.max-dw-norm", self.max_dw_norm)?;
        require_non_negative("training.input-noise", self.input_noise)?;
        self.silent.validate()?;
        self.optimiser.validate()?;
        self.schedule.validate()
    }
}
