//! From the word on the command line to a network to simulate.

use std::path::Path;

use delgrad::BuiltIn;
use delgrad::engine::files::{NetworkFile, NetworkFileError, NetworkFormat, NetworkText, read_input_spikes};
use delgrad::engine::spec::SpecError;
use delgrad::engine::{InputSpike, Network, RunError};

use crate::failure::Failure;
use crate::files;
use crate::word::{Names, Word};

/// A network file and where it comes from.
#[derive(Clone, Debug)]
pub struct NetworkSource {
    /// Name of the built-in network, or that of the file without its ending.
    pub name: String,
    /// How error messages call it.
    pub title: String,
    /// The file as it stands.
    pub text: NetworkText,
    pub file: NetworkFile,
}

impl NetworkSource {
    /// A built-in network, or else a file.
    pub fn find(word: &str) -> Result<Self, Failure> {
        match Word::of(word) {
            Word::Network(built_in) => Self::built_in(built_in),
            Word::File(path) => {
                // what is no network by its name is not read
                NetworkFormat::of(path, "")?;
                let text = std::fs::read_to_string(path)
                    .map_err(|source| NetworkFileError::Read { file: word.to_owned(), source })?;
                Self::parse(word, text)
            }
            Word::Folder(path) => Err(Failure::FolderAsNetwork { path: path.to_owned() }),
            Word::Experiment(_) => Err(Failure::ExperimentAsNetwork { name: word.to_owned() }),
            Word::Unknown => Err(Names::Networks.lack(word)),
        }
    }

    pub fn built_in(network: &BuiltIn) -> Result<Self, Failure> {
        let file = NetworkFile::parse_toml(network.toml)?;
        let (name, title) = (network.name.to_owned(), format!("network {}", network.name));
        let text = NetworkText { format: NetworkFormat::Toml, text: network.toml.to_owned() };
        Ok(Self { name, title, text, file })
    }

    /// A file whose text has been read: once, so that it may be a pipe, and so that all that is said of it is of one text.
    pub fn parse(word: &str, text: String) -> Result<Self, Failure> {
        let path = Path::new(word);
        let format = NetworkFormat::of(path, &text)?;
        let file = NetworkFile::parse(word, format, &text)?;
        let name = files::stem(path);
        Ok(Self { name, title: word.to_owned(), text: NetworkText { format, text }, file })
    }

    /// The same, drawn with another seed if one is given.
    pub fn find_with_seed(word: &str, seed: Option<u64>) -> Result<Self, Failure> {
        let mut found = Self::find(word)?;
        if let Some(seed) = seed {
            found.file.spec.seed = seed;
        }
        Ok(found)
    }

    /// The end of a run: the one asked for, or else that of the file.
    pub fn end(&self, asked: Option<f64>) -> Result<f64, Failure> {
        asked.or(self.file.until()).ok_or_else(|| Failure::NoEnd { network: self.title.clone() })
    }

    /// Input spikes of a file, or else those of the network file.
    pub fn input_spikes(&self, file: Option<&Path>) -> Result<Vec<InputSpike>, Failure> {
        match file {
            Some(path) => Ok(read_input_spikes(path)?),
            None => Ok(self.file.input_spikes.clone().unwrap_or_default()),
        }
    }

    /// The failure to start a run; where its input spikes are at fault, it names their file.
    pub fn failed_run(&self, file: Option<&Path>, error: RunError) -> Failure {
        match error {
            RunError::InputTime { .. } | RunError::InputOrder { .. } | RunError::NoSuchInput { .. } => {
                let file = file.map_or_else(|| self.title.clone(), |path| path.display().to_string());
                Failure::Inputs { file, source: error }
            }
            error => error.into(),
        }
    }

    /// The network, drawn with the seed of its specification.
    pub fn build(&self) -> Result<Network, Failure> {
        self.built(self.file.spec.build())
    }

    /// The same network, which remembers the order of its synapses.
    pub fn build_numbered(&self) -> Result<Network, Failure> {
        self.built(self.file.spec.build_numbered())
    }

    fn built(&self, network: Result<Network, SpecError>) -> Result<Network, Failure> {
        let error = |source: SpecError| NetworkFileError::Spec { file: self.title.clone(), source: source.into() };
        Ok(network.map_err(error)?)
    }
}
