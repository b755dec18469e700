use std::path::{Path, PathBuf};

use delgrad_files::{read_complete_json, write_atomically};
use serde::Serialize;

use super::reserved_folder::ReservedFolder;
use super::{FolderError, GrowingMetrics, Setup, Summary, Trained};
use crate::TrainError;
use crate::experiment::Experiment;
use crate::files::read_text;
use crate::learn::{EpochMetrics, Fit, Snapshot};
use crate::require::require_length;

/// Name of the experiment with all values written out.
pub const CONFIG_FILE: &str = "config.toml";
/// Name of the table of epochs.
pub const METRICS_FILE: &str = "metrics.csv";
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

/// A run folder in the making. It appears under its name when configuration, metrics, summary and networks are in it.
#[derive(Debug)]
pub struct RunFolder {
    reserved: ReservedFolder,
    /// What the numbers of the folder follow, if it has one.
    prefix: Option<PathBuf>,
}

impl RunFolder {
    /// Reserves a name, so that a folder that cannot be written is found out before the training.
    ///
    /// # Errors
    /// If there is something at `path`, another run has reserved it, or its parent cannot be written.
    pub fn create(path: &Path) -> Result<Self, TrainError> {
        Ok(Self { reserved: ReservedFolder::new(path)?, prefix: None })
    }

    /// As [`create`](Self::create), for the first free path of `prefix-1`, `prefix-2`, ...
    ///
    /// # Errors
    /// If the parent cannot be written.
    pub fn create_numbered(prefix: &Path) -> Result<Self, TrainError> {
        for number in 1..=u32::MAX {
            match ReservedFolder::new(&numbered(prefix, number)) {
                Ok(reserved) => return Ok(Self { reserved, prefix: Some(prefix.to_owned()) }),
                Err(TrainError::Folder(
                    FolderError::Exists { .. } | FolderError::Reserved { .. } | FolderError::Unnamed { .. },
                )) => {}
                Err(error) => return Err(error),
            }
        }
        Err(FolderError::Exists { path: prefix.to_owned() }.into())
    }

    /// Where the files are until the folder is finished.
    #[must_use]
    pub fn partial_path(&self) -> &Path {
        self.reserved.hidden()
    }

    /// The table of epochs as it grows in [`partial_path`](Self::partial_path), before [`write`](Self::write) replaces it.
    #[must_use]
    pub fn growing_metrics(&self) -> GrowingMetrics {
        GrowingMetrics::new(self.partial_path().join(METRICS_FILE))
    }

    /// Writes configuration, metrics, summary, confusion of classes and networks, and the network of another run that training
    /// started from, if it did: this folder does not need the other one.
    ///
    /// # Errors
    /// A file that cannot be written. All others are kept, and the error says where.
    pub fn write(&mut self, setup: &Setup, fit: &Fit, summary: &Summary) -> Result<(), TrainError> {
        let hash = &summary.data.hash;
        let network = |snapshot: &Snapshot| Trained::with_hash(setup, snapshot, hash.clone()).to_json();
        let kept = fit.kept(setup.experiment.training.keep);
        // the files that cannot be made again come first: the disk may become full
        let mut files = vec![
            (NETWORK_FILE, network(kept)?),
            (SUMMARY_FILE, to_json(summary)?),
            (CONFIG_FILE, setup.experiment.to_toml()?),
            (METRICS_FILE, metrics_csv(&fit.history, true)?),
        ];
        if let Some(confusion) = &summary.confusion {
            files.push((CONFUSION_FILE, confusion.csv(&setup.dataset.names.classes)));
        }
        if kept.epoch != fit.last.epoch {
            files.push((LAST_NETWORK_FILE, network(&fit.last)?));
        }
        if setup.experiment.from.is_some() {
            files.push((START_NETWORK_FILE, network(&Snapshot { epoch: 0, parameters: setup.initial.clone() })?));
        }
        self.reserved.find_again();
        let Err(source) = write_all(self.reserved.hidden(), self.reserved.path(), &files) else { return Ok(()) };
        let kept = self.reserved.keep();
        let copy = copy(&files).ok();
        Err(FolderError::Incomplete { source: Box::new(source), kept, elsewhere: copy }.into())
    }

    /// Gives the folder its name.
    ///
    /// # Errors
    /// If something has taken the name meanwhile, or the renaming fails. The folder is kept, and the error says where.
    pub fn finish(self) -> Result<PathBuf, TrainError> {
        let Self { reserved, prefix } = self;
        let mut number = 0;
        reserved.name(|| {
            number += 1;
            prefix.as_deref().map(|prefix| numbered(prefix, number))
        })
    }
}

