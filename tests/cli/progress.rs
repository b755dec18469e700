//! Where standard error is no terminal, long work tells in lines how far it has got, and `metrics.csv` grows meanwhile.

use std::path::Path;
use std::process::{Child, Command};
use std::time::Duration;

use crate::workplace::{SMALL, Workplace, files, interrupted, wait_for};

const HIDDEN: &str = ".delgrad-run.partial/metrics.csv";
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
    let early = wait_for_rows(&place.path(HIDDEN), 2);
    std::thread::sleep(FIRST_LINE);
    let said = interrupted(run);
    assert!(said.starts_with("metrics so far: ") && said.contains(HIDDEN), "{said}");
    let line = said.lines().find(|line| line.starts_with("epoch ")).unwrap_or_else(|| panic!("{said}"));
    for word in ["/10000000, loss 0.", ", validation ", " %, ", " samples/s, ", " left"] {
        assert!(line.contains(word), "{word}: {line}");
    }
    let whole = place.read("run/metrics.csv");
    assert!(whole.starts_with(&early));
    assert_whole(&early);
}

#[test]
fn a_long_epoch_is_spoken_of_before_its_end_and_leaves_nothing_without_it() {
    let place = Workplace::new();
    // one epoch of single samples takes many seconds
    let slow =
        ["train", "yin-yang", "--set", "data.train.size=2000000", "--set", "training.batch=1", "--out", "run"];
    let run = place.start(&slow);
    wait_for(|| !files(&place.path("")).is_empty());
    std::thread::sleep(FIRST_LINE);
    let said = interrupted(run);
    assert!(said.contains("epoch 1/300 at ") && said.contains(" left\n"), "{said}");
    assert!(said.contains("nothing is written"), "{said}");
    assert!(files(&place.path("")).is_empty());
}

#[test]
fn quiet_runs_say_nothing_and_short_ones_where_they_are_alone() {
    let place = Workplace::new();
    let run = endless(&place, &["-q"]);
    wait_for_rows(&place.path(HIDDEN), 2);
    std::thread::sleep(FIRST_LINE);
    let said = interrupted(run);
    assert!(!said.contains("epoch 1") && !said.contains("so far"), "{said}");
    let short = place
        .delgrad(&["train", "xor", "--epochs", "3", "--out", "short"])
        .assert()
        .success()
        .get_output()
        .stderr
        .clone();
    let short = String::from_utf8(short).unwrap();
    assert!(short.lines().count() == 1 && short.starts_with("metrics so far: "), "{short}");
}

#[test]
fn killed_runs_leave_whole_rows() {
    let place = Workplace::new();
    for kill in 0..6 {
        let mut run = endless(&place, &["-q"]);
        wait_for_rows(&place.path(HIDDEN), 1 + kill);
        std::thread::sleep(Duration::from_micros(1371 * kill as u64));
        run.kill().unwrap();
        run.wait().unwrap();
        assert_whole(&place.read(HIDDEN));
        std::fs::remove_dir_all(place.path(HIDDEN).parent().unwrap()).unwrap();
    }
}

/// Files of at most 1 or 2 KiB: the table outgrows them within 40 epochs.
#[test]
fn metrics_that_cannot_be_written_are_told_once_and_end_no_training() {
    let place = Workplace::new();
    let program = assert_cmd::cargo::cargo_bin!("delgrad").display().to_string();
    let line = format!("ulimit -f 3; exec {program} {} --epochs 40 --out run -q", SMALL[..8].join(" "));
    // the shell counts in blocks of 512 or 1024 bytes, by its kind
    let run = Command::new("sh").current_dir(place.path("")).args(["-c", &line]).output().unwrap();
    let said = String::from_utf8(run.stderr).unwrap();
    assert_eq!(said.matches("the run goes on").count(), 1, "{said}");
    assert!(said.starts_with("warning: cannot write") && said.contains("run.kept-1"), "{said}");
    assert!(place.read("run.kept-1/summary.json").contains("\"epochs\": 40"));
    assert_whole(&place.read("run.kept-1/metrics.csv"));
}

#[test]
fn simulations_tell_their_time() {
    let place = Workplace::new();
    let run = place.start(&["simulate", "ring", "--until", "1e12", "--budget", "1000000000000"]);
    std::thread::sleep(FIRST_LINE + Duration::from_secs(1));
    let said = interrupted(run);
    assert!(said.lines().any(|line| line.starts_with("time ") && line.contains(" spikes")), "{said}");
}
