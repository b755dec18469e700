use delgrad_engine::InputSpike;
use serde::{Deserialize, Serialize};

use super::delta::Delta;
use super::latency::Latency;
use super::poisson::Poisson;
use super::population::Population;
use super::regular::Regular;
use super::shown::Shown;
use super::{EncoderConfig, unsuitable};
use crate::TrainError;
use crate::samples::{Content, Part};

/// An encoder that makes spikes of values or series, with all that it has to know.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub(super) enum Coder {
    Latency(Latency),
    Population(Population),
    Delta(Delta),
    Poisson(Poisson),
    Regular(Regular),
}

impl Coder {
    /// Fits the first encoder of a list.
    pub fn fit(config: &EncoderConfig, training: &Content, seed: u64) -> Result<Self, TrainError> {
        Ok(match (config, training) {
            (EncoderConfig::Latency(config), Content::Values(table)) => {
                Self::Latency(Latency::fit(config, table)?)
            }
            (EncoderConfig::Population(config), Content::Values(table)) => {
                Self::Population(Population::fit(config, table)?)
            }
            (EncoderConfig::Delta(config), Content::Series(table)) => Self::Delta(Delta::fit(config, table)?),
            (EncoderConfig::Poisson(config), Content::Values(_) | Content::Series(_)) => {
                Self::Poisson(Poisson::fit(config, training, seed)?)
            }
            (EncoderConfig::Regular(config), Content::Values(_) | Content::Series(_)) => {
                Self::Regular(Regular::fit(config, training)?)
            }
            _ => return Err(unsuitable(config.name(), training)),
        })
    }

    /// Checks what was stored.
    pub fn checked(self) -> Result<Self, TrainError> {
        match self {
            Self::Latency(latency) => latency.checked().map(Self::Latency),
            Self::Population(population) => population.checked().map(Self::Population),
            Self::Delta(delta) => delta.checked().map(Self::Delta),
            Self::Poisson(poisson) => poisson.checked().map(Self::Poisson),
            Self::Regular(regular) => regular.checked().map(Self::Regular),
        }
    }

    pub fn config(&self) -> EncoderConfig {
        match self {
            Self::Latency(latency) => EncoderConfig::Latency(latency.config.clone()),
            Self::Population(population) => EncoderConfig::Population(population.config.clone()),
            Self::Delta(delta) => EncoderConfig::Delta(delta.config.clone()),
            Self::Poisson(poisson) => EncoderConfig::Poisson(poisson.config.clone()),
            Self::Regular(regular) => EncoderConfig::Regular(regular.config.clone()),
        }
    }

    /// Number of values of a sample, or of channels of a series.
    pub fn features(&self) -> usize {
        match self {
            Self::Latency(latency) => latency.features,
            Self::Population(population) => population.features,
            Self::Delta(delta) => delta.features,
            Self::Poisson(poisson) => poisson.rates.features,
            Self::Regular(regular) => regular.rates.features,
        }
    }

    /// Number of inputs that are fed.
    pub fn inputs(&self) -> u32 {
        match self {
            Self::Latency(latency) => latency.inputs(),
            Self::Population(population) => population.inputs(),
            Self::Delta(delta) => delta.inputs(),
            Self::Poisson(_) | Self::Regular(_) => self.features() as u32,
        }
    }

    /// Checks that samples are of a kind that it was fitted to.
    pub fn require_suited(&self, content: &Content) -> Result<(), TrainError> {
        match (self, content) {
            (Self::Latency(_) | Self::Population(_), Content::Values(_)) => Ok(()),
            (Self::Delta(_), Content::Series(_)) => Ok(()),
            (Self::Poisson(poisson), Content::Values(_) | Content::Series(_)) => {
                poisson.config.terms().require_suited(content)
            }
            (Self::Regular(regular), Content::Values(_) | Content::Series(_)) => {
                regular.config.terms().require_suited(content)
            }
            _ => Err(unsuitable(self.config().name(), content)),
        }
    }

    /// Whether a value lies outside the window that its times, centres or rates stand for.
    pub fn is_outside(&self, feature: usize, value: f64) -> bool {
        match self {
            Self::Latency(latency) => latency.is_outside(feature, value),
            Self::Population(population) => population.is_outside(feature, value),
            Self::Delta(_) => false,
            Self::Poisson(poisson) => poisson.rates.is_outside(feature, value),
            Self::Regular(regular) => regular.rates.is_outside(feature, value),
        }
    }

    /// Appends the spikes of a sample of a part, which is of a suited kind and size.
    pub fn encode(
        &self,
        part: Part,
        sample: usize,
        shown: Shown<'_>,
        spikes: &mut Vec<InputSpike>,
    ) -> Result<(), TrainError> {
        match (self, shown) {
            (Self::Latency(latency), Shown::Values(row)) => latency.encode(sample, row, spikes),
            (Self::Population(population), Shown::Values(row)) => {
                population.encode(row, spikes);
                Ok(())
            }
            (Self::Delta(delta), Shown::Series(series)) => delta.encode(sample, series, spikes),
            (Self::Poisson(poisson), shown) => poisson.encode(part, sample, shown, spikes),
            (Self::Regular(regular), shown) => regular.encode(sample, shown, spikes),
            // `require_suited` has refused these
            (Self::Latency(_) | Self::Population(_), Shown::Series(_)) | (Self::Delta(_), Shown::Values(_)) => {
                Ok(())
            }
        }
    }
}
