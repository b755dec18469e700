use std::path::Path;

use delgrad_engine::files::{LogError, NetworkFile, ReplayOutcome, RunLog, RunLogWriter, replay};
use delgrad_engine::{Executor, Network, Stop};

use crate::{Logged, TEXT, folder, network};

fn log() -> Logged {
    Logged::run(Executor::Plain, &Stop::at(5.0))
}

fn refused(logged: &Logged, network: Option<&Network>) -> LogError {
    let (_folder, path) = logged.written();
    replay(path, network).unwrap_err()
}

#[track_caller]
fn assert_says(error: &LogError, text: &str) {
    assert!(error.to_string().contains(text), "no \"{text}\" in: {error}");
}

#[test]
fn fingerprints_differ() {
    let logged = log();
    let other = NetworkFile::parse_toml(TEXT).unwrap().spec.build_with_seed(8).unwrap();
    let error = refused(&logged, Some(&other));
    let LogError::OtherNetwork { logged: in_log, found, .. } = error else { panic!("{error}") };
    assert_eq!((in_log, found), (network().fingerprint(), other.fingerprint()));
    assert_says(&error, &format!("{in_log:016x}"));
    assert_says(&error, &format!("{found:016x}"));
}

#[test]
fn text_of_another_network() {
    let mut logged = log();
    let text = &mut logged.header.network.as_mut().unwrap().text;
    *text = text.replace("bias = 0.3", "bias = 0.4");
    assert!(matches!(refused(&logged, None), LogError::OtherNetwork { .. }));
    // the network that is given wins over the text
    let (_folder, path) = logged.written();
    assert_eq!(replay(path, Some(&network())).unwrap().outcome, ReplayOutcome::Identical);
}

#[test]
fn text_that_is_not_a_network() {
    let mut logged = log();
    let text = &mut logged.header.network.as_mut().unwrap().text;
    *text = text.replace("bias = 0.3", "bias = ");
    assert!(matches!(refused(&logged, None), LogError::Text(_)));
    let text = &mut logged.header.network.as_mut().unwrap().text;
    *text = TEXT.replace("low = 0.3", "low = -0.3");
    assert_says(&refused(&logged, None), "network in the log cannot be");
}

#[test]
fn no_text() {
    let mut logged = log();
    logged.header.network = None;
    assert!(matches!(refused(&logged, None), LogError::NoNetwork));
    let (_folder, path) = logged.written();
    assert_eq!(replay(path, Some(&network())).unwrap().outcome, ReplayOutcome::Identical);
}

#[test]
fn inputs_that_do_not_fit() {
    let mut logged = log();
    logged.header.given[3].time += 0.1;
    let error = refused(&logged, None);
    assert!(matches!(error, LogError::OtherInputs { .. }), "{error}");
}

#[test]
fn run_that_cannot_be_done() {
    let mut logged = log();
    logged.header.stop.until = f64::NAN;
    assert_says(&refused(&logged, None), "the end time is NaN");
}

#[test]
fn places_that_cannot_be_read_or_written() {
    let folder = folder();
    let nowhere = folder.path().join("missing").join("run.log");
    let error = RunLog::open(&nowhere).unwrap_err();
    assert!(matches!(error, LogError::Open { .. }), "{error}");
    assert_says(&error, &nowhere.display().to_string());
    let error = RunLogWriter::create(&nowhere, &log().header).unwrap_err();
    assert_says(&error, "create the folder");
    assert!(RunLog::open(Path::new("")).is_err());
    assert!(RunLog::open(folder.path()).is_err());
}
