//! Promise: a run that was ended at any moment, in any way, goes on to the bytes of the run that was never ended.
//!
//! Sensitive to everything that a training remembers from batch to batch and a checkpoint might forget: moments, the rule for silent
//! neurons, noise, dropout, means of parameters, unfinished sums.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use delgrad_engine::Cancel;
use delgrad_train::TrainError;
use delgrad_train::learn::Progress;
use delgrad_train::run::{
    CHECKPOINT_FILE, Event, PREVIOUS_CHECKPOINT_FILE, Resumed, RunFolder, RunState, RunStatus, Session, Trained,
};
use tempfile::TempDir;

use crate::experiments::{LAYERS, ON_CHIP, RECURRENT, setup};

const EVERY_BATCH: Duration = Duration::ZERO;
const NEVER: Duration = Duration::from_secs(1_000_000);

type Changes<'a> = &'a [(&'a str, &'a str)];

/// Both kernels and the chip, with all that leaves a trace from batch to batch.
const RUNS: [(&str, Changes); 3] = [
    (
        LAYERS,
        &[
            ("training.input-noise", "0.1"),
            ("training.average", "{ epochs = 1.5 }"),
            ("training.silent", "{ weight-increment = 0.01 }"),
            ("training.early-stopping", "{ patience = 4 }"),
            ("training.schedule", "{ kind = 'cosine', warm-up = 1 }"),
            ("layers.0.tolerated-silence", "0.05"),
            ("layers.0.dropout", "0.1"),
            ("layers.0.weights.mean", "0.9"),
        ],
    ),
    (
        RECURRENT,
        &[
            ("training.epochs", "3"),
            ("training.optimiser", "{ kind = 'sgd', momentum = 0.9 }"),
            ("training.augment", "[{ kind = 'jitter', sd = 0.05 }, { kind = 'drop', probability = 0.05 }]"),
            ("populations.0.dropout", "0.2"),
            ("gradient.max-norm", "1.0"),
        ],
    ),
    (
        ON_CHIP,
        &[
            ("training.epochs", "2"),
            ("data.train.size", "60"),
            ("data.validation.size", "20"),
            ("data.test.size", "20"),
            ("chip", "{ preset = 'delgrad-hw-aware' }"),
        ],
    ),
];

struct Place(TempDir);

impl Place {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn begin(&self, name: &str, text: &str, changes: Changes) -> Session {
        let setup = setup(text, changes).unwrap();
        let folder = RunFolder::create(&self.path(name), "test", &setup).unwrap();
        Session::new(setup, folder, Instant::now())
    }
}

/// Where a run is whose work has ended, and how many samples of an unfinished epoch it has been shown.
struct Ended {
    path: PathBuf,
    shown: usize,
}

fn train(session: Session, every: Duration, mut see: impl FnMut(&Progress, &Cancel)) -> Ended {
    let cancel = Cancel::default();
    let outcome = session.train(every, &cancel, |event| match event {
        Event::Progress(progress) => see(&progress, &cancel),
        Event::Unwritten(error) => panic!("{error}"),
        _ => {}
    });
    let outcome = outcome.unwrap();
    Ended { shown: outcome.fit.checkpoint.shown(), path: outcome.end().unwrap() }
}

fn resume(path: &Path, changes: Changes) -> Result<Option<Session>, TrainError> {
    let changes: Vec<_> = changes.iter().map(|(key, value)| ((*key).into(), (*value).into())).collect();
    match Session::resume(path, &changes, Path::new(""))? {
        Resumed::Session { session, .. } => Ok(Some(*session)),
        _ => Ok(None),
    }
}

/// All files of a finished run that do not tell the time, by name.
fn files(path: &Path) -> Vec<(String, String)> {
    let mut files = Vec::new();
    for entry in fs::read_dir(path).unwrap() {
        let entry = entry.unwrap();
        let name = entry.file_name().to_string_lossy().into_owned();
        match &name[..] {
            "state.json" | ".running" => {}
            CHECKPOINT_FILE | PREVIOUS_CHECKPOINT_FILE => {}
            "summary.json" => {
                let mut summary: serde_json::Value =
                    serde_json::from_str(&fs::read_to_string(entry.path()).unwrap()).unwrap();
                assert!(summary["train_seconds"].take().as_f64().unwrap() > 0.0);
                files.push((name, summary.to_string()));
            }
            _ => files.push((name, fs::read_to_string(entry.path()).unwrap())),
        }
    }
    files.sort();
    files
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        fs::copy(entry.path(), to.join(entry.file_name())).unwrap();
    }
}

#[test]
fn runs_that_are_asked_to_end_lose_nothing() {
    for (text, changes) in RUNS {
        let place = Place::new();
        let whole = train(place.begin("whole", text, changes), NEVER, |_, _| ());
        let expected = files(&whole.path);
        for patience in [0, 1, 4, 9] {
            let name = format!("ended-{patience}");
            let mut seen = 0;
            // not between the steps of the loop alone
            let mut end = |progress: &Progress, cancel: &Cancel| {
                seen += usize::from(!matches!(progress, Progress::Resumable(_)));
                if seen > patience {
                    cancel.request();
                }
            };
            let first = train(place.begin(&name, text, changes), NEVER, &mut end);
            assert_eq!(RunState::read(&first.path).unwrap().unwrap().state, RunStatus::Interrupted);
            let shown = first.shown;
            let mut session = resume(&first.path, &[]).unwrap().unwrap();
            assert_eq!(session.checkpoint().unwrap().shown(), shown, "nothing is lost");
            loop {
                let mut seen = 0;
                let outcome = train(session, NEVER, |_, cancel| {
                    seen += 1;
                    if seen > 2 * patience + 3 {
                        cancel.request();
                    }
                });
                session = match resume(&outcome.path, &[]).unwrap() {
                    Some(session) => session,
                    None => break,
                };
            }
            assert!(files(&first.path) == expected, "{text} after {patience} batches");
        }
    }
}

