//! Where the spikes of a network of populations come from.

use std::ops::ControlFlow;

use delgrad_adjoint::{AdjointError, Record, Recorder as Recording};
use delgrad_bss2::chip::Chip;
use delgrad_bss2::emulation::{Emulation, Trial};
use delgrad_bss2::transport::EventCounts;
use delgrad_engine::{Cancel, Executor, InputSpike, Model, Network, NeuronId, Simulation, Spike, Stop};

use super::dropout::WithoutLost;
use crate::TrainError;
use crate::parameters::Sharing;

/// Runs single samples, and gives what is recorded as a record of the ideal network.
pub(crate) trait Recorder: Send + Sync + std::fmt::Debug {
    /// Takes over the network whose spikes are recorded, in place of another one.
    fn set_network(&mut self, _observed: &Network) -> Result<(), TrainError> {
        Ok(())
    }

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
    /// What is run instead of the whole network; none: that is run.
    spiking: Option<Spiking>,
}

/// The part of a network that its spikes depend on: without the synapses onto neurons that cannot spike, such as read-outs, whose
/// membranes are told from the record. Their delays put no limit on windows then.
#[derive(Clone, Debug)]
struct Spiking {
    network: Network,
    /// Number of each of its synapses in the whole network.
    synapses: Vec<u32>,
}

impl Spiking {
    /// None if all synapses are onto neurons that can spike.
    fn of(whole: &Network) -> Result<Option<Self>, TrainError> {
        let can_spike = |neuron: NeuronId| match whole.model(neuron) {
            Model::Integrator(_) => false,
            Model::Lif(lif) => lif.threshold() < f64::MAX,
            _ => true,
        };
        let mut parts = whole.parts();
        let all = parts.synapses.len();
        let (synapses, kept) = (0..).zip(parts.synapses).filter(|(_, synapse)| can_spike(synapse.target)).unzip();
        parts.synapses = kept;
        if parts.synapses.len() == all {
            return Ok(None);
        }
        Ok(Some(Self { network: whole.with_parts(parts)?, synapses }))
    }

    fn set_values(&mut self, weights: &[f64], delays: &[f64]) -> Result<(), TrainError> {
        let own = |all: &[f64]| self.synapses.iter().map(|number| all[*number as usize]).collect::<Vec<_>>();
        let (weights, delays) = (own(weights), own(delays));
        Ok(self.network.set_values(&weights, &delays)?)
    }
}

impl IdealRecorder {
    pub fn new(until: f64, budget: u64, executor: Option<Executor>) -> Self {
        Self { until, budget, executor, cancel: Cancel::default(), spiking: None }
    }

    /// Records a run; the spikes of `lost` neurons, if any, get nowhere. To all others, and to the backward pass, they never were.
    fn record_run(
        &self,
        observed: &Network,
        inputs: &[InputSpike],
        lost: &[bool],
    ) -> Result<Record, AdjointError> {
        let stop = Stop::at(self.until).with_budget(self.budget);
        let network = self.spiking.as_ref().map_or(observed, |spiking| &spiking.network);
        let executor = match self.executor {
            // what is lost is decided spike by spike
            _ if !lost.is_empty() => Executor::Plain,
            Some(executor) => executor,
            None => Executor::for_run(network, self.until),
        };
        let mut simulation = Simulation::new(network, inputs, executor)?.threads(1).cancelled_by(&self.cancel);
        let mut recorder = Recording::default();
        let reason = if lost.is_empty() {
            simulation.run_in_microsteps(&stop, |spike, microstep| {
                recorder.tell(spike, microstep);
                ControlFlow::Continue(())
            })?
        } else {
            let mut transport = WithoutLost { lost, inputs: network.inputs() };
            simulation.run_through(&mut transport, &stop, |spike| {
                if !lost[spike.neuron as usize] {
                    recorder.tell(spike, None);
                }
                ControlFlow::Continue(())
            })?
        };
        recorder.finish_after(reason, observed, inputs, self.until)
    }
}

impl Recorder for IdealRecorder {
    fn set_network(&mut self, observed: &Network) -> Result<(), TrainError> {
        self.spiking = Spiking::of(observed)?;
        Ok(())
    }

    fn set_values(&mut self, weights: &[f64], delays: &[f64]) -> Result<(), TrainError> {
        self.spiking.as_mut().map_or(Ok(()), |spiking| spiking.set_values(weights, delays))
    }

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
        Ok((self.record_run(observed, inputs, lost)?, None))
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
