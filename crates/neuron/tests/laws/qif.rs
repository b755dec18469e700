//! The quadratic neuron obeys its differential equation, and its crossing is where the flow meets the threshold.

use delgrad_neuron::{PointNeuron, Qif, QifParams, State};
use proptest::prelude::*;

use crate::neurons::{any_qif, config};

/// Rounding of a few operations, the voltage's share and the exponent's.
const ROUNDING: f64 = 32.0 * f64::EPSILON;
/// Step of the Runge-Kutta integration as a part of the local time constant: its local error is the fifth power.
const STEP: f64 = 0.01;
/// Agreement with the integration: some thousand steps of error 1e-12, and the growth of the differences.
const INTEGRATION: f64 = 1e-8;

fn at(v: f64) -> State {
    State { v, i: 0.0 }
}

/// The right-hand side as it is written down, from the raw parameters.
fn equation(neuron: &Qif, v: f64) -> f64 {
    let QifParams { tau_mem, leak, critical, capacitance, .. } = neuron.params();
    (v - leak) * (v - critical) / (tau_mem * (critical - leak)) + neuron.bias() / capacitance
}

/// Size of the terms of the right-hand side, and the shortest time constant at this voltage.
fn pace(neuron: &Qif, v: f64) -> (f64, f64) {
    let QifParams { tau_mem, leak, critical, capacitance, .. } = neuron.params();
    let bias = neuron.bias().abs() / capacitance;
    let rate = ((v - leak).abs() + (v - critical).abs()) / (tau_mem * (critical - leak));
    let size = (v - leak).abs() * (v - critical).abs() / (tau_mem * (critical - leak)) + bias;
    (size, 1.0 / (rate + (bias / (tau_mem * (critical - leak))).sqrt()))
}

fn scale(neuron: &Qif, v: f64) -> f64 {
    let QifParams { leak, critical, threshold, .. } = neuron.params();
    v.abs() + leak.abs() + critical.abs() + threshold.abs()
}

/// A classical Runge-Kutta integration with steps that follow the local time constant.
fn integrate(neuron: &Qif, mut v: f64, time: f64) -> f64 {
    let mut left = time;
    while left > 0.0 {
        let h = (STEP * pace(neuron, v).1).min(left);
        let k1 = equation(neuron, v);
        let k2 = equation(neuron, v + h / 2.0 * k1);
        let k3 = equation(neuron, v + h / 2.0 * k2);
        let k4 = equation(neuron, v + h * k3);
        v += h / 6.0 * (k1 + 2.0 * k2 + 2.0 * k3 + k4);
        left -= h;
    }
    v
}

/// How much an error at the start grows until the end: `dV(t)/dV(0) = V'(t)/V'(0)`, as time does not enter the equation.
fn growth(neuron: &Qif, from: f64, to: f64) -> f64 {
    let ratio = neuron.slope(at(to)) / neuron.slope(at(from));
    // A fixed point stays where it is.
    1.0 + if ratio.is_nan() { 0.0 } else { ratio.abs() }
}

/// A length of time that ends before the blow-up: a part of the crossing where there is one.
fn before_blow_up(neuron: &Qif, v: f64, time: f64, part: f64) -> f64 {
    let tau = neuron.params().tau_mem;
    neuron
        .crossing_before(at(v), f64::INFINITY)
        .map_or(time * tau, |crossing| f64::min(crossing, 30.0 * tau) * part)
}

/// Voltages below the threshold, some at a small distance from where a fixed point is or was.
fn below_threshold(neuron: &Qif, v: f64, exponent: f64, place: u8) -> f64 {
    let QifParams { leak, critical, threshold, .. } = neuron.params();
    let (low, high) = neuron.fixed_points().unwrap_or(((leak + critical) / 2.0, (leak + critical) / 2.0));
    let near = delgrad_neuron::math::exp(exponent * std::f64::consts::LN_10);
    let found = match place {
        0 => low + v.signum() * near,
        1 => high + v.signum() * near,
        2 => threshold - near,
        _ => leak + v,
    };
    if found < threshold { found } else { threshold - near }
}

fn check_crossing(neuron: &Qif, v: f64) -> Result<(), TestCaseError> {
    let (threshold, state) = (neuron.params().threshold, at(v));
    let size = scale(neuron, v);
    let tau = neuron.params().tau_mem;
    let found = neuron.crossing_before(state, f64::INFINITY);
    prop_assert!(neuron.crossing_bound(state) >= 0.0);
    let Some(time) = found else {
        prop_assert_eq!(neuron.crossing_bound(state), f64::INFINITY);
        for n in 0..2000 {
            let reached = neuron.flow(state, f64::from(n) * 0.02 * tau).v;
            prop_assert!(reached <= threshold + ROUNDING * size, "missed {reached} at {n}");
        }
        return Ok(());
    };
    let bound = neuron.crossing_bound(state);
    prop_assert!(bound <= time, "bound {bound} above {time}");
    prop_assert_eq!(neuron.crossing_before(state, time), found);
    prop_assert_eq!(neuron.crossing_before(state, time.next_down()), None);
    // The rounding of the time moves the voltage by slope times that.
    let slope = neuron.slope(at(threshold));
    prop_assert!(slope > 0.0);
    let reached = neuron.flow(state, time).v;
    let tolerance = ROUNDING * (size + slope * time);
    prop_assert!((reached - threshold).abs() <= tolerance, "{} off, allowed {tolerance}", reached - threshold);
    let mut previous = v;
    for part in 1..200 {
        let now = neuron.flow(state, time * f64::from(part) / 200.0).v;
        prop_assert!(now < threshold + tolerance && now >= previous - ROUNDING * size, "{now} after {previous}");
        previous = now;
    }
    Ok(())
}

