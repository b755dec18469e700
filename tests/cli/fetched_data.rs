//! Public data sets: what is missing says how to fetch it, and what `examples/data/get.py` writes is read as it was meant. No
//! test needs a network; those that convert need Python, and pass where there is none.

use std::fmt::Write;
use std::process::{Command, Output};

use serde_json::Value;

use crate::workplace::Workplace;

const SCRIPTS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/examples/data");

/// What Python says to these arguments in a folder; none without Python.
fn python(place: &Workplace, arguments: &[&str]) -> Option<Output> {
    let mut command = Command::new("python3");
    command
        .args(arguments)
        .current_dir(place.path(""))
        .env("PYTHONPATH", SCRIPTS)
        .env("PYTHONDONTWRITEBYTECODE", "1");
    match command.output() {
        Ok(output) => Some(output),
        Err(error) => {
            eprintln!("not tested: python3 cannot be run: {error}");
            None
        }
    }
}

/// Runs a script that must succeed; whether there is a Python for it.
fn converted(place: &Workplace, script: &str) -> bool {
    let output = python(place, &["-c", script]);
    let error = output.as_ref().filter(|output| !output.status.success()).map(|output| &output.stderr);
    assert!(error.is_none(), "{}", String::from_utf8_lossy(error.unwrap()));
    output.is_some()
}

fn summary(place: &Workplace, run: &str) -> Value {
    serde_json::from_str(&place.read(&format!("{run}/summary.json"))).unwrap()
}

#[test]
fn missing_data_says_how_to_fetch_it() {
    let place = Workplace::new();
    let message = place.error(&["train", "mnist"], 1);
    assert!(message.contains("`python3 examples/data/get.py mnist`"), "{message}");
    // whoever has changed the experiment is told, too
    let text = place.output(&["show", "digits-populations"]);
    place.write("mine.toml", &text);
    let message = place.error(&["train", "mine.toml"], 1);
    assert!(message.contains("`python3 examples/data/get.py digits`"), "{message}");
    let message = place.error(&["train", "heidelberg"], 1);
    assert!(
        message.contains("put shd_train.h5 and shd_test.h5") && !message.contains("get.py heidelberg"),
        "{message}"
    );
    // but not of files of one's own
    let message = place.error(&["train", "mine.toml", "--set", "data.file=mine.npz"], 1);
    assert!(message.contains("mine.npz") && !message.contains("get.py"), "{message}");
}

#[test]
fn the_script_lists_its_sets_and_knows_their_names() {
    let place = Workplace::new();
    let script = format!("{SCRIPTS}/get.py");
    let Some(listed) = python(&place, &[&script, "--list"]) else { return };
    let listed = String::from_utf8(listed.stdout).unwrap();
    for built_in in delgrad::experiments::all() {
        let file = built_in.toml.lines().find_map(|line| line.strip_prefix("file = \"data/"));
        // users bring their own copy of the Heidelberg digits
        if let Some(set) = file.and_then(|path| path.split('/').next()).filter(|set| *set != "heidelberg") {
            assert!(listed.lines().any(|line| line.starts_with(&format!("{set} "))), "{set} is not listed");
            assert!(built_in.toml.contains(&format!("examples/data/get.py {set}`")), "{}", built_in.name);
        }
    }
    let unknown = python(&place, &[&script, "mnits"]).unwrap();
    assert_eq!(unknown.status.code(), Some(1));
    assert!(String::from_utf8(unknown.stderr).unwrap().contains("did you mean mnist?"));
}

#[test]
fn a_set_that_is_made_says_what_is_missing() {
    let place = Workplace::new();
    let script = "
import os
from pathlib import Path
import spoken
os.environ['PATH'] = ''
try:
    spoken.make(Path('.'))
except spoken.FetchError as error:
    assert 'cargo is missing; install Rust' in str(error), error
else:
    raise AssertionError('it was made of nothing')
";
    converted(&place, script);
}

/// Two channels that rise and fall, of lengths that differ.
fn recordings() -> String {
    let mut text = "#made up\n@problemName Made\n@timeStamps false\n@classLabel true up down\n@data\n".to_owned();
    for sample in 0..12 {
        let (length, sign) = (5 + sample % 4, if sample % 2 == 0 { 1.0 } else { -1.0 });
        let channel = |slope: f64| {
            let values = (0..length).map(|row| (slope * f64::from(row) + 0.07 * f64::from(sample)).to_string());
            values.collect::<Vec<_>>().join(",")
        };
        let label = if sample % 2 == 0 { "up" } else { "down" };
        writeln!(text, "{}:{}:{label}", channel(0.3 * sign), channel(-1.7 * sign)).unwrap();
    }
    text
}

