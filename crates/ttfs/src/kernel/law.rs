//! How arrivals add up and when their sum reaches the threshold, for the three kinds of membrane.
//!
//! A neuron that starts at rest has, after the arrivals `S`, the voltage
//!
//! ```text
//! tau_m = 2 tau_s   g (V - E) = b/y - a/y^2        y = e^(T/tau_m)   a = sum w y_i^2     b = sum w y_i
//! tau_m =   tau_s   g (V - E) = (a u - b) / e^u    u = T/tau_s       a = sum w e^(u_i)   b = sum w u_i e^(u_i)
//! any other           V - E = kappa (b/q - a/p)    p = e^(T/tau_s)   a = sum w p_i       q, b likewise with tau_m
//! ```
//!
//! (Göltz et al. 2025, Methods; `g = C/tau_m`, `kappa = 1/(C (1/tau_s - 1/tau_m))`.) Multiplied by its
//! denominators the threshold condition needs neither exponential nor division, so walking through the arrivals
//! costs a few multiplications each, and the spike itself is solved for once. Every quantity refers to the
//! sample's time origin.

use delgrad_neuron::math::ln;
use delgrad_neuron::{Lif, State};
use pulp::Simd;

use super::LANES;
use super::lanes::{Lanes, Mask};

/// Arrival times may span this many of the shorter time constant: `e^300` squared is still finite.
const LONGEST_SPAN: f64 = 300.0;

/// Below this relative difference of the rates more than four of sixteen digits would be lost.
const NEARLY_EQUAL: f64 = 1e-4;

/// The membrane law of a layer with its constants.
#[derive(Clone, Copy, Debug)]
pub(crate) enum LayerLaw {
    Double { rate_mem: f64, rate_syn: f64, capacitance: f64 },
    Equal { rate: f64, capacitance: f64 },
    General { rate_mem: f64, rate_syn: f64, capacitance: f64 },
}

impl LayerLaw {
    pub fn new(lif: &Lif) -> Self {
        let (tau_mem, tau_syn, capacitance) = (lif.tau_mem(), lif.tau_syn(), lif.capacitance());
        let (rate_mem, rate_syn) = (1.0 / tau_mem, 1.0 / tau_syn);
        if tau_mem == tau_syn {
            Self::Equal { rate: rate_syn, capacitance }
        } else if tau_mem == 2.0 * tau_syn {
            Self::Double { rate_mem, rate_syn, capacitance }
        } else {
            Self::General { rate_mem, rate_syn, capacitance }
        }
    }

    /// Rates of the first and the second factor of an arrival (see [`Law`]); none where there is no second one.
    pub fn factor_rates(&self) -> [Option<f64>; 2] {
        match *self {
            Self::Double { rate_mem, .. } => [Some(rate_mem), None],
            Self::Equal { rate, .. } => [Some(rate), Some(rate)],
            Self::General { rate_mem, rate_syn, .. } => [Some(rate_syn), Some(rate_mem)],
        }
    }

    /// Whether the second factor is an exponential of time, or time itself in units of its rate.
    pub fn second_factor_is_exponential(&self) -> bool {
        matches!(self, Self::General { .. })
    }

    /// The longest time between the first and the last arrival that the factors can represent. None at all where the
    /// time constants differ by so little that the two factors' difference would lose its digits.
    pub fn longest_span(&self) -> f64 {
        match *self {
            Self::General { rate_mem, rate_syn, .. } if (rate_syn - rate_mem).abs() < NEARLY_EQUAL * rate_syn => {
                -1.0
            }
            Self::Equal { rate, .. } => LONGEST_SPAN / rate,
            Self::Double { rate_mem, rate_syn, .. } | Self::General { rate_mem, rate_syn, .. } => {
                LONGEST_SPAN / rate_mem.max(rate_syn)
            }
        }
    }
}

