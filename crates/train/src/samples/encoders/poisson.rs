use delgrad_engine::InputSpike;
use delgrad_engine::random::{stream, uniform};
use delgrad_neuron::math::ln;
use serde::{Deserialize, Serialize};

use super::ranges::ConstantFeatures;
use super::rates::{RateTerms, Rates};
use super::shown::Shown;
use crate::TrainError;
use crate::purposes;
use crate::samples::{Content, Part};

/// How values or time series become random spikes, as written in a config file: a Poisson process for each input.
///
/// An input has the rate `value * rate`; negative values are silent. Its integrated rate grows by an exponential number
/// of mean 1 from one spike to the next, which is exact for rates that change (time rescaling: Brown et al. 2002,
/// Neural Computation 14, 325-346). Values last from time 0 for `duration`; a row of a series lasts until the next one,
/// and the last row ends it.
///
/// Each sample of each part has random numbers of its own, from the seed of the experiment: its spikes are the same in every
/// epoch.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct PoissonConfig {
    /// Spikes per unit of time of an input with the value 1.
    pub rate: f64,
    /// How long values last, in units of time. Only for values, and needed there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub duration: Option<f64>,
    /// Map each feature linearly from its range in the training set to [0, 1]; values beyond that range are
    /// clamped to it. Default false.
    #[serde(default)]
    pub normalise: bool,
    /// What a feature becomes that is the same in all training samples, if features are normalised.
    #[serde(default)]
    pub constant_features: ConstantFeatures,
}

impl PoissonConfig {
    pub(super) fn terms(&self) -> RateTerms {
        let Self { rate, duration, normalise, constant_features } = *self;
        RateTerms { rate, duration, normalise, constant_features }
    }

    pub(super) fn validate(&self) -> Result<(), TrainError> {
        self.terms().validate()
    }
}

/// A [`PoissonConfig`] fitted to a training set, with its seed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Poisson {
    pub config: PoissonConfig,
    pub rates: Rates,
    seed: u64,
}

impl Poisson {
    pub fn fit(config: &PoissonConfig, training: &Content, seed: u64) -> Result<Self, TrainError> {
        Self { config: config.clone(), rates: Rates::fit(config.terms(), training)?, seed }.checked()
    }

    /// Checks what was fitted or stored.
    pub fn checked(self) -> Result<Self, TrainError> {
        self.config.validate()?;
        self.rates.check(self.config.normalise)?;
        Ok(self)
    }

    /// Appends the spikes of a sample of a part, input by input.
    pub fn encode(
        &self,
        part: Part,
        sample: usize,
        shown: Shown<'_>,
        spikes: &mut Vec<InputSpike>,
    ) -> Result<(), TrainError> {
        let mut rng = stream(self.seed, purposes::ENCODER, part.number() << 32 | sample as u64);
        // An exponential number of mean 1; 1 - u lies in (0, 1].
        let next = |level: Option<f64>| level.unwrap_or_default() - ln(1.0 - uniform(&mut rng));
        self.rates.encode(self.config.terms(), sample, shown, spikes, next)
    }
}

#[cfg(test)]
mod tests;
