//! Layers on a chip, eight samples side by side.

use delgrad_engine::Cancel;
use delgrad_engine::random::{normal, stream};
use delgrad_ttfs::{GroupKind, Network, NetworkSpec, Runner, SpikeTimes, Transport, TtfsError};
use rayon::prelude::*;

use crate::Bss2Error;
use crate::chip::{Chip, Preset, on_grid};
use crate::emulation::assignment::CircuitAssignment;
use crate::emulation::first_spike_layer::ChipLayer;
use crate::emulation::routes::latencies;
use crate::emulation::trial::Trial;
use crate::purposes;
use crate::transport::TrialNoise;

/// The layers as the chip has them: weights and effective delays are the parameters of a network of first spikes.
#[derive(Clone, Debug)]
pub(crate) struct VectorLayers {
    preset: Preset,
    runner: Runner,
    parameters: Vec<f64>,
    layers: Vec<ChipLayer>,
    /// Whether each line, layer after layer, and then each output has a delay.
    delayed: Vec<bool>,
    /// From the threshold of each neuron to its spike.
    latencies: Vec<f64>,
    /// Those of the sender of each line, layer after layer, and of each output.
    line_latencies: Vec<f64>,
    /// See [`Events`].
    added: Vec<f64>,
}

impl VectorLayers {
    pub fn new(
        chip: &Chip,
        network: &Network,
        parameters: &[f64],
        assignment: &CircuitAssignment,
    ) -> Result<Self, Bss2Error> {
        let layers = ChipLayer::of_network(chip, network, assignment);
        let specs = layers.iter().zip(&network.spec().layers).map(|(layer, spec)| layer.spec(spec)).collect();
        let on_chip = Network::new(NetworkSpec { inputs: network.inputs(), layers: specs })?;
        let zeros = vec![0.0; on_chip.parameter_count()];
        let mut delayed: Vec<bool> =
            layers.iter().flat_map(|layer| std::iter::repeat_n(layer.is_delayed(), layer.lines)).collect();
        delayed.extend(std::iter::repeat_n(false, network.outputs()));
        let neurons: usize = network.sizes().iter().sum();
        let mut latencies = latencies(chip, assignment, neurons);
        latencies.resize(neurons, 0.0);
        let mut on_chip = Self {
            preset: chip.preset().clone(),
            runner: Runner::new(on_chip, &zeros)?,
            parameters: zeros,
            delayed,
            line_latencies: line_latencies(&layers, &latencies),
            layers,
            latencies,
            added: Vec::new(),
        };
        on_chip.set_parameters(network, parameters)?;
        Ok(on_chip)
    }

    /// Takes over parameters of the ideal network.
    pub fn set_parameters(&mut self, network: &Network, parameters: &[f64]) -> Result<(), Bss2Error> {
        for (index, layer) in self.layers.iter().enumerate() {
            for group in self.runner.network().groups().iter().filter(|group| group.layer == index) {
                let values = &mut self.parameters[group.range.clone()];
                match group.kind {
                    GroupKind::Weights => layer.weights(network, parameters, index, &self.preset, values)?,
                    GroupKind::Delay { kind, .. } => {
                        layer.delays(network, parameters, index, kind, &self.preset, values)?;
                    }
                    GroupKind::Biases => layer.biases(network, parameters, index, values),
                    GroupKind::Constant(_) => return Err(TtfsError::OwnConstants { layer: index }.into()),
                }
            }
        }
        Ok(self.runner.set_parameters(&self.parameters)?)
    }

    /// Ends batches early once `cancel` asks for it.
    pub fn cancelled_by(&mut self, cancel: &Cancel) {
        self.runner.cancelled_by(cancel);
    }

    /// Runs samples that share the noise of a batch; `first` is the trial of the first one.
    pub fn batch(&mut self, inputs: &SpikeTimes, record: &mut SpikeTimes, first: Trial) -> Result<(), Bss2Error> {
        let mut rng = stream(first.run_seed, purposes::BATCH_NOISE, first.batch);
        let sd = self.preset.noise.threshold_batch_sd;
        for (index, layer) in self.layers.iter().enumerate() {
            let noise = || if sd == 0.0 { 0.0 } else { normal(&mut rng, 0.0, sd) };
            self.runner.set_thresholds(index, &layer.thresholds(&self.preset, noise))?;
        }
        self.draw(first, inputs.samples());
        let grid = self.preset.units.model_time(self.preset.timing.time_stamp);
        let events = Events { added: &self.added, width: self.delayed.len(), layers: &self.layers, grid };
        self.runner.forward_through(inputs, record, &events)?;
        self.stamp(record);
        Ok(())
    }

    /// Draws what is added to the times of a batch.
    fn draw(&mut self, first: Trial, samples: usize) {
        let run_seed = first.run_seed;
        let width = self.delayed.len();
        let (preset, delayed) = (&self.preset, &self.delayed);
        let neurons = width - self.layers[0].lines;
        self.added.clear();
        (0..samples).for_each(|_| self.added.extend_from_slice(&self.line_latencies));
        if TrialNoise::new(&preset.noise, preset.units, run_seed, 0).is_silent() {
            return;
        }
        self.added.par_chunks_mut(width).with_min_len(16).enumerate().for_each_init(
            Vec::new,
            |draws, (sample, added)| {
                let trial = first.batch << 32 | (first.sample + sample as u64);
                TrialNoise::new(&preset.noise, preset.units, run_seed, trial).draw(0, neurons, delayed, draws);
                for (added, draw) in added.iter_mut().zip(draws) {
                    *added = if draw.lost { f64::INFINITY } else { (draw.spike + *added) + draw.delay };
                }
            },
        );
    }

    /// Adds the latencies to the recorded times and puts them on the grid.
    fn stamp(&self, record: &mut SpikeTimes) {
        let (units, timing) = (self.preset.units, self.preset.timing);
        let (grid, latency) = (units.model_time(timing.time_stamp), units.model_time(timing.loop_back));
        for row in record.as_mut_slice().chunks_mut(self.latencies.len()) {
            row.iter_mut()
                .zip(&self.latencies)
                .for_each(|(time, own)| *time = on_grid(*time + own + latency, grid));
        }
    }
}

/// Latency of the sender of each line, layer after layer, and of each output.
fn line_latencies(layers: &[ChipLayer], latencies: &[f64]) -> Vec<f64> {
    let of_inputs = std::iter::repeat_n(0.0, layers[0].lines);
    let senders = layers.windows(2).flat_map(|pair| {
        let copies = pair[1].lines / pair[0].size;
        let own = &latencies[pair[0].first_neuron..][..pair[0].size];
        own.iter().flat_map(move |latency| std::iter::repeat_n(*latency, copies))
    });
    let outputs = layers.last().map_or(0, |last| last.first_neuron);
    of_inputs.chain(senders).chain(latencies[outputs..].iter().copied()).collect()
}

/// What the chip adds to the times of spikes.
struct Events<'a> {
    /// For each sample what is added to the time of each line, layer after layer, and of each output; infinite where the spike is
    /// lost.
    added: &'a [f64],
    /// Numbers of a sample.
    width: usize,
    layers: &'a [ChipLayer],
    /// Of the times that the host sends; 0: none.
    grid: f64,
}

impl Transport for Events<'_> {
    fn carry(&self, sample: usize, layer: usize, source: usize, time: f64) -> f64 {
        let sent = if layer == 0 { on_grid(time, self.grid) } else { time };
        sent + self.added[sample * self.width + self.layers[layer].first_line + source]
    }
}
