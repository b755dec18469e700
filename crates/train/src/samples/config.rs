mod file_data;

pub use file_data::{EmptyCells, FileData, FileFormat};

use std::path::Path;

use serde::{Deserialize, Serialize};

use super::generators::{
    CoincidenceTask, Generator, PatternGenerationTask, PatternTask, SequenceTask, StoreRecallTask, XorTask,
    YinYangTask,
};
use super::{Content, Labelled, Names, Parts};
use crate::TrainError;
use crate::files::absolute;

/// Number of samples of a generated part, and its seed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct PartSize {
    /// Number of samples.
    pub size: u32,
    /// Seed of the generator.
    pub seed: u32,
}

/// Where the samples come from.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "source", rename_all = "kebab-case")]
#[non_exhaustive]
pub enum DataConfig {
    /// The Yin-Yang set: x, y, 1-x, 1-y and one of three classes.
    YinYang(YinYangTask),
    /// Exclusive or: two bits, two classes.
    Xor(XorTask),
    /// Random patterns, each a class of its own.
    Pattern(PatternTask),
    /// Which of two inputs spikes first.
    Sequence(SequenceTask),
    /// Which of some spike patterns comes, or none of them.
    Coincidence(CoincidenceTask),
    /// Which cue came before a silent gap.
    StoreRecall(StoreRecallTask),
    /// Spike trains to be reproduced.
    PatternGeneration(PatternGenerationTask),
    /// CSV files with a header: feature columns and a label column.
    Csv(FileData),
    /// NumPy files: a matrix of values with a row for each sample, and labels.
    Npy(FileData),
    /// Images as MNIST has them: IDX files of images and of labels, packed by gzip or not.
    Idx(FileData),
    /// Spikes with labels or target trains: CSV tables, NumPy files, folders of NumPy files.
    Events(FileData),
    /// Time series with labels: CSV tables and NumPy files.
    Series(FileData),
    /// Spikes as the Heidelberg sets have them: HDF5 files.
    Heidelberg(FileData),
}

/// Samples of a source with their names, before they are encoded.
#[derive(Clone, Debug, PartialEq)]
pub struct Source {
    /// The three parts.
    pub parts: Parts<Labelled<Content>>,
    /// What features and classes are called.
    pub names: Names,
    /// Number of outputs that a network needs.
    pub outputs: usize,
    /// Width and height of the images in pixels, where samples are such.
    pub image: Option<[u32; 2]>,
}

/// The sources that differ in how they are used.
enum Kind<'a> {
    /// A task with its name.
    Task(&'static str, &'a dyn Generator),
    Files(FileFormat, &'a FileData),
}

impl DataConfig {
    fn kind(&self) -> Kind<'_> {
        match self {
            Self::YinYang(task) => Kind::Task("yin-yang", task),
            Self::Xor(task) => Kind::Task("xor", task),
            Self::Pattern(task) => Kind::Task("pattern", task),
            Self::Sequence(task) => Kind::Task("sequence", task),
            Self::Coincidence(task) => Kind::Task("coincidence", task),
            Self::StoreRecall(task) => Kind::Task("store-recall", task),
            Self::PatternGeneration(task) => Kind::Task("pattern-generation", task),
            Self::Csv(files) => Kind::Files(FileFormat::Csv, files),
            Self::Npy(files) => Kind::Files(FileFormat::Npy, files),
            Self::Idx(files) => Kind::Files(FileFormat::Idx, files),
            Self::Events(files) => Kind::Files(FileFormat::Events, files),
            Self::Series(files) => Kind::Files(FileFormat::Series, files),
            Self::Heidelberg(files) => Kind::Files(FileFormat::Heidelberg, files),
        }
    }

    /// Format and files, where it names such.
    #[must_use]
    pub fn files(&self) -> Option<(FileFormat, &FileData)> {
        if let Kind::Files(format, files) = self.kind() { Some((format, files)) } else { None }
    }

    fn files_mut(&mut self) -> Option<&mut FileData> {
        match self {
            Self::Csv(files)
            | Self::Npy(files)
            | Self::Idx(files)
            | Self::Events(files)
            | Self::Series(files)
            | Self::Heidelberg(files) => Some(files),
            _ => None,
        }
    }

    /// What it is called in an experiment.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self.kind() {
            Kind::Task(name, _) => name,
            Kind::Files(format, _) => format.name(),
        }
    }

    /// Checks the numbers.
    ///
    /// # Errors
    /// The first that is out of range, and keys that do not go together.
    pub fn validate(&self) -> Result<(), TrainError> {
        match self.kind() {
            Kind::Task(_, task) => task.validate(),
            Kind::Files(format, files) => files.validate(format),
        }
    }

    /// Makes the paths of files absolute, so that the experiment may move; relative ones start at `base`.
    pub fn resolve_paths(&mut self, base: &Path) {
        let Some(files) = self.files_mut() else { return };
        let others = [
            &mut files.validation_file,
            &mut files.test_file,
            &mut files.labels,
            &mut files.validation_labels,
            &mut files.test_labels,
            &mut files.targets,
            &mut files.validation_targets,
            &mut files.test_targets,
        ];
        for path in std::iter::once(&mut files.file).chain(others.into_iter().flatten()) {
            *path = absolute(base, path);
        }
    }

    /// Says how many inputs a network takes that these samples are for. Without it, files of spikes alone decide how many there
    /// are, if the experiment does not.
    pub fn set_inputs(&mut self, inputs: u32) {
        let spikes = matches!(self, Self::Events(_) | Self::Heidelberg(_));
        if let Some(files) = self.files_mut().filter(|files| spikes && files.sensor_size.is_none()) {
            files.inputs.get_or_insert(inputs);
        }
    }

    /// Makes or reads the three parts. Relative paths start at `base`.
    ///
    /// For a network that was trained on these samples before, `known` are the names that it was trained with: files may have
    /// changed since, so features and classes are found by their names.
    ///
    /// # Errors
    /// Sizes and constants out of range, files that cannot be read or used, and columns and labels that the network does not
    /// know.
    pub fn load(&self, base: &Path, known: Option<&Names>) -> Result<Source, TrainError> {
        self.validate()?;
        match self.kind() {
            Kind::Task(_, task) => task.source(),
            Kind::Files(format, files) => files.load(format, base, known),
        }
    }
}

#[cfg(test)]
mod tests;
