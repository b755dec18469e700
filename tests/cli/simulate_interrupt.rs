//! Ctrl-C ends a simulation, and its files hold what there is.

use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use crate::workplace::{Workplace, files};

#[test]
fn an_interrupted_run_completes_its_files_and_can_be_resumed() {
    const PATIENCE: Duration = Duration::from_secs(20);
    let place = Workplace::new();
    let endless = ["simulate", "ring", "--until", "1e12", "--budget", "1000000000000"];
    let outputs = ["--out", "a.csv", "--log", "run.log", "--snapshot", "state", "--plot", "a.svg"];
    let run = Command::new(assert_cmd::cargo::cargo_bin!("delgrad"))
        .current_dir(place.path(""))
        .args([&endless[..], &outputs].concat())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let start = Instant::now();
    while files(&place.path("")).is_empty() {
        assert!(start.elapsed() < PATIENCE, "the run does not start");
        std::thread::sleep(Duration::from_millis(5));
    }
    std::thread::sleep(Duration::from_millis(300));
    assert!(Command::new("kill").args(["-INT", &run.id().to_string()]).status().unwrap().success());
    let output = run.wait_with_output().unwrap();
    let message = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(130), "{message}");
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
