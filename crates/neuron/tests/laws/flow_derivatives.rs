//! The derivatives of a flow are its finite differences, by the state, by time and by every parameter.

use delgrad_neuron::{
    Adjoint, DeltaLif, DeltaLifParams, IntegratorParams, LeakyIntegrator, Lif, LifParams, PerParameter, Qif,
    QifParams, State,
};
use proptest::prelude::*;

use crate::differences::{Difference, central};
use crate::models::{Model, any_model, at_ease};
use crate::neurons::config;

/// Agreement with differences, relative, beside the error that they estimate of themselves.
const DIFFERENCES: f64 = 1e-6;
/// Step of a difference as a part of the length over which the flow bends.
const STEP: f64 = 1e-3;

type Flow = fn(&Model, State, f64) -> State;
type Pull = fn(&Model, State, f64, Adjoint, &mut PerParameter) -> Adjoint;

const FREE: (Flow, Pull) =
    (|m, state, dt| m.law().flow(state, dt), |m, state, dt, end, into| m.law().flow_vjp(state, dt, end, into));
const CLAMPED: (Flow, Pull) = (
    |m, state, dt| m.law().flow_clamped(state, dt),
    |m, state, dt, end, into| m.law().clamped_vjp(state, dt, end, into),
);

/// Every derivative that a pull-back gives, beside its difference.
fn derivatives(
    model: &Model,
    state: State,
    dt: f64,
    (flow, pull): (Flow, Pull),
) -> Vec<(String, f64, Difference)> {
    let mut found = Vec::new();
    for (output, end) in [("V", Adjoint { lambda: 1.0, mu: 0.0 }), ("I", Adjoint { lambda: 0.0, mu: 1.0 })] {
        let read = |state: State| end.lambda * state.v + end.mu * state.i;
        let mut gradient = PerParameter::default();
        let start = pull(model, state, dt, end, &mut gradient);
        // Near a blow-up the flow bends over the inverse root of its derivative.
        let bend = STEP / start.lambda.abs().sqrt().max(1.0);
        let reached = read(flow(model, state, dt));
        let size = (if output == "V" { model.size(state) } else { state.i.abs() } + reached.abs())
            * start.lambda.abs().max(1.0);
        let by_v = central(|h| read(flow(model, State { v: state.v + h, ..state }, dt)), bend, size);
        found.push((format!("{output} by V"), start.lambda, by_v));
        let by_i = central(|h| read(flow(model, State { i: state.i + h, ..state }, dt)), bend, size);
        found.push((format!("{output} by I"), start.mu, by_i));
        for (parameter, length) in model.steps() {
            let difference = |h| read(flow(&model.moved(parameter, h), state, dt));
            let exact = (parameter.get)(&gradient);
            let numeric = if (parameter.get)(&model.parameters()).is_finite() {
                central(difference, bend * length, size)
            } else {
                Difference { value: 0.0, error: 0.0 }
            };
            found.push((format!("{output} by {}", parameter.name), exact, numeric));
        }
    }
    found
}

