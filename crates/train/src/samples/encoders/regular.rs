use delgrad_engine::InputSpike;
use serde::{Deserialize, Serialize};

use super::ranges::ConstantFeatures;
use super::rates::{RateTerms, Rates};
use super::shown::Shown;
use crate::TrainError;
use crate::require::require;
use crate::samples::Content;

/// How values or time series become evenly spaced spikes, as written in a config file.
///
/// An input has the rate `value * rate`; negative values are silent. Its k-th spike, k = 1, 2, ..., is where its
/// integrated rate reaches `k - phase`. Values last from time 0 for `duration`; a row of a series lasts until the next
/// one, and the last row ends it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct RegularConfig {
    /// Spikes per unit of time of an input with the value 1.
    pub rate: f64,
    /// How long values last, in units of time. Only for values, and needed there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub duration: Option<f64>,
    /// How much of the first interval has passed at the start, in [0, 1). Default 0.5: the number of spikes is the
    /// integrated rate, rounded.
    #[serde(default = "half")]
    pub phase: f64,
    /// Map each feature linearly from its range in the training set to [0, 1]; values beyond that range are
    /// clamped to it. Default false.
    #[serde(default)]
    pub normalise: bool,
    /// What a feature becomes that is the same in all training samples, if features are normalised.
    #[serde(default)]
    pub constant_features: ConstantFeatures,
}

fn half() -> f64 {
    0.5
}

impl RegularConfig {
    pub(super) fn terms(&self) -> RateTerms {
        let Self { rate, duration, normalise, constant_features, .. } = *self;
        RateTerms { rate, duration, normalise, constant_features }
    }

    pub(super) fn validate(&self) -> Result<(), TrainError> {
        self.terms().validate()?;
        require((0.0..1.0).contains(&self.phase), "encoder.phase", self.phase, "at least 0 and below 1")
    }
}

/// A [`RegularConfig`] fitted to a training set.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Regular {
    pub config: RegularConfig,
    pub rates: Rates,
}

impl Regular {
    pub fn fit(config: &RegularConfig, training: &Content) -> Result<Self, TrainError> {
        Self { config: config.clone(), rates: Rates::fit(config.terms(), training)? }.checked()
    }

    /// Checks what was fitted or stored.
    pub fn checked(self) -> Result<Self, TrainError> {
        self.config.validate()?;
        self.rates.check(self.config.normalise)?;
        Ok(self)
    }

    /// Appends the spikes of a sample, input by input.
    pub fn encode(&self, sample: usize, shown: Shown<'_>, spikes: &mut Vec<InputSpike>) -> Result<(), TrainError> {
        let next = |level: Option<f64>| level.map_or(1.0 - self.config.phase, |level| level + 1.0);
        self.rates.encode(self.config.terms(), sample, shown, spikes, next)
    }
}

#[cfg(test)]
mod tests;
