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
    let text = place.output(&["evaluate", "transferred"]);
    assert!(text.contains("delgrad-hw-aware, 3"), "{text}");
}

/// A preset of one's own lies beside the experiment, wherever the program runs.
#[test]
fn presets_from_files_are_found_by_the_run() {
    let place = Workplace::new();
    std::fs::create_dir(place.path("mine")).unwrap();
    place.write("mine/chip.toml", "description = 'mine'\n[weights]\ncodes = true\n[noise]\nloss = 0.01\n");
    let experiment = place.output(&["show", "bss2-yin-yang"]).replace("\"delgrad-hw-aware\"", "\"chip.toml\"");
    place.write("mine/experiment.toml", &experiment);
    place.output(&["train", "mine/experiment.toml", "--quiet", "--epochs", "1", "--out", "run"]);
    assert!(place.output(&["evaluate", "run"]).contains("chip.toml, 1"));
    std::fs::remove_file(place.path("mine/chip.toml")).unwrap();
    let text = place.error(&["evaluate", "run"], 1);
    assert!(text.contains("cannot read") && text.contains("chip.toml"), "{text}");
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
