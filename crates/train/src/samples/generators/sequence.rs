use delgrad_engine::InputSpike;
use delgrad_engine::random::normal;
use serde::{Deserialize, Serialize};

use super::{Generator, parts, require_size, source_of_spikes};
use crate::TrainError;
use crate::require::{require_non_negative, require_positive};
use crate::samples::Sample;
use crate::samples::config::Source;

/// Which of two inputs spikes first: "A then B" or "B then A", in turn.
///
/// The first spike comes at `start`, the second one `gap` later, both with normal noise. All times are in the time
/// unit of the network.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub struct SequenceTask {
    /// Samples of each part.
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

impl Generator for SequenceTask {
    fn validate(&self) -> Result<(), TrainError> {
        require_size("data.size", self.size)?;
        require_non_negative("data.start", self.start)?;
        require_positive("data.gap", self.gap)?;
        require_non_negative("data.jitter", self.jitter)
    }

    fn source(&self) -> Result<Source, TrainError> {
        let parts = parts([self.size; 3], u64::from(self.seed), |number, rng| {
            let first = number % 2;
            let mut spike = |time, source| InputSpike { time: normal(rng, time, self.jitter).max(0.0), source };
            let spikes = vec![spike(self.start, first), spike(self.start + self.gap, 1 - first)];
            Sample::of_class(spikes, first)
        })?;
        let classes = ["A then B", "B then A"].map(String::from).to_vec();
        Ok(source_of_spikes(parts, 2, 2, classes))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples::{DataConfig, Parts};

    fn samples(task: &SequenceTask) -> Parts<Vec<Sample>> {
        crate::samples::generators::tests::samples(&DataConfig::Sequence(task.clone()))
    }

    #[test]
    fn classes_are_orders_of_the_two_inputs() {
        let task = SequenceTask::default();
        let parts = samples(&task);
        assert_eq!(parts, samples(&task));
        assert_ne!(parts.train, parts.test);
        assert_ne!(parts.train, samples(&SequenceTask { seed: 2, ..task }).train);
        for sample in &parts.train {
            assert_eq!(sample.spikes.len(), 2);
            assert_eq!(Some(sample.spikes[0].source as usize), sample.target.class());
            assert!((sample.spikes[1].time - sample.spikes[0].time - 1.0).abs() < 0.4);
        }
    }
}