#[test]
fn runs_that_are_killed_go_on_from_their_last_checkpoint() {
    for (text, changes) in RUNS {
        let place = Place::new();
        let whole = place.path("whole");
        let mut copies = Vec::new();
        let mut seen = 0;
        train(place.begin("whole", text, changes), EVERY_BATCH, |progress, _| {
            if !matches!(progress, Progress::Resumable(_)) {
                seen += 1;
                if seen % 3 == 1 {
                    let to = place.path(&format!("killed-{seen}"));
                    copy(&whole, &to);
                    copies.push(to);
                }
            }
        });
        let expected = files(&whole);
        assert!(copies.len() > 3);
        for killed in copies {
            assert_eq!(RunState::read(&killed).unwrap().unwrap().state, RunStatus::Killed);
            let error = Trained::read(&killed).unwrap_err().to_string();
            assert!(error.contains("ended early and has no results; `delgrad train --resume"), "{error}");
            let session = resume(&killed, &[]).unwrap().unwrap();
            assert!(session.checkpoint().is_some());
            train(session, NEVER, |_, _| ());
            assert!(files(&killed) == expected, "{}", killed.display());
        }
    }
}

#[test]
fn a_run_without_a_checkpoint_begins_again_and_more_epochs_are_welcome() {
    let place = Place::new();
    // no length of the run enters but that
    let changes: Changes = &[("training.epochs", "6"), ("training.input-noise", "0.1")];
    let whole = train(place.begin("whole", LAYERS, changes), NEVER, |_, _| ());
    let session = place.begin("run", LAYERS, &[("training.epochs", "3"), ("training.input-noise", "0.1")]);
    drop(session);
    let path = place.path("run");
    train(resume(&path, &[]).unwrap().unwrap(), NEVER, |_, _| ());
    assert!(resume(&path, &[]).unwrap().is_none(), "complete");
    assert!(resume(&path, &[("training.epochs", "3")]).unwrap().is_none(), "complete");
    train(resume(&path, &[("training.epochs", "6")]).unwrap().unwrap(), NEVER, |_, _| ());
    assert!(files(&path) == files(&whole.path));
}

#[test]
fn what_would_be_another_run_is_refused_by_name() {
    let place = Place::new();
    let path = train(place.begin("run", LAYERS, &[]), NEVER, |_, _| ()).path;
    let refused = |changes: Changes| {
        let before = files(&path);
        let error = resume(&path, changes).unwrap_err().to_string();
        assert!(files(&path) == before);
        error
    };
    let error = refused(&[("training.batch", "20"), ("training.epochs", "9"), ("layers.0.size", "7")]);
    assert!(error.contains("layers.0.size = 7 (before: 6), training.batch = 20 (before: 10) changed"), "{error}");
    let error = refused(&[("data.train.seed", "99"), ("training.epochs", "9")]);
    assert!(error.contains("its samples have changed: their hash is "), "{error}");
    let error = refused(&[("training.epochs", "4")]);
    assert!(error.contains("training.epochs is 4, and 5 epochs are complete"), "{error}");

    // a damaged checkpoint gives way to the one before it, if there is one
    let checkpoint = path.join(CHECKPOINT_FILE);
    let whole = fs::read(&checkpoint).unwrap();
    let mut damaged = whole.clone();
    damaged[whole.len() / 2] ^= 1;
    fs::write(&checkpoint, &damaged).unwrap();
    let error = refused(&[("training.epochs", "9")]);
    assert!(error.contains("checkpoint.bin in it cannot be used: frame ") && error.contains("damaged"), "{error}");
    fs::write(path.join(PREVIOUS_CHECKPOINT_FILE), &whole).unwrap();
    assert!(resume(&path, &[("training.epochs", "9")]).unwrap().is_some());
    // the version of the format stands after the eight bytes of its name
    let mut newer = whole.clone();
    newer[8] = 77;
    fs::write(&checkpoint, newer).unwrap();
    let error = refused(&[("training.epochs", "9")]);
    assert!(error.contains("the file has version 77 of its format"), "{error}");

    let error = resume(&place.path("absent"), &[]).unwrap_err().to_string();
    assert!(error.contains("is not the folder of a run: it has no state.json"), "{error}");
}

#[test]
fn a_run_has_one_process_at_a_time_and_may_be_moved() {
    let place = Place::new();
    let whole = train(place.begin("whole", LAYERS, &[]), NEVER, |_, _| ());
    let session = place.begin("run", LAYERS, &[]);
    let error = resume(&place.path("run"), &[]).unwrap_err().to_string();
    assert!(error.contains("goes on, in another process"), "{error}");
    let error = Trained::read(&place.path("run")).unwrap_err().to_string();
    assert!(error.contains("goes on and has no results yet"), "{error}");
    // while it goes on
    let mut seen = 0;
    let outcome = train(session, NEVER, |_, cancel| {
        seen += 1;
        if seen == 5 {
            fs::rename(place.path("run"), place.path("moved")).unwrap();
        }
        if seen == 9 {
            cancel.request();
        }
    });
    assert!(outcome.path.ends_with("moved") && !place.path("run").exists(), "{}", outcome.path.display());
    // and after it
    fs::rename(place.path("moved"), place.path("again")).unwrap();
    let path = train(resume(&place.path("again"), &[]).unwrap().unwrap(), NEVER, |_, _| ()).path;
    assert!(files(&path) == files(&whole.path));
}
