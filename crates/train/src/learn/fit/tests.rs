use delgrad_engine::{Cancel, InputSpike};

use super::*;
use crate::learn::{Optimiser, OptimiserConfig, SilentNeurons, TrainerParts};
use crate::objective::{Loss, Objective, Penalties, Readout};
use crate::parameters::{ParameterGroup, ParameterKind, ParameterLayout};
use crate::samples::{Encoders, EncodingReport, Names, Parts, Samples};
use crate::substrate::{
    BatchCotangents, GradientReport, NoiseKey, Observe, Population, Response, Structure, Substrate,
};

/// One output that spikes when its only parameter says. Fails in one of its passes.
#[derive(Debug)]
struct Failing {
    layout: ParameterLayout,
    structure: Structure,
    time: [f64; 1],
    passes: u32,
    bad: u32,
}

impl Substrate for Failing {
    fn layout(&self) -> &ParameterLayout {
        &self.layout
    }

    fn structure(&self) -> &Structure {
        &self.structure
    }

    fn set_parameters(&mut self, parameters: &[f64]) -> Result<(), TrainError> {
        self.time = [parameters[0]];
        Ok(())
    }

    fn rectify(&self, _: &mut [f64]) {}

    fn cancelled_by(&mut self, _: &Cancel) {}

    fn forward(&mut self, _: &Batch, _: NoiseKey) -> Result<(), TrainError> {
        self.passes += 1;
        if self.passes == self.bad {
            return Err(TrainError::GradientNotFinite { parameter: 0, value: f64::NAN });
        }
        Ok(())
    }

    fn response(&self, _: usize) -> Response<'_> {
        Response::of_first_spikes(&self.time)
    }

    fn observer(&self) -> Result<Box<dyn Observe + '_>, TrainError> {
        Err(TrainError::NoMembranes)
    }

    fn backward(
        &mut self,
        cotangents: &BatchCotangents,
        gradient: &mut [f64],
    ) -> Result<GradientReport, TrainError> {
        gradient[0] = cotangents.all_spikes().iter().sum();
        Ok(GradientReport::default())
    }

    fn raise_weights(&self, _: &[bool], _: f64, _: &mut [f64]) -> bool {
        false
    }
}

/// A run of five epochs, in each of which there is one pass to learn and one to validate.
fn run(bad: u32) -> Result<Fit, TrainError> {
    let group = ParameterGroup {
        place: "output".to_owned(),
        index: 0,
        kind: ParameterKind::Weights,
        range: 0..1,
        shape: [1, 1],
        copies: 1,
        learning_rate: 0.25,
        decay: 0.0,
        max_norm: None,
    };
    let structure = Structure {
        populations: vec![Population { name: "output".to_owned(), neurons: 0..1 }],
        outputs: 0..1,
        spiking: vec![true],
        thresholds: vec![1.0],
        rest: vec![0.0],
        fan_out: vec![0; 16],
        constant_events: 0,
        tau_syn: 1.0,
    };
    let loss = Loss::Mse { correct: 2.0, wrong: 9.0 };
    let objective = Objective::new(Readout::default(), &loss, Penalties::default(), &structure, f64::INFINITY)?;
    let substrate = Failing { layout: ParameterLayout::new(vec![group]), structure, time: [0.0], passes: 0, bad };
    let sgd = OptimiserConfig::Sgd { momentum: 0.0, nesterov: false, weight_decay: 0.0 };
    let mut trainer = Trainer::new(TrainerParts {
        substrate: Box::new(substrate),
        parameters: vec![0.0],
        objective,
        optimiser: Optimiser::new(sgd, 1)?,
        silent: SilentNeurons::default(),
        watched: Vec::new(),
        max_norm: None,
        class_weights: Vec::new(),
    })?;
    let samples = Samples::from_samples(1, vec![Sample::of_class(vec![InputSpike { time: 0.0, source: 0 }], 0)]);
    let dataset = Dataset {
        parts: Parts { train: samples.clone(), validation: samples.clone(), test: samples },
        encoders: Encoders::default(),
        names: Names::default(),
        inputs: 1,
        outputs: 1,
        image: None,
        report: EncodingReport::default(),
        values: None,
    };
    let config = TrainingConfig { epochs: 5, ..TrainingConfig::default() };
    fit(&mut trainer, &dataset, &config, 1, |_| ControlFlow::Continue(()))
}

#[test]
fn epochs_go_down_the_gradient() {
    let fit = run(u32::MAX).unwrap();
    // t -> t + (2 - t)/4
    assert_eq!(*fit.last(), Snapshot { epoch: 5, parameters: vec![2.0 - 2.0 * 0.75_f64.powi(5)] });
    assert_eq!((fit.stop, fit.history().len(), fit.best().epoch), (StopReason::Completed, 5, 5));
    assert_eq!(fit.history()[0].train_loss, Some(2.0));
}

#[test]
fn an_epoch_that_fails_leaves_those_before_it() {
    for bad in [7, 8] {
        let fit = run(bad).unwrap();
        let Some((4, error)) = &fit.failure else { panic!("{:?}", fit.failure) };
        assert!(error.to_string().starts_with("gradient of parameter 0"), "{error}");
        assert_eq!(fit.stop, StopReason::Failed);
        assert_eq!(fit.history().iter().map(|metrics| metrics.epoch).collect::<Vec<_>>(), [1, 2, 3]);
        assert_eq!(*fit.last(), Snapshot { epoch: 3, parameters: vec![2.0 - 2.0 * 0.75_f64.powi(3)] });
        assert_eq!(fit.best(), fit.last());
    }
}

#[test]
fn a_first_epoch_that_fails_leaves_nothing() {
    for bad in [1, 2] {
        assert!(matches!(run(bad), Err(TrainError::GradientNotFinite { parameter: 0, .. })));
    }
}
