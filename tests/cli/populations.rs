//! Experiments with populations go through all commands.

use serde_json::Value;

use crate::workplace::{Workplace, files};

#[test]
fn an_experiment_with_populations_goes_all_the_way() {
    let place = Workplace::new();
    let table = place.output(&["train", "sequence", "--out", "run"]);
    assert!(table.contains("│ test accuracy            ┆ 100.00 %"), "{table}");
    let plots = ["confusion.svg", "delays.svg", "diagnostics.svg", "loss.svg", "parameters.svg", "raster.svg"];
    assert_eq!(place.read("run/metrics.csv").lines().count(), 1 + 30);
    let summary: Value = serde_json::from_str(&place.read("run/summary.json")).unwrap();
    assert_eq!((&summary["parameters"], &summary["test_accuracy"]), (&4.into(), &1.0.into()));
    for name in plots {
        assert!(place.read(&format!("run/plots/{name}")).contains("</svg>"), "{name}");
    }

    let evaluated = place.output(&["evaluate", "run", "--data", "validation"]);
    assert!(evaluated.contains("100.00 %") && evaluated.contains("A then B"), "{evaluated}");
    // the network in the folder stands for the run, and alone it is enough
    assert_eq!(place.output(&["evaluate", "run/network.json", "--data", "validation"]), evaluated);
    std::fs::copy(place.path("run/network.json"), place.path("alone.json")).unwrap();
    assert_eq!(place.output(&["evaluate", "alone.json", "--data", "validation"]), evaluated);
    let message = place.error(&["train", "yin-yang-tiny", "--from", "alone.json"], 1);
    assert!(message.contains("alone.json: the network: it has populations, the experiment layers"), "{message}");
    let drawn = place.output(&["plot", "run", "--out", "again"]);
    assert_eq!(drawn.lines().count(), plots.len());
    for name in plots {
        assert_eq!(place.read(&format!("again/{name}")), place.read(&format!("run/plots/{name}")), "{name}");
    }
    let simulated = place.output(&["simulate", "run/network.json"]);
    assert!(simulated.contains("input spikes"), "{simulated}");

    place.output(&["train", "run/config.toml", "--out", "same", "--threads", "1"]);
    assert_eq!(place.read("run/network.json"), place.read("same/network.json"));
    assert!(!files(&place.path("run")).is_empty());
}

#[test]
fn wrong_keys_are_named() {
    let place = Workplace::new();
    let message = place.error(&["train", "sequence", "--set", "data.gaps=1"], 1);
    assert!(message.contains("gaps"), "{message}");
    let message = place.error(&["train", "sequence", "--set", "projections.0.delay=nan"], 1);
    assert!(
        message.contains("experiment sequence: at `projections[0].delay`: is nan; give a number"),
        "{message}"
    );
    let negative = "projections.0.delay={ axonal = -0.5, synaptic = 1.0 }";
    let message = place.error(&["train", "sequence", "--set", negative], 1);
    assert!(
        message.contains("projections[0].delay has parts besides the learned one that add up to -0.5"),
        "{message}"
    );
    let message = place.error(&["train", "sequence", "--set", "projections.0.delay=5.0"], 1);
    assert!(message.contains("projections[0].delay is 5 for synapse 0"), "{message}");
    place.output(&["train", "sequence", "--out", "run", "--epochs", "1"]);
    // its spikes are generated: no table has columns for them
    place.write("more.csv", "a,label\n0.5,A then B\n");
    place.write("bare.csv", "label\nA then B\n");
    for file in ["more.csv", "bare.csv", "absent.csv"] {
        let message = place.error(&["evaluate", "run", "--data", file], 1);
        assert!(message.contains(file) && message.contains("train, validation or test"), "{message}");
    }
}
