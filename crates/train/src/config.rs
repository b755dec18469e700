//! Experiments as TOML: everything a run depends on, in one file.

mod any;
mod chip;
mod data;
mod layers;
mod parse;
mod start;
mod training;

pub use any::AnyExperiment;
pub use chip::ChipConfig;
pub(crate) use data::yin_yang_samples;
pub use data::{DataConfig, Sample};
pub use layers::{DelayConfig, LayerConfig, WeightConfig};
pub(crate) use parse::parse as parse_as;
pub use start::StartConfig;
pub(crate) use start::{Start, check_name};
pub use training::{EarlyStopping, Keep, TrainingConfig};

use delgrad_neuron::LifParams;
use serde::{Deserialize, Serialize};

use crate::{EarlyOutput, EncoderConfig, L2Delay, Loss, TrainError};

/// One experiment: data, network, objective and training.
///
/// Every key has the name of its field in kebab-case; a key that does not exist is an error.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Experiment {
    /// What it is called; default: as its file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// One line about it.
    #[serde(default)]
    pub description: String,
    /// Seed of everything random but the data.
    #[serde(default = "default_seed")]
    pub seed: u64,
    /// The run that training starts from; default: drawn weights and delays.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<StartConfig>,
    /// Samples to train, validate and test on.
    pub data: DataConfig,
    /// From values to spike times.
    #[serde(default)]
    pub encoder: EncoderConfig,
    /// Neuron constants of all layers that do not set their own.
    #[serde(default)]
    pub neuron: LifParams,
    /// What is minimised.
    pub loss: Loss,
    /// Penalty on late true outputs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub early_output: Option<EarlyOutput>,
    /// Penalty on long delays.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub l2_delay: Option<L2Delay>,
    /// The chip that it runs on; none: the ideal model.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub chip: Option<ChipConfig>,
    /// How it is minimised.
    #[serde(default)]
    pub training: TrainingConfig,
    /// Layers, from the first after the input to the output.
    pub layers: Vec<LayerConfig>,
}

fn default_seed() -> u64 {
    1
}

impl Experiment {
    /// Reads and checks an experiment.
    ///
    /// `source` names it in error messages; `overrides` are pairs of a dotted path and a value, such as
    /// (`training.epochs`, `10`) or (`layers.0.size`, `20`), applied in order before anything is checked.
    ///
    /// # Errors
    /// Text that is no TOML, unknown or misspelt keys (the message suggests the right one), values of the wrong type
    /// or out of range.
    pub fn parse(source: &str, text: &str, overrides: &[(String, String)]) -> Result<Self, TrainError> {
        let experiment: Self = parse::parse(source, text, overrides)?;
        experiment.validate()?;
        Ok(experiment)
    }

    /// Checks what the types do not.
    ///
    /// # Errors
    /// Values out of range. Structural errors of the network surface when it is built.
    pub fn validate(&self) -> Result<(), TrainError> {
        check_name(self.name.as_deref())?;
        self.encoder.validate()?;
        self.loss.validate()?;
        self.early_output.as_ref().map_or(Ok(()), EarlyOutput::validate)?;
        self.l2_delay.as_ref().map_or(Ok(()), L2Delay::validate)?;
        self.training.validate()?;
        self.layers.iter().try_for_each(LayerConfig::validate)
    }

    /// The experiment as TOML with every value written out.
    ///
    /// # Errors
    /// None in practice: every value has a TOML form.
    pub fn to_toml(&self) -> Result<String, TrainError> {
        toml::to_string(self).map_err(|source| TrainError::WriteToml { source })
    }
}
