//! Delta synapses: flows compose, and the crossing is where the flow meets the threshold.

use delgrad_neuron::{DeltaLif, PointNeuron, State};
use proptest::prelude::*;

use crate::neurons::{any_delta_lif, config};

/// Rounding of a few operations with exponents up to 80.
const ROUNDING: f64 = 100.0 * f64::EPSILON;

/// Size of the voltages that enter a flow of this length.
fn scale(neuron: &DeltaLif, v: f64, time: f64) -> f64 {
    let limit = neuron.equilibrium();
    let bias =
        if limit.is_finite() { limit.abs() } else { neuron.bias().abs() / neuron.params().capacitance * time };
    v.abs() + neuron.params().threshold.abs() + bias
}

proptest! {
    #![proptest_config(config(3000))]

    #[test]
    fn flow_then_flow_is_flow_of_the_sum(neuron in any_delta_lif(), v in -3.0..3.0, a in 0.0..8.0, b in 0.0..8.0) {
        let state = State { v, i: 0.7 };
        let (twice, once) = (neuron.flow(neuron.flow(state, a), b), neuron.flow(state, a + b));
        prop_assert!((twice.v - once.v).abs() <= ROUNDING * scale(&neuron, v, a + b));
        prop_assert_eq!(once.i, 0.7);
        // Between events the voltage is monotone, and its slope is the equation's.
        let h = 1e-6;
        let numeric = (neuron.flow(state, h).v - v) / h;
        prop_assert!((numeric - neuron.slope(state)).abs() <= 1e-3 * (1.0 + numeric.abs()));
    }

    #[test]
    fn the_crossing_is_where_the_flow_meets_the_threshold(
        neuron in any_delta_lif(), exponent in -9.0..1.0, horizon in 0.0..20.0,
    ) {
        let threshold = neuron.params().threshold;
        let depth = delgrad_neuron::math::exp(exponent * std::f64::consts::LN_10);
        let state = State { v: threshold - depth, i: 0.0 };
        let found = neuron.crossing_before(state, f64::INFINITY);
        match found {
            Some(time) => {
                let tolerance = ROUNDING * scale(&neuron, state.v, time);
                prop_assert!((neuron.flow(state, time).v - threshold).abs() <= tolerance);
                prop_assert!(neuron.slope(state) > 0.0);
                prop_assert!(neuron.crossing_bound(state) <= time);
                // Relative to the time, however short it is: the height itself is exact.
                let straight = depth / neuron.slope(state);
                prop_assert!(time >= straight * (1.0 - 1e-6));
                for part in 1..100 {
                    prop_assert!(neuron.flow(state, time * f64::from(part) / 100.0).v < threshold + tolerance);
                }
            }
            None => {
                for n in 0..400 {
                    prop_assert!(neuron.flow(state, f64::from(n) * 0.5).v <= threshold);
                }
            }
        }
        prop_assert_eq!(neuron.crossing_before(state, horizon), found.filter(|&time| time <= horizon));
    }
}
