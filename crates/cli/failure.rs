//! Everything that can go wrong here, each with its remedy.

use std::error::Error;
use std::path::PathBuf;

use delgrad::adjoint::AdjointError;
use delgrad::bss2::Bss2Error;
use delgrad::bss2::export::ExportError;
use delgrad::bss2::placement::PlacementError;
use delgrad::bss2::unrolled::UnrolledError;
use delgrad::engine::files::{LogError, NetworkFileError, SnapshotFileError, SpikeFileError};
use delgrad::engine::{RunError, StopReason};
use delgrad::files::AtomicFileError;
use delgrad::train::TrainError;

use crate::commands::CotangentError;
use crate::plots::PlotError;

/// Why the program ends early.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    #[error(transparent)]
    Train(#[from] TrainError),
    #[error("training failed in epoch {epoch}: {source}; the epochs before it are saved in {}", path.display())]
    Epoch { epoch: u32, source: Box<TrainError>, path: PathBuf },
    #[error(
        "--chip-seed: {experiment} runs on no chip; choose one with --set chip.preset=calibrated, or take an experiment of \
         `delgrad list` whose name begins with bss2"
    )]
    NoChip { experiment: String },
    #[error("there is no {what} or file `{name}`{hint}; see `delgrad list` for all {all}")]
    Unknown { what: &'static str, name: String, hint: String, all: &'static str },
    #[error("{} is a folder; give a TOML file, such as the config.toml of a run", path.display())]
    FolderAsExperiment { path: PathBuf },
    #[error("{} is a folder; give a network file, TOML or JSON", path.display())]
    FolderAsNetwork { path: PathBuf },
    #[error(
        "`{name}` is an experiment, and this command takes a network; `delgrad train {name}` runs it, and `delgrad list` \
         shows all networks"
    )]
    ExperimentAsNetwork { name: String },
    #[error(
        "`{name}` is a network, and this command takes an experiment; `delgrad simulate {name}` runs it, and `delgrad list` \
         shows all experiments"
    )]
    NetworkAsExperiment { name: String },
    #[error(
        "`{name}` is an experiment that is not trained; `delgrad train {name}` trains it: give the folder of its run"
    )]
    NotTrained { name: String },
    #[error("{} is a file; give the folder of a run", path.display())]
    FileAsRun { path: PathBuf },
    #[error(transparent)]
    NetworkFile(#[from] NetworkFileError),
    #[error(transparent)]
    Spikes(#[from] SpikeFileError),
    #[error(transparent)]
    Log(#[from] LogError),
    #[error(transparent)]
    Snapshot(#[from] SnapshotFileError),
    #[error(transparent)]
    Simulation(#[from] RunError),
    #[error("{file}: {source}")]
    Inputs { file: String, source: RunError },
    #[error(transparent)]
    Write(#[from] AtomicFileError),
    #[error("a network of the project cannot be built: {source}")]
    Built { source: delgrad::engine::spec::SpecError },
    #[error("a case of the project cannot be read: {name}")]
    Case { name: &'static str, source: Box<NetworkFileError> },
    #[error("a neuron of the project: {source}")]
    Neuron { source: delgrad::neuron::NeuronError },
    #[error("layers of the project: {0}")]
    Layers(#[from] delgrad::ttfs::TtfsError),
    #[error("{network} does not say how long it runs; give --until T")]
    NoEnd { network: String },
    #[error("{network} does not say how long it runs; add until = T to the file")]
    NoEndOfFile { network: String },
    #[error("{reason}")]
    Runaway { reason: StopReason },
    #[error("--separator is for CSV files; give one with --data, or leave it out")]
    SeparatorWithoutFile,
    #[error("--labels are those of a file of samples; give one with --data, or leave it out")]
    LabelsWithoutFile,
    #[error("--labels: samples of source = \"{source_name}\" have their labels in the same file; leave it out")]
    LabelsInFile { source_name: &'static str },
    #[error(
        "--data: {} cannot be used, the samples of source = \"{generated}\" are generated spikes; give train, validation or test",
        path.display()
    )]
    GeneratedSpikes { path: PathBuf, generated: &'static str },
    #[error("there is no population `{name}`{hint}; the populations are {known}")]
    UnknownPopulation { name: String, hint: String, known: String },
    #[error(
        "--trace {word}: {problem}; name a population, some of its neurons as exc[3] or exc[0..10], or a neuron as 17"
    )]
    Trace { word: String, problem: String },
    #[error(
        "{samples} samples of {neurons} neurons are too many to keep; trace fewer, or with a longer --sample-every"
    )]
    TooManySamples { samples: u64, neurons: usize },
    #[error("{option}: {} must end in .{ending}", path.display())]
    Ending { option: &'static str, path: PathBuf, ending: String },
    #[error("{first} and {second} both go to {}; give two files", path.display())]
    SameFile { first: &'static str, second: &'static str, path: PathBuf },
    #[error("the snapshot is at time {time}, {option} {until} lies before it; give --until T, at least {time}")]
    EndBeforeSnapshot { time: f64, option: &'static str, until: f64 },
    #[error("{option} would replace {}, which {input} reads; give another file", path.display())]
    OverInput { option: &'static str, path: PathBuf, input: String },
    #[error("{failure}; all other files are complete: {saved}")]
    Partly { failure: Box<Failure>, saved: String },
    #[error("the snapshot is of the {found} executor; leave --executor out")]
    ExecutorOfSnapshot { found: &'static str },
    #[error("cannot start {threads} threads: {source}; give a smaller --threads")]
    Threads { threads: usize, source: rayon::ThreadPoolBuildError },
    #[error("cannot draw {plots}; the causes are above")]
    Plots { plots: String },
    #[error("cannot draw: {0}")]
    Plot(#[from] PlotError),
    #[error(transparent)]
    Gradient(#[from] AdjointError),
    #[error(transparent)]
    Cotangents(#[from] CotangentError),
    #[error(
        "{network} does not say how the loss answers to spikes; give --cotangents FILE.json, such as {{\"spikes\": \
         [{{\"neuron\": 0, \"index\": 0, \"cotangent\": 1}}]}} for the time of the first spike of neuron 0"
    )]
    NoCotangents { network: String },
    #[error("there is no network \"{name}\" in the suite{hint}; it has {known}")]
    NoVariant { name: String, hint: String, known: String },
    #[error("network {name} of the suite: {source}")]
    Variant { name: &'static str, source: Box<delgrad::engine::spec::SpecError> },
    #[error("--check compares exact gradients; leave --policy out")]
    CheckedPolicy,
    #[error("--grazing-slope is 0; it must be above 0 to clip with, or leave --policy clip out")]
    ClipToZero,
    #[error("the gradient of this run takes {least} MiB at least; give --memory {least}")]
    Memory { least: usize },
    #[error("--out: {} is a file; give a folder, or a file that ends in .json", path.display())]
    FileAsFolder { path: PathBuf },
    #[error(transparent)]
    Placement(#[from] PlacementError),
    #[error(transparent)]
    Unrolled(#[from] UnrolledError),
    #[error("{file} is no network, experiment or run: it has no `format` of a network and no `data`")]
    NoArtifact { file: String },
    #[error("{word} is no experiment; leave --set out")]
    SetWithoutExperiment { word: String },
    #[error(transparent)]
    Chip(#[from] Box<Bss2Error>),
    #[error(transparent)]
    Export(#[from] Box<ExportError>),
    #[error(
        "{network} has no test samples; give a run or an experiment, or use `delgrad chip run` for a network alone"
    )]
    NoSamples { network: String },
    #[error("{word} is no trained network of layers; give the folder of such a run, or its network.json")]
    NotTrainedLayers { word: String },
    #[error(
        "{network} is no experiment; --set takes values of the preset here, such as noise.loss=0.01, and {key} is none"
    )]
    NoPresetKey { network: String, key: String },
    #[error("{failed} of {all} runs failed; results.csv in {} says why; they are tried again when it goes on", folder.display())]
    Runs { failed: usize, all: usize, folder: PathBuf },
    #[error("{experiment} with{values}: {source}")]
    Condition { experiment: String, values: String, source: Box<Failure> },
    #[error("{} is not the folder of a sweep: it has no sweep.toml", path.display())]
    NoSweep { path: PathBuf },
    #[error("--metric: no run has a number {name}{hint}; there are {known}")]
    NoMetric { name: String, hint: String, known: String },
    #[error(
        "{subject} is an experiment: give --seeds 10, for instance, and --out DIR to train it for the comparison"
    )]
    CompareNeedsSeeds { subject: String },
    #[error("there is no folder `{subject}`; give those of runs or sweeps, or experiments with --seeds and --out")]
    NoRunsToCompare { subject: String },
    #[error("--seeds trains experiments: give --out DIR, a folder for their runs, too")]
    CompareNeedsFolder,
    #[error("cannot write to standard output: {source}")]
    Output { source: std::io::Error },
    #[error("cannot listen to signals: {source}")]
    Interrupt { source: std::io::Error },
}

impl Failure {
    /// Whether it is no failure: somebody has asked for an end.
    pub fn is_cancelled(&self) -> bool {
        match self {
            Self::Train(error) => error.is_cancelled(),
            Self::Gradient(error) => *error == AdjointError::Cancelled,
            Self::Chip(error) => **error == Bss2Error::Cancelled,
            Self::Runaway { reason } => *reason == StopReason::Cancelled,
            _ => false,
        }
    }
}

impl From<Bss2Error> for Failure {
    fn from(error: Bss2Error) -> Self {
        Self::Chip(Box::new(error))
    }
}

impl From<ExportError> for Failure {
    fn from(error: ExportError) -> Self {
        Self::Export(Box::new(error))
    }
}

/// A failure and its causes in one line; causes that a message repeats already are left out. Control characters, which names in
/// files may hold, are shown as escapes.
pub fn message(failure: &dyn Error) -> String {
    let mut text = failure.to_string();
    let mut cause = failure.source();
    while let Some(error) = cause {
        let more = error.to_string();
        if !text.contains(&more) {
            text = format!("{text}: {more}");
        }
        cause = error.source();
    }
    if !text.contains(char::is_control) {
        return text;
    }
    text.chars()
        .map(|char| if char.is_control() { char.escape_default().to_string() } else { char.to_string() })
        .collect()
}
