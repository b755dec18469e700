//! Numbers without measure are refused at once, with what they would take, and what runs away is stopped.
//!
//! Sensitive because each of them once filled the memory or ran for minutes: every call has a time limit.

use std::time::Duration;

use assert_cmd::Command;

use crate::workplace::Workplace;

/// Many times what any of these takes.
const SOON: Duration = Duration::from_secs(60);

fn refused(mut command: Command, what: &str) {
    let output = command.timeout(SOON).assert().code(1).get_output().stderr.clone();
    let text = String::from_utf8(output).unwrap();
    assert!(text.contains(what), "{what}: {text}");
}

const HEAD: &str = "format = 'delgrad-engine-network'\nversion = 1\nuntil = 10.0\n";

#[test]
fn networks_larger_than_memory() {
    let place = Workplace::new();
    let cases = [
        (
            "[[populations]]\nname = 'n'\nsize = 1000000000\n",
            "no memory for 1000000000 neurons, which need about ",
        ),
        (
            "[[sources]]\nname = 's'\nsize = 4000000000\nkind = 'poisson'\nrate = 1.0\n[[populations]]\nname = 'n'\nsize = 1\n",
            "no memory for 4000000000 inputs, which need about ",
        ),
        (
            "[[populations]]\nname = 'n'\nsize = 10\n[[projections]]\nfrom = 'n'\nto = 'n'\n\
             rule = { fixed-in-degree = 400000000 }\nmultiple-edges = true\ndelay = 1.0\n",
            "no memory for 4000000000 synapses, which need about ",
        ),
        (
            "[[sources]]\nname = 's'\nsize = 1\nkind = 'poisson'\nrate = 1e30\n[[populations]]\nname = 'n'\nsize = 1\n",
            "source \"s\" sends about 1.0e31 spikes until 10",
        ),
        ("[[populations]]\nname = 'n'\nsize = 2\nbias = 1e30\n", "neuron 0 spikes without end at time 1.001"),
    ];
    for (text, what) in cases {
        place.write("net.toml", &format!("{HEAD}{text}"));
        refused(place.delgrad(&["simulate", "net.toml"]), what);
    }
    let json = r#"{"format": "delgrad-engine-network", "version": 1, "until": 5, "inputs": 4294967290,
        "neurons": [{}], "synapses": {"source": [0], "target": [0], "weight": [2], "delay": [0]}}"#;
    place.write("net.json", json);
    refused(place.delgrad(&["simulate", "net.json"]), "no memory for 4294967290 inputs");
}

#[test]
fn experiments_larger_than_memory() {
    let place = Workplace::new();
    let cases = [
        ("xor", "layers.0.size=1000000000000", "no memory for layers of 6000000000000 weights"),
        ("xor", "layers.1.size=1000000000000", "lower layers.size or layers.multiplex"),
        ("xor", "layers.0.multiplex=1000000000000", "lower layers.size or layers.multiplex"),
        ("xor", "data.size=4294967295", "no memory for 4294967295 samples of 2 values"),
        ("yin-yang", "data.train.size=4294967295", "no memory for 4294967295 samples of 4 values"),
        ("pattern", "data.inputs=4294967295", "samples of 4294967295 values"),
        ("coincidence", "data.size=4294967295", "no memory for 12884901885 samples of 20 spikes"),
        ("coincidence", "populations.0.size=1000000000", "it may have at most 4294967294"),
        ("coincidence", "populations.0.size=100000000", "no memory for "),
        (
            "yin-yang-multispike",
            "encoder.1={kind='repeat',times=4294967295,interval=0.1}",
            "sample 0 would become more than 1000000 spikes; lower encoder.times",
        ),
    ];
    for (experiment, change, what) in cases {
        refused(place.delgrad(&["train", experiment, "--set", change, "--out", "run"]), what);
        assert!(!place.path("run").exists(), "{change}");
    }
}

#[test]
fn a_trained_network_that_contradicts_itself() {
    let place = Workplace::new();
    place.train_small("run", &[]);
    let text = place.read("run/network.json");
    let size = "\"size\": 5,";
    assert!(text.contains(size));
    place.write("net.json", &text.replacen(size, "\"size\": 2147483648,", 1));
    refused(place.delgrad(&["evaluate", "net.json"]), "weights of layer 0 must be ");
}

#[test]
fn circuits_that_run_away() {
    let place = Workplace::new();
    for change in ["variation.threshold-sd=1.5", "variation.leak-sd=1e6"] {
        let arguments = ["chip", "run", "bss2-yin-yang", "--preset", "calibrated", "--set", change];
        refused(place.delgrad(&arguments), "runaway activity: the budget of spikes is used up");
    }
}

#[cfg(unix)]
#[test]
fn files_are_read_once() {
    use std::process::Command as System;

    let place = Workplace::new();
    let ring = place.output(&["show", "ring"]);
    place.write("ring.toml", &ring);
    let pipe = place.path("pipe.toml");
    assert!(System::new("mkfifo").arg(&pipe).status().unwrap().success());
    for arguments in [["simulate", "pipe.toml", "--quiet"], ["chip", "place", "pipe.toml"]] {
        let (text, to) = (ring.clone(), pipe.clone());
        let writer = std::thread::spawn(move || std::fs::write(to, text).unwrap());
        let output = place.delgrad(&arguments).timeout(SOON).output().unwrap();
        assert!(output.status.code().is_some(), "{arguments:?} hangs");
        writer.join().unwrap();
        let error = String::from_utf8(output.stderr).unwrap();
        assert!(!error.contains("cannot be read") && !error.contains("no network"), "{arguments:?}: {error}");
    }
    // What has no ending is told by its content.
    place.delgrad(&["simulate", "/dev/stdin", "--quiet"]).write_stdin(ring).timeout(SOON).assert().success();
    refused(place.delgrad(&["replay", "pipe.toml"]), "is no regular file; a log is read twice");
}
