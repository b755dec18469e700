use std::path::PathBuf;

use crate::TrainError;

/// Why a run folder cannot be made, and where the files of the run are.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum FolderError {
    /// A run folder that exists already.
    #[error("{} exists already; choose another folder or remove it", path.display())]
    Exists {
        /// The folder.
        path: PathBuf,
    },
    /// A run folder that another run is about to write.
    #[error(
        "{} belongs to a run that goes on, in {}; choose another folder, or remove that one if no run writes it",
        path.display(), hidden.display()
    )]
    Reserved {
        /// The folder.
        path: PathBuf,
        /// Where its files are until it is finished.
        hidden: PathBuf,
    },
    /// A run folder that is finished but for its name.
    #[error(
        "a finished run that was not given the name {} is in {}; rename or remove it, or choose another folder",
        path.display(), hidden.display()
    )]
    Unnamed {
        /// The folder.
        path: PathBuf,
        /// Where its files are.
        hidden: PathBuf,
    },
    /// A finished run that cannot have its name.
    #[error(
        "the run cannot be named {}: {source}; it is complete and stays in {}: move it where you like",
        path.display(), kept.display()
    )]
    Kept {
        /// The name it was to have.
        path: PathBuf,
        /// Where it is.
        kept: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
    /// A finished run of which not all files can be written.
    #[error("{source}; the files that could be written are in {}{}", kept.display(), elsewhere_too(elsewhere))]
    Incomplete {
        /// The first file that cannot be written.
        source: Box<TrainError>,
        /// Where the others are.
        kept: PathBuf,
        /// Where all of them are, if there is such a place.
        elsewhere: Option<PathBuf>,
    },
}

/// Where all files of a run are that could not be written where they were to be.
fn elsewhere_too(folder: &Option<PathBuf>) -> String {
    let text =
        |folder: &PathBuf| format!(", all of them in {}: move that folder where there is room", folder.display());
    folder.as_ref().map_or_else(String::new, text)
}
