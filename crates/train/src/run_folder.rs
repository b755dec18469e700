use std::fs;
use std::path::{Path, PathBuf};

use delgrad_engine::{read_complete_json, write_atomically};
use serde::{Deserialize, Serialize};

use crate::reserved_folder::ReservedFolder;
use crate::{
    EpochMetrics, Evaluation, Experiment, Fit, Keep, NetworkFile, Setup, Snapshot, StartConfig, StopReason,
    TrainError,
};

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

/// Name of the network that training started from, as the experiment has it, written where it started from a run.
pub const START_NETWORK_FILE: &str = "network-start.json";

/// Results of a run, as in `summary.json`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Summary {
    /// Name of the experiment.
    pub experiment: String,
    /// The run that it started from, where it did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<StartConfig>,
    /// Its seed.
    pub seed: u64,
    /// Completed epochs.
    pub epochs: u32,
    /// Epoch of the kept network, from 1.
    pub kept_epoch: u32,
    /// Why the run ended.
    pub stop: StopReason,
    /// Length of the parameter vector.
    pub parameters: usize,
    /// Accuracy of the kept network on the test samples, 0 to 1.
    pub test_accuracy: f64,
    /// Accuracy of the kept network on the validation samples, 0 to 1.
    pub validation_accuracy: f64,
    /// Accuracy of the kept network on the training samples, 0 to 1.
    pub train_accuracy: f64,
    /// Mean loss on the test samples.
    pub test_loss: f64,
    /// Mean loss on the validation samples.
    pub validation_loss: f64,
    /// Mean loss on the training samples.
    pub train_loss: f64,
    /// Share of missing output spikes on the test samples, 0 to 1.
    pub silent_outputs: f64,
    /// Share of missing hidden spikes on the test samples, 0 to 1.
    pub silent_hidden: f64,
    /// Where there are target spikes: the largest distance of a spike from its target on the test samples.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub spike_distance: Option<f64>,
    /// Where there are target spikes: those without a spike on the test samples.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub missing_spikes: Option<u32>,
    /// Where there are target spikes: spikes without a target on the test samples.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub surplus_spikes: Option<u32>,
    /// Wall time of the training, validation included, in seconds.
    pub train_seconds: f64,
}

impl Summary {
    /// Evaluates the kept network on all parts of the data.
    ///
    /// # Errors
    /// None in practice: the data has gone through the network before.
    pub fn new(
        name: &str,
        setup: &Setup,
        fit: &Fit,
        evaluate: impl FnMut(&crate::Encoded) -> Result<Evaluation, TrainError>,
        train_seconds: f64,
    ) -> Result<Self, TrainError> {
        let parts = [&setup.encoded.test, &setup.encoded.validation, &setup.encoded.train];
        let of = (setup.experiment.seed, setup.experiment.training.keep, setup.network.parameter_count());
        Self::of_parts(name, setup.experiment.from.clone(), of, fit, parts, evaluate, train_seconds)
    }

