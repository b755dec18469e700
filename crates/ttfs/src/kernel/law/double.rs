//! `tau_mem = 2 tau_syn`.

use delgrad_neuron::Lif;
use delgrad_neuron::math::ln;
use pulp::Simd;

use super::super::lanes::{Lanes, Mask};
use super::{Factors, Law, Response, Sums, Walk};

/// `tau_mem = 2 tau_syn`: the spike is the smaller root of a quadratic.
#[derive(Clone, Copy)]
pub(crate) struct Double {
    /// `g (threshold - leak)`
    pub c: f64,
    pub rate_mem: f64,
    pub rate_syn: f64,
    /// `tau_m / C`
    pub kappa: f64,
}

impl Double {
    pub fn new(lif: &Lif, rate_mem: f64, rate_syn: f64, capacitance: f64) -> Self {
        let c = capacitance * rate_mem * (lif.threshold() - lif.leak());
        Self { c, rate_mem, rate_syn, kappa: 1.0 / (capacitance * rate_mem) }
    }
}

impl<S: Simd> Law<S> for Double {
    const SECOND: bool = false;

    #[inline(always)]
    fn delayed(self, q: Lanes<S>, _: f64, _: S) -> Lanes<S> {
        q
    }

    #[inline(always)]
    fn add(self, sums: Sums<S>, w: Lanes<S>, at: Factors<S>) -> Sums<S> {
        let wp = w * at.p;
        Sums { a: sums.a + wp * at.p, b: sums.b + wp }
    }

    /// `f(y) = c y^2 - b y + a` is positive below the threshold: it has a root up to `to` if it is negative there, or
    /// if its minimum lies between and its discriminant is not negative.
    #[inline(always)]
    fn crosses(self, simd: S, Walk { sums, from, to, waiting }: Walk<S>) -> (Mask<S>, Sums<S>) {
        let Sums { a, b } = sums;
        let zero = Lanes::splat(simd, 0.0);
        let c = Lanes::splat(simd, self.c);
        let twice = c + c;
        let above = ((c * to.p - b) * to.p + a).le(zero);
        let minimum = (twice * from.p).lt(b) & b.lt(twice * to.p);
        let reached = (twice * (a + a)).le(b * b);
        (waiting & (above | (minimum & reached)), sums)
    }

    #[inline(always)]
    fn solve(self, simd: S, found: Sums<S>) -> Lanes<S> {
        let Sums { a, b } = found;
        let discriminant = b * b - Lanes::splat(simd, 4.0 * self.c) * a;
        (a + a) / (b + discriminant.max(Lanes::splat(simd, 0.0)).sqrt())
    }

    #[inline(always)]
    fn finish(self, solutions: &mut [f64]) {
        let tau_mem = 1.0 / self.rate_mem;
        for y in solutions {
            *y = tau_mem * ln(*y);
        }
    }

    #[inline(always)]
    fn response(self, simd: S, arrival: Factors<S>, spike: Factors<S>) -> Response<S> {
        let mem = arrival.p * spike.p;
        let syn = mem * mem;
        let kernel = Lanes::splat(simd, self.kappa) * (mem - syn);
        let slope = Lanes::splat(simd, self.kappa * self.rate_syn) * syn
            - Lanes::splat(simd, self.kappa * self.rate_mem) * mem;
        Response { current: syn, kernel, slope }
    }
}
