use std::path::PathBuf;

use crate::TrainError;

/// Why the folder of a run cannot be made or used, and where the files of the run are.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum FolderError {
    /// A run folder that exists already.
    #[error(
        "{} exists already; choose another folder or remove it, or go on with a run in it with `delgrad train --resume`",
        path.display()
    )]
    Exists {
        /// The folder.
        path: PathBuf,
    },
    /// A folder without a run.
    #[error("{} is not the folder of a run: it has no state.json; give one that `delgrad train` has written", path.display())]
    NoRun {
        /// The folder.
        path: PathBuf,
    },
    /// The folder of a run that goes on.
    #[error("the run in {} goes on, in another process of this machine; wait for its end, or end it", path.display())]
    Taken {
        /// The folder.
        path: PathBuf,
    },
    /// The folder of a run of another machine, of which nobody here knows whether it goes on.
    #[error(
        "the run in {path} belongs to the machine {host}, and nobody here can tell whether it goes on; if it does not, remove \
         {path}/.running",
        path = path.display()
    )]
    Elsewhere {
        /// The folder.
        path: PathBuf,
        /// The machine.
        host: String,
    },
    /// A run without results yet.
    #[error("the run in {path} goes on and has no results yet; wait for its end", path = path.display())]
    GoesOn {
        /// The folder.
        path: PathBuf,
    },
    /// A run that ended before it had results.
    #[error(
        "the run in {path} ended early and has no results; `delgrad train --resume {path}` goes on with it",
        path = path.display()
    )]
    NoResults {
        /// The folder.
        path: PathBuf,
    },
    /// A run of which not all results can be written.
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
