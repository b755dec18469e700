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

mod bound;
mod double;
mod equal;
mod general;
mod solve;

pub(crate) use bound::Stretch;
use double::Double;
use equal::Equal;
use general::General;

use delgrad_neuron::Lif;
use delgrad_neuron::math::{exp, ln};
use pulp::Simd;

use super::lanes::{Lanes, Mask};

/// Arrival times may span this many of the shorter time constant: `e^300` squared is still finite.
const LONGEST_SPAN: f64 = 300.0;

/// Below this relative difference of the rates more than four of sixteen digits would be lost.
const NEARLY_EQUAL: f64 = 1e-4;

/// A voltage that may come closer to the threshold than this part of the way there is computed in full.
const NEARLY: f64 = 1.0 - 1e-9;

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

    /// Calls the visitor with the law of any of the layer's neurons: of one for all lanes, or of one neuron a lane. Where
    /// lanes are left, the last neuron stands for them.
    #[inline(always)]
    pub fn visit<'n, S: Simd>(&self, simd: S, visitor: impl LawVisitor<'n, S>) {
        match *self {
            Self::Double { rate_mem, rate_syn, capacitance } => {
                visitor
                    .visit(simd, |neurons: &'n [Lif]| Double::new(simd, neurons, rate_mem, rate_syn, capacitance));
            }
            Self::Equal { rate, capacitance } => {
                visitor.visit(simd, |neurons: &'n [Lif]| Equal::new(simd, neurons, rate, capacitance));
            }
            Self::General { rate_mem, rate_syn, capacitance } => {
                visitor.visit(simd, |neurons: &'n [Lif]| {
                    General::new(simd, neurons, rate_mem, rate_syn, capacitance)
                });
            }
        }
    }

    /// Computes the factors of arrivals (see [`Law`]) from their times. Where there are no second ones, their slice is not
    /// looked at.
    #[inline(always)]
    pub fn fill_factors(&self, times: &[f64], factors: [&mut [f64]; 2]) {
        self.fill(
            times,
            factors,
            #[inline(always)]
            |time, rate| time * rate,
            exp,
        );
    }

    /// Computes the inverse factors of spikes, or times in units of `tau_syn` where the second factor is that; finite also for
    /// silent neurons. A time before every arrival has no causes, whatever its factor: any finite one will do.
    #[inline(always)]
    pub fn fill_inverse_factors(&self, times: &[f64], factors: [&mut [f64]; 2]) {
        let since = |time: f64, rate| if time > 0.0 && time < f64::INFINITY { time * rate } else { 0.0 };
        self.fill(
            times,
            factors,
            since,
            #[inline(always)]
            |x| exp(-x),
        );
    }

    #[inline(always)]
    fn fill(
        &self,
        times: &[f64],
        factors: [&mut [f64]; 2],
        scaled: impl Fn(f64, f64) -> f64,
        exponential: impl Fn(f64) -> f64,
    ) {
        for (number, (factor, rate)) in factors.into_iter().zip(self.factor_rates()).enumerate() {
            let Some(rate) = rate else { continue };
            let pairs = factor.iter_mut().zip(times);
            if number == 0 || self.second_factor_is_exponential() {
                pairs.for_each(|(factor, time)| *factor = exponential(scaled(*time, rate)));
            } else {
                pairs.for_each(|(factor, time)| *factor = scaled(*time, rate));
            }
        }
    }

    /// Turns what [`Law::solve`] found into times.
    #[inline(always)]
    pub fn finish(&self, solutions: &mut [f64]) {
        if let Self::Double { rate_mem, .. } = *self {
            let tau_mem = 1.0 / rate_mem;
            solutions.iter_mut().for_each(|y| *y = tau_mem * ln(*y));
        }
    }

    /// Room for the factors of so many arrivals.
    pub fn resize<'a, T: Clone>(&self, factors: &'a mut [Vec<T>; 2], length: usize, value: T) -> [&'a mut [T]; 2] {
        let lengths = self.factor_rates().map(|rate| if rate.is_some() { length } else { 0 });
        let [p, q] = factors;
        p.resize(lengths[0], value.clone());
        q.resize(lengths[1], value);
        [p, q]
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

    /// How far the rates of a membrane of any ratio are apart, relative to that of the synapse; infinite for the two others.
    pub fn gap(&self) -> f64 {
        match *self {
            Self::General { rate_mem, rate_syn, .. } => (rate_syn - rate_mem).abs() / rate_syn,
            Self::Double { .. } | Self::Equal { .. } => f64::INFINITY,
        }
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

/// A stretch between two arrivals, in each lane.
#[derive(Clone, Copy)]
pub(crate) struct Walk<S: Simd> {
    /// Over all arrivals up to `from`.
    pub sums: Sums<S>,
    /// The last arrival.
    pub from: Factors<S>,
    /// The next one; infinite if there is none.
    pub to: Factors<S>,
    /// Lanes that have not fired yet.
    pub waiting: Mask<S>,
}

/// The stretch on which a neuron fires.
#[derive(Clone, Copy)]
pub(crate) struct Found<S: Simd> {
    pub sums: Sums<S>,
    /// The first factor of its start.
    pub p: Lanes<S>,
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

/// One membrane law for one neuron in each lane. Both factors of an arrival grow with its time; `p` orders the arrivals.
pub(crate) trait Law<S: Simd>: Copy {
    /// Whether arrivals have a second factor `q`.
    const SECOND: bool;

    /// The second factor of an arrival delayed by a synapse of second factor `delay`.
    fn delayed(self, q: Lanes<S>, delay: Lanes<S>) -> Lanes<S>;

    /// What an arrival of weight `w` adds to the sums.
    fn terms(self, w: Lanes<S>, at: Factors<S>) -> Sums<S>;

    /// Adds an arrival of weight `w`.
    #[inline(always)]
    fn add(self, sums: Sums<S>, w: Lanes<S>, at: Factors<S>) -> Sums<S> {
        let terms = self.terms(w, at);
        Sums { a: sums.a + terms.a, b: sums.b + terms.b }
    }

    /// The waiting lanes that reach the threshold on this stretch, its end included.
    fn crosses(self, simd: S, walk: Walk<S>) -> Mask<S>;

    /// When the lanes that have `fired` did, to be passed to [`LayerLaw::finish`].
    fn solve(self, simd: S, found: Found<S>, fired: Mask<S>) -> Lanes<S>;

    /// The factor of an arrival that grows more slowly.
    fn slower(self, at: Factors<S>) -> Lanes<S>;

    /// The waiting lanes that stay below the threshold on this stretch, whatever the order of its arrivals. False where
    /// rounding might decide.
    fn stays_below(self, simd: S, stretch: Stretch<S>) -> Mask<S>;

    /// What is left of an arrival at a spike of inverse factor `1/p` (and `1/q`, or time over `tau_s` where the second
    /// factor is that): nothing where `causal` does not hold.
    fn left(self, arrival: Factors<S>, spike: Factors<S>, causal: Mask<S>) -> Factors<S>;

    /// The response to an arrival of which so much is left.
    fn response(self, simd: S, left: Factors<S>) -> Response<S>;
}

/// Work that is compiled once for each membrane law.
pub(crate) trait LawVisitor<'n, S: Simd> {
    /// Does it, given the law of one neuron for all lanes, or of one neuron for each.
    fn visit<L: Law<S>>(self, simd: S, law: impl Fn(&'n [Lif]) -> L);
}

/// What differs between neurons, lane by lane; see [`LayerLaw::visit`].
#[inline(always)]
pub(super) fn each<S: Simd>(simd: S, neurons: &[Lif], value: impl Fn(&Lif) -> f64) -> Lanes<S> {
    if let [neuron] = neurons {
        return Lanes::splat(simd, value(neuron));
    }
    let row = std::array::from_fn(|lane| value(&neurons[lane.min(neurons.len() - 1)]));
    Lanes::load(simd, &row, 0)
}
