//! Layers of first-spike neurons on the chip, eight samples side by side.

use delgrad_engine::random::{Purpose, normal, stream, uniform};
use delgrad_ttfs::{
    BackwardOptions, BackwardReport, GroupKind, Network, NetworkSpec, Runner, SpikeTimes, Transport,
};
use rayon::prelude::*;

use crate::Bss2Error;
use crate::chip::Chip;
use crate::first_spike_layer::ChipLayer;
use crate::preset::{Noise, Preset};

/// A network of first-spike layers on a chip: forward as the chip does it, backward with the ideal model along the recorded
/// times.
///
/// It takes what such layers can have: weight codes, thresholds, delays, jitter, loss, time stamps. What needs the order of all
/// events, such as buses, or circuits with time constants of their own, needs the event engine.
///
/// The neurons of the first layer take the chip's first working circuits, those of the next layer the next, and so on; then
/// pairs of neighbouring circuits make the delays of the sources.
#[derive(Clone, Debug)]
pub struct FirstSpikeChip {
    preset: Preset,
    ideal: Runner,
    /// The layers as the chip has them: weights and effective delays are its parameters.
    chip: Runner,
    parameters: Vec<f64>,
    layers: Vec<ChipLayer>,
    run_seed: u64,
    /// Batches that have run: no two share their noise.
    batches: u64,
    /// See [`Events`].
    added: Vec<f64>,
}

impl FirstSpikeChip {
    /// Puts a network on a chip. `run_seed` keys what differs from trial to trial.
    ///
    /// # Errors
    /// What the chip does not have or layers cannot do, too many neurons, and as [`FirstSpikeChip::set_parameters`].
    pub fn new(chip: &Chip, network: Network, parameters: &[f64], run_seed: u64) -> Result<Self, Bss2Error> {
        let preset = chip.preset().clone();
        only_for_layers(&preset)?;
        let layers = ChipLayer::of_network(chip, &network)?;
        let specs = layers.iter().zip(&network.spec().layers).map(|(layer, spec)| layer.spec(spec)).collect();
        let on_chip = Network::new(NetworkSpec { inputs: network.inputs(), layers: specs })?;
        let zeros = vec![0.0; on_chip.parameter_count()];
        let mut emulation = Self {
            preset,
            ideal: Runner::new(network, parameters)?,
            chip: Runner::new(on_chip, &zeros)?,
            parameters: zeros,
            layers,
            run_seed,
            batches: 0,
            added: Vec::new(),
        };
        emulation.set_parameters(parameters)?;
        Ok(emulation)
    }

    /// The ideal network.
    #[must_use]
    pub fn network(&self) -> &Network {
        self.ideal.network()
    }

    /// Takes over new parameters of the ideal network and works out what the chip makes of them.
    ///
    /// # Errors
    /// Parameters that the ideal network rejects, and weights and delays that the chip does not have.
    pub fn set_parameters(&mut self, parameters: &[f64]) -> Result<(), Bss2Error> {
        self.ideal.set_parameters(parameters)?;
        let network = self.ideal.network();
        for (index, layer) in self.layers.iter().enumerate() {
            for group in self.chip.network().groups().iter().filter(|group| group.layer == index) {
                let values = &mut self.parameters[group.range.clone()];
                match group.kind {
                    GroupKind::Weights => layer.weights(network, parameters, index, &self.preset, values)?,
                    GroupKind::Delay { kind, .. } => {
                        layer.delays(network, parameters, index, kind, &self.preset, values)?;
                    }
                    GroupKind::Biases => layer.biases(network, parameters, index, values),
                }
            }
        }
        Ok(self.chip.set_parameters(&self.parameters)?)
    }

    /// Moves weights to the nearest ones that the chip has. Training calls it after every step.
    pub fn rectify(&self, parameters: &mut [f64]) {
        if !self.preset.weights.codes {
            return;
        }
        for group in self.ideal.network().groups().iter().filter(|group| group.kind == GroupKind::Weights) {
            let limit = self.layers[group.layer].weight_limit(&self.preset);
            parameters[group.range.clone()].iter_mut().for_each(|weight| *weight = weight.clamp(-limit, limit));
        }
    }

    /// Spike times of every layer, as the chip records them.
    ///
    /// # Errors
    /// Inputs and records of another shape than the network's.
    pub fn forward(&mut self, inputs: &SpikeTimes, record: &mut SpikeTimes) -> Result<(), Bss2Error> {
        let samples = inputs.samples();
        let most = match self.preset.timing.batch {
            0 => samples.max(1),
            batch => batch as usize,
        };
        if samples <= most {
            return self.batch(inputs, record);
        }
        record.resize(samples);
        let mut part = SpikeTimes::silent(&self.network().sizes(), 0);
        let (lines, width) = (inputs.width(), record.width());
        for first in (0..samples).step_by(most) {
            let end = samples.min(first + most);
            let rows = inputs.as_slice()[first * lines..end * lines].to_vec();
            self.batch(&SpikeTimes::from_rows(lines, rows)?, &mut part)?;
            record.as_mut_slice()[first * width..end * width].copy_from_slice(part.as_slice());
        }
        Ok(())
    }

