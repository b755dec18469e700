//! Gradients of a layer along its recorded spikes.

use delgrad_neuron::math::exp;
use delgrad_neuron::{Lif, SpikeSlope, State};
use pulp::{Simd, WithSimd};

use super::forward::Arrivals;
use super::lanes::{Lanes, Mask, parts};
use super::law::{Factors, Law, LawVisitor, LayerLaw};
use super::{LANES, Row};
use crate::backward::BackwardReport;
use crate::network::Layer;
use crate::prepared::PreparedLayer;

/// Below this rate of the voltage at its spike, in units of (threshold - leak) / tau_syn, a spike counts as
/// grazing: its gradient is of no use, and further down it would overflow.
const GRAZING: f64 = 1e-9;

/// The smallest useful rate of a neuron's voltage at its spike.
pub(crate) fn grazing_slope(neuron: &Lif) -> f64 {
    GRAZING * (neuron.threshold() - neuron.leak()) / neuron.tau_syn()
}

/// Sums of the gradients of one layer.
#[derive(Clone, Debug, Default)]
pub(crate) struct LayerGradient {
    /// `[target][source]`
    pub weights: Vec<f64>,
    /// `[target][source]`; empty if the layer has no synaptic delays.
    pub synaptic: Vec<f64>,
    /// `[target]`
    pub dendritic: Vec<f64>,
    /// `[source]`: of the arrival times at the axons' ends.
    pub sources: Vec<f64>,
}

/// Working memory of a layer's backward pass.
#[derive(Clone, Debug, Default)]
pub(crate) struct BackwardScratch {
    /// `[source]`: response of one neuron to each arrival.
    kernel: Vec<Row>,
    slope: Vec<Row>,
    /// `[source]`: gradients of one neuron's synapses, summed over the blocks of the tile.
    weights: Vec<Row>,
    delays: Vec<Row>,
    /// `[block][target]`: factors of the spikes.
    spikes: [Vec<Row>; 2],
}

/// Backpropagates through all neurons of a layer for the blocks of a tile.
pub(crate) struct Backward<'a> {
    pub layer: &'a Layer,
    pub law: &'a LayerLaw,
    pub prepared: &'a PreparedLayer,
    pub arrivals: &'a mut Arrivals,
    /// `[block][target]` recorded spike times relative to the origins, without dendritic delays.
    pub spikes: &'a [Row],
    /// `[block][target]` dL/dT.
    pub cotangents: &'a [Row],
    /// The largest entry that a weight gradient of one sample and neuron may have; infinite for no limit.
    pub limit: f64,
    pub slope: SpikeSlope,
    pub scratch: &'a mut BackwardScratch,
    /// `[block][source]` dL/d(arrival time), overwritten.
    pub sources: &'a mut Vec<Row>,
    pub gradient: &'a mut LayerGradient,
    pub report: &'a mut BackwardReport,
}

impl WithSimd for Backward<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        self.arrivals.fill_factors(self.law);
        let (law, neurons) = (self.law, &self.layer.neurons);
        law.visit(simd, neurons, self);
    }
}

impl BackwardScratch {
    /// Inverse factors of the spikes, or their times in units of `tau_syn`; finite also for silent neurons, and for
    /// recorded spikes long before the origin, which have no causes.
    #[inline(always)]
    fn fill_spikes(&mut self, law: &LayerLaw, spikes: &[Row]) {
        for (number, (factor, rate)) in self.spikes.iter_mut().zip(law.factor_rates()).enumerate() {
            let Some(rate) = rate else { continue };
            factor.resize(spikes.len(), [0.0; LANES]);
            let pairs = factor.as_flattened_mut().iter_mut().zip(spikes.as_flattened());
            // A time before every arrival has no causal input, whatever its factor: any finite one will do.
            let since = |time: f64| if time > 0.0 && time < f64::INFINITY { time * rate } else { 0.0 };
            if number == 0 || law.second_factor_is_exponential() {
                pairs.for_each(|(factor, time)| *factor = exp(-since(*time)));
            } else {
                pairs.for_each(|(factor, time)| *factor = since(*time));
            }
        }
    }
}

