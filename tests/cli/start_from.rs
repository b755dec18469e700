//! Training goes on from a trained network: onto a chip, or onto another one.

use crate::workplace::Workplace;

/// A few samples of the network for the chip.
fn train(place: &Workplace, more: &[&str]) -> String {
    let few = ["train=300", "validation=100", "test=200"].map(|part| {
        let (part, size) = part.split_once('=').unwrap();
        format!("data.{part}.size={size}")
    });
    let few: Vec<&str> = few.iter().flat_map(|set| ["--set", set]).collect();
    place.output(&[&["train", "bss2-yin-yang", "--quiet"], more, &few[..]].concat())
}

#[test]
fn a_network_is_trained_ideally_and_recovers_on_a_chip() {
    let place = Workplace::new();
    train(&place, &["--set", "chip.preset=ideal", "--epochs", "40", "--out", "ideal"]);
    train(&place, &["--from", "ideal", "--chip-seed", "3", "--epochs", "1", "--out", "transferred"]);
    train(&place, &["--chip-seed", "3", "--epochs", "1", "--out", "fresh"]);
    let accuracy = |run: &str| {
        let summary: serde_json::Value =
            serde_json::from_str(&place.read(&format!("{run}/summary.json"))).unwrap();
        summary["test_accuracy"].as_f64().unwrap()
    };
    let (transferred, fresh) = (accuracy("transferred"), accuracy("fresh"));
    assert!(transferred > 0.75 && transferred > fresh + 0.1, "{transferred}, from scratch {fresh}");
    assert!(place.read("transferred/config.toml").contains("seed = 3"));
    // the run that it came from stands in its files, and is needed to repeat it alone
    let summary: serde_json::Value = serde_json::from_str(&place.read("transferred/summary.json")).unwrap();
    assert!(summary["from"]["run"].as_str().unwrap().ends_with("ideal"), "{summary}");
    assert_eq!(summary["from"]["hash"].as_str().map(str::len), Some(32), "{summary}");
    place.output(&["train", "transferred/config.toml", "-q", "--out", "again"]);
    assert_eq!(place.read("transferred/network.json"), place.read("again/network.json"));
    std::fs::rename(place.path("ideal"), place.path("away")).unwrap();
    let text = place.error(&["train", "transferred/config.toml", "--out", "x"], 1);
    assert!(text.contains("cannot read") && text.contains("ideal"), "{text}");
    place.output(&["plot", "transferred", "--out", "plots"]);
    for name in ["parameters.svg", "spikes-output.svg", "raster.svg"] {
        assert_eq!(
            place.read(&format!("plots/{name}")),
            place.read(&format!("transferred/plots/{name}")),
            "{name}"
        );
    }
    let text = place.output(&["evaluate", "transferred"]);
    assert!(text.contains("delgrad-hw-aware, 3"), "{text}");
}

/// A preset of one's own lies beside the experiment, wherever the program runs, and the run keeps its values.
#[test]
fn runs_need_the_file_of_their_preset_no_more() {
    let place = Workplace::new();
    std::fs::create_dir(place.path("mine")).unwrap();
    place.write("mine/chip.toml", "description = 'mine'\n[weights]\ncodes = true\n[noise]\nloss = 0.01\n");
    let experiment = place.output(&["show", "bss2-yin-yang"]).replace("\"delgrad-hw-aware\"", "\"chip.toml\"");
    place.write("mine/experiment.toml", &experiment);
    place.output(&["train", "mine/experiment.toml", "--quiet", "--epochs", "1", "--out", "run"]);
    let evaluated = place.output(&["evaluate", "run"]);
    assert!(evaluated.contains("custom, 1"), "{evaluated}");
    assert!(place.read("run/config.toml").contains("loss = 0.01"));
    std::fs::remove_file(place.path("mine/chip.toml")).unwrap();
    assert_eq!(place.output(&["evaluate", "run"]), evaluated);
    place.output(&["train", "run/config.toml", "--quiet", "--out", "again"]);
    assert_eq!(place.read("again/network.json"), place.read("run/network.json"));
}

