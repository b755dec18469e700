//! `tau_mem = 2 tau_syn`.

use delgrad_neuron::Lif;
use pulp::Simd;

use super::super::lanes::{Lanes, Mask};
use super::bound::{Course, below};
use super::{Factors, Found, Law, Response, Stretch, Sums, Walk, each};

/// `tau_mem = 2 tau_syn`: the spike is the smaller root of a quadratic.
#[derive(Clone, Copy)]
pub(crate) struct Double<S: Simd> {
    /// `g (threshold - leak)`
    c: Lanes<S>,
    /// `threshold - leak`
    distance: Lanes<S>,
    capacitance: f64,
    rate_mem: f64,
    rate_syn: f64,
    /// `tau_m / C`
    kappa: f64,
}

impl<S: Simd> Double<S> {
    #[inline(always)]
    pub fn new(simd: S, neurons: &[Lif], rate_mem: f64, rate_syn: f64, capacitance: f64) -> Self {
        let g = capacitance * rate_mem;
        let c = each(simd, neurons, |lif| g * (lif.threshold() - lif.leak()));
        let distance = each(simd, neurons, |lif| lif.threshold() - lif.leak());
        Self { c, distance, capacitance, rate_mem, rate_syn, kappa: 1.0 / g }
    }
}

impl<S: Simd> Law<S> for Double<S> {
    const SECOND: bool = false;

    #[inline(always)]
    fn delayed(self, q: Lanes<S>, _: Lanes<S>) -> Lanes<S> {
        q
    }

    #[inline(always)]
    fn terms(self, w: Lanes<S>, at: Factors<S>) -> Sums<S> {
        let wp = w * at.p;
        Sums { a: wp * at.p, b: wp }
    }

    /// `f(y) = c y^2 - b y + a` is positive below the threshold: it has a root up to `to` if it is negative there, or
    /// if its minimum lies between and its discriminant is not negative.
    #[inline(always)]
    fn crosses(self, simd: S, Walk { sums, from, to, waiting }: Walk<S>) -> Mask<S> {
        let Sums { a, b } = sums;
        let zero = Lanes::splat(simd, 0.0);
        let c = self.c;
        let twice = c + c;
        let above = ((c * to.p - b) * to.p + a).le(zero);
        let minimum = (twice * from.p).lt(b) & b.lt(twice * to.p);
        let reached = (twice * (a + a)).le(b * b);
        waiting & (above | (minimum & reached))
    }

    #[inline(always)]
    fn solve(self, simd: S, found: Found<S>, _: Mask<S>) -> Lanes<S> {
        let Sums { a, b } = found.sums;
        let discriminant = b * b - Lanes::splat(simd, 4.0) * self.c * a;
        (a + a) / (b + discriminant.max(Lanes::splat(simd, 0.0)).sqrt())
    }

    #[inline(always)]
    fn slower(self, at: Factors<S>) -> Lanes<S> {
        at.p
    }

    #[inline(always)]
    fn stays_below(self, simd: S, stretch: Stretch<S>) -> Mask<S> {
        let (Sums { a, b }, y) = (stretch.sums, stretch.from.p);
        let kappa = Lanes::splat(simd, self.kappa);
        let current = a * y * y;
        let course =
            Course { voltage: kappa * (b * y - current), current, slower: y, sum: b, sensitivity: kappa + kappa };
        below(simd, course, stretch, self.distance, self.rate_mem, self.capacitance)
    }

    #[inline(always)]
    fn left(self, arrival: Factors<S>, spike: Factors<S>, causal: Mask<S>) -> Factors<S> {
        Factors { p: causal.zero_elsewhere(arrival.p * spike.p), q: arrival.q }
    }

    #[inline(always)]
    fn response(self, simd: S, left: Factors<S>) -> Response<S> {
        let mem = left.p;
        let syn = mem * mem;
        let kernel = Lanes::splat(simd, self.kappa) * (mem - syn);
        let slope = Lanes::splat(simd, self.kappa * self.rate_syn) * syn
            - Lanes::splat(simd, self.kappa * self.rate_mem) * mem;
        Response { current: syn, kernel, slope }
    }
}
