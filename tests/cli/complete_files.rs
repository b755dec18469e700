//! Files that a run wrote are read whole: nothing that is missing is guessed, nothing that is too much is passed over.

use serde_json::Value;

use crate::workplace::Workplace;

/// Changes a file of the run and asks for the error of reading it.
fn error(place: &Workplace, file: &str, command: &[&str], change: impl Fn(String) -> String) -> String {
    let text = place.read(file);
    let changed = change(text.clone());
    assert_ne!(changed, text, "nothing is changed");
    place.write(file, &changed);
    let message = place.error(command, 1);
    place.write(file, &text);
    message
}

fn value(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}

/// Every place of a key in a value, as JSON pointers to its table, and the key.
fn keys(value: &Value, path: &str, found: &mut Vec<(String, String)>) {
    match value {
        Value::Object(table) => {
            for (key, value) in table {
                found.push((path.to_owned(), key.clone()));
                keys(value, &format!("{path}/{key}"), found);
            }
        }
        Value::Array(list) => {
            (0..).zip(list).for_each(|(n, value): (usize, _)| keys(value, &format!("{path}/{n}"), found));
        }
        _ => {}
    }
}

#[test]
fn no_key_of_a_network_may_be_missing_or_unknown() {
    let place = Workplace::new();
    place.train_small("run", &[]);
    let text = place.read("run/network.json");
    let mut all = Vec::new();
    keys(&value(&text), "", &mut all);
    let names: Vec<&str> = all.iter().map(|(_, key)| &key[..]).collect();
    for key in
        ["threshold", "source-sharing", "delay-range", "min", "max", "bias-times", "epsilon", "features", "hash"]
    {
        assert_eq!(names.contains(&key), key != "hash", "{key}");
    }
    // one of each kind of place is enough: the first layer stands for all
    let evaluate = |changed: &Value| {
        place.write("changed.json", &changed.to_string());
        place.error(&["evaluate", "changed.json"], 1)
    };
    let mut tables: Vec<String> = Vec::new();
    // generated features have names without the file; files of other programs need no hash of the samples; an experiment needs
    // no name, and parts no learning rates and no silence
    let optional = |path: &str, key: &str| {
        let of_parts = ["learning-rate", "tolerated-silence"].contains(&key);
        of_parts || [("", "features"), ("", "data-hash"), ("/experiment", "name")].contains(&(path, key))
    };
    let needed = |path: &str, key: &str| !path.contains("layers/1") && !optional(path, key);
    for (path, key) in all.iter().filter(|(path, key)| needed(path, key)) {
        let mut without = value(&text);
        let table = if path.is_empty() { &mut without } else { without.pointer_mut(path).unwrap() };
        table.as_object_mut().unwrap().remove(key);
        let message = evaluate(&without);
        // without `max` a range has no end: whole, but not what stands beside it
        let contradicts = ["are not those of its experiment", "its raw delay gives"];
        let told = key == "max" && contradicts.iter().any(|problem| message.contains(problem));
        assert!(told || message.contains(key), "{path}/{key}: {message}");
        if !tables.contains(path) {
            tables.push(path.clone());
            let mut more = value(&text);
            let table = if path.is_empty() { &mut more } else { more.pointer_mut(path).unwrap() };
            table.as_object_mut().unwrap().insert("surplus".to_owned(), Value::from(1));
            assert!(evaluate(&more).contains("surplus"), "{path}");
        }
    }
}

