//! Promise: constants of neurons of layers are learned within their ranges, stay where they are not to be learned, and come back from the
//! network file to the bit.

use std::path::Path;

use delgrad_train::experiment::StartConfig;
use delgrad_train::learn::Snapshot;
use delgrad_train::parameters::{Constant, ParameterGroup, ParameterKind};
use delgrad_train::run::{Setup, Trained};

use crate::experiments::{LAYERS, bits, experiment, setup, train};

/// Time constants of each hidden neuron, its threshold by a rate of its own, and one synaptic time constant of all outputs.
const LEARNED: [(&str, &str); 7] = [
    ("layers.0.learn", "{ tau-mem = true, threshold = 0.005 }"),
    ("layers.0.ranges", "{ tau-mem = { min = 0.6, max = 5.0 } }"),
    ("layers.0.values", "{ tau-syn = [1.0, 1.1, 0.9, 1.0, 1.2, 0.8] }"),
    ("layers.1.learn", "{ tau-syn = true }"),
    ("layers.1.shared", "all"),
    ("data.train.size", "200"),
    ("training.epochs", "15"),
];

fn with<'a>(more: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    LEARNED.iter().chain(more).copied().collect()
}

fn constants(setup: &Setup) -> Vec<ParameterGroup> {
    let groups = setup.network.layout().groups().iter();
    groups.filter(|group| matches!(group.kind, ParameterKind::Constants(..))).cloned().collect()
}

#[test]
fn named_constants_are_parameters() {
    let setup = setup(LAYERS, &LEARNED).unwrap();
    let found: Vec<_> = constants(&setup)
        .iter()
        .map(|group| (group.name(), group.range.len(), group.learning_rate, group.values(&setup.initial)))
        .collect();
    let expected = [
        ("hidden 1: membrane time constants", 6, 0.01, vec![2.0; 6]),
        ("hidden 1: synaptic time constants", 6, 0.0, vec![1.0, 1.1, 0.9, 1.0, 1.2, 0.8]),
        ("hidden 1: thresholds", 6, 0.005, vec![1.0; 6]),
        ("output: synaptic time constants", 1, 0.01, vec![1.0]),
    ];
    assert_eq!(found.len(), expected.len());
    for (found, expected) in found.iter().zip(expected) {
        assert_eq!((&*found.0, found.1, found.2), (expected.0, expected.1, expected.2));
        assert!(found.3.iter().zip(&expected.3).all(|(a, b)| (a - b).abs() < 1e-14), "{found:?}");
    }
    // slopes are the derivatives of the values
    let groups = constants(&setup);
    let moved: Vec<f64> = setup.initial.iter().map(|p| p + 1e-6).collect();
    for group in groups {
        let differences =
            group.values(&moved).into_iter().zip(group.values(&setup.initial)).map(|(a, b)| (a - b) / 1e-6);
        assert!(
            differences
                .zip(group.slopes(&setup.initial))
                .all(|(d, slope)| (d - slope).abs() < 1e-5 && slope > 0.0)
        );
    }
}

#[test]
fn training_moves_them_and_lowers_the_loss() {
    let learned = setup(LAYERS, &LEARNED).unwrap();
    let (trainer, run) = train(&learned, 1);
    let (first, last) = (run.history()[0], run.history()[run.history().len() - 1]);
    assert!(last.validation_loss < 0.9 * first.validation_loss, "{first:?} {last:?}");
    for group in constants(&learned) {
        let (before, after) = (group.values(&learned.initial), group.values(trainer.parameters()));
        let moved = before.iter().zip(&after).any(|(before, after)| (before - after).abs() > 1e-3);
        assert_eq!(moved, group.learning_rate > 0.0, "{}: {before:?} {after:?}", group.name());
        if let ParameterKind::Constants(Constant::TauMem, _) = group.kind {
            assert!(after.iter().all(|tau| (0.6..5.0).contains(tau)), "{after:?}");
        }
    }
}

