//! No crossing is missed, none is invented, and its time is the root.

use delgrad_neuron::{
    IntegratorParams, LeakyIntegrator, Lif, LifParams, PointNeuron, State, first_spike_double, first_spike_equal,
};
use proptest::prelude::*;

use crate::neurons::{any_lif, biased_lif, config, resting_lif, state_of};

/// Samples of the course; a crossing that hides between two of them is nearer to grazing than [`GRAZING`].
const SAMPLES: u32 = 4000;
/// Excess over the threshold, relative to the scale of the voltages, below which rounding may decide whether there is
/// a crossing.
const GRAZING: f64 = 1e-12;
/// Rounding of the voltage at the root, relative to the scale of the voltages: a few operations, exponents up to 40.
const ROUNDING: f64 = 2e-14;
/// Agreement of a closed form with the general method, for roots of good condition.
const CLOSED_FORM: f64 = 1e-12;

/// Scale of the terms that add up to the voltage during its course.
fn scale(lif: &Lif, state: State) -> f64 {
    let synaptic = state.i.abs() / lif.capacitance() * f64::min(lif.tau_mem(), lif.tau_syn());
    let equilibrium = if lif.equilibrium().is_finite() { lif.equilibrium().abs() } else { 0.0 };
    state.v.abs() + lif.leak().abs() + equilibrium + lif.threshold().abs() + synaptic
}

/// How fast the voltage drifts for ever: zero for all but a non-leaky membrane with bias.
fn drift(lif: &Lif) -> f64 {
    if lif.equilibrium().is_finite() { 0.0 } else { lif.bias() / lif.capacitance() }
}

/// Instants that resolve both time constants: a geometric grid from far below the shorter to far above the longer.
fn grid(lif: &Lif, end: f64) -> impl Iterator<Item = f64> {
    let start = 1e-7 * f64::min(f64::min(lif.tau_mem(), lif.tau_syn()), end);
    let growth = delgrad_neuron::math::ln(end / start) / f64::from(SAMPLES);
    (0..=SAMPLES).map(move |n| start * delgrad_neuron::math::exp(growth * f64::from(n)))
}

/// Root of `V - threshold` between `low` (below) and `high` (not below), by bisection.
fn bisect(lif: &Lif, state: State, mut low: f64, mut high: f64) -> f64 {
    loop {
        let middle = low + (high - low) / 2.0;
        if middle <= low || middle >= high {
            return high;
        }
        if lif.flow(state, middle).v < lif.threshold() { low = middle } else { high = middle }
    }
}

fn check(lif: &Lif, state: State) -> Result<(), TestCaseError> {
    let (threshold, scale, drift) = (lif.threshold(), scale(lif, state), drift(lif));
    let longest = if lif.tau_mem().is_finite() { f64::max(lif.tau_mem(), lif.tau_syn()) } else { lif.tau_syn() };
    // A drift upwards crosses the distances that make up the scale, however slowly.
    let end = 45.0 * longest + if drift > 0.0 { 2.0 * scale / drift } else { 0.0 };
    let bound = lif.crossing_bound(state);
    prop_assert!(lif.crossing(state).is_none_or(|time| bound <= time), "bound {bound}");
    match lif.crossing(state) {
        Some(time) => {
            let at = lif.flow(state, time).v;
            prop_assert!((at - threshold).abs() <= ROUNDING * scale, "off the threshold by {}", at - threshold);
            // Before the root the voltage is below, apart from rounding.
            for s in grid(lif, time).filter(|&s| s < time) {
                let v = lif.flow(state, s).v;
                prop_assert!(v < threshold + ROUNDING * scale, "above the threshold at {s}, before {time}");
            }
            // A crossing must be a crossing from below: the voltage rises, or grazes.
            let slope = lif.slope(lif.flow(state, time)) * f64::min(lif.tau_mem(), lif.tau_syn());
            prop_assert!(slope >= -1e-6 * scale, "falls with slope {slope}");
            prop_assert_eq!(lif.crossing_before(state, time), Some(time));
            prop_assert_eq!(lif.crossing_before(state, time.next_down()), None);
            // Bisection finds the same root, as far as its condition allows.
            if let Some(high) = grid(lif, end).find(|&s| lif.flow(state, s).v > threshold + GRAZING * scale) {
                let root = bisect(lif, state, 0.0, high);
                let rate = lif.slope(lif.flow(state, root));
                prop_assert!(
                    (root - time).abs() * rate.abs() <= 1e-12 * scale,
                    "bisection finds {root}, not {time}"
                );
            }
        }
        None => {
            for s in grid(lif, end) {
                let v = lif.flow(state, s).v;
                prop_assert!(v <= threshold + GRAZING * scale, "missed {v} >= {threshold} at {s}");
            }
        }
    }
    Ok(())
}

