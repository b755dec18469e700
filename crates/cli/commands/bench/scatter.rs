//! The additions of a run without the run: a limit that the machine sets.

use std::hint::black_box;

use delgrad::engine::{Executor, InputSpike, Network, Simulation, Stop, StopReason};

use super::measure::{Effort, Measured, timed};
use crate::failure::Failure;

/// Synapses of all neurons: for each its target and its weight, row by row.
struct Rows {
    targets: Vec<u32>,
    weights: Vec<f64>,
    /// Where each neuron's row begins, and the end of the last one.
    starts: Vec<usize>,
}

impl Rows {
    fn of(network: &Network) -> Self {
        let mut rows = Self { targets: Vec::new(), weights: Vec::new(), starts: vec![0] };
        for neuron in 0..network.neurons() {
            for synapse in network.synapses_of(network.source_of(neuron)) {
                rows.targets.push(synapse.target.0);
                rows.weights.push(synapse.weight);
            }
            rows.starts.push(rows.targets.len());
        }
        rows
    }

    /// Adds the weights of a row to their targets, and tells how many there are.
    #[inline]
    fn add(&self, neuron: u32, sums: &mut [f64]) -> u64 {
        let row = self.starts[neuron as usize]..self.starts[neuron as usize + 1];
        for (&target, weight) in self.targets[row.clone()].iter().zip(&self.weights[row.clone()]) {
            sums[target as usize] += weight;
        }
        row.len() as u64
    }
}

/// The spikes of neurons in a run, each with one addition per synapse. Spikes of inputs are left out.
pub fn measure(network: &Network, given: &[InputSpike], until: f64, effort: Effort) -> Result<Measured, Failure> {
    let mut simulation = Simulation::new(network, given, Executor::for_run(network, until))?;
    let (spikes, reason) = simulation.record(&Stop::at(until))?;
    if reason != StopReason::Until {
        return Err(Failure::Runaway { reason });
    }
    let rows = Rows::of(network);
    let mut sums = vec![0.0; network.neurons() as usize];
    let mut add = || {
        let events = spikes.iter().map(|spike| rows.add(spike.neuron, &mut sums)).sum();
        black_box(&mut sums);
        Ok((spikes.len() as u64, events))
    };
    Measured::repeat(effort, || timed(&mut add))
}
