//! How far spikes and gradients on a grid of time are from the exact ones.

use std::path::Path;

use delgrad::experiments;
use delgrad::train::experiment::Experiment;
use delgrad::train::run::Setup;
use delgrad::ttfs::{BackwardOptions, Cotangents, GroupKind, Network, Runner, SpikeTimes};
use serde::Serialize;

use super::memory::grid;
use crate::failure::Failure;

/// A network on a grid, beside the exact one.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct OnGrid {
    /// Length of a step in synaptic time constants.
    pub step: f64,
    /// Mean distance of output spikes from the exact ones.
    pub spike_time: f64,
    /// Cosine of the angle between its gradient, with a surrogate, and the exact one.
    pub cosine: f64,
}

const STEPS: [f64; 6] = [0.2, 0.1, 0.05, 0.02, 0.01, 0.005];
const SAMPLES: usize = 50;
/// Later than the last spike.
const UNTIL: f64 = 12.0;

/// The network of `yin-yang-synaptic` before training; its loss is the sum of the times of all output spikes.
pub fn on_grid() -> Result<Vec<OnGrid>, Failure> {
    let built_in = experiments::find("yin-yang-synaptic").expect("built in");
    let setup = Setup::new(Experiment::parse(built_in.name, built_in.toml, &[])?, Path::new(""))?;
    let network = setup.network.layers().expect("layers");
    let inputs: Vec<Vec<f64>> = (0..SAMPLES)
        .map(|sample| {
            let mut times = vec![f64::INFINITY; network.inputs()];
            let sample = setup.dataset.parts.train.get(sample);
            sample.spikes.iter().for_each(|spike| times[spike.source as usize] = spike.time);
            times
        })
        .collect();
    let (outputs, exact) = exact(network, &setup.initial, &inputs)?;
    let compared = |step: f64| {
        let grid = grid(&setup, &setup.initial, step, UNTIL)?;
        let (mut gradient, mut distances) = (grid.zeros(), Vec::new());
        for (inputs, exact) in inputs.iter().zip(&outputs) {
            let record = grid.forward(inputs);
            for (found, exact) in grid.outputs(&record).into_iter().zip(exact) {
                distances.extend(found.filter(|_| exact.is_finite()).map(|found| (found - exact).abs()));
            }
            grid.backward(&record, &cotangents(exact), &mut gradient);
        }
        let spike_time = distances.iter().sum::<f64>() / distances.len() as f64;
        let gradient: Vec<f64> = gradient.into_iter().flatten().flatten().collect();
        Ok(OnGrid { step, spike_time, cosine: cosine(&gradient, &exact) })
    };
    STEPS.into_iter().map(compared).collect()
}

/// Output spike times of each sample, and the derivatives of their sum: weights and delays of each layer.
fn exact(
    network: &Network,
    parameters: &[f64],
    inputs: &[Vec<f64>],
) -> Result<(Vec<Vec<f64>>, Vec<f64>), Failure> {
    let given = SpikeTimes::from_rows(network.inputs(), inputs.concat())?;
    let runner = Runner::new(network.clone(), parameters)?;
    let mut record = SpikeTimes::silent(&network.sizes(), 0);
    runner.forward(&given, &mut record)?;
    let outputs: Vec<Vec<f64>> = (0..inputs.len()).map(|sample| record.last(sample).to_vec()).collect();
    let mut wanted = vec![0.0; record.as_slice().len()];
    let width = record.width();
    for (row, times) in wanted.chunks_exact_mut(width).zip(&outputs) {
        row[width - times.len()..].copy_from_slice(&cotangents(times));
    }
    let mut raw = vec![0.0; parameters.len()];
    let wanted = Cotangents::of_spikes(&wanted);
    runner.backward(&given, &record, wanted, BackwardOptions::exact(), &mut raw, None)?;
    let mut gradient = Vec::with_capacity(raw.len());
    for group in network.groups() {
        let own = &raw[group.range.clone()];
        match group.kind {
            GroupKind::Delay { .. } => {
                let slopes = network.delay_slopes(group, parameters);
                gradient.extend(own.iter().zip(slopes).map(|(raw, slope)| raw / slope));
            }
            _ => gradient.extend_from_slice(own),
        }
    }
    Ok((outputs, gradient))
}

fn cotangents(times: &[f64]) -> Vec<f64> {
    times.iter().map(|time| if time.is_finite() { 1.0 } else { 0.0 }).collect()
}

fn cosine(a: &[f64], b: &[f64]) -> f64 {
    let product = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f64>();
    product(a, b) / (product(a, a) * product(b, b)).sqrt()
}
