use std::fs::{self, File};
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use delgrad_files::unfinished::{
    Claim, RUNNING, claim, hidden_folder, make_folder, remove_folder, rename_new, sweep, undisturbed, whereabouts,
};
use delgrad_files::{folder_of, write_atomically};
use serde::Serialize;

use super::growing_metrics::{GrowingMetrics, json_lines};
use super::state::{RunState, RunStatus, STATE_FILE};
use super::{FolderError, PREVIOUS_CHECKPOINT_FILE, Setup, Summary, Trained};
use crate::TrainError;
use crate::learn::{EpochMetrics, Fit, Snapshot};

/// Name of the experiment with all values written out.
pub const CONFIG_FILE: &str = "config.toml";
/// Name of the table of epochs.
pub const METRICS_FILE: &str = "metrics.csv";
/// Name of the same as JSON, one epoch on a line.
pub const METRICS_LINES_FILE: &str = "metrics.jsonl";
/// Name of the results.
pub const SUMMARY_FILE: &str = "summary.json";
/// Name of the kept network.
pub const NETWORK_FILE: &str = "network.json";
/// Name of the network of the last epoch, written where another one was kept.
pub const LAST_NETWORK_FILE: &str = "network-last.json";

/// Name of the table of how often each class was taken for which, written where there are classes.
pub const CONFUSION_FILE: &str = "confusion.csv";

/// Name of the network that training started from, as the experiment has it, written where it started from a run.
pub const START_NETWORK_FILE: &str = "network-start.json";

/// The folder of a run that goes on. It has its name from the beginning, and holds the experiment and how the run stands; what
/// comes out is added at the end. Only one process has it, and a process that dies leaves it as it is.
#[derive(Debug)]
pub struct RunFolder {
    path: PathBuf,
    /// A file that stays locked while this process lives.
    marker: File,
    state: RunState,
    /// Folders above that were made for it.
    made: Vec<PathBuf>,
}

impl RunFolder {
    /// Refuses a path at which something is, so that this is found out before the work.
    ///
    /// # Errors
    /// If something is there: a link that leads nowhere and an empty folder are in the way as well.
    pub fn check_free(path: &Path) -> Result<(), TrainError> {
        // a slash at the end would follow a link
        let plain = folder_of(path).join(path.file_name().unwrap_or_default());
        match fs::symlink_metadata(plain) {
            Ok(_) => Err(FolderError::Exists { path: path.to_owned() }.into()),
            Err(_) => Ok(()),
        }
    }

    /// Makes the folder of a run that begins.
    ///
    /// # Errors
    /// If there is something at `path`, or its parent cannot be written.
    pub fn create(path: &Path, experiment: &str, setup: &Setup) -> Result<Self, TrainError> {
        Self::check_free(path)?;
        Self::make(experiment, setup, path, || None)
    }

    /// As [`create`](Self::create), at the first free path of `prefix-1`, `prefix-2`, ...
    ///
    /// # Errors
    /// If the parent cannot be written.
    pub fn create_numbered(prefix: &Path, experiment: &str, setup: &Setup) -> Result<Self, TrainError> {
        let mut number = 1;
        while Self::check_free(&numbered(prefix, number)).is_err() && number < u32::MAX {
            number += 1;
        }
        Self::make(experiment, setup, &numbered(prefix, number), || {
            number += 1;
            Some(numbered(prefix, number))
        })
    }

    /// Under a hidden name it gets what a run begins with, and then its name, or the next one as long as they are taken.
    fn make(
        experiment: &str,
        setup: &Setup,
        path: &Path,
        mut next: impl FnMut() -> Option<PathBuf>,
    ) -> Result<Self, TrainError> {
        static MADE: AtomicU64 = AtomicU64::new(0);
        let write_error = |source| TrainError::Write { path: path.to_owned(), source };
        let Some(name) = path.file_name() else { return Err(write_error(ErrorKind::InvalidFilename.into())) };
        let parent = folder_of(path);
        let made = make_parents(parent).map_err(write_error)?;
        sweep(parent);
        let mut own = name.to_owned();
        own.push(format!("-{}-{}", std::process::id(), MADE.fetch_add(1, Ordering::Relaxed)));
        let hidden = hidden_folder(parent, &own);
        let mut state = RunState::running(experiment, setup.experiment.training.epochs);
        let files = first_files(setup, &mut state).inspect_err(|_| remove_empty(&made))?;
        // who is told to end at once waits until the folder has its name
        let named = undisturbed(|_| {
            let marker = make_folder(&hidden).and_then(|marker| marker.ok_or(ErrorKind::AlreadyExists.into()));
            let marker = marker.map_err(write_error)?;
            let written = files.iter().try_for_each(|(name, text)| write_synced(&hidden.join(name), text));
            let path = written.map_err(write_error).and_then(|()| name_it(&hidden, path, &mut next));
            Ok((path.inspect_err(|_| drop(remove_folder(&hidden)))?, marker))
        });
        match named {
            Ok((path, marker)) => Ok(Self { path, marker, state, made }),
            Err(error) => {
                remove_empty(&made);
                Err(error)
            }
        }
    }

