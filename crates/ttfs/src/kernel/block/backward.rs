//! Gradients of a layer along its recorded spikes.

use std::ops::Range;

use delgrad_neuron::Lif;
use pulp::{Simd, WithSimd};

use crate::backward::BackwardReport;
use crate::constants::{CONSTANTS, kernels_learn};
use crate::kernel::block::Arrivals;
use crate::kernel::by_constants::Membrane;
use crate::kernel::lanes::{Lanes, parts};
use crate::kernel::law::{Factors, Law, LawVisitor};
use crate::kernel::spike::{Along, Arrival, Spike, along};
use crate::kernel::{LANES, Laws, LayerGradient, Row, sum};
use crate::network::Layer;
use crate::prepared::PreparedLayer;

/// Working memory of a layer's backward pass.
#[derive(Clone, Debug, Default)]
pub(crate) struct BackwardScratch {
    /// `[source]`: what is left of each arrival at the spike.
    left: [Vec<Row>; 2],
    /// `[source]`: gradients of one neuron's synapses, summed over the blocks of the tile.
    weights: Vec<Row>,
    delays: Vec<Row>,
    /// `[block][target]`: factors of the spikes.
    spikes: [Vec<Row>; 2],
}

/// Backpropagates through all neurons of a layer for the blocks of a tile.
pub(crate) struct Backward<'a> {
    pub layer: &'a Layer,
    pub laws: &'a Laws,
    pub prepared: &'a PreparedLayer,
    pub arrivals: &'a mut Arrivals,
    /// `[block][target]` recorded spike times relative to the origins, without dendritic delays.
    pub spikes: &'a [Row],
    /// `[block][target]` dL/dT.
    pub cotangents: &'a [Row],
    pub how: Along,
    pub scratch: &'a mut BackwardScratch,
    /// `[block][source]` dL/d(arrival time), overwritten.
    pub sources: &'a mut Vec<Row>,
    pub gradient: &'a mut LayerGradient,
    pub report: &'a mut BackwardReport,
    /// Neurons to be left out, in order; only where each has a law of its own.
    pub left_out: &'a [usize],
}

impl WithSimd for Backward<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let Self { layer, laws, prepared, arrivals, spikes, cotangents, how, scratch, .. } = self;
        let Self { sources: of_sources, gradient, report, left_out, .. } = self;
        let (sources, targets) = (layer.sources, layer.spec.size);
        scratch.left.iter_mut().for_each(|rows| rows.resize(sources, [0.0; LANES]));
        of_sources.clear();
        of_sources.resize(spikes.len() / targets * sources, [0.0; LANES]);
        let membrane = |law| Membrane::new(law, kernels_learn(&layer.constants));
        if let Some(law) = laws.shared() {
            arrivals.fill_factors(law);
            let factors = law.resize(&mut scratch.spikes, spikes.len(), [0.0; LANES]);
            law.fill_inverse_factors(spikes.as_flattened(), factors.map(<[Row]>::as_flattened_mut));
            let (membrane, targets) = (membrane(law), 0..targets);
            let (sources, gradient) = (&mut *of_sources, &mut *gradient);
            if layer.constants.is_empty() {
                law.visit(
                    simd,
                    Neurons::<false, false> {
                        layer,
                        prepared,
                        arrivals,
                        spikes,
                        cotangents,
                        how,
                        scratch,
                        sources,
                        gradient,
                        report,
                        membrane,
                        targets,
                    },
                );
            } else {
                law.visit(
                    simd,
                    Neurons::<false, true> {
                        layer,
                        prepared,
                        arrivals,
                        spikes,
                        cotangents,
                        how,
                        scratch,
                        sources,
                        gradient,
                        report,
                        membrane,
                        targets,
                    },
                );
            }
        } else {
            for target in (0..targets).filter(|target| left_out.binary_search(target).is_err()) {
                let law = laws.of(target);
                arrivals.fill_factors(law);
                law.resize(&mut scratch.spikes, spikes.len(), [0.0; LANES]);
                let [p, q] = &mut scratch.spikes;
                for at in (target..spikes.len()).step_by(targets) {
                    let q = q.get_mut(at).map(|row| &mut row[..]).unwrap_or_default();
                    law.fill_inverse_factors(&spikes[at], [&mut p[at], q]);
                }
                let (arrivals, scratch, report) = (&*arrivals, &mut *scratch, &mut *report);
                let (sources, gradient) = (&mut *of_sources, &mut *gradient);
                let (membrane, targets) = (membrane(law), target..target + 1);
                law.visit(
                    simd,
                    Neurons::<true, true> {
                        layer,
                        prepared,
                        arrivals,
                        spikes,
                        cotangents,
                        how,
                        scratch,
                        sources,
                        gradient,
                        report,
                        membrane,
                        targets,
                    },
                );
            }
        }
        for rows in of_sources.chunks_exact(sources) {
            add_lanes(rows, &mut gradient.sources);
        }
    }
}

