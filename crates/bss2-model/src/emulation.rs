//! Networks on a chip: what each of its circuits makes of them, spike by spike.
//!
//! An [`Emulation`] runs any network of the event engine, a [`FirstSpikeChip`] layers of first spikes, many samples at once; the
//! latter can be trained in the loop. All noise is keyed by the [`Trial`]. [`SpikeDifference`] compares what the chip records with
//! the ideal model.
//!
//! Both work on copies of the network in which neurons, weights and delays are those of the assigned circuits. The copy runs
//! through the chip's [transport](crate::transport) of events.

mod assignment;
mod difference;
mod event_layers;
mod first_spike;
mod first_spike_layer;
mod neurons;
mod routes;
mod saturation;
mod trial;
mod vector_layers;
mod weights;

use std::ops::ControlFlow;

use delgrad_engine::random::{normal, stream};
use delgrad_engine::{
    Cancel, Executor, InputSpike, Model, Network, Parts, Simulation, Spike, Stop, StopReason, Synapse,
};
use delgrad_neuron::LifParams;

use crate::purposes;

pub use difference::{SpikeDifference, matched};
pub use first_spike::FirstSpikeChip;
pub use trial::Trial;

use crate::Bss2Error;
use crate::chip::{Chip, Preset, on_grid, weight_scale};
use crate::placement::Placement;
use crate::transport::{EventCounts, Routes, Traffic, TrialNoise};

use assignment::CircuitAssignment;
use neurons::Fitted;
use routes::routes;
use weights::weight_on_chip;

/// What a run on the chip has recorded.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct ChipRun {
    /// Spikes of the neurons with their time stamps, in order.
    pub spikes: Vec<Spike>,
    /// What became of the spikes between their sources and the synapses.
    pub events: EventCounts,
}

/// A network of the event engine on a chip: recurrent or not, any number of spikes.
///
/// Times are those of the network; [`Preset::units`] says what they are on the chip. With all limits and all noise
/// off it runs bit by bit as the engine does.
///
/// ```
/// use delgrad_bss2::chip::{Chip, Preset};
/// use delgrad_bss2::emulation::{Emulation, Trial};
/// use delgrad_engine::InputSpike;
/// use delgrad_engine::spec::{LifSpec, NetworkSpec, PopulationSpec, ProjectionSpec, Rule, SourceSpec};
///
/// let lif = LifSpec { tau_mem: 1.0.into(), threshold: 2.6.into(), ..LifSpec::default() };
/// let network = NetworkSpec::new()
///     .source(SourceSpec::given("in", 8))
///     .population(PopulationSpec::lif("out", 3, lif))
///     .project(ProjectionSpec::new("in", "out", Rule::AllToAll).weight(1.5).delay(2.0))
///     .build()?;
/// let chip = Chip::new(Preset::named("calibrated")?, 7)?;
/// let emulation = Emulation::new(&chip, &network)?;
/// let inputs: Vec<InputSpike> = (0..8).map(|source| InputSpike { time: 0.5, source }).collect();
/// let run = emulation.run(&inputs, 10.0, Trial { run_seed: 1, batch: 0, sample: 0 })?;
/// assert_eq!(run.events.sent as usize, 8 + run.spikes.len());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct Emulation {
    preset: Preset,
    assignment: CircuitAssignment,
    /// The network as the chip has it.
    network: Network,
    routes: Routes,
    /// Without the noise of batches and samples.
    thresholds: Vec<f64>,
    /// What one unit of the preset's voltages is for each neuron.
    scales: Vec<f64>,
    /// The neurons that weights and voltages refer to; none: each refers to itself.
    nominal: Option<Vec<LifParams>>,
    /// Spikes that a trial may have.
    budget: u64,
    cancel: Cancel,
}

impl Emulation {
    /// Puts a network on a chip.
    ///
    /// # Errors
    /// A network that does not fit, and weights, delays, neurons and refractory periods that the chip does not have.
    pub fn new(chip: &Chip, network: &Network) -> Result<Self, Bss2Error> {
        Self::assigned(chip, network, CircuitAssignment::find(chip, network)?, None)
    }

    /// Puts layers on a chip: weights and voltages refer to the neuron of a layer, given for each of its neurons, whatever
    /// thresholds single ones have.
    pub(crate) fn of_layers(
        chip: &Chip,
        network: &Network,
        assignment: CircuitAssignment,
        nominal: Vec<LifParams>,
    ) -> Result<Self, Bss2Error> {
        Self::assigned(chip, network, assignment, Some(nominal))
    }

    /// The same chip and the same circuits with other numbers: weights, delays and neurons of a network of the same shape.
    ///
    /// # Errors
    /// As [`Emulation::new`], but for the assignment of circuits.
    pub fn with_network(&self, chip: &Chip, network: &Network) -> Result<Self, Bss2Error> {
        let changed = Self::assigned(chip, network, self.assignment.clone(), self.nominal.clone())?;
        Ok(Self { budget: self.budget, cancel: self.cancel.clone(), ..changed })
    }

    /// Sets how many spikes a trial may have before it counts as runaway activity. The default is that of [`Stop::at`].
    #[must_use]
    pub fn with_budget(self, budget: u64) -> Self {
        Self { budget, ..self }
    }

    /// Ends trials early once `cancel` asks for it.
    #[must_use]
    pub fn cancelled_by(mut self, cancel: &Cancel) -> Self {
        self.set_cancel(cancel);
        self
    }

    /// [`Emulation::cancelled_by`], in place.
    pub fn set_cancel(&mut self, cancel: &Cancel) {
        self.cancel = cancel.clone();
    }

