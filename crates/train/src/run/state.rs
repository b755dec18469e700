use std::path::Path;
use std::time::{SystemTime, UNIX_EPOCH};

use delgrad_files::unfinished::{host, is_claimed};
use delgrad_files::{read_complete_json, write_atomically};
use serde::{Deserialize, Serialize};

use super::folder::to_json;
use super::written_by;
use crate::TrainError;
use crate::files::read_text;
use crate::learn::StopReason;

/// Name of the file that says how a run stands.
pub const STATE_FILE: &str = "state.json";

/// How a run stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum RunStatus {
    /// A process works on it.
    Running,
    /// Its process has ended without a word. Never written: the file says `running`, and nobody holds the folder.
    Killed,
    /// All epochs are done.
    Completed,
    /// The validation results no longer improved.
    EarlyStopping,
    /// On request.
    Interrupted,
    /// An epoch failed.
    Failed,
}

impl RunStatus {
    /// As in `state.json`.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Running => "running",
            Self::Killed => "killed",
            Self::Completed => "completed",
            Self::EarlyStopping => "early-stopping",
            Self::Interrupted => "interrupted",
            Self::Failed => "failed",
        }
    }

    /// Whether nothing is left to do.
    #[must_use]
    pub fn is_complete(self) -> bool {
        matches!(self, Self::Completed | Self::EarlyStopping)
    }
}

impl From<StopReason> for RunStatus {
    fn from(stop: StopReason) -> Self {
        match stop {
            StopReason::Completed => Self::Completed,
            StopReason::EarlyStopping => Self::EarlyStopping,
            StopReason::Interrupted => Self::Interrupted,
            StopReason::Failed => Self::Failed,
        }
    }
}

/// What `state.json` says of a run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct RunState {
    /// Version of the program that wrote it.
    pub written_by: String,
    /// Name of the experiment.
    pub experiment: String,
    /// How the run stands.
    pub state: RunStatus,
    /// Epochs that it is to have.
    pub epochs: u32,
    /// Machine of the process that works on it, or that did so last.
    pub host: String,
    /// Number of that process.
    pub process: u32,
    /// When the run began, in seconds since 1970.
    pub started: u64,
    /// When this was written, in seconds since 1970.
    pub updated: u64,
}

impl RunState {
    /// A run that begins now, in this process.
    pub(super) fn running(experiment: &str, epochs: u32) -> Self {
        Self {
            written_by: written_by(),
            experiment: experiment.to_owned(),
            state: RunStatus::Running,
            epochs,
            host: host().to_string_lossy().into_owned(),
            process: std::process::id(),
            started: now(),
            updated: now(),
        }
    }

    /// Reads the state of the run in a folder; none if it has none.
    ///
    /// # Errors
    /// A file that cannot be read or understood.
    pub fn read(folder: &Path) -> Result<Option<Self>, TrainError> {
        let path = folder.join(STATE_FILE);
        if !path.is_file() {
            return Ok(None);
        }
        let text = read_text(&path)?;
        let state = read_complete_json::<Self>(&text);
        let mut state = state.map_err(|error| TrainError::RunFile { path, problem: error.to_string() })?;
        if state.state == RunStatus::Running && !is_claimed(folder) {
            state.state = RunStatus::Killed;
        }
        Ok(Some(state))
    }

    /// The text of its file, written now.
    pub(super) fn text(&mut self) -> Result<String, TrainError> {
        self.updated = now();
        to_json(self)
    }

    pub(super) fn write(&mut self, folder: &Path) -> Result<(), TrainError> {
        Ok(write_atomically(&folder.join(STATE_FILE), self.text()?.as_bytes())?)
    }
}

/// Seconds since 1970.
fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |time| time.as_secs())
}
