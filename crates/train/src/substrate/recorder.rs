//! Where the spikes of a network of populations come from.

use std::ops::ControlFlow;

use delgrad_adjoint::{AdjointError, Record};
use delgrad_bss2::chip::Chip;
use delgrad_bss2::emulation::{Emulation, Trial};
use delgrad_bss2::transport::EventCounts;
use delgrad_engine::{
    Cancel, Executor, InputSpike, Model, Network, NeuronId, Simulation, Spike, Stop, StopReason,
};

use super::dropout::WithoutLost;
use crate::TrainError;
use crate::parameters::Sharing;

/// Runs single samples, and gives what is recorded as a record of the ideal network.
pub(crate) trait Recorder: Send + Sync + std::fmt::Debug {
    /// Takes over other weights and delays, by the numbers of the synapses.
    fn set_values(&mut self, _weights: &[f64], _delays: &[f64]) -> Result<(), TrainError> {
        Ok(())
    }

    /// Moves learned weights to the nearest ones that there are for their targets, which are given for each synapse.
    fn rectify(&self, _sharing: &Sharing, _targets: &[NeuronId], _parameters: &mut [f64]) {}

    fn cancelled_by(&mut self, cancel: &Cancel);

    /// `observed` is the network whose spikes are recorded: the one that was set, or the same without thresholds of its outputs.
    /// `lost` says for each neuron whether its spikes are lost, or is empty; the record does not hold such spikes.
    fn record(
        &self,
        observed: &Network,
        inputs: &[InputSpike],
        lost: &[bool],
        batch: u64,
        sample: u64,
    ) -> Result<(Record, Option<EventCounts>), TrainError>;
}

/// The event engine.
#[derive(Clone, Debug)]
pub(crate) struct IdealRecorder {
    until: f64,
    /// Samples with more spikes run away.
    budget: u64,
    /// None: as suits the network.
    executor: Option<Executor>,
    cancel: Cancel,
}

impl IdealRecorder {
    pub fn new(until: f64, budget: u64, executor: Option<Executor>) -> Self {
        Self { until, budget, executor, cancel: Cancel::default() }
    }

    /// To all others, and to the backward pass, spikes that are lost are spikes that never were.
    fn record_without(
        &self,
        lost: &[bool],
        network: &Network,
        inputs: &[InputSpike],
        stop: &Stop,
    ) -> Result<Record, AdjointError> {
        let mut simulation = Simulation::new(network, inputs, Executor::Plain)?.cancelled_by(&self.cancel);
        let mut transport = WithoutLost { lost, inputs: network.inputs() };
        let mut spikes = Vec::new();
        let reason = simulation.run_through(&mut transport, stop, |spike| {
            if !lost[spike.neuron as usize] {
                spikes.push(spike);
            }
            ControlFlow::Continue(())
        })?;
        match reason {
            StopReason::Until => {}
            StopReason::Cancelled => return Err(AdjointError::Cancelled),
            reason => return Err(AdjointError::Stopped { reason }),
        }
        Record::observed(network, network.input_spikes(inputs, stop.until)?, spikes, stop.until)
    }
}

impl Recorder for IdealRecorder {
    fn cancelled_by(&mut self, cancel: &Cancel) {
        self.cancel = cancel.clone();
    }

    fn record(
        &self,
        observed: &Network,
        inputs: &[InputSpike],
        lost: &[bool],
        _batch: u64,
        _sample: u64,
    ) -> Result<(Record, Option<EventCounts>), TrainError> {
        let stop = Stop::at(self.until).with_budget(self.budget);
        if !lost.is_empty() {
            return Ok((self.record_without(lost, observed, inputs, &stop)?, None));
        }
        let executor = self.executor.unwrap_or_else(|| Executor::for_run(observed, self.until));
        let simulation = Simulation::new(observed, inputs, executor).map_err(AdjointError::from)?;
        let simulation = simulation.threads(1).cancelled_by(&self.cancel);
        Ok((Record::of_simulation(simulation, inputs, &stop)?, None))
    }
}

/// The chip, whose recorded spikes take the place of those of the ideal model.
#[derive(Clone, Debug)]
pub(crate) struct OnChip {
    chip: Chip,
    /// The network as it is meant.
    network: Network,
    emulation: Emulation,
    run_seed: u64,
    until: f64,
}

impl OnChip {
    pub fn new(
        chip: &Chip,
        network: &Network,
        run_seed: u64,
        until: f64,
        budget: u64,
    ) -> Result<Self, TrainError> {
        let emulation = Emulation::new(chip, network)?.with_budget(budget);
        Ok(Self { chip: chip.clone(), network: network.clone(), emulation, run_seed, until })
    }
}

impl Recorder for OnChip {
    fn set_values(&mut self, weights: &[f64], delays: &[f64]) -> Result<(), TrainError> {
        self.network.set_values(weights, delays)?;
        self.emulation = self.emulation.with_network(&self.chip, &self.network)?;
        Ok(())
    }

    fn rectify(&self, sharing: &Sharing, targets: &[NeuronId], parameters: &mut [f64]) {
        rectify_weights(&self.chip, &self.network, sharing, targets, parameters);
    }

    fn cancelled_by(&mut self, cancel: &Cancel) {
        self.emulation.set_cancel(cancel);
    }

    fn record(
        &self,
        observed: &Network,
        inputs: &[InputSpike],
        _lost: &[bool],
        batch: u64,
        sample: u64,
    ) -> Result<(Record, Option<EventCounts>), TrainError> {
        let run = self.emulation.run(inputs, self.until, Trial { run_seed: self.run_seed, batch, sample })?;
        // Time stamps come later than their spikes.
        let spikes: Vec<Spike> = run.spikes.into_iter().filter(|spike| spike.time <= self.until).collect();
        let inputs = observed.input_spikes(inputs, self.until).map_err(AdjointError::from)?;
        Ok((Record::observed(observed, inputs, spikes, self.until)?, Some(run.events)))
    }
}

/// Moves learned weights to the nearest ones that a chip has for the neurons of a network, given the target of each synapse.
pub(crate) fn rectify_weights(
    chip: &Chip,
    network: &Network,
    sharing: &Sharing,
    targets: &[NeuronId],
    parameters: &mut [f64],
) {
    for (synapse, parameter) in sharing.weights() {
        let Model::Lif(target) = network.model(targets[synapse]) else { continue };
        if let Some(limit) = chip.weight_limit(target.params()) {
            parameters[parameter] = parameters[parameter].clamp(-limit, limit);
        }
    }
}
