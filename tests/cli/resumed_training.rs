//! A training that was ended goes on where it was, and what stands in its way is said.

use std::fs;
use std::io::Read;
use std::os::unix::fs::symlink;
use std::process::Child;
use std::time::Duration;

use serde_json::Value;

use crate::workplace::{SMALL, Workplace, interrupted, kill, wait_for};

/// Long enough to be ended on the way.
const LONG: &str = "400";
const ENDLESS: &str = "10000000";

fn start(place: &Workplace, epochs: &str, more: &[&str]) -> Child {
    let run = place.start(&[&SMALL[..8], &["--epochs", epochs, "--out", "run"], more].concat());
    wait_for(|| place.path("run/metrics.csv").exists());
    run
}

fn state(place: &Workplace) -> Value {
    serde_json::from_str(&place.read("run/state.json")).unwrap()
}

fn summary(place: &Workplace, run: &str) -> Value {
    let mut summary: Value = serde_json::from_str(&place.read(&format!("{run}/summary.json"))).unwrap();
    summary.as_object_mut().unwrap().remove("train_seconds").unwrap();
    summary
}

#[test]
fn ended_by_signals_and_on_other_threads_it_gives_the_same_bytes() {
    let place = Workplace::new();
    place.output(&[&SMALL[..8], &["--epochs", LONG, "--out", "whole", "-q"]].concat());
    let run = start(&place, LONG, &["--threads", "1"]);
    assert_eq!(state(&place)["state"], "running");
    assert!(interrupted(run).contains("they are saved in run, and `delgrad train --resume run` goes on"));
    assert_eq!(state(&place)["state"], "interrupted");

    let run = place.start(&["train", "--resume", "run", "--threads", "2"]);
    wait_for(|| state(&place)["state"] == "running");
    kill(&run, "-TERM");
    let output = run.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(130));
    assert!(String::from_utf8(output.stderr).unwrap().starts_with("run goes on after epoch "));

    place.output(&["train", "--resume", "run"]);
    assert_eq!(state(&place)["state"], "completed");
    for file in ["network.json", "metrics.csv", "metrics.jsonl", "confusion.csv", "config.toml", "plots/loss.svg"]
    {
        assert!(place.read(&format!("run/{file}")) == place.read(&format!("whole/{file}")), "{file}");
    }
    assert_eq!(summary(&place, "run"), summary(&place, "whole"));
    let again = place.delgrad(&["train", "--resume", "run"]).assert().success().get_output().stderr.clone();
    let again = String::from_utf8(again).unwrap();
    assert!(again.starts_with("the run is complete; --epochs N trains it for more"), "{again}");
}

#[test]
fn a_full_disk_is_waited_for() {
    let place = Workplace::new();
    let mut run = start(&place, ENDLESS, &["--checkpoint-every", "0.05"]);
    let checkpoint = place.path("run/checkpoint.bin");
    wait_for(|| checkpoint.exists());
    // a device on which there is never room
    symlink("/dev/full", place.path("run/full")).unwrap();
    fs::rename(place.path("run/full"), &checkpoint).unwrap();
    wait_for(|| checkpoint.is_symlink());
    std::thread::sleep(Duration::from_millis(300));
    let rows = || place.read("run/metrics.csv").lines().count();
    let before = rows();
    std::thread::sleep(Duration::from_millis(500));
    assert_eq!(rows(), before, "it waits");
    fs::remove_file(&checkpoint).unwrap();
    wait_for(|| rows() > before);
    kill(&run, "-INT");
    let mut said = String::new();
    run.stderr.take().unwrap().read_to_string(&mut said).unwrap();
    run.wait().unwrap();
    let waits = "no room for run/checkpoint.bin; waiting until there is some, or until Ctrl-C";
    assert!(said.contains(waits) && said.contains("there is room again; the run goes on"), "{said}");
}

#[test]
fn a_folder_has_one_process_and_says_what_is_in_it() {
    let place = Workplace::new();
    let run = start(&place, ENDLESS, &[]);
    let message = place.delgrad(&["train", "--resume", "run"]).assert().code(1).get_output().stderr.clone();
    let message = String::from_utf8(message).unwrap();
    assert!(message.starts_with("error: the run in run goes on, in another process"), "{message}");
    for command in ["evaluate", "plot"] {
        let message = place.delgrad(&[command, "run"]).assert().code(1).get_output().stderr.clone();
        let message = String::from_utf8(message).unwrap();
        assert!(message.contains("goes on and has no results yet; wait for its end"), "{message}");
    }
    let mut run = run;
    run.kill().unwrap();
    run.wait().unwrap();
    place.train_small("other/run", &[]);
    let message = place.error(&["evaluate", "run"], 1);
    assert!(message.contains("ended early and has no results; `delgrad train --resume run`"), "{message}");
    let message = place.error(&["train", "--from", "run"], 1);
    assert!(message.contains("ended early and has no results"), "{message}");

    let table = place.output(&["list", "--runs", "."]);
    let row = |name: &str| table.lines().find(|line| line.contains(name)).unwrap_or_else(|| panic!("{table}"));
    let killed = row(" killed ");
    assert!(killed.contains("│ run ") && killed.contains("/10000000 "), "{table}");
    let finished = row("│ other/run ");
    assert!(
        finished.contains(" completed ") && finished.contains(" 2/2 ") && finished.contains(" s ago"),
        "{table}"
    );
    let listed: Value = serde_json::from_str(&place.output(&["list", "--runs", ".", "--json"])).unwrap();
    let listed = listed.as_array().unwrap().iter().find(|run| run["state"] == "completed").unwrap();
    assert_eq!(listed["test_accuracy"], summary(&place, "other/run")["test_accuracy"]);
    assert_eq!(place.output(&["list", "--runs", "other/run/plots"]), "no runs in other/run/plots\n");
    assert_eq!(place.output(&["list", "--runs"]), "no runs in runs\n");
    assert!(place.error(&["list", "--runs", "none"], 1).contains("cannot read none"));
}

fn resume<'a>(more: &[&'a str]) -> Vec<&'a str> {
    [&["train", "--resume", "run"], more].concat()
}

#[test]
fn what_cannot_go_on_is_refused_by_name() {
    let place = Workplace::new();
    place.train_small("run", &[]);
    let message = place.error(&resume(&["--set", "training.batch=7", "--epochs", "9"]), 1);
    assert!(
        message.contains("cannot go on: training.batch = 7 (before: 150) changed since it began"),
        "{message}"
    );
    let message = place.error(&resume(&["--set", "data.train.size=301", "--epochs", "9"]), 1);
    assert!(message.contains("its samples have changed: their hash is "), "{message}");
    let message = place.error(&["train", "--resume", "."], 1);
    assert!(message.contains(". is not the folder of a run: it has no state.json"), "{message}");
    for more in [&["yin-yang"][..], &["--seed", "3"], &["--out", "x"], &["--from", "run"], &["--chip-seed", "1"]] {
        assert!(place.error(&resume(more), 2).contains("cannot be used with"), "{more:?}");
    }
    let message = place.error(&["train", "xor", "--checkpoint-every", "-1"], 2);
    assert!(message.contains("--checkpoint-every"), "{message}");
    // more epochs of a schedule without an end of its own
    let said = place.delgrad(&resume(&["--epochs", "3"])).assert().success().get_output().stderr.clone();
    let said = String::from_utf8(said).unwrap();
    assert!(said.contains("run goes on after epoch 2\n"), "{said}");
    assert_eq!(place.read("run/metrics.csv").lines().count(), 4);
}
