//! `gradient` takes every gradient of a run, in the order of the user's files, and checks them.

use std::path::Path;

use serde_json::{Value, json};

use crate::workplace::{Workplace, files};

/// Three neurons of three models; input spikes of one instant in an order of their own, and one of them twice.
const CASE: &str = r#"{
  "format": "delgrad-engine-network", "version": 1, "until": 12.0, "inputs": 2,
  "neurons": [
    {"tau_mem": 2.0, "tau_syn": 1.0, "refractory": 0.5},
    {"model": "delta-lif", "tau_mem": 3.0, "leak": 0.1},
    {"model": "leaky-integrator", "tau_mem": 4.0, "tau_syn": 1.0}
  ],
  "synapses": {
    "source": [2, 0, 1, 3, 2], "target": [2, 0, 0, 2, 1],
    "weight": [0.7, 1.9, 1.4, 0.5, 1.2], "delay": [1.0, 0.5, 0.25, 0.75, 1.5]
  },
  "input_spikes": [{"time": 0.5, "source": 0}, {"time": 0.5, "source": 0}, {"time": 2.0, "source": 1}, {"time": 3.0, "source": 1},
                   {"time": 3.0, "source": 0}, {"time": 99.0, "source": 1}]
}"#;

const LOSS: &str = r#"{
  "spikes": [{"neuron": 0, "index": 0, "cotangent": 1.0}, {"neuron": 1, "index": 0, "cotangent": -0.5}],
  "observables": [{"kind": "voltage", "neuron": 2, "time": 8.0, "cotangent": 2.0},
                  {"kind": "current", "neuron": 2, "time": 5.0, "cotangent": 1.0},
                  {"kind": "peak", "neuron": 2, "cotangent": 1.0},
                  {"kind": "mean", "neuron": 2, "from": 1.0, "to": 9.0, "cotangent": 1.0},
                  {"kind": "squared-error", "neuron": 2, "from": 1.0, "to": 9.0, "target": 0.3, "cotangent": 1.0}]
}"#;

fn place() -> Workplace {
    let place = Workplace::new();
    place.write("case.json", CASE);
    place.write("loss.json", LOSS);
    place
}

fn read(place: &Workplace, name: &str) -> Value {
    serde_json::from_str(&place.read(name)).unwrap()
}

fn numbers(value: &Value) -> Vec<f64> {
    value.as_array().unwrap().iter().map(|number| number.as_f64().unwrap()).collect()
}

#[test]
fn lists_have_the_order_of_the_file() {
    let place = place();
    let table = place.output(&["gradient", "case.json", "--cotangents", "loss.json", "--out", "g.json"]);
    for word in
        ["largest d/d(weight)", "largest d/d(input_time)", "grazing spikes", "silent neurons", "saved g.json"]
    {
        assert!(table.contains(word), "{word}: {table}");
    }
    let found = read(&place, "g.json");
    let case: Value = serde_json::from_str(CASE).unwrap();
    assert_eq!(found["input_spikes"], case["input_spikes"]);
    let input_time = numbers(&found["gradient"]["input_time"]);
    assert_eq!(input_time.len(), 6);
    // The same spike twice, and one after the end.
    assert!(input_time[0] == input_time[1] && input_time[0] != 0.0 && input_time[5] == 0.0, "{input_time:?}");
    let delay = numbers(&found["gradient"]["delay"]);
    assert!((delay[1] - input_time[0] - input_time[1] - input_time[4]).abs() < 1e-12);
    assert!((delay[2] - input_time[2] - input_time[3]).abs() < 1e-12);
    for (kind, length) in [("weight", 5), ("threshold", 3), ("tau_mem", 3), ("initial_v", 3), ("axonal_delay", 5)]
    {
        assert_eq!(numbers(&found["gradient"][kind]).len(), length, "{kind}");
    }
    let axonal = numbers(&found["gradient"]["axonal_delay"]);
    assert!((axonal[2] - delay[0] - delay[4]).abs() < 1e-12);
    assert!(found["report"]["grazing"].as_array().unwrap().is_empty());
}

#[test]
fn ways_and_formats_agree() {
    let place = place();
    let run = ["gradient", "case.json", "--cotangents", "loss.json", "-q", "--out"];
    assert!(place.output(&[&run[..], &["a.json"]].concat()).is_empty());
    place.output(&[&run[..], &["again.json"]].concat());
    assert_eq!(place.read("a.json"), place.read("again.json"));
    place.output(&[&run[..], &["b.json", "--stepped", "--executor", "windowed"]].concat());
    let (a, b) = (read(&place, "a.json"), read(&place, "b.json"));
    for (kind, column) in a["gradient"].as_object().unwrap() {
        for (a, b) in numbers(column).iter().zip(numbers(&b["gradient"][kind])) {
            assert!((a - b).abs() < 1e-10, "{kind}: {a} {b}");
        }
    }
    place.output(&[&run[..], &["folder"]].concat());
    let columns = a["gradient"].as_object().unwrap();
    assert_eq!(files(&place.path("folder")).len(), columns.len());
    for (kind, column) in columns {
        assert_eq!(npy(&place.path(&format!("folder/{kind}.npy"))), numbers(column), "{kind}");
    }
}

