//! Ctrl-C ends a training after its last completed epoch and a simulation at once; their files hold what there is.

use std::time::Duration;

use serde_json::Value;

use crate::workplace::{SMALL, Workplace, files, interrupted, wait_for};

#[test]
fn completed_epochs_are_saved() {
    let place = Workplace::new();
    let run = place.start(&[&SMALL[..8], &["--epochs", "10000000", "--out", "run"]].concat());
    wait_for(|| !files(&place.path("")).is_empty());
    std::thread::sleep(Duration::from_millis(700));
    let message = interrupted(run);
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
fn an_interrupted_simulation_completes_its_files_and_can_be_resumed() {
    let place = Workplace::new();
    let endless = ["simulate", "ring", "--until", "1e12", "--budget", "1000000000000"];
    let outputs = ["--out", "a.csv", "--log", "run.log", "--snapshot", "state", "--plot", "a.svg"];
    let run = place.start(&[&endless[..], &outputs].concat());
    wait_for(|| !files(&place.path("")).is_empty());
    std::thread::sleep(Duration::from_millis(300));
    let message = interrupted(run);
    assert!(message.contains("interrupted at time"), "{message}");
    assert_eq!(files(&place.path("")).len(), 4);

    let first = place.read("a.csv");
    assert!(first.lines().count() > 100);
    let last: f64 = first.lines().last().and_then(|line| line.split(',').next()).unwrap().parse().unwrap();
    assert!(place.output(&["replay", "run.log"]).starts_with("identical"));
    let until = format!("{}", last + 1000.0);
    place.output(&["simulate", "ring", "--resume", "state", "--until", &until, "--out", "b.csv"]);
    place.output(&["simulate", "ring", "--until", &until, "--out", "whole.csv"]);
    let second = place.read("b.csv");
    assert!(first + second.strip_prefix("time,neuron\n").unwrap() == place.read("whole.csv"));
}
