use delgrad_engine::InputSpike;
use delgrad_engine::random::{stream, uniform};
use rand_chacha::ChaCha8Rng;
use serde::{Deserialize, Serialize};

use super::{Generator, require_count, require_samples_of_spikes, source_of_spikes, uniform_times};
use crate::TrainError;
use crate::purposes;
use crate::require::{require, require_non_negative, require_positive};
use crate::samples::config::Source;
use crate::samples::{Sample, Target};

/// Spike trains that the outputs have to reproduce, each at the call of an input pattern.
///
/// A pattern has `input-spikes` spikes of each input, uniformly from 0 to `duration`. Its target has `spikes` spikes of
/// each output between `from` and `to`, uniformly among those trains with intervals of at least `interval`. There is
/// one sample for each pattern, without noise, to train, validate and test on: what counts is exactness. All times are in the time
/// unit of the network.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub struct PatternGenerationTask {
    /// Seed of the patterns.
    pub seed: u32,
    /// Length of a sample.
    pub duration: f64,
    /// Number of patterns.
    pub patterns: u32,
    /// Number of inputs.
    pub inputs: u32,
    /// Spikes of each input in a pattern.
    pub input_spikes: u32,
    /// Number of outputs.
    pub outputs: u32,
    /// Spikes of each output in a target.
    pub spikes: u32,
    /// Earliest spike of a target.
    pub from: f64,
    /// Latest spike of a target.
    pub to: f64,
    /// Least interval between two spikes of an output.
    pub interval: f64,
}

impl Default for PatternGenerationTask {
    fn default() -> Self {
        Self {
            seed: 1,
            duration: 20.0,
            patterns: 2,
            inputs: 20,
            input_spikes: 2,
            outputs: 2,
            spikes: 5,
            from: 4.0,
            to: 18.0,
            interval: 1.0,
        }
    }
}

impl PatternGenerationTask {
    /// The time that is left when all intervals of a target are the least.
    fn slack(&self) -> f64 {
        self.to - self.from - f64::from(self.spikes - 1) * self.interval
    }

    /// A target of one output.
    fn target(&self, rng: &mut ChaCha8Rng) -> Vec<f64> {
        let mut times = uniform_times(rng, self.spikes, self.from, self.slack());
        times.sort_unstable_by(f64::total_cmp);
        (0..).zip(times).map(|(spike, time)| time + f64::from(spike) * self.interval).collect()
    }

    fn sample(&self, number: u32) -> Sample {
        let seed = u64::from(self.seed);
        let rng = &mut stream(seed, purposes::TASK_PATTERN, 2 * u64::from(number));
        let sources = (0..self.inputs).flat_map(|source| (0..self.input_spikes).map(move |_| source));
        let spikes = sources.map(|source| InputSpike { time: self.duration * uniform(rng), source }).collect();
        let rng = &mut stream(seed, purposes::TASK_PATTERN, 2 * u64::from(number) + 1);
        Sample::new(spikes, Target::Trains((0..self.outputs).map(|_| self.target(rng)).collect()))
    }
}

impl Generator for PatternGenerationTask {
    fn validate(&self) -> Result<(), TrainError> {
        require_count("data.patterns", self.patterns)?;
        require_count("data.inputs", self.inputs)?;
        require_count("data.input-spikes", self.input_spikes)?;
        require_count("data.outputs", self.outputs)?;
        require_count("data.spikes", self.spikes)?;
        require_positive("data.duration", self.duration)?;
        require_non_negative("data.from", self.from)?;
        require(self.to <= self.duration, "data.to", self.to, "at most the length of a sample, duration")?;
        require_non_negative("data.interval", self.interval)?;
        require(self.slack() > 0.0, "data.to", self.to, "above from + (spikes - 1) interval")
    }

    fn source(&self) -> Result<Source, TrainError> {
        let spikes = u64::from(self.inputs) * u64::from(self.input_spikes);
        let targets = u64::from(self.outputs) * u64::from(self.spikes);
        // The same three times.
        require_samples_of_spikes(3 * u64::from(self.patterns), spikes + targets)?;
        let all: Vec<Sample> = (0..self.patterns).map(|number| self.sample(number)).collect();
        Ok(source_of_spikes([all.clone(), all.clone(), all].into(), self.inputs, self.outputs, Vec::new()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples::DataConfig;

    #[test]
    fn targets_keep_their_intervals() {
        let samples = |task: &PatternGenerationTask| {
            crate::samples::generators::tests::samples(&DataConfig::PatternGeneration(task.clone())).train
        };
        let task = PatternGenerationTask { patterns: 20, ..PatternGenerationTask::default() };
        let train = samples(&task);
        assert_eq!(train, samples(&task));
        assert_ne!(train[0], train[1]);
        assert_ne!(train, samples(&PatternGenerationTask { seed: 2, ..task }));
        for sample in &train {
            assert_eq!(sample.spikes.len(), 40);
            let targets = sample.target.trains();
            assert_eq!(targets.len(), 2);
            for target in targets {
                assert_eq!(target.len(), 5);
                assert!(target[0] >= 4.0 && target[4] <= 18.0);
                assert!(target.windows(2).all(|pair| pair[1] - pair[0] >= 1.0 - 1e-12), "{target:?}");
            }
        }
    }

    #[test]
    fn bad_numbers_are_named() {
        let error = |task: PatternGenerationTask| task.validate().unwrap_err().to_string();
        let task = PatternGenerationTask::default();
        assert!(error(PatternGenerationTask { spikes: 0, ..task.clone() }).starts_with("data.spikes is 0"));
        assert!(error(PatternGenerationTask { to: 25.0, ..task.clone() }).starts_with("data.to is 25"));
        assert!(
            error(PatternGenerationTask { interval: 4.0, ..task }).contains("above from + (spikes - 1) interval")
        );
    }
}
