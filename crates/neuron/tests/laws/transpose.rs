//! Forward and backward derivatives are each other's transpose, follow the chain rule, and are never NaN.

use delgrad_neuron::{Adjoint, PerParameter, State};
use proptest::prelude::*;

use crate::models::{Model, PARAMETERS, any_model, at_ease};
use crate::neurons::config;

/// Rounding of some tens of operations, relative to the largest term.
const ROUNDING: f64 = 1e-12;

fn any_direction() -> impl Strategy<Value = [f64; 9]> {
    prop::array::uniform9(-1.0..1.0)
}

fn direction(
    [tau_mem, tau_syn, threshold, leak, reset, refractory, capacitance, bias, critical]: [f64; 9],
) -> PerParameter {
    PerParameter { tau_mem, tau_syn, threshold, leak, reset, refractory, capacitance, bias, critical }
}

/// `Σ gradient·direction`, and the sum of the sizes.
fn dot(gradient: &PerParameter, direction: &PerParameter) -> (f64, f64) {
    PARAMETERS
        .iter()
        .map(|parameter| (parameter.get)(gradient) * (parameter.get)(direction))
        .fold((0.0, 0.0), |(sum, size), term| (sum + term, size + term.abs()))
}

/// The largest of the derivatives that meet in the flow of a state.
fn largest(model: &Model, state: State, dt: f64) -> f64 {
    let PerParameter { tau_mem, capacitance, tau_syn, .. } = model.parameters();
    let tau = if tau_syn > 0.0 { tau_mem.min(tau_syn) } else { tau_mem };
    let mut unused = PerParameter::default();
    let growth = model.law().flow_vjp(state, dt, Adjoint { lambda: 1.0, mu: 0.0 }, &mut unused).lambda;
    (1.0 + model.size(state)) * (1.0 + 1.0 / tau) * (1.0 + 1.0 / capacitance) * (1.0 + dt) * (1.0 + growth)
}

proptest! {
    #![proptest_config(config(10_000))]

    #[test]
    fn backward_is_the_transpose_of_forward(
        model in any_model(), v in -2.0..2.0, i in -3.0..3.0, time in 0.0..6.0, place in 0_u8..8,
        along in any_direction(), tangent in (-1.0..1.0, -1.0..1.0), end in (-1.0..1.0, -1.0..1.0_f64), clamped: bool,
    ) {
        let (state, dt) = at_ease(&model, v, i, time, place);
        let (law, along) = (model.law(), direction(along));
        let (tangent, end) = (State { v: tangent.0, i: tangent.1 }, Adjoint { lambda: end.0, mu: end.1 });
        let mut gradient = PerParameter::default();
        let (start, moved) = if clamped {
            (law.clamped_vjp(state, dt, end, &mut gradient), law.clamped_jvp(state, dt, tangent, 0.0, &along))
        } else {
            (law.flow_vjp(state, dt, end, &mut gradient), law.flow_jvp(state, dt, tangent, 0.0, &along))
        };
        prop_assert_eq!((gradient.threshold, gradient.refractory), (0.0, 0.0));
        let forward = [end.lambda * moved.v, end.mu * moved.i];
        let (by_parameters, size) = dot(&gradient, &along);
        let backward = [start.lambda * tangent.v, start.mu * tangent.i, by_parameters];
        let size = size + forward.iter().chain(&backward).map(|term| term.abs()).sum::<f64>();
        let (forward, backward) = (forward.iter().sum::<f64>(), backward.iter().sum::<f64>());
        prop_assert!((forward - backward).abs() <= ROUNDING * size, "{forward} {backward} {size}");
    }

    /// `dt` then `du`, by the chain rule, is `dt + du`.
    #[test]
    fn derivatives_of_two_flows_compose(
        model in any_model(), v in -2.0..2.0, i in -3.0..3.0, time in 0.0..6.0, place in 0_u8..8, part in 0.0..1.0,
    ) {
        let (state, dt) = at_ease(&model, v, i, time, place);
        let (a, b) = (part * dt, dt - part * dt);
        let law = model.law();
        let middle = law.flow(state, a);
        for end in [Adjoint { lambda: 1.0, mu: 0.0 }, Adjoint { lambda: 0.0, mu: 1.0 }] {
            let (mut once, mut twice) = (PerParameter::default(), PerParameter::default());
            let whole = law.flow_vjp(state, dt, end, &mut once);
            let halves = law.flow_vjp(state, a, law.flow_vjp(middle, b, end, &mut twice), &mut twice);
            let tolerance = ROUNDING * largest(&model, state, dt) * largest(&model, middle, b);
            let mut pairs = vec![(whole.lambda, halves.lambda), (whole.mu, halves.mu)];
            pairs.extend(PARAMETERS.iter().map(|parameter| ((parameter.get)(&once), (parameter.get)(&twice))));
            for (whole, halves) in pairs {
                prop_assert!((whole - halves).abs() <= tolerance + ROUNDING * whole.abs(), "{whole} {halves} {tolerance}");
            }
        }
    }

    /// Over forty orders of magnitude of voltage, current and time, past every blow-up.
    #[test]
    fn nothing_is_nan(
        model in any_model(), v in (-20.0..20.0, any::<bool>()), i in (-20.0..20.0, any::<bool>()), dt in -30.0..30.0,
        place in 0_u8..10,
    ) {
        let power = |(exponent, negative): (f64, bool)| {
            let size = delgrad_neuron::math::exp(exponent * std::f64::consts::LN_10);
            if negative { -size } else { size }
        };
        let (mut state, law) = (State { v: power(v), i: power(i) }, model.law());
        if place < 4 {
            state.v = at_ease(&model, v.0 / 20.0, 0.0, 0.0, place).0.v;
        }
        let along = direction([1.0; 9]);
        for dt in [0.0, power((dt, false)), 1e300, f64::MAX, f64::INFINITY] {
            for end in [(0.0, 0.0), (1.0, -1.0), (-1e100, 1e100)] {
                let end = Adjoint { lambda: end.0, mu: end.1 };
                let mut all = PerParameter::default();
                let (free, held) = (law.flow_vjp(state, dt, end, &mut all), law.clamped_vjp(state, dt, end, &mut all));
                let nan = PARAMETERS.iter().any(|parameter| (parameter.get)(&all).is_nan());
                let adjoints = [free.lambda, free.mu, held.lambda, held.mu];
                prop_assert!(!nan && adjoints.iter().all(|x| !x.is_nan()), "{all:?} {free:?} {held:?} {dt}");
            }
            for dt_tangent in [0.0, 1.0] {
                let tangents = [
                    law.flow_jvp(state, dt, State { v: 1.0, i: 1.0 }, dt_tangent, &along),
                    law.clamped_jvp(state, dt, State { v: 1.0, i: 1.0 }, dt_tangent, &along),
                ];
                prop_assert!(tangents.iter().all(|x| !x.v.is_nan() && !x.i.is_nan()), "{tangents:?} {dt}");
            }
        }
    }
}
