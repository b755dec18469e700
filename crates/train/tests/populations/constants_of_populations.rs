//! Promise: constants of neurons of populations have exact gradients, are learned within their ranges, stay where they are not to be
//! learned, and come back from the network file to the bit.

use std::path::Path;

use delgrad_train::experiment::StartConfig;
use delgrad_train::learn::Snapshot;
use delgrad_train::parameters::{Constant, ParameterGroup, ParameterKind};
use delgrad_train::run::{Setup, Trained};

use crate::experiments::{COINCIDENCE, ON_CHIP, RECURRENT, bits, experiment, first, setup, train};
use crate::gradients::check_gradient;

/// All constants of the hidden neurons, one for each of them, and those of the outputs, which share theirs.
const LEARNED: [(&str, &str); 5] = [
    (
        "populations.0.learn",
        "{ tau-mem = true, tau-syn = true, threshold = 0.005, leak = true, reset = true, refractory = true, capacitance = true, \
         bias = true, initial-v = true, initial-i = true }",
    ),
    ("populations.0.tau-mem", "{ uniform = { low = 1.8, high = 2.2 } }"),
    ("populations.0.ranges", "{ tau-mem = { min = 0.6, max = 5.0 }, bias = { min = -1.0, max = 1.0 } }"),
    ("populations.1.learn", "{ tau-mem = true, tau-syn = 0.0, capacitance = true }"),
    ("populations.1.shared", "all"),
];

fn with<'a>(more: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    LEARNED.iter().chain(more).copied().collect()
}

fn constants(setup: &Setup) -> Vec<ParameterGroup> {
    let groups = setup.network.layout().groups().iter();
    groups.filter(|group| matches!(group.kind, ParameterKind::Constants(..))).cloned().collect()
}

/// Parameters away from the initial ones.
fn moved(setup: &Setup) -> Vec<f64> {
    (0..).zip(&setup.initial).map(|(n, p)| p + 0.004 * f64::from(n % 7)).collect()
}

#[test]
fn named_constants_are_parameters() {
    let setup = setup(RECURRENT, &LEARNED).unwrap();
    let found: Vec<_> = constants(&setup)
        .iter()
        .map(|group| (group.name(), group.range.len(), group.learning_rate, group.values(&setup.initial)[0]))
        .collect();
    let expected = [
        ("hidden: membrane time constants", 8, 0.02, f64::NAN),
        ("hidden: synaptic time constants", 8, 0.02, 1.0),
        ("hidden: thresholds", 8, 0.005, 1.0),
        ("hidden: leak voltages", 8, 0.02, 0.0),
        ("hidden: reset voltages", 8, 0.02, 0.0),
        ("hidden: refractory periods", 8, 0.02, 0.1),
        ("hidden: capacitances", 8, 0.02, 1.0),
        ("hidden: bias currents", 8, 0.02, 0.0),
        ("hidden: initial voltages", 8, 0.02, 0.0),
        ("hidden: initial currents", 8, 0.02, 0.0),
        ("output: membrane time constants", 1, 0.02, 2.0),
        ("output: synaptic time constants", 1, 0.0, 1.0),
        ("output: capacitances", 1, 0.02, 1.0),
    ];
    assert_eq!(found.len(), expected.len());
    for (found, expected) in found.iter().zip(expected) {
        assert_eq!((&*found.0, found.1, found.2), (expected.0, expected.1, expected.2));
        assert!(expected.3.is_nan() || (found.3 - expected.3).abs() < 1e-14, "{found:?}");
    }
    let drawn = constants(&setup)[0].values(&setup.initial);
    assert!(drawn.iter().all(|tau| (1.8..2.2).contains(tau)) && drawn[0] != drawn[1], "{drawn:?}");
}

#[test]
fn their_gradients_are_central_differences() {
    let mut setup = setup(RECURRENT, &LEARNED).unwrap();
    setup.initial = moved(&setup);
    let samples = first(&setup, 10);
    assert!(check_gradient(&setup, &samples, 1, 1e-6) > setup.initial.len() / 2);

    // a neuron at rest starts from the leak that it learns
    let mut at_rest = crate::experiments::setup(RECURRENT, &[("populations.0.learn", "{ leak = true }")]).unwrap();
    at_rest.initial = moved(&at_rest);
    check_gradient(&at_rest, &samples, 1, 1e-6);
}

#[test]
fn training_moves_them_and_lowers_the_loss() {
    let learned = setup(RECURRENT, &LEARNED).unwrap();
    let (trainer, run) = train(&learned, 1);
    let (first, last) = (run.history()[0], run.history()[run.history().len() - 1]);
    assert!(last.validation_loss < 0.9 * first.validation_loss, "{first:?} {last:?}");
    for group in constants(&learned) {
        let (before, after) = (group.values(&learned.initial), group.values(trainer.parameters()));
        let moved = before.iter().zip(&after).any(|(before, after)| (before - after).abs() > 1e-4);
        assert_eq!(moved, group.learning_rate > 0.0, "{}: {before:?} {after:?}", group.name());
        let ParameterKind::Constants(constant, range) = group.kind else { unreachable!() };
        let inside = |value: &f64| range.min <= *value && range.max.is_none_or(|max| *value <= max);
        assert!(after.iter().all(inside), "{}: {after:?} {range}", constant.key());
    }
    let single = rayon::ThreadPoolBuilder::new().num_threads(1).build().unwrap();
    let again = single.install(|| train(&learned, 1).0.parameters().to_vec());
    assert_eq!(bits(&again), bits(trainer.parameters()));
}

