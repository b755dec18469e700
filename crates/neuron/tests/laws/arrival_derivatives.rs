//! What an arrival and a spike give back, against their definitions and against the function that they pull through.

use delgrad_neuron::{Adjoint, PerParameter, State};
use proptest::prelude::*;

use crate::differences::central;
use crate::models::{Model, any_model, at_ease};
use crate::neurons::config;

/// Rounding of the two rates, relative to their largest term.
const ROUNDING: f64 = 1e-13;
/// Agreement with central differences, beside the error that they estimate of themselves.
const DIFFERENCES: f64 = 1e-6;

proptest! {
    #![proptest_config(config(4000))]

    #[test]
    fn an_arrival_gives_the_difference_of_the_rates(
        model in any_model(), v in -2.0..2.0, i in -3.0..3.0, weight in -2.0..2.0_f64, end in (-1.0..1.0, -1.0..1.0_f64),
    ) {
        let (before, _) = at_ease(&model, v, i, 0.0, 7);
        let (law, end) = (model.law(), Adjoint { lambda: end.0, mu: end.1 });
        let found = law.arrival_vjp(before, weight, end);
        let (low, high) = (law.rate(before), law.rate(law.arrival(before, weight)));
        let expected = end.lambda * (low.v - high.v) + end.mu * (low.i - high.i);
        let PerParameter { tau_mem, .. } = model.parameters();
        let size = [low.v, high.v, low.i, high.i].iter().map(|x| x.abs()).sum::<f64>()
            + (1.0 + model.size(before)).powi(2) / tau_mem;
        prop_assert!((found.time - expected).abs() <= ROUNDING * size, "{found:?} {expected}");
        let lifted = law.arrival(State::default(), 1.0);
        prop_assert_eq!(found.weight, end.lambda * lifted.v + end.mu * lifted.i);
    }

    #[test]
    fn a_clamped_arrival_gives_nothing_of_the_voltage(
        model in any_model(), v in -2.0..2.0, i in -3.0..3.0, weight in -2.0..2.0_f64, end in (-1.0..1.0, -1.0..1.0_f64),
    ) {
        let (before, _) = at_ease(&model, v, i, 0.0, 7);
        let (law, end) = (model.law(), Adjoint { lambda: end.0, mu: end.1 });
        let found = law.arrival_clamped_vjp(before, weight, end);
        let expected = match model {
            Model::Lif(_) => law.arrival_vjp(before, weight, Adjoint { lambda: 0.0, ..end }),
            Model::Readout(_) => law.arrival_vjp(before, weight, end),
            Model::Delta(_) | Model::Qif(_) => law.arrival_vjp(before, weight, Adjoint::default()),
        };
        prop_assert_eq!((found.weight.abs(), found.time), (expected.weight.abs(), expected.time + 0.0));
        let lifted = law.arrival_clamped(before, weight);
        prop_assert!(lifted != before || found.weight == 0.0, "a lost arrival has no gradient");
    }

    /// The whole of it: the state some time after an arrival, by the weight and the time of the arrival.
    #[test]
    fn a_later_state_answers_to_weight_and_time(
        model in any_model(), v in -1.0..1.0, i in -2.0..2.0, weight in -0.5..0.5, times in (0.1..1.0, 0.1..1.0),
        end in (-1.0..1.0, -1.0..1.0_f64), clamped: bool,
    ) {
        let (start, first) = at_ease(&model, v, i, times.0, 5);
        let (law, end) = (model.law(), Adjoint { lambda: end.0, mu: end.1 });
        let (_, second) = at_ease(&model, law.flow(start, first).v + weight - model.parameters().leak, i, times.1, 5);
        let flow = |state, dt| if clamped { law.flow_clamped(state, dt) } else { law.flow(state, dt) };
        let run = |by_weight: f64, by_time: f64| {
            let before = flow(start, first + by_time);
            let weight = weight + by_weight;
            let after = if clamped { law.arrival_clamped(before, weight) } else { law.arrival(before, weight) };
            let last = flow(after, second - by_time);
            end.lambda * last.v + end.mu * last.i
        };
        let before = flow(start, first);
        let after = if clamped { law.arrival_clamped(before, weight) } else { law.arrival(before, weight) };
        let mut unused = PerParameter::default();
        let found = if clamped {
            law.arrival_clamped_vjp(before, weight, law.clamped_vjp(after, second, end, &mut unused))
        } else {
            law.arrival_vjp(before, weight, law.flow_vjp(after, second, end, &mut unused))
        };
        let size = model.size(start) + model.size(after) + run(0.0, 0.0).abs() * (1.0 + found.weight.abs());
        for (exact, numeric) in [
            (found.weight, central(|h| run(h, 0.0), 1e-4, size)),
            (found.time, central(|h| run(0.0, h), 1e-4 * first.min(second), size)),
        ] {
            prop_assert!(exact.is_finite());
            if numeric.value.is_finite() {
                let tolerance = DIFFERENCES * exact.abs() + numeric.error;
                prop_assert!((exact - numeric.value).abs() <= tolerance, "{exact} {numeric:?}");
            }
        }
    }

    #[test]
    fn a_spike_hands_the_voltage_to_the_reset(
        model in any_model(), v in -2.0..2.0, i in -3.0..3.0_f64, end in (-1.0..1.0, -1.0..1.0),
    ) {
        let (law, end) = (model.law(), Adjoint { lambda: end.0, mu: end.1 });
        let mut gradient = PerParameter::default();
        let before = law.fire_vjp(end, &mut gradient);
        // Every spike is linear in the state and in the reset.
        let read = |state: State| end.lambda * state.v + end.mu * state.i;
        let here = read(law.fire(State { v, i }));
        let by_v = read(law.fire(State { v: v + 1.0, i })) - here;
        let by_i = read(law.fire(State { v, i: i + 1.0 })) - here;
        prop_assert!((before.lambda - by_v).abs() < 1e-14 && (before.mu - by_i).abs() < 1e-14);
        prop_assert_eq!(gradient, PerParameter { reset: end.lambda - before.lambda, ..PerParameter::default() });
        prop_assert_eq!(law.threshold().is_finite(), !matches!(model, Model::Readout(_)));
    }
}
