//! Synaptic inputs that saturate.

use std::sync::Arc;

use delgrad_engine::Model;
use delgrad_neuron::{Lif, PointNeuron, State, math};

/// A neuron whose synaptic current does not exceed a maximum.
///
/// At an arrival the current behaves as `I_max tanh(x / I_max)`, where the weight is added to `x`; between arrivals it decays as that
/// of an ideal synapse. That is an assumption: no public number says how the chip's inputs saturate.
#[derive(Debug)]
pub(crate) struct SaturatingLif {
    lif: Lif,
    most: f64,
}

impl SaturatingLif {
    pub fn model(lif: Lif, most: f64) -> Model {
        Model::Custom(Arc::new(Self { lif, most }))
    }

    fn saturated(&self, state: State, weight: f64) -> State {
        // tanh(atanh(a) + atanh(b))
        let (a, b) = (state.i / self.most, tanh(weight / self.most).clamp(-FULL, FULL));
        State { i: self.most * ((a + b) / (1.0 + a * b)).clamp(-FULL, FULL), ..state }
    }
}

/// Largest share of the maximum that a current takes: it reaches the maximum only in the limit.
const FULL: f64 = 1.0 - f64::EPSILON;

fn tanh(x: f64) -> f64 {
    let e = math::exp(-2.0 * x.abs());
    ((1.0 - e) / (1.0 + e)).copysign(x)
}

impl PointNeuron for SaturatingLif {
    fn name(&self) -> &'static str {
        "saturating-lif"
    }

    fn parameters(&self) -> Vec<(&'static str, f64)> {
        let mut parameters = self.lif.parameters();
        parameters.push(("most", self.most));
        parameters
    }

    fn rest(&self) -> State {
        self.lif.rest()
    }

    fn flow(&self, state: State, dt: f64) -> State {
        PointNeuron::flow(&self.lif, state, dt)
    }

    fn flow_clamped(&self, state: State, dt: f64) -> State {
        PointNeuron::flow_clamped(&self.lif, state, dt)
    }

    fn arrival(&self, state: State, weight: f64) -> State {
        self.saturated(state, weight)
    }

    fn arrival_clamped(&self, state: State, weight: f64) -> State {
        self.saturated(state, weight)
    }

    fn crossing_before(&self, state: State, horizon: f64) -> Option<f64> {
        PointNeuron::crossing_before(&self.lif, state, horizon)
    }

    fn crossing_bound(&self, state: State) -> f64 {
        PointNeuron::crossing_bound(&self.lif, state)
    }

    fn unfired(&self, state: State) -> State {
        PointNeuron::unfired(&self.lif, state)
    }

    fn fire(&self, state: State) -> State {
        PointNeuron::fire(&self.lif, state)
    }

    fn refractory(&self) -> f64 {
        PointNeuron::refractory(&self.lif)
    }

    fn fastest_time_constant(&self) -> f64 {
        PointNeuron::fastest_time_constant(&self.lif)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn currents_add_up_to_the_maximum_at_most() {
        let neuron = SaturatingLif { lif: Lif::default(), most: 2.0 };
        let mut state = neuron.rest();
        let mut sum: f64 = 0.0;
        for weight in [0.1, 0.5, -0.3, 1.0, 3.0, 50.0, -0.7] {
            state = neuron.arrival(state, weight);
            sum += weight;
            assert!(state.i.abs() <= 2.0);
            if sum < 10.0 {
                assert!((state.i - 2.0 * libm_tanh(sum / 2.0)).abs() < 1e-12, "{} after {sum}", state.i);
            }
        }
        for (before, weight) in [(2.0, f64::MAX), (-2.0, f64::MAX), (2.0, -f64::MAX), (0.0, f64::MAX)] {
            assert!(neuron.arrival(State { v: 0.0, i: before }, weight).i.abs() <= 2.0);
        }
    }

    fn libm_tanh(x: f64) -> f64 {
        let e = math::exp(2.0 * x);
        (e - 1.0) / (e + 1.0)
    }
}
