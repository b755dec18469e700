//! One group of samples on its way through the layers, a few blocks at a time.

use crate::backward::BackwardReport;
use crate::kernel::block::Arrivals;
use crate::kernel::block::backward::{Backward, BackwardScratch};
use crate::kernel::block::forward::{Forward, ForwardScratch};
use crate::kernel::spike::Along;
use crate::kernel::{LANES, LayerGradient, Row};
use crate::network::Layer;
use crate::plain;
use crate::prepared::PreparedLayer;
use crate::shared::{Lines, Recorded, Shared, clear_gradients};
use crate::transport::Transport;

/// Samples per tile: enough to use a layer's weights several times while they are in the cache.
const TILE: usize = 4 * LANES;

/// Working memory of one group. What it holds between calls never influences a result.
#[derive(Clone, Debug, Default)]
pub(crate) struct Scratch {
    arrivals: Arrivals,
    /// `[block]`: time that the block's times refer to, one for each sample.
    origins: Vec<Row>,
    forward: ForwardScratch,
    backward: BackwardScratch,
    /// `[block][target]`
    spikes: Vec<Row>,
    cotangents: Vec<Row>,
    /// `[block][source]`
    sources: Vec<Row>,
    /// `[source]`: arrivals of one sample, for the plain path.
    column: Vec<f64>,
    /// Results of the backward pass.
    pub gradient: Vec<LayerGradient>,
    pub report: BackwardReport,
}

impl Shared<'_> {
    /// Spike times of a group whose first sample is the `start`-th of the batch.
    pub fn forward(&self, scratch: &mut Scratch, start: usize, inputs: &[f64], record: &mut [f64]) {
        for tile in self.tiles(record, TILE) {
            let (first, count) = (tile.start, tile.len());
            for (index, layer) in self.network.layers.iter().enumerate() {
                let prepared = &self.prepared.layers[index];
                let lines = self.feeding(index, inputs, record);
                let carried = self.transport.map(|transport| (transport, index, start + first));
                let latest = scratch.load(layer, prepared, lines, carried, first, count);
                let by_plain = self.by_plain(index, latest);
                if by_plain.len() < layer.spec.size {
                    self.arch.dispatch(Forward {
                        layer,
                        laws: &self.laws[index],
                        prepared,
                        sorting: &self.sorting[index],
                        arrivals: &mut scratch.arrivals,
                        scratch: &mut scratch.forward,
                        spikes: &mut scratch.spikes,
                        left_out: &by_plain,
                    });
                }
                if !by_plain.is_empty() {
                    scratch.plain_forward(layer, prepared, &by_plain);
                }
                let targets = layer.spec.size;
                for sample in 0..count {
                    let (block, lane) = (sample / LANES, sample % LANES);
                    let row = &mut record[(first + sample) * self.width() + self.offsets[index]..][..targets];
                    for (target, time) in row.iter_mut().enumerate() {
                        let spike = scratch.spikes[block * targets + target][lane];
                        *time = scratch.origins[block][lane] + (spike + prepared.dendritic[target]);
                    }
                }
            }
        }
    }

    /// Gradients of a group, left in the scratch; `input_gradient` may be empty.
    pub fn backward(
        &self,
        scratch: &mut Scratch,
        Recorded { start, inputs, record, cotangents }: Recorded,
        how: Along,
        input_gradient: &mut [f64],
    ) {
        scratch.report = BackwardReport::default();
        clear_gradients(&mut scratch.gradient, self.network, self.prepared);
        for tile in self.tiles(record, TILE) {
            let (first, count) = (tile.start, tile.len());
            for (index, layer) in self.network.layers.iter().enumerate().rev() {
                let prepared = &self.prepared.layers[index];
                let after = self.network.layers.get(index + 1);
                let lines = self.feeding(index, inputs, record);
                scratch.load_cotangents(self, index, after, cotangents, first, count);
                let latest = scratch.load(layer, prepared, lines, None, first, count);
                scratch.load_spikes(self, index, prepared, record, first, count);
                let by_plain = self.by_plain(index, latest);
                if by_plain.len() < layer.spec.size {
                    self.arch.dispatch(Backward {
                        layer,
                        laws: &self.laws[index],
                        prepared,
                        arrivals: &mut scratch.arrivals,
                        spikes: &scratch.spikes,
                        cotangents: &scratch.cotangents,
                        how,
                        scratch: &mut scratch.backward,
                        sources: &mut scratch.sources,
                        gradient: &mut scratch.gradient[index],
                        report: &mut scratch.report,
                        left_out: &by_plain,
                    });
                } else {
                    scratch.sources.clear();
                    scratch.sources.resize(scratch.origins.len() * layer.sources, [0.0; LANES]);
                }
                if !by_plain.is_empty() {
                    scratch.plain_backward(index, layer, prepared, &by_plain, how);
                }
                let Scratch { gradient, sources, .. } = &mut *scratch;
                let arrival = |sample: usize, source: usize, g| {
                    sources[sample / LANES * layer.sources + source][sample % LANES] += g;
                };
                let samples = start + first..start + first + count;
                self.explain_peaks(index, samples, [inputs, record], first, &mut gradient[index], arrival);
            }
            if !input_gradient.is_empty() {
                scratch.store_input_gradient(&self.network.layers[0], input_gradient, first, count);
            }
        }
    }
}

