//! Eight neurons side by side: the kernels of large layers.

pub(crate) mod backward;
mod bins;
pub(crate) mod forward;
mod grid;
mod runs;

use pulp::Simd;

use super::lanes::Lanes;
use super::law::{Factors, Law};
use super::{LANES, LayerLaw, Row};
use runs::Runs;

/// Bits of a key that hold the source of an arrival.
const SOURCE_BITS: u32 = u32::BITS;

/// The arrivals of one sample at the axons' ends that exist, in time order, axonal delays included.
///
/// Times are in the units of the network's time constants and refer to the sample's origin, the first spike on its way.
#[derive(Clone, Debug, Default)]
pub(crate) struct Train {
    pub origin: f64,
    /// `[source]`: the arrival from each, infinite if there is none.
    pub by_source: Vec<f64>,
    pub times: Vec<f64>,
    pub sources: Vec<u32>,
    /// First and second factor of each arrival (see [`Law`]).
    pub factors: [Vec<f64>; 2],
    /// Only for a forward pass without synaptic delays.
    runs: Runs,
    /// Whether the arrivals are too far apart for their factors: nothing but the times is valid then.
    pub plain: bool,
    /// Working memory: what is sorted.
    order: Vec<u128>,
}

impl Train {
    /// Puts the arrivals into their order.
    pub fn sort(&mut self) {
        // Times are not negative, so their bits are in the order of the numbers; whole keys sort faster than pairs.
        let arrivals = self.by_source.iter().zip(0_u128..).filter(|(time, _)| time.is_finite());
        self.order.clear();
        self.order.extend(arrivals.map(|(time, source)| u128::from(time.to_bits()) << SOURCE_BITS | source));
        self.order.sort_unstable();
        self.times.clear();
        self.times.extend(self.order.iter().map(|key| f64::from_bits((key >> SOURCE_BITS) as u64)));
        self.sources.clear();
        self.sources.extend(self.order.iter().map(|key| *key as u32));
    }

    /// The last arrival; zero if there is none.
    pub fn latest(&self) -> f64 {
        self.times.last().copied().unwrap_or(0.0)
    }

    /// Computes the factors from the times.
    #[inline(always)]
    pub fn fill_factors(&mut self, law: &LayerLaw) {
        let factors = law.resize(&mut self.factors, self.times.len(), 0.0);
        law.fill_factors(&self.times, factors);
    }

    /// The factors of an arrival, in all lanes.
    #[inline(always)]
    fn factors<S: Simd, L: Law<S>>(&self, simd: S, k: usize) -> Factors<S> {
        let [p, q] = &self.factors;
        Factors { p: Lanes::splat(simd, p[k]), q: Lanes::splat(simd, if L::SECOND { q[k] } else { 0.0 }) }
    }
}

/// The synapses of one panel, `[source]`.
#[derive(Clone, Copy)]
pub(crate) struct Panel<'a> {
    pub weights: &'a [Row],
    /// Synaptic delays; empty if there are none.
    pub delays: &'a [Row],
    /// First and second factor of the delays.
    pub factors: [&'a [Row]; 2],
}

impl Panel<'_> {
    /// The factors of an arrival, delayed by the synapses from its source.
    #[inline(always)]
    fn delayed<S: Simd, L: Law<S>>(
        &self,
        simd: S,
        law: L,
        at: Factors<S>,
        source: usize,
        part: usize,
    ) -> Factors<S> {
        let load = |rows: &[Row]| Lanes::load(simd, &rows[source], part);
        let q = if L::SECOND { law.delayed(at.q, load(self.factors[1])) } else { at.q };
        Factors { p: at.p * load(self.factors[0]), q }
    }
}

/// Relative error of a factor and of the bounds of a stretch, in units of the smallest relative step: the exponents are 300 at
/// most, and some operations add their own.
const STEPS: f64 = 4096.0;

/// How many times its magnitude a sum over so many arrivals may be off by rounding.
fn rounding(arrivals: usize) -> f64 {
    (arrivals as f64 + STEPS) * f64::EPSILON
}

/// The neurons of a vector of a panel; `None` where the layer has ended before.
fn neurons_of<T>(neurons: &[T], panel: usize, part: usize, lanes: usize) -> Option<&[T]> {
    let start = panel * LANES + part * lanes;
    (start < neurons.len()).then(|| &neurons[start..neurons.len().min(start + lanes)])
}
