//! What the public code's derivatives do in training on the hardware-aware model of the chip.
//!
//! The public code takes derivatives at the time at which a neuron with the nominal threshold would have spiked, ours at the
//! recorded time. This trains the two experiments of Göltz et al. 2025 with both, on ten chips.

use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use delgrad_bss2::FirstSpikeChip;
use delgrad_train::{AnySubstrate, Evaluation, Experiment, Setup, Substrate, TrainError, fit};
use delgrad_ttfs::{BackwardOptions, BackwardReport, SpikeTimes};
use rayon::prelude::*;

use crate::oracle::{DELGRAD_EPSILON, Oracle};

const CHIPS: u64 = 10;

/// Forward on the chip, backward as in the public code.
struct PublicBackward {
    chip: FirstSpikeChip,
    oracle: Oracle,
}

impl Substrate for PublicBackward {
    fn set_parameters(&mut self, parameters: &[f64]) -> Result<(), TrainError> {
        self.oracle.set_parameters(parameters)?;
        Ok(self.chip.set_parameters(parameters)?)
    }

    fn rectify(&self, parameters: &mut [f64]) {
        self.chip.chip().rectify(self.chip.network(), parameters);
    }

    fn forward(&mut self, inputs: &SpikeTimes, record: &mut SpikeTimes) -> Result<(), TrainError> {
        Ok(self.chip.forward(inputs, record)?)
    }

    fn backward(
        &mut self,
        inputs: &SpikeTimes,
        record: &SpikeTimes,
        cotangents: &[f64],
        options: BackwardOptions,
        gradient: &mut [f64],
    ) -> Result<BackwardReport, TrainError> {
        self.oracle.backward(inputs, record, cotangents, options, gradient)
    }
}

fn setup(name: &str, seed: u64) -> Setup {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../configs").join(name).with_extension("toml");
    let overrides = ["seed", "chip.seed"].map(|key| (key.to_owned(), seed.to_string()));
    let text = std::fs::read_to_string(path).unwrap();
    Setup::new(Experiment::parse(name, &text, &overrides).unwrap(), Path::new(".")).unwrap()
}

fn train<S: Substrate>(setup: &Setup, substrate: S) -> Evaluation {
    let mut trainer = setup.trainer_on(substrate).unwrap();
    let (train, validation, test) = (&setup.encoded.train, &setup.encoded.validation, &setup.encoded.test);
    let training = &setup.experiment.training;
    fit(&mut trainer, train, validation, training, setup.experiment.seed, |_| ControlFlow::Continue(())).unwrap();
    trainer.evaluate(&test.inputs, &test.labels).unwrap()
}

fn mean(evaluations: &[Evaluation], of: impl Fn(&Evaluation) -> f64) -> f64 {
    100.0 * evaluations.iter().map(of).sum::<f64>() / evaluations.len() as f64
}

#[test]
#[ignore = "trains forty networks, some twenty minutes on two cores"]
fn public_derivatives_leave_more_outputs_silent() {
    for name in ["bss2-yin-yang-weights", "bss2-yin-yang-axonal"] {
        let seeds: Vec<u64> = (1..=CHIPS).collect();
        let chip = |setup: &Setup| {
            let chip = setup.chip.as_ref().unwrap();
            FirstSpikeChip::new(chip, setup.network.clone(), &setup.initial, setup.experiment.seed).unwrap()
        };
        let both: Vec<(Evaluation, Evaluation)> = seeds
            .par_iter()
            .with_max_len(1)
            .map(|seed| {
                let setup = setup(name, *seed);
                let oracle = Oracle::new(setup.network.clone(), &setup.initial, DELGRAD_EPSILON);
                let public = PublicBackward { chip: chip(&setup), oracle };
                let ours = AnySubstrate::Chip(Box::new(chip(&setup)));
                (train(&setup, ours), train(&setup, public))
            })
            .collect();
        let (ours, public): (Vec<_>, Vec<_>) = both.into_iter().unzip();
        for (whose, evaluations) in [("ours", &ours), ("public", &public)] {
            let accuracies: Vec<String> =
                evaluations.iter().map(|e| format!("{:.1}", 100.0 * e.accuracy)).collect();
            println!(
                "{name}, derivatives {whose}: accuracy {:.2} % ({}), silent outputs {:.2} %",
                mean(evaluations, |e| e.accuracy),
                accuracies.join(" "),
                mean(evaluations, |e| e.silent_outputs),
            );
        }
        assert!(mean(&public, |e| e.silent_outputs) > mean(&ours, |e| e.silent_outputs), "{name}");
    }
}