impl Scratch {
    /// The arrivals of one sample in lane `lane` of a block, by source.
    fn fill_column(&mut self, sources: usize, block: usize, lane: usize) {
        self.column.clear();
        self.column.extend(self.arrivals.times[block * sources..][..sources].iter().map(|row| row[lane]));
    }

    fn plain_forward(&mut self, layer: &Layer, prepared: &PreparedLayer, of: &[usize]) {
        let (sources, targets) = (layer.sources, layer.spec.size);
        let blocks = self.origins.len();
        self.spikes.resize(blocks * targets, [f64::INFINITY; LANES]);
        for (block, lane) in (0..blocks).flat_map(|block| (0..LANES).map(move |lane| (block, lane))) {
            self.fill_column(sources, block, lane);
            let spikes = &mut self.spikes[block * targets..];
            plain::forward(layer, prepared, of, &self.column, |target, time| spikes[target][lane] = time);
        }
    }

    fn plain_backward(&mut self, index: usize, layer: &Layer, prepared: &PreparedLayer, of: &[usize], how: Along) {
        let (sources, targets) = (layer.sources, layer.spec.size);
        let blocks = self.origins.len();
        for (block, lane) in (0..blocks).flat_map(|block| (0..LANES).map(move |lane| (block, lane))) {
            self.fill_column(sources, block, lane);
            let (spikes, cotangents) = (&self.spikes[block * targets..], &self.cotangents[block * targets..]);
            let spike = |target: usize| (spikes[target][lane], cotangents[target][lane]);
            let rows = &mut self.sources[block * sources..];
            let arrival = |source: usize, gradient| rows[source][lane] += gradient;
            let gradient = &mut self.gradient[index];
            self.report += plain::backward(layer, prepared, of, &self.column, how, spike, gradient, arrival);
        }
    }

