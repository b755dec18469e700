//! A trained network read back, ready to run.

use std::path::{Path, PathBuf};

use delgrad::train::{AnyExperiment, CONFIG_FILE, EventRun, NETWORK_FILE, NetworkFile, TrainError};
use delgrad::ttfs::Network;

use crate::failure::Failure;

/// The kept network of a run, or a network file alone.
#[derive(Clone, Debug)]
pub struct Trained {
    pub file: NetworkFile,
    pub network: Network,
    pub parameters: Vec<f64>,
    /// Where relative paths of its experiment start.
    pub folder: PathBuf,
}

impl Trained {
    /// Reads `path`, or `path/network.json` if it is a folder.
    pub fn read(path: &Path) -> Result<Self, Failure> {
        let path = if path.is_dir() { path.join(NETWORK_FILE) } else { path.to_owned() };
        let text =
            std::fs::read_to_string(&path).map_err(|source| TrainError::Read { path: path.clone(), source })?;
        Self::parse(&path, &text)
    }

    /// A network file whose text has been read.
    pub fn parse(path: &Path, text: &str) -> Result<Self, Failure> {
        let file = NetworkFile::parse_of(path, text)?;
        let (network, parameters) =
            file.network().map_err(|problem| TrainError::NetworkFile { path: path.to_owned(), problem })?;
        let folder = path.parent().map_or_else(PathBuf::new, Path::to_owned);
        Ok(Self { file, network, parameters, folder })
    }
}

/// A run on the event engine, by its folder or by a network file in it; none if the path is of another kind.
pub fn event_run(path: &Path) -> Result<Option<EventRun>, Failure> {
    if path.is_dir() {
        return Ok(if is_event_run(path)? { Some(EventRun::read(path)?) } else { None });
    }
    let folder = path.parent().map_or_else(PathBuf::new, Path::to_owned);
    // A pipe is read once, and no run has one.
    if !path.is_file() || !folder.join(CONFIG_FILE).is_file() || !is_event_run(&folder)? {
        return Ok(None);
    }
    Ok(Some(EventRun::read_network(&folder, path)?))
}

/// Whether a folder is that of a run on the event engine, by its experiment.
pub fn is_event_run(folder: &Path) -> Result<bool, Failure> {
    let path = folder.join(CONFIG_FILE);
    let text = std::fs::read_to_string(&path).map_err(|source| TrainError::Read { path, source })?;
    Ok(AnyExperiment::is_event(&text))
}
