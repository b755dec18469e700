use delgrad_engine::InputSpike;
use delgrad_engine::random::normal;
use serde::{Deserialize, Serialize};

use super::{Trial, Trials, parts, require_size, require_time};
use crate::TrainError;
use crate::require::{require, require_non_negative};

/// Which of two inputs spikes first: "A then B" or "B then A", in turn.
///
/// The first spike comes at `start`, the second one `gap` later, both with normal noise.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub struct SequenceTask {
    /// Trials of each part.
    pub size: u32,
    /// Seed of the noise.
    pub seed: u32,
    /// Time of the first spike.
    pub start: f64,
    /// From the first spike to the second.
    pub gap: f64,
    /// Standard deviation of the noise on each spike.
    pub jitter: f64,
}

impl Default for SequenceTask {
    fn default() -> Self {
        Self { size: 200, seed: 1, start: 0.5, gap: 1.0, jitter: 0.05 }
    }
}

impl SequenceTask {
    pub(super) fn validate(&self, until: f64) -> Result<(), TrainError> {
        require_size("task.size", self.size)?;
        require_time("task.start", self.start, until)?;
        require(self.gap > 0.0, "task.gap", self.gap, "above 0")?;
        require_time("task.gap", self.start + self.gap, until)?;
        require_non_negative("task.jitter", self.jitter)
    }

    pub(super) fn trials(&self) -> Result<Trials, TrainError> {
        let sizes = [self.size; 3];
        let [train, validation, test] = parts(sizes, u64::from(self.seed), |number, rng| {
            let first = number % 2;
            let mut spike = |time, source| InputSpike { time: normal(rng, time, self.jitter).max(0.0), source };
            let spikes = vec![spike(self.start, first), spike(self.start + self.gap, 1 - first)];
            Ok(Trial::of_class(spikes, first as usize))
        })?;
        let classes = ["A then B", "B then A"].map(String::from).to_vec();
        Ok(Trials { train, validation, test, inputs: 2, outputs: 2, classes, values: None })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn classes_are_orders_of_the_two_inputs() {
        let task = SequenceTask::default();
        let trials = task.trials().unwrap();
        assert_eq!(trials, task.trials().unwrap());
        assert_ne!(trials.train, trials.test);
        assert_ne!(trials.train, SequenceTask { seed: 2, ..task }.trials().unwrap().train);
        for trial in &trials.train {
            assert_eq!(trial.inputs.len(), 2);
            assert_eq!(trial.inputs[0].source as usize, trial.class());
            assert!((trial.inputs[1].time - trial.inputs[0].time - 1.0).abs() < 0.4);
        }
    }
}