/// The same for neighbouring neurons with one law, given the factors of arrivals and spikes: for all, or for one of those that EACH have
/// a law of their OWN; with derivatives by constants or without.
struct Neurons<'a, const EACH: bool, const OWN: bool> {
    layer: &'a Layer,
    prepared: &'a PreparedLayer,
    arrivals: &'a Arrivals,
    spikes: &'a [Row],
    cotangents: &'a [Row],
    how: Along,
    scratch: &'a mut BackwardScratch,
    sources: &'a mut Vec<Row>,
    gradient: &'a mut LayerGradient,
    report: &'a mut BackwardReport,
    membrane: Membrane,
    targets: Range<usize>,
}

impl<'a, S: Simd, const EACH: bool, const OWN: bool> LawVisitor<'a, S> for Neurons<'a, EACH, OWN> {
    #[inline(always)]
    fn visit<L: Law<S>>(self, simd: S, law: impl Fn(&'a [Lif]) -> L) {
        let Self { layer, prepared, scratch, gradient, .. } = self;
        let sources = layer.sources;
        let targets = layer.spec.size;
        let synaptic = !prepared.synaptic.is_empty();
        let zero = Lanes::splat(simd, 0.0);

        for target in self.targets {
            let synapses = target * sources..(target + 1) * sources;
            let neurons = &layer.neurons[target..=target];
            let law = law(neurons);
            let weights = &prepared.weights[synapses.clone()];
            let delays = prepared.synaptic.get(synapses.clone()).unwrap_or(&[]);
            let factors = prepared.factors.each_ref().map(|f| f.get(synapses.clone()).unwrap_or(&[]));
            for rows in [&mut scratch.weights, &mut scratch.delays] {
                rows.clear();
                rows.resize(sources, [0.0; LANES]);
            }
            for (block, of_sources) in self.sources.chunks_exact_mut(sources).enumerate() {
                let at = block * targets + target;
                let rows = block * sources..(block + 1) * sources;
                let times = &self.arrivals.times[rows.clone()];
                let mut by_constants = [[0.0; LANES]; CONSTANTS];
                let [p, q] = self.arrivals.factors.each_ref().map(|f| f.get(rows.clone()).unwrap_or(&[]));
                for part in 0..parts::<S>() {
                    let load = |row: &Row| Lanes::load(simd, row, part);
                    let second = |rows: &[Row], at: usize| if L::SECOND { load(&rows[at]) } else { zero };
                    let spike = Spike {
                        time: load(&self.spikes[at]),
                        factors: Factors { p: load(&scratch.spikes[0][at]), q: second(&scratch.spikes[1], at) },
                        cotangent: load(&self.cotangents[at]),
                    };
                    let arrival = |source: usize| {
                        let (mut time, mut p, mut q) = (load(&times[source]), load(&p[source]), second(q, source));
                        if synaptic {
                            time = time + Lanes::splat(simd, delays[source]);
                            p = p * Lanes::splat(simd, factors[0][source]);
                            if L::SECOND {
                                q = law.delayed(q, Lanes::splat(simd, factors[1][source]));
                            }
                        }
                        Arrival { time, factors: Factors { p, q } }
                    };
                    let weight = |source: usize| Lanes::splat(simd, weights[source]);
                    let [left_p, left_q] = &mut scratch.left;
                    let left = [left_p.as_mut_slice(), left_q];
                    let (rows_of_weights, rows_of_delays) = (&mut scratch.weights, &mut scratch.delays);
                    let add = |source: usize, weight: Lanes<S>, time: Lanes<S>| {
                        (load(&rows_of_weights[source]) - weight).store(&mut rows_of_weights[source], part);
                        (load(&rows_of_delays[source]) + time).store(&mut rows_of_delays[source], part);
                        (load(&of_sources[source]) + time).store(&mut of_sources[source], part);
                    };
                    let (report, push) =
                        along(simd, law, neurons, self.how, spike, sources, arrival, weight, left, part, add);
                    *self.report += report;
                    if OWN {
                        let times = |source: usize| {
                            let time = load(&times[source]);
                            if synaptic { time + Lanes::splat(simd, delays[source]) } else { time }
                        };
                        let [left_p, left_q] = &scratch.left;
                        let left = [left_p.as_slice(), left_q];
                        let by = self
                            .membrane
                            .derivatives(simd, law, push, spike.time, sources, times, weight, left, part);
                        by.into_iter().zip(&mut by_constants).for_each(|(by, row)| by.store(row, part));
                    }
                }
                if OWN {
                    let total = &mut gradient.constants[target];
                    total.iter_mut().zip(&by_constants).for_each(|(total, row)| *total += sum(row));
                }
            }
            add_lanes(&scratch.weights, &mut gradient.weights[synapses.clone()]);
            if synaptic {
                add_lanes(&scratch.delays, &mut gradient.synaptic[synapses]);
            }
            gradient.dendritic[target] += scratch.delays.iter().map(sum).sum::<f64>();
        }
    }
}

#[inline(always)]
fn add_lanes(rows: &[Row], sums: &mut [f64]) {
    for (total, row) in sums.iter_mut().zip(rows) {
        *total += sum(row);
    }
}
