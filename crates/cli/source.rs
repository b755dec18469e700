//! From the word on the command line to an experiment.

use std::path::{Path, PathBuf};

use delgrad::BuiltIn;
use delgrad::train::experiment::Experiment;

use crate::failure::Failure;
use crate::files;
use crate::word::{self, Names, Word};

/// The text of an experiment and where it comes from.
#[derive(Clone, Debug)]
pub struct Source {
    /// Name of the built-in experiment, or that of the file without its ending.
    name: String,
    /// How error messages call it.
    title: String,
    text: String,
    /// Where relative paths start.
    folder: PathBuf,
}

impl Source {
    /// A built-in experiment, or else a file.
    pub fn find(word: &str) -> Result<Self, Failure> {
        match Word::of(word) {
            Word::Experiment(built_in) => Ok(Self::built_in(built_in)),
            Word::File(path) => Ok(Self::new(word, word::read(path)?)),
            Word::Folder(path) => Err(Failure::FolderAsExperiment { path: path.to_owned() }),
            Word::Network(network) => Err(Failure::NetworkAsExperiment { name: network.name.to_owned() }),
            Word::Unknown => Err(Names::Experiments.lack(word)),
        }
    }

    pub fn built_in(experiment: &BuiltIn) -> Self {
        Self {
            name: experiment.name.to_owned(),
            title: format!("experiment {}", experiment.name),
            text: experiment.toml.to_owned(),
            folder: PathBuf::from("."),
        }
    }

    /// A file whose text has been read.
    pub fn new(word: &str, text: String) -> Self {
        let path = Path::new(word);
        Self { name: files::stem(path), title: path.display().to_string(), text, folder: files::folder(path) }
    }

    /// The experiment with the overrides in it, checked, and with a name and absolute paths; before it what it is called: as it
    /// says, or else as its file.
    pub fn experiment(&self, overrides: &[(String, String)]) -> Result<(String, Experiment), Failure> {
        let mut experiment = Experiment::complete(&self.title, &self.text, overrides, &self.folder)?;
        experiment.resolve_paths(&self.folder);
        experiment.set_default_name(&self.name);
        Ok((experiment.name.clone().unwrap_or_else(|| self.name.clone()), experiment))
    }
}
