use std::path::PathBuf;

use super::SeedsProblem;

/// Why a sweep or a comparison cannot be made.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SweepProblem {
    /// Seeds of several runs that are none.
    #[error(transparent)]
    Seeds(#[from] SeedsProblem),
    /// The folder of a sweep that is there already.
    #[error("{path} exists already; `delgrad sweep {path}` goes on with the sweep in it, or choose another folder", path = path.display())]
    Exists {
        /// The folder.
        path: PathBuf,
    },
    /// The folder of a sweep that goes on.
    #[error("the sweep in {} goes on in another process; wait for its end, or end it", path.display())]
    Taken {
        /// The folder.
        path: PathBuf,
    },
    /// Chips for an experiment without one.
    #[error(
        "{condition}: chip-seeds are for experiments on a chip; leave them out, or choose a chip with chip.preset"
    )]
    NoChip {
        /// The condition of a sweep.
        condition: String,
    },
    /// A condition that would be run twice.
    #[error(
        "two conditions are called \"{condition}\"; give arms and experiments different names, and list each value of the grid once"
    )]
    ConditionTwice {
        /// Its name.
        condition: String,
    },
    /// A folder without runs.
    #[error("there are no runs in {}; give the folder of a run, of a sweep, or one with runs in it", path.display())]
    NoRuns {
        /// The folder.
        path: PathBuf,
    },
    /// A run that is none of a sweep, in its folder.
    #[error(
        "{} holds a run that is not one of this sweep; take its condition and seed into the sweep file, remove it, or choose another folder",
        path.display()
    )]
    Foreign {
        /// The folder of that run.
        path: PathBuf,
    },
    /// Something at the place of a run.
    #[error("{} is in the way of a run, and holds none; remove it", path.display())]
    InTheWay {
        /// The place.
        path: PathBuf,
    },
    /// A run whose samples are not those of the runs before it.
    #[error(
        "the samples of {} are not those of the first run of its condition; bring the old ones back, or remove the runs on them",
        path.display()
    )]
    OtherSamples {
        /// The folder of the run.
        path: PathBuf,
    },
    /// A value that would be set twice.
    #[error("{key} is set by {first} and by {second}; leave one of them out")]
    SetTwice {
        /// The dotted path.
        key: String,
        /// What sets it.
        first: String,
        /// What sets it, too.
        second: String,
    },
    /// Runs in one group that differ in more than their seeds.
    #[error("the runs in {} differ in {key}; give folders whose runs differ by their seeds alone", path.display())]
    Mixed {
        /// The folder of one of them.
        path: PathBuf,
        /// The first key in which they differ.
        key: String,
    },
    /// The folder of a run of a sweep that holds another run.
    #[error("{} holds a run with another {key}; remove it, or choose another folder for the sweep", path.display())]
    OtherRun {
        /// The folder.
        path: PathBuf,
        /// The key that differs.
        key: String,
    },
}
