use serde::{Deserialize, Serialize};

use crate::TrainError;
use crate::require::{require, require_length};

/// What a feature becomes that is the same in all training samples.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum ConstantFeatures {
    /// The value 0.5.
    #[default]
    Middle,
    /// Inputs that never spike.
    Silent,
}

/// Smallest and largest value of each feature in the training set; empty where features are taken as they are.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub(super) struct Ranges(Vec<(f64, f64)>);

impl Ranges {
    /// The ranges of a table, if they are asked for.
    pub fn fit(asked: bool, of_table: impl FnOnce() -> Vec<(f64, f64)>) -> Self {
        let mut ranges = if asked { of_table() } else { Vec::new() };
        // a feature without any value has no range
        ranges.iter_mut().filter(|(min, max)| min > max).for_each(|range| *range = (0.0, 0.0));
        Self(ranges)
    }

    /// The range of a feature, where there are ranges.
    pub fn of(&self, feature: usize) -> Option<(f64, f64)> {
        self.0.get(feature).copied()
    }

    /// Checks ranges that were stored: one for each feature, or none if they are not asked for.
    pub fn check(&self, features: usize, asked: bool) -> Result<(), TrainError> {
        require_length("ranges", self.0.len(), if asked { features } else { 0 })?;
        self.0.iter().try_for_each(|&range| check_range("ranges", range))
    }

    /// A value as it is, or from the range of its feature to [0, 1]; NaN for what does not spike.
    pub fn normalised(&self, feature: usize, value: f64, constant: ConstantFeatures) -> f64 {
        self.of(feature).map_or(value, |range| normalised(value, range, constant))
    }

    /// Whether a value lies beyond the range of its feature; beyond `otherwise` where there are no ranges.
    pub fn is_outside(&self, feature: usize, value: f64, otherwise: (f64, f64)) -> bool {
        is_outside(value, self.of(feature).unwrap_or(otherwise))
    }
}

/// Whether a value lies far beyond a range: by more than half its width, or at all where it has no end.
pub(super) fn is_outside(value: f64, (min, max): (f64, f64)) -> bool {
    let slack = Some(0.5 * max - 0.5 * min).filter(|slack| slack.is_finite()).unwrap_or(0.0);
    value < min - slack || value > max + slack
}

/// A value from a range to [0, 1], what lies beyond it at its ends; NaN for what does not spike.
pub(super) fn normalised(value: f64, (min, max): (f64, f64), constant: ConstantFeatures) -> f64 {
    if value.is_nan() {
        return value;
    }
    // Halves, because the difference of two finite numbers may be infinite.
    let length = 0.5 * max - 0.5 * min;
    if length == 0.0 {
        return if constant == ConstantFeatures::Middle { 0.5 } else { f64::NAN };
    }
    ((0.5 * value - 0.5 * min) / length).clamp(0.0, 1.0)
}

/// Requires two finite numbers in their order.
pub(super) fn check_range(field: &'static str, (min, max): (f64, f64)) -> Result<(), TrainError> {
    require(min.is_finite(), field, min, "a finite minimum")?;
    require(max.is_finite() && max >= min, field, max, "a finite maximum at or above the minimum")
}

/// Requires a number of features, of which each makes so many inputs, that inputs can be counted.
pub(super) fn check_features(features: usize, inputs_each: u32) -> Result<(), TrainError> {
    const MOST: u64 = 1 << 30;
    if features == 0 {
        return Err(TrainError::EmptyDataset { what: "features" });
    }
    let inputs = (features as u64).saturating_mul(u64::from(inputs_each));
    require(inputs <= MOST, "features", features as f64, "so few that at most 2^30 inputs come from them")
}

/// Requires a first and a last time with room between them.
pub(super) fn check_window(early: f64, late: f64) -> Result<(), TrainError> {
    const FINITE: &str = "a finite number";
    require(early.is_finite(), "encoder.early", early, FINITE)?;
    require(late.is_finite(), "encoder.late", late, FINITE)?;
    if late <= early {
        return Err(TrainError::EmptyTimeWindow { early, late });
    }
    Ok(())
}