    /// Runs samples that share the noise of a batch.
    fn batch(&mut self, inputs: &SpikeTimes, record: &mut SpikeTimes) -> Result<(), Bss2Error> {
        let batch = self.batches;
        self.batches += 1;
        let mut rng = stream(self.run_seed, Purpose::BatchNoise, batch);
        let sd = self.preset.noise.threshold_batch_sd;
        for (index, layer) in self.layers.iter().enumerate() {
            let noise = || if sd == 0.0 { 0.0 } else { normal(&mut rng, 0.0, sd) };
            self.chip.set_thresholds(index, &layer.thresholds(&self.preset, noise))?;
        }
        self.draw(batch, inputs.samples());
        let grid = self.preset.units.model_time(self.preset.timing.time_stamp);
        let (neurons, width) = (self.neurons(), self.neurons() + self.lines());
        let events = Events { added: &self.added, width, neurons, layers: &self.layers, grid };
        self.chip.forward_through(inputs, record, &events)?;
        self.stamp(record);
        Ok(())
    }

    fn neurons(&self) -> usize {
        self.layers.iter().map(|layer| layer.size).sum()
    }

    fn lines(&self) -> usize {
        self.layers.iter().map(|layer| layer.lines).sum()
    }

    /// Draws what is added to the times of a batch.
    fn draw(&mut self, batch: u64, samples: usize) {
        let Noise { delay_jitter, spike_jitter, loss, .. } = self.preset.noise;
        let (neurons, width) = (self.neurons(), self.neurons() + self.lines());
        self.added.clear();
        self.added.resize(samples * width, 0.0);
        if delay_jitter == 0.0 && spike_jitter == 0.0 && loss == 0.0 {
            return;
        }
        let (layers, seed, units) = (&self.layers, self.run_seed, self.preset.units);
        let (delay_sd, spike_sd) = (units.model_time(delay_jitter), units.model_time(spike_jitter));
        self.added.par_chunks_mut(width).with_min_len(16).enumerate().for_each(|(sample, added)| {
            let trial = batch << 32 | sample as u64;
            let mut jitter = stream(seed, Purpose::Jitter, trial);
            let mut lost = stream(seed, Purpose::SpikeLoss, trial);
            let (sent, carried) = added.split_at_mut(neurons);
            if spike_sd > 0.0 {
                sent.iter_mut().for_each(|time| *time = normal(&mut jitter, 0.0, spike_sd));
            }
            for (index, layer) in layers.iter().enumerate() {
                for (line, time) in carried[layer.first_line..][..layer.lines].iter_mut().enumerate() {
                    if index > 0 {
                        *time = sent[layers[index - 1].first_neuron + line / layer.copies];
                    }
                    if delay_sd > 0.0 && layer.is_delayed() {
                        *time += normal(&mut jitter, 0.0, delay_sd);
                    }
                    if loss > 0.0 && uniform(&mut lost) < loss {
                        *time = f64::INFINITY;
                    }
                }
            }
        });
    }

    /// Jitter, latency and the grid of the recorded times.
    fn stamp(&self, record: &mut SpikeTimes) {
        let (width, row_width) = (self.neurons() + self.lines(), record.width());
        let (units, timing) = (self.preset.units, self.preset.timing);
        let (grid, latency) = (units.model_time(timing.time_stamp), units.model_time(timing.loop_back));
        for (row, added) in record.as_mut_slice().chunks_mut(row_width).zip(self.added.chunks(width)) {
            for (time, jitter) in row.iter_mut().zip(added) {
                *time = on_grid(*time + jitter + latency, grid);
            }
        }
    }

    /// Gradients of the ideal model along recorded times; see [`Runner::backward`].
    ///
    /// # Errors
    /// As there.
    pub fn backward(
        &mut self,
        inputs: &SpikeTimes,
        record: &SpikeTimes,
        cotangents: &[f64],
        options: BackwardOptions,
        gradient: &mut [f64],
    ) -> Result<BackwardReport, Bss2Error> {
        Ok(self.ideal.backward(inputs, record, cotangents, options, gradient, None)?)
    }
}

/// What happens to spikes on their way.
struct Events<'a> {
    /// For each sample what is added to the time of each neuron's spike, then of each line's; infinite where it is lost.
    added: &'a [f64],
    /// Numbers of a sample.
    width: usize,
    neurons: usize,
    layers: &'a [ChipLayer],
    /// Of the times that the host sends; 0: none.
    grid: f64,
}

impl Transport for Events<'_> {
    fn carry(&self, sample: usize, layer: usize, source: usize, time: f64) -> f64 {
        let sent = if layer == 0 { on_grid(time, self.grid) } else { time };
        sent + self.added[sample * self.width + self.neurons + self.layers[layer].first_line + source]
    }
}

/// The time of the grid at or before this one.
pub(crate) fn on_grid(time: f64, grid: f64) -> f64 {
    if grid > 0.0 && time.is_finite() { (time / grid).floor() * grid } else { time }
}

/// What layers of first spikes cannot do.
fn only_for_layers(preset: &Preset) -> Result<(), Bss2Error> {
    let Preset { weights, timing, variation, noise, .. } = preset;
    let needs = [
        (weights.saturation > 0.0, "weights.saturation"),
        (timing.bus_service > 0.0, "timing.bus-service"),
        (timing.window > 0.0, "timing.window"),
        (variation.tau_mem_cv > 0.0, "variation.tau-mem-cv"),
        (variation.tau_syn_cv > 0.0, "variation.tau-syn-cv"),
        (noise.threshold_sample_sd > 0.0, "noise.threshold-sample-sd"),
    ];
    match needs.iter().find(|(needed, _)| *needed) {
        Some(&(_, setting)) => Err(Bss2Error::NeedsEvents { setting }),
        None => Ok(()),
    }
}
