//! Any ratio of the time constants.

use delgrad_neuron::math::ln;
use delgrad_neuron::{Lif, State};
use pulp::Simd;

use super::super::lanes::{Lanes, Mask};
use super::{Course, Factors, Law, Response, Stretch, Sums, Walk, below, each, resolve};

/// Any other ratio, the non-leaky limit included.
#[derive(Clone, Copy)]
pub(crate) struct General<'a, S: Simd> {
    neurons: &'a [Lif],
    /// `threshold - leak`
    distance: Lanes<S>,
    rate_mem: f64,
    rate_syn: f64,
    capacitance: f64,
    kappa: f64,
}

impl<'a, S: Simd> General<'a, S> {
    #[inline(always)]
    pub fn new(simd: S, neurons: &'a [Lif], rate_mem: f64, rate_syn: f64, capacitance: f64) -> Self {
        let distance = each(simd, neurons, |lif| lif.threshold() - lif.leak());
        let kappa = 1.0 / (capacitance * (rate_syn - rate_mem));
        Self { neurons, distance, rate_mem, rate_syn, capacitance, kappa }
    }
}

impl<S: Simd> Law<S> for General<'_, S> {
    const SECOND: bool = true;

    #[inline(always)]
    fn delayed(self, q: Lanes<S>, delay: Lanes<S>) -> Lanes<S> {
        q * delay
    }

    #[inline(always)]
    fn terms(self, w: Lanes<S>, at: Factors<S>) -> Sums<S> {
        Sums { a: w * at.p, b: w * at.q }
    }

    /// The voltage at `to` is above the threshold, or it rises at `from` and no longer at `to`. A silent `to` (infinite
    /// factors) gives NaN, which counts as "no longer".
    #[inline(always)]
    fn crosses(self, simd: S, Walk { sums, from, to, waiting }: Walk<S>) -> (Mask<S>, Sums<S>) {
        let Sums { a, b } = sums;
        let zero = Lanes::splat(simd, 0.0);
        let kappa = Lanes::splat(simd, self.kappa);
        let above = (self.distance * (to.p * to.q)).le(kappa * (b * to.p - a * to.q));
        let (syn, mem) = (Lanes::splat(simd, self.rate_syn), Lanes::splat(simd, self.rate_mem));
        let rises = |at: Factors<S>| kappa * (a * syn * at.q - b * mem * at.p);
        let maximum = zero.lt(rises(from)) & !zero.le(rises(to));
        let candidates = waiting & (above | maximum);
        resolve(simd, self.neurons, candidates, [a, b, from.p, from.q, to.p], |lif, [a, b, p, q, next]| {
            let state = State { v: lif.leak() + self.kappa * (b / q - a / p), i: a / p };
            let start = ln(p) / self.rate_syn;
            (start, state, ln(next) / self.rate_syn - start)
        })
    }

    #[inline(always)]
    fn slower(self, at: Factors<S>) -> Lanes<S> {
        if self.rate_mem < self.rate_syn { at.q } else { at.p }
    }

    #[inline(always)]
    fn stays_below(self, simd: S, stretch: Stretch<S>) -> Mask<S> {
        let (Sums { a, b }, Factors { p, q }) = (stretch.sums, stretch.from);
        let kappa = Lanes::splat(simd, self.kappa);
        let course = Course {
            voltage: kappa * (b * q - a * p),
            current: a * p,
            slower: self.slower(stretch.from),
            sum: if self.rate_mem < self.rate_syn { b } else { a },
            sensitivity: kappa.abs() + kappa.abs(),
        };
        below(simd, course, stretch, self.distance, self.rate_mem, self.capacitance)
    }

    #[inline(always)]
    fn left(self, arrival: Factors<S>, spike: Factors<S>, causal: Mask<S>) -> Factors<S> {
        let left = |arrival: Lanes<S>, spike| causal.zero_elsewhere(arrival * spike);
        Factors { p: left(arrival.p, spike.p), q: left(arrival.q, spike.q) }
    }

    #[inline(always)]
    fn response(self, simd: S, left: Factors<S>) -> Response<S> {
        let (syn, mem) = (left.p, left.q);
        let kernel = Lanes::splat(simd, self.kappa) * (mem - syn);
        let slope = Lanes::splat(simd, self.kappa * self.rate_syn) * syn
            - Lanes::splat(simd, self.kappa * self.rate_mem) * mem;
        Response { current: syn, kernel, slope }
    }
}
