//! A batch on its way through large layers, a few samples at a time and eight neurons side by side.
//!
//! The panels of a layer are shared out over threads, so that each owns the gradients of its synapses: whatever the number of
//! threads, every sum is over the samples in their order.

use std::ops::Range;

use rayon::prelude::*;

use crate::backward::BackwardReport;
use crate::kernel::panel::Train;
use crate::kernel::panel::backward::{Backward, BackwardScratch, add_arrivals};
use crate::kernel::panel::forward::{Forward, ForwardScratch, Grid, Prepare};
use crate::kernel::spike::Along;
use crate::kernel::{LANES, LayerGradient, Row};
use crate::network::Layer;
use crate::plain;
use crate::prepared::PreparedLayer;
use crate::shared::{Recorded, Shared, arrival_times, clear_gradients};
use crate::spec::DelayKind;
use crate::transport::Transport;

/// Samples that are under way together: enough to use the synapses of a panel several times while they are in the cache.
const TILE: usize = 32;

/// The panels of a layer are cut into at most this many parts, which threads share.
const PARTS: usize = 16;

/// Working memory of a pass. What it holds between calls never influences a result.
#[derive(Clone, Debug, Default)]
pub(crate) struct WideScratch {
    /// `[sample]`
    trains: Vec<Train>,
    grids: Vec<Grid>,
    parts: Vec<Part>,
    /// `[sample][target]` and `[sample][source]`: gradients of the times of a layer's spikes and of its arrivals.
    cotangents: Vec<f64>,
    sources: Vec<f64>,
    /// Results of the backward pass.
    pub gradient: Vec<LayerGradient>,
    pub report: BackwardReport,
}

/// Working memory of some panels.
#[derive(Clone, Debug, Default)]
struct Part {
    forward: ForwardScratch,
    backward: BackwardScratch,
    /// `[panel][sample]`
    spikes: Vec<Row>,
}

/// Does all of some work, on several threads where there are some.
fn share_out<T: Send>(work: impl Iterator<Item = T>, run: impl Fn(T) + Sync + Send) {
    if rayon::current_num_threads() > 1 {
        work.collect::<Vec<_>>().into_par_iter().for_each(run);
    } else {
        work.for_each(run);
    }
}

/// How the panels of a layer are cut into parts: panels of each but the last, and of all.
struct Cut {
    panels: usize,
    each: usize,
}

impl Cut {
    fn of(layer: &Layer) -> Self {
        let panels = layer.spec.size.div_ceil(LANES);
        Self { panels, each: panels.div_ceil(PARTS) }
    }

    fn parts(&self) -> impl Iterator<Item = Range<usize>> + use<> {
        let Self { panels, each } = *self;
        (0..panels).step_by(each).map(move |first| first..panels.min(first + each))
    }
}

