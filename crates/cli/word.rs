//! What a word on the command line stands for.

use std::path::Path;

use delgrad::train::TrainError;
use delgrad::{BuiltIn, experiments, networks};

use crate::failure::Failure;
use crate::suggest;

/// A name that comes with the program, or else a path. Commands that take one kind say of the others what they are.
#[derive(Clone, Copy, Debug)]
pub enum Word<'a> {
    Network(&'static BuiltIn),
    Experiment(&'static BuiltIn),
    /// A folder that exists.
    Folder(&'a Path),
    /// A file that exists, or whose name ends as those of files do.
    File(&'a Path),
    /// Nothing that there is.
    Unknown,
}

impl<'a> Word<'a> {
    pub fn of(word: &'a str) -> Self {
        match (networks::find(word), experiments::find(word)) {
            (Some(network), _) => Self::Network(network),
            (None, Some(experiment)) => Self::Experiment(experiment),
            (None, None) => Self::of_path(Path::new(word)),
        }
    }

    /// The same where folders and files come before names: the folder of a run may be called as its experiment.
    pub fn of_run(word: &'a str) -> Self {
        let path = Path::new(word);
        if path.exists() { Self::of_path(path) } else { Self::of(word) }
    }

    fn of_path(path: &'a Path) -> Self {
        if path.is_dir() {
            Self::Folder(path)
        } else if path.exists() || path.extension().is_some() {
            Self::File(path)
        } else {
            Self::Unknown
        }
    }

    /// The path, if it is one.
    pub fn path(self) -> Option<&'a Path> {
        match self {
            Self::Folder(path) | Self::File(path) => Some(path),
            _ => None,
        }
    }
}

/// The text of a file. It is read once: it may be a pipe.
pub fn read(path: &Path) -> Result<String, TrainError> {
    std::fs::read_to_string(path).map_err(|source| TrainError::Read { path: path.to_owned(), source })
}

/// The names that a command takes.
#[derive(Clone, Copy, Debug)]
pub enum Names {
    Experiments,
    Networks,
    All,
}

impl Names {
    /// The failure to find a word, with the nearest name that comes with the program.
    pub fn lack(self, word: &str) -> Failure {
        let (experiments, networks) = (experiments::all(), networks::all());
        let (what, all, known) = match self {
            Self::Experiments => ("experiment", "experiments", [experiments, &[]]),
            Self::Networks => ("network", "networks", [networks, &[]]),
            Self::All => ("experiment, network", "experiments and networks", [experiments, networks]),
        };
        let hint = suggest::hint(word, known.into_iter().flatten().map(|built_in| built_in.name));
        Failure::Unknown { what, name: word.to_owned(), hint, all }
    }
}
