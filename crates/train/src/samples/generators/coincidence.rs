use delgrad_engine::InputSpike;
use delgrad_engine::random::{normal, stream};
use rand_chacha::ChaCha8Rng;
use serde::{Deserialize, Serialize};

use super::{Generator, numbered, parts, require_count, require_size, source_of_spikes, uniform_times};
use crate::TrainError;
use crate::purposes;
use crate::require::{require_non_negative, require_positive};
use crate::samples::Sample;
use crate::samples::config::Source;

/// Which of some spike patterns comes, or none of them.
///
/// A pattern has one spike of each input, at a time that was drawn once, uniformly from `start` to `start + window`. A
/// trial is one of the patterns with normal noise of `jitter` on each spike, or, as the class after the last one,
/// spikes at times that were drawn for this trial alone. All classes come in turn. All times are in the time unit of the
/// network.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub struct CoincidenceTask {
    /// Samples of each part.
    pub size: u32,
    /// Seed of the patterns and the noise.
    pub seed: u32,
    /// Number of patterns, and of outputs.
    pub patterns: u32,
    /// Number of inputs.
    pub inputs: u32,
    /// Earliest spike of a pattern.
    pub start: f64,
    /// From the earliest to the latest spike that a pattern may have.
    pub window: f64,
    /// Standard deviation of the noise on each spike.
    pub jitter: f64,
}

impl Default for CoincidenceTask {
    fn default() -> Self {
        Self { size: 1000, seed: 1, patterns: 4, inputs: 20, start: 1.0, window: 10.0, jitter: 0.1 }
    }
}

impl CoincidenceTask {
    /// One time for each input.
    fn draw(&self, rng: &mut ChaCha8Rng) -> Vec<f64> {
        uniform_times(rng, self.inputs, self.start, self.window)
    }

    /// The spike time of each input in a pattern, without noise.
    #[must_use]
    pub fn pattern(&self, number: u32) -> Vec<f64> {
        self.draw(&mut stream(u64::from(self.seed), purposes::TASK_PATTERN, u64::from(number)))
    }
}

impl Generator for CoincidenceTask {
    fn validate(&self) -> Result<(), TrainError> {
        require_size("data.size", self.size)?;
        require_count("data.patterns", self.patterns)?;
        require_count("data.inputs", self.inputs)?;
        require_non_negative("data.start", self.start)?;
        require_positive("data.window", self.window)?;
        require_non_negative("data.jitter", self.jitter)
    }

    fn source(&self) -> Result<Source, TrainError> {
        let patterns: Vec<Vec<f64>> = (0..self.patterns).map(|number| self.pattern(number)).collect();
        let parts = parts([self.size; 3], u64::from(self.seed), |number, rng| {
            let class = number % (self.patterns + 1);
            let times = match patterns.get(class as usize) {
                Some(times) => times.iter().map(|&time| normal(rng, time, self.jitter).max(0.0)).collect(),
                None => self.draw(rng),
            };
            let spike = |(source, time)| InputSpike { time, source };
            Sample::of_class((0..).zip(times).map(spike).collect(), class)
        })?;
        let classes = numbered("pattern", self.patterns).into_iter().chain(["none".to_owned()]).collect();
        Ok(source_of_spikes(parts, self.inputs, self.patterns, classes))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples::{DataConfig, Parts};

    fn samples(task: &CoincidenceTask) -> Parts<Vec<Sample>> {
        crate::samples::generators::tests::samples(&DataConfig::Coincidence(task.clone()))
    }

    #[test]
    fn samples_are_shaken_patterns_and_ones_that_never_come_again() {
        let task = CoincidenceTask { size: 100, ..CoincidenceTask::default() };
        let parts = samples(&task);
        assert_eq!(parts, samples(&task));
        assert_ne!(parts.train, parts.test);
        assert_ne!(parts.train, samples(&CoincidenceTask { seed: 2, ..task.clone() }).train);
        let source = task.source().unwrap();
        assert_eq!((source.outputs, source.names.classes.len()), (4, 5));
        let distance = |sample: &Sample, pattern: &[f64]| {
            let off = |spike: &InputSpike| (spike.time - pattern[spike.source as usize]).abs();
            sample.spikes.iter().map(off).fold(0.0, f64::max)
        };
        for (number, sample) in parts.train.iter().enumerate() {
            assert_eq!((sample.spikes.len(), sample.target.class()), (20, Some(number % 5)));
            // Five standard deviations; patterns are several units apart somewhere.
            for pattern in 0..4 {
                let own = sample.target.class() == Some(pattern as usize);
                assert_eq!(distance(sample, &task.pattern(pattern)) < 0.5, own, "{number}");
            }
        }
    }

    #[test]
    fn bad_numbers_are_named() {
        let error = |task: CoincidenceTask| task.validate().unwrap_err().to_string();
        let task = CoincidenceTask::default();
        assert!(error(CoincidenceTask { patterns: 0, ..task.clone() }).starts_with("data.patterns is 0"));
        assert!(error(CoincidenceTask { inputs: 1 << 20, ..task.clone() }).starts_with("data.inputs is 1048576"));
        assert!(error(CoincidenceTask { window: 0.0, ..task.clone() }).starts_with("data.window is 0"));
        assert!(error(CoincidenceTask { jitter: -1.0, ..task }).starts_with("data.jitter is -1"));
    }
}
