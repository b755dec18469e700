//! Promise: networks learn what they are for, to the same bits on any number of threads.

use delgrad_adjoint::Record;
use delgrad_engine::{Executor, Simulation, Stop};
use delgrad_train::learn::{Fit, Trainer};
use delgrad_train::objective::Evaluation;
use delgrad_train::run::Setup;

use crate::experiments::{COINCIDENCE, PATTERN_GENERATION, RECURRENT, SEQUENCE, STORE_RECALL, bits, setup, train};

/// Trains, and gives the results on the test samples before and after, with the best parameters.
fn before_and_after(setup: &Setup) -> (Trainer, [Evaluation; 2], Fit) {
    let test = &setup.dataset.parts.test;
    let before = setup.trainer().unwrap().evaluate(test).unwrap();
    let (mut trainer, run) = train(setup, 1);
    trainer.set_parameters(&run.best().parameters).unwrap();
    let after = trainer.evaluate(test).unwrap();
    (trainer, [before, after], run)
}

#[test]
fn delays_alone_learn_an_order_from_the_worst_start() {
    let setup = setup(SEQUENCE, &[]).unwrap();
    let (_, [before, after], _) = before_and_after(&setup);
    assert_eq!((before.accuracy, after.accuracy), (0.0, 1.0));
}

#[test]
fn training_has_the_same_bits_on_any_number_of_threads() {
    let setup = setup(RECURRENT, &[("training.epochs", "2")]).unwrap();
    let train = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        bits(&pool.install(|| train(&setup, 1)).1.last().parameters)
    };
    let one = train(1);
    assert_ne!(one, bits(&setup.initial));
    assert_eq!(one, train(2));
    assert_eq!(one, train(4));
}

#[test]
fn a_small_recurrent_network_learns_in_a_moment() {
    let sizes = [("data.train.size", "600"), ("data.validation.size", "200"), ("training.batch", "20")];
    let (_, run) = train(&setup(RECURRENT, &sizes).unwrap(), 1);
    let (first, last) = (run.history()[0], run.history()[7]);
    assert!(last.validation_accuracy > 0.5 && last.train_loss < first.train_loss, "{first:?} {last:?}");
}

#[test]
fn detectors_learn_their_patterns_by_delays_alone() {
    let setup = setup(COINCIDENCE, &[("data.size", "500")]).unwrap();
    let (mut trainer, [before, after], _) = before_and_after(&setup);
    // Before, hardly any detector spikes, which is right for one sample of five.
    assert!(before.accuracy <= 0.2, "{before:?}");
    assert!(after.accuracy > 0.99, "{after:?}");
    // What the membranes without threshold tell is what the detectors do.
    let network = setup.network.on_engine(trainer.parameters()).unwrap();
    let test = &setup.dataset.parts.test;
    for (sample, answer) in test.iter().zip(trainer.answers(test).unwrap()) {
        let stop = Stop::at(24.0);
        let simulation =
            Simulation::new(&network, &sample.spikes, Executor::for_run(&network, stop.until)).unwrap();
        let record = Record::of_simulation(simulation, &sample.spikes, &stop).unwrap();
        let mut spiking: Vec<usize> = record.spikes().iter().map(|spike| spike.neuron as usize).collect();
        spiking.sort_unstable();
        spiking.dedup();
        let said = match spiking[..] {
            [] => Some(4),
            [only] => Some(only),
            _ => None,
        };
        assert_eq!(answer.class, said);
        assert_eq!(answer.correct, said == sample.target.class());
    }
}

#[test]
fn a_recurrent_network_learns_spike_trains_exactly() {
    let small = [
        ("data.patterns", "1"),
        ("data.outputs", "1"),
        ("populations.1.size", "1"),
        ("data.spikes", "3"),
        ("training.epochs", "400"),
    ];
    let setup = setup(PATTERN_GENERATION, &small).unwrap();
    let (_, [before, after], run) = before_and_after(&setup);
    assert_eq!((before.accuracy, after.accuracy), (0.0, 1.0));
    let errors = after.errors.unwrap();
    assert!(errors.missing == 0 && errors.surplus == 0 && errors.distance < 1e-3, "{errors:?}");
    let last = run.history()[399];
    assert_eq!((last.missing_spikes, last.surplus_spikes), (Some(0), Some(0)));
    assert!(last.spike_distance.is_some());
}

/// The share of test samples that a network trained with these changes answers right.
fn store_recall(changes: &[(&str, &str)]) -> f64 {
    let setup = setup(STORE_RECALL, changes).unwrap();
    let (mut trainer, run) = train(&setup, 1);
    trainer.set_parameters(&run.kept(setup.experiment.training.keep).parameters).unwrap();
    trainer.evaluate(&setup.dataset.parts.test).unwrap().accuracy
}

/// Half the samples and a silence of 3 to 5: enough to tell whether a network remembers, in little time.
const SHORT: [(&str, &str); 8] = [
    ("until", "9.0"),
    ("data.size", "90"),
    ("data.gap-min", "3.0"),
    ("data.gap-max", "5.0"),
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
    // Three classes; the standard deviation of a guess on 200 samples is 0.033.
    let accuracy = store_recall(&without);
    assert!((0.2..0.47).contains(&accuracy), "{accuracy}");
}
