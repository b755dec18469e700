//! How exact spikes and gradients are: against differences, against another simulator, and a grid of time beside them.

use delgrad::adjoint::{Cotangents, Differentiator, Options, Record};
use delgrad::engine::Executor;
use delgrad::engine::files::NetworkFile;
use delgrad::experiments;
use delgrad::train::experiment::Experiment;
use delgrad::train::run::Setup;
use delgrad::train::substrate::Batch;
use serde::{Deserialize, Serialize};

use super::claim::{Claim, Measure, Unit};
use super::on_grid::{OnGrid, on_grid};
use super::one_neuron::OneNeuron;
use crate::failure::Failure;

/// All that was compared.
#[derive(Clone, Debug, Serialize)]
pub struct Exactness {
    pub experiments: Vec<Compared>,
    pub cases: Vec<Case>,
    pub grid: Vec<OnGrid>,
    #[serde(skip)]
    pub neuron: OneNeuron,
}

/// Every derivative of the loss of an experiment by its parameters, and the central difference of that loss.
#[derive(Clone, Debug, Serialize)]
pub struct Compared {
    pub experiment: &'static str,
    /// The largest deviation, relative to the largest derivative.
    pub deviation: f64,
    /// Derivatives with their differences.
    #[serde(skip)]
    pub derivatives: Vec<[f64; 2]>,
}

/// A network whose spikes and gradients an independent simulator has computed.
#[derive(Clone, Debug, Serialize)]
pub struct Case {
    pub name: &'static str,
    pub spikes: usize,
    /// The largest difference of a spike time.
    pub spike_time: f64,
    /// The largest difference of a derivative, relative to it, or to 1 where it is smaller.
    pub derivative: f64,
}

const EXPERIMENTS: [&str; 2] = ["yin-yang", "yin-yang-recurrent"];
/// Samples whose loss is differentiated.
const SAMPLES: usize = 10;
/// Distance of the two values of a difference.
const DISTANCE: f64 = 1e-6;
/// Derivatives and differences agree to this part of the largest one: what rounding and the distance leave.
const NEAR: f64 = 1e-6;
/// The promise of the reference cases.
const REFERENCE: f64 = 1e-8;

const CASES: [(&str, &str); 5] = [
    ("recurrent_small", include_str!("../../../reproduce/cases/recurrent_small.json")),
    ("recurrent_medium", include_str!("../../../reproduce/cases/recurrent_medium.json")),
    ("homogeneous_double", include_str!("../../../reproduce/cases/homogeneous_double.json")),
    ("homogeneous_equal", include_str!("../../../reproduce/cases/homogeneous_equal.json")),
    ("first_spike_only", include_str!("../../../reproduce/cases/first_spike_only.json")),
];

impl Exactness {
    pub fn measure() -> Result<Self, Failure> {
        let experiments = EXPERIMENTS.iter().map(|name| Compared::new(name)).collect::<Result<_, _>>()?;
        let cases = CASES.iter().map(|(name, text)| Case::new(name, text)).collect::<Result<_, _>>()?;
        Ok(Self { experiments, cases, grid: on_grid()?, neuron: OneNeuron::new()? })
    }

    /// What the paper claims of gradients.
    pub fn claims(&self) -> Vec<Claim> {
        let compared = self.experiments.iter().map(|compared| {
            let (what, deviation) = (compared.experiment, compared.deviation);
            let what = format!("{what}: largest deviation from differences, relative to the largest derivative");
            Measure::fact(what, Unit::Relative, compared.derivatives.len(), deviation, deviation < NEAR)
        });
        let cases = self.cases.iter().map(|case| {
            let what = format!("{}: largest deviation from another simulator", case.name);
            Measure::fact(what, Unit::Relative, case.spikes, case.derivative, case.derivative < REFERENCE)
        });
        vec![Claim::of_facts(
            ["exact", "ideal", "Gradients by weights and delays are exact"],
            "Derivatives of the loss of 10 samples by every weight and delay against central differences; and of five networks, recurrent \
             ones with different neurons among them, against what an independent simulator found.",
            compared.chain(cases).collect(),
        )]
    }
}

