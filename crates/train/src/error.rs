use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use delgrad_adjoint::AdjointError;
use delgrad_bss2::Bss2Error;
use delgrad_neuron::Digits;
use delgrad_ttfs::TtfsError;

use delgrad_files::{AtomicFileError, TomlError};

use crate::run::{FolderError, NetworkProblem, ResumeProblem, StartProblem};
use crate::samples::Divided;
use crate::samples::readers::{CsvError, FileProblem};
use crate::sweep::SweepProblem;

/// What can be wrong with a data set, a parameter or a state. Every message says what would be valid.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TrainError {
    /// A parameter lies outside its range.
    #[error("{field} is {value}; it must be {valid}", value = Digits(*.value))]
    OutOfRange {
        /// Name of the parameter, as in a config file.
        field: &'static str,
        /// The value given.
        value: f64,
        /// The values allowed, in words.
        valid: &'static str,
    },
    /// Two lists that belong together differ in length.
    #[error("{field} has {found} entries; it must have {expected}")]
    Length {
        /// Name of the list.
        field: &'static str,
        /// Its length.
        found: usize,
        /// The length it must have.
        expected: usize,
    },
    /// A data set without samples, features or classes.
    #[error("the data set has no {what}; give at least one")]
    EmptyDataset {
        /// What is missing.
        what: &'static str,
    },
    /// A feature is NaN or infinite.
    #[error(
        "feature {feature} of sample {sample} is {value}; features must be finite numbers",
        value = Digits(*.value)
    )]
    FeatureNotFinite {
        /// Index of the sample.
        sample: usize,
        /// Index of the feature.
        feature: usize,
        /// The value found.
        value: f64,
    },
    /// A time of a series that does not follow the one before.
    #[error(
        "a time of sample {sample} is {time}; the times of a series must be finite and ascend",
        time = Digits(*.time)
    )]
    SeriesTime {
        /// Index of the sample.
        sample: usize,
        /// The time found.
        time: f64,
    },
    /// Samples without groups.
    #[error(
        "split.group-by is \"{key}\", but the samples say nothing of it; name a column of the file, or leave it out"
    )]
    NoGroups {
        /// What they were to be grouped by.
        key: String,
    },
    /// A label that names no class.
    #[error("label of sample {sample} is {label}; with {class_count} classes it must be below {class_count}")]
    LabelOutOfRange {
        /// Index of the sample.
        sample: usize,
        /// The label found.
        label: u32,
        /// Number of classes.
        class_count: usize,
    },
    /// A spike that a train cannot have at this place.
    #[error(
        "spike {spike} of a train is at {time}; the times of a train must be finite and ascend",
        time = Digits(*.time)
    )]
    SpikeOrder {
        /// Index of the spike in its train.
        spike: usize,
        /// Its time.
        time: f64,
    },
    /// A part of a split data set would hold no sample.
    #[error(
        "the {part} part is empty: fraction {fraction} of {samples} samples{divided}",
        fraction = Digits(*.fraction)
    )]
    EmptyPart {
        /// Name of the part.
        part: &'static str,
        /// Its fraction of the samples.
        fraction: f64,
        /// Number of samples in all.
        samples: usize,
        /// What the fraction was taken of.
        divided: Divided,
    },
    /// A name that stands for two things.
    #[error("{field} hold \"{name}\" twice; give each its own name")]
    NameTwice {
        /// Name of the list.
        field: &'static str,
        /// The name.
        name: String,
    },
    /// A name that terminals and pictures cannot show.
    #[error("{field} hold \"{name}\", which has control characters; give it a name without them")]
    NameControl {
        /// Name of the list.
        field: &'static str,
        /// The name, its control characters escaped.
        name: String,
    },
    /// A CSV file that cannot be used.
    #[error(transparent)]
    Csv(#[from] CsvError),
    /// A file of samples that cannot be used.
    #[error("{}: {problem}", path.display())]
    DataFile {
        /// The file.
        path: PathBuf,
        /// What is wrong and what would be right.
        problem: Box<FileProblem>,
    },
    /// An encoder whose first and last time leave no room between them.
    #[error(
        "late is {late} and early is {early}; late must be greater than early",
        early = Digits(*.early), late = Digits(*.late)
    )]
    EmptyTimeWindow {
        /// Spike time of the value 0.
        early: f64,
        /// Spike time of the value 1.
        late: f64,
    },
    /// A feature too large to become a spike time.
    #[error(
        "feature {feature} of sample {sample} is {value}, too large for a spike time; set normalise = true",
        value = Digits(*.value)
    )]
    TimeNotFinite {
        /// Index of the sample.
        sample: usize,
        /// Index of the feature.
        feature: usize,
        /// Its value.
        value: f64,
    },
    /// A sample that an encoder would turn into more spikes than any network gets through.
    #[error("sample {sample} would become more than {most} spikes; {remedy}", most = Digits(*.most))]
    TooManySpikes {
        /// Index of the sample.
        sample: usize,
        /// The largest number of spikes of a sample.
        most: f64,
        /// What would help.
        remedy: &'static str,
    },
    /// The network, its parameters or spike times are invalid.
    #[error(transparent)]
    Network(#[from] TtfsError),
    /// The chip cannot do what the experiment asks for.
    #[error(transparent)]
    Chip(Box<Bss2Error>),
    /// Text that is no TOML, or has a key or a value that an experiment does not have.
    #[error("{source_name}: {problem}")]
    Experiment {
        /// The file or experiment.
        source_name: String,
        /// Where, what, and what would be valid.
        problem: TomlError,
    },
    /// An override that leads nowhere.
    #[error(transparent)]
    Override(TomlError),
    /// A value that a file format cannot hold.
    #[error("cannot write {form}: {problem}")]
    Unwritable {
        /// The format: TOML, JSON or CSV.
        form: &'static str,
        /// What the writer met.
        problem: String,
    },
    /// A file that cannot be read.
    #[error("cannot read {}: {source}; {}", path.display(), remedy(source))]
    Read {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// A file or folder that cannot be written.
    #[error("cannot write {}: {source}; choose another place", path.display())]
    Write {
        /// The file or folder.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// Metrics that cannot be written while a run goes on.
    #[error("cannot write {}: {source}; the run goes on, and writes the metrics of all epochs at its end", path.display())]
    MetricsSoFar {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// A checkpoint that cannot be written.
    #[error(
        "{source}; the run goes on without this checkpoint, and an older one is all that there is, if there is one"
    )]
    NoCheckpoint {
        /// The file and why.
        source: Box<TrainError>,
    },
    /// A run folder that cannot be made.
    #[error(transparent)]
    Folder(#[from] FolderError),
    /// A file that cannot be written.
    #[error(transparent)]
    File(#[from] AtomicFileError),
    /// A network file that cannot be used.
    #[error("{} is no network of this program: {problem}", path.display())]
    NetworkFile {
        /// The file.
        path: PathBuf,
        /// What is wrong and what would be right.
        problem: Box<NetworkProblem>,
    },
    /// A network of the engine without a training.
    #[error(
        "{} is a network of the engine that no training has written; give the network.json of a run (`delgrad simulate` runs \
         this one)",
        path.display()
    )]
    UntrainedNetwork {
        /// The file.
        path: PathBuf,
    },
    /// A file of a run folder that cannot be used.
    #[error("{} is damaged: {problem}; train again to get a complete folder", path.display())]
    RunFile {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        problem: String,
    },
    /// Layers, whose neurons spike once, are shown inputs that spike again.
    #[error(
        "input {input} spikes more than once in sample {sample}, but layers take the first spike of each input alone; give the \
         network as populations, or, for recorded spikes, set data.first-spike-only = true"
    )]
    SeveralSpikes {
        /// Index of the sample.
        sample: usize,
        /// The input.
        input: u32,
    },
    /// An input spike before or after the time that a network of populations runs.
    #[error(
        "an input spike is at {time}, but a sample lasts from 0 to {until} (until); set a larger until, cut recordings with \
         data.duration, or move the times of the encoder",
        time = Digits(*.time), until = Digits(*.until)
    )]
    SpikeOutside {
        /// Time of the spike.
        time: f64,
        /// End of a sample.
        until: f64,
    },
    /// A number of outputs that the samples do not need.
    #[error(
        "the network has {outputs} outputs; the samples need {needed}{}; set the size of the last layer, or of the population \
         output",
        classes(names)
    )]
    Outputs {
        /// Neurons of the last layer, or of the population `output`.
        outputs: usize,
        /// One for each class, or each target train.
        needed: usize,
        /// What the classes are called; empty if there are none.
        names: String,
    },
    /// A run that training cannot start from.
    #[error(
        "cannot start from {}: {problem}; start from a run of the same experiment, other values of training, noise and chip \
         aside",
        path.display()
    )]
    Start {
        /// The run, or its network.
        path: PathBuf,
        /// What differs.
        problem: Box<StartProblem>,
    },
    /// A run that is not the one that training has started from before.
    #[error(
        "{} is not the network that `from` names: its hash is {found}, not {expected}; bring that one back, or remove \
         from.hash to start from this one",
        path.display()
    )]
    StartChanged {
        /// The network file.
        path: PathBuf,
        /// Its hash.
        found: String,
        /// That of the experiment.
        expected: String,
    },
    /// A sweep or a comparison that cannot be made.
    #[error(transparent)]
    Sweep(#[from] SweepProblem),
    /// A run that cannot go on.
    #[error("the run in {} cannot go on: {problem}", path.display())]
    Resume {
        /// Its folder.
        path: PathBuf,
        /// Why.
        problem: Box<ResumeProblem>,
    },
    /// Samples that a network was not trained on.
    #[error(
        "the samples are not those that the network was trained, validated and tested on: their hash is {found}, not \
         {expected}; bring these back, or put the new ones into a file of their own to evaluate the network on it"
    )]
    DataChanged {
        /// The hash of the samples.
        found: String,
        /// That of the samples before.
        expected: String,
    },
    /// A name of an experiment that cannot name a folder.
    #[error(
        "name is \"{name}\"; it must be a name that a folder can have: not empty, no slash, no point at its beginning"
    )]
    Name {
        /// The name.
        name: String,
    },
    /// A gradient is NaN or infinite.
    #[error(
        "gradient of parameter {parameter} is {value}, no step was made; lower the learning rate or skip this batch",
        value = Digits(*.value)
    )]
    GradientNotFinite {
        /// Index of the parameter.
        parameter: usize,
        /// The gradient given.
        value: f64,
    },
    /// A key of an experiment does not fit the others.
    #[error("{key} {problem}")]
    Key {
        /// The key.
        key: String,
        /// What is wrong and what would be valid.
        problem: String,
    },
    /// More samples, or a larger network, than memory holds.
    #[error(transparent)]
    Memory(#[from] delgrad_engine::NoMemory),
    /// A network that cannot be built.
    #[error(transparent)]
    Spec(#[from] delgrad_engine::spec::SpecError),
    /// Parameters that no neuron has.
    #[error(transparent)]
    Neuron(#[from] delgrad_neuron::NeuronError),
    /// Weights or delays that no network has.
    #[error(transparent)]
    Parts(#[from] delgrad_engine::PartsError),
    /// Membranes are asked of a network whose spikes alone are known.
    #[error(
        "layers of first spikes have no membranes; leave out penalties.silence (see training.silent), or give the network \
         as populations"
    )]
    NoMembranes,
    /// A run or its gradient.
    #[error(transparent)]
    Adjoint(#[from] AdjointError),
    /// A network that cannot be written.
    #[error(transparent)]
    EventNetwork(#[from] delgrad_engine::files::NetworkFileError),
    /// A group of parameters that reaches beyond the parameters or overlaps the group before it.
    #[error(
        "learning-rate group {group} is {start}..{end}; groups must ascend without overlap and end at or before {parameters}"
    )]
    GroupRange {
        /// Index of the group.
        group: usize,
        /// First parameter.
        start: usize,
        /// One past the last parameter.
        end: usize,
        /// Number of parameters.
        parameters: usize,
    },
}

impl TrainError {
    /// Whether somebody has asked for an end, see [`Cancel`](delgrad_engine::Cancel).
    #[must_use]
    pub fn is_cancelled(&self) -> bool {
        match self {
            Self::Adjoint(error) => *error == AdjointError::Cancelled,
            Self::Network(error) => *error == TtfsError::Cancelled,
            Self::Chip(error) => matches!(**error, Bss2Error::Cancelled | Bss2Error::Layers(TtfsError::Cancelled)),
            _ => false,
        }
    }

    /// The file for which there was no room, where that is what went wrong: there may be some later.
    #[must_use]
    pub fn full_disk(&self) -> Option<&Path> {
        let (path, source) = match self {
            Self::Write { path, source } | Self::MetricsSoFar { path, source } => (path, source),
            Self::File(AtomicFileError::Write { path, source }) => (path, source),
            _ => return None,
        };
        matches!(source.kind(), ErrorKind::StorageFull | ErrorKind::QuotaExceeded).then_some(path)
    }

    /// Whether a network sends spikes without end.
    #[must_use]
    pub(crate) fn is_runaway(&self) -> bool {
        matches!(self, Self::Adjoint(AdjointError::Stopped { reason }) if reason.is_runaway())
    }
}

/// What would help where a file cannot be read.
fn remedy(source: &std::io::Error) -> &'static str {
    match source.kind() {
        ErrorKind::OutOfMemory => "end other programs, raise the memory limit of this one, or divide the file",
        ErrorKind::InvalidData => "give a text file in UTF-8",
        _ => "check the path and its permissions",
    }
}

/// What the outputs are for.
fn classes(names: &str) -> String {
    if names.is_empty() { String::new() } else { format!(", one for each class ({names})") }
}

impl From<Bss2Error> for TrainError {
    fn from(error: Bss2Error) -> Self {
        Self::Chip(Box::new(error))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_helps_depends_on_why_a_file_is_not_read() {
        let message = |kind: ErrorKind| TrainError::Read { path: "a.csv".into(), source: kind.into() }.to_string();
        assert!(message(ErrorKind::PermissionDenied).ends_with("; check the path and its permissions"));
        assert_eq!(
            message(ErrorKind::OutOfMemory),
            "cannot read a.csv: out of memory; end other programs, raise the memory limit of this one, or divide the file"
        );
        assert!(message(ErrorKind::InvalidData).ends_with("; give a text file in UTF-8"));
    }
}