proptest! {
    #![proptest_config(config(3000))]

    #[test]
    fn the_crossing_is_where_the_flow_meets_the_threshold(
        neuron in any_qif(), v in -4.0..4.0, exponent in -13.0..0.0, place in 0_u8..6,
    ) {
        check_crossing(&neuron, below_threshold(&neuron, v, exponent, place))?;
    }

    #[test]
    fn flow_then_flow_is_flow_of_the_sum(
        neuron in any_qif(), v in -4.0..4.0, exponent in -13.0..0.0, place in 0_u8..6,
        time in 0.0..10.0, part in 0.0..1.0, first in 0.0..1.0,
    ) {
        let v = below_threshold(&neuron, v, exponent, place);
        let total = before_blow_up(&neuron, v, time, part);
        let (a, b) = (first * total, total - first * total);
        let middle = neuron.flow(at(v), a);
        let (twice, once) = (neuron.flow(middle, b).v, neuron.flow(at(v), a + b).v);
        let lost = growth(&neuron, middle.v, twice) * scale(&neuron, v) + neuron.slope(at(once)).abs() * total;
        prop_assert!((twice - once).abs() <= ROUNDING * lost, "{twice} {once}, allowed {}", ROUNDING * lost);
    }

    /// Independent of the closed form, and of the fixed points that it is written in.
    #[test]
    fn the_slope_is_the_right_hand_side(neuron in any_qif(), v in -5.0..5.0) {
        let (size, _) = pace(&neuron, v);
        prop_assert!((neuron.slope(at(v)) - equation(&neuron, v)).abs() <= ROUNDING * (size + scale(&neuron, v) * size));
    }

    /// One-sided second-order difference of the flow, at a point on the way.
    #[test]
    fn the_flow_solves_the_differential_equation(
        neuron in any_qif(), v in -4.0..4.0, exponent in -13.0..0.0, place in 0_u8..6, time in 0.0..5.0, part in 0.0..0.9,
    ) {
        let v = below_threshold(&neuron, v, exponent, place);
        let time = before_blow_up(&neuron, v, time, part);
        let here = neuron.flow(at(v), time).v;
        let (size, tau) = pace(&neuron, here);
        let h = 1e-4 * tau;
        let [one, two] = [h, 2.0 * h].map(|h| neuron.flow(at(v), time + h).v);
        let numeric = (4.0 * one - 3.0 * here - two) / (2.0 * h);
        // Truncation is (1e-4)^2 of the size of the derivative, rounding that of the voltage and of the time over h.
        let rounding = ROUNDING * growth(&neuron, v, here) * (scale(&neuron, v) + size * time) / h;
        let tolerance = 1e-6 * size + rounding;
        prop_assert!((numeric - equation(&neuron, here)).abs() <= tolerance, "{numeric} {}", equation(&neuron, here));
    }
}

proptest! {
    #![proptest_config(config(300))]

    #[test]
    fn the_flow_is_the_numerical_integration(
        neuron in any_qif(), v in -4.0..4.0, exponent in -13.0..0.0, place in 0_u8..6, time in 0.0..6.0, part in 0.0..1.0,
    ) {
        let v = below_threshold(&neuron, v, exponent, place);
        let time = before_blow_up(&neuron, v, time, part);
        let (found, expected) = (neuron.flow(at(v), time).v, integrate(&neuron, v, time));
        let tolerance = INTEGRATION * growth(&neuron, v, found) * scale(&neuron, v);
        prop_assert!((found - expected).abs() <= tolerance, "{found} {expected}");
    }

    #[test]
    fn the_blow_up_is_for_ever(neuron in any_qif(), v in -10.0..30.0, time in 0.0..20.0, later in 1.0..10.0) {
        let time = time * neuron.params().tau_mem;
        if neuron.flow(at(v), time).v == f64::INFINITY {
            prop_assert_eq!(neuron.flow(at(v), time * later).v, f64::INFINITY);
        }
    }

    #[test]
    fn no_flow_is_nan(neuron in any_qif(), v in -1e3..1e3, exponent in -20.0..20.0) {
        let time = delgrad_neuron::math::exp(exponent * std::f64::consts::LN_10);
        let state = neuron.flow(at(v), time);
        prop_assert!(!state.v.is_nan());
        prop_assert!(!neuron.flow(state, time).v.is_nan());
    }
}

/// Fixed points 1e-5 apart, each rounded by itself: only differences that belong together give the last bits.
#[test]
fn fixed_points_that_are_about_to_meet_cost_no_accuracy() {
    let neuron = Qif::new(QifParams {
        tau_mem: 8.263407944794606,
        leak: 0.5424736384325282,
        critical: 1.6153124797583465,
        threshold: 1.1193579463984915,
        ..QifParams::default()
    });
    let neuron = neuron.unwrap().with_bias(0.03245751777943253).unwrap();
    let (low, high) = neuron.fixed_points().unwrap();
    assert!(high - low < 2e-5);
    let (start, threshold) = (at(1.0812608379941693), neuron.params().threshold);
    let time = neuron.crossing_before(start, f64::INFINITY).unwrap();
    let ulp = f64::EPSILON * (neuron.params().critical + neuron.slope(at(threshold)) * time);
    assert!((neuron.flow(start, time).v - threshold).abs() <= 4.0 * ulp);
}
