//! A network whose neurons differ in everything, run neuron by neuron.

use delgrad_neuron::LifParams;
use delgrad_ttfs::{
    BackwardOptions, Cotangents, DelayRange, DelayRule, DelaySpec, GroupKind, LayerSpec, Network, NetworkSpec,
    ParameterGroup, Runner, SpikeTimes, TtfsError,
};
use rayon::prelude::*;

use crate::Bss2Error;
use crate::error::require_length;
use crate::fit::mismatch::{LayerMismatch, Mismatch, axonal};

/// A network with mismatch, ready to run.
///
/// Without any mismatch its spikes are those of the network's [`Runner`], bit for bit.
#[derive(Clone, Debug)]
pub struct Twin {
    inputs: usize,
    cells: Vec<Vec<Cell>>,
}

/// One neuron with everything in front of it.
#[derive(Clone, Debug)]
pub(crate) struct Cell {
    runner: Runner,
    latency: f64,
}

impl Mismatch {
    /// The network as circuits with these differences compute it.
    ///
    /// # Errors
    /// Lists that do not fit the network, factors that are not above 0, numbers that are not finite, a delay that its
    /// offset makes negative, parameters that the network refuses.
    pub fn twin(&self, network: &Network, parameters: &[f64]) -> Result<Twin, Bss2Error> {
        Twin::new(self, network, parameters)
    }
}

impl Twin {
    fn new(mismatch: &Mismatch, network: &Network, parameters: &[f64]) -> Result<Self, Bss2Error> {
        require_length("the parameter vector", parameters.len(), network.parameter_count())?;
        let layers = mismatch.of_layers(network)?;
        let layer = |(layer, mismatch): (usize, &LayerMismatch)| {
            let size = network.spec().layers[layer].size;
            (0..size).map(|neuron| Cell::new(mismatch, network, parameters, layer, neuron)).collect()
        };
        let cells = layers.iter().enumerate().map(layer).collect::<Result<_, Bss2Error>>()?;
        Ok(Self { inputs: network.inputs(), cells })
    }

    /// Spike times of every layer.
    ///
    /// # Errors
    /// If a row of `inputs` has not one time per input of the network.
    pub fn forward(&mut self, inputs: &SpikeTimes) -> Result<SpikeTimes, Bss2Error> {
        require_length("a row of input times", inputs.width(), self.inputs)?;
        let sizes: Vec<usize> = self.cells.iter().map(Vec::len).collect();
        let mut record = SpikeTimes::silent(&sizes, inputs.samples());
        let mut lines = inputs.clone();
        for (layer, cells) in self.cells.iter_mut().enumerate() {
            // collected first, so that the error is that of the first cell on any number of threads
            let columns: Vec<_> = cells.par_iter_mut().map(|cell| cell.forward(&lines)).collect();
            let columns: Vec<Vec<f64>> = columns.into_iter().collect::<Result<_, Bss2Error>>()?;
            let (width, range) = (record.width(), record.range(layer));
            let mut block = Vec::with_capacity(inputs.samples() * cells.len());
            for (sample, row) in record.as_mut_slice().chunks_exact_mut(width).enumerate() {
                let row = &mut row[range.clone()];
                row.iter_mut().zip(&columns).for_each(|(time, column)| *time = column[sample]);
                block.extend_from_slice(row);
            }
            lines = SpikeTimes::from_rows(cells.len(), block)?;
        }
        Ok(record)
    }

    /// Derivatives of every neuron's spikes of one layer by the spikes of the lines before it, `[neuron][sample][line]`;
    /// `lines` and `spikes` hold one block each.
    pub(crate) fn by_lines(
        &mut self,
        layer: usize,
        lines: &SpikeTimes,
        spikes: &SpikeTimes,
    ) -> Result<Vec<Vec<f64>>, Bss2Error> {
        let cells = self.cells[layer].par_iter_mut().enumerate();
        let derivatives: Vec<_> = cells.map(|(neuron, cell)| cell.by_lines(lines, spikes, neuron)).collect();
        derivatives.into_iter().collect()
    }
}

