//! Flows compose.

use delgrad_neuron::{Adjoint, Lif, LifParams, State};
use proptest::prelude::*;

use crate::neurons::{any_lif, biased_lif, config, state_of};

/// Rounding of three flows whose exponents reach 80: half an ulp of the exponent each, and a few operations.
const ROUNDING: f64 = 150.0 * f64::EPSILON;

proptest! {
    #![proptest_config(config(1500))]

    #[test]
    fn flow_then_flow_is_flow_of_the_sum(
        lif in any_lif(), depth in 0.0..3.0, strength in -5.0..5.0, a in 0.0..8.0, b in 0.0..8.0,
    ) {
        let state = state_of(&lif, depth, strength);
        let (twice, once) = (lif.flow(lif.flow(state, a), b), lif.flow(state, a + b));
        let scale = 1.0 + state.v.abs() + lif.leak().abs() + state.i.abs() * lif.tau_syn() / lif.capacitance();
        prop_assert!((twice.v - once.v).abs() <= ROUNDING * scale, "{twice:?} {once:?}");
        prop_assert!((twice.i - once.i).abs() <= ROUNDING * (once.i.abs() + f64::MIN_POSITIVE));
    }

    #[test]
    fn flow_then_flow_is_flow_of_the_sum_with_a_bias(
        lif in biased_lif(), depth in 0.0..3.0, strength in -5.0..5.0, a in 0.0..8.0, b in 0.0..8.0,
    ) {
        let state = state_of(&lif, depth, strength);
        let (twice, once) = (lif.flow(lif.flow(state, a), b), lif.flow(state, a + b));
        let bias = if lif.tau_mem().is_finite() { lif.equilibrium() } else { lif.bias() / lif.capacitance() * (a + b) };
        let current = state.i.abs() * lif.tau_syn() / lif.capacitance();
        let scale = 1.0 + state.v.abs() + lif.leak().abs() + bias.abs() + current;
        prop_assert!((twice.v - once.v).abs() <= ROUNDING * scale, "{twice:?} {once:?}");
    }

    /// A bias acts as an arrival whose current does not decay.
    #[test]
    fn a_bias_is_the_limit_of_a_slow_current(lif in biased_lif(), depth in 0.0..3.0, time in 0.1..5.0) {
        let slow = LifParams { tau_syn: 1e9 * lif.tau_syn(), ..lif.params() };
        let dt = time * lif.tau_syn();
        let v = lif.threshold() - depth;
        let expected = Lif::new(slow).unwrap().flow(State { v, i: lif.bias() }, dt).v;
        let found = lif.flow(State { v, i: 0.0 }, dt).v;
        // The slow current loses a part dt/1e9 tau_syn of what it adds.
        prop_assert!((found - expected).abs() <= 1e-8 * (1.0 + (found - v).abs() + lif.bias().abs() * dt / lif.capacitance()));
    }

    #[test]
    fn adjoint_flow_is_the_transpose(
        lif in any_lif(), v in -3.0..3.0_f64, i in -5.0..5.0_f64, lambda in -1.0..1.0, mu in -1.0..1.0, dt in 0.0..8.0,
    ) {
        // Linear in the distance from the leak.
        let (state, adjoint) = (State { v: lif.leak() + v, i }, Adjoint { lambda, mu });
        let (after, before) = (lif.flow(state, dt), lif.adjoint_flow(adjoint, dt));
        let forward = lambda * (after.v - lif.leak()) + mu * after.i;
        let backward = before.lambda * (state.v - lif.leak()) + before.mu * state.i;
        let scale = 1.0 + v.abs() + i.abs() * (1.0 + lif.tau_syn() / lif.capacitance());
        prop_assert!((forward - backward).abs() <= ROUNDING * scale);
    }

    #[test]
    fn an_arrival_adds_the_kernel(lif in any_lif(), v in -2.0..2.0_f64, i in -2.0..2.0_f64, w in -2.0..2.0_f64, dt in 0.0..8.0) {
        let state = State { v, i };
        let (with, without) = (lif.flow(state.after_arrival(w), dt), lif.flow(state, dt));
        let (difference, kernel) = (with.v - without.v, w * lif.kernel(dt));
        let scale = 1.0 + v.abs() + lif.leak().abs() + (i.abs() + w.abs()) * lif.kernel(dt);
        prop_assert!((difference - kernel).abs() <= ROUNDING * scale);
    }
}
