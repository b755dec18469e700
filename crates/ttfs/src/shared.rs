//! What all passes over a network share.

use std::ops::Range;

use delgrad_neuron::Cancel;

use crate::constants::CONSTANTS;
use crate::kernel::sort::SortingNetwork;
use crate::kernel::{LANES, Laws, LayerGradient, Row};
use crate::network::{Layer, Network};
use crate::peaks::PeakCotangent;
use crate::prepared::{Prepared, PreparedLayer};
use crate::transport::Transport;

/// A network ready to run.
#[derive(Clone, Copy)]
pub(crate) struct Shared<'a> {
    pub network: &'a Network,
    pub laws: &'a [Laws],
    pub sorting: &'a [SortingNetwork],
    pub prepared: &'a Prepared,
    pub arch: pulp::Arch,
    pub plain: bool,
    /// Where each layer stands in a row of spike times.
    pub offsets: &'a [usize],
    /// What spikes undergo besides their delays.
    pub transport: Option<&'a dyn Transport>,
    /// Cotangents of the highest voltages of silent neurons, in order of layer and sample.
    pub peaks: &'a [PeakCotangent],
    /// A request to end early leaves the rest of the samples out.
    pub cancel: &'a Cancel,
}

impl Shared<'_> {
    /// Length of a row of spike times.
    pub fn width(&self) -> usize {
        self.offsets[self.offsets.len() - 1]
    }

    /// The samples of a record, so many at a time, until a request to end early.
    pub fn tiles(&self, record: &[f64], length: usize) -> impl Iterator<Item = Range<usize>> + use<'_> {
        let samples = record.len() / self.width();
        let tiles = (0..samples).step_by(length).map(move |first| first..samples.min(first + length));
        tiles.take_while(|_| !self.cancel.is_requested())
    }

    /// The lines of a layer in a record.
    pub fn layer_lines<'a>(&self, layer: usize, record: &'a [f64]) -> Lines<'a> {
        let (offset, end) = (self.offsets[layer], self.offsets[layer + 1]);
        Lines { times: record, stride: self.width(), offset, lines: end - offset }
    }

    /// What feeds a layer: the inputs, or the layer before.
    pub fn feeding<'a>(&self, layer: usize, inputs: &'a [f64], record: &'a [f64]) -> Lines<'a> {
        match layer.checked_sub(1) {
            Some(before) => self.layer_lines(before, record),
            None => {
                let lines = self.network.inputs();
                Lines { times: inputs, stride: lines, offset: 0, lines }
            }
        }
    }

    /// The neurons of a layer, in order, for which the arrivals are too far apart for the vector kernels: most often none or all.
    pub fn by_plain(&self, layer: usize, latest: f64) -> Vec<usize> {
        let latest = if self.plain { f64::INFINITY } else { latest + self.prepared.layers[layer].longest };
        self.laws[layer].too_short(latest, self.network.layers[layer].spec.size)
    }
}

/// A group of samples, row-major, on their way back.
#[derive(Clone, Copy)]
pub(crate) struct Recorded<'a> {
    /// Number of the first sample in the batch.
    pub start: usize,
    pub inputs: &'a [f64],
    pub record: &'a [f64],
    /// Of the spikes, as the record.
    pub cotangents: &'a [f64],
}

/// Writes the arrival times of one sample at the axons' ends by source, from the times of the lines that feed a layer; returns the
/// origin that they refer to. A spike sets out when `carry` says, given its source and time.
pub(crate) fn arrival_times(
    layer: &Layer,
    prepared: &PreparedLayer,
    lines: &[f64],
    carry: impl Fn(usize, f64) -> f64,
    times: &mut Vec<f64>,
) -> f64 {
    times.clear();
    times.extend(lines.iter().flat_map(|time| std::iter::repeat_n(*time, layer.spec.multiplex)));
    for (source, time) in times.iter_mut().enumerate().filter(|(_, time)| time.is_finite()) {
        *time = carry(source, *time);
    }
    times.extend_from_slice(&prepared.biases);
    let earliest = times.iter().copied().fold(f64::INFINITY, f64::min);
    let origin = if earliest.is_finite() { earliest } else { 0.0 };
    for (time, delay) in times.iter_mut().zip(&prepared.axonal) {
        *time = (*time - origin) + delay;
    }
    origin
}

/// Times of `lines` lines of some samples, row-major with a stride.
#[derive(Clone, Copy)]
pub(crate) struct Lines<'a> {
    pub times: &'a [f64],
    pub stride: usize,
    pub offset: usize,
    pub lines: usize,
}

impl<'a> Lines<'a> {
    /// The lines of one sample.
    pub fn of(&self, sample: usize) -> &'a [f64] {
        &self.times[sample * self.stride + self.offset..][..self.lines]
    }

    /// Puts `count` samples from `first` on into lanes, every line `copies` times in a row, `rows` rows a block.
    /// Lanes beyond the samples hold `beyond`.
    ///
    /// The numbers go straight to where they belong: a row put together elsewhere and copied as a vector would have
    /// to wait for its single stores.
    pub fn read(
        &self,
        first: usize,
        count: usize,
        copies: usize,
        rows: &mut [Row],
        per_block: usize,
        beyond: f64,
    ) {
        for (block, rows) in rows.chunks_exact_mut(per_block).enumerate() {
            let rows = &mut rows[..self.lines * copies];
            let inside = (count - block * LANES).min(LANES);
            for lane in 0..inside {
                let times = self.of(first + block * LANES + lane);
                if copies == 1 {
                    rows.iter_mut().zip(times).for_each(|(row, time)| row[lane] = *time);
                } else {
                    let copied = times.iter().flat_map(|time| std::iter::repeat_n(*time, copies));
                    rows.iter_mut().zip(copied).for_each(|(row, time)| row[lane] = time);
                }
            }
            if inside < LANES {
                rows.iter_mut().for_each(|row| row[inside..].fill(beyond));
            }
        }
    }
}

/// Makes room for the gradients of all layers and sets them to zero.
pub(crate) fn clear_gradients(gradients: &mut Vec<LayerGradient>, network: &Network, prepared: &Prepared) {
    gradients.resize(prepared.layers.len(), LayerGradient::default());
    for ((gradient, layer), of) in gradients.iter_mut().zip(&prepared.layers).zip(&network.layers) {
        gradient.constants.clear();
        gradient.constants.resize(if of.constants.is_empty() { 0 } else { layer.units() }, [0.0; CONSTANTS]);
        let fill = |values: &mut Vec<f64>, length| {
            values.clear();
            values.resize(length, 0.0);
        };
        fill(&mut gradient.weights, layer.weights.len());
        fill(&mut gradient.synaptic, layer.synaptic.len());
        fill(&mut gradient.dendritic, layer.units());
        fill(&mut gradient.sources, layer.axonal.len());
    }
}