impl Cell {
    /// A neuron of a network.
    pub(crate) fn new(
        mismatch: &LayerMismatch,
        network: &Network,
        parameters: &[f64],
        layer: usize,
        neuron: usize,
    ) -> Result<Self, Bss2Error> {
        let spec = &network.spec().layers[layer];
        let of = |list: &[f64], nominal: f64| list.get(neuron).copied().unwrap_or(nominal);
        let tau = of(&mismatch.taus, 1.0);
        let threshold = spec.thresholds.get(neuron).copied().unwrap_or(spec.neuron.threshold);
        let params = LifParams {
            threshold: scaled_threshold(threshold, spec.neuron.leak, of(&mismatch.thresholds, 1.0)),
            tau_mem: tau * spec.neuron.tau_mem,
            tau_syn: tau * spec.neuron.tau_syn,
            ..spec.neuron
        };
        let mut single = LayerSpec { size: 1, neuron: params, thresholds: Vec::new(), ..spec.clone() };
        single.delays.clear();
        let mut values = Vec::new();
        for group in network.groups().iter().filter(|group| group.layer == layer) {
            match group.kind {
                GroupKind::Weights => values.extend(weights(mismatch, group, parameters, neuron)),
                GroupKind::Biases => values.extend_from_slice(&parameters[group.range.clone()]),
                GroupKind::Constant(_) => return Err(TtfsError::OwnConstants { layer }.into()),
                GroupKind::Delay { delay, kind } => {
                    let DelaySpec { source_sharing, .. } = spec.delays[delay];
                    let range = DelayRange::direct(DelayRule::Clip);
                    single.delays.push(DelaySpec { kind, range, source_sharing, target_sharing: 1 });
                    let offsets =
                        axonal(network, layer).filter(|first| *first == group).map(|_| &mismatch.delay_offsets);
                    let delays = network.effective_delays(group, parameters);
                    values.extend(own_delays(group, &delays, neuron, offsets.map_or(&[], |o| o.as_slice())));
                }
            }
        }
        let inputs = if layer == 0 { network.inputs() } else { network.spec().layers[layer - 1].size };
        let runner = Runner::new(Network::new(NetworkSpec { inputs, layers: vec![single] })?, &values)?;
        Ok(Self { runner, latency: of(&mismatch.latencies, 0.0) })
    }

    /// The neuron's spikes, infinite where there is none.
    pub(crate) fn forward(&mut self, lines: &SpikeTimes) -> Result<Vec<f64>, Bss2Error> {
        let mut record = SpikeTimes::silent(&[1], lines.samples());
        self.runner.forward(lines, &mut record)?;
        let mut times = record.as_slice().to_vec();
        if self.latency != 0.0 {
            times.iter_mut().for_each(|time| *time += self.latency);
        }
        Ok(times)
    }

    fn by_lines(&mut self, lines: &SpikeTimes, spikes: &SpikeTimes, neuron: usize) -> Result<Vec<f64>, Bss2Error> {
        let own = (0..lines.samples()).map(|sample| spikes.row(sample, 0)[neuron] - self.latency).collect();
        let own = SpikeTimes::from_rows(1, own)?;
        let mut gradient = vec![0.0; self.runner.network().parameter_count()];
        let mut by_lines = vec![0.0; lines.as_slice().len()];
        let options = BackwardOptions::exact();
        let ones = vec![1.0; lines.samples()];
        self.runner.backward(
            lines,
            &own,
            Cotangents::of_spikes(&ones),
            options,
            &mut gradient,
            Some(&mut by_lines),
        )?;
        Ok(by_lines)
    }
}

/// A factor of 1 leaves every bit.
fn scaled_threshold(threshold: f64, leak: f64, factor: f64) -> f64 {
    if factor == 1.0 { threshold } else { leak + factor * (threshold - leak) }
}

/// A neuron's column of the weights.
fn weights(mismatch: &LayerMismatch, group: &ParameterGroup, parameters: &[f64], neuron: usize) -> Vec<f64> {
    let inhibition = mismatch.inhibition.get(neuron).copied().unwrap_or(1.0);
    let column = group.range.clone().skip(neuron).step_by(group.shape[1]);
    let scaled = column.map(|index| {
        let weight = parameters[index] * mismatch.synapses.get(index - group.range.start).copied().unwrap_or(1.0);
        if weight < 0.0 { weight * inhibition } else { weight }
    });
    scaled.collect()
}

/// The delays of one group that a neuron sees.
fn own_delays(group: &ParameterGroup, delays: &[f64], neuron: usize, offsets: &[f64]) -> Vec<f64> {
    let column = neuron % group.shape[1];
    let own = delays.iter().skip(column).step_by(group.shape[1]).copied();
    own.enumerate().map(|(index, delay)| delay + offsets.get(index).copied().unwrap_or(0.0)).collect()
}
