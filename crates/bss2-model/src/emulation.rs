use std::ops::ControlFlow;

use delgrad_engine::random::{Purpose, normal, stream};
use delgrad_engine::{
    Cancel, Executor, InputSpike, Model, Network, Parts, Simulation, Spike, Stop, StopReason, Synapse,
};
use delgrad_neuron::LifParams;

use crate::chip::Chip;
use crate::on_circuits::{Fitted, ways, weight_on_chip, weight_scale};
use crate::placement::Placement;
use crate::seats::Seats;
use crate::time_stamp::on_grid;
use crate::traffic::{EventCounts, Traffic, Ways};
use crate::trial_noise::TrialNoise;
use crate::{Bss2Error, Preset};

/// Which trial of a run it is: two trials share the noise of a batch if they share the batch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Trial {
    /// Keys all noise.
    pub run_seed: u64,
    /// Number of the batch, below 2^32.
    pub batch: u64,
    /// Number of the sample within it, below 2^32.
    pub sample: u64,
}

impl Trial {
    fn number(self) -> u64 {
        self.batch << 32 | self.sample
    }
}

/// What a run on the chip has recorded.
#[derive(Clone, Debug, PartialEq)]
pub struct ChipRun {
    /// Spikes of the neurons with their time stamps, in order.
    pub spikes: Vec<Spike>,
    /// What became of the spikes on their way.
    pub events: EventCounts,
}

/// A network of the event engine on a chip: recurrent or not, any number of spikes.
///
/// Times are those of the network; [`Preset::units`](crate::Preset) says what they are on the chip. With all limits and all noise
/// off it runs bit by bit as the engine does.
///
/// ```
/// use delgrad_bss2::{Chip, Emulation, Preset, Trial};
/// use delgrad_engine::{InputSpike, LifSpec, NetworkSpec, PopulationSpec, ProjectionSpec, Rule, SourceSpec};
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
    seats: Seats,
    /// The network as the chip has it.
    network: Network,
    ways: Ways,
    /// Without the noise of batches and samples.
    thresholds: Vec<f64>,
    /// What one unit of the preset's voltages is for each neuron.
    scales: Vec<f64>,
    /// What weights and voltages of each neuron refer to; none: to the neuron itself.
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
        Self::seated(chip, network, Seats::find(chip, network)?, None)
    }

    /// Puts layers on a chip: weights and voltages refer to the neuron of a layer, given for each of its neurons, whatever
    /// thresholds single ones have.
    pub(crate) fn of_layers(
        chip: &Chip,
        network: &Network,
        seats: Seats,
        nominal: Vec<LifParams>,
    ) -> Result<Self, Bss2Error> {
        Self::seated(chip, network, seats, Some(nominal))
    }

    /// The same chip and the same places with other numbers: weights, delays and neurons of a network of the same shape.
    ///
    /// # Errors
    /// As [`Emulation::new`], but for the places.
    pub fn with_network(&self, chip: &Chip, network: &Network) -> Result<Self, Bss2Error> {
        let changed = Self::seated(chip, network, self.seats.clone(), self.nominal.clone())?;
        Ok(Self { budget: self.budget, cancel: self.cancel.clone(), ..changed })
    }

    /// Takes more spikes of a trial than this for runaway activity; without it as many as [`Stop::at`].
    #[must_use]
    pub fn with_budget(self, budget: u64) -> Self {
        Self { budget, ..self }
    }

    /// Ends trials early when somebody asks for it.
    #[must_use]
    pub fn cancelled_by(mut self, cancel: &Cancel) -> Self {
        self.set_cancel(cancel);
        self
    }

    /// [`Emulation::cancelled_by`], in place.
    pub fn set_cancel(&mut self, cancel: &Cancel) {
        self.cancel = cancel.clone();
    }

    fn seated(
        chip: &Chip,
        network: &Network,
        seats: Seats,
        nominal: Option<Vec<LifParams>>,
    ) -> Result<Self, Bss2Error> {
        let preset = chip.preset();
        let Parts { models, initial, synapses } = network.parts();
        let refers_to = |neuron: usize, own: LifParams| nominal.as_ref().map_or(own, |nominal| nominal[neuron]);
        let mut fitted =
            Fitted { chip, seats: &seats, refers_to: &refers_to, thresholds: Vec::new(), scales: Vec::new() };
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
                    weight_on_chip(chip, &seats, synapse, scale, network.inputs())
                }
                // A read-out has no threshold to compare its weights with.
                _ => Ok(synapse.weight),
            }
        };
        let mut on_chip_synapses = synapses;
        for synapse in &mut on_chip_synapses {
            synapse.weight = weights(synapse)?;
        }
        let ways = ways(chip, &seats, network, &mut on_chip_synapses)?;
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
        Ok(Self { preset, network, seats, ways, thresholds, scales, nominal, budget, cancel })
    }

    /// The network as the chip has it: without the delays that pairs of circuits make.
    #[must_use]
    pub fn network(&self) -> &Network {
        &self.network
    }

    /// Where everything sits, on chips that have a place for everything.
    #[must_use]
    pub fn placement(&self) -> Option<&Placement> {
        self.seats.placement()
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
        let mut traffic = Traffic::new(&self.ways, TrialNoise::new(&noise, units, trial.run_seed, trial.number()));
        let stop = Stop::at(until).with_budget(budget);
        let mut spikes = Vec::new();
        let reason = simulation.run_through(&mut traffic, &stop, |spike| {
            let own = self.ways.latencies.get(spike.neuron as usize).copied().unwrap_or(0.0);
            spikes.push(Spike { time: on_grid(spike.time + own + latency, grid), ..spike });
            ControlFlow::Continue(())
        })?;
        match reason {
            StopReason::Until => {}
            StopReason::Cancelled => return Err(Bss2Error::Cancelled),
            reason => return Err(Bss2Error::Stopped { reason }),
        }
        // Latencies differ; spikes of one instant stay as they are.
        spikes.sort_by(|a, b| a.time.total_cmp(&b.time));
        Ok(ChipRun { spikes, events: traffic.counts() })
    }

    /// The network with the thresholds of this trial; none: they are always the same.
    fn noisy(&self, trial: Trial) -> Result<Option<Network>, Bss2Error> {
        let (batch_sd, sample_sd) = (self.preset.noise.threshold_batch_sd, self.preset.noise.threshold_sample_sd);
        if batch_sd == 0.0 && sample_sd == 0.0 {
            return Ok(None);
        }
        let mut thresholds = self.thresholds.clone();
        let streams =
            [(batch_sd, Purpose::BatchNoise, trial.batch), (sample_sd, Purpose::TrialNoise, trial.number())];
        for (sd, purpose, index) in streams.into_iter().filter(|(sd, ..)| *sd > 0.0) {
            let mut rng = stream(trial.run_seed, purpose, index);
            for (threshold, scale) in thresholds.iter_mut().zip(&self.scales) {
                *threshold += scale * normal(&mut rng, 0.0, sd);
            }
        }
        Ok(Some(self.network.with_thresholds(&thresholds)?))
    }
}
