//! Derivatives of a spike time by the constants of its neuron, in each lane.

use pulp::Simd;

use super::lanes::{Lanes, Mask};
use super::law::Law;
use super::spike::response;
use super::{LayerLaw, Row};
use crate::constants::CONSTANTS;

/// Below this difference of the rates, relative to the larger one, derivatives are summed as a series: the direct form would lose
/// more than two digits.
const NEAR: f64 = 0.1;

/// Terms of the series. The n-th is at most `NEAR^n` of the first, for all times that matter.
const TERMS: u32 = 18;

/// What of the membrane a spike's derivatives depend on.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Membrane {
    rate_mem: f64,
    rate_syn: f64,
    capacitance: f64,
    /// Whether derivatives by these are wanted, besides those by threshold and leak.
    kernel: bool,
}

impl Membrane {
    pub fn new(law: &LayerLaw, kernel: bool) -> Self {
        let (rate_mem, rate_syn, capacitance) = match *law {
            LayerLaw::Equal { rate, capacitance } => (rate, rate, capacitance),
            LayerLaw::Double { rate_mem, rate_syn, capacitance }
            | LayerLaw::General { rate_mem, rate_syn, capacitance } => (rate_mem, rate_syn, capacitance),
        };
        Self { rate_mem, rate_syn, capacitance, kernel }
    }

    /// dL/d(constant) by the constants in their order, given `push = dL/dT / V'` of a spike at `time` and what is left of its
    /// arrivals: `-dV/dp` at the spike, times the push.
    ///
    /// With `e_m`, `e_s` the decays over `s = T - t_i` and `g = 1/tau_s - 1/tau_m`:
    ///
    /// ```text
    /// C dk/d(1/tau_m) = (C k - s e_m)/g = -s^2 e_m phi(-g s)      phi(z) = (e^z - 1 - z)/z^2
    /// C dk/d(1/tau_s) = (s e_s - C k)/g = -s^2 e_s phi( g s)
    /// ```
    #[inline(always)]
    #[allow(clippy::too_many_arguments, reason = "what a spike is, and what its arrivals are")]
    pub(super) fn derivatives<S: Simd, L: Law<S>>(
        self,
        simd: S,
        law: L,
        push: Lanes<S>,
        time: Lanes<S>,
        arrivals: usize,
        times: impl Fn(usize) -> Lanes<S>,
        weight: impl Fn(usize) -> Lanes<S>,
        left: [&[Row]; 2],
        part: usize,
    ) -> [Lanes<S>; CONSTANTS] {
        let zero = Lanes::splat(simd, 0.0);
        let pushed = zero.lt(push.abs());
        if !self.kernel || !pushed.any() {
            return [zero, zero, push, -push, zero];
        }
        let Self { rate_mem, rate_syn, capacitance, .. } = self;
        let gap = rate_syn - rate_mem;
        let near = gap.abs() < NEAR * rate_mem.max(rate_syn);
        let (gap_lanes, charge_of) = (Lanes::splat(simd, gap), Lanes::splat(simd, capacitance));
        // sums of w C k, and either of w s e_m and w s e_s or of the whole derivatives
        let [mut charge, mut mem, mut syn] = [zero; 3];
        for k in 0..arrivals {
            let (w, of) = (weight(k), response(simd, law, left, k, part));
            let at = times(k);
            let causal: Mask<S> = pushed & at.lt(time);
            let since = causal.zero_elsewhere(time - at);
            let wk = w * charge_of * of.kernel;
            let by_syn = w * since * of.current;
            let by_mem = by_syn + gap_lanes * since * wk;
            charge = charge + causal.zero_elsewhere(wk);
            if near {
                let z = gap_lanes * since;
                mem = mem - since * by_mem * phi(simd, -z);
                syn = syn - since * by_syn * phi(simd, z);
            } else {
                mem = mem + by_mem;
                syn = syn + by_syn;
            }
        }
        if !near {
            (mem, syn) = ((charge - mem) / gap_lanes, (syn - charge) / gap_lanes);
        }
        let per = |factor: f64| push * Lanes::splat(simd, factor / capacitance);
        [
            per(rate_mem * rate_mem) * mem,
            per(rate_syn * rate_syn) * syn,
            push,
            -push,
            per(1.0 / capacitance) * charge,
        ]
    }
}

/// `(e^z - 1 - z)/z^2 = 1/2 (1 + z/3 (1 + z/4 (1 + ...)))`
#[inline(always)]
fn phi<S: Simd>(simd: S, z: Lanes<S>) -> Lanes<S> {
    let one = Lanes::splat(simd, 1.0);
    let mut sum = one;
    for n in (3..3 + TERMS).rev() {
        sum = one + z * Lanes::splat(simd, 1.0 / f64::from(n)) * sum;
    }
    sum * Lanes::splat(simd, 0.5)
}
