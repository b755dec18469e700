//! Outputs never harm what they do not own, and nothing finished is lost.

use std::fs;
use std::os::unix::fs::symlink;
use std::process::{Child, Command, Output, Stdio};
use std::time::Duration;

use crate::workplace::{SMALL, Workplace, files, interrupted, kill, wait_for};

/// Starts an endless training into `out` and waits until it holds the name.
fn endless(place: &Workplace, out: &str) -> Child {
    let run = place.start(&[&SMALL[..8], &["--epochs", "100000000", "--out", out]].concat());
    wait_for(|| place.path(out).join("metrics.csv").exists());
    std::thread::sleep(Duration::from_millis(400));
    run
}

fn message(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[test]
fn what_stands_in_the_way_of_a_run_is_found_first() {
    let place = Workplace::new();
    fs::create_dir(place.path("empty")).unwrap();
    place.write("file", "");
    symlink("nowhere", place.path("link")).unwrap();
    for name in ["empty", "empty/", "file", "link", "link/"] {
        let message = place.error(&[&SMALL[..], &["--out", name]].concat(), 1);
        assert!(message.contains(&format!("{name} exists already")), "{message}");
    }
    assert!(place.error(&[&SMALL[..], &["--out", "file/run"]].concat(), 1).contains("cannot write file/run"));
}

#[test]
fn of_several_runs_with_one_name_all_but_one_are_refused_before_their_work() {
    let place = Workplace::new();
    let first = endless(&place, "run");
    let others: Vec<Child> = (0..5).map(|_| place.start(&[&SMALL[..], &["--out", "run"]].concat())).collect();
    for other in others {
        let output = other.wait_with_output().unwrap();
        assert_eq!(output.status.code(), Some(1));
        assert!(message(&output).contains("run exists already"), "{}", message(&output));
    }
    interrupted(first);
    place.output(&["evaluate", "run"]);
    assert!(!files(&place.path("")).iter().any(|path| path.to_string_lossy().contains(".delgrad-")));
}

#[test]
fn numbered_runs_share_a_folder() {
    let place = Workplace::new();
    let runs: Vec<Child> = (0..3).map(|_| place.start(&[&SMALL[..], &["-q"]].concat())).collect();
    let mut names: Vec<String> =
        runs.into_iter().map(|run| String::from_utf8(run.wait_with_output().unwrap().stdout).unwrap()).collect();
    names.sort();
    assert_eq!(names, [1, 2, 3].map(|number| format!("runs/yin-yang-tiny-{number}\n")));
}

#[test]
fn a_run_that_was_moved_or_removed_while_it_went_on_is_complete() {
    let place = Workplace::new();
    let run = endless(&place, "a/run");
    fs::rename(place.path("a"), place.path("b")).unwrap();
    let said = interrupted(run);
    assert!(said.contains("b/run` goes on"), "{said}");
    place.output(&["evaluate", "b/run"]);
    assert!(!place.path("a").exists());

    // a folder that was removed is made again
    let run = endless(&place, "c/run");
    fs::remove_dir_all(place.path("c")).unwrap();
    interrupted(run);
    place.output(&["evaluate", "c/run"]);
}

/// Files of at most 2 or 4 KiB, as on a disk with a quota for each.
#[test]
fn what_can_be_written_of_a_run_stays() {
    let place = Workplace::new();
    let program = assert_cmd::cargo::cargo_bin!("delgrad").display().to_string();
    let line = format!("ulimit -f 5; exec {program} {} --out run", SMALL.join(" "));
    // the shell counts in blocks of 512 or 1024 bytes, by its kind
    let run = Command::new("sh").current_dir(place.path("")).args(["-c", &line]).output().unwrap();
    assert_eq!(run.status.code(), Some(1), "{}", message(&run));
    let message = message(&run);
    assert!(message.contains("cannot write") && message.contains("are in run"), "{message}");
    assert!(place.read("run/summary.json").contains("test_accuracy"));
    assert!(!files(&place.path("")).iter().any(|path| path.to_string_lossy().contains(".delgrad-")));
    place.output(&["train", "--resume", "run", "-q"]);
    place.output(&["evaluate", "run"]);
}

#[test]
fn one_file_is_not_two_outputs_nor_input_and_output() {
    let place = Workplace::new();
    place.write("net.toml", crate::resume::NET);
    place.write("in.csv", "time,source\n1.0,0\n");
    symlink("in.csv", place.path("link.csv")).unwrap();
    let run = ["simulate", "net.toml", "--input", "in.csv"];
    for (more, expected) in [
        (&["--out", "a.csv", "--log", "./a.csv"][..], "both go to ./a.csv"),
        (&["--out", "in.csv"], "--out would replace in.csv, which --input reads"),
        (&["--out", "link.csv"], "--out would replace link.csv, which --input reads"),
        (&["--log", "./net.toml"], "which NETWORK reads"),
    ] {
        let message = place.error(&[&run[..], more].concat(), 1);
        assert!(message.contains(expected), "{message}");
    }
    place.output(&[&run[..], &["--until", "5", "--snapshot", "state"]].concat());
    place.output(&[&run[..], &["--resume", "state", "--snapshot", "state"]].concat());
    place.train_small("run", &[]);
    let message = place.error(&["chip", "run", "run", "--out", "run/summary.json"], 1);
    assert!(message.contains("--out would replace"), "{message}");
}

#[test]
fn files_of_another_run_are_found_stale() {
    let place = Workplace::new();
    let first = || {
        place.output(&[
            "simulate",
            "ring",
            "--until",
            "50",
            "--out",
            "a.csv",
            "--log",
            "log",
            "--snapshot",
            "half",
        ])
    };
    let resume = ["simulate", "ring", "--resume", "half", "--until", "80", "--out"];
    first();
    place.output(&["replay", "log"]);
    place.output(&[&resume[..], &["b.csv"]].concat());
    // new spikes beside an old snapshot, as after a kill between two renamings
    place.output(&["simulate", "ring", "--until", "60", "--out", "a.csv"]);
    for arguments in [&["replay", "log"][..], &[&resume[..], &["b.csv"]].concat()] {
        let message = place.error(arguments, 1);
        assert!(message.starts_with("error: a.csv is not the file that was written with"), "{message}");
        assert!(message.contains("move a.csv away"), "{message}");
    }
    // the run replaces the stale file
    place.output(&[&resume[..], &["a.csv"]].concat());
    // files may be missing, or lie elsewhere together
    first();
    fs::create_dir(place.path("moved")).unwrap();
    for name in ["log", "a.csv", "half"] {
        fs::rename(place.path(name), place.path("moved").join(name)).unwrap();
    }
    place.output(&["replay", "moved/log"]);
    fs::remove_file(place.path("moved/a.csv")).unwrap();
    place.output(&["replay", "moved/log"]);
    // an old log beside a new snapshot, and the other way round
    fs::copy(place.path("moved/log"), place.path("old-log")).unwrap();
    first();
    let bytes = fs::read(place.path("half")).unwrap();
    place.output(&["simulate", "ring", "--until", "55", "--snapshot", "half"]);
    let message = place.error(&["replay", "log"], 1);
    assert!(message.contains("half is not the file that was written with log"), "{message}");
    fs::write(place.path("half"), bytes).unwrap();
    place.output(&["simulate", "ring", "--until", "55", "--log", "log"]);
    let message = place.error(&[&resume[..], &["b.csv"]].concat(), 1);
    assert!(message.contains("log is not the file that was written with half"), "{message}");
}

#[test]
fn a_second_signal_ends_at_once_and_the_first_says_so() {
    for (signal, code) in [("-INT", 130), ("-TERM", 143), ("-HUP", 129)] {
        // what is started under nohup stays so, and so do these tests
        if signal == "-HUP" && ignores_hangups() {
            continue;
        }
        let place = Workplace::new();
        // one epoch of single samples takes many seconds
        let slow =
            ["train", "yin-yang", "--set", "data.train.size=2000000", "--set", "training.batch=1", "--out", "run"];
        let run = place.start(&slow);
        wait_for(|| !files(&place.path("")).is_empty());
        kill(&run, "-STOP");
        kill(&run, signal);
        kill(&run, "-CONT");
        std::thread::sleep(Duration::from_millis(200));
        // whether the first one was still taken for a request or not, the end must come
        let _ = Command::new("kill").args([signal, &run.id().to_string()]).stderr(Stdio::null()).status();
        let output = run.wait_with_output().unwrap();
        let found = output.status.code();
        assert!(found == Some(code) || found == Some(130), "{found:?}: {}", message(&output));
        let hidden = |path: &std::path::PathBuf| path.to_string_lossy().contains(".delgrad-");
        assert!(!files(&place.path("")).iter().any(hidden));
    }
    let place = Workplace::new();
    let run = place.start(&["simulate", "ring", "--until", "1e12", "--budget", "1000000000000", "--log", "log"]);
    wait_for(|| !files(&place.path("")).is_empty());
    std::thread::sleep(Duration::from_millis(300));
    kill(&run, "-TERM");
    let output = run.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(130));
    assert!(message(&output).contains("Ctrl-C again ends at once"), "{}", message(&output));
}