/// The numbers of a file as numpy writes it, version 1.0, with one dimension.
fn npy(path: &Path) -> Vec<f64> {
    let bytes = std::fs::read(path).unwrap();
    assert_eq!(bytes[..8], *b"\x93NUMPY\x01\x00");
    let start = 10 + usize::from(u16::from_le_bytes([bytes[8], bytes[9]]));
    let (header, data) = (String::from_utf8(bytes[10..start].to_vec()).unwrap(), &bytes[start..]);
    let count = data.len() / 8;
    assert!(start % 64 == 0 && header.ends_with('\n') && data.len() % 8 == 0, "{header}");
    let expected = format!("{{'descr': '<f8', 'fortran_order': False, 'shape': ({count},), }}");
    assert_eq!(header.trim_end(), expected);
    data.chunks_exact(8).map(|number| f64::from_le_bytes(number.try_into().unwrap())).collect()
}

#[test]
fn a_check_says_what_agrees() {
    let place = place();
    let table = place.output(&["gradient", "case.json", "--cotangents", "loss.json", "--check", "5"]);
    assert!(table.contains("check passed") && table.contains("worst of weight"), "{table}");
    assert!(!table.contains("DIFFERS"), "{table}");
}

/// A spike that two inputs cause together, at one instant: it moves with the later one, so that no derivative by either exists.
const TOGETHER: &str = r#"{
  "format": "delgrad-engine-network", "version": 1, "until": 3.0, "inputs": 2, "neurons": [{"model": "delta-lif"}],
  "synapses": {"source": [0, 1], "target": [0, 0], "weight": [0.6, 0.6], "delay": [0.5, 0.5]},
  "input_spikes": [{"time": 1.0, "source": 0}, {"time": 1.0, "source": 1}],
  "cotangents": [1.0]
}"#;

#[test]
fn a_check_that_confirms_nothing_fails() {
    let place = Workplace::new();
    place.write("together.json", TOGETHER);
    let run = place.delgrad(&["gradient", "together.json", "--check"]).assert().failure().code(1);
    let table = String::from_utf8(run.get_output().stdout.clone()).unwrap();
    let message = String::from_utf8(run.get_output().stderr.clone()).unwrap();
    assert!(table.contains("check failed") && table.contains("discontinuity"), "{table}");
    let last = message.lines().last().unwrap();
    assert!(last.starts_with("error: the check has failed") && last.contains("4 at a discontinuity"), "{message}");
    let message = place.error(&["gradient", "together.json", "--check", "--quiet"], 1);
    assert!(message.contains("the check has failed"), "{message}");
}

/// Two busy neurons among many, so that their states take much of a MiB and their events more than one segment.
const BUSY: &str = r#"
format = "delgrad-engine-network"
version = 1
until = 400.0

[[sources]]
name = "noise"
size = 20
kind = "poisson"
rate = 5.0

[[populations]]
name = "busy"
size = 2
model = "lif"
refractory = 1.0

[[populations]]
name = "idle"
size = 6000
model = "lif"

[[projections]]
from = "noise"
to = "busy"
rule = "all-to-all"
weight = 0.02
delay = { uniform = { low = 0.5, high = 3.0 } }
"#;

