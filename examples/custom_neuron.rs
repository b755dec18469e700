//! A neuron model of one's own, in one network with a ready-made one.
//!
//! The model is the resonate-and-fire neuron (E. M. Izhikevich, Neural Networks 14, 2001), a damped oscillation: two
//! arrivals make it fire if they are one period apart, and cancel if they are half a period apart. Each input spike reaches
//! it twice, over two synapses with different delays; a LIF neuron behind it relays its spikes. Prints, for a range of
//! differences between the two delays, whether the pair of arrivals made the resonator fire:
//!
//! ```console
//! cargo run --release --example custom_neuron
//! ```

use std::f64::consts::{PI, TAU};
use std::sync::Arc;

use delgrad::engine::spec::{Edge, LifSpec, NetworkSpec, PopulationSpec, ProjectionSpec, Rule, SourceSpec};
use delgrad::engine::{Executor, Simulation, Stop};
use delgrad::neuron::math::{atan2, exp, sin_cos};
use delgrad::neuron::{PointNeuron, State};

/// `dv/dt = -damping v + frequency i`, `di/dt = -damping i - frequency v`; an arrival adds its weight to `i`; a spike where
/// `v` reaches the threshold sets both to 0.
#[derive(Debug)]
struct Resonator {
    damping: f64,
    frequency: f64,
    threshold: f64,
    refractory: f64,
}

impl PointNeuron for Resonator {
    fn name(&self) -> &'static str {
        "resonator"
    }

    fn parameters(&self) -> Vec<(&'static str, f64)> {
        vec![
            ("damping", self.damping),
            ("frequency", self.frequency),
            ("threshold", self.threshold),
            ("refractory", self.refractory),
        ]
    }

    fn rest(&self) -> State {
        State { v: 0.0, i: 0.0 }
    }

    fn flow(&self, State { v, i }: State, dt: f64) -> State {
        let (sin, cos) = sin_cos(self.frequency * dt);
        let left = exp(-self.damping * dt);
        State { v: left * (v * cos + i * sin), i: left * (i * cos - v * sin) }
    }

    fn flow_clamped(&self, _: State, _: f64) -> State {
        self.rest()
    }

    fn arrival(&self, state: State, weight: f64) -> State {
        State { i: state.i + weight, ..state }
    }

    fn arrival_clamped(&self, state: State, _: f64) -> State {
        state
    }

    /// The swings get smaller, so `v` reaches the threshold on the way to its next maximum or never. That way begins at the
    /// minimum half a period before the maximum, or now, and `v` rises all along it: bisection finds the crossing.
    fn crossing_before(&self, state: State, horizon: f64) -> Option<f64> {
        if state.v >= self.threshold {
            return Some(0.0);
        }
        let phase = atan2(self.frequency, self.damping) - atan2(state.v, state.i);
        let maximum = if phase < 0.0 { phase + TAU } else { phase } / self.frequency;
        let is_above = |time: f64| self.flow(state, time).v >= self.threshold;
        if !is_above(maximum) {
            return None;
        }
        let (mut below, mut above) = ((maximum - PI / self.frequency).max(0.0), maximum);
        loop {
            let middle = 0.5 * (below + above);
            if middle <= below || middle >= above {
                return (above <= horizon).then_some(above);
            }
            if is_above(middle) { above = middle } else { below = middle }
        }
    }

    /// With `r² = v² + i²`, which never grows, `v` stays within `r` and rises at most at the rate `r (damping + frequency)`.
    fn crossing_bound(&self, State { v, i }: State) -> f64 {
        const MARGIN: f64 = 1e-9; // far above all rounding
        let r = (v * v + i * i).sqrt();
        if r < self.threshold * (1.0 - MARGIN) {
            return f64::INFINITY;
        }
        ((self.threshold - v) / (r * (self.damping + self.frequency)) * (1.0 - MARGIN)).max(0.0)
    }

    fn fire(&self, _: State) -> State {
        self.rest()
    }

    fn refractory(&self) -> f64 {
        self.refractory
    }
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    // A period of 10 ms that fades with a time constant of 20 ms; one arrival of weight 1 reaches about 0.88.
    let model = Arc::new(Resonator { damping: 0.05, frequency: TAU / 10.0, threshold: 1.0, refractory: 1.0 });
    for step in 0..=12 {
        let interval = f64::from(step);
        let twice = vec![Edge::new(0, 0), Edge::new(0, 0)];
        let network = NetworkSpec::new()
            .source(SourceSpec::times("input", 1, vec![vec![5.0]]))
            .population(PopulationSpec::custom("resonator", 1, model.clone()))
            .population(PopulationSpec::lif("relay", 1, LifSpec { refractory: 5.0.into(), ..LifSpec::default() }))
            .project(
                ProjectionSpec::new("input", "resonator", Rule::Edges(twice)).delay(vec![2.0, 2.0 + interval]),
            )
            .project(ProjectionSpec::new("resonator", "relay", Rule::OneToOne).weight(4.0).delay(1.5))
            .build()?;
        let (spikes, _) = Simulation::new(&network, &[], Executor::Plain)?.record(&Stop::at(60.0))?;
        let times: Vec<String> =
            spikes.iter().map(|spike| format!("{} at {:.4}", spike.neuron, spike.time)).collect();
        println!(
            "arrivals {interval:4.1} ms apart: {}",
            if times.is_empty() { "-".into() } else { times.join(", ") }
        );
    }
    Ok(())
}