    /// Puts the arrivals of some samples at a layer into lanes; returns the latest one that exists, relative to its
    /// origin. Lanes beyond the samples are silent. Spikes are `carried` by a transport to a layer, where the first sample
    /// has the number given there.
    fn load(
        &mut self,
        layer: &Layer,
        prepared: &PreparedLayer,
        lines: Lines,
        carried: Option<(&dyn Transport, usize, usize)>,
        first: usize,
        count: usize,
    ) -> f64 {
        let blocks = count.div_ceil(LANES);
        let (sources, copies) = (layer.sources, layer.spec.multiplex);
        self.origins.clear();
        self.arrivals.times.resize(blocks * sources, [f64::INFINITY; LANES]);
        lines.read(first, count, copies, &mut self.arrivals.times, sources, f64::INFINITY);
        let mut latest = [0.0_f64; LANES];
        for (block, rows) in self.arrivals.times.chunks_exact_mut(sources).enumerate() {
            if let Some((transport, index, start)) = carried {
                let inside = (count - block * LANES).min(LANES);
                for (source, row) in rows[..lines.lines * copies].iter_mut().enumerate() {
                    for (lane, time) in row[..inside].iter_mut().enumerate().filter(|(_, time)| time.is_finite()) {
                        *time = transport.carry(start + block * LANES + lane, index, source, *time);
                    }
                }
            }
            for (row, time) in rows[lines.lines * copies..].iter_mut().zip(&prepared.biases) {
                row.fill(*time);
            }
            // comparisons instead of f64::min, whose treatment of NaN costs several instructions
            let mut earliest = [f64::INFINITY; LANES];
            for row in &*rows {
                earliest = std::array::from_fn(|n| if row[n] < earliest[n] { row[n] } else { earliest[n] });
            }
            let origin = earliest.map(|time| if time.is_finite() { time } else { 0.0 });
            for (row, delay) in rows.iter_mut().zip(&prepared.axonal) {
                *row = std::array::from_fn(|n| (row[n] - origin[n]) + delay);
                latest = std::array::from_fn(|n| {
                    let later = row[n] > latest[n] && row[n] < f64::INFINITY;
                    if later { row[n] } else { latest[n] }
                });
            }
            self.origins.push(origin);
        }
        latest.into_iter().fold(0.0, f64::max)
    }

    /// Puts the recorded spikes of a layer into lanes, without their dendritic delays.
    fn load_spikes(
        &mut self,
        shared: &Shared,
        index: usize,
        prepared: &PreparedLayer,
        record: &[f64],
        first: usize,
        count: usize,
    ) {
        let lines = shared.layer_lines(index, record);
        self.spikes.resize(count.div_ceil(LANES) * lines.lines, [0.0; LANES]);
        lines.read(first, count, 1, &mut self.spikes, lines.lines, f64::INFINITY);
        for (rows, origin) in self.spikes.chunks_exact_mut(lines.lines).zip(&self.origins) {
            for (row, delay) in rows.iter_mut().zip(&prepared.dendritic) {
                *row = std::array::from_fn(|n| (row[n] - origin[n]) - delay);
            }
        }
    }

    /// Puts the cotangents of a layer's spikes into lanes: those given, and those of the layer `after`, whose backward
    /// pass left the gradients of its sources.
    fn load_cotangents(
        &mut self,
        shared: &Shared,
        index: usize,
        after: Option<&Layer>,
        cotangents: &[f64],
        first: usize,
        count: usize,
    ) {
        let lines = shared.layer_lines(index, cotangents);
        self.cotangents.resize(count.div_ceil(LANES) * lines.lines, [0.0; LANES]);
        lines.read(first, count, 1, &mut self.cotangents, lines.lines, 0.0);
        let Some(after) = after else { return };
        let blocks = self.sources.chunks_exact(after.sources);
        for (rows, sources) in self.cotangents.chunks_exact_mut(lines.lines).zip(blocks) {
            for (row, copies) in rows.iter_mut().zip(sources.chunks_exact(after.spec.multiplex)) {
                for copy in copies {
                    row.iter_mut().zip(copy).for_each(|(total, c)| *total += c);
                }
            }
        }
    }

    /// Writes what the first layer's backward pass left, summed over the copies of each input.
    fn store_input_gradient(&self, layer: &Layer, gradient: &mut [f64], first: usize, count: usize) {
        let copies = layer.spec.multiplex;
        for sample in 0..count {
            let (block, lane) = (sample / LANES, sample % LANES);
            let sources = &self.sources[block * layer.sources..];
            for input in 0..layer.inputs {
                let copies = &sources[input * copies..(input + 1) * copies];
                gradient[(first + sample) * layer.inputs + input] = copies.iter().map(|row| row[lane]).sum();
            }
        }
    }
}
