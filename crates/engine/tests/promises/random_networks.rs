//! Random networks.
//!
//! Times lie on a grid of quarters, most of them, so that many events coincide; and a quarter is exact in binary,
//! so that they coincide to the bit wherever they should.

use std::sync::Arc;

use delgrad_engine::random::{Purpose, below, stream, uniform};
use delgrad_engine::{InputSpike, Model, Synapse};
use delgrad_neuron::{
    DeltaLif, DeltaLifParams, IntegratorParams, LeakyIntegrator, Lif, LifParams, PointNeuron, Qif, QifParams,
    State,
};
use proptest::prelude::*;
use proptest::sample::select;
use proptest::test_runner::{TestCaseError, TestRunner};

use crate::case::{Case, Neuron};

/// The unit of times on the grid.
pub const GRID: f64 = 0.25;

/// Runs a property on random values, the same ones each time.
pub fn check<S: Strategy>(cases: u32, values: S, property: impl Fn(S::Value) -> Result<(), TestCaseError>) {
    let config = ProptestConfig { cases, failure_persistence: None, ..ProptestConfig::default() };
    let rng = proptest::test_runner::TestRng::deterministic_rng(config.rng_algorithm);
    let outcome = TestRunner::new_with_rng(config, rng).run(&values, property);
    if let Err(error) = outcome {
        panic!("{error}");
    }
}

/// Counts up in `v`, spikes once a period, and is advanced by every arrival: a model of the user's own.
#[derive(Debug)]
struct Clock {
    period: f64,
    refractory: f64,
}

impl PointNeuron for Clock {
    fn name(&self) -> &'static str {
        "clock"
    }

    fn parameters(&self) -> Vec<(&'static str, f64)> {
        vec![("period", self.period), ("refractory", self.refractory)]
    }

    fn rest(&self) -> State {
        State { v: 0.0, i: 0.0 }
    }

    fn flow(&self, state: State, dt: f64) -> State {
        State { v: state.v + dt, ..state }
    }

    fn flow_clamped(&self, _state: State, _dt: f64) -> State {
        self.rest()
    }

    fn arrival(&self, state: State, weight: f64) -> State {
        State { v: state.v + weight, ..state }
    }

    fn arrival_clamped(&self, state: State, _weight: f64) -> State {
        state
    }

    fn crossing_before(&self, state: State, horizon: f64) -> Option<f64> {
        let wait = (self.period - state.v).max(0.0);
        (wait <= horizon).then_some(wait)
    }

    fn fire(&self, _state: State) -> State {
        self.rest()
    }

    fn refractory(&self) -> f64 {
        self.refractory
    }
}

fn tau() -> impl Strategy<Value = f64> {
    prop_oneof![Just(1.0), Just(2.0), Just(1.0 + 1e-9), 0.3..8.0]
}

fn tau_mem() -> impl Strategy<Value = f64> {
    prop_oneof![9 => tau(), 1 => Just(f64::INFINITY)]
}

fn refractory() -> impl Strategy<Value = f64> {
    prop_oneof![Just(0.0), Just(GRID), Just(4.0 * GRID), 0.01..1.5]
}

/// Mostly below the threshold, which is 1.
fn reset() -> impl Strategy<Value = f64> {
    prop_oneof![8 => Just(0.0), 8 => -0.5..0.8, 1 => 1.05..2.0]
}

/// Most neurons need input to spike.
fn bias() -> impl Strategy<Value = f64> {
    prop_oneof![3 => Just(0.0), 2 => -0.5..1.5]
}

pub fn lif() -> impl Strategy<Value = Model> {
    let parameters = (tau_mem(), tau(), -0.3..0.3, reset(), refractory(), 0.5..2.0, bias());
    parameters.prop_map(|(tau_mem, tau_syn, leak, reset, refractory, capacitance, bias)| {
        let params = LifParams { tau_mem, tau_syn, threshold: 1.0, leak, reset, refractory, capacitance };
        Model::Lif(Lif::new(params).unwrap().with_bias(bias).unwrap())
    })
}

