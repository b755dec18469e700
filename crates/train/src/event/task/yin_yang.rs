use std::num::NonZeroU32;

use delgrad_engine::InputSpike;
use serde::{Deserialize, Serialize};

use super::{Trial, Trials, require_time, require_trials};
use crate::config::yin_yang_samples::{
    test_sample, train_sample, validation_sample, yin_yang_test, yin_yang_train, yin_yang_validation,
};
use crate::data::{Split, yin_yang};
use crate::require::{require, require_non_negative};
use crate::{Dataset, Sample, TrainError};

/// The Yin-Yang set, encoded in input spikes.
///
/// Inputs 0 to 3 stand for x, y, 1-x and 1-y; a value v spikes at `early + v (late - early)`, and then `repeats - 1`
/// times more at distances of `interval`. An input of number 4 spikes at the times of `bias`, if there are any.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub struct YinYangTask {
    /// Samples to train on.
    #[serde(deserialize_with = "train_sample")]
    pub train: Sample,
    /// Samples to validate on.
    #[serde(deserialize_with = "validation_sample")]
    pub validation: Sample,
    /// Samples to test on.
    #[serde(deserialize_with = "test_sample")]
    pub test: Sample,
    /// Spike time of the value 0.
    pub early: f64,
    /// Spike time of the value 1.
    pub late: f64,
    /// Spikes for each value.
    pub repeats: NonZeroU32,
    /// Distance between them.
    pub interval: f64,
    /// Times of the spikes of the bias.
    pub bias: Vec<f64>,
}

impl Default for YinYangTask {
    fn default() -> Self {
        Self {
            train: yin_yang_train(),
            validation: yin_yang_validation(),
            test: yin_yang_test(),
            early: 0.15,
            late: 2.0,
            repeats: NonZeroU32::MIN,
            interval: 0.0,
            bias: Vec::new(),
        }
    }
}

impl YinYangTask {
    pub(super) fn validate(&self, until: f64) -> Result<(), TrainError> {
        require_time("task.early", self.early, until)?;
        require_time("task.late", self.late, until)?;
        require(self.late > self.early, "task.late", self.late, "above early")?;
        require_non_negative("task.interval", self.interval)?;
        self.bias.iter().try_for_each(|&time| require_time("task.bias", time, until))
    }

    pub(super) fn trials(&self) -> Result<Trials, TrainError> {
        let trials = [self.train, self.validation, self.test].map(|sample| u64::from(sample.size)).iter().sum();
        require_trials(trials, 4 * u64::from(self.repeats.get()) + self.bias.len() as u64)?;
        let part = |sample: Sample| yin_yang(sample.size, sample.seed);
        let values =
            Split { train: part(self.train)?, validation: part(self.validation)?, test: part(self.test)? };
        let encode = |data: &Dataset| -> Vec<Trial> {
            (0..data.len()).map(|n| Trial::of_class(self.encode(data.row(n)), data.label(n) as usize)).collect()
        };
        Ok(Trials {
            train: encode(&values.train),
            validation: encode(&values.validation),
            test: encode(&values.test),
            inputs: 4 + u32::from(!self.bias.is_empty()),
            outputs: 3,
            classes: ["yin", "yang", "dot"].map(String::from).to_vec(),
            values: Some(values),
        })
    }

    /// The spikes of a sample with these four values.
    #[must_use]
    pub fn encode(&self, values: &[f64]) -> Vec<InputSpike> {
        let mut spikes = Vec::new();
        for (source, value) in (0..).zip(values) {
            let first = self.early + value * (self.late - self.early);
            let times = (0..self.repeats.get()).map(|n| first + self.interval * f64::from(n));
            spikes.extend(times.map(|time| InputSpike { time: time.max(0.0), source }));
        }
        spikes.extend(self.bias.iter().map(|&time| InputSpike { time, source: 4 }));
        spikes
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_become_spikes() {
        let task = YinYangTask {
            repeats: 2.try_into().unwrap(),
            interval: 1.0,
            bias: vec![0.5],
            ..YinYangTask::default()
        };
        let trials = task.trials().unwrap();
        assert_eq!((trials.inputs, trials.train.len(), trials.test.len()), (5, 5000, 1000));
        let values = trials.values.as_ref().unwrap().train.row(7).to_vec();
        let spikes = &trials.train[7].inputs;
        assert_eq!(spikes.len(), 9);
        assert!(spikes.is_sorted_by(|a, b| a.time <= b.time));
        let first = 0.15 + 1.85 * values[2];
        let of_third: Vec<f64> = spikes.iter().filter(|s| s.source == 2).map(|s| s.time).collect();
        assert!((of_third[0] - first).abs() < 1e-15 && (of_third[1] - first - 1.0).abs() < 1e-15);
    }
}