#[test]
fn an_override_freezes_them() {
    let frozen =
        setup(LAYERS, &with(&[("layers.0.learn.tau-mem", "false"), ("layers.1.learn.tau-syn", "0")])).unwrap();
    let (trainer, _) = train(&frozen, 1);
    for group in constants(&frozen) {
        let same = bits(&frozen.initial[group.range.clone()]) == bits(&trainer.parameters()[group.range.clone()]);
        assert_eq!(same, group.kind != learned_threshold(&group), "{}", group.name());
    }
}

/// The kind of a group of thresholds, the only ones that are still learned.
fn learned_threshold(group: &ParameterGroup) -> ParameterKind {
    let ParameterKind::Constants(_, range) = group.kind else { panic!("{}", group.name()) };
    ParameterKind::Constants(Constant::Threshold, range)
}

#[test]
fn the_network_file_holds_them() {
    let learned = setup(LAYERS, &LEARNED).unwrap();
    let moved: Vec<f64> = (0..).zip(&learned.initial).map(|(n, p)| p + 0.01 * f64::from(n % 7)).collect();
    let text = Trained::new(&learned, &Snapshot { epoch: 1, parameters: moved.clone() }).to_json().unwrap();
    let trained = Trained::parse(Path::new("network.json"), &text).unwrap();
    assert_eq!(bits(&trained.parameters), bits(&moved));
    assert_eq!(trained.experiment, learned.experiment);
    assert_eq!(trained.to_json().unwrap(), text);
    let bad = text.replacen("\"effective\":[2.0", "\"effective\":[2.5", 1);
    let bad = if bad == text { text.replace("\"constant\": \"tau-mem\"", "\"constant\": \"leak\"") } else { bad };
    assert!(Trained::parse(Path::new("network.json"), &bad).is_err());

    // a start from it, with some of them frozen and another range
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("network.json"), &text).unwrap();
    let start = |more: &[(&str, &str)]| {
        let mut experiment = experiment(LAYERS, &with(more)).unwrap();
        experiment.from = Some(StartConfig::new(folder.path()));
        Setup::new(experiment, Path::new("."))
    };
    assert_eq!(bits(&start(&[("layers.0.learn.tau-mem", "false")]).unwrap().initial), bits(&moved));
    let wider = start(&[("layers.0.ranges.tau-mem.max", "7.0")]).unwrap();
    for group in constants(&wider) {
        let (own, its) = (group.values(&wider.initial), constants(&learned));
        let its = its.iter().find(|its| its.range == group.range).unwrap().values(&moved);
        assert!(own.iter().zip(its).all(|(own, its)| (own - its).abs() < 1e-13), "{}", group.name());
    }
    let narrow = start(&[("layers.0.ranges.tau-mem.max", "2.01")]).unwrap_err().to_string();
    assert!(narrow.contains("tau-mem") && narrow.contains("range"), "{narrow}");
}

#[test]
fn what_does_not_fit_is_named() {
    let error = |more: &[(&str, &str)]| setup(LAYERS, &with(more)).unwrap_err().to_string();
    let length = error(&[("layers.0.values.tau-syn", "[1.0, 2.0]")]);
    assert!(length.contains("layers.values.tau-syn has 2 entries; it must have 6"), "{length}");
    let outside = error(&[("layers.0.ranges.tau-mem.max", "1.5")]);
    assert!(
        outside.contains("layers.learn.tau-mem is 2 at first; its range has values above 0.6 and below 1.5"),
        "{outside}"
    );
    let unused = error(&[("layers.1.ranges", "{ leak = { max = 0.5 } }")]);
    assert!(unused.contains("layers.ranges.leak has no effect"), "{unused}");
    let overlap = error(&[
        ("layers.1.learn", "{ leak = true, threshold = true }"),
        ("layers.1.ranges", "{ leak = { min = -1.0, max = 0.9 } }"),
    ]);
    assert!(overlap.contains("do not overlap"), "{overlap}");
    assert!(error(&[("layers.0.learn.tau", "true")]).contains("tau-mem"));
    assert!(error(&[("layers.0.learn.leak", "-1")]).contains("layers.learn"));
    assert!(error(&[("chip", "{ preset = \"ideal\" }")]).contains("layers.0.learn and a [chip]"));
}
