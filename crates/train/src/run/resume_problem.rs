use delgrad_files::FrameError;

use crate::TrainError;

/// Why a run cannot go on.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ResumeProblem {
    /// Values of the experiment that would give another run.
    #[error(
        "{keys} changed since it began; take the old values back, or begin a new run from it with `delgrad train RUN/config.toml --from RUN --set KEY=VALUE`",
        keys = keys.join(", ")
    )]
    Changed {
        /// The keys, each with its value now and before.
        keys: Vec<String>,
    },
    /// Other samples.
    #[error(
        "its samples have changed: their hash is {found}, not {expected}; bring the old ones back, or begin a new run from it with \
         `delgrad train RUN/config.toml --from RUN`"
    )]
    Data {
        /// The hash of the samples.
        found: String,
        /// That of the samples before.
        expected: String,
    },
    /// Fewer epochs than are done.
    #[error("training.epochs is {epochs}, and {done} epochs are complete; give at least as many")]
    Epochs {
        /// The epochs asked for.
        epochs: u32,
        /// The epochs that are complete.
        done: u32,
    },
    /// A checkpoint that cannot be used, and none before it that could.
    #[error("{name} in it cannot be used: {source}; without it the run begins again")]
    Checkpoint {
        /// The name of the file.
        name: &'static str,
        /// What is wrong with it.
        source: FrameError,
    },
    /// A checkpoint that does not fit the experiment.
    #[error("the checkpoint is that of another network: {0}")]
    Network(Box<TrainError>),
}
