//! Promise: the first 68 batches of official training are reproduced, the silent-neuron rule included.

use delgrad_fixtures::reference_text;
use delgrad_train::learn::{Step, Trainer};
use delgrad_train::substrate::{Batch, LayerRunner};
use delgrad_ttfs::{GroupKind, Runner, SpikeTimes};
use serde_json::Value;

use crate::oracle::{DELGRAD_EPSILON, Oracle};
use crate::reference::{Reference, items, json, numbers};
use crate::training;

const NETWORKS: [&str; 4] = ["H30_W", "H30_WA", "H30_WS", "H5_WS"];

/// With the public code's epsilon: rounding, amplified by up to 68 steps.
const SAME_MODEL: f64 = 1e-9;

/// Without it: what the epsilon does to spike times, amplified by up to 68 steps.
const OWN_MODEL: f64 = 1e-4;

#[test]
fn with_the_public_codes_epsilon() {
    for run in NETWORKS.iter().filter_map(|name| Run::new(name)) {
        let oracle = Oracle::new(run.reference.network.clone(), &run.reference.parameters, DELGRAD_EPSILON);
        run.check(oracle, SAME_MODEL);
    }
}

#[test]
fn as_we_are() {
    for run in NETWORKS.iter().filter_map(|name| Run::new(name)) {
        let runner = Runner::new(run.reference.network.clone(), &run.reference.parameters).unwrap();
        run.check(runner, OWN_MODEL);
    }
}

/// One recorded training run.
struct Run {
    reference: Reference,
    file: Value,
    labels: Vec<u32>,
    inputs: Vec<[f64; 4]>,
}

impl Run {
    fn new(name: &str) -> Option<Self> {
        let file = json(&format!("trajectory_{name}"))?;
        let reference = Reference::new(name, &file["config"], &file["layers_init"], None);
        let table = reference_text("yin_yang/yin_yang_train.csv")?;
        let rows: Vec<Vec<&str>> = table.lines().skip(1).map(|line| line.split(',').collect()).collect();
        let labels = rows.iter().map(|row| row[1].parse().unwrap()).collect();
        let inputs = rows.iter().map(|row| std::array::from_fn(|n| row[6 + n].parse().unwrap())).collect();
        Some(Self { reference, file, labels, inputs })
    }

    /// The official recipe: Adam, a learning rate for each layer, weight increments of 5e-4 that double. The schedule's first step
    /// comes after 20 epochs; these are two.
    fn trainer(&self, runner: impl LayerRunner + 'static) -> Trainer {
        let reference = &self.reference;
        let rate = |layer, kind| {
            let of_group = |group: usize| {
                let group = &reference.network.groups()[group];
                group.layer == layer && group.kind == kind
            };
            let entry = reference.entries.iter().find(|entry| of_group(entry.group)).unwrap();
            match kind {
                GroupKind::Biases => 0.0,
                _ => entry.learning_rate.or(reference.learning_rate).unwrap(),
            }
        };
        Trainer::new(reference.trainer_parts(runner, Some(reference.max_dw_norm), rate)).unwrap()
    }

    fn check(&self, runner: impl LayerRunner + 'static, tolerance: f64) {
        let name = &self.reference.name;
        let mut trainer = self.trainer(runner);
        let mut worst = Worst::default();
        let steps = items(&self.file["steps"]);
        assert_eq!(steps.len(), 68);
        for (number, expected) in steps.iter().enumerate() {
            let step = trainer.step(&self.batch(expected), 1.0).unwrap();
            assert_eq!(self.increment(&step), expected_increment(expected), "{name}, step {}", number + 1);
            if let Some(loss) = expected["loss"].as_f64() {
                assert_eq!(step.raised, None, "{name}: a step with a loss");
                worst.loss = worst.loss.max((step.loss - loss).abs());
            }
            for gradient in items(&expected["grads"]) {
                let difference = self.difference(gradient, ["grad", "grad_raw"], trainer.gradient());
                worst.gradient = worst.gradient.max(difference);
            }
            for parameters in items(&self.file["params_after"][(number + 1).to_string()]) {
                let difference = self.difference(parameters, ["value", "raw"], trainer.parameters());
                worst.parameter = worst.parameter.max(difference);
                worst.checks += 1;
            }
        }
        println!("{name}: {worst:?}");
        assert_eq!(worst.checks, 7 * self.reference.entries.len(), "{name}");
        assert!(worst.parameter < tolerance, "{name}: {worst:?}");
        assert!(worst.gradient < tolerance && worst.loss < tolerance, "{name}: {worst:?}");
    }

    fn batch(&self, step: &Value) -> Batch {
        let batch: Vec<usize> = items(&step["batch"]).iter().map(|n| n.as_u64().unwrap() as usize).collect();
        let inputs = batch.iter().flat_map(|n| self.inputs[*n]).collect();
        let labels: Vec<u32> = batch.iter().map(|n| self.labels[*n]).collect();
        training::batch(&SpikeTimes::from_rows(4, inputs).unwrap(), &labels)
    }

    /// The weight increment of a step in the file's words: the position of a hidden layer in the list of layers, -1 for the
    /// output layer, and how much was added.
    fn increment(&self, step: &Step) -> Option<(i64, f64)> {
        let (layer, by) = step.raised?;
        let neurons = &self.reference.neurons;
        Some((if layer + 1 == neurons.len() { -1 } else { neurons[layer].0 as i64 }, by))
    }

    /// The largest difference between one group's values in the file and ours.
    fn difference(&self, expected: &Value, [weights, delays]: [&str; 2], found: &[f64]) -> f64 {
        let index = expected["layer"].as_u64().unwrap() as usize;
        let entry = self.reference.entries.iter().find(|entry| entry.index == index).unwrap();
        let group = &self.reference.network.groups()[entry.group];
        let key = if group.kind == GroupKind::Weights { weights } else { delays };
        let (expected, found) = (numbers(&expected[key], 0.0), &found[group.range.clone()]);
        assert_eq!(expected.len(), found.len(), "{}", group.name());
        expected.iter().zip(found).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max)
    }
}

fn expected_increment(step: &Value) -> Option<(i64, f64)> {
    let layer = step["bump"].as_i64().unwrap();
    (layer != -2).then(|| (layer, step["bump_val"].as_f64().unwrap()))
}

/// The largest differences of a run.
#[derive(Clone, Copy, Debug, Default)]
struct Worst {
    loss: f64,
    gradient: f64,
    parameter: f64,
    checks: usize,
}
