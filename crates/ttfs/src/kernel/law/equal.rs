//! `tau_mem = tau_syn`.

use delgrad_neuron::{Lif, State};
use pulp::Simd;

use super::super::lanes::{Lanes, Mask};
use super::{Course, Factors, Law, Response, Stretch, Sums, Walk, below, each, resolve};

/// `tau_mem = tau_syn`: the second factor is time over the time constant.
#[derive(Clone, Copy)]
pub(crate) struct Equal<'a, S: Simd> {
    neurons: &'a [Lif],
    /// `g (threshold - leak)`
    c: Lanes<S>,
    /// `threshold - leak`
    distance: Lanes<S>,
    rate: f64,
    capacitance: f64,
}

impl<'a, S: Simd> Equal<'a, S> {
    #[inline(always)]
    pub fn new(simd: S, neurons: &'a [Lif], rate: f64, capacitance: f64) -> Self {
        let c = each(simd, neurons, |lif| capacitance * rate * (lif.threshold() - lif.leak()));
        let distance = each(simd, neurons, |lif| lif.threshold() - lif.leak());
        Self { neurons, c, distance, rate, capacitance }
    }
}

impl<S: Simd> Law<S> for Equal<'_, S> {
    const SECOND: bool = true;

    #[inline(always)]
    fn delayed(self, q: Lanes<S>, delay: Lanes<S>) -> Lanes<S> {
        q + delay
    }

    #[inline(always)]
    fn terms(self, w: Lanes<S>, at: Factors<S>) -> Sums<S> {
        let wp = w * at.p;
        Sums { a: wp, b: wp * at.q }
    }

    /// `f(u) = c e^u - a u + b` is positive below the threshold and has its minimum at `e^u = a/c`.
    #[inline(always)]
    fn crosses(self, simd: S, Walk { sums, from, to, waiting }: Walk<S>) -> (Mask<S>, Sums<S>) {
        let c = self.c;
        let above = (c * to.p - sums.a * to.q + sums.b).le(Lanes::splat(simd, 0.0));
        let minimum = (c * from.p).lt(sums.a) & sums.a.lt(c * to.p);
        let candidates = waiting & (above | minimum);
        let g = self.capacitance * self.rate;
        resolve(
            simd,
            self.neurons,
            candidates,
            [sums.a, sums.b, from.p, from.q, to.q],
            |lif, [a, b, p, u, next]| {
                let state = State { v: lif.leak() + (a * u - b) / (g * p), i: a / p };
                (u / self.rate, state, (next - u) / self.rate)
            },
        )
    }

    #[inline(always)]
    fn slower(self, at: Factors<S>) -> Lanes<S> {
        at.p
    }

    #[inline(always)]
    fn stays_below(self, simd: S, stretch: Stretch<S>) -> Mask<S> {
        let (Sums { a, b }, Factors { p, q: u }) = (stretch.sums, stretch.from);
        let kappa = Lanes::splat(simd, 1.0 / (self.capacitance * self.rate));
        let one = Lanes::splat(simd, 1.0);
        let course = Course {
            voltage: kappa * (a * u - b) * p,
            current: a * p,
            slower: p,
            sum: a,
            // times count from the first arrival, none of which is later than `u`
            sensitivity: kappa * (u.abs() + u.abs() + one),
        };
        below(simd, course, stretch, self.distance, self.rate, self.capacitance)
    }

    #[inline(always)]
    fn left(self, arrival: Factors<S>, spike: Factors<S>, causal: Mask<S>) -> Factors<S> {
        Factors { p: causal.zero_elsewhere(arrival.p * spike.p), q: causal.zero_elsewhere(spike.q - arrival.q) }
    }

    #[inline(always)]
    fn response(self, simd: S, left: Factors<S>) -> Response<S> {
        let (current, since) = (left.p, left.q);
        let kernel = Lanes::splat(simd, 1.0 / (self.rate * self.capacitance)) * since * current;
        let slope = Lanes::splat(simd, 1.0 / self.capacitance) * (Lanes::splat(simd, 1.0) - since) * current;
        Response { current, kernel, slope }
    }
}
