//! Gradients of the neurons of a panel along their recorded spikes.

use std::ops::Range;

use delgrad_neuron::Lif;
use pulp::{Simd, WithSimd};

use super::{Train, neurons_of};
use crate::backward::BackwardReport;
use crate::constants::{CONSTANTS, kernels_learn};
use crate::kernel::by_constants::Membrane;
use crate::kernel::lanes::{Lanes, parts};
use crate::kernel::law::{Factors, Law, LawVisitor, LayerLaw};
use crate::kernel::spike::{Along, Arrival, Spike, along};
use crate::kernel::{LANES, Row, sum};
use crate::network::Layer;
use crate::prepared::PreparedLayer;

/// The recorded spikes of some panels, `[panel][sample]`, and dL/dT of each.
#[derive(Clone, Debug, Default)]
pub(crate) struct Spikes {
    /// Times relative to the origins, without dendritic delays.
    pub times: Vec<Row>,
    pub cotangents: Vec<Row>,
    /// Inverse factors (see [`Law::left`]).
    factors: [Vec<Row>; 2],
}

/// Working memory and results of some panels besides the gradients of their synapses.
#[derive(Clone, Debug, Default)]
pub(crate) struct BackwardScratch {
    /// `[arrival]`: what is left of each at the spike.
    left: [Vec<Row>; 2],
    pub spikes: Spikes,
    /// dL/d(arrival time) of the arrivals of all trains, one train after the other, before the sum over lanes.
    pub arrivals: Vec<Row>,
    pub report: BackwardReport,
}

/// Backpropagates through some panels of a layer for some samples; with derivatives by the neurons' OWN constants or without.
pub(crate) struct Backward<'a, const OWN: bool> {
    pub layer: &'a Layer,
    pub law: &'a LayerLaw,
    pub prepared: &'a PreparedLayer,
    pub panels: Range<usize>,
    /// `[sample]`
    pub trains: &'a [Train],
    pub how: Along,
    pub scratch: &'a mut BackwardScratch,
    /// Whether the gradients of arrival times are wanted: for the sources, or for the neurons' delays alone.
    pub wants_sources: bool,
    pub wants_times: bool,
    /// `[panel][source]`; added to. The second is empty if there are no synaptic delays.
    pub weights: &'a mut [Row],
    pub synaptic: &'a mut [Row],
    /// `[panel]`
    pub dendritic: &'a mut [Row],
    /// `[panel][lane]`: by constants, where these are wanted.
    pub constants: &'a mut [[f64; CONSTANTS]],
}

impl<const OWN: bool> WithSimd for Backward<'_, OWN> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let Spikes { times, factors, .. } = &mut self.scratch.spikes;
        let factors = self.law.resize(factors, times.len(), [0.0; LANES]);
        self.law.fill_inverse_factors(times.as_flattened(), factors.map(<[Row]>::as_flattened_mut));
        self.law.visit(simd, self);
    }
}