#[test]
fn only_networks_of_the_same_shape_can_be_started_from() {
    let place = Workplace::new();
    place.output(&["train", "xor", "--quiet", "--epochs", "1", "--out", "xor"]);
    for (from, expected) in [("xor", "layer 0 weights of"), ("absent", "cannot read")] {
        let text = place.error(&["train", "bss2-yin-yang", "--from", from, "--out", "x"], 1);
        assert!(text.contains(expected) && text.contains(from), "{text}");
    }
    let text = place.error(&["train", "xor", "--chip-seed", "3", "--out", "x"], 1);
    assert!(text.contains("--chip-seed: xor runs on no chip") && text.contains("chip.preset"), "{text}");
    assert!(!place.path("x").exists());
}

const SMALL: &str = "
    data = { source = 'csv', file = 'points.csv' }
    encoder = { normalise = true, complement = true }
    loss = { kind = 'margin', margin = 0.3 }
    training = { epochs = 8, batch = 10, learning-rate = 0.01 }
    [[layers]]
    size = 6
    tolerated-silence = 0.5
    bias-times = [0.5]
    weights = { mean = 1.0, sd = 1.0 }
    delays = [{ kind = 'synaptic', sd = 0.5, delay-range = { min = 0.1, max = 2.1 } }]
    [[layers]]
    size = 2
    weights = { mean = 1.0, sd = 1.0 }
";

/// A trained run of the small experiment, to start from.
fn small() -> Workplace {
    let place = Workplace::new();
    let rows: String = (0..40).map(|n| format!("{},{},{}\n", n % 7, n % 5, ["a", "b"][n % 2])).collect();
    place.write("points.csv", &format!("p,q,label\n{rows}"));
    place.write("mine.toml", SMALL);
    place.output(&["train", "mine.toml", "-q", "--out", "old"]);
    place
}

/// The network before training, and that of the run it started from.
fn layers(place: &Workplace, file: &str) -> serde_json::Value {
    serde_json::from_str::<serde_json::Value>(&place.read(file)).unwrap()["layers"].clone()
}

#[test]
fn delays_stay_what_they_are_under_another_rule() {
    let place = small();
    let old = layers(&place, "old/network.json");
    let rules = ["{max=9.0}", "{rule='softplus'}", "{rule='clip'}", "{rule='shift'}"];
    for (number, rule) in rules.into_iter().enumerate() {
        let out = format!("new-{number}");
        let set = format!("layers.0.delays.0.delay-range={rule}");
        place.output(&[
            "train",
            "mine.toml",
            "-q",
            "--from",
            "old",
            "--epochs",
            "1",
            "--set",
            &set,
            "--out",
            &out,
        ]);
        let new = layers(&place, &format!("{out}/network-start.json"));
        assert_eq!(new[0]["weights"], old[0]["weights"]);
        assert_eq!(new[0]["bias-times"], old[0]["bias-times"]);
        let delays = |layers: &serde_json::Value| -> Vec<f64> {
            let rows = layers[0]["delays"][0]["effective"].as_array().unwrap().clone();
            rows.iter().flat_map(|row| row.as_array().unwrap().clone()).map(|d| d.as_f64().unwrap()).collect()
        };
        let close = |(new, old): (&f64, &f64)| (new - old).abs() < 1e-12;
        assert!(delays(&new).iter().zip(&delays(&old)).all(close), "{rule}");
    }
    // all delays are above 0.1, and some above 0.6
    let narrow = "layers.0.delays.0.delay-range={max=0.6}";
    let text = place.error(&["train", "mine.toml", "--from", "old", "--set", narrow, "--out", "x"], 1);
    assert!(text.contains("layer 0 synaptic delays [") && text.contains("values above 0 and below 0.6"), "{text}");
}