/// Puts the threshold at the maximum of the voltage, give or take a small part of it.
fn graze(lif: &Lif, v: f64, strength: f64, exponent: f64, above: bool) -> Result<(), TestCaseError> {
    let state = State { v: lif.leak() + v, i: state_of(lif, 0.0, strength).i };
    let readout = LeakyIntegrator::new(IntegratorParams {
        tau_mem: lif.tau_mem(),
        tau_syn: lif.tau_syn(),
        leak: lif.leak(),
        capacitance: lif.capacitance(),
    });
    let maximum = readout.unwrap().with_bias(lif.bias()).unwrap().maximum(state, f64::INFINITY);
    let peak = maximum.voltage;
    let part = delgrad_neuron::math::exp(exponent * std::f64::consts::LN_10);
    let margin = part * if above { 1.0 } else { -1.0 };
    // A drift downwards takes away what the current adds: rounding is relative to either.
    let threshold = peak + margin * (scale(lif, state) + drift(lif).abs() * maximum.after.min(f64::MAX));
    prop_assume!(threshold.is_finite() && threshold > state.v);
    let lif = Lif::new(LifParams { threshold, ..lif.params() }).unwrap().with_bias(lif.bias()).unwrap();
    prop_assume!(lif.tau_mem().is_infinite() || threshold > lif.equilibrium());
    check(&lif, state)?;
    if part > GRAZING {
        prop_assert_eq!(lif.crossing(state).is_some(), !above);
    }
    Ok(())
}

