//! Samples that come from files: where they are, and what of them is read.

use std::path::{Path, PathBuf};

use delgrad_engine::random::{shuffle, stream};
use serde::{Deserialize, Serialize};

use super::Source;
use crate::TrainError;
use crate::purposes;
use crate::samples::readers::{self, Files, Recording, Request, Separator};
use crate::samples::split::{split, split_in_two};
use crate::samples::{Content, Names, Parts, SplitConfig};

/// The formats of files.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum FileFormat {
    /// See [`DataConfig::Csv`](super::DataConfig::Csv).
    Csv,
    /// See [`DataConfig::Npy`](super::DataConfig::Npy).
    Npy,
    /// See [`DataConfig::Idx`](super::DataConfig::Idx).
    Idx,
    /// See [`DataConfig::Events`](super::DataConfig::Events).
    Events,
    /// See [`DataConfig::Series`](super::DataConfig::Series).
    Series,
    /// See [`DataConfig::Heidelberg`](super::DataConfig::Heidelberg).
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
    /// Images: means over blocks of so many times so many pixels; those of bytes are rounded to whole bytes. Default: the pixels.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub downsample: Option<u32>,
    /// Series without times: the time from one row to the next; default: 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub step: Option<f64>,
}

/// What an empty cell of a table means.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum EmptyCells {
    /// Its input does not spike.
    Silent,
}

impl FileData {
    /// At most `limit` samples of a file, in their order.
    fn limited(&self, mut recording: Recording) -> Recording {
        let samples = recording.samples.len() as u32;
        if let Some(limit) = self.limit.filter(|limit| *limit < samples) {
            let mut chosen: Vec<u32> = (0..samples).collect();
            shuffle(&mut stream(0, purposes::SPLIT, u64::MAX), &mut chosen);
            chosen.truncate(limit as usize);
            chosen.sort_unstable();
            recording.samples = recording.samples.select(&chosen);
        }
        recording
    }

    /// Reads the three parts; see [`DataConfig::load`](super::DataConfig::load).
    pub(super) fn load(
        &self,
        format: FileFormat,
        base: &Path,
        known: Option<&Names>,
    ) -> Result<Source, TrainError> {
        if known.is_none() {
            self.require_all_labels()?;
        }
        let joined = |path: &Option<PathBuf>| path.as_ref().map(|path| base.join(path));
        let files = |file: &Path, labels, targets| Files {
            file: base.join(file),
            labels: joined(labels),
            targets: joined(targets),
        };
        let read = |request: &Request<'_>| Ok::<_, TrainError>(self.limited(readers::read(format, request)?));
        let first = Request {
            files: files(&self.file, &self.labels, &self.targets),
            network: known,
            ..Request::new(self)
        };
        let Recording { samples, names, image } = read(&first)?;
        let image = image.or(self.sensor_size.map(|[width, height, _]| [width, height]));
        let trains = samples.targets.first().map_or(0, |target| target.trains().len());
        // The same name is the same feature, the same label the same class, and the same number the same input, in every file.
        let inputs = if let Content::Spikes(spikes) = &samples.content { Some(spikes.inputs()) } else { None };
        let outputs = (trains > 0).then_some(trains);
        let later = |file: &Option<PathBuf>, labels, targets| {
            let Some(file) = file else { return Ok(None) };
            let files = files(file, labels, targets);
            let recording = read(&Request { files, options: self, network: Some(&names), inputs, outputs })?;
            Ok::<_, TrainError>(Some(recording.samples))
        };
        let validation = later(&self.validation_file, &self.validation_labels, &self.validation_targets)?;
        let test = later(&self.test_file, &self.test_labels, &self.test_targets)?;
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
        Ok(Source { parts, names, outputs, image })
    }
}
