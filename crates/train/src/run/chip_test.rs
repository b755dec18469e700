use delgrad_bss2::chip::{Chip, NoiseSource, Preset};
use delgrad_bss2::emulation::SpikeDifference;
use delgrad_bss2::transport::EventCounts;
use delgrad_engine::{Cancel, Synapse};

use super::Setup;
use crate::TrainError;
use crate::experiment::NetworkConfig;
use crate::learn::Trainer;
use crate::objective::Evaluation;
use crate::samples::Samples;
use crate::substrate::{Response, Structure};

/// A network with its parameters and the samples to test on, to run on chips: how much each chip changes.
///
/// ```
/// use std::path::Path;
///
/// use delgrad_bss2::chip::{Chip, Preset};
/// use delgrad_train::experiment::Experiment;
/// use delgrad_train::run::{ChipTest, Setup};
///
/// let text = r#"
///     data = { source = "xor", size = 100 }
///     loss = { kind = "margin", margin = 0.3 }
///     neuron = { threshold = 2.6, tau-mem = 1.0, capacitance = 1.0 }
///     layers = [{ size = 2, weights = { mean = 5.0, sd = 0.1 } }]
/// "#;
/// let setup = Setup::new(Experiment::parse("xor", text, &[])?, Path::new("."))?;
/// let test = ChipTest::new(&setup, &setup.initial, &Default::default())?;
/// let outcome = test.on(&Chip::new(Preset::named("ideal")?, 1)?, 1)?;
/// assert_eq!(outcome.evaluation, test.ideal().evaluation);
/// assert_eq!(test.differences(&outcome, f64::INFINITY)[1].sd, Some(0.0));
/// # Ok::<(), delgrad_train::TrainError>(())
/// ```
#[derive(Debug)]
pub struct ChipTest<'a> {
    setup: &'a Setup,
    parameters: &'a [f64],
    structure: Structure,
    ideal: ChipOutcome,
    cancel: Cancel,
}

/// The results of the samples on one chip.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct ChipOutcome {
    /// Loss, accuracy and silence.
    pub evaluation: Evaluation,
    /// Spikes of each sample.
    pub trains: Vec<Trains>,
    /// The fate of the events, where the chip counts them.
    pub events: Option<EventCounts>,
}

/// The spikes of all neurons in one sample.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Trains {
    times: Vec<f64>,
    starts: Vec<u32>,
}

impl Trains {
    fn new(response: Response, neurons: u32) -> Self {
        let (mut times, mut starts) = (Vec::new(), vec![0]);
        for neuron in 0..neurons {
            times.extend_from_slice(response.train(neuron));
            starts.push(times.len() as u32);
        }
        Self { times, starts }
    }

    /// The spike times of a neuron, ascending.
    ///
    /// # Panics
    /// If there is no such neuron.
    #[must_use]
    pub fn of(&self, neuron: u32) -> &[f64] {
        Response::of_trains(&self.times, &self.starts).train(neuron)
    }
}

/// Weights in steps of so many codes of a preset.
#[derive(Clone, Debug)]
pub struct CodeSteps {
    /// What the codes are.
    pub preset: Preset,
    /// Codes in a step.
    pub codes: f64,
}

impl CodeSteps {
    pub(super) fn parameters(&self, network: &delgrad_ttfs::Network, parameters: &[f64]) -> Vec<f64> {
        NoiseSource::WeightCodes.parameters(&self.preset, network, parameters, self.codes)
    }

    pub(super) fn change_synapses(&self, network: &delgrad_engine::Network, synapses: &mut [Synapse]) {
        NoiseSource::WeightCodes.change_synapses(&self.preset, network, synapses, self.codes);
    }
}

impl<'a> ChipTest<'a> {
    /// Runs the samples on the ideal model, whatever chip the experiment has. These runs and those on chips end early, with an
    /// error for which [`TrainError::is_cancelled`], when somebody asks for it.
    ///
    /// # Errors
    /// Parameters that do not fit the network, a read-out of membranes, and a network that runs away.
    pub fn new(setup: &'a Setup, parameters: &'a [f64], cancel: &Cancel) -> Result<Self, TrainError> {
        if let NetworkConfig::Populations(_) = setup.experiment.network {
            setup.experiment.readout.check_on_chip()?;
        }
        let substrate = setup.network.substrate(&setup.experiment, None, parameters, None)?;
        let mut trainer = setup.tester(substrate, parameters)?;
        trainer.cancelled_by(cancel);
        let ideal = outcome(&mut trainer, &setup.dataset.parts.test)?;
        let structure = trainer.substrate().structure().clone();
        Ok(Self { setup, parameters, structure, ideal, cancel: cancel.clone() })
    }

    /// What came of the samples on the ideal model; it counts no events.
    #[must_use]
    pub fn ideal(&self) -> &ChipOutcome {
        &self.ideal
    }

    /// The neurons of the network.
    #[must_use]
    pub fn structure(&self) -> &Structure {
        &self.structure
    }

    /// Runs the samples on a chip.
    ///
    /// # Errors
    /// A network that the chip does not have.
    pub fn on(&self, chip: &Chip, run_seed: u64) -> Result<ChipOutcome, TrainError> {
        self.in_steps(chip, run_seed, None)
    }

    /// Runs the samples on a chip, with weights that are rounded to steps first.
    ///
    /// # Errors
    /// A network that the chip does not have.
    pub fn in_steps(
        &self,
        chip: &Chip,
        run_seed: u64,
        steps: Option<&CodeSteps>,
    ) -> Result<ChipOutcome, TrainError> {
        let Setup { network, experiment, .. } = self.setup;
        let substrate = network.substrate(experiment, Some((chip, run_seed)), self.parameters, steps)?;
        let mut trainer = self.setup.tester(substrate, self.parameters)?;
        trainer.cancelled_by(&self.cancel);
        outcome(&mut trainer, &self.setup.dataset.parts.test)
    }

    /// How the spikes of hidden neurons and those of outputs differ from the ideal ones, in the network's unit of time. Spikes
    /// further apart than `window` are not the same one.
    #[must_use]
    pub fn differences(&self, outcome: &ChipOutcome, window: f64) -> [SpikeDifference; 2] {
        let outputs = self.structure.outputs.clone();
        let hidden = (0..outputs.start).chain(outputs.end..self.structure.neurons());
        let pairs = |neurons: Vec<u32>| {
            let samples = self.ideal.trains.iter().zip(&outcome.trains);
            samples.flat_map(move |(ideal, chip)| {
                neurons.clone().into_iter().map(move |neuron| (ideal.of(neuron), chip.of(neuron)))
            })
        };
        [hidden.collect(), outputs.collect()].map(|neurons| SpikeDifference::within(pairs(neurons), window))
    }
}

fn outcome(trainer: &mut Trainer, samples: &Samples) -> Result<ChipOutcome, TrainError> {
    let neurons = trainer.substrate().structure().neurons();
    let (mut trains, mut answers) = (Vec::with_capacity(samples.len()), Vec::with_capacity(samples.len()));
    trainer.run(samples, |_, response, answer| {
        trains.push(Trains::new(response, neurons));
        answers.push(answer.clone());
    })?;
    Ok(ChipOutcome { evaluation: trainer.objective().evaluation(&answers), trains, events: trainer.events() })
}
