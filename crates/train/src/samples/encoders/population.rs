use delgrad_engine::InputSpike;
use delgrad_neuron::math::exp;
use serde::{Deserialize, Serialize};

use super::ranges::{ConstantFeatures, Ranges, check_features, check_range, check_window, is_outside, normalised};
use crate::TrainError;
use crate::require::{require, require_positive};
use crate::samples::ValueTable;

/// How values become spikes of a population, as written in a config file.
///
/// Each feature is seen by `neurons` inputs with Gaussian receptive fields. Their centres are spread evenly over the
/// range of the feature, the first at its beginning and the last at its end. At a distance of z standard deviations
/// from its centre, a field responds with `r = exp(-z²/2)`, and its input spikes at
/// `t = early + (1 - r)(late - early)`: the better the value fits, the earlier. After Bohte, Kok and La Poutré 2002,
/// Neurocomputing 48, 17-37, whose outer centres lie half a distance beyond the range.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct PopulationConfig {
    /// Receptive fields of each feature, 2 to 1024. Input `feature * neurons + field`. Default 8.
    pub neurons: u32,
    /// Range of the centres, the same for all features. Default: the range of each feature in the training set. Values
    /// beyond the range are taken for its ends.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub range: Option<(f64, f64)>,
    /// Standard deviation of a field in units of the distance between centres. Default 2/3, as Bohte et al. use.
    pub width: f64,
    /// Spike time of the response 1, in the time unit of the network. Default 0.15.
    pub early: f64,
    /// Spike time of the response 0, in the time unit of the network. Default 2.
    pub late: f64,
    /// Responses below this do not spike. Default 0.1, as with Bohte et al.; with 0 all spike.
    pub silent_below: f64,
    /// What a feature becomes that is the same in all training samples: the middle of its range, or silent.
    pub constant_features: ConstantFeatures,
}

impl Default for PopulationConfig {
    fn default() -> Self {
        Self {
            neurons: 8,
            range: None,
            width: 2.0 / 3.0,
            early: 0.15,
            late: 2.0,
            silent_below: 0.1,
            constant_features: ConstantFeatures::Middle,
        }
    }
}

impl PopulationConfig {
    pub(super) fn validate(&self) -> Result<(), TrainError> {
        let neurons = f64::from(self.neurons);
        require((2..=1024).contains(&self.neurons), "encoder.neurons", neurons, "between 2 and 1024")?;
        if let Some((min, max)) = self.range {
            check_range("encoder.range", (min, max))?;
            require(max > min, "encoder.range", max, "a finite maximum above the minimum")?;
        }
        require_positive("encoder.width", self.width)?;
        check_window(self.early, self.late)?;
        let below = self.silent_below;
        require((0.0..=1.0).contains(&below), "encoder.silent-below", below, "a response, between 0 and 1")
    }
}

/// A [`PopulationConfig`] fitted to a training set.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Population {
    pub config: PopulationConfig,
    /// Number of values of a sample.
    pub features: usize,
    /// Of the training set; empty if the range is given.
    ranges: Ranges,
}

impl Population {
    pub fn fit(config: &PopulationConfig, training: &ValueTable) -> Result<Self, TrainError> {
        let ranges = Ranges::fit(config.range.is_none(), || training.ranges());
        Self { config: config.clone(), features: training.width(), ranges }.checked()
    }

    /// Checks what was fitted or stored.
    pub fn checked(self) -> Result<Self, TrainError> {
        self.config.validate()?;
        check_features(self.features, self.config.neurons)?;
        self.ranges.check(self.features, self.config.range.is_none())?;
        Ok(self)
    }

    /// Number of inputs that it feeds.
    pub fn inputs(&self) -> u32 {
        self.features as u32 * self.config.neurons
    }

    fn range(&self, feature: usize) -> (f64, f64) {
        self.config.range.or_else(|| self.ranges.of(feature)).unwrap_or_default()
    }

    /// Whether a value lies beyond the range of the centres.
    pub fn is_outside(&self, feature: usize, value: f64) -> bool {
        is_outside(value, self.range(feature))
    }

    /// Appends the spikes of a sample, input by input. What is missing is silent.
    pub fn encode(&self, row: &[f64], spikes: &mut Vec<InputSpike>) {
        let PopulationConfig { neurons, early, late, silent_below, constant_features, .. } = self.config;
        for (feature, &value) in row.iter().enumerate() {
            let value = normalised(value, self.range(feature), constant_features);
            if value.is_nan() {
                continue;
            }
            for field in 0..neurons {
                let response = self.response(field, value);
                if response >= silent_below {
                    let time = early + (1.0 - response) * (late - early);
                    spikes.push(InputSpike { time, source: feature as u32 * neurons + field });
                }
            }
        }
    }

    /// Response of a field to a value, the range of the centres mapped to [0, 1].
    ///
    /// `r = exp(-z²/2)`,  `z = (v (n - 1) - i) / width`,  for field i of n.
    fn response(&self, field: u32, value: f64) -> f64 {
        let distance = value * f64::from(self.config.neurons - 1) - f64::from(field);
        let z = distance / self.config.width;
        exp(-0.5 * (z * z))
    }
}

#[cfg(test)]
mod tests;