    /// The summary of a run with this seed, rule of keeping and number of parameters. `parts` are the samples to test, validate
    /// and train on.
    pub(crate) fn of_parts<P: ?Sized>(
        name: &str,
        from: Option<StartConfig>,
        (seed, keep, parameters): (u64, Keep, usize),
        fit: &Fit,
        parts: [&P; 3],
        evaluate: impl FnMut(&P) -> Result<Evaluation, TrainError>,
        train_seconds: f64,
    ) -> Result<Self, TrainError> {
        let [test, validation, train] = parts.map(evaluate);
        let (test, validation, train) = (test?, validation?, train?);
        Ok(Self {
            experiment: name.to_owned(),
            from,
            seed,
            epochs: fit.last.epoch,
            kept_epoch: fit.kept(keep).epoch,
            stop: fit.stop,
            parameters,
            test_accuracy: test.accuracy,
            validation_accuracy: validation.accuracy,
            train_accuracy: train.accuracy,
            test_loss: test.loss,
            validation_loss: validation.loss,
            train_loss: train.loss,
            silent_outputs: test.silent_outputs,
            silent_hidden: test.silent_hidden,
            spike_distance: test.errors.map(|errors| errors.distance),
            missing_spikes: test.errors.map(|errors| errors.missing),
            surplus_spikes: test.errors.map(|errors| errors.surplus),
            train_seconds,
        })
    }
}

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
                Err(
                    TrainError::FolderExists { .. }
                    | TrainError::FolderReserved { .. }
                    | TrainError::FolderUnnamed { .. },
                ) => {}
                Err(error) => return Err(error),
            }
        }
        Err(TrainError::FolderExists { path: prefix.to_owned() })
    }

    /// Where the files are until the folder is finished.
    #[must_use]
    pub fn partial_path(&self) -> &Path {
        self.reserved.hidden()
    }

    /// Writes configuration, metrics, summary and networks.
    ///
    /// # Errors
    /// A file that cannot be written. All others are kept, and the error says where.
    pub fn write(&mut self, setup: &Setup, fit: &Fit, summary: &Summary) -> Result<(), TrainError> {
        let network = |snapshot: &Snapshot| NetworkFile::new(setup, snapshot).to_json();
        let keep = setup.experiment.training.keep;
        let start = setup.experiment.from.as_ref().map(|_| &setup.initial[..]);
        self.write_files(&setup.experiment.to_toml()?, keep, fit, summary, start, network)
    }

    /// Writes the files of a run of any kind, whose networks `network` writes out. With them goes the network that training
    /// started from, if another run has made it, so that nobody needs that run to look at this one.
    pub(crate) fn write_files(
        &mut self,
        config: &str,
        keep: Keep,
        fit: &Fit,
        summary: &Summary,
        start: Option<&[f64]>,
        network: impl Fn(&Snapshot) -> Result<String, TrainError>,
    ) -> Result<(), TrainError> {
        let kept = fit.kept(keep);
        // what was worked for comes first: the disk may be full before the last one
        let mut files = vec![
            (NETWORK_FILE, network(kept)?),
            (SUMMARY_FILE, to_json(summary)?),
            (CONFIG_FILE, config.to_owned()),
            (METRICS_FILE, metrics_csv(&fit.history)?),
        ];
        if kept.epoch != fit.last.epoch {
            files.push((LAST_NETWORK_FILE, network(&fit.last)?));
        }
        if let Some(initial) = start {
            files.push((START_NETWORK_FILE, network(&Snapshot { epoch: 0, parameters: initial.to_vec() })?));
        }
        self.reserved.find_again();
        let Err(source) = write_all(self.reserved.hidden(), &files) else { return Ok(()) };
        let kept = self.reserved.keep();
        let copy = copy(&files).ok();
        Err(TrainError::FolderIncomplete { source: Box::new(source), kept, elsewhere: copy })
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

/// Writes as many of the files as can be written. The error is that of the first one that cannot.
fn write_all(folder: &Path, files: &[(&str, String)]) -> Result<(), TrainError> {
    let written = files.iter().map(|(name, text)| write_file(&folder.join(name), text.as_bytes()));
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

/// A finished run read back.
#[derive(Clone, Debug)]
pub struct Run {
    /// The experiment with all values.
    pub experiment: Experiment,
    /// One entry for each epoch.
    pub history: Vec<EpochMetrics>,
    /// The results.
    pub summary: Summary,
    /// The kept network.
    pub network: NetworkFile,
    /// The network that training started from, where that was one of a run.
    pub start: Option<NetworkFile>,
}

impl Run {
    /// Reads a run folder.
    ///
    /// # Errors
    /// A file that is missing or cannot be understood.
    pub fn read(folder: &Path) -> Result<Self, TrainError> {
        let config = folder.join(CONFIG_FILE);
        let experiment = Experiment::parse(&config.display().to_string(), &read_text(&config)?, &[])?;
        let network = NetworkFile::read(&folder.join(NETWORK_FILE))?;
        let start = experiment.from.as_ref().map(|_| NetworkFile::read(&folder.join(START_NETWORK_FILE)));
        let (history, summary) = (read_history(folder)?, read_summary(folder)?);
        Ok(Self { experiment, history, summary, network, start: start.transpose()? })
    }
}

/// The text of a file.
pub(crate) fn read_text(path: &Path) -> Result<String, TrainError> {
    fs::read_to_string(path).map_err(|source| TrainError::Read { path: path.to_owned(), source })
}

/// The results in a run folder.
pub(crate) fn read_summary(folder: &Path) -> Result<Summary, TrainError> {
    let path = folder.join(SUMMARY_FILE);
    let text = read_text(&path)?;
    read_complete_json(&text).map_err(|error| TrainError::RunFile { path, problem: error.to_string() })
}

/// The epochs in a run folder.
pub(crate) fn read_history(folder: &Path) -> Result<Vec<EpochMetrics>, TrainError> {
    let path = folder.join(METRICS_FILE);
    let text = read_text(&path)?;
    let rows = csv::Reader::from_reader(text.as_bytes()).deserialize().collect::<Result<Vec<_>, _>>();
    let rows = rows.map_err(|error| TrainError::RunFile { path: path.clone(), problem: error.to_string() })?;
    // A column that is missing, doubled or unknown is not met in the rows.
    let header = |text: &str| text.lines().next().unwrap_or_default().to_owned();
    let (found, expected) = (header(&text), header(&metrics_csv(&rows)?));
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
pub(crate) fn to_json(value: &impl Serialize) -> Result<String, TrainError> {
    let text = serde_json::to_string_pretty(value).map_err(|source| TrainError::WriteJson { source })?;
    Ok(text + "\n")
}

fn metrics_csv(history: &[EpochMetrics]) -> Result<String, TrainError> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    for metrics in history {
        writer.serialize(metrics).map_err(|source| TrainError::WriteCsv { source })?;
    }
    let bytes = writer.into_inner().map_err(|error| TrainError::WriteCsv { source: error.into_error().into() })?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}
