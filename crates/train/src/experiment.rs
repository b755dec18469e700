//! Experiments as TOML: everything a run depends on, in one file.

mod chip;
mod class_weights;
mod constants;
mod differences;
mod gradient;
mod layers;
mod outline;
mod parse;
mod population;
mod populations;
mod projection;
mod start;
mod text;
mod training;
mod weight_init;

pub use chip::{ChipConfig, preset};
pub use class_weights::ClassWeights;
pub use differences::Difference;
pub use gradient::{GradientConfig, GradientPolicy};
pub use layers::{DelayConfig, LayerConfig, Layers};
pub use population::{PopulationConfig, PopulationTraining};
pub use populations::{INPUT, OUTPUT, Populations};
pub use projection::{LearnConfig, ProjectionConfig, Rate};
pub use start::StartConfig;
pub use training::{Averaging, EarlyStopping, Improvement, Keep, TrainingConfig};
pub use weight_init::{BiasWeights, FanIn, ProjectionFanIn, ProjectionWeight, WeightConfig, WeightInit};

use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::TrainError;
use crate::objective::{Loss, Penalties, Readout};
use crate::samples::{DataConfig, EncoderConfig};

/// One experiment: data, network, objective and training.
///
/// Every key has the name of its field in kebab-case; a key that does not exist is an error. A network is one of layers, with
/// the keys of [`Layers`], or one of populations, with those of [`Populations`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "text::ExperimentText", into = "text::ExperimentText")]
#[non_exhaustive]
pub struct Experiment {
    /// What it is called; default: as its file.
    pub name: Option<String>,
    /// One line about it.
    pub description: String,
    /// Seed of everything random but the data.
    pub seed: u64,
    /// The run that training starts from; default: drawn weights and delays.
    pub from: Option<StartConfig>,
    /// Samples to train, validate and test on.
    pub data: DataConfig,
    /// From what the data hold to spikes, in order.
    pub encoder: Vec<EncoderConfig>,
    /// The network.
    pub network: NetworkConfig,
    /// What is read of the outputs.
    pub readout: Readout,
    /// What is minimised.
    pub loss: Loss,
    /// What is added to it.
    pub penalties: Penalties,
    /// How gradients are taken.
    pub gradient: GradientConfig,
    /// The chip that it runs on; none: the ideal model.
    pub chip: Option<ChipConfig>,
    /// How the loss is minimised.
    pub training: TrainingConfig,
}

/// The network of an experiment.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum NetworkConfig {
    /// Feed-forward layers, whose neurons spike once at most.
    Layers(Layers),
    /// Populations and projections of any kind, on the event engine.
    Populations(Box<Populations>),
}

impl NetworkConfig {
    /// Share of the neurons of each layer or population whose spikes are lost while training.
    #[must_use]
    pub fn dropout(&self) -> Vec<f64> {
        match self {
            Self::Layers(layers) => layers.layers.iter().map(|layer| layer.dropout).collect(),
            Self::Populations(network) => network.populations.iter().map(|p| p.training.dropout).collect(),
        }
    }
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
        Self::read(source, text, overrides, None)
    }

    /// As [`parse`](Self::parse), but a text that gives data and the sizes of a network alone is completed: its samples are loaded, and
    /// encoder, loss, constants, delays and training chosen by what they hold. Relative paths start at `base`.
    ///
    /// # Errors
    /// As there, and for such a text those of loading its samples.
    pub fn complete(
        source: &str,
        text: &str,
        overrides: &[(String, String)],
        base: &Path,
    ) -> Result<Self, TrainError> {
        Self::read(source, text, overrides, Some(base))
    }

    fn read(
        source: &str,
        text: &str,
        overrides: &[(String, String)],
        base: Option<&Path>,
    ) -> Result<Self, TrainError> {
        let mut table = parse::table(source, text)?;
        // what is chosen may be replaced, too
        let (before, after): (Vec<_>, Vec<_>) = overrides.iter().partition(|(path, _)| outline::is_given(path));
        parse::set(&mut table, &before)?;
        if outline::is_outline(&table) {
            outline::complete(source, &mut table, base.ok_or_else(outline::data_needed)?)?;
        }
        parse::set(&mut table, &after)?;
        let experiment: Self = parse::read(source, table)?;
        experiment.validate()?;
        Ok(experiment)
    }

    /// Checks what the types do not.
    ///
    /// # Errors
    /// Values out of range, and parts that do not go together. Structural errors of the network surface when it is built.
    pub fn validate(&self) -> Result<(), TrainError> {
        start::check_name(self.name.as_deref())?;
        self.data.validate()?;
        self.encoder.iter().try_for_each(EncoderConfig::validate)?;
        self.penalties.validate()?;
        self.gradient.validate()?;
        self.training.validate()?;
        self.loss.check_readout(&self.readout)?;
        match &self.network {
            NetworkConfig::Layers(layers) => {
                layers.validate()?;
                self.gradient.check_layers()?;
                self.readout.check_layers()?;
                if self.chip.is_some() { layers.check_on_chip() } else { Ok(()) }
            }
            NetworkConfig::Populations(populations) => {
                populations.validate()?;
                self.gradient.check_populations()?;
                self.readout.validate(populations.until)?;
                if self.readout.is_free() {
                    populations.check_free_outputs()?;
                }
                if self.chip.is_none() {
                    return Ok(());
                }
                populations.check_on_chip()?;
                self.readout.check_on_chip()
            }
        }
    }

    /// Whether its samples depend on its seed: an encoder draws spikes.
    #[must_use]
    pub fn draws_samples(&self) -> bool {
        self.encoder.iter().any(|encoder| matches!(encoder, EncoderConfig::Poisson(_)))
    }

    /// Sets the name of an experiment without one, which is called as its file: the file may move.
    pub fn set_default_name(&mut self, name: &str) {
        if start::check_name(Some(name)).is_ok() {
            self.name.get_or_insert_with(|| name.to_owned());
        }
    }

    /// Makes the paths of files absolute, so that the experiment may move; relative ones start at `base`.
    pub fn resolve_paths(&mut self, base: &Path) {
        self.data.resolve_paths(base);
        self.from.iter_mut().for_each(|from| from.resolve_path(base));
        self.chip.iter_mut().for_each(|chip| chip.resolve_path(base));
    }

    /// The experiment as TOML with every value written out.
    ///
    /// # Errors
    /// None in practice: every value has a TOML form.
    pub fn to_toml(&self) -> Result<String, TrainError> {
        toml::to_string(self).map_err(|error| TrainError::Unwritable { form: "TOML", problem: error.to_string() })
    }
}

/// Why constants of neurons are not learned on a chip.
const CONSTANTS_ON_CHIP: &str =
    "and a [chip] do not go together: its circuits have given constants; leave out learn and values";
/// Why there is no dropout on a chip.
const DROPOUT_ON_CHIP: &str = "loses spikes on their way, which a [chip] does not do on demand; leave it out";

/// What numbers are by default that say nothing otherwise.
fn one<T: From<u8>>() -> T {
    T::from(1)
}

/// Whether a value need not be written.
pub(crate) fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

/// Keys and values on one line, to be compared or shown.
pub(crate) fn on_one_line(value: &impl Serialize) -> String {
    toml::to_string(value).unwrap_or_default().trim_end().replace('\n', ", ")
}
