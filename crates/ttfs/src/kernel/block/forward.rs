//! First spikes of a layer.

use std::ops::Range;

use delgrad_neuron::Lif;
use pulp::{Simd, WithSimd};

use crate::kernel::block::Arrivals;
use crate::kernel::lanes::{Lanes, Mask, parts};
use crate::kernel::law::{Factors, Law, LawVisitor, LayerLaw, Sums};
use crate::kernel::sort::SortingNetwork;
use crate::kernel::walk::Search;
use crate::kernel::{LANES, Laws, Row};
use crate::network::Layer;
use crate::prepared::PreparedLayer;

/// Working memory of a layer's forward pass.
#[derive(Clone, Debug, Default)]
pub(crate) struct ForwardScratch {
    /// `[source]`: the arrivals of one neuron in time order.
    p: Vec<Row>,
    q: Vec<Row>,
    weights: Vec<Row>,
    /// `[block][source]`: the arrivals in time order where all neurons share it, and whose they are.
    ordered: [Vec<Row>; 2],
    origin: Vec<[u32; LANES]>,
    /// Their times, where each neuron has a law of its own.
    times: Vec<Row>,
}

/// Computes the first spikes of the neurons of a layer for the blocks of a tile.
pub(crate) struct Forward<'a> {
    pub layer: &'a Layer,
    pub laws: &'a Laws,
    pub prepared: &'a PreparedLayer,
    pub sorting: &'a SortingNetwork,
    pub arrivals: &'a mut Arrivals,
    pub scratch: &'a mut ForwardScratch,
    /// `[block][target]` spike times relative to the origins, without dendritic delays; `+inf` for none.
    pub spikes: &'a mut Vec<Row>,
    /// Neurons to be left out, in order; only where each has a law of its own.
    pub left_out: &'a [usize],
}

impl WithSimd for Forward<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let Self { layer, laws, prepared, sorting, arrivals, scratch, spikes, left_out } = self;
        if let Some(law) = laws.shared() {
            arrivals.fill_factors(law);
            let targets = 0..layer.spec.size;
            law.visit(
                simd,
                Neurons::<false> { layer, law, prepared, sorting, arrivals, scratch, spikes, targets },
            );
            return;
        }
        let shared_order = prepared.synaptic.is_empty();
        if shared_order {
            // the key is the time
            arrivals.factors[0].clone_from(&arrivals.times);
            scratch.order(simd, sorting, arrivals, layer.sources, false);
            std::mem::swap(&mut scratch.times, &mut scratch.ordered[0]);
        }
        for target in (0..layer.spec.size).filter(|target| left_out.binary_search(target).is_err()) {
            let law = laws.of(target);
            if shared_order {
                let factors = law.resize(&mut scratch.ordered, scratch.times.len(), [0.0; LANES]);
                law.fill_factors(scratch.times.as_flattened(), factors.map(<[Row]>::as_flattened_mut));
            } else {
                arrivals.fill_factors(law);
            }
            let (arrivals, scratch, spikes) = (&mut *arrivals, &mut *scratch, &mut *spikes);
            let targets = target..target + 1;
            law.visit(simd, Neurons::<true> { layer, law, prepared, sorting, arrivals, scratch, spikes, targets });
        }
    }
}

/// The same for neighbouring neurons with one law, given the factors of the arrivals: for all, or for one of those that EACH have a law of
/// their own, whose arrivals are in order already where all share it. (A type for both would have closures that are called from two
/// places, and may be compiled without wide vectors.)
struct Neurons<'a, const EACH: bool> {
    layer: &'a Layer,
    law: &'a LayerLaw,
    prepared: &'a PreparedLayer,
    sorting: &'a SortingNetwork,
    arrivals: &'a mut Arrivals,
    scratch: &'a mut ForwardScratch,
    spikes: &'a mut Vec<Row>,
    targets: Range<usize>,
}