    /// Takes over the folder of a run whose process has ended, to go on with it.
    ///
    /// # Errors
    /// A folder that is none of a run, and one that a living process has.
    pub fn take_over(path: &Path) -> Result<Self, TrainError> {
        let state = RunState::read(path)?.ok_or_else(|| FolderError::NoRun { path: path.to_owned() })?;
        let claimed = claim(path).map_err(|source| TrainError::Write { path: path.to_owned(), source })?;
        let marker = match claimed {
            Claim::Ours(marker) => marker,
            Claim::Elsewhere { host } => return Err(FolderError::Elsewhere { path: path.to_owned(), host }.into()),
            _ => return Err(FolderError::Taken { path: path.to_owned() }.into()),
        };
        Ok(Self { path: path.to_owned(), marker, state, made: Vec::new() })
    }

    /// The run goes on with an experiment.
    pub(super) fn go_on(&mut self, setup: &Setup) -> Result<(), TrainError> {
        let started = self.state.started;
        self.state = RunState::running(&self.state.experiment, setup.experiment.training.epochs);
        self.state.started = started;
        write_atomically(&self.path.join(CONFIG_FILE), setup.experiment.to_toml()?.as_bytes())?;
        self.state.write(&self.path)
    }

    /// Where it is now: somebody may have moved it.
    pub(super) fn place(&mut self) -> &Path {
        self.find_again();
        &self.path
    }

    /// Where it is.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// How the run stood when the folder was taken over or made.
    #[must_use]
    pub fn state(&self) -> &RunState {
        &self.state
    }

    pub(super) fn growing_metrics(&self, history: &[EpochMetrics]) -> Result<GrowingMetrics, TrainError> {
        GrowingMetrics::new(&self.path, history)
    }

    /// Writes metrics, summary, confusion of classes and networks. Where somebody `waits` for room, a full disk is no reason to write
    /// elsewhere.
    ///
    /// # Errors
    /// A file that cannot be written. All others are kept, and the error says where.
    pub(super) fn write(
        &mut self,
        setup: &Setup,
        fit: &Fit,
        summary: &Summary,
        waits: bool,
    ) -> Result<(), TrainError> {
        let hash = &summary.data.hash;
        let network = |snapshot: &Snapshot| Trained::with_hash(setup, snapshot, hash.clone()).to_json();
        let kept = fit.kept(setup.experiment.training.keep);
        // the files that cannot be made again come first: the disk may become full
        let mut files = vec![
            (NETWORK_FILE, network(kept)?),
            (SUMMARY_FILE, to_json(summary)?),
            (CONFIG_FILE, setup.experiment.to_toml()?),
            (METRICS_FILE, EpochMetrics::csv(fit.history(), true)?),
            (METRICS_LINES_FILE, json_lines(fit.history())?),
        ];
        if let Some(confusion) = &summary.confusion {
            files.push((CONFUSION_FILE, confusion.csv(&setup.dataset.names.classes)));
        }
        self.find_again();
        let last = self.path.join(LAST_NETWORK_FILE);
        if kept.epoch != fit.last().epoch {
            files.push((LAST_NETWORK_FILE, network(fit.last())?));
        } else if last.exists() {
            // of the run before it went on
            fs::remove_file(&last).map_err(|source| TrainError::Write { path: last, source })?;
        }
        let Err(source) = write_all(&self.path, &files) else { return Ok(()) };
        if waits && source.full_disk().is_some() {
            return Err(source);
        }
        let copy = copy(&files).ok();
        Err(FolderError::Incomplete { source: Box::new(source), kept: self.path.clone(), elsewhere: copy }.into())
    }

    /// Ends the work on it, and says how the run stands.
    ///
    /// # Errors
    /// If that cannot be written.
    pub(super) fn end(mut self, status: RunStatus) -> Result<PathBuf, TrainError> {
        self.find_again();
        self.state.state = status;
        self.state.write(&self.path)?;
        if status.is_complete() {
            // the latest one is all that more epochs need
            let _ = fs::remove_file(self.path.join(PREVIOUS_CHECKPOINT_FILE));
        }
        let _ = fs::remove_file(self.path.join(RUNNING));
        Ok(self.path)
    }