impl Shared<'_> {
    /// Spike times of a batch through layers whose synapses lie in panels.
    pub fn wide_forward(&self, scratch: &mut WideScratch, inputs: &[f64], record: &mut [f64]) {
        for tile in self.tiles(record, TILE) {
            for (index, layer) in self.network.layers.iter().enumerate() {
                self.load(scratch, index, inputs, record, tile.clone(), true);
                self.fire(scratch, index, layer);
                let WideScratch { trains, parts, .. } = &*scratch;
                let prepared = &self.prepared.layers[index];
                let cut = Cut::of(layer);
                for (sample, (number, train)) in tile.clone().zip(trains).enumerate() {
                    let row = &mut record[number * self.width() + self.offsets[index]..][..layer.spec.size];
                    if train.plain {
                        plain::forward(layer, prepared, &all(layer), &train.by_source, |target, time| {
                            row[target] = time
                        });
                    } else {
                        for (panel, row) in row.chunks_mut(LANES).enumerate() {
                            let spikes = &parts[panel / cut.each].spikes;
                            let at = panel % cut.each * trains.len() + sample;
                            row.copy_from_slice(&spikes[at][..row.len()]);
                        }
                    }
                    for (time, delay) in row.iter_mut().zip(&prepared.dendritic) {
                        *time = train.origin + (*time + delay);
                    }
                }
            }
        }
    }

    /// The first spikes of a layer, left in the parts.
    fn fire(&self, scratch: &mut WideScratch, index: usize, layer: &Layer) {
        let WideScratch { trains, grids, parts, .. } = scratch;
        let (trains, grids) = (&*trains, &*grids);
        let work = parts.iter_mut().zip(Cut::of(layer).parts());
        share_out(work, |(part, panels)| {
            part.spikes.resize(panels.len() * trains.len(), [f64::INFINITY; LANES]);
            self.arch.dispatch(Forward {
                layer,
                law: self.laws[index].of(0),
                prepared: &self.prepared.layers[index],
                sorting: &self.sorting[index],
                panels,
                trains,
                grids,
                scratch: &mut part.forward,
                spikes: &mut part.spikes,
            });
        });
    }

    /// Makes the trains of some samples at a layer, with grids for a forward pass, and room for its parts.
    fn load(
        &self,
        scratch: &mut WideScratch,
        index: usize,
        inputs: &[f64],
        record: &[f64],
        samples: Range<usize>,
        forward: bool,
    ) {
        let WideScratch { trains, grids, parts, .. } = scratch;
        let (layer, prepared) = (&self.network.layers[index], &self.prepared.layers[index]);
        let lines = self.feeding(index, inputs, record);
        parts.resize(parts.len().max(Cut::of(layer).parts().count()), Part::default());
        trains.resize(samples.len(), Train::default());
        grids.resize(samples.len(), Grid::default());
        let work = samples.zip(trains.iter_mut().zip(grids.iter_mut()));
        share_out(work, |(sample, (train, grid))| {
            let carried = self.transport.filter(|_| forward).map(|transport| (transport, sample, index));
            load_train(train, layer, prepared, lines.of(sample), carried);
            train.plain = !self.by_plain(index, train.latest()).is_empty();
            if !train.plain {
                let (law, grid) = (self.laws[index].of(0), forward.then_some(grid));
                self.arch.dispatch(Prepare { law, prepared, train, grid });
            }
        });
    }

    /// Gradients of a batch, left in the scratch; `input_gradient` may be empty.
    pub fn wide_backward(
        &self,
        scratch: &mut WideScratch,
        Recorded { start, inputs, record, cotangents }: Recorded,
        how: Along,
        input_gradient: &mut [f64],
    ) {
        scratch.report = BackwardReport::default();
        clear_gradients(&mut scratch.gradient, self.network, self.prepared);
        for tile in self.tiles(record, TILE) {
            for (index, layer) in self.network.layers.iter().enumerate().rev() {
                let after = self.network.layers.get(index + 1);
                self.load_cotangents(scratch, index, after, cotangents, tile.clone());
                self.load(scratch, index, inputs, record, tile.clone(), false);
                let delayed = |kind| layer.delays.iter().any(|delay| delay.spec.kind == kind);
                let inputs_wanted = index == 0 && !input_gradient.is_empty();
                let wants_sources =
                    index > 0 || inputs_wanted || layer.spec.biases > 0 || delayed(DelayKind::Axonal);
                let wants_times = wants_sources || delayed(DelayKind::Synaptic) || delayed(DelayKind::Dendritic);
                self.explain(scratch, index, layer, record, tile.clone(), how, [wants_sources, wants_times]);
                let WideScratch { gradient, sources, .. } = &mut *scratch;
                let samples = start + tile.start..start + tile.end;
                let arrival = |sample, source, g| sources[sample * layer.sources + source] += g;
                let rows = [inputs, record];
                self.explain_peaks(index, samples, rows, tile.start, &mut gradient[index], arrival);
            }
            if !input_gradient.is_empty() {
                let layer = &self.network.layers[0];
                let rows = input_gradient[tile.start * layer.inputs..].chunks_exact_mut(layer.inputs);
                for (row, sources) in rows.zip(scratch.sources.chunks_exact(layer.sources)) {
                    for (input, copies) in row.iter_mut().zip(sources.chunks_exact(layer.spec.multiplex)) {
                        *input = copies.iter().sum();
                    }
                }
            }
        }
    }

    /// The cotangents of a layer's spikes: those given, and those of the layer `after`, whose backward pass left the
    /// gradients of its sources.
    fn load_cotangents(
        &self,
        scratch: &mut WideScratch,
        index: usize,
        after: Option<&Layer>,
        cotangents: &[f64],
        samples: Range<usize>,
    ) {
        let lines = self.layer_lines(index, cotangents);
        scratch.cotangents.clear();
        for (sample, number) in samples.enumerate() {
            let at = scratch.cotangents.len();
            scratch.cotangents.extend_from_slice(lines.of(number));
            let Some(after) = after else { continue };
            let sources = scratch.sources[sample * after.sources..].chunks_exact(after.spec.multiplex);
            for (total, copies) in scratch.cotangents[at..].iter_mut().zip(sources) {
                copies.iter().for_each(|copy| *total += copy);
            }
        }
    }

    /// Gradients of one layer for some samples; those of its sources are left for the layer before.
    #[allow(clippy::too_many_arguments, reason = "one call, and a struct would say the same names again")]
    fn explain(
        &self,
        scratch: &mut WideScratch,
        index: usize,
        layer: &Layer,
        record: &[f64],
        samples: Range<usize>,
        how: Along,
        [wants_sources, wants_times]: [bool; 2],
    ) {
        let WideScratch { trains, parts, cotangents, sources, gradient, report, .. } = scratch;
        let (trains, cotangents, prepared) = (&*trains, &*cotangents, &self.prepared.layers[index]);
        let (cut, targets) = (Cut::of(layer), layer.spec.size);
        let lines = self.layer_lines(index, record);
        let time = |sample: usize, target: usize| {
            (lines.of(samples.start + sample)[target] - trains[sample].origin) - prepared.dendritic[target]
        };
        let gradient = &mut gradient[index];
        let each = cut.each * layer.sources;
        let mut synaptic: Vec<&mut [Row]> = gradient.synaptic.as_chunks_mut().0.chunks_mut(each).collect();
        synaptic.resize_with(cut.parts().count(), Default::default);
        let mut constants: Vec<_> = gradient.constants.chunks_mut(cut.each * LANES).collect();
        constants.resize_with(cut.parts().count(), Default::default);
        let work = gradient.weights.as_chunks_mut().0.chunks_mut(each).zip(synaptic);
        let work = work.zip(gradient.dendritic.as_chunks_mut().0.chunks_mut(cut.each).zip(constants));
        share_out(parts.iter_mut().zip(cut.parts()).zip(work), |((part, panels), gradients)| {
            let ((weights, synaptic), (dendritic, constants)) = gradients;
            let spikes = &mut part.backward.spikes;
            spikes.times.clear();
            spikes.cotangents.clear();
            for panel in panels.clone() {
                for sample in 0..trains.len() {
                    let target = |lane: usize| Some(panel * LANES + lane).filter(|target| *target < targets);
                    let row = |missing, number: &dyn Fn(usize) -> f64| {
                        std::array::from_fn(|lane| target(lane).map_or(missing, number))
                    };
                    spikes.times.push(row(f64::INFINITY, &|target| time(sample, target)));
                    spikes.cotangents.push(row(0.0, &|target| cotangents[sample * targets + target]));
                }
            }
            let law = self.laws[index].of(0);
            let scratch = &mut part.backward;
            if layer.constants.is_empty() {
                self.arch.dispatch(Backward::<false> {
                    layer,
                    law,
                    prepared,
                    panels,
                    trains,
                    how,
                    scratch,
                    wants_sources,
                    wants_times,
                    weights,
                    synaptic,
                    dendritic,
                    constants,
                });
            } else {
                self.arch.dispatch(Backward::<true> {
                    layer,
                    law,
                    prepared,
                    panels,
                    trains,
                    how,
                    scratch,
                    wants_sources,
                    wants_times,
                    weights,
                    synaptic,
                    dendritic,
                    constants,
                });
            }
        });

        sources.clear();
        sources.resize(trains.len() * layer.sources, 0.0);
        for (part, _) in parts.iter().zip(cut.parts()) {
            *report += part.backward.report;
            add_arrivals(&part.backward.arrivals, trains, layer.sources, sources);
        }
        for row in sources.chunks_exact(layer.sources) {
            gradient.sources.iter_mut().zip(row).for_each(|(total, source)| *total += source);
        }
        for (sample, train) in trains.iter().enumerate().filter(|(_, train)| train.plain) {
            let spike = |target| (time(sample, target), cotangents[sample * targets + target]);
            let row = &mut sources[sample * layer.sources..];
            let arrival = |source: usize, of_time| row[source] += of_time;
            *report +=
                plain::backward(layer, prepared, &all(layer), &train.by_source, how, spike, gradient, arrival);
        }
    }
}

/// The numbers of all neurons of a layer.
fn all(layer: &Layer) -> Vec<usize> {
    (0..layer.spec.size).collect()
}

/// Makes the train of one sample at a layer from the times of the lines that feed it. Spikes are `carried` by a transport, in the sample
/// and to the layer of those numbers.
fn load_train(
    train: &mut Train,
    layer: &Layer,
    prepared: &PreparedLayer,
    lines: &[f64],
    carried: Option<(&dyn Transport, usize, usize)>,
) {
    let by_source = &mut train.by_source;
    train.origin = match carried {
        None => arrival_times(layer, prepared, lines, |_, time| time, by_source),
        Some((transport, sample, index)) => {
            let carry = |source, time| transport.carry(sample, index, source, time);
            arrival_times(layer, prepared, lines, carry, by_source)
        }
    };
    train.sort();
}
