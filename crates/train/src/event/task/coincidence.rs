use delgrad_engine::InputSpike;
use delgrad_engine::random::{Purpose, normal, stream, uniform};
use rand_chacha::ChaCha8Rng;
use serde::{Deserialize, Serialize};

use super::{Trial, Trials, parts, require_count, require_size, require_time};
use crate::TrainError;
use crate::require::{require, require_non_negative};

/// Which of some spike patterns comes, or none of them.
///
/// A pattern has one spike of each input, at a time that was drawn once, uniformly from `start` to `start + window`. A
/// trial is one of the patterns with normal noise of `jitter` on each spike, or, as the class after the last one,
/// spikes at times that were drawn for this trial alone. All classes come in turn.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub struct CoincidenceTask {
    /// Trials of each part.
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
    pub(super) fn validate(&self, until: f64) -> Result<(), TrainError> {
        require_size("task.size", self.size)?;
        require_count("task.patterns", self.patterns)?;
        require_count("task.inputs", self.inputs)?;
        require_time("task.start", self.start, until)?;
        require(self.window > 0.0, "task.window", self.window, "above 0")?;
        require_time("task.window", self.start + self.window, until)?;
        require_non_negative("task.jitter", self.jitter)
    }

    /// One time for each input.
    fn draw(&self, rng: &mut ChaCha8Rng) -> Vec<f64> {
        (0..self.inputs).map(|_| self.start + self.window * uniform(rng)).collect()
    }

    /// The spike time of each input in a pattern, without noise.
    #[must_use]
    pub fn pattern(&self, number: u32) -> Vec<f64> {
        self.draw(&mut stream(u64::from(self.seed), Purpose::TaskPattern, u64::from(number)))
    }

    pub(super) fn trials(&self) -> Result<Trials, TrainError> {
        let patterns: Vec<Vec<f64>> = (0..self.patterns).map(|number| self.pattern(number)).collect();
        let [train, validation, test] = parts([self.size; 3], u64::from(self.seed), |number, rng| {
            let class = (number % (self.patterns + 1)) as usize;
            let times = match patterns.get(class) {
                Some(times) => times.iter().map(|&time| normal(rng, time, self.jitter).max(0.0)).collect(),
                None => self.draw(rng),
            };
            let spike = |(source, time)| InputSpike { time, source };
            Ok(Trial::of_class((0..).zip(times).map(spike).collect(), class))
        })?;
        let classes = (1..=self.patterns).map(|number| format!("pattern {number}"));
        Ok(Trials {
            train,
            validation,
            test,
            inputs: self.inputs,
            outputs: self.patterns as usize,
            classes: classes.chain(["none".to_owned()]).collect(),
            values: None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn trials_are_shaken_patterns_and_ones_that_never_come_again() {
        let task = CoincidenceTask { size: 100, ..CoincidenceTask::default() };
        let trials = task.trials().unwrap();
        assert_eq!(trials, task.trials().unwrap());
        assert_ne!(trials.train, trials.test);
        assert_ne!(trials.train, CoincidenceTask { seed: 2, ..task.clone() }.trials().unwrap().train);
        assert_eq!((trials.inputs, trials.outputs, trials.classes.len()), (20, 4, 5));
        let distance = |trial: &Trial, pattern: &[f64]| {
            let off = |spike: &InputSpike| (spike.time - pattern[spike.source as usize]).abs();
            trial.inputs.iter().map(off).fold(0.0, f64::max)
        };
        for (number, trial) in trials.train.iter().enumerate() {
            assert_eq!((trial.inputs.len(), trial.class()), (20, number % 5));
            // Five standard deviations; patterns are several units apart somewhere.
            for pattern in 0..4 {
                let own = trial.class() == pattern as usize;
                assert_eq!(distance(trial, &task.pattern(pattern)) < 0.5, own, "{number}");
            }
        }
    }

    #[test]
    fn bad_numbers_are_named() {
        let error = |task: CoincidenceTask| task.validate(12.0).unwrap_err().to_string();
        let task = CoincidenceTask::default();
        assert!(error(CoincidenceTask { patterns: 0, ..task.clone() }).starts_with("task.patterns is 0"));
        assert!(error(CoincidenceTask { inputs: 1 << 20, ..task.clone() }).starts_with("task.inputs is 1048576"));
        assert!(error(CoincidenceTask { window: 20.0, ..task.clone() }).starts_with("task.window is 21"));
        assert!(error(CoincidenceTask { jitter: -1.0, ..task }).starts_with("task.jitter is -1"));
    }
}
