//! Ctrl-C ends a run after its last completed epoch, which is kept.

use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::workplace::{SMALL, Workplace, files};

/// Starts a run, sends SIGINT as soon as its hidden folder is there and `delay` has passed, and waits for the end.
fn interrupted(place: &Workplace, arguments: &[&str], delay: Duration) -> (i32, String) {
    const PATIENCE: Duration = Duration::from_secs(20);
    let mut run = Command::new(assert_cmd::cargo::cargo_bin!("delgrad"))
        .current_dir(place.path(""))
        .args(arguments)
        .args(["--out", "run"])
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let start = Instant::now();
    while files(&place.path("")).is_empty() {
        assert!(start.elapsed() < PATIENCE, "the run does not start");
        std::thread::sleep(Duration::from_millis(5));
    }
    std::thread::sleep(delay);
    interrupt(&mut run);
    let output = run.wait_with_output().unwrap();
    (output.status.code().unwrap(), String::from_utf8(output.stderr).unwrap())
}

fn interrupt(run: &mut Child) {
    assert!(Command::new("kill").args(["-INT", &run.id().to_string()]).status().unwrap().success());
}

#[test]
fn completed_epochs_are_saved() {
    let place = Workplace::new();
    let arguments = [&SMALL[..8], &["--epochs", "10000000"]].concat();
    let (code, message) = interrupted(&place, &arguments, Duration::from_millis(700));
    assert_eq!(code, 130, "{message}");
    assert!(message.contains("saved in run"), "{message}");

    let summary: Value = serde_json::from_str(&place.read("run/summary.json")).unwrap();
    assert_eq!(summary["stop"], "interrupted");
    let epochs = summary["epochs"].as_u64().unwrap() as usize;
    assert!(epochs > 0);
    assert_eq!(place.read("run/metrics.csv").lines().count(), 1 + epochs);
    assert!(message.contains("no plots are drawn; `delgrad plot`"), "{message}");
    assert!(!place.path("run/plots").exists());
    place.output(&["plot", "run"]);
    assert!(place.path("run/plots/loss.svg").exists());
    let accuracy = 100.0 * summary["test_accuracy"].as_f64().unwrap();
    assert!(place.output(&["evaluate", "run"]).contains(&format!("{accuracy:.2} %")));
}

#[test]
fn without_a_completed_epoch_nothing_is_written() {
    let place = Workplace::new();
    // one epoch of single samples takes many seconds
    let slow = ["train", "yin-yang", "--set", "data.train.size=2000000", "--set", "training.batch=1"];
    let (code, message) = interrupted(&place, &slow, Duration::from_millis(500));
    assert_eq!(code, 130, "{message}");
    assert!(message.contains("nothing is written"), "{message}");
    assert!(files(&place.path("")).is_empty());
}
