use crate::require::{require, require_length};
use crate::{Dataset, TrainError};
use serde::{Deserialize, Serialize};

/// How features become spike times, as written in a config file.
///
/// A value v, normally in [0, 1], spikes at `t = early + v (late - early)`: linear time-to-first-spike coding.
/// The defaults are those of DelGrad's Yin-Yang networks (Göltz et al. 2025), in units of `tau_syn`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct EncoderConfig {
    /// Spike time of the value 0, in the time unit of the network. Default 0.15.
    pub early: f64,
    /// Spike time of the value 1, in the time unit of the network. Default 2.
    pub late: f64,
    /// Append 1 - v for every value v, after all of them. Default false.
    pub complement: bool,
    /// Map each feature linearly from its range in the training set to [0, 1]; values beyond that range are
    /// clamped to it, and a feature that does not vary becomes 0.5. Default false.
    pub normalise: bool,
    /// Values below this do not spike (after normalising; complements count like values). Default: all spike.
    pub silent_below: Option<f64>,
    /// Values above this do not spike (after normalising; complements count like values). Default: all spike.
    pub silent_above: Option<f64>,
}

impl Default for EncoderConfig {
    fn default() -> Self {
        Self {
            early: 0.15,
            late: 2.0,
            complement: false,
            normalise: false,
            silent_below: None,
            silent_above: None,
        }
    }
}

impl EncoderConfig {
    /// Checks the parameters.
    ///
    /// # Errors
    /// If a number is not finite, `late` is not after `early`, or no value lies between the two cutoffs.
    pub fn validate(&self) -> Result<(), TrainError> {
        const FINITE: &str = "a finite number";
        require(self.early.is_finite(), "early", self.early, FINITE)?;
        require(self.late.is_finite(), "late", self.late, FINITE)?;
        if self.late <= self.early {
            return Err(TrainError::EmptyTimeWindow { early: self.early, late: self.late });
        }
        let below = self.silent_below.unwrap_or(f64::MIN);
        let above = self.silent_above.unwrap_or(f64::MAX);
        require(below.is_finite(), "silent-below", below, FINITE)?;
        require(above.is_finite(), "silent-above", above, FINITE)?;
        require(above >= below, "silent-above", above, "at or above silent-below")
    }

    /// Number of input neurons that `features` features need.
    #[must_use]
    pub fn input_count(&self, features: usize) -> usize {
        if self.complement { features.saturating_mul(2) } else { features }
    }
}

/// An [`EncoderConfig`] fitted to a training set; stored with the network it feeds.
///
/// ```
/// use delgrad_train::{Dataset, Encoder, EncoderConfig};
///
/// let data = Dataset::new(vec![0.0, 1.0], 1, vec![0, 1], 2)?;
/// let config = EncoderConfig { complement: true, ..EncoderConfig::default() };
/// let encoder = Encoder::fit(&config, &data)?;
/// assert_eq!(encoder.encode(&data)?, [0.15, 2.0, 2.0, 0.15]);
/// # Ok::<(), delgrad_train::TrainError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "EncoderParts", into = "EncoderParts")]
pub struct Encoder {
    config: EncoderConfig,
    features: usize,
    /// Minimum and maximum of each feature in the training set; empty without `normalise`.
    ranges: Vec<(f64, f64)>,
}

impl Encoder {
    /// Checks the parameters and takes the feature ranges from the training set.
    ///
    /// # Errors
    /// See [`EncoderConfig::validate`].
    pub fn fit(config: &EncoderConfig, training: &Dataset) -> Result<Self, TrainError> {
        let features = training.feature_count();
        let mut ranges = Vec::new();
        if config.normalise {
            ranges = vec![(f64::INFINITY, f64::NEG_INFINITY); features];
            for sample in 0..training.len() {
                for ((min, max), &value) in ranges.iter_mut().zip(training.row(sample)) {
                    (*min, *max) = (min.min(value), max.max(value));
                }
            }
        }
        EncoderParts { config: config.clone(), features, ranges }.try_into()
    }

    /// The configuration behind this encoder.
    #[must_use]
    pub fn config(&self) -> &EncoderConfig {
        &self.config
    }

    /// Number of features that this encoder takes.
    #[must_use]
    pub fn feature_count(&self) -> usize {
        self.features
    }

    /// Number of input neurons that it feeds.
    #[must_use]
    pub fn input_count(&self) -> usize {
        self.config.input_count(self.features)
    }

    /// Spike times of all samples, row-major `[sample][input]`, in the time unit of `early` and `late`; infinite
    /// where an input stays silent.
    ///
    /// # Errors
    /// If the data set has another number of features, or a feature is so large that its time overflows.
    pub fn encode(&self, dataset: &Dataset) -> Result<Vec<f64>, TrainError> {
        require_length("a sample", dataset.feature_count(), self.features)?;
        let mut times = Vec::with_capacity(dataset.len() * self.input_count());
        for sample in 0..dataset.len() {
            let start = times.len();
            times.extend(dataset.row(sample).iter().enumerate().map(|(i, &value)| self.normalised(i, value)));
            if self.config.complement {
                times.extend_from_within(start..);
                times[start + self.features..].iter_mut().for_each(|value| *value = 1.0 - *value);
            }
            for (input, time) in times[start..].iter_mut().enumerate() {
                *time = self.time(*time).ok_or_else(|| {
                    let feature = input % self.features;
                    TrainError::TimeNotFinite { sample, feature, value: dataset.row(sample)[feature] }
                })?;
            }
        }
        Ok(times)
    }

    fn normalised(&self, feature: usize, value: f64) -> f64 {
        match self.ranges.get(feature) {
            None => value,
            Some((min, max)) if min == max => 0.5,
            // Halves, because the difference of two finite numbers may be infinite.
            Some((min, max)) => ((0.5 * value - 0.5 * min) / (0.5 * max - 0.5 * min)).clamp(0.0, 1.0),
        }
    }

    /// Spike time of one value, infinite if silent; `None` if the time overflows.
    fn time(&self, value: f64) -> Option<f64> {
        let EncoderConfig { early, late, silent_below, silent_above, .. } = self.config;
        if silent_below.is_some_and(|cutoff| value < cutoff) || silent_above.is_some_and(|cutoff| value > cutoff) {
            return Some(f64::INFINITY);
        }
        let time = early + value * (late - early);
        time.is_finite().then_some(time)
    }
}

/// The stored form of an encoder, before it is checked.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct EncoderParts {
    config: EncoderConfig,
    features: usize,
    ranges: Vec<(f64, f64)>,
}

impl TryFrom<EncoderParts> for Encoder {
    type Error = TrainError;

    fn try_from(parts: EncoderParts) -> Result<Self, TrainError> {
        let EncoderParts { config, features, ranges } = parts;
        config.validate()?;
        if features == 0 {
            return Err(TrainError::EmptyDataset { what: "features" });
        }
        require_length("ranges", ranges.len(), if config.normalise { features } else { 0 })?;
        for &(min, max) in &ranges {
            require(min.is_finite(), "ranges", min, "a finite minimum")?;
            require(max.is_finite() && max >= min, "ranges", max, "a finite maximum at or above the minimum")?;
        }
        Ok(Self { config, features, ranges })
    }
}

impl From<Encoder> for EncoderParts {
    fn from(encoder: Encoder) -> Self {
        let Encoder { config, features, ranges } = encoder;
        Self { config, features, ranges }
    }
}

#[cfg(test)]
mod tests;
