//! Programs that are killed at random moments leave nothing that is half, mixed or lost, and trainings go on.
//!
//! `DELGRAD_KILLS=500 cargo test --release --test cli killed_at_random` kills each program 500 times.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use crate::workplace::{Workplace, files};

const FEW: u64 = 6;

fn kills() -> u64 {
    std::env::var("DELGRAD_KILLS").map_or(FEW, |kills| kills.parse().unwrap())
}

fn run(place: &Workplace, arguments: &[&str]) -> Command {
    let mut command = Command::new(assert_cmd::cargo::cargo_bin!("delgrad"));
    command.current_dir(place.path("")).args(arguments).stdout(Stdio::null()).stderr(Stdio::null());
    command
}

/// Runs the program again and again, each time killed at another moment of its life, and lets `check` look.
fn killed(place: &Workplace, arguments: &[&str], mut check: impl FnMut()) {
    let start = Instant::now();
    assert!(run(place, arguments).status().unwrap().success());
    let life = start.elapsed();
    check();
    for kill in 0..kills() {
        // the golden ratio spreads any number of moments evenly over the life and a little more
        let share = (kill as f64 * 0.618_033_988_749_895).fract() * 1.1;
        let mut child = run(place, arguments).spawn().unwrap();
        std::thread::sleep(life.mul_f64(share));
        let _ = child.kill();
        child.wait().unwrap();
        check();
    }
}

/// Nothing hidden is left when the next program has ended.
fn no_leftovers(place: &Workplace) {
    let hidden = |path: &Path| path.file_name().unwrap().to_string_lossy().starts_with(".delgrad-");
    let left: Vec<_> = fs::read_dir(place.path("")).unwrap().map(|entry| entry.unwrap().path()).collect();
    assert!(!left.iter().any(|path| hidden(path)), "{left:?}");
}

/// Both kernels and the chip, small.
const TRAININGS: [&[&str]; 3] = [
    &["yin-yang-tiny", "--epochs", "30", "--set", "training.input-noise=0.1"],
    &["yin-yang-recurrent", "--epochs", "2"],
    &["bss2-yin-yang-axonal", "--epochs", "4"],
];

/// Whether pictures are compared, too: with many kills most of the time would go into drawing them.
fn compares_pictures() -> bool {
    kills() <= FEW
}

/// What a finished run holds that does not tell the time.
fn results(place: &Workplace) -> Vec<(String, String)> {
    const OTHER: [&str; 4] = ["summary.json", "state.json", "checkpoint.bin", "checkpoint-previous.bin"];
    let summary = place.read("run/summary.json");
    let timeless = summary.lines().filter(|line| !line.contains("train_seconds")).collect();
    let mut results = vec![("summary.json".to_owned(), timeless)];
    for path in files(&place.path("run")) {
        let name = path.strip_prefix(place.path("run")).unwrap().display().to_string();
        // the mark of a process that was killed may stay, nobody holds it
        let compared = compares_pictures() || !name.starts_with("plots");
        if path.is_file() && compared && !OTHER.contains(&&name[..]) && name != ".running" {
            results.push((name.clone(), place.read(&format!("run/{name}"))));
        }
    }
    results
}