    fn assigned(
        chip: &Chip,
        network: &Network,
        assignment: CircuitAssignment,
        nominal: Option<Vec<LifParams>>,
    ) -> Result<Self, Bss2Error> {
        let preset = chip.preset();
        let Parts { models, initial, synapses } = network.parts();
        let refers_to = |neuron: usize, own: LifParams| nominal.as_ref().map_or(own, |nominal| nominal[neuron]);
        let mut fitted = Fitted {
            chip,
            assignment: &assignment,
            refers_to: &refers_to,
            thresholds: Vec::new(),
            scales: Vec::new(),
        };
        let on_chip: Vec<Model> = models
            .iter()
            .enumerate()
            .map(|(neuron, model)| fitted.model(neuron, model))
            .collect::<Result<_, Bss2Error>>()?;
        let weights = |synapse: &Synapse| {
            let target = synapse.target.index();
            match &models[target] {
                Model::Lif(lif) => {
                    let scale = weight_scale(preset, refers_to(target, lif.params()));
                    weight_on_chip(chip, &assignment, synapse, scale, network.inputs())
                }
                // A read-out has no threshold to compare its weights with.
                _ => Ok(synapse.weight),
            }
        };
        let mut on_chip_synapses = synapses;
        for synapse in &mut on_chip_synapses {
            synapse.weight = weights(synapse)?;
        }
        let routes = routes(chip, &assignment, network, &mut on_chip_synapses)?;
        let Fitted { thresholds, scales, .. } = fitted;
        // A neuron rests at the leak of its own circuit.
        let initial = initial
            .into_iter()
            .zip(models.iter().zip(&on_chip))
            .map(|(state, (ideal, own))| match (ideal, own) {
                (Model::Lif(ideal), Model::Lif(own)) if state.v == ideal.leak() => {
                    delgrad_neuron::State { v: own.leak(), ..state }
                }
                _ => state,
            })
            .collect();
        let parts = Parts { models: on_chip, initial, synapses: on_chip_synapses };
        let network = network.with_parts(parts)?;
        let (preset, budget, cancel) = (preset.clone(), Stop::at(0.0).budget, Cancel::default());
        Ok(Self { preset, network, assignment, routes, thresholds, scales, nominal, budget, cancel })
    }

    /// The network as the chip has it: without the delays that pairs of circuits make.
    #[must_use]
    pub fn network(&self) -> &Network {
        &self.network
    }

    /// The placement of the network, on chips with delay pairs.
    #[must_use]
    pub fn placement(&self) -> Option<&Placement> {
        self.assignment.placement()
    }

    /// Runs a trial from time 0 to `until`.
    ///
    /// # Errors
    /// Input spikes that the network does not have; a network that runs away; [`Bss2Error::Cancelled`].
    pub fn run(&self, inputs: &[InputSpike], until: f64, trial: Trial) -> Result<ChipRun, Bss2Error> {
        self.run_within(self.budget, inputs, until, trial)
    }

    /// [`Emulation::run`] with another budget of spikes.
    pub(crate) fn run_within(
        &self,
        budget: u64,
        inputs: &[InputSpike],
        until: f64,
        trial: Trial,
    ) -> Result<ChipRun, Bss2Error> {
        let (units, timing, noise) = (self.preset.units, self.preset.timing, self.preset.noise);
        let (grid, latency) = (units.model_time(timing.time_stamp), units.model_time(timing.loop_back));
        let mut given = inputs.to_vec();
        given.iter_mut().for_each(|spike| spike.time = on_grid(spike.time, grid));
        let noisy = self.noisy(trial)?;
        let network = noisy.as_ref().unwrap_or(&self.network);
        let mut simulation =
            Simulation::new(network, &given, Executor::Plain)?.threads(1).cancelled_by(&self.cancel);
        let mut traffic =
            Traffic::new(&self.routes, TrialNoise::new(&noise, units, trial.run_seed, trial.number()));
        let stop = Stop::at(until).with_budget(budget);
        let mut spikes = Vec::new();
        let reason = simulation.run_through(&mut traffic, &stop, |spike| {
            let own = self.routes.latencies.get(spike.neuron as usize).copied().unwrap_or(0.0);
            spikes.push(Spike { time: on_grid(spike.time + own + latency, grid), ..spike });
            ControlFlow::Continue(())
        })?;
        match reason {
            StopReason::Until => {}
            StopReason::Cancelled => return Err(Bss2Error::Cancelled),
            reason => return Err(Bss2Error::Stopped { reason }),
        }
        // Latencies change the order; spikes of one instant keep theirs.
        spikes.sort_by(|a, b| a.time.total_cmp(&b.time));
        Ok(ChipRun { spikes, events: traffic.counts() })
    }

    /// The network with the thresholds of this trial; none if thresholds do not vary.
    fn noisy(&self, trial: Trial) -> Result<Option<Network>, Bss2Error> {
        let (batch_sd, sample_sd) = (self.preset.noise.threshold_batch_sd, self.preset.noise.threshold_sample_sd);
        if batch_sd == 0.0 && sample_sd == 0.0 {
            return Ok(None);
        }
        let mut thresholds = self.thresholds.clone();
        let streams =
            [(batch_sd, purposes::BATCH_NOISE, trial.batch), (sample_sd, purposes::TRIAL_NOISE, trial.number())];
        for (sd, purpose, index) in streams.into_iter().filter(|(sd, ..)| *sd > 0.0) {
            let mut rng = stream(trial.run_seed, purpose, index);
            for (threshold, scale) in thresholds.iter_mut().zip(&self.scales) {
                *threshold += scale * normal(&mut rng, 0.0, sd);
            }
        }
        Ok(Some(self.network.with_thresholds(&thresholds)?))
    }
}
