//! Any ratio of the time constants.

use delgrad_neuron::math::ln;
use delgrad_neuron::{Lif, State};
use pulp::Simd;

use super::super::lanes::{Lanes, Mask};
use super::{Factors, Law, Response, Sums, Walk, resolve};

/// Any other ratio, the non-leaky limit included.
#[derive(Clone, Copy)]
pub(crate) struct General<'a> {
    pub lif: &'a Lif,
    pub rate_mem: f64,
    pub rate_syn: f64,
    pub kappa: f64,
}

impl<'a> General<'a> {
    pub fn new(lif: &'a Lif, rate_mem: f64, rate_syn: f64, capacitance: f64) -> Self {
        Self { lif, rate_mem, rate_syn, kappa: 1.0 / (capacitance * (rate_syn - rate_mem)) }
    }
}

impl<S: Simd> Law<S> for General<'_> {
    const SECOND: bool = true;

    #[inline(always)]
    fn delayed(self, q: Lanes<S>, delay: f64, simd: S) -> Lanes<S> {
        q * Lanes::splat(simd, delay)
    }

    #[inline(always)]
    fn add(self, sums: Sums<S>, w: Lanes<S>, at: Factors<S>) -> Sums<S> {
        Sums { a: sums.a + w * at.p, b: sums.b + w * at.q }
    }

    /// The voltage at `to` is above the threshold, or it rises at `from` and no longer at `to`. A silent `to` (infinite
    /// factors) gives NaN, which counts as "no longer".
    #[inline(always)]
    fn crosses(self, simd: S, Walk { sums, from, to, waiting }: Walk<S>) -> (Mask<S>, Sums<S>) {
        let Sums { a, b } = sums;
        let zero = Lanes::splat(simd, 0.0);
        let kappa = Lanes::splat(simd, self.kappa);
        let distance = Lanes::splat(simd, self.lif.threshold() - self.lif.leak());
        let above = (distance * (to.p * to.q)).le(kappa * (b * to.p - a * to.q));
        let (syn, mem) = (Lanes::splat(simd, self.rate_syn), Lanes::splat(simd, self.rate_mem));
        let rises = |at: Factors<S>| kappa * (a * syn * at.q - b * mem * at.p);
        let maximum = zero.lt(rises(from)) & !zero.le(rises(to));
        let candidates = waiting & (above | maximum);
        resolve(simd, self.lif, candidates, [a, b, from.p, from.q, to.p], |[a, b, p, q, next]| {
            let state = State { v: self.lif.leak() + self.kappa * (b / q - a / p), i: a / p };
            let start = ln(p) / self.rate_syn;
            (start, state, ln(next) / self.rate_syn - start)
        })
    }

    #[inline(always)]
    fn response(self, simd: S, arrival: Factors<S>, spike: Factors<S>) -> Response<S> {
        let (syn, mem) = (arrival.p * spike.p, arrival.q * spike.q);
        let kernel = Lanes::splat(simd, self.kappa) * (mem - syn);
        let slope = Lanes::splat(simd, self.kappa * self.rate_syn) * syn
            - Lanes::splat(simd, self.kappa * self.rate_mem) * mem;
        Response { current: syn, kernel, slope }
    }
}
