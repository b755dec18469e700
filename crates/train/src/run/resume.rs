//! A run that goes on from its folder.

use std::path::Path;

use super::checkpoint_file::{self, Found, Header};
use super::{
    CONFIG_FILE, METRICS_FILE, METRICS_LINES_FILE, NETWORK_FILE, ResumeProblem, RunFolder, START_NETWORK_FILE,
    SUMMARY_FILE, Session, Setup, Summary, Trained,
};
use crate::TrainError;
use crate::experiment::Experiment;
use crate::files::read_text;
use crate::learn::Checkpoint;

/// Keys that may differ from those of the checkpoint. Samples are told apart by their hash, wherever they come from.
const FREE: [&str; 4] = ["name", "description", "training.epochs", "data"];
/// Differences that are named, at most.
const NAMED: usize = 5;

/// A run whose folder was taken over.
#[derive(Debug)]
#[non_exhaustive]
pub enum Resumed {
    /// All of its epochs are complete, or it has stopped early.
    Complete,
    /// It goes on.
    Session {
        /// The run.
        session: Box<Session>,
        /// What the user should know of it.
        notes: Vec<ResumeNote>,
    },
}

/// What is not as expected in a run that goes on.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ResumeNote {
    /// Only an older checkpoint is whole.
    #[error("{0}; the run goes on from the checkpoint before it")]
    Damaged(ResumeProblem),
    /// The run is longer than it was, and its schedule stretches with it.
    #[error(
        "training.schedule has no length of its own and follows training.epochs, {before} before and {now} now: the run is not the \
         one that a new one of {now} epochs would be"
    )]
    Stretched {
        /// Epochs before.
        before: u32,
        /// Epochs now.
        now: u32,
    },
}

impl Session {
    /// Goes on with the run in a folder, from its last checkpoint that is whole, or from its beginning if there is none yet.
    /// `overrides` are as in [`Experiment::parse`]; relative paths start at `base`.
    ///
    /// # Errors
    /// A folder that is none of a run, or that a living process has; samples and values of the experiment that have changed since the
    /// checkpoint (more epochs are welcome); checkpoints that are damaged or of another version of the program.
    pub fn resume(path: &Path, overrides: &[(String, String)], base: &Path) -> Result<Resumed, TrainError> {
        let mut folder = RunFolder::take_over(path)?;
        match Self::load(&mut folder, overrides, base) {
            Ok(Loaded::Complete) => {
                folder.release();
                Ok(Resumed::Complete)
            }
            Ok(Loaded::Run { run, notes }) => {
                let (setup, found) = *run;
                let session = Box::new(Self::resumed(setup, folder, found));
                Ok(Resumed::Session { session, notes })
            }
            Err(error) => {
                folder.release();
                Err(error)
            }
        }
    }

    fn load(folder: &mut RunFolder, overrides: &[(String, String)], base: &Path) -> Result<Loaded, TrainError> {
        let path = &folder.path().to_owned();
        let config = path.join(CONFIG_FILE);
        let mut experiment = Experiment::parse(&config.display().to_string(), &read_text(&config)?, overrides)?;
        experiment.resolve_paths(base);
        let wrong = |problem| TrainError::Resume { path: path.to_owned(), problem: Box::new(problem) };
        let state = folder.state();
        if state.state.is_complete() && state.epochs == experiment.training.epochs && has_results(path) {
            return Ok(Loaded::Complete);
        }
        let found = checkpoint_file::read(path).map_err(wrong)?;
        let mut notes = Vec::new();
        let done = found.as_ref().map_or(0, |found| found.checkpoint.learned().last.epoch);
        let epochs = experiment.training.epochs;
        if let Some(Found { header, .. }) = &found {
            let before = Experiment::parse("the checkpoint", &header.experiment, &[])?;
            let keys = changed_keys(&before, &experiment)?;
            if !keys.is_empty() {
                return Err(wrong(ResumeProblem::Changed { keys }));
            }
            if epochs < done {
                return Err(wrong(ResumeProblem::Epochs { epochs, done }));
            }
            let before = before.training.epochs;
            if before != epochs && done > 0 && experiment.training.schedule.follows_run() {
                notes.push(ResumeNote::Stretched { before, now: epochs });
            }
        }
        let setup = Setup::resumed(experiment, path, found.as_ref().map(|found| &found.checkpoint), base)?;
        let found = match found {
            Some(Found { header, checkpoint, damage }) => {
                let hash = setup.dataset.hash();
                if hash != header.data_hash {
                    return Err(wrong(ResumeProblem::Data { found: hash, expected: header.data_hash }));
                }
                notes.extend(damage.map(ResumeNote::Damaged));
                Some((header, checkpoint))
            }
            None => None,
        };
        folder.go_on(&setup)?;
        Ok(Loaded::Run { run: Box::new((setup, found)), notes })
    }
}

/// What was found in the folder of a run.
enum Loaded {
    Complete,
    Run { run: Box<(Setup, Option<(Header, Checkpoint)>)>, notes: Vec<ResumeNote> },
}

/// Whether the results of a complete run are there: somebody may have removed some.
fn has_results(folder: &Path) -> bool {
    let there = [NETWORK_FILE, METRICS_FILE, METRICS_LINES_FILE].iter().all(|name| folder.join(name).is_file());
    there && Summary::read(&folder.join(SUMMARY_FILE)).is_ok()
}

/// Values that make another run of the one of a checkpoint, as they are now and were before.
fn changed_keys(before: &Experiment, now: &Experiment) -> Result<Vec<String>, TrainError> {
    let free = |key: &str| {
        FREE.iter().any(|free| key.strip_prefix(free).is_some_and(|rest| rest.is_empty() || rest.starts_with('.')))
    };
    let all = before.differences(now)?;
    let mut changed = all.iter().filter(|difference| !free(&difference.key));
    let text = |value: &Option<String>| value.clone().unwrap_or_else(|| "nothing".to_owned());
    let named = changed.by_ref().take(NAMED);
    let mut keys: Vec<String> = named
        .map(|difference| {
            let [before, now] = &difference.values;
            format!("{} = {} (before: {})", difference.key, text(now), text(before))
        })
        .collect();
    let more = changed.count();
    if more > 0 {
        keys.push(format!("and {more} more"));
    }
    Ok(keys)
}

impl Setup {
    /// The setup of a run that goes on in a folder, which holds what it started from.
    fn resumed(
        mut experiment: Experiment,
        folder: &Path,
        checkpoint: Option<&Checkpoint>,
        base: &Path,
    ) -> Result<Self, TrainError> {
        let from = experiment.from.take();
        let start = from.as_ref().map(|_| Trained::read(&folder.join(START_NETWORK_FILE))).transpose()?;
        let fitted = start.as_ref().map(|start| (&start.encoders, &start.names));
        let mut setup = Self::load(experiment, fitted, base)?;
        setup.experiment.from = from;
        let known = checkpoint.map(|checkpoint| &checkpoint.learned().initial);
        if let Some(initial) = known.or(start.as_ref().map(|start| &start.parameters)) {
            setup.set_known_initial(initial)?;
        }
        Ok(setup)
    }
}
