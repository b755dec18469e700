use std::path::{Path, PathBuf};

use delgrad_engine::random::{Purpose, shuffle, stream};
use serde::{Deserialize, Serialize};

use super::generators::{
    CoincidenceTask, PatternGenerationTask, PatternTask, SequenceTask, StoreRecallTask, XorTask, YinYangTask,
};
use super::readers::{self, Files, Recording, Request, Separator};
use super::{Content, Labelled, Names, Parts, SplitConfig, split, split::split_in_two};
use crate::TrainError;

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

/// The formats of files.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FileFormat {
    /// See [`DataConfig::Csv`].
    Csv,
    /// See [`DataConfig::Npy`].
    Npy,
    /// See [`DataConfig::Idx`].
    Idx,
    /// See [`DataConfig::Events`].
    Events,
    /// See [`DataConfig::Series`].
    Series,
    /// See [`DataConfig::Heidelberg`].
    Heidelberg,
}

/// Files with samples, and what of them is read.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct FileData {
    /// Samples to train on, or all samples where no other file is given.
    pub file: PathBuf,
    /// Samples to validate on; default: a part of `file`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub validation_file: Option<PathBuf>,
    /// Samples to test on; default: a part of `file`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub test_file: Option<PathBuf>,
    /// Labels of `file`, where it has none itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub labels: Option<PathBuf>,
    /// Labels of `validation-file`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub validation_labels: Option<PathBuf>,
    /// Labels of `test-file`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub test_labels: Option<PathBuf>,
    /// Target spikes of `file`, in the place of labels: a CSV table with the columns sample, output and time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub targets: Option<PathBuf>,
    /// Target spikes of `validation-file`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub validation_targets: Option<PathBuf>,
    /// Target spikes of `test-file`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub test_targets: Option<PathBuf>,
    /// How a file is divided.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub split: Option<SplitConfig>,
    /// Samples of each file at most, chosen at random; default: all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<u32>,
    /// Labels in the order of the classes. Default: the labels that occur, sorted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub classes: Option<Vec<String>>,
    /// Tables: what separates the cells of a line; default: a comma.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub separator: Option<Separator>,
    /// Tables: name of the label column. Default: the column named "label", "class" or "target", else the last one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label_column: Option<String>,
    /// Tables: names of the feature columns, in the order wanted. Default: every other column.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub feature_columns: Option<Vec<String>>,
    /// Tables: columns that are neither features nor the label.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub ignore_columns: Vec<String>,
    /// Tables: what an empty cell means, or NaN in a matrix; default: an error.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub empty_cells: Option<EmptyCells>,
    /// Spikes: number of inputs. Default: as many as the largest unit of `file` asks for, which is below 1,048,576; the other
    /// files must fit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub inputs: Option<u32>,
    /// Spikes of a sensor: width, height and polarities. The input of an event is `(p * height + y) * width + x`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sensor_size: Option<[u32; 3]>,
    /// Spikes and series: times are multiplied by it; default: 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub time_scale: Option<f64>,
    /// Spikes at or after this time are cut off, input and target spikes alike; `time-scale` comes before. Default: none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub duration: Option<f64>,
    /// Spikes: whether only the first spike of each input is kept; default: all.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub first_spike_only: bool,
    /// Images: means over blocks of so many times so many pixels; default: the pixels.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub downsample: Option<u32>,
    /// Series without times: the time from one row to the next; default: 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub step: Option<f64>,
}

/// What an empty cell of a table means.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum EmptyCells {
    /// Its input does not spike.
    Silent,
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
}

impl DataConfig {
    /// Format and files, where it names such.
    #[must_use]
    pub fn files(&self) -> Option<(FileFormat, &FileData)> {
        match self {
            Self::Csv(files) => Some((FileFormat::Csv, files)),
            Self::Npy(files) => Some((FileFormat::Npy, files)),
            Self::Idx(files) => Some((FileFormat::Idx, files)),
            Self::Events(files) => Some((FileFormat::Events, files)),
            Self::Series(files) => Some((FileFormat::Series, files)),
            Self::Heidelberg(files) => Some((FileFormat::Heidelberg, files)),
            _ => None,
        }
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
        match self {
            Self::YinYang(_) => "yin-yang",
            Self::Xor(_) => "xor",
            Self::Pattern(_) => "pattern",
            Self::Sequence(_) => "sequence",
            Self::Coincidence(_) => "coincidence",
            Self::StoreRecall(_) => "store-recall",
            Self::PatternGeneration(_) => "pattern-generation",
            Self::Csv(_) => FileFormat::Csv.name(),
            Self::Npy(_) => FileFormat::Npy.name(),
            Self::Idx(_) => FileFormat::Idx.name(),
            Self::Events(_) => FileFormat::Events.name(),
            Self::Series(_) => FileFormat::Series.name(),
            Self::Heidelberg(_) => FileFormat::Heidelberg.name(),
        }
    }

