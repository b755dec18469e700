use std::ops::ControlFlow;

use super::*;

const SEQUENCE: &str = include_str!("../../../../configs/sequence.toml");

#[test]
fn delays_alone_learn_an_order_from_the_worst_start() {
    let setup = EventSetup::new(EventExperiment::parse("sequence", SEQUENCE, &[]).unwrap()).unwrap();
    let mut trainer = setup.trainer().unwrap();
    assert_eq!(trainer.evaluate(&setup.trials.test).unwrap().accuracy, 0.0);
    let (train, validation) = (&setup.trials.train, &setup.trials.validation);
    let run = fit_event(&mut trainer, train, validation, &setup.experiment.training, 1, |p| {
        if let crate::Progress::Epoch(m) = p {
            println!("{m:?}");
        }
        ControlFlow::Continue(())
    })
    .unwrap();
    trainer.set_parameters(&run.best.parameters).unwrap();
    assert_eq!(trainer.evaluate(&setup.trials.test).unwrap().accuracy, 1.0);
}

const STORE_RECALL: &str = include_str!("../../../../configs/store-recall.toml");

/// The share of test trials that a network trained with these changes answers right.
fn store_recall(changes: &[(&str, &str)]) -> f64 {
    let changes: Vec<(String, String)> =
        changes.iter().map(|(key, value)| (key.to_string(), value.to_string())).collect();
    let setup = EventSetup::new(EventExperiment::parse("store-recall", STORE_RECALL, &changes).unwrap()).unwrap();
    let mut trainer = setup.trainer().unwrap();
    let (train, validation) = (&setup.trials.train, &setup.trials.validation);
    let training = &setup.experiment.training;
    let run = fit_event(&mut trainer, train, validation, training, 1, |_| ControlFlow::Continue(())).unwrap();
    trainer.set_parameters(&run.kept(training.keep).parameters).unwrap();
    trainer.evaluate(&setup.trials.test).unwrap().accuracy
}

/// Half the trials and a silence of 3 to 5: enough to tell whether a network remembers, in little time.
const SHORT: [(&str, &str); 8] = [
    ("until", "9.0"),
    ("task.size", "90"),
    ("task.gap-min", "3.0"),
    ("task.gap-max", "5.0"),
    ("readout.to", "2.0"),
    ("populations.0.size", "20"),
    ("training.epochs", "30"),
    ("training.curriculum.epochs", "15"),
];

#[test]
fn a_silence_is_bridged_by_recurrent_spikes() {
    let accuracy = store_recall(&SHORT);
    assert!(accuracy >= 0.98, "{accuracy}");
}

#[test]
fn nothing_is_remembered_without_recurrent_spikes() {
    let without = [
        ("projections.1.weight", "0.0"),
        ("projections.1.learn.weight", "false"),
        ("projections.1.learn.delay", "false"),
        ("training.epochs", "30"),
        ("training.curriculum.epochs", "15"),
    ];
    // Three classes; the standard deviation of a guess on 200 trials is 0.033.
    let accuracy = store_recall(&without);
    assert!((0.2..0.47).contains(&accuracy), "{accuracy}");
}

#[test]
fn read_outs_must_fit_into_trials() {
    let changes = [("readout.to".to_owned(), "9.0".to_owned())];
    let experiment = EventExperiment::parse("store-recall", STORE_RECALL, &changes).unwrap();
    let error = EventSetup::new(experiment).unwrap_err().to_string();
    assert!(error.starts_with("readout.to is 9; it must be at most what follows"), "{error}");
}