impl<S: Simd> LawVisitor<S> for Backward<'_> {
    #[inline(always)]
    fn visit<L: Law<S>>(self, simd: S, law: impl Fn(usize) -> L) {
        let Self { layer, prepared, scratch, gradient, .. } = self;
        let sources = layer.sources;
        let targets = layer.spec.size;
        let blocks = self.spikes.len() / targets;
        let synaptic = !prepared.synaptic.is_empty();
        scratch.fill_spikes(self.law, self.spikes);
        for rows in [&mut scratch.kernel, &mut scratch.slope] {
            rows.resize(sources, [0.0; LANES]);
        }
        self.sources.clear();
        self.sources.resize(blocks * sources, [0.0; LANES]);

        for target in 0..targets {
            let synapses = target * sources..(target + 1) * sources;
            let lif = &layer.neurons[target];
            let neuron = Neuron {
                law: law(target),
                weights: &prepared.weights[synapses.clone()],
                delays: prepared.synaptic.get(synapses.clone()).unwrap_or(&[]),
                factors: prepared.factors.each_ref().map(|f| f.get(synapses.clone()).unwrap_or(&[])),
                leak_rate: (lif.threshold() - lif.leak()) / lif.tau_mem(),
                capacitance: lif.capacitance(),
                grazing: grazing_slope(lif),
                limit: self.limit,
                slope: self.slope,
                lif,
            };
            for rows in [&mut scratch.weights, &mut scratch.delays] {
                rows.clear();
                rows.resize(sources, [0.0; LANES]);
            }
            for block in 0..blocks {
                let rows = block * sources..(block + 1) * sources;
                let at = block * targets + target;
                let [p, q] = &self.arrivals.factors;
                let arrivals = BlockArrivals {
                    times: &self.arrivals.times[rows.clone()],
                    p: &p[rows.clone()],
                    q: if L::SECOND { &q[rows.clone()] } else { &[] },
                };
                let spike = BlockSpike {
                    time: &self.spikes[at],
                    p: &scratch.spikes[0][at],
                    q: if L::SECOND { &scratch.spikes[1][at] } else { &scratch.spikes[0][at] },
                    cotangent: &self.cotangents[at],
                };
                let sums = BlockSums {
                    kernel: &mut scratch.kernel,
                    slope: &mut scratch.slope,
                    weights: &mut scratch.weights,
                    delays: &mut scratch.delays,
                    sources: &mut self.sources[rows],
                };
                *self.report += neuron.block(simd, arrivals, spike, sums);
            }
            add_lanes(&scratch.weights, &mut gradient.weights[synapses.clone()]);
            if synaptic {
                add_lanes(&scratch.delays, &mut gradient.synaptic[synapses]);
            }
            gradient.dendritic[target] += scratch.delays.iter().map(sum).sum::<f64>();
        }
        for rows in self.sources.chunks_exact(sources) {
            add_lanes(rows, &mut gradient.sources);
        }
    }
}

/// Sum over the lanes, halving the row again and again: the same order on any machine.
#[inline(always)]
fn sum(row: &Row) -> f64 {
    let [a, b, c, d, e, f, g, h] = *row;
    ((a + e) + (c + g)) + ((b + f) + (d + h))
}

#[inline(always)]
fn add_lanes(rows: &[Row], sums: &mut [f64]) {
    for (total, row) in sums.iter_mut().zip(rows) {
        *total += sum(row);
    }
}

/// One neuron and its synapses.
struct Neuron<'a, L> {
    law: L,
    weights: &'a [f64],
    delays: &'a [f64],
    factors: [&'a [f64]; 2],
    /// `(threshold - leak) / tau_mem`: how fast the leak alone pulls the voltage down at the threshold.
    leak_rate: f64,
    capacitance: f64,
    /// The smallest useful rate of the voltage at the spike.
    grazing: f64,
    limit: f64,
    slope: SpikeSlope,
    lif: &'a Lif,
}

/// Arrivals of one block, `[source]`.
struct BlockArrivals<'a> {
    times: &'a [Row],
    p: &'a [Row],
    q: &'a [Row],
}

/// Recorded spikes of one neuron in one block.
struct BlockSpike<'a> {
    time: &'a Row,
    p: &'a Row,
    q: &'a Row,
    cotangent: &'a Row,
}

/// Where the results of one block go, `[source]`.
struct BlockSums<'a> {
    kernel: &'a mut [Row],
    slope: &'a mut [Row],
    weights: &'a mut [Row],
    delays: &'a mut [Row],
    sources: &'a mut [Row],
}

