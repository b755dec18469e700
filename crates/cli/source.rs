//! From the word on the command line to an experiment.

use std::path::{Path, PathBuf};

use delgrad::train::TrainError;
use delgrad::train::experiment::Experiment;
use delgrad::{experiments, networks};

use crate::failure::Failure;
use crate::files;
use crate::suggest;

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
        if let Some(built_in) = experiments::find(word) {
            return Ok(Self {
                name: built_in.name.to_owned(),
                title: format!("experiment {}", built_in.name),
                text: built_in.toml.to_owned(),
                folder: PathBuf::from("."),
            });
        }
        let path = Path::new(word);
        if path.is_dir() {
            return Err(Failure::FolderAsExperiment { path: path.to_owned() });
        }
        if !path.exists() && path.extension().is_none_or(|ending| ending != "toml") {
            let network = networks::find(word).map(|network| network.name.to_owned());
            return Err(network.map_or_else(|| unknown(word), |name| Failure::NetworkAsExperiment { name }));
        }
        let text =
            std::fs::read_to_string(path).map_err(|source| TrainError::Read { path: path.to_owned(), source })?;
        Ok(Self::new(word, text))
    }

    /// A file whose text has been read.
    pub fn new(word: &str, text: String) -> Self {
        let path = Path::new(word);
        Self { name: files::stem(path), title: path.display().to_string(), text, folder: files::folder(path) }
    }

    /// The experiment with the overrides in it, checked, and with a name and absolute paths; before it what it is called: as it
    /// says, or else as its file.
    pub fn experiment(&self, overrides: &[(String, String)]) -> Result<(String, Experiment), Failure> {
        let mut experiment = Experiment::parse(&self.title, &self.text, overrides)?;
        experiment.resolve_paths(&self.folder);
        experiment.set_default_name(&self.name);
        Ok((experiment.name.clone().unwrap_or_else(|| self.name.clone()), experiment))
    }
}

/// The failure to find an experiment, with the name that was probably meant.
pub fn unknown(name: &str) -> Failure {
    let hint = suggest::hint(name, experiments::all().iter().map(|experiment| experiment.name));
    Failure::UnknownExperiment { name: name.to_owned(), hint }
}