impl<'a, S: Simd, const EACH: bool> LawVisitor<'a, S> for Neurons<'a, EACH> {
    #[inline(always)]
    fn visit<L: Law<S>>(self, simd: S, law: impl Fn(&'a [Lif]) -> L) {
        let sources = self.layer.sources;
        let targets = self.layer.spec.size;
        let blocks = self.arrivals.times.len() / sources;
        self.spikes.resize(blocks * targets, [f64::INFINITY; LANES]);
        let shared_order = self.prepared.synaptic.is_empty();
        if shared_order && !EACH {
            self.scratch.order(simd, self.sorting, self.arrivals, sources, L::SECOND);
        }
        for target in self.targets.clone() {
            let law = law(&self.layer.neurons[target..=target]);
            let synapses = target * sources..(target + 1) * sources;
            let weights = &self.prepared.weights[synapses.clone()];
            for block in 0..blocks {
                let rows = block * sources..(block + 1) * sources;
                let spikes = &mut self.spikes[block * targets + target];
                if shared_order {
                    let [p, q] = &self.scratch.ordered;
                    let q = if L::SECOND { &q[rows.clone()] } else { &[] };
                    let origin = &self.scratch.origin[rows.clone()];
                    scan(simd, law, &p[rows], q, spikes, |k, part| {
                        let mut row = [0.0; LANES];
                        for lane in part * S::F64_LANES..(part + 1) * S::F64_LANES {
                            row[lane] = weights[origin[k][lane] as usize];
                        }
                        Lanes::load(simd, &row, part)
                    });
                } else {
                    let [p, q] = &self.arrivals.factors;
                    let q = if L::SECOND { &q[rows.clone()] } else { &[] };
                    let delays = self.prepared.factors.each_ref().map(|f| f.get(synapses.clone()).unwrap_or(&[]));
                    self.scratch.delay(simd, law, self.sorting, &p[rows], q, delays, weights);
                    let ForwardScratch { p, q, weights, .. } = &*self.scratch;
                    let (p, q) = (&p[..sources], if L::SECOND { &q[..sources] } else { &[] });
                    scan(simd, law, p, q, spikes, |k, part| Lanes::load(simd, &weights[k], part));
                }
            }
        }
        if !EACH {
            self.law.finish(self.spikes.as_flattened_mut());
        } else {
            for rows in self.spikes.chunks_exact_mut(targets) {
                self.law.finish(rows[self.targets.clone()].as_flattened_mut());
            }
        }
    }
}

impl ForwardScratch {
    /// Sorts the arrivals of each block once for all neurons.
    #[inline(always)]
    fn order<S: Simd>(
        &mut self,
        simd: S,
        sorting: &SortingNetwork,
        arrivals: &Arrivals,
        sources: usize,
        second: bool,
    ) {
        let [ordered_p, ordered_q] = &mut self.ordered;
        ordered_p.clear();
        ordered_q.clear();
        self.origin.clear();
        for rows in [&mut self.p, &mut self.q, &mut self.weights] {
            rows.resize(sorting.padded(), [0.0; LANES]);
        }
        let [p, q] = &arrivals.factors;
        for block in 0..p.len() / sources {
            let rows = block * sources..(block + 1) * sources;
            // the payload is the index of the source
            let index = &mut self.weights;
            index.iter_mut().enumerate().for_each(|(source, row)| *row = [source as f64; LANES]);
            self.p[..sources].copy_from_slice(&p[rows.clone()]);
            if second {
                self.q[..sources].copy_from_slice(&q[rows]);
                sorting.sort(simd, &mut self.p, [index.as_mut_slice(), &mut self.q]);
                ordered_q.extend_from_slice(&self.q[..sources]);
            } else {
                sorting.sort(simd, &mut self.p, [index.as_mut_slice()]);
            }
            ordered_p.extend_from_slice(&self.p[..sources]);
            self.origin.extend(index[..sources].iter().map(|row| row.map(|source| source as u32)));
        }
    }

    /// Delays the arrivals by the synapses of one neuron and sorts them.
    #[inline(always)]
    #[allow(clippy::too_many_arguments, reason = "one call, and a struct would say the same names again")]
    fn delay<S: Simd, L: Law<S>>(
        &mut self,
        simd: S,
        law: L,
        sorting: &SortingNetwork,
        p: &[Row],
        q: &[Row],
        delays: [&[f64]; 2],
        weights: &[f64],
    ) {
        let sources = p.len();
        for rows in [&mut self.p, &mut self.q, &mut self.weights] {
            rows.resize(sorting.padded(), [0.0; LANES]);
        }
        for source in 0..sources {
            for part in 0..parts::<S>() {
                Lanes::splat(simd, weights[source]).store(&mut self.weights[source], part);
                let factor = Lanes::splat(simd, delays[0][source]);
                (Lanes::load(simd, &p[source], part) * factor).store(&mut self.p[source], part);
                if L::SECOND {
                    let delayed =
                        law.delayed(Lanes::load(simd, &q[source], part), Lanes::splat(simd, delays[1][source]));
                    delayed.store(&mut self.q[source], part);
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

/// Walks through the arrivals in time order until every lane has fired.
#[inline(always)]
fn scan<S: Simd, L: Law<S>>(
    simd: S,
    law: L,
    p: &[Row],
    q: &[Row],
    spikes: &mut Row,
    weight: impl Fn(usize, usize) -> Lanes<S>,
) {
    let infinite = Lanes::splat(simd, f64::INFINITY);
    let zero = Lanes::splat(simd, 0.0);
    for part in 0..parts::<S>() {
        let factors = |k: usize| {
            let at = |rows: &[Row]| rows.get(k).map_or(infinite, |row| Lanes::load(simd, row, part));
            Factors { p: at(p), q: if L::SECOND { at(q) } else { zero } }
        };
        let (sums, waiting) = (Sums { a: zero, b: zero }, !Mask::none(simd));
        let mut search = Search::new(simd, waiting);
        search.walk(simd, law, waiting, sums, p.len(), factors, |k| weight(k, part));
        search.times(simd, law).store(spikes, part);
    }
}
