use std::ops::Range;

use delgrad_bss2::{Chip, EventCounts, SpikeDifference};
use delgrad_engine::{Cancel, Model, Network, Synapse};

use super::{EventSetup, EventTrainer, Trains};
use crate::{Evaluation, TrainError};

/// A network of the engine with its parameters and the test trials of its experiment, to run on chips: how much each chip changes.
#[derive(Clone, Debug)]
pub struct EventChipTest<'a> {
    setup: &'a EventSetup,
    parameters: &'a [f64],
    trainer: EventTrainer,
    ideal: EventChipOutcome,
    cancel: Cancel,
}

/// What came of the trials on one chip.
#[derive(Clone, Debug, PartialEq)]
pub struct EventChipOutcome {
    /// Loss, accuracy and silence.
    pub evaluation: Evaluation,
    /// Spikes of each trial.
    pub trains: Vec<Trains>,
    /// What became of the events.
    pub events: EventCounts,
}

impl<'a> EventChipTest<'a> {
    /// Runs the trials on the ideal model, whatever chip the experiment has. These runs and those on chips end early, with an
    /// error for which [`TrainError::is_cancelled`], when somebody asks for it.
    ///
    /// # Errors
    /// Parameters that do not fit the network, a read-out of membranes, and a network that runs away.
    pub fn new(setup: &'a EventSetup, parameters: &'a [f64], cancel: &Cancel) -> Result<Self, TrainError> {
        setup.experiment.readout.check_on_chip()?;
        let mut trainer = setup.trainer_on(None, setup.experiment.seed, parameters)?;
        trainer.cancelled_by(cancel);
        let ideal = outcome(setup, &trainer)?;
        Ok(Self { setup, parameters, trainer, ideal, cancel: cancel.clone() })
    }

    /// What came of the trials on the ideal model; it counts no events.
    #[must_use]
    pub fn ideal(&self) -> &EventChipOutcome {
        &self.ideal
    }

    /// The network with its parameters.
    #[must_use]
    pub fn network(&self) -> &Network {
        self.trainer.network()
    }

    /// Runs the trials on a chip.
    ///
    /// # Errors
    /// A network that the chip does not have.
    pub fn on(&self, chip: &Chip, run_seed: u64) -> Result<EventChipOutcome, TrainError> {
        self.with_synapses(chip, run_seed, |_| ())
    }

    /// Runs the trials on a chip with other synapses.
    ///
    /// # Errors
    /// A network that the chip does not have.
    pub fn with_synapses(
        &self,
        chip: &Chip,
        run_seed: u64,
        change: impl FnOnce(&mut [Synapse]),
    ) -> Result<EventChipOutcome, TrainError> {
        let mut trainer = self.setup.trainer_on(Some(chip), run_seed, self.parameters)?;
        trainer.cancelled_by(&self.cancel);
        trainer.change_synapses(change)?;
        outcome(self.setup, &trainer)
    }

    /// How the spikes of hidden neurons and those of outputs differ from the ideal ones, in the network's unit of time. Spikes
    /// further apart than `window` are not the same one.
    #[must_use]
    pub fn differences(&self, outcome: &EventChipOutcome, window: f64) -> [SpikeDifference; 2] {
        let outputs = self.trainer.objective().outputs();
        let hidden = (0..outputs.start).chain(outputs.end..self.network().neurons());
        let pairs = |neurons: Vec<u32>| {
            let trials = self.ideal.trains.iter().zip(&outcome.trains);
            trials.flat_map(move |(ideal, chip)| {
                neurons.clone().into_iter().map(move |neuron| (ideal.of(neuron), chip.of(neuron)))
            })
        };
        [hidden.collect(), outputs.collect()].map(|neurons| SpikeDifference::within(pairs(neurons), window))
    }

    /// Neurons that are read out.
    #[must_use]
    pub fn outputs(&self) -> Range<u32> {
        self.trainer.objective().outputs()
    }

    /// Synaptic time constant of the outputs; 1 for neurons without one.
    #[must_use]
    pub fn tau_syn(&self) -> f64 {
        match self.network().model(self.outputs().start) {
            Model::Lif(lif) => lif.tau_syn(),
            _ => 1.0,
        }
    }
}

fn outcome(setup: &EventSetup, trainer: &EventTrainer) -> Result<EventChipOutcome, TrainError> {
    let (mut events, mut trains, mut answers) = (EventCounts::default(), Vec::new(), Vec::new());
    for (own, train, answer) in
        trainer.each(&setup.trials.test, |judged| (judged.events, judged.trains, judged.answer))?
    {
        events += own;
        trains.push(train);
        answers.push(answer);
    }
    Ok(EventChipOutcome { evaluation: trainer.evaluation(&answers)?, trains, events })
}