#[test]
fn an_override_freezes_them() {
    let frozen = setup(RECURRENT, &with(&[("populations.0.learn.tau-mem", "false")])).unwrap();
    let (trainer, _) = train(&frozen, 1);
    let of = |constant: Constant| {
        let own =
            |group: &ParameterGroup| matches!(group.kind, ParameterKind::Constants(own, _) if own == constant);
        let range = constants(&frozen).into_iter().find(own).unwrap().range;
        (bits(&frozen.initial[range.clone()]), bits(&trainer.parameters()[range]))
    };
    assert_eq!(of(Constant::TauMem).0, of(Constant::TauMem).1);
    assert_ne!(of(Constant::TauSyn).0, of(Constant::TauSyn).1);
}

#[test]
fn the_network_file_holds_them() {
    let learned = setup(RECURRENT, &LEARNED).unwrap();
    let mut parameters = moved(&learned);
    let far = constants(&learned)[0].range.end - 1;
    parameters[far] += 1.0;
    let text = Trained::new(&learned, &Snapshot { epoch: 1, parameters: parameters.clone() }).to_json().unwrap();
    let trained = Trained::parse(Path::new("network.json"), &text).unwrap();
    assert_eq!(bits(&trained.parameters), bits(&parameters));
    assert_eq!(trained.experiment, learned.experiment);
    assert_eq!(trained.to_json().unwrap(), text);
    // what the file says of the neurons follows from the parameters
    let file: serde_json::Value = serde_json::from_str(&text).unwrap();
    let written = file["neurons"].as_array().unwrap();
    let group =
        constants(&learned).into_iter().find(|group| group.name() == "hidden: refractory periods").unwrap();
    let values = group.values(&parameters);
    assert!(
        written.iter().zip(&values).all(|(written, value)| written["refractory"].as_f64() == Some(*value)),
        "{written:?}"
    );
    let tau = constants(&learned)[0].values(&parameters)[3];
    let bad = text.replace(&format!("{tau}"), &format!("{}", tau + 0.5));
    assert_ne!(bad, text);
    assert!(Trained::parse(Path::new("network.json"), &bad).is_err());

    // a start from it, with some of them frozen and another range
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("network.json"), &text).unwrap();
    let start = |more: &[(&str, &str)]| {
        let mut experiment = experiment(RECURRENT, &with(more)).unwrap();
        experiment.from = Some(StartConfig::new(folder.path()));
        Setup::new(experiment, Path::new("."))
    };
    assert_eq!(bits(&start(&[("populations.0.learn.tau-mem", "false")]).unwrap().initial), bits(&parameters));
    let wider = start(&[("populations.0.ranges.tau-mem.max", "7.0")]).unwrap();
    for (own, its) in constants(&wider).iter().zip(constants(&learned)) {
        let pairs = own.values(&wider.initial).into_iter().zip(its.values(&parameters));
        assert!(pairs.into_iter().all(|(own, its)| (own - its).abs() < 1e-13), "{}", own.name());
    }
    let narrow = start(&[("populations.0.ranges.tau-mem.max", "2.3")]).unwrap_err().to_string();
    assert!(narrow.contains("hidden: membrane time constants") && narrow.contains("range"), "{narrow}");
}

#[test]
fn what_does_not_fit_is_named() {
    let error = |more: &[(&str, &str)]| setup(RECURRENT, &with(more)).map(|_| ()).unwrap_err().to_string();
    let cases = [
        (("populations.0.ranges.tau-mem.max", "1.9"), "populations.0.learn.tau-mem is "),
        (
            ("populations.1.ranges", "{ threshold = { max = 0.5 } }"),
            "populations.1.ranges.threshold has no effect",
        ),
        (
            ("populations.1.learn.reset", "true"),
            "populations.1.learn.reset is nothing that neurons of this model have",
        ),
        (("populations.0.shared", "all"), "populations.0.learn.tau-mem is shared by all neurons and starts at"),
        (("populations.0.ranges.reset", "{ min = -1.0, max = 0.9 }"), "give ranges that do not overlap"),
        (("populations.0.ranges.tau-mem.min", "-1"), "has min = -1; it must be a finite number, 0 or above"),
        (
            ("populations.0.ranges.refractory", "{ min = -1.0, max = 1.0 }"),
            "has min = -1; it must be a finite number, 0 or above",
        ),
        (("populations.0.learn.tau", "true"), "tau-mem"),
        (("populations.0.learn.leak", "-1"), "populations.learn"),
        (("populations.0.tau-syn", "inf"), "finite"),
        (
            ("populations.0.tau-mem", "inf"),
            "populations.0.learn.tau-mem is inf at first; what is learned must be a finite number",
        ),
    ];
    for (change, expected) in cases {
        let found = error(&[change]);
        assert!(found.contains(expected), "{change:?}: {found}");
    }
    let free = setup(COINCIDENCE, &[("populations.0.learn", "{ threshold = true }")]).unwrap_err().to_string();
    assert!(free.contains("populations.0.learn.threshold has no effect where"), "{free}");
    let on_chip = |change| {
        let chip = [("chip", "{ preset = \"ideal\" }"), change];
        setup(ON_CHIP, &chip).map(|_| ()).unwrap_err().to_string()
    };
    let learned = on_chip(("populations.0.learn", "{ leak = true }"));
    assert!(learned.contains("populations.0.learn and a [chip] do not go together"), "{learned}");
    let lossy = on_chip(("populations.0.dropout", "0.1"));
    assert!(lossy.contains("populations.0.dropout loses spikes on their way"), "{lossy}");
}
