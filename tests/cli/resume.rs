//! A run in parts is the run in one go; a logged run can be checked.

use delgrad::engine::files::{RunLog, RunLogWriter};

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

/// With a delay between neurons, as the windowed executor needs it.
const LOOP: &str = "
[[projections]]
from = 'out'
to = 'out'
rule = 'one-to-one'
weight = 0.0
delay = 1.0
";

/// Rows of a file without its head.
fn rows(place: &Workplace, name: &str) -> String {
    place.read(name).split_once('\n').unwrap().1.to_owned()
}

#[test]
fn parts_have_the_samples_and_rates_of_the_whole() {
    let place = Workplace::new();
    for (network, executor, whose, step, cuts) in [
        ("ring", "plain", "ring", "0.5", &["7", "7.3", "12.5", "40"][..]),
        ("ring", "windowed", "ring", "0.5", &["0", "7", "7.3", "12.5", "40"]),
        ("heterogeneous", "plain", "readout,leaky[0..3]", "0.1", &["0.3", "10", "17.123", "17.2"]),
        ("heterogeneous", "windowed", "readout,leaky[0..3]", "0.1", &["0.3", "10", "10.01", "17.123", "17.2"]),
    ] {
        let simulate = |more: &[&str]| {
            let common = ["simulate", network, "--trace", whose, "--sample-every", step];
            place.output(&[&common[..], more].concat())
        };
        let whole =
            ["--executor", executor, "--until", "60", "--out", "whole.csv", "--trace-out", "whole.trace.csv"];
        simulate(&whole);
        let (mut spikes, mut samples) = (String::new(), String::new());
        let mut from = "0";
        for until in cuts.iter().copied().chain(["60"]) {
            let files = ["--until", until, "--out", "part.csv", "--trace-out", "t.csv", "--snapshot", "state"];
            let begin = if from == "0" && spikes.is_empty() && samples.is_empty() {
                ["--executor", executor]
            } else {
                ["--resume", "state"]
            };
            let table = simulate(&[&files[..], &begin].concat());
            assert!(table.contains(&format!("{from} to {until}")), "{from} to {until}: {table}");
            spikes += &rows(&place, "part.csv");
            samples += &rows(&place, "t.csv");
            from = until;
        }
        assert!(spikes == rows(&place, "whole.csv"), "{network} on the {executor} executor: spikes");
        assert!(samples == rows(&place, "whole.trace.csv"), "{network} on the {executor} executor: samples");
        let count = 60.0 / step.parse::<f64>().unwrap() + 1.0;
        assert_eq!(samples.lines().count() as f64, count.round());
    }
}

#[test]
fn parts_that_stop_early_have_the_samples_of_the_whole() {
    let place = Workplace::new();
    for executor in ["plain", "windowed"] {
        let simulate = |more: &[&str]| {
            let common =
                ["simulate", "heterogeneous", "--until", "30", "--trace", "leaky,readout", "--sample-every"];
            place.output(&[&common[..], &["0.05"], more].concat())
        };
        simulate(&["--executor", executor, "--out", "whole.csv", "--trace-out", "whole.trace.csv"]);
        let (mut spikes, mut samples) = (String::new(), String::new());
        let limits =
            [["--max-spikes", "7"], ["--max-events", "50"], ["--max-spikes", "0"], ["--max-spikes", "31"]];
        for (part, limit) in limits.into_iter().cycle().take(10).map(Some).chain([None]).enumerate() {
            let mut arguments = vec!["--out", "part.csv", "--trace-out", "t.csv", "--snapshot", "state"];
            arguments.extend(limit.iter().flatten());
            arguments.extend(if part == 0 { ["--executor", executor] } else { ["--resume", "state"] });
            simulate(&arguments);
            spikes += &rows(&place, "part.csv");
            samples += &rows(&place, "t.csv");
        }
        assert!(spikes == rows(&place, "whole.csv"), "{executor}: spikes");
        assert!(samples == rows(&place, "whole.trace.csv"), "{executor}: samples");
    }
}

#[test]
fn rates_are_those_of_the_part() {
    let place = Workplace::new();
    place.write("net.toml", &format!("{NET}{LOOP}"));
    place.write("in.csv", "time,source\n1.0,0\n7.5,0\n8.75,0\n");
    let simulate = |more: &[&str]| {
        place.output(&[&["simulate", "net.toml", "--input", "in.csv", "--snapshot", "state"], more].concat())
    };
    for executor in ["plain", "windowed"] {
        // the latest event is at 1.5, the end of the first part at 6
        simulate(&["--until", "6", "--executor", executor]);
        let table = simulate(&["--until", "10", "--resume", "state"]);
        assert!(table.contains("6 to 10"), "{table}");
        assert!(table.contains("0.250 per unit of time (2 spikes of 2 neurons)"), "{table}");
    }
}

#[test]
fn a_run_does_not_go_back() {
    let place = Workplace::new();
    place.write("net.toml", &format!("{NET}{LOOP}"));
    place.write("in.csv", "time,source\n1.0,0\n40,0\n");
    let resumed = |until: &'static str| {
        ["simulate", "net.toml", "--input", "in.csv", "--resume", "state", "--until", until, "--out", "second.csv"]
    };
    for executor in ["plain", "windowed"] {
        let first = ["--until", "30", "--snapshot", "state", "--executor", executor];
        place.output(&[&["simulate", "net.toml", "--input", "in.csv"], &first[..]].concat());
        let message = place.error(&resumed("20"), 1);
        let expected =
            "error: the snapshot is at time 30, --until 20 lies before it; give --until T, at least 30\n";
        assert_eq!(message, expected);
        // the file says until = 10
        let message = place.error(&resumed("20")[..6], 1);
        assert!(message.contains("the snapshot is at time 30, the file's until 10 lies before it"), "{message}");
        let output = place.delgrad(&resumed("30")).assert().success().get_output().clone();
        let notes = String::from_utf8(output.stderr).unwrap();
        assert!(notes.contains("there is nothing to do: the snapshot is at time 30"), "{notes}");
        assert!(String::from_utf8(output.stdout).unwrap().contains("30 to 30"));
        assert_eq!(place.read("second.csv"), "time,neuron\n");
        std::fs::remove_file(place.path("second.csv")).unwrap();
    }
}

#[test]
fn the_end_is_sampled() {
    let place = Workplace::new();
    place.write("net.toml", NET);
    for (until, step) in
        [("0.3", "0.1"), ("0.6", "0.1"), ("0.7", "0.1"), ("2.3", "0.1"), ("0.15", "0.05"), ("2.1", "0.7")]
    {
        let sampled = ["--trace", "out", "--sample-every", step, "--trace-out", "trace.csv"];
        place.output(&[&["simulate", "net.toml", "--until", until], &sampled[..]].concat());
        let trace = place.read("trace.csv");
        let times: Vec<&str> = trace.lines().skip(1).map(|line| line.split(',').next().unwrap()).collect();
        assert_eq!(times.last(), Some(&until), "{until} / {step}");
        let quotient = until.parse::<f64>().unwrap() / step.parse::<f64>().unwrap();
        assert_eq!(times.len(), quotient.round() as usize + 1, "{until} / {step}");
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
