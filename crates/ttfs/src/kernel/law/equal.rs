//! `tau_mem = tau_syn`.

use delgrad_neuron::{Lif, State};
use pulp::Simd;

use super::super::lanes::{Lanes, Mask};
use super::{Factors, Law, Response, Sums, Walk, resolve};

/// `tau_mem = tau_syn`: the second factor is time over the time constant.
#[derive(Clone, Copy)]
pub(crate) struct Equal<'a> {
    pub lif: &'a Lif,
    pub c: f64,
    pub rate: f64,
    pub capacitance: f64,
}

impl<'a> Equal<'a> {
    pub fn new(lif: &'a Lif, rate: f64, capacitance: f64) -> Self {
        Self { lif, c: capacitance * rate * (lif.threshold() - lif.leak()), rate, capacitance }
    }
}

impl<S: Simd> Law<S> for Equal<'_> {
    const SECOND: bool = true;

    #[inline(always)]
    fn delayed(self, q: Lanes<S>, delay: f64, simd: S) -> Lanes<S> {
        q + Lanes::splat(simd, delay)
    }

    #[inline(always)]
    fn add(self, sums: Sums<S>, w: Lanes<S>, at: Factors<S>) -> Sums<S> {
        let wp = w * at.p;
        Sums { a: sums.a + wp, b: sums.b + wp * at.q }
    }

    /// `f(u) = c e^u - a u + b` is positive below the threshold and has its minimum at `e^u = a/c`.
    #[inline(always)]
    fn crosses(self, simd: S, Walk { sums, from, to, waiting }: Walk<S>) -> (Mask<S>, Sums<S>) {
        let c = Lanes::splat(simd, self.c);
        let above = (c * to.p - sums.a * to.q + sums.b).le(Lanes::splat(simd, 0.0));
        let minimum = (c * from.p).lt(sums.a) & sums.a.lt(c * to.p);
        let candidates = waiting & (above | minimum);
        let g = self.capacitance * self.rate;
        resolve(simd, self.lif, candidates, [sums.a, sums.b, from.p, from.q, to.q], |[a, b, p, u, next]| {
            let state = State { v: self.lif.leak() + (a * u - b) / (g * p), i: a / p };
            (u / self.rate, state, (next - u) / self.rate)
        })
    }

    #[inline(always)]
    fn response(self, simd: S, arrival: Factors<S>, spike: Factors<S>) -> Response<S> {
        let current = arrival.p * spike.p;
        let since = spike.q - arrival.q;
        let kernel = Lanes::splat(simd, 1.0 / (self.rate * self.capacitance)) * since * current;
        let slope = Lanes::splat(simd, 1.0 / self.capacitance) * (Lanes::splat(simd, 1.0) - since) * current;
        Response { current, kernel, slope }
    }
}
