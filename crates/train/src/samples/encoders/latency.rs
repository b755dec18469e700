use delgrad_engine::InputSpike;
use serde::{Deserialize, Serialize};

use super::ranges::{ConstantFeatures, Ranges, check_features, check_window};
use crate::TrainError;
use crate::require::require;
use crate::samples::ValueTable;

/// How features become spike times, as written in a config file.
///
/// A value v, normally in [0, 1], spikes at `t = early + v (late - early)`: linear time-to-first-spike coding.
/// The defaults are those of DelGrad's Yin-Yang networks (Göltz et al. 2025), in units of `tau_syn`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct LatencyConfig {
    /// Spike time of the value 0, in the time unit of the network. Default 0.15.
    pub early: f64,
    /// Spike time of the value 1, in the time unit of the network. Default 2.
    pub late: f64,
    /// Large values spike early: the roles of 0 and 1 are exchanged. Default false.
    pub large_first: bool,
    /// Append 1 - v for every value v, after all of them. Default false.
    pub complement: bool,
    /// Map each feature linearly from its range in the training set to [0, 1]; values beyond that range are
    /// clamped to it. Default false.
    pub normalise: bool,
    /// What a feature becomes that is the same in all training samples, if features are normalised.
    pub constant_features: ConstantFeatures,
    /// Values below this do not spike (after normalising; complements count like values). Default: all spike.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub silent_below: Option<f64>,
    /// Values above this do not spike (after normalising; complements count like values). Default: all spike.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub silent_above: Option<f64>,
}

impl Default for LatencyConfig {
    fn default() -> Self {
        Self {
            early: 0.15,
            late: 2.0,
            large_first: false,
            complement: false,
            normalise: false,
            constant_features: ConstantFeatures::Middle,
            silent_below: None,
            silent_above: None,
        }
    }
}

impl LatencyConfig {
    pub(super) fn validate(&self) -> Result<(), TrainError> {
        const FINITE: &str = "a finite number";
        check_window(self.early, self.late)?;
        let below = self.silent_below.unwrap_or(f64::MIN);
        let above = self.silent_above.unwrap_or(f64::MAX);
        require(below.is_finite(), "encoder.silent-below", below, FINITE)?;
        require(above.is_finite(), "encoder.silent-above", above, FINITE)?;
        require(above >= below, "encoder.silent-above", above, "at or above silent-below")
    }

    fn inputs_each(&self) -> u32 {
        if self.complement { 2 } else { 1 }
    }
}

/// A [`LatencyConfig`] fitted to a training set.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Latency {
    pub config: LatencyConfig,
    /// Number of values of a sample.
    pub features: usize,
    /// Of the training set; empty without `normalise`.
    ranges: Ranges,
}

impl Latency {
    pub fn fit(config: &LatencyConfig, training: &ValueTable) -> Result<Self, TrainError> {
        let ranges = Ranges::fit(config.normalise, || training.ranges());
        Self { config: config.clone(), features: training.width(), ranges }.checked()
    }

    /// Checks what was fitted or stored.
    pub fn checked(self) -> Result<Self, TrainError> {
        self.config.validate()?;
        check_features(self.features, self.config.inputs_each())?;
        self.ranges.check(self.features, self.config.normalise)?;
        Ok(self)
    }

    /// Number of inputs that it feeds.
    pub fn inputs(&self) -> u32 {
        self.features as u32 * self.config.inputs_each()
    }

    /// Appends the spikes of a sample, of which errors tell the number, input by input. What is missing is silent.
    pub fn encode(&self, sample: usize, row: &[f64], spikes: &mut Vec<InputSpike>) -> Result<(), TrainError> {
        let LatencyConfig { early, late, large_first, constant_features, .. } = self.config;
        let below = self.config.silent_below.unwrap_or(f64::MIN);
        let above = self.config.silent_above.unwrap_or(f64::MAX);
        let length = late - early;
        spikes.reserve(self.inputs() as usize);
        for complement in [false, true].into_iter().take(self.config.inputs_each() as usize) {
            let first = if complement { self.features as u32 } else { 0 };
            for (feature, &given) in row.iter().enumerate() {
                let value = self.ranges.normalised(feature, given, constant_features);
                let value = if complement { 1.0 - value } else { value };
                // not so for NaN, which is what is missing or silent
                if value >= below && value <= above {
                    let time = early + if large_first { 1.0 - value } else { value } * length;
                    if !time.is_finite() {
                        return Err(TrainError::TimeNotFinite { sample, feature, value: given });
                    }
                    spikes.push(InputSpike { time, source: first + feature as u32 });
                }
            }
        }
        Ok(())
    }

    /// Whether a value spikes before the early time or after the late one, or is clamped to them.
    pub fn is_outside(&self, feature: usize, value: f64) -> bool {
        self.ranges.is_outside(feature, value, (0.0, 1.0))
    }
}

#[cfg(test)]
mod tests;