impl<L> Neuron<'_, L> {
    /// `dT/dw = -k(s)/V'` and `dT/dt = w k'(s)/V'` for the arrivals before the spike (Göltz et al. 2025, Methods).
    #[inline(always)]
    fn block<S: Simd>(
        &self,
        simd: S,
        arrivals: BlockArrivals,
        spike: BlockSpike,
        sums: BlockSums,
    ) -> BackwardReport
    where
        L: Law<S>,
    {
        let zero = Lanes::splat(simd, 0.0);
        let mut report = BackwardReport::default();
        for part in 0..parts::<S>() {
            let load = |row: &Row| Lanes::load(simd, row, part);
            let (time, cotangent) = (load(spike.time), load(spike.cotangent));
            // Most outputs of a trained network have no cotangent.
            let wanted = zero.lt(cotangent.abs());
            if !wanted.any() {
                continue;
            }
            let at = Factors { p: load(spike.p), q: if L::SECOND { load(spike.q) } else { zero } };
            let mut current = zero;
            for source in 0..self.weights.len() {
                let mut arrives = load(&arrivals.times[source]);
                let mut factors = Factors {
                    p: load(&arrivals.p[source]),
                    q: if L::SECOND { load(&arrivals.q[source]) } else { zero },
                };
                if !self.delays.is_empty() {
                    arrives = arrives + Lanes::splat(simd, self.delays[source]);
                    factors.p = factors.p * Lanes::splat(simd, self.factors[0][source]);
                    if L::SECOND {
                        factors.q = self.law.delayed(factors.q, self.factors[1][source], simd);
                    }
                }
                let causal = arrives.lt(time);
                factors.p = causal.select(factors.p, zero);
                factors.q = causal.select(factors.q, zero);
                let response = self.law.response(simd, factors, at);
                current = current + Lanes::splat(simd, self.weights[source]) * response.current;
                response.kernel.store(&mut sums.kernel[source], part);
                response.slope.store(&mut sums.slope[source], part);
            }

            let fired = time.lt(Lanes::splat(simd, f64::INFINITY));
            let rate = match self.slope {
                SpikeSlope::Recorded => {
                    current / Lanes::splat(simd, self.capacitance) - Lanes::splat(simd, self.leak_rate)
                }
                SpikeSlope::Crossing => {
                    let mut voltage = Lanes::splat(simd, self.lif.leak());
                    for (weight, kernel) in self.weights.iter().zip(&*sums.kernel) {
                        voltage = voltage + Lanes::splat(simd, *weight) * load(kernel);
                    }
                    self.crossing(simd, wanted & fired, voltage, current)
                }
            };
            let steep = Lanes::splat(simd, self.grazing).lt(rate);
            report.unexplained += count(simd, wanted & fired & !steep);
            let push = (fired & steep).select(cotangent / rate, zero);

            let mut keep = push;
            if self.limit < f64::INFINITY {
                let mut largest = zero;
                for kernel in &*sums.kernel {
                    largest = largest.max((push * load(kernel)).abs());
                }
                let small = largest.le(Lanes::splat(simd, self.limit));
                report.dropped += count(simd, !small);
                keep = small.select(push, zero);
            }
            for source in 0..self.weights.len() {
                let weight = load(&sums.weights[source]) - keep * load(&sums.kernel[source]);
                weight.store(&mut sums.weights[source], part);
                let arrival = push * Lanes::splat(simd, self.weights[source]) * load(&sums.slope[source]);
                (load(&sums.delays[source]) + arrival).store(&mut sums.delays[source], part);
                (load(&sums.sources[source]) + arrival).store(&mut sums.sources[source], part);
            }
        }
        report
    }

    /// The slope at the crossing in the lanes that are asked, zero where there is none: the neuron itself is asked, lane by lane.
    #[inline(always)]
    fn crossing<S: Simd>(&self, simd: S, asked: Mask<S>, voltage: Lanes<S>, current: Lanes<S>) -> Lanes<S> {
        let [mut rates, mut v, mut i] = [[0.0; LANES]; 3];
        asked.select(Lanes::splat(simd, 1.0), Lanes::splat(simd, 0.0)).store(&mut rates, 0);
        voltage.store(&mut v, 0);
        current.store(&mut i, 0);
        for lane in 0..S::F64_LANES {
            if rates[lane] != 0.0 {
                let state = State { v: v[lane], i: i[lane] };
                rates[lane] = SpikeSlope::Crossing.of(self.lif, state).unwrap_or(0.0);
            }
        }
        Lanes::load(simd, &rates, 0)
    }
}

/// Number of lanes in a mask.
#[inline(always)]
fn count<S: Simd>(simd: S, mask: Mask<S>) -> u64 {
    if !mask.any() {
        return 0;
    }
    let mut row = [0.0; LANES];
    mask.select(Lanes::splat(simd, 1.0), Lanes::splat(simd, 0.0)).store(&mut row, 0);
    row[..S::F64_LANES].iter().filter(|lane| **lane != 0.0).count() as u64
}
