//! From a word on the command line to what it stands for.

use std::path::{Path, PathBuf};

use delgrad::engine::Network;
use delgrad::engine::files::NETWORK_FORMAT;
use delgrad::train::run::{Setup, Trained};

use crate::endings;
use crate::failure::Failure;
use crate::files;
use crate::network_source::NetworkSource;
use crate::source::Source;
use crate::word::{self, Names, Word};

/// Something with a network in it. A file is read once: it may be a pipe.
#[derive(Clone, Debug)]
pub enum Artifact {
    /// A network of the engine.
    Network(Box<NetworkSource>),
    /// An experiment, not trained.
    Experiment(Source),
    /// A trained network: the folder of a run, or its network file.
    Trained(Box<TrainedFile>),
}

/// A trained network, what it is called, and where relative paths of its experiment start.
#[derive(Clone, Debug)]
pub struct TrainedFile {
    pub name: String,
    pub folder: PathBuf,
    pub trained: Trained,
}

impl Artifact {
    /// What comes with the program, a folder, or a file.
    pub fn open(word: &str) -> Result<Self, Failure> {
        match Word::of(word) {
            Word::Network(network) => Ok(Self::Network(Box::new(NetworkSource::built_in(network)?))),
            Word::Experiment(experiment) => Ok(Self::Experiment(Source::built_in(experiment))),
            Word::Folder(path) => Ok(Self::Trained(Box::new(TrainedFile::read(path)?))),
            Word::File(path) => Self::of_text(word, word::read(path)?),
            Word::Unknown => Err(Names::All.lack(word)),
        }
    }

    fn of_text(word: &str, text: String) -> Result<Self, Failure> {
        let path = Path::new(word);
        // files of the engine name their format; so do trained networks; experiments name their data
        let names = |name: &str| text.contains(&format!("\"{name}\"")) || text.contains(&format!("'{name}'"));
        // what has no ending may be either
        let ending = path.extension().map(|ending| ending.to_string_lossy());
        let may_be = |form: &str| ending.as_ref().is_none_or(|ending| ending == form);
        if may_be("json") && (names("delgrad-network") || names(NETWORK_FORMAT) && names("training")) {
            return Ok(Self::Trained(Box::new(TrainedFile::new(path, Trained::parse(path, &text)?))));
        }
        if names(NETWORK_FORMAT) {
            return Ok(Self::Network(Box::new(NetworkSource::parse(word, text)?)));
        }
        if may_be("toml") && has_key(&text, "data") {
            return Ok(Self::Experiment(Source::new(word, text)));
        }
        Err(Failure::NoArtifact { file: word.to_owned() })
    }

    /// Overrides are for experiments.
    pub fn check_overrides(&self, word: &str, overrides: &[(String, String)]) -> Result<(), Failure> {
        if overrides.is_empty() || matches!(self, Self::Experiment(_)) {
            return Ok(());
        }
        Err(Failure::SetWithoutExperiment { word: word.to_owned() })
    }

    /// The network of the engine, and its name: layers are written out neuron by neuron, an experiment is as before training.
    pub fn on_engine(self, word: &str, overrides: &[(String, String)]) -> Result<(String, Network), Failure> {
        self.check_overrides(word, overrides)?;
        match self {
            Self::Network(source) => Ok((source.name.clone(), source.build()?)),
            Self::Trained(file) => Ok((file.name, file.trained.network.on_engine(&file.trained.parameters)?)),
            Self::Experiment(source) => {
                let (name, experiment) = source.experiment(overrides)?;
                let setup = Setup::new(experiment, Path::new(""))?;
                Ok((name, setup.network.on_engine(&setup.initial)?))
            }
        }
    }
}

impl TrainedFile {
    /// A trained network by the folder of its run or by its file, which come before the names of experiments.
    pub fn find(path: &Path) -> Result<Self, Failure> {
        let name = path.display().to_string();
        match Word::of_run(&name) {
            Word::Experiment(_) => Err(Failure::NotTrained { name }),
            Word::File(file) if endings::is(file, "toml") => Err(Failure::NotTrained { name }),
            _ => Self::read(path),
        }
    }

    /// Reads `path`, or `path/network.json` if it is a folder.
    fn read(path: &Path) -> Result<Self, Failure> {
        Ok(Self::new(path, Trained::read(path)?))
    }

    /// What has been read of a file, or of the folder of a run.
    fn new(path: &Path, trained: Trained) -> Self {
        let folder = if path.is_dir() { path.to_owned() } else { files::folder(path) };
        Self { name: files::stem(path), folder, trained }
    }
}

/// Whether a line of a TOML file begins with a key, or with a table of that name.
fn has_key(toml: &str, key: &str) -> bool {
    toml.lines().any(|line| line.trim_start_matches(['\u{feff}', '[', ' ']).starts_with(key))
}
