//! A run in parts is the run in one go; a logged run can be checked.

use delgrad::engine::{RunLog, RunLogWriter};

use crate::workplace::Workplace;

#[test]
fn a_resumed_run_goes_on_with_the_same_bits() {
    let place = Workplace::new();
    for (network, executor, half, end) in [
        ("ring", "plain", "50", "100"),
        ("heterogeneous", "plain", "31.7", "60"),
        ("heterogeneous", "windowed", "31.7", "60"),
        ("balanced-1000", "windowed", "40.1", "80"),
    ] {
        let simulate = |more: &[&str]| place.output(&[&["simulate", network], more].concat());
        simulate(&["--executor", executor, "--until", end, "--out", "whole.csv"]);
        let text = simulate(&["--executor", executor, "--until", half, "--out", "a.csv", "--snapshot", "half"]);
        assert!(text.ends_with("saved a.csv\nsaved half\n"), "{text}");
        let text = simulate(&["--resume", "half", "--until", end, "--out", "b.csv"]);
        assert!(text.contains(&format!("{executor}, as in the snapshot")), "{text}");
        let second = place.read("b.csv");
        let joined = place.read("a.csv") + second.strip_prefix("time,neuron\n").unwrap();
        assert!(joined.lines().count() > 40 && second.lines().count() > 20);
        assert!(joined == place.read("whole.csv"), "{network} on the {executor} executor");
    }
}

#[test]
fn a_snapshot_fits_its_own_network_alone() {
    let place = Workplace::new();
    place.output(&["simulate", "ring", "--until", "50", "--snapshot", "half"]);
    for (arguments, expected) in [
        (&["simulate", "synfire", "--resume", "half"][..], "another network"),
        (&["simulate", "ring", "--seed", "2", "--resume", "half"], "another network"),
        (&["simulate", "ring", "--resume", "half", "--executor", "windowed"], "snapshot is of the plain executor"),
        (&["simulate", "ring", "--resume", "absent"], "cannot read absent"),
        (&["simulate", "ring", "--resume", "text"], "text"),
        (&["simulate", "ring", "--resume", "cut"], "cut off"),
    ] {
        place.write("text", "time,neuron\n");
        let bytes = std::fs::read(place.path("half")).unwrap();
        std::fs::write(place.path("cut"), &bytes[..bytes.len() - 5]).unwrap();
        let message = place.error(arguments, 1);
        assert!(message.contains(expected), "{arguments:?}: {message}");
    }
    assert!(place.error(&["simulate", "ring", "--resume", "half", "--log", "run.log"], 2).contains("--log"));
}

#[test]
fn a_logged_run_is_found_identical() {
    let place = Workplace::new();
    for arguments in [
        &["ring"][..],
        &["heterogeneous", "--until", "40", "--seed", "7"],
        &["heterogeneous", "--until", "40", "--executor", "windowed"],
        &["balanced-1000", "--until", "60", "--max-spikes", "333"],
    ] {
        place.output(&[&["simulate"], arguments, &["--log", "run.log", "--out", "spikes.csv"]].concat());
        let spikes = place.read("spikes.csv").lines().count() - 1;
        for threads in ["1", "3"] {
            let text = place.output(&["replay", "run.log", "--threads", threads]);
            assert_eq!(text, format!("identical: {spikes} spikes\n"), "{arguments:?}");
        }
    }
}

#[test]
fn input_spikes_are_part_of_the_log() {
    let place = Workplace::new();
    place.write("net.toml", NET);
    place.write("in.csv", "time,source\n1.0,0\n2.5,1\n");
    place.output(&["simulate", "net.toml", "--input", "in.csv", "--log", "run.log"]);
    std::fs::remove_file(place.path("in.csv")).unwrap();
    std::fs::remove_file(place.path("net.toml")).unwrap();
    assert_eq!(place.output(&["replay", "run.log"]), "identical: 2 spikes\n");
}

/// Two inputs, a neuron each.
pub const NET: &str = "
format = 'delgrad-engine-network'
version = 1
until = 10.0
[[sources]]
name = 'in'
size = 2
[[populations]]
name = 'out'
size = 2
refractory = 1.0
[[projections]]
from = 'in'
to = 'out'
rule = 'one-to-one'
weight = 4.0
";

#[test]
fn a_log_of_another_run_is_found_different() {
    let place = Workplace::new();
    place.output(&["simulate", "ring", "--log", "run.log"]);
    let log = RunLog::open(place.path("run.log")).unwrap();
    let mut forged = RunLogWriter::create(place.path("forged.log"), log.header()).unwrap();
    for (index, spike) in log.spikes().unwrap().enumerate() {
        let mut spike = spike.unwrap();
        if index == 20 {
            spike.time = spike.time.next_up();
        }
        forged.write(spike).unwrap();
    }
    forged.finish(log.end().reason, log.end().counters).unwrap();
    let output = place.delgrad(&["replay", "forged.log"]).assert().failure().code(1).get_output().clone();
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(text.starts_with("different: spike 20 is of neuron"), "{text}");
}

#[test]
fn damaged_logs_are_refused() {
    let place = Workplace::new();
    place.output(&["simulate", "ring", "--log", "run.log"]);
    let bytes = std::fs::read(place.path("run.log")).unwrap();
    let mut changed = bytes.clone();
    changed[bytes.len() / 2] ^= 1;
    for (damaged, expected) in [
        (&bytes[..bytes.len() - 1], "cut off"),
        (&bytes[..bytes.len() / 2], "cut off"),
        (&bytes[..0], "damaged.log"),
        (&changed, "damaged; write"),
        (b"time,neuron\n1.0,0\n", "begins with"),
    ] {
        std::fs::write(place.path("damaged.log"), damaged).unwrap();
        let message = place.error(&["replay", "damaged.log"], 1);
        assert!(message.contains(expected), "{expected}: {message}");
    }
    assert!(place.error(&["replay", "absent.log"], 1).contains("cannot read absent.log"));
}
