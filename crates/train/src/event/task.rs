//! Tasks that come with the program, one file each.

mod coincidence;
mod pattern_generation;
mod sequence;
mod store_recall;
mod yin_yang;

use serde::{Deserialize, Serialize};

pub use coincidence::CoincidenceTask;
pub use pattern_generation::PatternGenerationTask;
pub use sequence::SequenceTask;
pub use store_recall::StoreRecallTask;
pub use yin_yang::YinYangTask;

use super::{Target, Trial, Trials};
use crate::TrainError;
use crate::require::require;
use delgrad_engine::random::{Purpose, stream};
use delgrad_engine::{InputSpike, NoMemory, require_memory};
use rand_chacha::ChaCha8Rng;

/// What makes the trials.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Task {
    /// The Yin-Yang set, with one or more spikes for each value.
    YinYang(YinYangTask),
    /// Which of two inputs spikes first.
    Sequence(SequenceTask),
    /// Which of some spike patterns comes, or none of them.
    Coincidence(CoincidenceTask),
    /// Which cue came before a silent gap.
    StoreRecall(StoreRecallTask),
    /// Spike trains to be reproduced.
    PatternGeneration(PatternGenerationTask),
}

impl Task {
    /// Checks the numbers.
    ///
    /// # Errors
    /// The first that is out of range.
    pub fn validate(&self, until: f64) -> Result<(), TrainError> {
        match self {
            Self::YinYang(task) => task.validate(until),
            Self::Sequence(task) => task.validate(until),
            Self::Coincidence(task) => task.validate(until),
            Self::StoreRecall(task) => task.validate(until),
            Self::PatternGeneration(task) => task.validate(until),
        }
    }

    /// What a network of this task sees, in words: the task, and how its values become spikes.
    pub(super) fn inputs(&self) -> String {
        match self {
            Self::YinYang(YinYangTask { early, late, repeats, interval, bias, .. }) => {
                format!(
                    "yin-yang, early = {early}, late = {late}, repeats = {repeats}, interval = {interval}, bias = {bias:?}"
                )
            }
            Self::Sequence(_) => "sequence".to_owned(),
            Self::Coincidence(_) => "coincidence".to_owned(),
            Self::StoreRecall(_) => "store-recall".to_owned(),
            Self::PatternGeneration(_) => "pattern-generation".to_owned(),
        }
    }

    /// Makes the trials, of length `until`. They depend on the numbers of the task alone.
    ///
    /// # Errors
    /// Numbers out of range.
    pub fn trials(&self, until: f64) -> Result<Trials, TrainError> {
        self.validate(until)?;
        match self {
            Self::YinYang(task) => task.trials(),
            Self::Sequence(task) => task.trials(),
            Self::Coincidence(task) => task.trials(),
            Self::StoreRecall(task) => task.trials(),
            Self::PatternGeneration(task) => task.trials(until),
        }
    }
}

/// The three parts of a task whose trials are independent of each other.
fn parts(
    sizes: [u32; 3],
    seed: u64,
    trial: impl Fn(u32, &mut ChaCha8Rng) -> Result<Trial, TrainError>,
) -> Result<[Vec<Trial>; 3], TrainError> {
    let one =
        |part: u64, number: u32| trial(number, &mut stream(seed, Purpose::Trials, part << 32 | u64::from(number)));
    require_trials(sizes.into_iter().map(u64::from).sum(), one(0, 0)?.inputs.len() as u64)?;
    let part = |part: u64| -> Result<Vec<Trial>, TrainError> {
        let one = |number: u32| one(part, number);
        (0..sizes[part as usize]).map(one).collect()
    };
    Ok([part(0)?, part(1)?, part(2)?])
}

/// Checks that there is memory for so many trials with so many input spikes each, before they are made.
fn require_trials(trials: u64, spikes: u64) -> Result<(), NoMemory> {
    let each = size_of::<Trial>() as u128 + u128::from(spikes) * size_of::<InputSpike>() as u128;
    require_memory(u128::from(trials) * each, || format!("{trials} trials of {spikes} spikes"), "make fewer")
}

/// Requires at least one trial.
fn require_size(field: &'static str, size: u32) -> Result<(), TrainError> {
    require(size > 0, field, f64::from(size), "at least 1")
}

/// Requires a number of things that fits the memory of any machine.
fn require_count(field: &'static str, count: u32) -> Result<(), TrainError> {
    require((1..=10_000).contains(&count), field, f64::from(count), "between 1 and 10000")
}

/// Requires a time within a trial.
fn require_time(field: &'static str, time: f64, until: f64) -> Result<(), TrainError> {
    require((0.0..=until).contains(&time), field, time, "between 0 and the end of a trial, `until`")
}
