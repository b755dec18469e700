//! `train` writes a complete folder, and `plot` draws its plots again.

use serde_json::Value;

use crate::workplace::{SMALL, Workplace, files};

#[test]
fn a_run_leaves_a_complete_folder() {
    let place = Workplace::new();
    let table = place.output(&SMALL);
    for word in ["test accuracy", "validation accuracy", "train accuracy", "parameters", "samples/s"] {
        assert!(table.contains(word), "{table}");
    }
    assert!(table.ends_with("saved in runs/yin-yang-tiny-1\n"), "{table}");

    let config = place.read("runs/yin-yang-tiny-1/config.toml");
    assert!(config.contains("epochs = 2") && config.contains("size = 300"), "{config}");
    assert_eq!(place.read("runs/yin-yang-tiny-1/metrics.csv").lines().count(), 1 + 2);
    let summary: Value = serde_json::from_str(&place.read("runs/yin-yang-tiny-1/summary.json")).unwrap();
    for key in ["test_accuracy", "validation_accuracy", "train_accuracy", "train_seconds", "silent_outputs"] {
        assert!(summary[key].is_f64(), "{key} of {summary}");
    }
    assert_eq!(summary["epochs"], 2);
    assert_eq!(summary["parameters"], 70);
    assert_eq!(summary["seed"], 1);
    assert_eq!(summary["stop"], "completed");
    let network: Value = serde_json::from_str(&place.read("runs/yin-yang-tiny-1/network.json")).unwrap();
    assert_eq!(network["format"], "delgrad-network");
    assert_eq!(network["version"], 2);

    assert_eq!(names(&place, "runs/yin-yang-tiny-1/plots"), PLOTS);
    // nothing else, and nothing half-written
    assert_eq!(names(&place, "runs"), ["yin-yang-tiny-1"]);
}

#[test]
fn folders_are_numbered_or_named() {
    let place = Workplace::new();
    place.output(&SMALL);
    let path = place.output(&[&SMALL[..], &["--quiet"]].concat());
    assert_eq!(path, "runs/yin-yang-tiny-2\n");
    place.train_small("elsewhere/run", &[]);
    assert!(place.path("elsewhere/run/summary.json").exists());
}

#[test]
fn a_saved_configuration_gives_the_same_network() {
    let place = Workplace::new();
    place.train_small("a", &["--seed", "5"]);
    place.output(&["train", "a/config.toml", "--out", "b"]);
    assert_eq!(place.read("a/network.json"), place.read("b/network.json"));
}

#[test]
fn a_run_keeps_its_name() {
    let place = Workplace::new();
    place.output(&["train", "xor", "-q", "--epochs", "1"]);
    assert_eq!(place.output(&["train", "runs/xor-1/config.toml", "-q"]), "runs/xor-2\n");
    for run in ["runs/xor-1", "runs/xor-2"] {
        let summary: Value = serde_json::from_str(&place.read(&format!("{run}/summary.json"))).unwrap();
        assert_eq!(summary["experiment"], "xor", "{run}");
    }
    let path = place.output(&["train", "runs/xor-1/config.toml", "-q", "--set", "name=other"]);
    assert_eq!(path, "runs/other-1\n");
    place.output(&["train", "sequence", "-q", "--epochs", "1"]);
    assert_eq!(place.output(&["train", "runs/sequence-1/config.toml", "-q"]), "runs/sequence-2\n");
    // a file of one's own is called as the file
    place.write("mine.toml", &place.output(&["show", "xor"]));
    assert_eq!(place.output(&["train", "mine.toml", "-q", "--epochs", "1"]), "runs/mine-1\n");
    for name in ["a/b", "..", ""] {
        let text = place.error(&["train", "xor", "--set", &format!("name='{name}'")], 1);
        assert!(text.contains("it must be a name that a folder can have"), "{text}");
    }
}

#[test]
fn plots_can_be_drawn_again() {
    let place = Workplace::new();
    place.train_small("run", &[]);
    let drawn = place.output(&["plot", "run", "--out", "again"]);
    assert_eq!(drawn.lines().count(), PLOTS.len());
    for name in PLOTS {
        assert_eq!(place.read(&format!("again/{name}")), place.read(&format!("run/plots/{name}")), "{name}");
        assert!(place.read(&format!("again/{name}")).len() < 500_000, "{name} is large");
    }
}

#[test]
fn own_samples_can_be_trained_on_and_only_plane_data_have_maps() {
    let place = Workplace::new();
    let rows: String = (0..60).map(|i| format!("{},{},{},c{}\n", i % 2, i % 3, i, i % 2)).collect();
    place.write("samples.csv", &format!("a,b,c,label\n{rows}"));
    let text = "
        data = { source = 'csv', file = 'samples.csv' }
        encoder = { normalise = true, complement = true }
        loss = { kind = 'margin', margin = 0.3 }
        training = { epochs = 2 }
        layers = [{ size = 2, weights = { mean = 0.5, sd = 0.5 } }]";
    std::fs::create_dir(place.path("sub")).unwrap();
    place.write("sub/mine.toml", &text.replace("'samples.csv'", "'../samples.csv'"));
    assert_eq!(place.output(&["train", "sub/mine.toml", "-q"]), "runs/mine-1\n");
    assert_eq!(
        names(&place, "runs/mine-1/plots"),
        ["confusion.svg", "diagnostics.svg", "loss.svg", "parameters.svg", "raster.svg"]
    );
    // the data are found from any folder
    place.output(&["evaluate", "runs/mine-1"]);
    place.output(&["evaluate", "runs/mine-1/network.json", "--data", "samples.csv"]);
}

const PLOTS: [&str; 8] = [
    "confusion.svg",
    "decision-map.svg",
    "diagnostics.svg",
    "loss.svg",
    "parameters.svg",
    "raster.svg",
    "spikes-hidden-1.svg",
    "spikes-output.svg",
];

/// Names of what lies in a folder.
fn names(place: &Workplace, folder: &str) -> Vec<String> {
    let folder = place.path(folder);
    let direct = files(&folder).into_iter().filter(|path| path.parent() == Some(&folder));
    direct.map(|path| path.file_name().unwrap().to_string_lossy().into_owned()).collect()
}
