//! First spikes of the neurons of a panel.

use std::ops::Range;

use delgrad_neuron::Lif;
use pulp::{Simd, WithSimd};

use super::bins::{Bins, Coming};
pub(crate) use super::grid::Grid;
use super::{Panel, Train, neurons_of, runs};
use crate::kernel::lanes::{Lanes, Mask, parts};
use crate::kernel::law::{Factors, Law, LawVisitor, LayerLaw, Sums};
use crate::kernel::sort::SortingNetwork;
use crate::kernel::walk::Search;
use crate::kernel::{LANES, Row};
use crate::network::Layer;
use crate::prepared::PreparedLayer;

/// Up to so many sources, arrivals with delays of their own are sorted; beyond, only those of some bins are.
const SORTED: usize = 32;

/// Working memory of a panel's forward pass.
#[derive(Clone, Debug, Default)]
pub(crate) struct ForwardScratch {
    bins: Bins,
    /// `[source]`: the arrivals of one sample at eight neurons, in time order.
    p: Vec<Row>,
    q: Vec<Row>,
    weights: Vec<Row>,
}

/// Computes the first spikes of some panels of a layer for some samples.
pub(crate) struct Forward<'a> {
    pub layer: &'a Layer,
    pub law: &'a LayerLaw,
    pub prepared: &'a PreparedLayer,
    pub sorting: &'a SortingNetwork,
    pub panels: Range<usize>,
    /// `[sample]`
    pub trains: &'a [Train],
    pub grids: &'a [Grid],
    pub scratch: &'a mut ForwardScratch,
    /// `[panel][sample]` spike times relative to the origins, without dendritic delays; `+inf` for none. Those of plain trains
    /// are left alone.
    pub spikes: &'a mut [Row],
}

/// Prepares trains, and grids where they are needed, for a layer.
pub(crate) struct Prepare<'a> {
    pub law: &'a LayerLaw,
    pub prepared: &'a PreparedLayer,
    pub train: &'a mut Train,
    /// Only the forward pass has one.
    pub grid: Option<&'a mut Grid>,
}

impl WithSimd for Prepare<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) {
        self.train.fill_factors(self.law);
        let Some(grid) = self.grid else { return };
        if self.prepared.synaptic.is_empty() {
            let Train { runs, times, .. } = self.train;
            runs.fill(self.law, times);
        } else if uses_bins(self.prepared) {
            grid.fill(self.law, self.train, self.prepared.synaptic_bounds);
        }
    }
}

/// Whether arrivals are put into bins rather than sorted.
fn uses_bins(prepared: &PreparedLayer) -> bool {
    !prepared.synaptic.is_empty() && prepared.axonal.len() > SORTED
}

impl WithSimd for Forward<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        self.law.visit(simd, self);
    }
}

impl<'a, S: Simd> LawVisitor<'a, S> for Forward<'a> {
    #[inline(always)]
    fn visit<L: Law<S>>(self, simd: S, law: impl Fn(&'a [Lif]) -> L) {
        let Self { layer, prepared, panels, trains, scratch, .. } = self;
        let (synaptic, bins) = (!prepared.synaptic.is_empty(), uses_bins(prepared));
        for (panel, spikes) in panels.zip(self.spikes.chunks_exact_mut(trains.len())) {
            let synapses = prepared.panel(panel);
            for (sample, (spikes, train)) in spikes.iter_mut().zip(trains).enumerate() {
                if train.plain {
                    continue;
                }
                if bins {
                    scratch.bins.clear();
                } else if synaptic {
                    let law = law(&layer.neurons[..1]);
                    scratch.sort(simd, law, self.sorting, synapses, train);
                }
                spikes.fill(f64::INFINITY);
                for part in 0..parts::<S>() {
                    let Some(neurons) = neurons_of(&layer.neurons, panel, part, S::F64_LANES) else { break };
                    let law = law(neurons);
                    let waiting = first_lanes(simd, neurons.len());
                    let solutions = if bins {
                        let coming = Coming { panel: synapses, train, grid: &self.grids[sample] };
                        scratch.bins.first_spikes(simd, law, coming, waiting, part)
                    } else if synaptic {
                        let ForwardScratch { p, q, weights, .. } = &*scratch;
                        let at = |k: usize, rows: &[Row]| Lanes::load(simd, &rows[k], part);
                        let factors = |k| Factors {
                            p: at(k, p),
                            q: if L::SECOND { at(k, q) } else { Lanes::splat(simd, 0.0) },
                        };
                        walk(simd, law, waiting, train.times.len(), factors, |k| at(k, weights))
                    } else {
                        runs::first_spikes(simd, law, synapses, train, waiting, part)
                    };
                    solutions.store(spikes, part);
                }
            }
        }
        self.law.finish(self.spikes.as_flattened_mut());
    }
}

/// The first `number` lanes.
#[inline(always)]
fn first_lanes<S: Simd>(simd: S, number: usize) -> Mask<S> {
    let lanes = std::array::from_fn(|lane| lane as f64);
    Lanes::load(simd, &lanes, 0).lt(Lanes::splat(simd, number as f64))
}

/// Walks through all arrivals of a neuron in each lane, in time order.
#[inline(always)]
fn walk<S: Simd, L: Law<S>>(
    simd: S,
    law: L,
    waiting: Mask<S>,
    arrivals: usize,
    factors: impl Fn(usize) -> Factors<S>,
    weight: impl Fn(usize) -> Lanes<S>,
) -> Lanes<S> {
    let (zero, infinite) = (Lanes::splat(simd, 0.0), Lanes::splat(simd, f64::INFINITY));
    let nothing = Factors { p: infinite, q: infinite };
    let factors = |k: usize| if k < arrivals { factors(k) } else { nothing };
    let sums = Sums { a: zero, b: zero };
    let mut search = Search::new(simd, waiting);
    search.walk(simd, law, waiting, sums, arrivals, factors, weight);
    search.times(simd, law)
}

impl ForwardScratch {
    /// Delays the arrivals of one sample by the synapses of a panel and sorts them.
    #[inline(always)]
    fn sort<S: Simd, L: Law<S>>(
        &mut self,
        simd: S,
        law: L,
        sorting: &SortingNetwork,
        panel: Panel,
        train: &Train,
    ) {
        for rows in [&mut self.p, &mut self.q, &mut self.weights] {
            rows.clear();
            rows.resize(sorting.padded(), [0.0; LANES]);
        }
        // what there is no arrival for comes last
        self.p[train.times.len()..].fill([f64::INFINITY; LANES]);
        for (k, source) in train.sources.iter().enumerate() {
            let source = *source as usize;
            self.weights[k] = panel.weights[source];
            for part in 0..parts::<S>() {
                let at = panel.delayed(simd, law, train.factors::<S, L>(simd, k), source, part);
                at.p.store(&mut self.p[k], part);
                if L::SECOND {
                    at.q.store(&mut self.q[k], part);
                }
            }
        }
        if L::SECOND {
            sorting.sort(simd, &mut self.p, [self.weights.as_mut_slice(), &mut self.q]);
        } else {
            sorting.sort(simd, &mut self.p, [self.weights.as_mut_slice()]);
        }
    }
}
