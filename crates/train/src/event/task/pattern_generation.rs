use delgrad_engine::InputSpike;
use delgrad_engine::random::{Purpose, stream, uniform};
use serde::{Deserialize, Serialize};

use super::super::trial::sort;
use super::{Target, Trial, Trials, require_size, require_time};
use crate::TrainError;
use crate::error::require;

/// Spike trains to be reproduced exactly: one trial, with fixed input spikes and fixed target spikes of each output.
///
/// Each input spikes `input-spikes` times, uniformly between 0 and `to`. The targets of an output are uniform among all
/// trains of `spikes` spikes between `from` and `to` whose distances are at least `distance`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub struct PatternGenerationTask {
    /// Seed of inputs and targets.
    pub seed: u32,
    /// Number of inputs.
    pub inputs: u32,
    /// Spikes of each input.
    pub input_spikes: u32,
    /// Number of outputs.
    pub outputs: u32,
    /// Target spikes of each output.
    pub spikes: u32,
    /// Earliest target spike.
    pub from: f64,
    /// Latest target spike.
    pub to: f64,
    /// Least distance of target spikes.
    pub distance: f64,
}

impl Default for PatternGenerationTask {
    fn default() -> Self {
        Self { seed: 1, inputs: 10, input_spikes: 4, outputs: 3, spikes: 5, from: 2.0, to: 12.0, distance: 1.0 }
    }
}

impl PatternGenerationTask {
    pub(super) fn validate(&self, until: f64) -> Result<(), TrainError> {
        require_size("task.inputs", self.inputs)?;
        require_size("task.outputs", self.outputs)?;
        require_size("task.spikes", self.spikes)?;
        require_time("task.from", self.from, until)?;
        require_time("task.to", self.to, until)?;
        let room = self.to - self.from - self.distance * f64::from(self.spikes - 1);
        let fits = self.distance >= 0.0 && room > 0.0;
        require(
            fits,
            "task.distance",
            self.distance,
            "at least 0, and so small that all spikes fit between from and to",
        )
    }

    pub(super) fn trials(&self) -> Result<Trials, TrainError> {
        let seed = u64::from(self.seed);
        let mut rng = stream(seed, Purpose::Trials, 0);
        let mut inputs = Vec::new();
        for source in 0..self.inputs {
            let times = (0..self.input_spikes).map(|_| self.to * uniform(&mut rng));
            inputs.extend(times.map(|time| InputSpike { time, source }));
        }
        sort(&mut inputs);
        let trial = Trial { inputs, target: Target::Trains((0..self.outputs).map(|n| self.train(n)).collect()) };
        let (one, outputs) = (vec![trial], self.outputs as usize);
        let classes = Vec::new();
        let (train, validation, test) = (one.clone(), one.clone(), one);
        Ok(Trials { train, validation, test, inputs: self.inputs, outputs, classes, values: None })
    }

    /// Ordered uniform numbers in the room that the distances leave, with the distances put back between them.
    fn train(&self, output: u32) -> Vec<f64> {
        let mut rng = stream(u64::from(self.seed), Purpose::TaskPattern, u64::from(output));
        let room = self.to - self.from - self.distance * f64::from(self.spikes - 1);
        let mut times: Vec<f64> = (0..self.spikes).map(|_| self.from + room * uniform(&mut rng)).collect();
        times.sort_by(f64::total_cmp);
        (0..).zip(times).map(|(number, time)| time + self.distance * f64::from(number)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn targets_keep_their_distance() {
        let task = PatternGenerationTask::default();
        task.validate(15.0).unwrap();
        let trials = task.trials().unwrap();
        assert_eq!(trials, task.trials().unwrap());
        let Target::Trains(trains) = &trials.train[0].target else { panic!() };
        assert_eq!((trains.len(), trials.train[0].inputs.len()), (3, 40));
        for train in trains {
            assert_eq!(train.len(), 5);
            assert!(train[0] >= 2.0 && train[4] <= 12.0);
            assert!(train.windows(2).all(|pair| pair[1] - pair[0] >= 1.0), "{train:?}");
        }
        assert_ne!(trains[0], trains[1]);
        assert!(PatternGenerationTask { spikes: 11, ..task }.validate(15.0).is_err());
    }
}