/// Running sums over the causal arrivals.
#[derive(Clone, Copy)]
pub(crate) struct Sums<S: Simd> {
    pub a: Lanes<S>,
    pub b: Lanes<S>,
}

/// The factors of one arrival in each lane.
#[derive(Clone, Copy)]
pub(crate) struct Factors<S: Simd> {
    pub p: Lanes<S>,
    pub q: Lanes<S>,
}

/// What one arrival of weight 1 has done to a neuron by the time of its spike.
#[derive(Clone, Copy)]
pub(crate) struct Response<S: Simd> {
    /// Synaptic current left, `e^(-s/tau_s)`.
    pub current: Lanes<S>,
    /// Voltage, `k(s)`.
    pub kernel: Lanes<S>,
    /// Rate of the voltage, `k'(s)`.
    pub slope: Lanes<S>,
}

/// One membrane law for one neuron. Both factors of an arrival grow with its time; `p` orders the arrivals.
pub(crate) trait Law<S: Simd>: Copy {
    /// Whether arrivals have a second factor `q`.
    const SECOND: bool;

    /// The second factor of an arrival delayed by a synapse of second factor `delay`.
    fn delayed(self, q: Lanes<S>, delay: f64, simd: S) -> Lanes<S>;

    /// Adds an arrival of weight `w`.
    fn add(self, sums: Sums<S>, w: Lanes<S>, at: Factors<S>) -> Sums<S>;

    /// The waiting lanes that reach the threshold after `from`, the last arrival in the sums, and not after `to`,
    /// the next one; with them two numbers that `solve` turns into the spike.
    fn crosses(
        self,
        simd: S,
        sums: Sums<S>,
        from: Factors<S>,
        to: Factors<S>,
        waiting: Mask<S>,
    ) -> (Mask<S>, Sums<S>);

    /// What `crosses` found, to be passed to `finish`.
    fn solve(self, simd: S, found: Sums<S>) -> Lanes<S>;

    /// Turns solutions into times.
    fn finish(self, solutions: &mut [f64]);