const SERIES: &str = "
    until = 12.0
    loss = { kind = 'cross-entropy', scale = 3.0 }
    readout = { kind = 'membrane', value = 'last' }
    training = { epochs = 2 }
    populations = [{ name = 'output', size = 2, model = 'leaky-integrator', tau-mem = 4.0, tau-syn = 1.0 }]
    projections = [{ from = 'input', to = 'output', rule = 'all-to-all', weight = 0.1, learn = { weight = true } }]
";

#[test]
fn a_series_and_its_spikes_are_the_same_samples() {
    let place = Workplace::new();
    place.write("made.ts", &recordings());
    let script = "
from pathlib import Path
import series
samples = series.parse_ts(Path('made.ts').read_text())
series.write_series(Path('made.npz'), samples)
series.write_events(Path('.'), 'made', samples, series.ranges(samples))
";
    if !converted(&place, script) {
        return;
    }
    // the same file for each part, so that ranges are those of all samples
    let series = "
        [data]
        source = 'series'
        file = 'made.npz'
        validation-file = 'made.npz'
        test-file = 'made.npz'
        [encoder]
        kind = 'delta'
        threshold = 0.1
        start = 0.5
        normalise = true
    ";
    let events = "
        [data]
        source = 'events'
        file = 'made-spikes.csv'
        labels = 'made-labels.csv'
        validation-file = 'made-spikes.csv'
        validation-labels = 'made-labels.csv'
        test-file = 'made-spikes.csv'
        test-labels = 'made-labels.csv'
        inputs = 4
    ";
    place.write("series.toml", &format!("{SERIES}{series}"));
    place.write("events.toml", &format!("{SERIES}{events}"));
    place.output(&["train", "series.toml", "-q", "--out", "series"]);
    place.output(&["train", "events.toml", "-q", "--out", "events"]);
    let [series, events] = ["series", "events"].map(|run| summary(&place, run));
    assert_eq!(series["data"]["hash"], events["data"]["hash"]);
    assert_eq!(series["data"]["samples"], serde_json::json!([12, 12, 12]));
    assert_eq!(series["test_loss"], events["test_loss"]);

    // labels in a file of their own
    let of_run = place.output(&["evaluate", "events"]);
    let apart = ["evaluate", "events", "--data", "made-spikes.csv", "--labels", "made-labels.csv"];
    assert_eq!(place.output(&apart), of_run);
    assert!(place.output(&apart[..4]).contains("12 samples without labels"));
    assert!(
        place.error(&["evaluate", "events", "--labels", "made-labels.csv"], 1).contains("give one with --data")
    );
}

#[test]
fn images_and_tables_are_read_as_they_were() {
    let place = Workplace::new();
    let script = "
import json
from pathlib import Path
import idx, tables
# bright on the left or on the right; one list is empty, as in the package
classes = [json.dumps({'data': [pixels] * 12 + [[]]}) for pixels in ([200, 0] * 2, [0, 255] * 2)]
idx.write_set(Path('.'), 2, [idx.images_of_json(text, 4) for text in classes], tested=4)
header, rows = tables.named_classes('6,2,alba,nigra\\n' + '1.5,2,0\\n3,4,1\\n' * 3, ['length', 'width'])
tables.write_csv(Path('flowers.csv'), header, rows)
tables.write_digits(Path('.'), '0,16,1\\n16,0,2\\n' * 8)
";
    if !converted(&place, script) {
        return;
    }
    assert_eq!(
        place.read("flowers.csv").lines().take(3).collect::<Vec<_>>(),
        ["length,width,label", "1.5,2,alba", "3,4,nigra"]
    );
    let network = "
        loss = { kind = 'margin', margin = 0.3 }
        training = { epochs = 20, batch = 4, learning-rate = 0.05 }
        layers = [{ size = 2, weights = { mean = 1.5, sd = 0.5 } }]
    ";
    let images = "
        [data]
        source = 'idx'
        file = 'train-images-idx3-ubyte'
        labels = 'train-labels-idx1-ubyte'
        test-file = 't10k-images-idx3-ubyte'
        test-labels = 't10k-labels-idx1-ubyte'
    ";
    place.write("images.toml", &format!("{network}{images}"));
    place.write(
        "table.toml",
        &format!("{network}data = {{ source = 'csv', file = 'digits.csv' }}\nencoder = {{ normalise = true }}"),
    );
    for (name, samples) in [("images", [14, 2, 8]), ("table", [12, 2, 2])] {
        place.output(&["train", &format!("{name}.toml"), "-q", "--out", name]);
        let summary = summary(&place, name);
        assert_eq!(summary["data"]["samples"], serde_json::json!(samples), "{name}");
        assert_eq!(summary["test_accuracy"], 1.0, "{name}");
    }
    // the table once more as arrays
    let arrays = ["--set", "data.source=npy", "--set", "data.file=digits.npz", "--out", "arrays", "-q"];
    place.output(&[&["train", "table.toml"][..], &arrays].concat());
    assert_eq!(summary(&place, "arrays")["data"]["hash"], summary(&place, "table")["data"]["hash"]);
}