#[test]
fn training_killed_at_random_goes_on_to_the_same_bytes() {
    for training in TRAININGS {
        let place = Workplace::new();
        let small =
            ["--set", "data.train.size=300", "--set", "data.validation.size=100", "--set", "data.test.size=100"];
        let begin = [&["train"], training, &small, &["--checkpoint-every", "0.02", "--out", "run", "-q"]].concat();
        let go_on = ["train", "--resume", "run", "--checkpoint-every", "0.02", "-q"];
        let start = Instant::now();
        assert!(run(&place, &begin).status().unwrap().success());
        let life = start.elapsed();
        let expected = results(&place);
        fs::remove_dir_all(place.path("run")).unwrap();
        let check = || {
            // it may have been killed when all but the pictures was there
            if compares_pictures() {
                place.output(&["plot", "run"]);
            }
            let found = results(&place);
            assert_eq!(
                found.len(),
                expected.len(),
                "{:?}",
                found.iter().map(|(name, _)| name).collect::<Vec<_>>()
            );
            for (found, expected) in found.iter().zip(&expected) {
                assert!(found == expected, "{training:?}: {} and {}", found.0, expected.0);
            }
            fs::remove_dir_all(place.path("run")).unwrap();
        };
        for kill in 0..kills() {
            // the golden ratio spreads any number of moments evenly
            let share = ((kill + 1) as f64 * 0.618_033_988_749_895).fract();
            let arguments = if place.path("run").exists() { &go_on[..] } else { &begin };
            let mut child = run(&place, arguments).spawn().unwrap();
            std::thread::sleep(life.mul_f64(share));
            let _ = child.kill();
            child.wait().unwrap();
            let state = fs::read_to_string(place.path("run/state.json")).unwrap_or_default();
            if state.contains("\"completed\"") {
                check();
            }
        }
        let arguments = if place.path("run").exists() { &go_on[..] } else { &begin };
        assert!(run(&place, arguments).status().unwrap().success());
        check();
        // the next run that begins removes what those have left that had hardly begun
        place.output(&["train", "xor", "--epochs", "1", "-q", "--out", "next"]);
        no_leftovers(&place);
    }
}

#[test]
fn simulation_killed_at_random_leaves_no_mixed_set() {
    let place = Workplace::new();
    place.output(&["simulate", "heterogeneous", "--until", "90", "--out", "whole.csv"]);
    let whole = place.read("whole.csv");
    // two runs take turns at the same files
    for (done, until) in (0..2 * kills()).zip(["40", "60"].into_iter().cycle()) {
        let outputs = ["--out", "a.csv", "--log", "log", "--snapshot", "state", "--quiet"];
        let arguments = [&["simulate", "heterogeneous", "--until", until][..], &outputs].concat();
        let mut child = run(&place, &arguments).spawn().unwrap();
        std::thread::sleep(Duration::from_micros(3_000 + 7_919 * done % 60_000));
        let _ = child.kill();
        child.wait().unwrap();
        if !place.path("state").exists() {
            continue;
        }
        let resume = ["simulate", "heterogeneous", "--until", "90", "--resume", "state", "--out", "b.csv"];
        let resumed = place.delgrad(&resume).output().unwrap();
        if resumed.status.success() {
            let second = place.read("b.csv");
            let joined = place.read("a.csv") + second.strip_prefix("time,neuron\n").unwrap();
            assert!(joined == whole, "a mixed set is accepted");
            fs::remove_file(place.path("b.csv")).unwrap();
        } else {
            let message = String::from_utf8(resumed.stderr).unwrap();
            assert!(message.contains("is not the file that was written with state"), "{message}");
        }
        let replayed = place.delgrad(&["replay", "log"]).output().unwrap();
        let message = String::from_utf8(replayed.stderr).unwrap();
        assert!(
            replayed.status.success() || message.contains("is not the file that was written with"),
            "{message}"
        );
    }
    place.output(&["simulate", "ring", "--log", "last"]);
    no_leftovers(&place);
}

#[test]
fn comparison_killed_at_random_leaves_whole_files() {
    // a folder of its own: others write to that of the run
    let place = Workplace::new();
    let run = crate::chip_run::with_run().path("run");
    let run = run.to_str().unwrap();
    let arguments = [
        "chip",
        "compare",
        run,
        "--presets",
        "calibrated",
        "--no-sweep",
        "--chips",
        "2",
        "--out",
        "chips.csv",
        "-q",
    ];
    place.output(&arguments);
    let whole = place.read("chips.csv");
    fs::remove_file(place.path("chips.csv")).unwrap();
    killed(&place, &arguments, || {
        if place.path("chips.csv").exists() {
            assert!(place.read("chips.csv") == whole);
            fs::remove_file(place.path("chips.csv")).unwrap();
        }
    });
    place.output(&arguments);
    no_leftovers(&place);
}
