//! Where standard error is no terminal, long work tells in lines how far it has got, and `metrics.csv` grows meanwhile.

use std::path::Path;
use std::process::{Child, Command};
use std::time::Duration;

use crate::workplace::{SMALL, Workplace, files, interrupted, wait_for};

const METRICS: &str = "run/metrics.csv";
/// The first line comes after two seconds.
const FIRST_LINE: Duration = Duration::from_millis(3000);

fn endless(place: &Workplace, more: &[&str]) -> Child {
    place.start(&[&SMALL[..8], &["--epochs", "10000000", "--out", "run"], more].concat())
}

fn wait_for_rows(path: &Path, rows: usize) -> String {
    let mut text = String::new();
    wait_for(|| {
        text = std::fs::read_to_string(path).unwrap_or_default();
        text.lines().count() > rows
    });
    text
}

/// Whole rows below a header.
fn assert_whole(text: &str) {
    assert!(text.ends_with('\n'), "{text}");
    let commas = |line: &str| line.matches(',').count();
    let expected = text.lines().next().map(commas);
    assert!(text.lines().all(|line| Some(commas(line)) == expected), "{text}");
}

#[test]
fn a_run_tells_how_far_it_is_and_its_metrics_grow() {
    let place = Workplace::new();
    let run = endless(&place, &[]);
    let early = wait_for_rows(&place.path(METRICS), 2);
    std::thread::sleep(FIRST_LINE);
    let said = interrupted(run);
    assert!(said.starts_with("writing to run, where metrics.csv grows\n"), "{said}");
    let line = said.lines().find(|line| line.starts_with("epoch ")).unwrap_or_else(|| panic!("{said}"));
    for word in ["/10000000, loss 0.", ", validation ", " %, ", " samples/s, ", " left"] {
        assert!(line.contains(word), "{word}: {line}");
    }
    let whole = place.read("run/metrics.csv");
    assert!(whole.starts_with(&early));
    assert_whole(&early);
}

#[test]
fn a_long_epoch_is_spoken_of_before_its_end_and_is_not_lost() {
    let place = Workplace::new();
    // one epoch of single samples takes many seconds
    let slow =
        ["train", "yin-yang", "--set", "data.train.size=2000000", "--set", "training.batch=1", "--out", "run"];
    let run = place.start(&slow);
    wait_for(|| !files(&place.path("")).is_empty());
    std::thread::sleep(FIRST_LINE);
    let said = interrupted(run);
    assert!(said.contains("epoch 1/300 at ") && said.contains(" left\n"), "{said}");
    assert!(said.contains("before the first epoch was complete; `delgrad train --resume run` goes on"), "{said}");
    let again = interrupted_soon(&place, &["train", "--resume", "run"]);
    assert!(again.contains("run goes on after epoch 0 and ") && again.contains(" samples of the next"), "{again}");
}

/// What is said by a run that is asked to end as soon as it has begun.
fn interrupted_soon(place: &Workplace, arguments: &[&str]) -> String {
    let run = place.start(arguments);
    wait_for(|| place.read("run/state.json").contains("\"running\""));
    std::thread::sleep(Duration::from_millis(500));
    interrupted(run)
}

#[test]
fn quiet_runs_say_nothing_and_short_ones_where_they_are_alone() {
    let place = Workplace::new();
    let run = endless(&place, &["-q"]);
    wait_for_rows(&place.path(METRICS), 2);
    std::thread::sleep(FIRST_LINE);
    let said = interrupted(run);
    assert!(!said.contains("epoch 1") && !said.contains("writing to"), "{said}");
    let short = place
        .delgrad(&["train", "xor", "--epochs", "3", "--out", "short"])
        .assert()
        .success()
        .get_output()
        .stderr
        .clone();
    let short = String::from_utf8(short).unwrap();
    assert!(short.lines().count() == 1 && short.starts_with("writing to short, "), "{short}");
}

#[test]
fn killed_runs_leave_whole_rows() {
    let place = Workplace::new();
    for kill in 0..6 {
        let mut run = endless(&place, &["-q"]);
        wait_for_rows(&place.path(METRICS), 1 + kill);
        std::thread::sleep(Duration::from_micros(1371 * kill as u64));
        run.kill().unwrap();
        run.wait().unwrap();
        assert_whole(&place.read(METRICS));
        std::fs::remove_dir_all(place.path("run")).unwrap();
    }
}

/// Files of at most 4 or 8 KiB: the table outgrows them within 100 epochs.
#[test]
fn metrics_that_cannot_be_written_are_told_once_and_end_no_training() {
    let place = Workplace::new();
    let program = assert_cmd::cargo::cargo_bin!("delgrad").display().to_string();
    let line = format!("ulimit -f 8; exec {program} {} --epochs 100 --out run -q", SMALL[..8].join(" "));
    // the shell counts in blocks of 512 or 1024 bytes, by its kind
    let run = Command::new("sh").current_dir(place.path("")).args(["-c", &line]).output().unwrap();
    let said = String::from_utf8(run.stderr).unwrap();
    assert_eq!(said.matches("writes the metrics of all epochs").count(), 1, "{said}");
    assert_eq!(said.matches("checkpoint.bin").count(), 1, "{said}");
    assert!(said.starts_with("warning: cannot write"), "{said}");
    assert!(said.contains("the files that could be written are in run"), "{said}");
    assert!(place.read("run/summary.json").contains("\"epochs\": 100"));
    assert_whole(&place.read("run/metrics.csv"));
    // with room it is completed
    let said = place.delgrad(&["train", "--resume", "run", "-q"]).assert().success().get_output().stdout.clone();
    assert_eq!(String::from_utf8(said).unwrap(), "run\n");
    assert_eq!(place.read("run/metrics.csv").lines().count(), 101);
}

#[test]
fn simulations_tell_their_time() {
    let place = Workplace::new();
    let run = place.start(&["simulate", "ring", "--until", "1e12", "--budget", "1000000000000"]);
    std::thread::sleep(FIRST_LINE + Duration::from_secs(1));
    let said = interrupted(run);
    assert!(said.lines().any(|line| line.starts_with("time ") && line.contains(" spikes")), "{said}");
}