impl Compared {
    fn new(name: &'static str) -> Result<Self, Failure> {
        let built_in = experiments::find(name).expect("built in");
        // nothing that is added to the gradient of the loss or cut off from it
        let values = [("gradient", "{}"), ("data.train.size", "10"), ("training.batch", "10")];
        let overrides = values.map(|(key, value)| (key.to_owned(), value.to_owned()));
        let experiment = Experiment::parse(built_in.name, built_in.toml, &overrides)?;
        let setup = Setup::new(experiment, std::path::Path::new(""))?;
        let samples = &setup.dataset.parts.train;
        let mut trainer = setup.trainer()?;
        let mut batch = Batch::default();
        batch.fill(samples, 0..SAMPLES);
        trainer.differentiate(&batch)?;
        let gradient = trainer.gradient().to_vec();
        let mut derivatives = Vec::with_capacity(gradient.len());
        for (index, derivative) in gradient.into_iter().enumerate() {
            let mut loss = |by: f64| {
                let mut parameters = setup.initial.clone();
                parameters[index] += by;
                trainer.set_parameters(&parameters)?;
                Ok::<_, Failure>(trainer.evaluate(samples)?.loss)
            };
            let difference = (loss(DISTANCE)? - loss(-DISTANCE)?) / (2.0 * DISTANCE);
            derivatives.push([derivative, difference]);
        }
        let most = |of: fn(&[f64; 2]) -> f64| derivatives.iter().map(of).fold(0.0, f64::max);
        let deviation = most(|[own, other]| (own - other).abs()) / most(|[own, _]| own.abs());
        Ok(Self { experiment: name, deviation, derivatives })
    }
}

/// What a case expects.
#[derive(Deserialize)]
struct Expected {
    spikes: Vec<ExpectedSpike>,
    cotangents: Vec<f64>,
    gradient: ExpectedGradient,
}

#[derive(Deserialize)]
struct ExpectedSpike {
    time: f64,
}

#[derive(Deserialize)]
struct ExpectedGradient {
    weight: Vec<f64>,
    delay: Vec<f64>,
    input_time: Vec<f64>,
    threshold: Vec<f64>,
}

impl Case {
    fn new(name: &'static str, text: &str) -> Result<Self, Failure> {
        let file =
            NetworkFile::parse_json(text).map_err(|source| Failure::Case { name, source: Box::new(source) })?;
        let expected: Expected = serde_json::from_str(text).expect("a file of the project");
        let network = file.spec.build_numbered().map_err(|source| Failure::Built { source })?;
        let (given, until) = (file.input_spikes.as_deref().unwrap_or_default(), file.until().unwrap_or_default());
        let record = Record::run(&network, given, until, Executor::Plain)?;
        let cotangents = Cotangents { spikes: expected.cotangents, ..Cotangents::default() };
        let found = Differentiator::new(&network, Options::default())?.vjp(&record, &cotangents)?;
        let thresholds: Vec<f64> = found.neurons.iter().map(|neuron| neuron.threshold).collect();
        let gradient = &expected.gradient;
        let pairs = [
            (&found.weight, &gradient.weight),
            (&found.delay, &gradient.delay),
            (&found.input_time, &gradient.input_time),
            (&thresholds, &gradient.threshold),
        ];
        let same = record.spikes().len() == expected.spikes.len()
            && pairs.iter().all(|(found, expected)| found.len() == expected.len());
        let deviation = |(found, expected): (&f64, &f64)| (found - expected).abs() / expected.abs().max(1.0);
        let each = pairs.iter().flat_map(|(found, expected)| found.iter().zip(expected.iter()).map(deviation));
        let derivative = each.fold(if same { 0.0 } else { f64::INFINITY }, f64::max);
        let distance =
            |(found, expected): (&delgrad::engine::Spike, &ExpectedSpike)| (found.time - expected.time).abs();
        let spike_time = record.spikes().iter().zip(&expected.spikes).map(distance).fold(0.0, f64::max);
        Ok(Self { name, spikes: record.spikes().len(), spike_time, derivative })
    }
}
