use std::path::PathBuf;

use delgrad_files::npy::NpyProblem;
use delgrad_files::{AtomicFileError, JsonError};

/// Where in a spike file an entry stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SpikePlace {
    /// A line, counted from 1.
    Line(u64),
    /// A place in a list or an array, counted from 0.
    Entry(u64),
}

impl std::fmt::Display for SpikePlace {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Line(line) => write!(formatter, "line {line}"),
            Self::Entry(entry) => write!(formatter, "entry {entry}"),
        }
    }
}

/// What can be wrong with a file of spikes.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SpikeFileError {
    /// An extension that names no format.
    #[error("{}: no spike format has this extension; use .csv, .json or .npy", path.display())]
    UnknownFormat {
        /// The file.
        path: PathBuf,
    },
    /// A file that cannot be read.
    #[error("cannot read {}: {source}; check the path and its permissions", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
    /// Not UTF-8, or rows of unequal length.
    #[error(
        "cannot read {}: {problem}; give a UTF-8, comma-separated file with a header and equally long rows",
        path.display()
    )]
    Csv {
        /// The file.
        path: PathBuf,
        /// What the reader met, with the line.
        problem: String,
    },
    /// A CSV file lacks a column or names it twice.
    #[error(
        "{}, line 1: {} columns are named {column}; give one named time and one named neuron or source (found: {found})",
        path.display(),
        if *count == 0 { "no".to_owned() } else { count.to_string() }
    )]
    Column {
        /// The file.
        path: PathBuf,
        /// The column.
        column: &'static str,
        /// How often it is there.
        count: usize,
        /// The columns of the file.
        found: String,
    },
    /// Not JSON, or JSON of another layout.
    #[error(
        "cannot read {}: {source}; give {{\"{list}\": [{{\"time\": 1.5, \"{index}\": 0}}]}}",
        path.display()
    )]
    Json {
        /// The file.
        path: PathBuf,
        /// What the reader met, with line and column.
        source: JsonError,
        /// Name of the list expected.
        list: &'static str,
        /// Name of the index expected.
        index: &'static str,
    },
    /// A JSON object without a list of spikes.
    #[error("{}: neither \"spikes\" nor \"input_spikes\" is there; give a list named \"{list}\"", path.display())]
    MissingList {
        /// The file.
        path: PathBuf,
        /// Name of the list expected.
        list: &'static str,
    },
    /// Not an `.npy` file of the right shape and type.
    #[error("{}: {problem}", path.display())]
    Npy {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        problem: NpyProblem,
    },
    /// A time that is NaN, infinite or no number.
    #[error("{}, {place}: time is {value}; it must be a finite number", path.display())]
    Time {
        /// The file.
        path: PathBuf,
        /// The entry.
        place: SpikePlace,
        /// The time as it stands in the file.
        value: String,
    },
    /// An index that is negative, fractional, too large or no number.
    #[error("{}, {place}: {name} is {value}; it must be a whole number from 0 to {}", path.display(), u32::MAX)]
    Index {
        /// The file.
        path: PathBuf,
        /// The entry.
        place: SpikePlace,
        /// `neuron` or `source`.
        name: &'static str,
        /// The index as it stands in the file.
        value: String,
    },
    /// A time that lies before the one above it.
    #[error("{}: {place} at time {time:?} follows {previous:?}; sort the spikes by time", path.display())]
    Unsorted {
        /// The file.
        path: PathBuf,
        /// The entry.
        place: SpikePlace,
        /// Its time.
        time: f64,
        /// The time before it.
        previous: f64,
    },
    /// A file that cannot be written.
    #[error(transparent)]
    Write(#[from] AtomicFileError),
}
