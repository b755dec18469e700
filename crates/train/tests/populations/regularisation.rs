//! Promise: what keeps a network from learning its samples by heart does what it says, and leaves evaluations alone.

use std::ops::ControlFlow;

use delgrad_train::learn::{StopReason, fit};
use delgrad_train::run::Setup;
use delgrad_train::samples::Sample;
use delgrad_train::substrate::Batch;

use crate::experiments::{LAYERS, RECURRENT, bits, first, populations, setup, train};

/// Both kinds of network, the number of their hidden neurons, and where dropout of these and of outputs stands.
const LOSSY: [(&str, u32, [&str; 2]); 2] = [
    (LAYERS, 6, ["layers.0.dropout", "layers.1.dropout"]),
    (RECURRENT, 8, ["populations.0.dropout", "populations.1.dropout"]),
];

#[test]
fn dropout_loses_a_share_of_the_hidden_spikes_while_training_alone() {
    LOSSY.into_iter().for_each(|(text, hidden, keys)| loses_a_share(text, hidden, keys));
}

fn loses_a_share(text: &str, hidden: u32, keys: [&str; 2]) {
    let lossy = [(keys[0], "0.4")];
    let (with, without) = (setup(text, &lossy).unwrap(), setup(text, &[]).unwrap());
    let samples = &without.dataset.parts.train;
    let (mut dropping, mut keeping) = (with.trainer().unwrap(), without.trainer().unwrap());
    assert_eq!(dropping.evaluate(samples).unwrap(), keeping.evaluate(samples).unwrap());

    let batch = Batch::from(samples.iter().collect::<Vec<Sample>>());
    let silent = |trainer: &delgrad_train::learn::Trainer| {
        let silent = |sample| trainer.substrate().response(sample).activity(0..hidden).0;
        (0..batch.samples().len()).map(silent).collect::<Vec<usize>>()
    };
    keeping.step(&batch, 0.0).unwrap();
    dropping.step(&batch, 0.0).unwrap();
    let (all, lost) = (hidden as usize * samples.len(), silent(&dropping));
    let (before, after): (usize, usize) = (silent(&keeping).iter().sum(), lost.iter().sum());
    let share = (after - before) as f64 / (all - before) as f64;
    assert!((share - 0.4).abs() < 0.08, "{share}");
    dropping.step(&batch, 0.0).unwrap();
    assert_ne!(silent(&dropping), lost, "drawn anew for each batch");

    let again = train(&with, 1).1;
    assert_eq!(bits(&again.last().parameters), bits(&train(&with, 1).1.last().parameters));
    let message = setup(text, &[(keys[1], "0.1")]).unwrap_err().to_string();
    assert!(message.contains("dropout is 0.1; it must be 0 "), "{message}");
}

#[test]
fn gradients_under_dropout_are_those_of_the_spikes_that_arrive() {
    for (text, _, keys) in LOSSY {
        spikes_that_arrive(&setup(text, &[(keys[0], "0.4"), ("penalties", "{}")]).unwrap());
    }
}

fn spikes_that_arrive(setup: &Setup) {
    let samples = first(setup, 8);
    let batch = Batch::from(samples.iter().collect::<Vec<Sample>>());
    // the first batch of a trainer always loses the same spikes
    let cost = |parameters: &[f64]| {
        let mut trainer = setup.trainer_with(parameters).unwrap();
        let step = trainer.step(&batch, 0.0).unwrap();
        (step.loss, trainer.gradient().to_vec())
    };
    let (_, gradient) = cost(&setup.initial);
    let step = 1e-6;
    for index in (0..setup.initial.len()).step_by(3) {
        let at = |by: f64| {
            let mut moved = setup.initial.clone();
            moved[index] += by;
            cost(&moved).0
        };
        let difference = (at(step) - at(-step)) / (2.0 * step);
        assert!((gradient[index] - difference).abs() < 1e-5, "{index}: {} {difference}", gradient[index]);
    }
}

#[test]
fn weights_onto_a_neuron_stay_within_their_norm() {
    let setup = setup(LAYERS, &[("layers.0.weights.max-norm", "1.5")]).unwrap();
    let (trainer, _) = train(&setup, 1);
    let group = &trainer.substrate().layout().groups()[0];
    let [rows, columns] = group.shape;
    let weights = &trainer.parameters()[group.range.clone()];
    let norms: Vec<f64> = (0..columns)
        .map(|column| (0..rows).map(|row| weights[row * columns + column].powi(2)).sum::<f64>().sqrt())
        .collect();
    assert!(norms.iter().all(|norm| *norm < 1.5 + 1e-12), "{norms:?}");
    assert!(norms.iter().any(|norm| *norm > 1.5 - 1e-3), "{norms:?}");
}

