use delgrad_engine::InputSpike;
use delgrad_engine::random::{below, normal};
use serde::{Deserialize, Serialize};

use super::{Trial, Trials, parts, require_size, require_time};
use crate::TrainError;
use crate::error::{require, require_non_negative};

/// Which cue was shown, asked for after a silence.
///
/// One of the inputs 0 and 1, the cue, spikes `burst` times from `start` on; after `gap` without any input the last input,
/// the go signal, does the same. All spikes carry normal noise. The class is the cue.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub struct StoreRecallTask {
    /// Trials of each part.
    pub size: u32,
    /// Seed of cues and noise.
    pub seed: u32,
    /// Number of cues.
    pub cues: u32,
    /// Spikes of a cue, and of the go signal.
    pub burst: u32,
    /// Distance of the spikes of a burst.
    pub interval: f64,
    /// First spike of the cue.
    pub start: f64,
    /// From the last spike of the cue to the first of the go signal.
    pub gap: f64,
    /// Standard deviation of the noise on each spike.
    pub jitter: f64,
}

impl Default for StoreRecallTask {
    fn default() -> Self {
        Self { size: 200, seed: 1, cues: 2, burst: 3, interval: 0.3, start: 0.5, gap: 8.0, jitter: 0.05 }
    }
}

impl StoreRecallTask {
    /// First spike of the go signal, without noise.
    #[must_use]
    pub fn go(&self) -> f64 {
        self.start + self.interval * f64::from(self.burst.saturating_sub(1)) + self.gap
    }

    pub(super) fn validate(&self, until: f64) -> Result<(), TrainError> {
        require_size("task.size", self.size)?;
        require(self.cues >= 2, "task.cues", f64::from(self.cues), "at least 2")?;
        require_size("task.burst", self.burst)?;
        require_non_negative("task.interval", self.interval)?;
        require_time("task.start", self.start, until)?;
        require_time("task.gap", self.gap, until)?;
        require(self.go() <= until, "task.gap", self.gap, "so short that the go signal comes within a trial")?;
        require_non_negative("task.jitter", self.jitter)
    }

    pub(super) fn trials(&self) -> Result<Trials, TrainError> {
        let (sizes, go) = ([self.size; 3], self.go());
        let [train, validation, test] = parts(sizes, u64::from(self.seed), |_, rng| {
            let cue = below(rng, self.cues);
            let mut spikes = Vec::new();
            for (source, start) in [(cue, self.start), (self.cues, go)] {
                for number in 0..self.burst {
                    let time = start + self.interval * f64::from(number);
                    spikes.push(InputSpike { time: normal(rng, time, self.jitter).max(0.0), source });
                }
            }
            Ok(Trial::of_class(spikes, cue as usize))
        })?;
        let classes = (0..self.cues).map(|cue| format!("cue {cue}")).collect();
        let (inputs, outputs) = (self.cues + 1, self.cues as usize);
        Ok(Trials { train, validation, test, inputs, outputs, classes, values: None })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_happens_between_cue_and_go() {
        let task = StoreRecallTask::default();
        let trials = task.trials().unwrap();
        assert_eq!(trials, task.trials().unwrap());
        let mut seen = [0; 2];
        for trial in &trials.test {
            assert_eq!(trial.inputs.len(), 6);
            seen[trial.class()] += 1;
            assert!(trial.inputs[..3].iter().all(|spike| spike.source as usize == trial.class()));
            assert!(trial.inputs[3..].iter().all(|spike| spike.source == 2));
            assert!(trial.inputs[3].time - trial.inputs[2].time > 7.5);
        }
        assert!(seen.iter().all(|count| *count > 60), "{seen:?}");
    }
}