/// Whether this process, and so each that it starts, ignores the end of its terminal.
fn ignores_hangups() -> bool {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let mask = status.lines().find_map(|line| u64::from_str_radix(line.strip_prefix("SigIgn:")?.trim(), 16).ok());
    mask.is_some_and(|mask| mask & 1 == 1)
}

#[test]
fn leftovers_of_killed_runs_are_removed_by_the_next_one() {
    let place = Workplace::new();
    let mut train = endless(&place, "run");
    let mut simulate =
        place.start(&["simulate", "ring", "--until", "1e12", "--budget", "1000000000000", "--log", "log"]);
    wait_for(|| fs::read_dir(place.path("")).unwrap().count() == 2);
    std::thread::sleep(Duration::from_millis(300));
    // those of the living stay
    place.output(&["simulate", "ring", "--log", "other"]);
    assert_eq!(fs::read_dir(place.path("")).unwrap().count(), 3);
    for run in [&mut train, &mut simulate] {
        run.kill().unwrap();
        run.wait().unwrap();
    }
    place.output(&["simulate", "ring", "--log", "other"]);
    // a training can go on, and stays
    let mut left: Vec<_> = fs::read_dir(place.path("")).unwrap().map(|entry| entry.unwrap().path()).collect();
    left.sort();
    assert_eq!(left, [place.path("other"), place.path("run")]);
}