#[test]
fn weights_of_a_projection_onto_a_neuron_stay_within_their_norm() {
    let setup = setup(RECURRENT, &[("projections.0.learn.weight-max-norm", "1.3")]).unwrap();
    let (trainer, _) = train(&setup, 1);
    let group = &trainer.substrate().layout().groups()[0];
    let weights = &trainer.parameters()[group.range.clone()];
    let synapses = populations(&setup).network.parts().synapses;
    let norm = |neuron: u32| {
        let own = weights.iter().zip(&synapses).filter(|(_, synapse)| synapse.target.0 == neuron);
        own.map(|(weight, _)| weight * weight).sum::<f64>().sqrt()
    };
    let norms: Vec<f64> = (0..8).map(norm).collect();
    assert!(norms.iter().all(|norm| *norm < 1.3 + 1e-12), "{norms:?}");
    assert!(norms.iter().any(|norm| *norm > 1.3 - 1e-3), "{norms:?}");
    assert!(norms.iter().any(|norm| *norm < 1.3 - 1e-3), "{norms:?}");
}

#[test]
fn decay_alone_makes_weights_smaller_by_its_rate() {
    let overrides = [("layers.0.weights.decay", "0.5"), ("training.epochs", "1"), ("training.batch", "60")];
    let (with, without) = (setup(LAYERS, &overrides).unwrap(), setup(LAYERS, &overrides[1..]).unwrap());
    let [decayed, plain] = [&with, &without].map(|setup| train(setup, 1).1.last().parameters.clone());
    let group = with.trainer().unwrap().substrate().layout().groups()[0].clone();
    for index in 0..decayed.len() {
        let lost = if group.range.contains(&index) { 0.01 * 0.5 * with.initial[index] } else { 0.0 };
        assert!((plain[index] - decayed[index] - lost).abs() < 1e-12, "{index}");
    }
}

#[test]
fn the_mean_over_epochs_is_what_is_validated_and_kept() {
    let text = [("training.average.epochs", "1.5")];
    let (averaged, plain) = (setup(LAYERS, &text).unwrap(), setup(LAYERS, &[]).unwrap());
    let (trainer, mean) = train(&averaged, 1);
    let (_, last) = train(&plain, 1);
    assert_eq!(bits(trainer.parameters()), bits(&last.last().parameters), "the steps are the same");
    assert_ne!(mean.last().parameters, last.last().parameters);
    let kept =
        averaged.trainer_with(&mean.last().parameters).unwrap().evaluate(&averaged.dataset.parts.validation);
    assert_eq!(kept.unwrap().loss, mean.history().last().unwrap().validation_loss);
}

#[test]
fn a_run_may_end_by_its_loss() {
    let stopping = "{ patience = 2, on = \"loss\" }";
    let overrides =
        [("training.early-stopping", stopping), ("training.learning-rate", "0.5"), ("training.epochs", "60")];
    let setup = setup(LAYERS, &overrides).unwrap();
    let mut trainer = setup.trainer().unwrap();
    let run =
        fit(&mut trainer, &setup.dataset, &setup.experiment.training, 1, |_| ControlFlow::Continue(())).unwrap();
    assert_eq!(run.stop, StopReason::EarlyStopping);
    let losses: Vec<f64> = run.history().iter().map(|epoch| epoch.validation_loss).collect();
    let best = losses.iter().copied().fold(f64::INFINITY, f64::min);
    assert_eq!(losses[run.best().epoch as usize - 1], best);
    assert_eq!(run.history().len() as u32, run.best().epoch + 2);
}

#[test]
fn rates_of_a_layer_are_those_of_its_groups() {
    let setup = setup(LAYERS, &[("layers.0.learning-rate", "0.003"), ("layers.0.weights.learning-rate", "0.001")]);
    let trainer = setup.unwrap().trainer().unwrap();
    let rates: Vec<(String, f64)> =
        trainer.substrate().layout().groups().iter().map(|group| (group.name(), group.learning_rate)).collect();
    let expected = [
        ("hidden 1: weights", 0.001),
        ("hidden 1: axonal delays", 0.003),
        ("hidden 1: bias times", 0.0),
        ("output: weights", 0.01),
        ("output: synaptic delays", 0.01),
    ];
    for (name, rate) in expected {
        assert!(rates.contains(&(name.to_owned(), rate)), "{name}: {rates:?}");
    }
}
