//! `gradient` takes every gradient of a run, in the order of the user's files, and checks them.

use std::path::Path;

use serde_json::{Value, json};

use crate::workplace::{Workplace, files};

/// Three neurons of three models; input spikes out of order and one of them twice.
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
  "input_spikes": [{"time": 3.0, "source": 1}, {"time": 0.5, "source": 0}, {"time": 0.5, "source": 0}, {"time": 2.0, "source": 1},
                   {"time": 99.0, "source": 1}]
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
    assert_eq!(input_time.len(), 5);
    // The same spike twice, and one after the end.
    assert!(input_time[1] == input_time[2] && input_time[1] != 0.0 && input_time[4] == 0.0, "{input_time:?}");
    let delay = numbers(&found["gradient"]["delay"]);
    assert!((delay[1] - input_time[1] - input_time[2]).abs() < 1e-12);
    assert!((delay[2] - input_time[0] - input_time[3]).abs() < 1e-12);
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
    assert_eq!(files(&place.path("folder")).len(), 16);
    let bytes = std::fs::read(place.path("folder/weight.npy")).unwrap();
    assert_eq!(bytes.len(), 128 + 5 * 8);
    let last = f64::from_le_bytes(bytes[160..].try_into().unwrap());
    assert_eq!(last, numbers(&a["gradient"]["weight"])[4]);
}

#[test]
fn a_check_says_what_agrees() {
    let place = place();
    let table = place.output(&["gradient", "case.json", "--cotangents", "loss.json", "--check", "5"]);
    assert!(table.contains("check passed") && table.contains("worst of weight"), "{table}");
    assert!(!table.contains("DIFFERS"), "{table}");
}

/// A run whose file lists other spikes than it sends, cotangents that do not fit, and so on.
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
    place.write("text.json", &with(&|case| case["cotangents"] = json!(["a"])));
    let spikes = |list: &str| format!("{{\"spikes\": {list}}}");
    let observable = |entry: &str| format!("{{\"observables\": [{entry}]}}");
    let losses = [
        (spikes("[1, 2]"), "2 cotangents for"),
        (spikes("[1, null]"), "spikes[1]: null must be a finite number"),
        (spikes("[1e999]"), "not valid JSON"),
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
        (observable("{\"kind\": \"voltage\", \"neuron\": 9, \"time\": 1, \"cotangent\": 1}"), "no neuron 9"),
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
        assert!(
            message.contains(expected) && message.contains("observable") | message.contains("bad.json"),
            "{message}"
        );
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
        (vec!["gradient", "rign"], "did you mean `ring`"),
    ] {
        let message = place.error(&arguments, 1);
        assert!(message.contains(expected), "{arguments:?}: {message}");
    }
    for arguments in [["--policy", "drop=0"], ["--policy", "drop"], ["--until", "-1"], ["--check", "0"]] {
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
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/reference/networks");
    if !folder.is_dir() {
        println!("skipped: {} not found", folder.display());
        return;
    }
    let place = Workplace::new();
    for file in files(&folder) {
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