fn numbered(prefix: &Path, number: u32) -> PathBuf {
    let mut path = prefix.to_owned().into_os_string();
    path.push(format!("-{number}"));
    PathBuf::from(path)
}

/// Writes as many of the files as can be written. The error is that of the first one that cannot, and names it as the user does.
fn write_all(folder: &Path, shown: &Path, files: &[(&str, String)]) -> Result<(), TrainError> {
    let write = |(name, text): &(&str, String)| {
        write_atomically(&folder.join(name), text.as_bytes())
            .map_err(|error| error.known_as(&shown.join(name)).into())
    };
    let written = files.iter().map(write);
    // all are tried before the first failure counts
    written.collect::<Vec<_>>().into_iter().collect()
}

/// All files in a new folder of the system's folder for temporary files, which may be on another disk.
fn copy(files: &[(&str, String)]) -> Result<PathBuf, TrainError> {
    let place = std::env::temp_dir();
    let folder = tempfile::Builder::new().prefix("delgrad-run-").tempdir_in(&place);
    let folder = folder.map_err(|source| TrainError::Write { path: place, source })?;
    write_all(folder.path(), folder.path(), files)?;
    Ok(folder.keep())
}

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
        let config = folder.join(CONFIG_FILE);
        let experiment = Experiment::parse(&config.display().to_string(), &read_text(&config)?, &[])?;
        let trained = Trained::read(&folder.join(NETWORK_FILE))?;
        if experiment != trained.experiment {
            let problem = format!("it is not the experiment of {NETWORK_FILE} beside it");
            return Err(TrainError::RunFile { path: config, problem });
        }
        let mut setup = Setup::of_trained(&trained, base)?;
        if experiment.from.is_some() {
            let path = folder.join(START_NETWORK_FILE);
            let start = Trained::read(&path)?;
            require_length("the network before training", start.parameters.len(), setup.initial.len())?;
            setup.initial = start.parameters;
        } else {
            setup.find_initial()?;
        }
        let (history, summary) = (read_history(folder)?, read_summary(folder, setup.dataset.names.classes.len())?);
        Ok(Self { setup, history, summary, trained })
    }
}

/// The network file of a run that is given by its folder or by that file.
pub(crate) fn network_path(run: &Path) -> PathBuf {
    if run.is_dir() { run.join(NETWORK_FILE) } else { run.to_owned() }
}

/// The results in the run folder of a network for so many classes.
fn read_summary(folder: &Path, classes: usize) -> Result<Summary, TrainError> {
    let path = folder.join(SUMMARY_FILE);
    let text = read_text(&path)?;
    let wrong = |problem: String| TrainError::RunFile { path: path.clone(), problem };
    let summary: Summary = read_complete_json(&text).map_err(|error| wrong(error.to_string()))?;
    let fits = summary.confusion.as_ref().map_or(classes == 0, |confusion| confusion.is_of(classes));
    if fits { Ok(summary) } else { Err(wrong(format!("its confusion is not that of {classes} classes"))) }
}

/// The epochs in a run folder.
fn read_history(folder: &Path) -> Result<Vec<EpochMetrics>, TrainError> {
    let path = folder.join(METRICS_FILE);
    let text = read_text(&path)?;
    let rows = csv::Reader::from_reader(text.as_bytes()).deserialize().collect::<Result<Vec<_>, _>>();
    let rows = rows.map_err(|error| TrainError::RunFile { path: path.clone(), problem: error.to_string() })?;
    // A column that is missing, doubled or unknown is not met in the rows.
    let header = |text: &str| text.lines().next().unwrap_or_default().to_owned();
    let (found, expected) = (header(&text), header(&metrics_csv(&rows, true)?));
    if found != expected {
        let problem = format!("its columns are {found}; they must be {expected}");
        return Err(TrainError::RunFile { path, problem });
    }
    Ok(rows)
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

/// Epochs as rows, below a header or to be appended.
pub(super) fn metrics_csv(history: &[EpochMetrics], header: bool) -> Result<String, TrainError> {
    let unwritable = |problem: String| TrainError::Unwritable { form: "CSV", problem };
    let mut writer = csv::WriterBuilder::new().has_headers(header).from_writer(Vec::new());
    for metrics in history {
        writer.serialize(metrics).map_err(|error| unwritable(error.to_string()))?;
    }
    let bytes = writer.into_inner().map_err(|error| unwritable(error.to_string()))?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}
