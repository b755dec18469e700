use delgrad_engine::InputSpike;
use delgrad_engine::random::{normal, stream, uniform};
use serde::{Deserialize, Serialize};

use super::{Generator, numbered, parts, require_size, source_of_spikes, uniform_times};
use crate::TrainError;
use crate::purposes;
use crate::require::{require, require_non_negative};
use crate::samples::Sample;
use crate::samples::config::Source;

/// Which cue has been shown, asked after a silent gap: a delayed response.
///
/// Each of `cues` classes has inputs of its own, `inputs` of them, that spike once each at times between `start` and
/// `start + length`; these times are drawn once for each class and then shaken by `jitter` in every trial. The last spike
/// of the cue is followed by silence for a time drawn uniformly between `gap-min` and `gap-max`. Then comes the signal to
/// answer: one spike on each of as many further inputs as there are classes, shaken by `jitter` too. It is the same for all
/// classes. Outputs are read from its first spike on. All times are in the time unit of the network.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub struct StoreRecallTask {
    /// Samples of each part.
    pub size: u32,
    /// Seed of cues, gaps and noise.
    pub seed: u32,
    /// Number of cues.
    pub cues: u32,
    /// Inputs of each cue.
    pub inputs: u32,
    /// Start of the cue.
    pub start: f64,
    /// Length of the cue.
    pub length: f64,
    /// Shortest silence.
    pub gap_min: f64,
    /// Longest silence.
    pub gap_max: f64,
    /// Standard deviation of the noise on each spike.
    pub jitter: f64,
}

impl Default for StoreRecallTask {
    fn default() -> Self {
        let (start, length, gap_min, gap_max, jitter) = (0.5, 1.0, 10.0, 15.0, 0.05);
        Self { size: 200, seed: 1, cues: 3, inputs: 4, start, length, gap_min, gap_max, jitter }
    }
}

impl Generator for StoreRecallTask {
    fn validate(&self) -> Result<(), TrainError> {
        require_size("data.size", self.size)?;
        require(self.cues >= 2, "data.cues", f64::from(self.cues), "at least 2")?;
        require(self.inputs >= 1, "data.inputs", f64::from(self.inputs), "at least 1")?;
        let few = self.cues.checked_mul(self.inputs).and_then(|cues| cues.checked_add(self.cues));
        require(few.is_some(), "data.inputs", f64::from(self.inputs), "fewer: inputs are numbered with 32 bits")?;
        require_non_negative("data.start", self.start)?;
        require_non_negative("data.length", self.length)?;
        require_non_negative("data.gap-min", self.gap_min)?;
        let gaps = self.gap_max.is_finite() && self.gap_max >= self.gap_min;
        require(gaps, "data.gap-max", self.gap_max, "a finite number, at least gap-min")?;
        require_non_negative("data.jitter", self.jitter)
    }

    fn source(&self) -> Result<Source, TrainError> {
        let seed = u64::from(self.seed);
        let cues: Vec<Vec<f64>> = (0..self.cues)
            .map(|cue| {
                let mut rng = stream(seed, purposes::TASK_PATTERN, u64::from(cue));
                uniform_times(&mut rng, self.inputs, self.start, self.length)
            })
            .collect();
        let parts = parts([self.size; 3], seed, |number, rng| {
            let class = number % self.cues;
            let mut shaken = |time| normal(rng, time, self.jitter);
            let cue: Vec<f64> = cues[class as usize].iter().map(|&time| shaken(time).max(0.0)).collect();
            let signal: Vec<f64> = (0..self.cues).map(|_| shaken(0.0)).collect();
            let gap = self.gap_min + (self.gap_max - self.gap_min) * uniform(rng);
            let last = cue.iter().copied().fold(0.0, f64::max);
            let first = signal.iter().copied().fold(f64::INFINITY, f64::min);
            let answer = last + gap;
            let cue = (class * self.inputs..).zip(cue);
            // The first spike of the signal comes at `answer` to the bit: outputs are read from there on.
            let signal = signal.iter().map(|time| answer + (time - first));
            let spikes = cue.chain((self.cues * self.inputs..).zip(signal));
            let spikes: Vec<InputSpike> = spikes.map(|(source, time)| InputSpike { time, source }).collect();
            Sample::of_class(spikes, class).read_from(answer).pause(last..answer)
        })?;
        let inputs = self.cues * self.inputs + self.cues;
        Ok(source_of_spikes(parts, inputs, self.cues, numbered("cue", self.cues)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples::{DataConfig, Parts};

    fn samples(task: &StoreRecallTask) -> Parts<Vec<Sample>> {
        crate::samples::generators::tests::samples(&DataConfig::StoreRecall(task.clone()))
    }

    #[test]
    fn cues_are_followed_by_silence_and_the_same_signal() {
        let task = StoreRecallTask { cues: 3, ..StoreRecallTask::default() };
        let parts = samples(&task);
        assert_eq!(parts, samples(&task));
        assert_ne!(parts.train, parts.test);
        assert_eq!(task.source().unwrap().outputs, 3);
        for trial in &parts.train {
            let (cue, signal) = trial.spikes.split_at(4);
            let pause = trial.pause.clone().unwrap();
            assert!(cue.iter().all(|spike| spike.source as usize / 4 == trial.target.class().unwrap()));
            assert_eq!(cue[3].time, pause.start);
            assert!((10.0..=15.0).contains(&(pause.end - pause.start)));
            assert_eq!((signal[0].time, trial.read_from), (pause.end, pause.end));
            let mut sources: Vec<u32> = signal.iter().map(|spike| spike.source).collect();
            sources.sort_unstable();
            assert_eq!(sources, [12, 13, 14]);
        }
    }

    #[test]
    fn the_signal_tells_nothing_of_the_cue() {
        let parts = samples(&StoreRecallTask { size: 2000, cues: 2, ..StoreRecallTask::default() });
        // Which of the two signal inputs comes first, next to the class: all four cases are equally frequent.
        let mut counts = [[0; 2]; 2];
        for trial in &parts.train {
            counts[trial.target.class().unwrap()][(trial.spikes[4].source - 8) as usize] += 1;
        }
        assert!(counts.iter().flatten().all(|&count| (430..570).contains(&count)), "{counts:?}");
    }

    #[test]
    fn bad_numbers_are_named() {
        let error = |task: StoreRecallTask| task.validate().unwrap_err().to_string();
        let task = StoreRecallTask::default;
        assert!(error(StoreRecallTask { cues: 1, ..task() }).starts_with("data.cues is 1"));
        assert!(error(StoreRecallTask { inputs: 0, ..task() }).starts_with("data.inputs is 0"));
        assert!(error(StoreRecallTask { inputs: u32::MAX, ..task() }).contains("fewer"));
        assert!(error(StoreRecallTask { gap_max: 9.0, ..task() }).starts_with("data.gap-max is 9"));
        assert!(error(StoreRecallTask { jitter: f64::NAN, ..task() }).starts_with("data.jitter is NaN"));
    }
}