    /// The response at a spike of inverse factor `1/p` (and `1/q`, or time over `tau_s` where the second factor is
    /// that) to an arrival; zero where the arrival's factors are zero.
    fn response(self, simd: S, arrival: Factors<S>, spike: Factors<S>) -> Response<S>;
}

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
    fn crosses(
        self,
        simd: S,
        sums: Sums<S>,
        from: Factors<S>,
        to: Factors<S>,
        waiting: Mask<S>,
    ) -> (Mask<S>, Sums<S>) {
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
    fn crosses(
        self,
        simd: S,
        sums: Sums<S>,
        from: Factors<S>,
        to: Factors<S>,
        waiting: Mask<S>,
    ) -> (Mask<S>, Sums<S>) {
        let c = Lanes::splat(simd, self.c);
        let above = (c * to.p - sums.a * to.q + sums.b).le(Lanes::splat(simd, 0.0));
        let minimum = (c * from.p).lt(sums.a) & sums.a.lt(c * to.p);
        let candidates = waiting & (above | minimum);
        let g = self.capacitance * self.rate;
        resolve(simd, self.lif, candidates, above, [sums.a, sums.b, from.p, from.q, to.q], |[a, b, p, u, next]| {
            let state = State { v: self.lif.leak() + (a * u - b) / (g * p), i: a / p };
            (u / self.rate, state, (next - u) / self.rate)
        })
    }

    #[inline(always)]
    fn solve(self, _: S, found: Sums<S>) -> Lanes<S> {
        found.a
    }

    #[inline(always)]
    fn finish(self, _: &mut [f64]) {}

    #[inline(always)]
    fn response(self, simd: S, arrival: Factors<S>, spike: Factors<S>) -> Response<S> {
        let current = arrival.p * spike.p;
        let since = spike.q - arrival.q;
        let kernel = Lanes::splat(simd, 1.0 / (self.rate * self.capacitance)) * since * current;
        let slope = Lanes::splat(simd, 1.0 / self.capacitance) * (Lanes::splat(simd, 1.0) - since) * current;
        Response { current, kernel, slope }
    }
}

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
    fn crosses(
        self,
        simd: S,
        sums: Sums<S>,
        from: Factors<S>,
        to: Factors<S>,
        waiting: Mask<S>,
    ) -> (Mask<S>, Sums<S>) {
        let Sums { a, b } = sums;
        let zero = Lanes::splat(simd, 0.0);
        let kappa = Lanes::splat(simd, self.kappa);
        let distance = Lanes::splat(simd, self.lif.threshold() - self.lif.leak());
        let above = (distance * (to.p * to.q)).le(kappa * (b * to.p - a * to.q));
        let (syn, mem) = (Lanes::splat(simd, self.rate_syn), Lanes::splat(simd, self.rate_mem));
        let rises = |at: Factors<S>| kappa * (a * syn * at.q - b * mem * at.p);
        let maximum = zero.lt(rises(from)) & !zero.le(rises(to));
        let candidates = waiting & (above | maximum);
        resolve(simd, self.lif, candidates, above, [a, b, from.p, from.q, to.p], |[a, b, p, q, next]| {
            let state = State { v: self.lif.leak() + self.kappa * (b / q - a / p), i: a / p };
            let start = ln(p) / self.rate_syn;
            (start, state, ln(next) / self.rate_syn - start)
        })
    }

    #[inline(always)]
    fn solve(self, _: S, found: Sums<S>) -> Lanes<S> {
        found.a
    }

    #[inline(always)]
    fn finish(self, _: &mut [f64]) {}

    #[inline(always)]
    fn response(self, simd: S, arrival: Factors<S>, spike: Factors<S>) -> Response<S> {
        let (syn, mem) = (arrival.p * spike.p, arrival.q * spike.q);
        let kernel = Lanes::splat(simd, self.kappa) * (mem - syn);
        let slope = Lanes::splat(simd, self.kappa * self.rate_syn) * syn
            - Lanes::splat(simd, self.kappa * self.rate_mem) * mem;
        Response { current: syn, kernel, slope }
    }
}

/// Asks the neuron itself, lane by lane, when the candidates cross.
///
/// `state` turns the numbers of a lane into the time of the last arrival, the state then, and the time left until
/// the next one. A lane that is `above` at the next arrival crosses by then whatever rounding says.
#[inline(always)]
fn resolve<S: Simd, const N: usize>(
    simd: S,
    lif: &Lif,
    candidates: Mask<S>,
    above: Mask<S>,
    numbers: [Lanes<S>; N],
    state: impl Fn([f64; N]) -> (f64, State, f64),
) -> (Mask<S>, Sums<S>) {
    let nothing = Lanes::splat(simd, f64::INFINITY);
    if !candidates.any() {
        return (Mask::none(simd), Sums { a: nothing, b: nothing });
    }
    let rows = numbers.map(|lanes| {
        let mut row = [0.0; LANES];
        lanes.store(&mut row, 0);
        row
    });
    let (one, zero) = (Lanes::splat(simd, 1.0), Lanes::splat(simd, 0.0));
    let mut asked = [0.0; LANES];
    candidates.select(one, zero).store(&mut asked, 0);
    let mut sure = [0.0; LANES];
    above.select(one, zero).store(&mut sure, 0);
    let mut times = [f64::INFINITY; LANES];
    for lane in 0..S::F64_LANES {
        if asked[lane] != 0.0 {
            let (start, at, left) = state(std::array::from_fn(|n| rows[n][lane]));
            times[lane] = match lif.crossing_before(at, left) {
                Some(wait) => start + wait,
                None if sure[lane] != 0.0 => start + left,
                None => f64::INFINITY,
            };
        }
    }
    let times = Lanes::load(simd, &times, 0);
    (candidates & times.lt(nothing), Sums { a: times, b: times })
}