    /// Checks the numbers.
    ///
    /// # Errors
    /// The first that is out of range, and keys that do not go together.
    pub fn validate(&self) -> Result<(), TrainError> {
        match self {
            Self::YinYang(task) => task.validate(),
            Self::Xor(task) => task.validate(),
            Self::Pattern(task) => task.validate(),
            Self::Sequence(task) => task.validate(),
            Self::Coincidence(task) => task.validate(),
            Self::StoreRecall(task) => task.validate(),
            Self::PatternGeneration(task) => task.validate(),
            Self::Csv(files) => files.validate(FileFormat::Csv),
            Self::Npy(files) => files.validate(FileFormat::Npy),
            Self::Idx(files) => files.validate(FileFormat::Idx),
            Self::Events(files) => files.validate(FileFormat::Events),
            Self::Series(files) => files.validate(FileFormat::Series),
            Self::Heidelberg(files) => files.validate(FileFormat::Heidelberg),
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
            let joined = base.join(&*path);
            *path = std::path::absolute(&joined).unwrap_or(joined);
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
        match self {
            Self::YinYang(task) => task.source(),
            Self::Xor(task) => task.source(),
            Self::Pattern(task) => task.source(),
            Self::Sequence(task) => task.source(),
            Self::Coincidence(task) => task.source(),
            Self::StoreRecall(task) => task.source(),
            Self::PatternGeneration(task) => task.source(),
            Self::Csv(files) => files.load(FileFormat::Csv, base, known),
            Self::Npy(files) => files.load(FileFormat::Npy, base, known),
            Self::Idx(files) => files.load(FileFormat::Idx, base, known),
            Self::Events(files) => files.load(FileFormat::Events, base, known),
            Self::Series(files) => files.load(FileFormat::Series, base, known),
            Self::Heidelberg(files) => files.load(FileFormat::Heidelberg, base, known),
        }
    }
}

impl FileData {
    /// At most `limit` samples of a file, in their order.
    fn limited(&self, mut recording: Recording) -> Recording {
        let samples = recording.samples.len() as u32;
        if let Some(limit) = self.limit.filter(|limit| *limit < samples) {
            let mut chosen: Vec<u32> = (0..samples).collect();
            shuffle(&mut stream(0, Purpose::Split, u64::MAX), &mut chosen);
            chosen.truncate(limit as usize);
            chosen.sort_unstable();
            recording.samples = recording.samples.select(&chosen);
        }
        recording
    }

    fn load(&self, format: FileFormat, base: &Path, known: Option<&Names>) -> Result<Source, TrainError> {
        if known.is_none() {
            self.require_all_labels()?;
        }
        let joined = |path: &Option<PathBuf>| path.as_ref().map(|path| base.join(path));
        let files = [
            (Some(&self.file), &self.labels, &self.targets),
            (self.validation_file.as_ref(), &self.validation_labels, &self.validation_targets),
            (self.test_file.as_ref(), &self.test_labels, &self.test_targets),
        ];
        let [first, validation, test] = files.map(|(file, labels, targets)| {
            file.map(|file| Files { file: base.join(file), labels: joined(labels), targets: joined(targets) })
        });
        let read = |files: Option<Files>, request: Request<'_>| -> Result<Option<Recording>, TrainError> {
            let Some(files) = files else { return Ok(None) };
            Ok(Some(self.limited(readers::read(format, &Request { files, ..request })?)))
        };
        let request = Request { options: self, network: known, ..Request::new(self) };
        let Some(Recording { samples, names }) = read(first, request.clone())? else {
            return Err(TrainError::EmptyDataset { what: "file" });
        };
        let trains = samples.targets.first().map_or(0, |target| target.trains().len());
        // The same name is the same feature, the same label the same class, and the same number the same input, in every file.
        let inputs = if let Content::Spikes(spikes) = &samples.content { Some(spikes.inputs()) } else { None };
        let later = Request { network: Some(&names), inputs, outputs: (trains > 0).then_some(trains), ..request };
        let validation = read(validation, later.clone())?.map(|recording| recording.samples);
        let test = read(test, later)?.map(|recording| recording.samples);
        let config = self.split.clone().unwrap_or_default();
        let parts = match (validation, test) {
            (Some(validation), Some(test)) => Parts { train: samples, validation, test },
            (None, None) => split(&samples, &config)?,
            (Some(validation), None) => {
                let [train, test] = split_in_two(&samples, &config, ("test", config.test))?;
                Parts { train, validation, test }
            }
            (None, Some(test)) => {
                let [train, validation] = split_in_two(&samples, &config, ("validation", config.validation))?;
                Parts { train, validation, test }
            }
        };
        let outputs = if names.classes.is_empty() { trains } else { names.classes.len() };
        Ok(Source { parts, names, outputs })
    }
}

#[cfg(test)]
mod tests;
