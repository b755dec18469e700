use std::collections::BTreeMap;

use delgrad_engine::spec::PopulationSpec;
use delgrad_ttfs::{ConstantSharing, ParameterRange};
use serde::de::{DeserializeOwned, Error};
use serde::{Deserialize, Deserializer, Serialize, Serializer, ser};

use super::{Rate, is_default};
use crate::TrainError;
use crate::parameters::Constant;
use crate::require::{require, require_positive};

/// A population of the engine, and what training does with it.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct PopulationConfig {
    /// As the engine takes it.
    pub spec: PopulationSpec,
    /// The keys beside those of the engine.
    pub training: PopulationTraining,
}

/// What training does with a population.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
#[non_exhaustive]
pub struct PopulationTraining {
    /// Share of its spikes that may be missing in a batch before weights onto its silent neurons are raised. Default: none of
    /// outputs whose spike times are read, all of others.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tolerated_silence: Option<f64>,
    /// Spikes of a neuron in a sample, on average, that initial weights are wanted to make where they follow from the data. Default: 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub spikes: Option<f64>,
    /// Share of its neurons that send nothing while training, drawn anew for each sample; not for the outputs.
    #[serde(skip_serializing_if = "is_default")]
    pub dropout: f64,
    /// Learning rates of constants of its neurons. Those that are named are parameters, also at a rate of 0.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub learn: BTreeMap<Constant, Rate>,
    /// Whether each neuron has its own, or all have one.
    #[serde(skip_serializing_if = "is_default")]
    pub shared: ConstantSharing,
    /// Where they may lie, and how they are kept there. Default: around the initial ones.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub ranges: BTreeMap<Constant, ParameterRange>,
}

/// The keys of [`PopulationTraining`].
const KEYS: [&str; 6] = ["tolerated-silence", "spikes", "dropout", "learn", "shared", "ranges"];

/// Reads one part of a population's table; messages name the place within it.
fn part<T: DeserializeOwned, E: Error>(table: toml::Table) -> Result<T, E> {
    serde_path_to_error::deserialize(toml::Value::Table(table)).map_err(|error| {
        let (path, problem) = (error.path().to_string(), error.inner().message().trim_end().to_owned());
        // an unknown key is named by its problem
        let named = path == "." || problem.starts_with("unknown ");
        E::custom(if named { problem } else { format!("`{path}`: {problem}") })
    })
}

impl<'de> Deserialize<'de> for PopulationConfig {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let table = toml::Table::deserialize(deserializer)?;
        let (training, spec) = table.into_iter().partition(|(key, _)| KEYS.contains(&key.as_str()));
        Ok(Self { training: part(training)?, spec: part(spec)? })
    }
}

impl Serialize for PopulationConfig {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut table = toml::Table::try_from(&self.spec).map_err(ser::Error::custom)?;
        table.extend(toml::Table::try_from(&self.training).map_err(ser::Error::custom)?);
        table.serialize(serializer)
    }
}

impl PopulationTraining {
    pub(super) fn validate(&self) -> Result<(), TrainError> {
        if let Some(share) = self.tolerated_silence {
            require((0.0..=1.0).contains(&share), "populations.tolerated-silence", share, "between 0 and 1")?;
        }
        if let Some(spikes) = self.spikes {
            require_positive("populations.spikes", spikes)?;
        }
        require((0.0..1.0).contains(&self.dropout), "populations.dropout", self.dropout, "in [0, 1)")?;
        self.learn.values().try_for_each(|rate| rate.validate("populations.learn"))
    }
}