    /// Gives it back as it was taken over.
    pub(super) fn release(self) {
        let _ = fs::remove_file(self.path.join(RUNNING));
    }

    /// Removes it with all that is in it.
    pub(super) fn discard(mut self) {
        self.find_again();
        let _ = remove_folder(&self.path);
        remove_empty(&self.made);
    }

    /// Finds the folder again if it was moved or renamed, and makes it anew if it was removed.
    fn find_again(&mut self) {
        let mark = self.path.join(RUNNING);
        if let Some(found) = whereabouts(&self.marker, &mark) {
            if found != mark {
                self.path = folder_of(&found).to_owned();
            }
        } else if !self.path.exists()
            && fs::create_dir_all(&self.path).is_ok()
            && let Ok(Claim::Ours(marker)) = claim(&self.path)
        {
            self.marker = marker;
        }
    }
}

/// What a run begins with.
fn first_files(setup: &Setup, state: &mut RunState) -> Result<Vec<(&'static str, String)>, TrainError> {
    let mut files = vec![(CONFIG_FILE, setup.experiment.to_toml()?), (STATE_FILE, state.text()?)];
    if setup.experiment.from.is_some() {
        let start = Snapshot { epoch: 0, parameters: setup.initial.clone() };
        files.push((START_NETWORK_FILE, Trained::new(setup, &start).to_json()?));
    }
    Ok(files)
}

/// Writes a file of a folder that has no name yet.
fn write_synced(path: &Path, text: &str) -> io::Result<()> {
    let mut file = File::create(path)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()
}

/// Gives a hidden folder its name, or the next one as long as they are taken.
fn name_it(hidden: &Path, path: &Path, next: &mut impl FnMut() -> Option<PathBuf>) -> Result<PathBuf, TrainError> {
    let mut path = path.to_owned();
    while let Err(source) = rename_new(hidden, &path) {
        if source.kind() != ErrorKind::AlreadyExists {
            return Err(TrainError::Write { path, source });
        }
        path = next().ok_or(FolderError::Exists { path })?;
    }
    Ok(path)
}

/// Makes the missing folders of a path, and says which.
fn make_parents(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let missing = folder.ancestors().take_while(|folder| !folder.as_os_str().is_empty() && !folder.exists());
    let made: Vec<PathBuf> = missing.map(Path::to_owned).collect();
    fs::create_dir_all(folder)?;
    Ok(made)
}

/// Removes folders that are empty, those within others first.
fn remove_empty(folders: &[PathBuf]) {
    for folder in folders {
        // succeeds only for empty folders
        let _ = fs::remove_dir(folder);
    }
}

fn numbered(prefix: &Path, number: u32) -> PathBuf {
    let mut path = prefix.to_owned().into_os_string();
    path.push(format!("-{number}"));
    PathBuf::from(path)
}

/// Writes as many of the files as can be written. The error is that of the first one that cannot.
fn write_all(folder: &Path, files: &[(&str, String)]) -> Result<(), TrainError> {
    let write = |(name, text): &(&str, String)| Ok(write_atomically(&folder.join(name), text.as_bytes())?);
    let written = files.iter().map(write);
    // all are tried before the first failure counts
    written.collect::<Vec<_>>().into_iter().collect()
}

/// All files in a new folder of the system's folder for temporary files, which may be on another disk.
fn copy(files: &[(&str, String)]) -> Result<PathBuf, TrainError> {
    let place = std::env::temp_dir();
    let folder = tempfile::Builder::new().prefix("delgrad-run-").tempdir_in(&place);
    let folder = folder.map_err(|source| TrainError::Write { path: place, source })?;
    write_all(folder.path(), files)?;
    Ok(folder.keep())
}

/// Writes a file so that it is either complete or not there: to a temporary name, synced, renamed.
///
/// # Errors
/// If the file cannot be written.
pub fn write_file(path: &Path, bytes: &[u8]) -> Result<(), TrainError> {
    Ok(write_atomically(path, bytes)?)
}

/// Pretty JSON with a final newline.
pub(super) fn to_json(value: &impl Serialize) -> Result<String, TrainError> {
    let text = serde_json::to_string_pretty(value)
        .map_err(|error| TrainError::Unwritable { form: "JSON", problem: error.to_string() })?;
    Ok(text + "\n")
}
