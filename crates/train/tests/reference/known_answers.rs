//! Promise: with the public code's epsilon its spike times, losses and gradients come out to 1e-9.
//!
//! Spike times and gradients are the oracle's; losses, regularisers and the order of things are the real trainer's.

use delgrad_train::learn::{Optimiser, OptimiserConfig, SilentNeurons, Trainer, TrainerParts};
use delgrad_train::objective::{Answer, SampleWeight};
use delgrad_train::substrate::{BatchCotangents, Response};
use delgrad_ttfs::GroupKind;
use serde_json::Value;

use crate::answers::{Answers, answers};
use crate::oracle::DELGRAD_EPSILON;
use crate::reference::{Reference, items, numbers};
use crate::spike_times::worst;
use crate::training;

/// Two programs that do the same operations in another order: rounding, amplified where a spike nearly grazes the
/// threshold. Gradients relative to the largest entry of their list.
const TOLERANCE: f64 = 1e-9;

#[test]
fn spike_times() {
    for case in answers() {
        let name = &case.reference.name;
        let record = case.oracle(DELGRAD_EPSILON).run(&case.inputs);
        let worst = worst(&record, &case.record, name);
        println!("{name}: {worst:.1e}");
        assert!(worst < TOLERANCE, "{name}: {worst}");
    }
}

#[test]
fn losses_and_gradients() {
    for case in answers() {
        for (rule, expected) in ["official", "unclipped"].into_iter().zip(&case.gradients) {
            let limit = (rule == "official").then_some(case.reference.max_dw_norm);
            let mut check = Check { name: format!("{} {rule}", case.reference.name), worst: 0.0 };
            backward(&case, limit, expected, &mut check);
            training_step(&case, limit, expected, &mut check);
            println!("{}: {:.1e}", check.name, check.worst);
        }
    }
}

/// Cotangents of outputs, hidden spikes and inputs, and gradients of weights and effective delays.
fn backward(case: &Answers, limit: Option<f64>, expected: &Value, check: &mut Check) {
    let reference = &case.reference;
    let oracle = case.oracle(DELGRAD_EPSILON);
    let (inputs, labels) = case.batch();
    let record = oracle.run(&inputs);
    let (objective, batch) = (reference.objective(), training::batch(&inputs, labels));
    let weight = SampleWeight { share: 1.0 / labels.len() as f64, class: 1.0, delay_penalty: 0.0 };
    let rows = record.as_slice().chunks(record.width());
    let (mut cotangents, mut answer) = (BatchCotangents::default(), Answer::default());
    cotangents.reset(rows.clone().map(<[f64]>::len));
    for ((row, sample), cotangents) in rows.zip(batch.samples()).zip(cotangents.samples_mut()) {
        let response = Response::of_first_spikes(row);
        objective.evaluate(response, sample, weight, None, &[], cotangents, &mut answer).unwrap();
    }
    let found = oracle.gradients(&inputs, &record, cotangents.all_spikes(), limit);

    let block = |gradients: &[f64], block: usize| -> Vec<f64> {
        gradients.chunks(record.width()).flat_map(|row| row[record.range(block)].to_vec()).collect()
    };
    check.equal("dL/dt of outputs", &block(&found.spikes, record.blocks() - 1), &expected["dL_dt_out"]);
    for (key, value) in expected["dL_dt_hidden"].as_object().unwrap() {
        check.equal("dL/dt of hidden spikes", &block(&found.spikes, reference.hidden(key)), value);
    }
    check.equal("dL/dt of inputs", &found.inputs, &expected["dL_dt_in"]);
    // the penalty on long delays is the trainer's affair
    let penalty = reference.penalties.delay.is_some();
    for (group, value) in parameters(reference, expected) {
        let range = reference.network.groups()[group].range.clone();
        match reference.network.groups()[group].kind {
            GroupKind::Delay { .. } if penalty => {}
            GroupKind::Delay { .. } => {
                check.equal("effective delays", &found.effective[group], &value["grad_effective"]);
            }
            _ => check.equal("weights", &found.parameters[range], &value["grad"]),
        }
    }
}

/// The loss and the gradient that the real trainer steps along, on the oracle as its substrate.
fn training_step(case: &Answers, limit: Option<f64>, expected: &Value, check: &mut Check) {
    let Reference { network, parameters: initial, .. } = &case.reference;
    let sgd = OptimiserConfig::Sgd { momentum: 0.0, nesterov: false, weight_decay: 0.0 };
    let mut trainer = Trainer::new(TrainerParts {
        optimiser: Optimiser::new(sgd, initial.len()).unwrap(),
        silent: SilentNeurons { weight_increment: 0.0, doubling: false },
        ..case.reference.trainer_parts(case.oracle(DELGRAD_EPSILON), limit, |_, _| 0.0)
    })
    .unwrap();
    let (inputs, labels) = case.batch();
    let step = trainer.step(&training::batch(&inputs, labels), 1.0).unwrap();
    assert_eq!(step.raised, None, "{}", check.name);
    check.equal("loss", &[step.loss], &expected["loss"]);
    assert_eq!(trainer.parameters(), initial, "{}: no rate, no step", check.name);
    for (group, value) in parameters(&case.reference, expected) {
        let group = &network.groups()[group];
        let key = if group.kind == GroupKind::Weights { "grad" } else { "grad_raw" };
        check.equal(&group.name(), &trainer.gradient()[group.range.clone()], &value[key]);
    }
}

/// The groups whose gradients a file gives.
fn parameters<'a>(reference: &Reference, expected: &'a Value) -> Vec<(usize, &'a Value)> {
    let group = |value: &Value| {
        let index = value["layer"].as_u64().unwrap() as usize;
        reference.entries.iter().find(|entry| entry.index == index).unwrap().group
    };
    items(&expected["params"]).iter().map(|value| (group(value), value)).collect()
}

/// Compares lists and remembers the worst difference.
struct Check {
    name: String,
    worst: f64,
}

impl Check {
    fn equal(&mut self, what: &str, found: &[f64], expected: &Value) {
        let expected = numbers(expected, 0.0);
        assert_eq!(found.len(), expected.len(), "{}: {what}", self.name);
        let largest = expected.iter().fold(0.0_f64, |largest, b| largest.max(b.abs()));
        let scale = if largest > 0.0 { largest } else { 1.0 };
        for (n, (a, b)) in found.iter().zip(&expected).enumerate() {
            let difference = (a - b).abs() / scale;
            assert!(difference < TOLERANCE, "{}: {what} {n}: {a} and {b}", self.name);
            self.worst = self.worst.max(difference);
        }
    }
}