#[test]
fn keys_and_names_occur_once() {
    let place = Workplace::new();
    place.train_small("run", &[]);
    let network =
        |change: &dyn Fn(String) -> String| error(&place, "run/network.json", &["evaluate", "run"], change);
    let twice =
        network(&|text| text.replacen("\"threshold\": 1.0,", "\"threshold\": 1.0, \"threshold\": 0.5,", 1));
    assert!(twice.contains("at `layers[0].neuron`") && twice.contains("`threshold`"), "{twice}");
    let same = network(&|text| text.replacen("\"yang\"", "\"yin\"", 1));
    assert!(same.contains("classes hold \"yin\" twice"), "{same}");
    let four = network(&|text| text.replacen("\"yang\",", "\"yang\", \"ying\",", 1));
    assert!(four.contains("classes has 4 entries; it must have 3"), "{four}");
    let same = network(&|text| text.replacen("\"1 - x\"", "\"x\"", 1));
    assert!(same.contains("features hold \"x\" twice"), "{same}");

    let plot = ["plot", "run", "--out", "plots"];
    let summary = |change: &dyn Fn(String) -> String| error(&place, "run/summary.json", &plot, change);
    assert!(summary(&|text| text.replacen("\"seed\"", "\"sed\": 1, \"seed\"", 1)).contains("unknown field `sed`"));
    assert!(
        summary(&|text| text.replacen("\"seed\"", "\"seed\": 1, \"seed\"", 1)).contains("duplicate field `seed`")
    );
    let late = network(&|text| text.replacen("\"late\": 2.0", "\"late\": 1.0", 1));
    assert!(late.contains("its encoder is") && late.contains("that of its experiment"), "{late}");
    let metrics = |change: &dyn Fn(String) -> String| error(&place, "run/metrics.csv", &plot, change);
    assert!(metrics(&|text| text.replacen("raised", "raisd", 1)).contains("metrics.csv"));
    assert!(metrics(&|text| text.lines().map(|line| format!("{line},1\n")).collect()).contains("its columns are"));
}

/// JSON has no infinite numbers.
#[test]
fn networks_without_a_leak_are_read_back() {
    let place = Workplace::new();
    place.train_small("run", &["--set", "neuron.tau-mem=inf"]);
    place.output(&["evaluate", "run"]);
    place.output(&["train", "run/config.toml", "-q", "--out", "again"]);
    assert_eq!(place.read("run/network.json"), place.read("again/network.json"));
}

#[test]
fn the_network_of_an_event_run_is_that_of_its_experiment() {
    let place = Workplace::new();
    place.output(&["train", "sequence", "-q", "--epochs", "1", "--out", "run"]);
    place.output(&["evaluate", "run"]);
    let network =
        |change: &dyn Fn(String) -> String| error(&place, "run/network.json", &["evaluate", "run"], change);
    let missing = network(&|text| text.replacen("\"threshold\":1.0,", "", 1));
    assert!(missing.contains("neurons[0].threshold") && missing.contains("missing"), "{missing}");
    let other = network(&|text| text.replacen("\"threshold\":1.0,", "\"threshold\":0.5,", 1));
    assert!(other.contains("neurons[0].threshold: it has 0.5, the experiment 1.0"), "{other}");
    let twice = network(&|text| text.replacen("\"threshold\":1.0,", "\"threshold\":1.0,\"threshold\":1.0,", 1));
    assert!(twice.contains("neurons[0]") && twice.contains("`threshold` is given twice"), "{twice}");
}

#[test]
fn what_a_network_of_populations_says_of_its_samples_suits_it() {
    let place = Workplace::new();
    place.output(&["train", "sequence", "-q", "--epochs", "1", "--out", "run"]);
    let changed = |change: &dyn Fn(&mut Value)| {
        let edit = |text: String| {
            let mut file = value(&text);
            change(&mut file["training"]);
            file.to_string()
        };
        error(&place, "run/network.json", &["evaluate", "run"], edit)
    };
    let one = changed(&|training| training["classes"] = vec!["A then B"].into());
    assert!(one.contains("classes has 1 entries; it must have 2"), "{one}");
    let twice = changed(&|training| training["classes"] = vec!["same", "same"].into());
    assert!(twice.contains("classes hold \"same\" twice"), "{twice}");
    let features = changed(&|training| training["features"] = vec!["x"].into());
    assert!(features.contains("features has 1 entries; it must have 0"), "{features}");
    let bias = serde_json::json!([{ "kind": "bias", "times": [0.5] }]);
    let encoder = changed(&|training| training["encoder"]["changes"] = bias.clone());
    assert!(encoder.contains("its encoder is") && encoder.contains("bias"), "{encoder}");
}
