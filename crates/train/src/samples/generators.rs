//! Tasks that come with the program, one file each.

mod coincidence;
mod pattern;
mod pattern_generation;
mod sequence;
mod store_recall;
mod xor;
mod yin_yang;

pub use coincidence::CoincidenceTask;
pub use pattern::PatternTask;
pub use pattern_generation::PatternGenerationTask;
pub use sequence::SequenceTask;
pub use store_recall::StoreRecallTask;
pub use xor::XorTask;
pub use yin_yang::{YinYangTask, yin_yang};

use delgrad_engine::random::{stream, uniform};
use delgrad_engine::{InputSpike, NoMemory, require_memory};
use rand_chacha::ChaCha8Rng;

use super::config::Source;
use super::{Content, Labelled, Names, Parts, Sample, Samples, Target, ValueTable};
use crate::TrainError;
use crate::purposes;
use crate::require::require;

/// A task whose samples are made.
pub(super) trait Generator {
    /// Checks the numbers.
    fn validate(&self) -> Result<(), TrainError>;

    /// Makes the samples of valid numbers.
    fn source(&self) -> Result<Source, TrainError>;
}

/// Values with a class each.
fn values(values: Vec<f64>, width: usize, classes: Vec<u32>) -> Result<Labelled<Content>, TrainError> {
    let targets = classes.into_iter().map(Target::Class).collect();
    Labelled::new(Content::Values(ValueTable::new(values, width)?), targets)
}

/// Samples of values, one output for each class.
fn source_of_values(parts: Parts<Labelled<Content>>, features: Vec<String>, classes: Vec<String>) -> Source {
    let outputs = classes.len();
    Source { parts, names: Names { features, classes }, outputs, image: None }
}

/// Samples of spikes.
fn source_of_spikes(parts: Parts<Vec<Sample>>, inputs: u32, outputs: u32, classes: Vec<String>) -> Source {
    let part = |samples| Samples::from_samples(inputs, samples).map(Content::Spikes);
    let names = Names { features: Vec::new(), classes };
    Source { parts: parts.map(part), names, outputs: outputs as usize, image: None }
}

/// The three parts of a task whose samples are independent of each other.
fn parts(
    sizes: [u32; 3],
    seed: u64,
    sample: impl Fn(u32, &mut ChaCha8Rng) -> Sample,
) -> Result<Parts<Vec<Sample>>, TrainError> {
    let one = |part: u64, number: u32| {
        sample(number, &mut stream(seed, purposes::TRIALS, part << 32 | u64::from(number)))
    };
    require_samples_of_spikes(sizes.into_iter().map(u64::from).sum(), one(0, 0).spikes.len() as u64)?;
    let part = |part: u64| (0..sizes[part as usize]).map(|number| one(part, number)).collect();
    Ok([part(0), part(1), part(2)].into())
}

/// Checks that there is memory for so many samples with so many input spikes each, before they are made.
fn require_samples_of_spikes(samples: u64, spikes: u64) -> Result<(), NoMemory> {
    let each = size_of::<Sample>() as u128 + u128::from(spikes) * size_of::<InputSpike>() as u128;
    require_memory(u128::from(samples) * each, || format!("{samples} samples of {spikes} spikes"), "make fewer")
}

/// Times drawn uniformly from `start` to `start + length`.
fn uniform_times(rng: &mut ChaCha8Rng, count: u32, start: f64, length: f64) -> Vec<f64> {
    (0..count).map(|_| start + length * uniform(rng)).collect()
}

/// Requires at least one sample.
fn require_size(field: &'static str, size: u32) -> Result<(), TrainError> {
    require(size > 0, field, f64::from(size), "at least 1")
}

/// Requires a number of things that fits the memory of any machine.
fn require_count(field: &'static str, count: u32) -> Result<(), TrainError> {
    require((1..=10_000).contains(&count), field, f64::from(count), "between 1 and 10000")
}

/// Names that number things from 1.
fn numbered(what: &str, count: u32) -> Vec<String> {
    (1..=count).map(|number| format!("{what} {number}")).collect()
}

#[cfg(test)]
pub(super) mod tests {
    use std::path::Path;

    use super::*;
    use crate::samples::DataConfig;

    /// The samples of a task of spikes.
    pub fn samples(data: &DataConfig) -> Parts<Vec<Sample>> {
        data.load(Path::new(""), None).unwrap().parts.map(|part| {
            let spikes =
                |content| if let Content::Spikes(spikes) = content { spikes } else { panic!("no spikes") };
            part.map(spikes).iter().collect()
        })
    }

    /// The rows of a table of values.
    pub fn rows(data: &Labelled<Content>) -> Vec<Vec<f64>> {
        let Content::Values(table) = &data.content else { panic!("no values") };
        (0..data.len()).map(|sample| table.row(sample).into_owned()).collect()
    }
}
