//! `tau_mem = tau_syn`.

use delgrad_neuron::{Lif, State};
use pulp::Simd;

use super::super::lanes::{Lanes, Mask};
use super::bound::{Course, below};
use super::solve::{decay, log, newton, resolve};
use super::{Factors, Found, Law, NEARLY, Response, Stretch, Sums, Walk, each};

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

    /// The state at time `u` over the time constant, whose factor is `p`.
    fn state(self, lif: &Lif, a: f64, b: f64, p: f64, u: f64) -> State {
        State { v: lif.leak() + (a * u - b) / (self.capacitance * self.rate * p), i: a / p }
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

    /// `f(u) = c e^u - a u + b` is positive below the threshold and has its minimum at `e^u = a/c`. It is convex, so that it stays
    /// above its tangent at `from`. A silent `to` makes that NaN or infinite.
    #[inline(always)]
    fn crosses(self, simd: S, Walk { sums, from, to, waiting }: Walk<S>) -> Mask<S> {
        let (Sums { a, b }, zero, nearly) = (sums, Lanes::splat(simd, 0.0), Lanes::splat(simd, NEARLY));
        let start = self.c * from.p;
        let fall = (start - a).min(zero) * (to.q - from.q);
        let perhaps = waiting & !zero.lt(nearly * start - a * from.q + b + fall);
        if !perhaps.any() {
            return perhaps;
        }
        let end = self.c * to.p;
        let at_end = end - a * to.q + b;
        let surely = perhaps & start.lt(a) & (end - nearly * end + at_end).lt(zero);
        let minimum = start.lt(a) & a.lt(end);
        let candidates = perhaps & !surely & (at_end.le(zero) | minimum);
        let numbers = [a, b, from.p, from.q, to.q];
        let times = resolve(simd, self.neurons, candidates, numbers, |lif, [a, b, p, u, next]| {
            (u / self.rate, self.state(lif, a, b, p, u), (next - u) / self.rate)
        });
        surely | (candidates & times.lt(Lanes::splat(simd, f64::INFINITY)))
    }

    #[inline(always)]
    fn solve(self, simd: S, Found { sums: Sums { a, b }, p }: Found<S>, fired: Mask<S>) -> Lanes<S> {
        let one = Lanes::splat(simd, 1.0);
        let p = fired.select(p, one);
        let start = log(simd, p);
        let rate = a / p;
        let above = start * rate - b / p;
        let (wait, settled) = newton(
            simd,
            fired,
            start + one,
            #[inline(always)]
            |s| {
                let left = decay(simd, s);
                let driven = above + rate * s;
                (self.c - driven * left, (rate - driven) * left)
            },
        );
        let per_rate = Lanes::splat(simd, 1.0 / self.rate);
        let asked = fired & !settled;
        let times = resolve(simd, self.neurons, asked, [a, b, p, start], |lif, [a, b, p, u]| {
            (u / self.rate, self.state(lif, a, b, p, u), f64::INFINITY)
        });
        settled.select((start + wait) * per_rate, times)
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
