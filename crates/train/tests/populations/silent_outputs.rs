//! Promise: silent true outputs and idle hidden neurons are pulled by an exact gradient, on both kernels, and the batch makes its step.

use delgrad_train::objective::Pulled;
use delgrad_train::run::Setup;
use delgrad_train::samples::Sample;
use delgrad_train::substrate::Batch;

use crate::experiments::{SEQUENCE, experiment, setup, train};

/// Layers of which most outputs and some hidden neurons are silent.
const QUIET: &str = "
    seed = 3
    data = { source = \"pattern\", seed = 2, size = 40, classes = 3, inputs = 6, jitter = 0.1 }
    loss = { kind = \"margin\", margin = 0.3 }
    training = { epochs = 60, batch = 10, learning-rate = 0.02 }
    [[layers]]
    size = 8
    weights = { mean = 0.35, sd = 0.4 }
    delays = [{ kind = \"synaptic\", sd = 0.5 }]
    [[layers]]
    size = 3
    weights = { mean = 0.1, sd = 0.3 }
";

fn mute(setup: &Setup) -> usize {
    let answers = setup.trainer().unwrap().answers(&setup.dataset.parts.train).unwrap();
    answers.iter().filter(|answer| answer.loss.is_none()).count()
}

#[test]
fn the_gradient_of_the_pulls_is_that_of_differences() {
    let overrides = [
        ("penalties.silence", "{ strength = 0.7, of = \"true-output\" }"),
        ("penalties.activity", "{ least = 0.5, strength = 0.4 }"),
    ];
    let setup = setup(QUIET, &overrides).unwrap();
    assert!(mute(&setup) > 10, "{}", mute(&setup));
    let mut trainer = setup.trainer().unwrap();
    let samples: Vec<Sample> = setup.dataset.parts.train.iter().collect();
    let batch = Batch::from(samples);
    // with a rate of 0 a step is a gradient
    let mut cost = |parameters: &[f64]| {
        trainer.set_parameters(parameters).unwrap();
        let step = trainer.step(&batch, 0.0).unwrap();
        (step.loss, trainer.gradient().to_vec())
    };
    let (_, gradient) = cost(&setup.initial);
    let (step, mut largest) = (1e-6, 0.0_f64);
    for index in 0..setup.initial.len() {
        let mut at = |by: f64| {
            let mut moved = setup.initial.clone();
            moved[index] += by;
            cost(&moved).0
        };
        let difference = (at(step) - at(-step)) / (2.0 * step);
        assert!((gradient[index] - difference).abs() < 1e-6, "{index}: {} {difference}", gradient[index]);
        largest = largest.max(difference.abs());
    }
    assert!(largest > 0.01, "{largest}");
}

#[test]
fn silent_outputs_learn_to_spike_without_a_lost_step() {
    let quiet = setup(QUIET, &[]).unwrap();
    let penalties = quiet.experiment.penalties;
    assert_eq!(penalties.silence.unwrap().of, Pulled::TrueOutput, "the default");
    assert!(penalties.activity.is_some() && quiet.experiment.training.silent.is_none());
    let (_, fit) = train(&quiet, 1);
    let last = fit.history().last().unwrap();
    assert!(fit.history().iter().all(|epoch| epoch.raised == 0));
    assert!(last.validation_accuracy > 0.9, "{last:?}");

    let off = setup(QUIET, &[("penalties.silence.strength", "0.0")]).unwrap();
    let (_, fit) = train(&off, 1);
    assert!(fit.history().last().unwrap().validation_accuracy < 0.7, "nothing else makes them spike");
}

#[test]
fn the_rule_of_delgrad_is_taken_where_silence_is_tolerated() {
    let of = |overrides: &[(&str, &str)]| experiment(QUIET, overrides).unwrap();
    let tolerant = of(&[("layers.0.tolerated-silence", "0.5")]);
    assert!(tolerant.training.silent.is_some() && tolerant.penalties.silence.is_none());
    let both = of(&[("training.silent.doubling", "false"), ("penalties.silence.strength", "0.5")]);
    assert!(both.training.silent.is_some() && both.penalties.silence.is_some());
    let populations = experiment(SEQUENCE, &[("penalties.activity", "{ strength = 2.0, least = 0.1 }")]).unwrap();
    assert!(populations.training.silent.is_none(), "nothing is said of it, and nothing is raised");
}