proptest! {
    #![proptest_config(config(1500))]

    #[test]
    fn agrees_with_dense_sampling(lif in any_lif(), depth in 1e-6..4.0, strength in -4.0..8.0) {
        check(&lif, state_of(&lif, depth, strength))?;
    }

    #[test]
    fn agrees_with_dense_sampling_for_strong_drive(lif in any_lif(), depth in 1e-9..1e3, strength in -1e3..1e3) {
        check(&lif, state_of(&lif, depth, strength))?;
    }

    #[test]
    fn near_grazing(lif in resting_lif(), v in -2.0..0.9, strength in 0.5..8.0, exponent in -15.0..-1.0, above: bool) {
        graze(&lif, v, strength, exponent, above)?;
    }

    #[test]
    fn agrees_with_dense_sampling_with_a_bias(lif in biased_lif(), depth in 1e-6..4.0, strength in -4.0..8.0) {
        check(&lif, state_of(&lif, depth, strength))?;
    }

    #[test]
    fn agrees_with_dense_sampling_for_strong_drive_with_a_bias(
        lif in biased_lif(), depth in 1e-9..1e3, strength in -1e3..1e3,
    ) {
        check(&lif, state_of(&lif, depth, strength))?;
    }

    #[test]
    fn near_grazing_with_a_bias(
        lif in biased_lif(), v in -2.0..0.9, strength in 0.5..8.0, exponent in -15.0..-1.0, above: bool,
    ) {
        graze(&lif, v, strength, exponent, above)?;
    }

    /// Non-leaky, the bias against the current, its strength near that of the current, and a threshold that is close.
    #[test]
    fn a_drift_that_nearly_cancels_the_current(
        lif in resting_lif(), exponent in -14.0..0.0, excess in -1.5..1.5, tiny in -12.0..0.0, inhibited: bool,
    ) {
        let power = |exponent: f64| delgrad_neuron::math::exp(exponent * std::f64::consts::LN_10);
        let lif = Lif::new(LifParams { tau_mem: f64::INFINITY, ..lif.params() }).unwrap();
        let bias = lif.capacitance() / lif.tau_syn() * if inhibited { 1.0 } else { -1.0 };
        let lif = lif.with_bias(bias).unwrap();
        let state = State { v: lif.threshold() - power(exponent), i: -bias * (1.0 + excess * power(tiny)) };
        check(&lif, state)?;
    }

    /// A ratio one ulp away from a closed form takes the general path.
    #[test]
    fn closed_forms_agree_with_newton(
        lif in any_lif(), double: bool, depth in 0.01..2.0, strength in -2.0..8.0,
    ) {
        let ratio = if double { 2.0 } else { 1.0 };
        let closed = Lif::new(LifParams { tau_mem: ratio * lif.tau_syn(), ..lif.params() }).unwrap();
        let general = Lif::new(LifParams { tau_mem: closed.tau_mem().next_up(), ..lif.params() }).unwrap();
        let state = state_of(&closed, depth, strength);
        match (closed.crossing(state), general.crossing(state)) {
            (Some(a), Some(b)) => {
                let condition = closed.slope(closed.flow(state, a)) * closed.tau_syn() / scale(&closed, state);
                prop_assume!(condition > 0.01);
                prop_assert!((a - b).abs() <= CLOSED_FORM * closed.tau_syn(), "{a} {b}");
            }
            (None, None) => {}
            // Only a grazing course may tell them apart.
            (a, b) => {
                let time = a.or(b).unwrap();
                let slope = closed.slope(closed.flow(state, time)) * closed.tau_syn();
                prop_assert!(slope.abs() < 1e-6 * scale(&closed, state), "{a:?} {b:?}");
            }
        }
    }

    /// The first-spike forms of one arrival are the crossing after it.
    #[test]
    fn first_spike_forms_agree(tau_syn in 0.2..5.0_f64, weight in 0.1..20.0, at in -2.0..2.0_f64) {
        let exp = delgrad_neuron::math::exp;
        for ratio in [1.0, 2.0] {
            let lif = Lif::new(LifParams { tau_mem: ratio * tau_syn, tau_syn, ..LifParams::default() }).unwrap();
            let c = lif.capacitance() / lif.tau_mem();
            let a1 = weight * exp(at / tau_syn);
            let closed = if ratio == 1.0 {
                first_spike_equal(a1, a1 * at / tau_syn, c, tau_syn)
            } else {
                first_spike_double(a1, weight * exp(at / tau_syn / 2.0), c, tau_syn)
            };
            let state = State { v: 0.0, i: weight };
            let walked = lif.crossing(state).map(|wait| at + wait);
            match (closed, walked) {
                (Some(a), Some(b)) => {
                    prop_assume!(lif.slope(lif.flow(state, b - at)) * tau_syn > 0.01);
                    prop_assert!((a - b).abs() <= CLOSED_FORM * (tau_syn + b.abs()), "{a} {b}");
                }
                (a, b) => prop_assert_eq!(a.is_some(), b.is_some()),
            }
        }
    }

    /// A slow leak is almost none: the voltage it takes away in time T is of order T/tau_mem.
    #[test]
    fn non_leaky_is_the_limit(lif in resting_lif(), depth in 0.01..2.0, strength in 0.0..8.0) {
        let with_tau = |tau_mem| Lif::new(LifParams { tau_mem, ..lif.params() }).unwrap();
        let (non_leaky, slow) = (with_tau(f64::INFINITY), with_tau(1e10 * lif.tau_syn()));
        let state = state_of(&lif, depth, strength);
        if let Some(limit) = non_leaky.crossing(state) {
            prop_assume!(limit < 10.0 * lif.tau_syn());
            let time = slow.crossing(state).expect("a leak of 1e-9 does not matter 10 tau_syn long");
            let slope = non_leaky.slope(non_leaky.flow(state, limit));
            let lost = 10.0 * 1e-10 * (scale(&lif, state) + lif.tau_syn() * state.i / lif.capacitance());
            prop_assert!((time - limit).abs() * slope <= 10.0 * lost, "{time} {limit}");
        }
    }

    /// A voltage that tends to the threshold stays below it, through any number of flows of any length.
    #[test]
    fn an_asymptote_on_the_threshold_is_never_reached(
        lif in resting_lif(),
        case in 0..3_usize,
        depth in 0.01..20.0_f64,
        strength in -8.0..=0.0_f64,
        lengths in prop::collection::vec(prop_oneof![1e-3..1.0_f64, 1.0..40.0_f64, 40.0..1e4_f64], 1..80),
    ) {
        let params = lif.params();
        let (rest, threshold) = (lif.threshold() - depth, lif.threshold());
        let (lif, mut state) = match case {
            // the leak pulls it there
            0 => (LifParams { leak: threshold, ..params }, State { v: rest, i: strength }),
            // the current is just as large as not to overshoot, `V - E = -I/(C gap)`
            1 => {
                let tau_mem = 2.0 * params.tau_syn;
                let gap = 1.0 / params.tau_syn - 1.0 / tau_mem;
                (LifParams { leak: threshold, tau_mem, ..params }, State { v: rest, i: depth * gap * params.capacitance })
            }
            // the current charges it up to there
            _ => {
                let i = depth * params.capacitance / params.tau_syn;
                (LifParams { tau_mem: f64::INFINITY, ..params }, State { v: rest, i })
            }
        };
        let lif = Lif::new(LifParams { reset: rest, ..lif }).unwrap();
        for length in lengths {
            prop_assert_eq!(lif.crossing(state), None, "{:?} {:?}", lif, state);
            state = lif.unfired(lif.flow(state, length * lif.tau_syn()));
            prop_assert!(state.v < threshold);
        }
    }
}
