use std::path::{Path, PathBuf};

use super::state::{RunState, RunStatus};
use super::{
    CONFIG_FILE, FolderError, METRICS_FILE, NETWORK_FILE, START_NETWORK_FILE, SUMMARY_FILE, Setup, Summary,
    Trained,
};
use crate::TrainError;
use crate::experiment::Experiment;
use crate::files::read_text;
use crate::learn::EpochMetrics;

/// A finished run read back.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Run {
    /// Its experiment, samples, and network before training.
    pub setup: Setup,
    /// One entry for each epoch.
    pub history: Vec<EpochMetrics>,
    /// The results.
    pub summary: Summary,
    /// The kept network.
    pub trained: Trained,
}

impl Run {
    /// Reads a run folder. Relative paths of its data start at `base`.
    ///
    /// # Errors
    /// A file that is missing or cannot be understood, networks that are not those of the experiment, and data that cannot be
    /// loaded any more.
    pub fn read(folder: &Path, base: &Path) -> Result<Self, TrainError> {
        let trained = Trained::read(folder)?;
        let config = folder.join(CONFIG_FILE);
        let experiment = Experiment::parse(&config.display().to_string(), &read_text(&config)?, &[])?;
        if experiment != trained.experiment {
            let problem = format!("it is not the experiment of {NETWORK_FILE} beside it");
            return Err(TrainError::RunFile { path: config, problem });
        }
        let mut setup = Setup::of_trained(&trained, base)?;
        if experiment.from.is_some() {
            let start = Trained::read(&folder.join(START_NETWORK_FILE))?;
            setup.set_known_initial(&start.parameters)?;
        } else {
            setup.find_initial(&mut |_| ())?;
        }
        let (history, summary) = (
            EpochMetrics::read(&folder.join(METRICS_FILE))?,
            read_summary(folder, setup.dataset.names.classes.len())?,
        );
        Ok(Self { setup, history, summary, trained })
    }
}

/// The network file of a run that is given by its folder or by that file.
///
/// # Errors
/// The folder of a run that is not finished: a network in it is from before it went on.
pub(crate) fn network_path(run: &Path) -> Result<PathBuf, TrainError> {
    if !run.is_dir() {
        return Ok(run.to_owned());
    }
    let (network, path) = (run.join(NETWORK_FILE), run.to_owned());
    match RunState::read(run)?.map(|state| state.state) {
        Some(RunStatus::Running) => Err(FolderError::GoesOn { path }.into()),
        Some(RunStatus::Killed) => Err(FolderError::NoResults { path }.into()),
        Some(_) if !network.exists() => Err(FolderError::NoResults { path }.into()),
        _ => Ok(network),
    }
}

/// The results in the run folder of a network for so many classes.
fn read_summary(folder: &Path, classes: usize) -> Result<Summary, TrainError> {
    let path = folder.join(SUMMARY_FILE);
    let summary = Summary::read(&path)?;
    let fits = summary.confusion.as_ref().map_or(classes == 0, |confusion| confusion.is_of(classes));
    if fits {
        Ok(summary)
    } else {
        Err(TrainError::RunFile { path, problem: format!("its confusion is not that of {classes} classes") })
    }
}