#[test]
fn memory_changes_no_bit() {
    let place = Workplace::new();
    place.write("busy.toml", BUSY);
    place.write("last.json", r#"{"spikes": [{"neuron": 0, "index": 100, "cotangent": 1}]}"#);
    let run = ["gradient", "busy.toml", "--cotangents", "last.json", "--stepped", "--out"];
    let table = place.output(&[&run[..], &["all.json"]].concat());
    assert!(table.contains("largest d/d(weight)"), "{table}");
    let message = place.error(&[&run[..], &["none.json", "--memory", "1", "--quiet"]].concat(), 1);
    let least = message.trim_end().rsplit_once("give --memory ").unwrap().1;
    place.output(&[&run[..], &["little.json", "--memory", least]].concat());
    place.output(&[&run[..], &["more.json", "--memory", "5"]].concat());
    for name in ["little.json", "more.json"] {
        assert!(place.read(name) == place.read("all.json"), "{name}");
    }
}

#[test]
fn generators_of_the_network_spike_once() {
    let place = place();
    let one = r#"{"spikes": [{"neuron": 3, "index": 1, "cotangent": 1}]}"#;
    place.write("one.json", one);
    place.output(&["gradient", "ring", "--cotangents", "one.json", "--out", "g.json", "--quiet"]);
    let found = read(&place, "g.json");
    place.output(&["simulate", "ring", "--out", "spikes.json", "--quiet"]);
    assert_eq!(found["input_spikes"].as_array().unwrap().len(), 1);
    let times = |spikes: &Value| -> Vec<f64> {
        spikes.as_array().unwrap().iter().map(|spike| spike["time"].as_f64().unwrap()).collect()
    };
    assert_eq!(times(&found["spikes"]), times(&read(&place, "spikes.json")["spikes"]));
    // A pulse that goes round moves with its only cause.
    assert!((numbers(&found["gradient"]["input_time"])[0] - 1.0).abs() < 1e-12);
    place.output(&["gradient", "ring", "--cotangents", "one.json", "--quiet", "--check"]);
}

/// A run whose file lists other spikes than it sends, cotangents that do not fit, and so on.
#[test]
fn bad_input_is_named() {
    let place = place();
    let with = |change: &dyn Fn(&mut Value)| {
        let mut case: Value = serde_json::from_str(CASE).unwrap();
        change(&mut case);
        case.to_string()
    };
    place.write("short.json", &with(&|case| case["cotangents"] = json!([1.0])));
    place.write(
        "count.json",
        &with(&|case| {
            case["spikes"] = json!([{"time": 1.0, "neuron": 0}]);
            case["cotangents"] = json!([1.0]);
        }),
    );
    place.write("input.json", &with(&|case| case["input_spikes"][3]["source"] = json!(7)));
    place.write("input.csv", "time,source\n1.0,0\n2.0,2\n");
    place.write("unsorted.json", &with(&|case| case["input_spikes"][0]["time"] = json!(2.0)));
    place.write("unsorted.csv", "time,source\n2.0,0\n1.0,1\n");
    place.write("text.json", &with(&|case| case["cotangents"] = json!(["a"])));
    let spikes = |list: &str| format!("{{\"spikes\": {list}}}");
    let observable = |entry: &str| format!("{{\"observables\": [{entry}]}}");
    let losses = [
        (spikes("[1, 2]"), "2 cotangents for"),
        (spikes("[1, null]"), "spikes[1]: null must be a finite number"),
        (spikes("[1e999]"), "not valid JSON"),
        (spikes("[1, NaN]"), "not valid JSON: NaN at line 1 column 16: JSON has neither NaN nor infinity"),
        ("{\"spikes\": [1], \"spikes\": [1, 2]}".to_owned(), "`spikes` is given twice; leave one out"),
        (spikes("[-Infinity, 1]"), "JSON has neither NaN nor infinity"),
        (
            spikes("[{\"neuron\": 3, \"index\": 0, \"cotangent\": 1}]"),
            "spikes[0]: there is no neuron 3; the network has 3 neurons",
        ),
        (
            spikes("[{\"neuron\": 0, \"index\": 0, \"time\": 1, \"cotangent\": 1}]"),
            "both `index` and `time` are given",
        ),
        (spikes("[{\"neuron\": 0, \"index\": 9, \"cotangent\": 1}]"), "spikes[0]: there is no spike 9"),
        (spikes("[{\"neuron\": 0, \"time\": 0.1, \"cotangent\": 1}]"), "the nearest one is at"),
        (spikes("[{\"neuron\": 2, \"time\": 0.1, \"cotangent\": 1}]"), "neuron 2 has no spike"),
        (spikes("[{\"neuron\": 0, \"cotangent\": 1}]"), "give either `index`"),
        (spikes("[{\"neuron\": 0, \"index\": 0}]"), "missing field `cotangent`"),
        (spikes("[{\"neuron\": 0, \"rank\": 0, \"cotangent\": 1}]"), "unknown field `rank`"),
        (spikes("7"), "spikes: must be a list"),
        ("{\"spike\": []}".to_owned(), "spike: is no key"),
        ("[1]".to_owned(), "must be a table"),
        ("{}".to_owned(), "is empty"),
        (observable("{\"kind\": \"power\", \"neuron\": 2, \"cotangent\": 1}"), "unknown variant `power`"),
        (observable("{\"kind\": \"voltage\", \"neuron\": 2, \"cotangent\": 1}"), "`time` is missing"),
        (observable("{\"kind\": \"peak\", \"neuron\": 2, \"time\": 1, \"cotangent\": 1}"), "give `from` and `to`"),
        (
            observable("{\"kind\": \"voltage\", \"neuron\": 9, \"time\": 1, \"cotangent\": 1}"),
            "observables[0]: there is no neuron 9; the network has 3",
        ),
        (observable("{\"kind\": \"voltage\", \"neuron\": 2, \"time\": 13, \"cotangent\": 1}"), "between 0 and 12"),
        (
            observable("{\"kind\": \"mean\", \"neuron\": 2, \"from\": 3, \"to\": 3, \"cotangent\": 1}"),
            "length of time",
        ),
        (observable("{\"kind\": \"integral\", \"neuron\": 0, \"cotangent\": 1}"), "leaky integrators"),
    ];
    for (text, expected) in losses {
        place.write("bad.json", &text);
        let message = place.error(&["gradient", "case.json", "--cotangents", "bad.json", "--out", "g.json"], 1);
        assert!(message.contains(expected) && message.starts_with("error: bad.json: "), "{message}");
    }
    for (arguments, expected) in [
        (vec!["gradient", "case.json"], "does not say how the loss answers"),
        (vec!["gradient", "ring"], "give --cotangents"),
        (vec!["gradient", "short.json"], "1 cotangents for"),
        (vec!["gradient", "count.json"], "the run is not that of the file: neuron 0 spikes"),
        (vec!["gradient", "text.json"], "cotangents[0]: \"a\" must be a finite number"),
        (vec!["gradient", "case.json", "--cotangents", "none.json"], "none.json: cannot be read"),
        (vec!["gradient", "case.json", "--cotangents", "loss.json", "--out", "g.csv"], "must end in .json"),
        (
            vec!["gradient", "case.json", "--cotangents", "loss.json", "--policy", "clip", "--check"],
            "leave --policy out",
        ),
        (
            vec!["gradient", "case.json", "--cotangents", "loss.json", "--policy", "clip", "--grazing-slope", "0"],
            "--grazing-slope is 0; it must be above 0 to clip with",
        ),
        (
            vec!["gradient", "case.json", "--cotangents", "loss.json", "--input", "input.csv"],
            "input.csv: input spike 1 is of input 2; the network has 2 inputs",
        ),
        (
            vec!["gradient", "input.json", "--cotangents", "loss.json"],
            "input.json: at `input_spikes[3].source`: 7 does not exist",
        ),
        (
            vec!["gradient", "unsorted.json", "--cotangents", "loss.json"],
            "unsorted.json: at `input_spikes[1].time`: 0.5 follows 2; sort the spikes by time",
        ),
        (
            vec!["gradient", "case.json", "--cotangents", "loss.json", "--input", "unsorted.csv"],
            "unsorted.csv: line 3 at time 1.0 follows 2.0; sort the spikes by time",
        ),
        (vec!["gradient", "rign"], "did you mean `ring`"),
        (
            vec!["gradient", "sequence"],
            "`sequence` is an experiment, and this command takes a network; `delgrad train sequence`",
        ),
    ] {
        let message = place.error(&arguments, 1);
        assert!(message.contains(expected), "{arguments:?}: {message}");
    }
    for arguments in
        [["--policy", "drop=0"], ["--policy", "drop"], ["--until", "-1"], ["--check", "0"], ["--memory", "0"]]
    {
        let message = place.error(&[&["gradient", "case.json"], &arguments[..]].concat(), 2);
        assert!(message.contains(arguments[0]), "{message}");
    }
}

#[test]
fn policies_and_reports() {
    let place = place();
    let run = ["gradient", "case.json", "--cotangents", "loss.json", "--out", "g.json"];
    let table = place.output(&[&run[..], &["--grazing-slope", "100"]].concat());
    assert!(table.contains("neuron 0 at "), "{table}");
    assert!(!read(&place, "g.json")["report"]["grazing"].as_array().unwrap().is_empty());
    let table = place.output(&[&run[..], &["--policy", "drop=1e-9"]].concat());
    assert!(table.contains("dropped gradients"), "{table}");
    assert!(numbers(&read(&place, "g.json")["gradient"]["weight"]).iter().all(|weight| *weight == 0.0));
}

#[test]
fn reference_gradients_come_out_of_the_files_as_they_are() {
    /// What the files ask for.
    const RELATIVE: f64 = 1e-8;
    const ABSOLUTE: f64 = 1e-10;
    let place = Workplace::new();
    for file in delgrad_fixtures::networks() {
        place.output(&["gradient", file.to_str().unwrap(), "--out", "g.json"]);
        let expected: Value = serde_json::from_str(&std::fs::read_to_string(&file).unwrap()).unwrap();
        let found = read(&place, "g.json");
        for (kind, column) in expected["gradient"].as_object().unwrap() {
            let (found, expected) = (numbers(&found["gradient"][kind]), numbers(column));
            assert_eq!(found.len(), expected.len(), "{} {kind}", file.display());
            for (found, expected) in found.iter().zip(&expected) {
                let close = (found - expected).abs() <= RELATIVE * expected.abs() + ABSOLUTE;
                assert!(close, "{} {kind}: {found} {expected}", file.display());
            }
        }
    }
}
