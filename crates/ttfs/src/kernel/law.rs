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

mod double;
mod equal;
mod general;

use double::Double;
use equal::Equal;
use general::General;

use delgrad_neuron::{Lif, PointNeuron, State};
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

    /// Calls the visitor with the law of each of the layer's neurons, by index.
    #[inline(always)]
    pub fn visit<S: Simd>(&self, simd: S, neurons: &[Lif], visitor: impl LawVisitor<S>) {
        match *self {
            Self::Double { rate_mem, rate_syn, capacitance } => {
                visitor.visit(simd, |j| Double::new(&neurons[j], rate_mem, rate_syn, capacitance));
            }
            Self::Equal { rate, capacitance } => {
                visitor.visit(simd, |j| Equal::new(&neurons[j], rate, capacitance))
            }
            Self::General { rate_mem, rate_syn, capacitance } => {
                visitor.visit(simd, |j| General::new(&neurons[j], rate_mem, rate_syn, capacitance));
            }
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

    /// The waiting lanes that reach the threshold on this stretch, its end included; with them what `solve` turns into
    /// the spike.
    fn crosses(self, simd: S, walk: Walk<S>) -> (Mask<S>, Sums<S>);

    /// What `crosses` found, to be passed to `finish`; by default that is the time already.
    #[inline(always)]
    fn solve(self, _: S, found: Sums<S>) -> Lanes<S> {
        found.a
    }

    /// Turns solutions into times; by default they are.
    #[inline(always)]
    fn finish(self, _: &mut [f64]) {}

    /// The response at a spike of inverse factor `1/p` (and `1/q`, or time over `tau_s` where the second factor is
    /// that) to an arrival; zero where the arrival's factors are zero.
    fn response(self, simd: S, arrival: Factors<S>, spike: Factors<S>) -> Response<S>;
}

/// Work that is compiled once for each membrane law.
pub(crate) trait LawVisitor<S: Simd> {
    /// Does it, given the law of each neuron.
    fn visit<L: Law<S>>(self, simd: S, law: impl Fn(usize) -> L);
}

/// Asks the neuron itself, lane by lane, when the candidates cross.
///
/// `state` turns the numbers of a lane into the time of the last arrival, the state then, and the time left until
/// the next one. The neuron has not fired before, whatever the sums were rounded to.
#[inline(always)]
fn resolve<S: Simd, const N: usize>(
    simd: S,
    lif: &Lif,
    candidates: Mask<S>,
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
    let mut times = [f64::INFINITY; LANES];
    for lane in 0..S::F64_LANES {
        if asked[lane] != 0.0 {
            let (start, at, left) = state(std::array::from_fn(|n| rows[n][lane]));
            if let Some(wait) = lif.crossing_before(lif.unfired(at), left) {
                times[lane] = start + wait;
            }
        }
    }
    let times = Lanes::load(simd, &times, 0);
    (candidates & times.lt(nothing), Sums { a: times, b: times })
}