fn check(model: &Model, state: State, dt: f64, kind: (Flow, Pull)) -> Result<(), TestCaseError> {
    for (what, exact, numeric) in derivatives(model, state, dt, kind) {
        prop_assert!(exact.is_finite(), "{what}: {exact}");
        if numeric.value.is_finite() {
            let tolerance = DIFFERENCES * exact.abs() + numeric.error;
            prop_assert!((exact - numeric.value).abs() <= tolerance, "{what}: {exact}, difference {numeric:?}");
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(config(4000))]

    #[test]
    fn of_a_free_neuron(model in any_model(), v in -2.0..2.0, i in -3.0..3.0, time in 0.0..4.0, place in 0_u8..8) {
        let (state, dt) = at_ease(&model, v, i, time, place);
        check(&model, state, dt, FREE)?;
    }

    #[test]
    fn of_a_clamped_neuron(model in any_model(), v in -2.0..2.0, i in -3.0..3.0, time in 0.0..4.0, place in 0_u8..8) {
        let (state, dt) = at_ease(&model, v, i, time, place);
        check(&model, state, dt, CLAMPED)?;
    }

    /// Forward, along time alone.
    #[test]
    fn by_time(model in any_model(), v in -2.0..2.0, i in -3.0..3.0, time in 0.01..4.0, place in 0_u8..8) {
        let (state, dt) = at_ease(&model, v, i, time, place);
        let (law, none) = (model.law(), PerParameter::default());
        let (end, found) = (law.flow(state, dt), law.flow_jvp(state, dt, State::default(), 1.0, &none));
        let rate = law.rate(end);
        let tau = dt.min(model.parameters().tau_mem);
        // The rate of the end carries the rounding of the end, over the time constant there.
        let size = model.size(state) + end.v.abs() + dt * rate.v.abs();
        prop_assert!((found.v - rate.v).abs() <= 1e-12 * (rate.v.abs() + size * (1.0 + end.v.abs()) / tau), "{found:?} {rate:?}");
        prop_assert!((found.i - rate.i).abs() <= 1e-12 * rate.i.abs());
        let numeric = central(|h| law.flow(state, dt + h).v, 0.01 * STEP * dt, size);
        prop_assert!((found.v - numeric.value).abs() <= DIFFERENCES * found.v.abs() + numeric.error);
        let held = law.clamped_jvp(state, dt, State::default(), 1.0, &none);
        let [before, after] = [dt * (1.0 - STEP), dt * (1.0 + STEP)].map(|dt| law.flow_clamped(state, dt));
        let close = |a: f64, b: f64, size: f64| (a - b).abs() <= 1e-4 * size;
        let rise = [(after.v - before.v) / (2.0 * STEP * dt), (after.i - before.i) / (2.0 * STEP * dt)];
        prop_assert!(close(held.v, rise[0], size / tau) && close(held.i, rise[1], state.i.abs() / dt), "{held:?} {rise:?}");
    }
}

/// Without any allowance for curvature: one neuron for each regime, at ease.
#[test]
fn of_known_neurons() {
    let mut models = Vec::new();
    for tau_mem in [0.3, 1.0, 1.0 + 1e-9, 1.0 - 1e-9, 2.0, 7.0, f64::INFINITY] {
        for bias in [0.0, 0.4, -0.7] {
            let params = LifParams { tau_mem, leak: 0.2, capacitance: 1.3, reset: -0.4, ..LifParams::default() };
            models.push(Model::Lif(Lif::new(params).unwrap().with_bias(bias).unwrap()));
            let params = IntegratorParams { tau_mem, leak: -0.1, capacitance: 0.8, ..IntegratorParams::default() };
            models.push(Model::Readout(LeakyIntegrator::new(params).unwrap().with_bias(bias).unwrap()));
            let params = DeltaLifParams { tau_mem, leak: 0.1, capacitance: 1.1, ..DeltaLifParams::default() };
            models.push(Model::Delta(DeltaLif::new(params).unwrap().with_bias(bias).unwrap()));
        }
    }
    let states = [(0.5, 0.9), (-0.3, -1.2), (0.2, 0.0)].map(|(v, i)| State { v, i });
    let mut cases: Vec<_> = models
        .iter()
        .flat_map(|&model| states.iter().flat_map(move |&state| [0.0, 0.4, 2.5].map(|dt| (model, state, dt))))
        .collect();
    let params = QifParams { leak: 0.1, critical: 0.9, capacitance: 1.2, ..QifParams::default() };
    // In units of the bias at which the fixed points meet.
    for share in [-3.0, 0.0, 0.5, 0.999, 1.0 - 1e-9, 1.0, 1.0 + 1e-9, 1.01, 2.0, 9.0] {
        let qif = Qif::new(params).unwrap().with_bias(share * 0.8 / 8.0 * 1.2).unwrap();
        let (low, high) = qif.fixed_points().unwrap_or((0.5, 0.5));
        for v in [low, high, -1.0, 0.4, 1.1, low - 1e-6, high + 1e-6] {
            for dt in [0.0, 0.3, 1.1] {
                cases.push((Model::Qif(qif), State { v, i: 0.3 }, dt));
            }
        }
    }
    for (model, state, dt) in cases {
        for kind in [FREE, CLAMPED] {
            for (what, exact, numeric) in derivatives(&model, state, dt, kind) {
                let off = (exact - numeric.value).abs();
                // The second term is rounding, of voltages of a few units over the step.
                assert!(
                    off <= DIFFERENCES * exact.abs() + 1e-9,
                    "{what}: {exact} {numeric:?} {model:?} {state:?} {dt}"
                );
            }
        }
    }
}