fn integrator() -> impl Strategy<Value = Model> {
    (tau_mem(), tau(), -0.3..0.3, 0.5..2.0, bias()).prop_map(|(tau_mem, tau_syn, leak, capacitance, bias)| {
        let readout = LeakyIntegrator::new(IntegratorParams { tau_mem, tau_syn, leak, capacitance }).unwrap();
        Model::Integrator(readout.with_bias(bias).unwrap())
    })
}

fn delta() -> impl Strategy<Value = Model> {
    let leak = prop_oneof![Just(0.0), -0.3..0.3];
    let parameters = (tau_mem(), leak, reset(), refractory(), 0.5..2.0, bias());
    parameters.prop_map(|(tau_mem, leak, reset, refractory, capacitance, bias)| {
        let params = DeltaLifParams { tau_mem, threshold: 1.0, leak, reset, refractory, capacitance };
        Model::DeltaLif(DeltaLif::new(params).unwrap().with_bias(bias).unwrap())
    })
}

fn quadratic() -> impl Strategy<Value = Model> {
    let parameters = (tau(), 0.4..1.2, 2.0..8.0, reset(), refractory(), 0.5..2.0, bias());
    parameters.prop_map(|(tau_mem, critical, threshold, reset, refractory, capacitance, bias)| {
        let params = QifParams { tau_mem, leak: 0.0, critical, threshold, reset, refractory, capacitance };
        Model::Qif(Qif::new(params).unwrap().with_bias(bias).unwrap())
    })
}

fn clock() -> impl Strategy<Value = Model> {
    (0.6..3.0, refractory()).prop_map(|(period, refractory)| Model::Custom(Arc::new(Clock { period, refractory })))
}

fn neuron() -> impl Strategy<Value = Neuron> {
    let model = prop_oneof![6 => lif(), 1 => integrator(), 4 => delta(), 2 => quadratic(), 1 => clock()];
    let max_spikes = prop_oneof![3 => Just(None), 1 => (1..4_u32).prop_map(Some)];
    // Sometimes above the threshold: it spikes at time 0.
    let initial = prop_oneof![4 => Just(None), 1 => (-0.5..1.2, -1.0..2.0).prop_map(Some)];
    (model, max_spikes, initial).prop_map(|(model, max_spikes, initial)| {
        let initial = initial.map_or(model.rest(), |(v, i)| State { v, i });
        Neuron { model, initial, max_spikes }
    })
}

/// From silence to bursts.
fn weight() -> impl Strategy<Value = f64> {
    prop_oneof![1 => select(vec![0.0, 0.5, 1.0, -0.5]), 4 => -1.0..2.0, 1 => 2.0..6.0]
}

fn delay(least: f64) -> impl Strategy<Value = f64> {
    prop_oneof![3 => (0..6_u32).prop_map(move |steps| least + f64::from(steps) * GRID), 1 => least..2.0]
}

/// Up to twelve neurons. `least` is the smallest delay between neurons; inputs may have none at all.
pub fn small(least: f64) -> impl Strategy<Value = Case> {
    (1..4_u32, prop::collection::vec(neuron(), 1..13)).prop_flat_map(move |(inputs, neurons)| {
        let size = neurons.len() as u32;
        let from_input = (0..inputs, 0..size, weight(), delay(0.0));
        let recurrent = (inputs..inputs + size, 0..size, weight(), delay(least));
        let synapse = prop_oneof![from_input, recurrent];
        let time = prop_oneof![3 => (0..20_u32).prop_map(|steps| f64::from(steps) * GRID), 1 => 0.0..5.0];
        let spikes = prop::collection::vec((time, 0..inputs), 0..25);
        let synapses = prop::collection::vec(synapse, 0..50);
        let until = prop_oneof![Just(6.0), 0.0..6.0];
        (Just(neurons), synapses, spikes, until).prop_map(move |(neurons, synapses, spikes, until)| {
            let synapses = synapses.into_iter();
            let synapses = synapses
                .map(|(source, target, weight, delay)| Synapse::new(source, target, weight, delay))
                .collect();
            let given = spikes.into_iter().map(|(time, source)| InputSpike { time, source }).collect();
            Case { inputs, neurons, synapses, given: sorted(given), until }
        })
    })
}

fn sorted(mut given: Vec<InputSpike>) -> Vec<InputSpike> {
    given.sort_by(|a, b| a.time.total_cmp(&b.time));
    given
}