impl<'a, S: Simd, const OWN: bool> LawVisitor<'a, S> for Backward<'a, OWN> {
    #[inline(always)]
    fn visit<L: Law<S>>(self, simd: S, law: impl Fn(&'a [Lif]) -> L) {
        let Self { layer, prepared, panels, trains, how, wants_sources, wants_times, .. } = self;
        let BackwardScratch { left: left_rows, spikes, arrivals, report } = self.scratch;
        let membrane = Membrane::new(self.law, kernels_learn(&layer.constants));
        let sources = layer.sources;
        let shortest = prepared.synaptic_bounds[0];
        left_rows.iter_mut().for_each(|rows| rows.resize(sources, [0.0; LANES]));
        let wanted = if wants_sources { trains.iter().map(|train| train.times.len()).sum() } else { 0 };
        arrivals.clear();
        arrivals.resize(wanted, [0.0; LANES]);
        *report = BackwardReport::default();
        for (index, panel) in panels.enumerate() {
            let synapses = prepared.panel(panel);
            let synaptic = !synapses.delays.is_empty();
            let rows = index * sources..(index + 1) * sources;
            let weights = &mut self.weights[rows.clone()];
            let delays = self.synaptic.get_mut(rows).unwrap_or_default();
            let mut first = 0;
            for (sample, train) in trains.iter().enumerate() {
                let at = index * trains.len() + sample;
                let before = if wants_sources { first..first + train.times.len() } else { 0..0 };
                let arrivals = &mut arrivals[before];
                first += train.times.len();
                if train.plain {
                    continue;
                }
                // arrivals after the last spike need not be looked at
                let last = spikes.times[at].iter().zip(&spikes.cotangents[at]);
                let last = last.filter(|(_, c)| **c != 0.0).fold(f64::NEG_INFINITY, |last, (t, _)| last.max(*t));
                let causal = train.times.partition_point(|time| time + shortest < last);
                for part in 0..parts::<S>() {
                    let Some(neurons) = neurons_of(&layer.neurons, panel, part, S::F64_LANES) else { break };
                    let law = law(neurons);
                    let load = |row: &Row| Lanes::load(simd, row, part);
                    let zero = Lanes::splat(simd, 0.0);
                    let spike = Spike {
                        time: load(&spikes.times[at]),
                        factors: Factors {
                            p: load(&spikes.factors[0][at]),
                            q: if L::SECOND { load(&spikes.factors[1][at]) } else { zero },
                        },
                        cotangent: load(&spikes.cotangents[at]),
                    };
                    let source = |k: usize| train.sources[k] as usize;
                    let weight = |k: usize| load(&synapses.weights[source(k)]);
                    let [left_p, left_q] = &mut *left_rows;
                    let left = [left_p.as_mut_slice(), left_q];
                    let arrival = |k: usize| {
                        let time = Lanes::splat(simd, train.times[k]);
                        let factors = train.factors::<S, L>(simd, k);
                        if !synaptic {
                            return Arrival { time, factors };
                        }
                        let source = source(k);
                        let factors = synapses.delayed(simd, law, factors, source, part);
                        Arrival { time: time + load(&synapses.delays[source]), factors }
                    };
                    let mut total = zero;
                    let add = |k: usize, weight: Lanes<S>, time: Lanes<S>| {
                        let source = source(k);
                        (load(&weights[source]) - weight).store(&mut weights[source], part);
                        if wants_times {
                            total = total + time;
                            if synaptic {
                                (load(&delays[source]) + time).store(&mut delays[source], part);
                            }
                            if wants_sources {
                                (load(&arrivals[k]) + time).store(&mut arrivals[k], part);
                            }
                        }
                    };
                    let (of_spikes, push) =
                        along(simd, law, neurons, how, spike, causal, arrival, weight, left, part, add);
                    *report += of_spikes;
                    if OWN {
                        let times = |k: usize| {
                            let time = Lanes::splat(simd, train.times[k]);
                            if synaptic { time + load(&synapses.delays[source(k)]) } else { time }
                        };
                        let [left_p, left_q] = &*left_rows;
                        let left = [left_p.as_slice(), left_q];
                        let by =
                            membrane.derivatives(simd, law, push, spike.time, causal, times, weight, left, part);
                        let lanes = part * S::F64_LANES..part * S::F64_LANES + neurons.len();
                        let totals = &mut self.constants[index * LANES..][lanes.clone()];
                        for (constant, by) in by.into_iter().enumerate() {
                            let mut row = [0.0; LANES];
                            by.store(&mut row, part);
                            totals
                                .iter_mut()
                                .zip(&row[lanes.clone()])
                                .for_each(|(total, by)| total[constant] += by);
                        }
                    }
                    let dendritic = &mut self.dendritic[index];
                    (load(dendritic) + total).store(dendritic, part);
                }
            }
        }
    }
}

/// Adds the gradients of the arrival times of all trains to `[sample][source]` sums.
pub(crate) fn add_arrivals(arrivals: &[Row], trains: &[Train], sources: usize, sums: &mut [f64]) {
    let mut rows = arrivals.iter();
    for (train, sums) in trains.iter().zip(sums.chunks_exact_mut(sources)) {
        for (source, row) in train.sources.iter().zip(&mut rows) {
            sums[*source as usize] += sum(row);
        }
    }
}
