//! The derivatives of the quadratic neuron solve the variational equation, on its fixed points and near them too.

use delgrad_neuron::math::exp;
use delgrad_neuron::{Adjoint, Differentiable, PerParameter, PointNeuron, Qif, QifParams, State};
use proptest::prelude::*;

use crate::models::{Model, at_ease};
use crate::neurons::{any_qif, config};

/// Step of the Runge-Kutta integration as a part of the local time constant.
const STEP: f64 = 0.01;
/// Agreement with the integration, relative to the sum of the sizes of what each instant contributes.
const INTEGRATION: f64 = 1e-7;
/// Rounding of some tens of operations.
const ROUNDING: f64 = 1e-13;

fn pull(neuron: &Qif, v: f64, dt: f64) -> (f64, PerParameter) {
    let mut gradient = PerParameter::default();
    let start = neuron.flow_vjp(State { v, i: 0.0 }, dt, Adjoint { lambda: 1.0, mu: 0.0 }, &mut gradient);
    (start.lambda, gradient)
}

/// `V`, its derivatives by start, leak, critical, `τₘ` and `bias/C`, and what they would be were no sign lost.
type Course = [f64; 10];

/// The right-hand sides, as they are written down, from the raw parameters.
fn equations(neuron: &Qif, y: &Course) -> Course {
    let QifParams { tau_mem, leak, critical, capacitance, .. } = neuron.params();
    let (d, v) = (critical - leak, y[0]);
    let bend = (2.0 * v - leak - critical) / (tau_mem * d);
    let quadratic = (v - leak) * (v - critical) / (tau_mem * d);
    let by = [
        0.0,
        quadratic / d - (v - critical) / (tau_mem * d),
        -quadratic / d - (v - leak) / (tau_mem * d),
        -quadratic / tau_mem,
        1.0,
    ];
    let mut rates = [0.0; 10];
    rates[0] = quadratic + neuron.bias() / capacitance;
    for n in 0..5 {
        rates[n + 1] = bend * y[n + 1] + by[n];
    }
    for n in 1..5 {
        rates[n + 5] = bend * y[n + 5] + by[n].abs();
    }
    rates
}

/// The shortest time constant at this voltage.
fn pace(neuron: &Qif, v: f64) -> f64 {
    let QifParams { tau_mem, leak, critical, capacitance, .. } = neuron.params();
    let scale = tau_mem * (critical - leak);
    1.0 / (((v - leak).abs() + (v - critical).abs()) / scale + (neuron.bias().abs() / capacitance / scale).sqrt())
}

fn integrate(neuron: &Qif, v: f64, time: f64) -> Course {
    let mut y = [v, 1.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0];
    let (mut left, along) = (time, |y: &Course, k: &Course, h: f64| std::array::from_fn(|n| y[n] + h * k[n]));
    while left > 0.0 {
        let h = (STEP * pace(neuron, y[0])).min(left);
        let k1 = equations(neuron, &y);
        let k2 = equations(neuron, &along(&y, &k1, h / 2.0));
        let k3 = equations(neuron, &along(&y, &k2, h / 2.0));
        let k4 = equations(neuron, &along(&y, &k3, h));
        y = std::array::from_fn(|n| y[n] + h / 6.0 * (k1[n] + 2.0 * k2[n] + 2.0 * k3[n] + k4[n]));
        left -= h;
    }
    y
}

proptest! {
    #![proptest_config(config(2000))]

    #[test]
    fn they_solve_the_variational_equation(neuron in any_qif(), v in -3.0..3.0, time in 0.0..8.0, place in 0_u8..8) {
        let (state, dt) = at_ease(&Model::Qif(neuron), v, 0.0, time, place);
        let (start, gradient) = pull(&neuron, state.v, dt);
        let [_, by_start, leak, critical, tau_mem, drift, most @ ..] = integrate(&neuron, state.v, dt);
        let capacitance = neuron.params().capacitance;
        let tau = neuron.params().tau_mem;
        for (what, found, expected, size, unit) in [
            ("start", start, by_start, by_start, 1.0),
            ("leak", gradient.leak, leak, most[0], 1.0),
            ("critical", gradient.critical, critical, most[1], 1.0),
            ("tau_mem", gradient.tau_mem, tau_mem, most[2], 1.0 / tau),
            ("bias", gradient.bias, drift / capacitance, most[3] / capacitance, tau / capacitance),
        ] {
            // The integration rounds the voltage at every step.
            let tolerance = INTEGRATION * size + 10.0 * ROUNDING * (1.0 + by_start) * unit;
            prop_assert!((found - expected).abs() <= tolerance, "{what}: {found} {expected}");
        }
        prop_assert_eq!(gradient.capacitance, -neuron.bias() / capacitance * gradient.bias);
    }
}

