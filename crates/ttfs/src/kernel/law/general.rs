//! Any ratio of the time constants.

use delgrad_neuron::math::ln;
use delgrad_neuron::{Lif, State};
use pulp::Simd;

use super::super::lanes::{Lanes, Mask};
use super::bound::{Course, below};
use super::solve::{decay, log, newton, resolve};
use super::{Factors, Found, Law, NEARLY, Response, Stretch, Sums, Walk, each};

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

/// What the voltage does at some time, times both factors of that time.
struct Scaled<S: Simd> {
    /// Above the leak.
    voltage: Lanes<S>,
    slope: Lanes<S>,
}

impl<'a, S: Simd> General<'a, S> {
    #[inline(always)]
    pub fn new(simd: S, neurons: &'a [Lif], rate_mem: f64, rate_syn: f64, capacitance: f64) -> Self {
        let distance = each(simd, neurons, |lif| lif.threshold() - lif.leak());
        let kappa = 1.0 / (capacitance * (rate_syn - rate_mem));
        Self { neurons, distance, rate_mem, rate_syn, capacitance, kappa }
    }

    #[inline(always)]
    fn scaled(self, simd: S, Sums { a, b }: Sums<S>, at: Factors<S>) -> Scaled<S> {
        let (syn, mem) = (a * at.q, b * at.p);
        let [kappa, rate_syn, rate_mem] = [1.0, self.rate_syn, self.rate_mem].map(|rate| self.kappa * rate);
        let voltage = Lanes::splat(simd, kappa) * (mem - syn);
        Scaled { voltage, slope: Lanes::splat(simd, rate_syn) * syn - Lanes::splat(simd, rate_mem) * mem }
    }

    /// The state when so much is left of the sums.
    fn state(self, lif: &Lif, syn: f64, mem: f64) -> State {
        State { v: lif.leak() + self.kappa * (mem - syn), i: syn }
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

    /// The voltage at `to` is above the threshold, or it rises at `from` and no longer at `to`. Neither where the tangent at
    /// `from` stays below the threshold, under which the voltage stays as long as it rises. A silent `to` (infinite factors)
    /// gives NaN, which counts as "no longer" and as "does not stay below".
    #[inline(always)]
    fn crosses(self, simd: S, Walk { sums, from, to, waiting }: Walk<S>) -> Mask<S> {
        let (zero, nearly) = (Lanes::splat(simd, 0.0), Lanes::splat(simd, NEARLY));
        let Scaled { voltage, slope } = self.scaled(simd, sums, from);
        let threshold = nearly * self.distance * (from.p * from.q);
        // `x - 1` is at least `ln x`, by which the stretch is as long as `to.p / from.p` says
        let rise = slope.max(zero) * Lanes::splat(simd, 1.0 / self.rate_syn) * (to.p - from.p);
        let perhaps = waiting & !((voltage - threshold) * from.p + rise).lt(zero);
        if !perhaps.any() {
            return perhaps;
        }
        let end = self.scaled(simd, sums, to);
        let threshold = self.distance * (to.p * to.q);
        let surely = perhaps & zero.lt(slope) & threshold.lt(nearly * end.voltage);
        let maximum = zero.lt(slope) & !zero.le(end.slope);
        let candidates = perhaps & !surely & (threshold.le(end.voltage) | maximum);
        let numbers = [sums.a, sums.b, from.p, from.q, to.p];
        let times = resolve(simd, self.neurons, candidates, numbers, |lif, [a, b, p, q, next]| {
            let start = ln(p) / self.rate_syn;
            (start, self.state(lif, a / p, b / q), ln(next) / self.rate_syn - start)
        });
        surely | (candidates & times.lt(Lanes::splat(simd, f64::INFINITY)))
    }

    #[inline(always)]
    fn solve(self, simd: S, Found { sums: Sums { a, b }, p }: Found<S>, fired: Mask<S>) -> Lanes<S> {
        let one = Lanes::splat(simd, 1.0);
        let p = fired.select(p, one);
        let start = log(simd, p) * Lanes::splat(simd, 1.0 / self.rate_syn);
        let (rate_syn, rate_mem) = (Lanes::splat(simd, self.rate_syn), Lanes::splat(simd, self.rate_mem));
        let kappa = Lanes::splat(simd, self.kappa);
        let (syn, mem) = (a / p, b * decay(simd, start * rate_mem));
        let scale = start + Lanes::splat(simd, 1.0 / self.rate_syn);
        let (wait, settled) = newton(
            simd,
            fired,
            scale,
            #[inline(always)]
            |s| {
                let (syn, mem) =
                    (kappa * syn * decay(simd, s * rate_syn), kappa * mem * decay(simd, s * rate_mem));
                (self.distance - (mem - syn), syn * rate_syn - mem * rate_mem)
            },
        );
        let asked = fired & !settled;
        let times = resolve(simd, self.neurons, asked, [syn, mem, start], |lif, [syn, mem, start]| {
            (start, self.state(lif, syn, mem), f64::INFINITY)
        });
        settled.select(start + wait, times)
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
