use std::fs;
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use serde::Serialize;

use super::state::{RunState, RunStatus};
use super::{METRICS_FILE, SUMMARY_FILE, Summary};
use crate::TrainError;
use crate::files::read_text;
use crate::learn::EpochMetrics;

/// Folders within folders that are looked into.
const DEEPEST: u32 = 4;

/// A run at a glance, finished or not.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct RunOverview {
    /// Its folder.
    pub path: PathBuf,
    /// Name of its experiment.
    pub experiment: String,
    /// How it stands.
    pub state: RunStatus,
    /// Epochs that are complete.
    pub done: u32,
    /// Epochs that it is to have.
    pub epochs: u32,
    /// Accuracy on the validation samples, 0 to 1: that of the kept network, or before the end the best so far; none before the first epoch.
    pub validation_accuracy: Option<f64>,
    /// Accuracy of the kept network on the test samples, 0 to 1; none before the end.
    pub test_accuracy: Option<f64>,
    /// When something was written last, in seconds since 1970.
    pub updated: u64,
}

impl RunOverview {
    /// Looks at the run in a folder; none if there is no run in it.
    ///
    /// # Errors
    /// Files that cannot be read or understood.
    pub fn read(folder: &Path) -> Result<Option<Self>, TrainError> {
        let Some(state) = RunState::read(folder)? else { return Ok(None) };
        let metrics = folder.join(METRICS_FILE);
        let rows = if metrics.is_file() { whole_lines(&read_text(&metrics)?) } else { String::new() };
        let history = if rows.is_empty() { Ok(Vec::new()) } else { EpochMetrics::read_csv(&rows) };
        let history = history.map_err(|problem| TrainError::RunFile { path: metrics.clone(), problem })?;
        let summary = folder.join(SUMMARY_FILE);
        let has_results = !matches!(state.state, RunStatus::Running | RunStatus::Killed) && summary.is_file();
        let results = has_results.then(|| Summary::read(&summary)).transpose()?;
        let best = history.iter().map(|metrics| metrics.validation_accuracy).reduce(f64::max);
        let written = fs::metadata(&metrics).and_then(|metadata| metadata.modified()).ok();
        let written = written.and_then(|time: SystemTime| time.duration_since(UNIX_EPOCH).ok());
        Ok(Some(Self {
            path: folder.to_owned(),
            experiment: state.experiment,
            state: state.state,
            done: history.last().map_or(0, |metrics| metrics.epoch),
            epochs: state.epochs,
            validation_accuracy: results.as_ref().map(|summary| summary.validation_accuracy).or(best),
            test_accuracy: results.as_ref().map(|summary| summary.test_accuracy),
            updated: written.map_or(0, |time| time.as_secs()).max(state.updated),
        }))
    }

    /// All runs below a folder, the latest ones last, and what cannot be read.
    ///
    /// # Errors
    /// A folder that cannot be read.
    pub fn all(folder: &Path) -> Result<(Vec<Self>, Vec<TrainError>), TrainError> {
        let (mut runs, mut problems) = (Vec::new(), Vec::new());
        gather(folder, DEEPEST, &mut runs, &mut problems)
            .map_err(|source| TrainError::Read { path: folder.to_owned(), source })?;
        runs.sort_by(|a, b| (a.updated, &a.path).cmp(&(b.updated, &b.path)));
        Ok((runs, problems))
    }
}

fn gather(
    folder: &Path,
    deepest: u32,
    runs: &mut Vec<RunOverview>,
    problems: &mut Vec<TrainError>,
) -> std::io::Result<()> {
    match RunOverview::read(folder) {
        Ok(Some(run)) => runs.push(run),
        Err(problem) => problems.push(problem),
        Ok(None) => {
            for entry in fs::read_dir(folder)? {
                let entry = entry?;
                let path = entry.path();
                // a hidden one belongs to a run that hardly began, or is none of ours
                let hidden = entry.file_name().to_string_lossy().starts_with('.');
                if deepest > 0 && !hidden && path.is_dir() && !path.is_symlink() {
                    // a folder that may not be read holds no runs that anybody looks for
                    let _ = gather(&path, deepest - 1, runs, problems);
                }
            }
        }
    }
    Ok(())
}

/// A row may be about to be written.
fn whole_lines(text: &str) -> String {
    text.rfind('\n').map_or_else(String::new, |end| text[..=end].to_owned())
}