/// Where the closed forms change hands, from either side.
#[test]
fn the_forms_agree_where_they_meet() {
    for bias in [-2.0, 0.0, 0.1, 0.12, 0.13, 0.4, 3.0] {
        let neuron = Qif::default().with_bias(bias).unwrap();
        // kappa = 2 bias - 1/4, and one time constant is over at 2/sqrt(|kappa|).
        let border = 2.0 / (2.0 * bias - 0.25_f64).abs().sqrt();
        for v in [-3.0, -0.2, 0.3, 0.5] {
            let (near, far) = (pull(&neuron, v, border * (1.0 - 1e-14)), pull(&neuron, v, border * (1.0 + 1e-14)));
            let close = |a: f64, b: f64| assert!((a - b).abs() <= 1e-12 * (1.0 + a.abs()), "{bias} {v}: {a} {b}");
            close(near.0, far.0);
            close(near.1.leak, far.1.leak);
            close(near.1.critical, far.1.critical);
            close(near.1.tau_mem, far.1.tau_mem);
            close(near.1.bias, far.1.bias);
        }
    }
}

/// Without bias the neuron is linear on its fixed points: `f' = -1/τₘ` at the leak, `1/τₘ` at critical.
#[test]
fn on_the_fixed_points_they_are_exponentials() {
    let neuron = Qif::default();
    let close = |a: f64, b: f64| assert!((a - b).abs() <= ROUNDING * b.abs(), "{a} {b}");
    for dt in [1e-9, 0.3, 1.0, 3.0, 7.0, 40.0] {
        let (fade, grow) = (exp(-dt / 2.0), exp(dt / 2.0));
        let (start, gradient) = pull(&neuron, 0.0, dt);
        close(start, fade);
        close(gradient.leak, -delgrad_neuron::math::exp_m1(-dt / 2.0));
        close(gradient.bias, -2.0 * delgrad_neuron::math::exp_m1(-dt / 2.0));
        assert_eq!((gradient.critical, gradient.tau_mem, gradient.capacitance), (0.0, 0.0, 0.0));
        let (start, gradient) = pull(&neuron, 1.0, dt);
        close(start, grow);
        close(gradient.critical, -delgrad_neuron::math::exp_m1(dt / 2.0));
        close(gradient.bias, 2.0 * delgrad_neuron::math::exp_m1(dt / 2.0));
        assert_eq!((gradient.leak, gradient.tau_mem, gradient.capacitance), (0.0, 0.0, 0.0));
    }
}

/// Where the two have met, `V' = α u²`: `1/(1 - α u t)²` by the start.
#[test]
fn where_the_fixed_points_meet_they_are_rational() {
    let neuron = Qif::default().with_bias(0.125).unwrap();
    for (v, dt) in [(0.5, 3.0), (0.5, 1e6), (0.2, 4.0), (-7.0, 1e5), (1.1, 2.0)] {
        let (u, x) = (v - 0.5, dt / 2.0);
        let expected = 1.0 / (1.0 - u * x) / (1.0 - u * x);
        let (start, gradient) = pull(&neuron, v, dt);
        assert!((start - expected).abs() <= ROUNDING * expected, "{start} {expected}");
        // The integral of (1 - u y)² over x, a cubic.
        let integral = x - u * x * x + u * u * x * x * x / 3.0;
        let expected = 2.0 * expected * integral;
        assert!((gradient.bias - expected).abs() <= ROUNDING * expected, "{} {expected}", gradient.bias);
    }
}

#[test]
fn past_the_blow_up_and_after_ages_they_are_finite() {
    for bias in [-1.0, 0.0, 0.12, 0.125, 0.13, 5.0] {
        let neuron = Qif::default().with_bias(bias).unwrap();
        let (low, high) = neuron.fixed_points().unwrap_or((0.5, 0.5));
        for v in [low, high, high.next_up(), high.next_down(), 3.0, 1e9, f64::INFINITY] {
            for dt in [50.0, 1e4, 1e300, f64::INFINITY] {
                let (start, gradient) = pull(&neuron, v, dt);
                let all =
                    [gradient.leak, gradient.critical, gradient.tau_mem, gradient.bias, gradient.capacitance];
                assert!(start.is_finite() && all.iter().all(|x| x.is_finite()), "{bias} {v} {dt}: {gradient:?}");
                if neuron.flow(State { v, i: 0.0 }, dt).v == f64::INFINITY {
                    assert_eq!((start, gradient), (0.0, PerParameter::default()));
                }
            }
        }
    }
}
