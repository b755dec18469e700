//! Everything that can go wrong here, each with its remedy.

use std::error::Error;
use std::path::PathBuf;

use delgrad::train::TrainError;

use crate::plots::PlotError;

/// Why the program ends early.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    #[error(transparent)]
    Train(#[from] TrainError),
    #[error("there is no experiment or file `{name}`{hint}; see `delgrad list` for all experiments")]
    UnknownExperiment { name: String, hint: String },
    #[error("{} is a folder; give a TOML file, such as the config.toml of a run", path.display())]
    FolderAsExperiment { path: PathBuf },
    #[error("cannot start {threads} threads: {source}; give a smaller --threads")]
    Threads { threads: usize, source: rayon::ThreadPoolBuildError },
    #[error("cannot draw {plots}; the causes are above")]
    Plots { plots: String },
    #[error("cannot draw: {0}")]
    Plot(#[from] PlotError),
    #[error("cannot write to standard output: {source}")]
    Output { source: std::io::Error },
    #[error("cannot watch for Ctrl-C: {source}")]
    Interrupt { source: ctrlc::Error },
}

/// A failure and its causes in one line; causes that a message repeats already are left out.
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
    text
}
