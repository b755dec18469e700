use delgrad_engine::InputSpike;
use delgrad_engine::random::{Purpose, normal, stream, uniform};
use serde::{Deserialize, Serialize};

use super::{Trial, Trials, parts, require_size, require_time};
use crate::TrainError;
use crate::error::{require, require_non_negative};

/// Which of some fixed patterns is shown: each input spikes once, at a time that belongs to the pattern, with noise.
///
/// All patterns have one spike of every input within the same span of time, so that only the times tell them apart.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub struct CoincidenceTask {
    /// Trials of each part; the patterns in turn.
    pub size: u32,
    /// Seed of patterns and noise.
    pub seed: u32,
    /// Number of patterns.
    pub classes: u32,
    /// Number of inputs.
    pub inputs: u32,
    /// Earliest time of a pattern.
    pub start: f64,
    /// Time that the spikes of a pattern are spread over, uniformly.
    pub span: f64,
    /// Standard deviation of the noise on each spike.
    pub jitter: f64,
}

impl Default for CoincidenceTask {
    fn default() -> Self {
        Self { size: 200, seed: 1, classes: 4, inputs: 12, start: 0.5, span: 4.0, jitter: 0.2 }
    }
}

impl CoincidenceTask {
    pub(super) fn validate(&self, until: f64) -> Result<(), TrainError> {
        require_size("task.size", self.size)?;
        require_size("task.classes", self.classes)?;
        require_size("task.inputs", self.inputs)?;
        require_time("task.start", self.start, until)?;
        require(self.span > 0.0, "task.span", self.span, "above 0")?;
        require_time("task.span", self.start + self.span, until)?;
        require_non_negative("task.jitter", self.jitter)
    }

    pub(super) fn trials(&self) -> Result<Trials, TrainError> {
        let seed = u64::from(self.seed);
        let pattern = |class: u32| -> Vec<f64> {
            let mut rng = stream(seed, Purpose::TaskPattern, u64::from(class));
            (0..self.inputs).map(|_| self.start + self.span * uniform(&mut rng)).collect()
        };
        let patterns: Vec<Vec<f64>> = (0..self.classes).map(pattern).collect();
        let [train, validation, test] = parts([self.size; 3], seed, |number, rng| {
            let class = (number % self.classes) as usize;
            let spikes = (0..).zip(&patterns[class]).map(|(source, &time)| {
                let time = normal(rng, time, self.jitter).max(0.0);
                InputSpike { time, source }
            });
            Ok(Trial::of_class(spikes.collect(), class))
        })?;
        let classes = (0..self.classes).map(|class| format!("pattern {class}")).collect();
        let (inputs, outputs) = (self.inputs, self.classes as usize);
        Ok(Trials { train, validation, test, inputs, outputs, classes, values: None })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_input_spikes_once_near_the_time_of_its_pattern() {
        let task = CoincidenceTask { jitter: 0.01, ..CoincidenceTask::default() };
        let trials = task.trials().unwrap();
        assert_eq!(trials, task.trials().unwrap());
        assert_ne!(trials.train, trials.validation);
        let times = |trial: &Trial| {
            let mut spikes = trial.inputs.clone();
            spikes.sort_by_key(|spike| spike.source);
            assert!(spikes.iter().map(|spike| spike.source).eq(0..12));
            spikes.iter().map(|spike| spike.time).collect::<Vec<_>>()
        };
        let near = |a: &Trial, b: &Trial| times(a).iter().zip(times(b)).all(|(a, b)| (a - b).abs() < 0.1);
        for number in 4..200 {
            assert_eq!(trials.train[number].class(), number % 4);
            assert!(near(&trials.train[number], &trials.test[number % 4]));
            assert!(!near(&trials.train[number], &trials.test[(number + 1) % 4]));
        }
    }
}
