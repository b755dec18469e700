//! Readers of files, one for each format.

mod array;
mod arrays;
mod classes;
mod csv;
mod csv_error;
mod events;
mod heidelberg;
mod idx;
mod long_table;
mod npy;
mod offsets;
mod open;
mod problem;
mod sample_table;
mod separator;
mod series;
mod spikes;
mod table;

pub use csv_error::CsvError;
pub use problem::FileProblem;
pub use separator::{Separator, SeparatorError};

use std::path::{Path, PathBuf};

use super::{Content, FileData, FileFormat, Labelled, Names, escaped, has_control, numbered_features};
use crate::TrainError;

/// What a file holds.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Recording {
    /// Its samples.
    pub samples: Labelled<Content>,
    /// What their features and classes are called.
    pub names: Names,
    /// Width and height of the images in pixels, where the file says that they are such.
    pub image: Option<[u32; 2]>,
}

/// The files of one part of the samples.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Files {
    /// The samples.
    pub file: PathBuf,
    /// Their labels, where they have a file of their own.
    pub labels: Option<PathBuf>,
    /// Their target spikes.
    pub targets: Option<PathBuf>,
}

/// What is to be read, and what is known of it.
#[derive(Clone, Debug)]
pub struct Request<'a> {
    /// The files.
    pub files: Files,
    /// What the experiment says of them.
    pub options: &'a FileData,
    /// The names of a network that was trained with other samples: features are found by them, a label means the class of its
    /// name, and samples without a label are fine.
    pub network: Option<&'a Names>,
    /// Number of inputs, where it does not follow from the file.
    pub inputs: Option<u32>,
    /// Number of outputs of target spikes, where it does not follow from the file.
    pub outputs: Option<usize>,
}

impl<'a> Request<'a> {
    /// The file of these options, of which nothing else is known.
    #[must_use]
    pub fn new(options: &'a FileData) -> Self {
        let files =
            Files { file: options.file.clone(), labels: options.labels.clone(), targets: options.targets.clone() };
        Self { files, options, network: None, inputs: options.sensor_inputs().or(options.inputs), outputs: None }
    }

    fn path(&self) -> &Path {
        &self.files.file
    }

    /// Names of so many features, which must be as many as those of a network.
    fn features(&self, what: &'static str, found: usize) -> Result<Vec<String>, TrainError> {
        let Some(network) = self.network else { return Ok(numbered_features(found)) };
        let expected = network.features.len();
        if found != expected {
            return Err(FileProblem::Features { what, found, expected }.of(self.path()));
        }
        Ok(network.features.clone())
    }

    /// What must not be in two parts, such as a speaker.
    fn group_by(&self) -> Option<&'a str> {
        self.options.split.as_ref()?.group_by.as_deref()
    }
}

/// Reads a file.
///
/// # Errors
/// A file that cannot be read or is not of the format; errors name the file, the place in it and what would be right.
pub fn read(format: FileFormat, request: &Request<'_>) -> Result<Recording, TrainError> {
    let recording = match format {
        FileFormat::Csv => csv::read(request),
        FileFormat::Npy => npy::read(request),
        FileFormat::Idx => idx::read(request),
        FileFormat::Events => events::read(request),
        FileFormat::Series => series::read(request),
        FileFormat::Heidelberg => heidelberg::read(request),
    }?;
    // Tables have refused theirs, line by line; here those of arrays and folders are met.
    if let Some(name) = recording.names.classes.iter().find(|name| has_control(name)) {
        let path = request.files.labels.as_deref().unwrap_or(request.path());
        return Err(FileProblem::ControlCharacters { label: escaped(name) }.of(path));
    }
    Ok(recording)
}

#[cfg(test)]
mod testing;
