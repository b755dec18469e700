//! Derivatives of the output spikes by the coordinates of a fit.
//!
//! Those of a neuron's spike by its own coordinates are central differences: the spike times are exact, so the
//! differences are as good as the derivatives. What a hidden spike does to the outputs comes from the backward pass.

use delgrad_ttfs::SpikeTimes;
use rayon::prelude::*;

use crate::Bss2Error;
use crate::fit::coordinates::{Coordinate, Coordinates};
use crate::fit::kind::Kind;
use crate::fit::objective::{Objective, Run};
use crate::fit::twin::Cell;

/// Step of the differences: the error of a difference, about its square, is far below that of the linear step.
const STEP: f64 = 1e-4;

pub(crate) struct Sensitivity {
    outputs: usize,
    /// By coordinate: derivatives of the layer's spikes, `[neuron][sample]`, of its own neuron alone if it has one.
    own: Vec<Vec<f64>>,
    /// By layer: derivatives of the outputs by the layer's spikes, `[sample][output][neuron]`.
    onward: Vec<Vec<f64>>,
    sizes: Vec<usize>,
    samples: usize,
}

impl Sensitivity {
    pub fn new(objective: &Objective, run: &mut Run, values: &[f64]) -> Result<Self, Bss2Error> {
        let sizes = objective.network.sizes();
        let samples = run.record.samples();
        let blocks = blocks(objective, run)?;
        let own = |(index, at): (usize, &Coordinate)| {
            let neurons = at.neuron.map_or(0..sizes[at.layer], |neuron| neuron..neuron + 1);
            if at.kind == Kind::Latency {
                return Ok(vec![1.0; samples]);
            }
            let mut derivatives = Vec::with_capacity(neurons.len() * samples);
            for neuron in neurons {
                let [later, earlier] =
                    [STEP, -STEP].map(|step| moved(objective, values, index, step, neuron, &blocks[at.layer]));
                let differences = later?.into_iter().zip(earlier?).map(|(a, b)| (a - b) / (2.0 * STEP));
                // a spike that comes or goes has no derivative
                derivatives.extend(differences.map(|d| if d.is_finite() { d } else { 0.0 }));
            }
            Ok(derivatives)
        };
        let list = &objective.coordinates.list;
        // collected first, so that the error is that of the first coordinate on any number of threads
        let own: Vec<_> = list.par_iter().enumerate().map(own).collect();
        let own = own.into_iter().collect::<Result<_, Bss2Error>>()?;
        let onward = onward(run, &sizes, &blocks)?;
        Ok(Self { outputs: sizes[sizes.len() - 1], own, onward, sizes, samples })
    }

    /// Derivatives of one output spike by all coordinates.
    pub fn row(&self, coordinates: &Coordinates, sample: usize, output: usize, row: &mut [f64]) {
        for ((at, own), entry) in coordinates.list.iter().zip(&self.own).zip(row) {
            let size = self.sizes[at.layer];
            let start = (sample * self.outputs + output) * size;
            let onward = &self.onward[at.layer][start..start + size];
            *entry = match at.neuron {
                Some(neuron) => onward[neuron] * own[sample],
                None => onward.iter().enumerate().map(|(n, g)| g * own[n * self.samples + sample]).sum(),
            };
        }
    }
}

/// The inputs, then the spikes of every layer, one block each.
fn blocks(objective: &Objective, run: &Run) -> Result<Vec<SpikeTimes>, Bss2Error> {
    let layer = |layer: usize| {
        let rows = (0..run.record.samples()).flat_map(|sample| run.record.row(sample, layer).to_vec()).collect();
        SpikeTimes::from_rows(run.record.range(layer).len(), rows)
    };
    let mut blocks = vec![objective.recording.inputs().clone()];
    for index in 0..run.record.blocks() {
        blocks.push(layer(index)?);
    }
    Ok(blocks)
}

/// Spikes of one neuron if a coordinate moves.
fn moved(
    objective: &Objective,
    values: &[f64],
    index: usize,
    step: f64,
    neuron: usize,
    lines: &SpikeTimes,
) -> Result<Vec<f64>, Bss2Error> {
    let mut values = values.to_vec();
    values[index] += step;
    let layer = objective.coordinates.list[index].layer;
    let mismatch = &objective.coordinates.mismatch(&values).layers[layer];
    Cell::new(mismatch, objective.network, objective.parameters, layer, neuron)?.forward(lines)
}

/// The chain rule from the outputs to every layer.
fn onward(run: &mut Run, sizes: &[usize], blocks: &[SpikeTimes]) -> Result<Vec<Vec<f64>>, Bss2Error> {
    let (samples, outputs) = (run.record.samples(), sizes[sizes.len() - 1]);
    let mut onward = vec![Vec::new(); sizes.len()];
    let identity = |at: usize| if at / outputs % outputs == at % outputs { 1.0 } else { 0.0 };
    onward[sizes.len() - 1] = (0..samples * outputs * outputs).map(identity).collect();
    for layer in (1..sizes.len()).rev() {
        let by_lines = run.twin.by_lines(layer, &blocks[layer], &blocks[layer + 1])?;
        let (size, lines) = (sizes[layer], sizes[layer - 1]);
        let mut before = vec![0.0; samples * outputs * lines];
        for (at, row) in before.chunks_exact_mut(lines).enumerate() {
            let sample = at / outputs;
            for (neuron, derivatives) in by_lines.iter().enumerate() {
                let factor = onward[layer][at * size + neuron];
                let derivatives = &derivatives[sample * lines..(sample + 1) * lines];
                row.iter_mut().zip(derivatives).for_each(|(total, d)| *total += factor * d);
            }
        }
        onward[layer - 1] = before;
    }
    Ok(onward)
}