#[test]
fn what_else_differs_is_named() {
    let place = small();
    place.write("turned.csv", &place.read("points.csv").replacen("p,q,label", "q,p,label", 1));
    place.write("other.csv", &place.read("points.csv").replace(",b\n", ",c\n"));
    for (set, expected) in [
        ("neuron.threshold=0.5", "layer 0: neuron: it has"),
        ("neuron.tau-mem=3", "tau-mem = 3.0"),
        ("layers.1.multiplex=2", "layer 1 weights"),
        ("layers.0.bias-times=[0.5,0.7]", "layer 0 weights"),
        ("layers.0.delays.0.kind=dendritic", "layer 0 dendritic delays"),
        ("layers.0.delays=[]", "layer 0 synaptic delays"),
        ("encoder.late=3", "the encoder: it has"),
        ("data.file=turned.csv", "the features: it has p, q, the experiment q, p"),
        ("data.file=other.csv", "the classes: it has a, b, the experiment a, c"),
        (
            "loss={kind='shift-invariant-mse',delta=-0.2}",
            "the earliest output (kind = \"first-spike\"), the experiment the latest output (kind = \"first-spike\")",
        ),
    ] {
        let text = place.error(&["train", "mine.toml", "--from", "old", "--set", set, "--out", "x"], 1);
        assert!(text.contains(expected) && text.contains("old"), "{set}: {text}");
    }
    // training, noise and loss may differ, and samples: the ranges of features stay those of the run
    place.write(
        "few.csv",
        &place.read("points.csv").lines().take(21).map(|line| line.to_owned() + "\n").collect::<String>(),
    );
    let sets = ["training.input-noise=0.1", "loss.margin=0.2", "data.file=few.csv", "training.epochs=1"];
    let sets: Vec<&str> = sets.iter().flat_map(|set| ["--set", set]).collect();
    place.output(
        &[&["train", "mine.toml", "-q", "--from", "old/network.json", "--out", "new"][..], &sets].concat(),
    );
    let ranges = |file: &str| {
        serde_json::from_str::<serde_json::Value>(&place.read(file)).unwrap()["encoder"]["ranges"].clone()
    };
    assert_eq!(ranges("new/network.json"), ranges("old/network.json"));
}

#[test]
fn a_run_that_has_changed_is_refused() {
    let place = small();
    std::fs::create_dir(place.path("sub")).unwrap();
    // relative to the file of the experiment
    let text = format!("from = {{ run = '../old' }}\n{}", SMALL.replace("'points.csv'", "'../points.csv'"));
    place.write("sub/next.toml", &text);
    assert_eq!(place.output(&["train", "sub/next.toml", "-q"]), "runs/next-1\n");
    place.output(&["train", "mine.toml", "-q", "--seed", "2", "--out", "other"]);
    std::fs::copy(place.path("other/network.json"), place.path("old/network.json")).unwrap();
    let text = place.error(&["train", "runs/next-1/config.toml"], 1);
    assert!(text.contains("is not the network that `from` names") && text.contains("from.hash"), "{text}");
    place.output(&["evaluate", "runs/next-1"]);
}

#[test]
fn experiments_on_the_engine_start_from_runs_of_their_kind() {
    let place = Workplace::new();
    fn train<'a>(more: &[&'a str]) -> Vec<&'a str> {
        [&["train", "sequence", "-q", "--epochs", "2"][..], more].concat()
    }
    place.output(&train(&["--out", "old"]));
    place.output(&train(&["--from", "old", "--set", "projections.0.delay-range={max=9.0}", "--out", "new"]));
    place.output(&["train", "new/config.toml", "-q", "--out", "again"]);
    assert_eq!(place.read("new/network.json"), place.read("again/network.json"));
    let value = |file: &str| serde_json::from_str::<serde_json::Value>(&place.read(file)).unwrap();
    assert!(value("new/summary.json")["from"]["hash"].is_string());
    let delays = |file: &str| -> Vec<f64> {
        value(file)["synapses"]["delay"].as_array().unwrap().iter().map(|delay| delay.as_f64().unwrap()).collect()
    };
    let (start, old) = (delays("new/network-start.json"), delays("old/network.json"));
    assert!(start.iter().zip(&old).all(|(a, b)| (a - b).abs() < 1e-12), "{start:?} {old:?}");

    for (set, expected) in [
        ("populations.0.threshold=0.5", "neurons[0].threshold: it has 1.0, the experiment 0.5"),
        ("projections.0.weight=1.6", "synapses.weight[0]: it has 1.7, the experiment 1.6"),
        ("projections.0.delay-range={max=1e-3}", "projections[0]"),
    ] {
        let text = place.error(&train(&["--from", "old", "--set", set, "--out", "x"]), 1);
        assert!(text.contains(expected), "{set}: {text}");
    }
    std::fs::remove_dir_all(place.path("old")).unwrap();
    place.output(&["evaluate", "new"]);
    place.output(&["plot", "new", "--out", "plots"]);
}