/// Some hundred neurons: two classes large enough for inputs to be added up, other models between and after them,
/// and neurons of the first class again in a group too small for that.
pub fn large(seed: u64) -> Case {
    let mut rng = stream(seed, Purpose::new(13), 0);
    let mut between = |low: f64, high: f64| low + (high - low) * uniform(&mut rng);
    let taus = [(2.0, 1.0), (1.0, 1.0), (f64::INFINITY, 0.8), (1.0, 3.0), (1.5, 0.7)];
    let class = |choice: u64| taus[((seed + choice) % taus.len() as u64) as usize];
    let mut neurons = Vec::new();
    // every other network has neurons with constants of their own, each kind as many as are added up together
    let diverse = seed % 2 == 1;
    for (kind, size) in [(0, 140), (2, if diverse { 130 } else { 30 }), (1, 130), (3, 40), (0, 20)] {
        for number in 0..size {
            let (tau_mem, tau_syn) = class(kind);
            let mut own = |tau: f64| if diverse { tau * between(0.8, 1.3) } else { tau };
            let (tau_mem, tau_syn, tau_delta) = (own(tau_mem), own(tau_syn), own(2.0));
            let (reset, refractory) = (between(-0.4, 0.5), if number % 3 == 0 { 0.0 } else { between(0.1, 0.6) });
            let (leak, threshold, bias) = (between(-0.2, 0.2), between(0.8, 1.2), between(-0.2, 0.5));
            let model = match kind {
                2 => {
                    let params = DeltaLifParams {
                        tau_mem: tau_delta,
                        // more of them would run away
                        threshold: if diverse { 2.0 * threshold } else { threshold },
                        leak,
                        reset,
                        refractory,
                        ..DeltaLifParams::default()
                    };
                    Model::DeltaLif(DeltaLif::new(params).unwrap())
                }
                3 => {
                    let params = QifParams { leak, reset, refractory, ..QifParams::default() };
                    Model::Qif(Qif::new(params).unwrap().with_bias(bias * 0.1).unwrap())
                }
                // A read-out has the class of the spiking neurons around it.
                _ if number % 20 == 7 => {
                    let params = IntegratorParams { tau_mem, tau_syn, leak, capacitance: 1.5 };
                    Model::Integrator(LeakyIntegrator::new(params).unwrap().with_bias(bias).unwrap())
                }
                _ => {
                    let params =
                        LifParams { tau_mem, tau_syn, threshold, leak, reset, refractory, capacitance: 1.5 };
                    Model::Lif(Lif::new(params).unwrap().with_bias(bias).unwrap())
                }
            };
            let initial = State { v: between(-0.3, 0.9), i: between(-0.2, 0.4) };
            let max_spikes = (kind == 1 && (40..60).contains(&number)).then_some(2);
            neurons.push(Neuron { model, initial, max_spikes });
        }
    }
    connected(seed, neurons)
}

fn connected(seed: u64, neurons: Vec<Neuron>) -> Case {
    const INPUTS: u32 = 10;
    let (size, mut rng) = (neurons.len() as u32, stream(seed, Purpose::new(10), 0));
    let mut synapses = Vec::new();
    for source in 0..INPUTS + size {
        let fan_out = if source < INPUTS { 60 } else { 8 };
        for _ in 0..fan_out {
            let target = below(&mut rng, size);
            let steps = f64::from(1 + below(&mut rng, 6)) * GRID;
            let delay = if below(&mut rng, 3) == 0 { GRID + uniform(&mut rng) } else { steps };
            let weight = match below(&mut rng, 4) {
                0 => -0.4,
                1 => 0.6,
                _ => uniform(&mut rng) - 0.3,
            };
            synapses.push(Synapse::new(source, target, weight, delay));
        }
    }
    let spikes = (0..60).map(|_| {
        let (source, steps) = (below(&mut rng, INPUTS), f64::from(below(&mut rng, 16)));
        InputSpike { time: if source < 7 { steps * GRID } else { 4.0 * uniform(&mut rng) }, source }
    });
    Case { inputs: INPUTS, given: sorted(spikes.collect()), neurons, synapses, until: 4.0 }
}
