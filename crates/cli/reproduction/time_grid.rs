//! The same network on a grid of time, trained by backpropagation through time: what exact events are compared with.
//!
//! Layers of neurons that spike once, each synapse with its weight and delay. Membranes are flowed exactly from step to step, a
//! neuron spikes at the first step where its voltage is not below the threshold, and a delay between two steps shares its arrival
//! between them, which makes it differentiable. The derivative of a spike by the voltage is a surrogate,
//! `1/(1 + β |V - θ|)²` (Zenke and Ganguli 2018). As little is stored as such a method can do with: one voltage a neuron and step.

use delgrad::neuron::{Lif, LifParams};

/// Steepness of the surrogate, in units of one over the threshold.
const BETA: f64 = 10.0;

/// Dense synapses onto a layer, row by row: all targets of the first source, then of the second.
#[derive(Clone, Debug)]
pub struct GridLayer {
    pub targets: usize,
    pub weights: Vec<f64>,
    pub delays: Vec<f64>,
}

/// A network on a grid.
#[derive(Clone, Debug)]
pub struct TimeGrid {
    step: f64,
    steps: usize,
    inputs: usize,
    layers: Vec<GridLayer>,
    threshold: f64,
    /// What is left of voltage and current after a step, and the voltage that a current leaves.
    mem: f64,
    syn: f64,
    integral: f64,
}

/// What a run of a sample leaves for the backward pass.
#[derive(Clone, Debug)]
pub struct GridRecord {
    /// Steps of the spikes of the inputs, then of each layer; none for a silent neuron.
    spikes: Vec<Vec<Option<usize>>>,
    /// Of each layer: voltages, step by step.
    voltages: Vec<Vec<f32>>,
}

/// Derivatives by the weights and delays of each layer.
pub type GridGradient = Vec<[Vec<f64>; 2]>;

impl GridLayer {
    fn sources(&self) -> usize {
        self.weights.len() / self.targets
    }
}

impl TimeGrid {
    /// Steps of this length up to `until`; all neurons are equal, at rest at 0.
    pub fn new(
        neuron: LifParams,
        layers: Vec<GridLayer>,
        step: f64,
        until: f64,
    ) -> Result<Self, delgrad::neuron::NeuronError> {
        let lif = Lif::new(neuron)?;
        let factors = lif.decay(step);
        Ok(Self {
            step,
            steps: (until / step).ceil() as usize + 1,
            inputs: layers[0].sources(),
            layers,
            threshold: neuron.threshold,
            mem: factors.mem,
            syn: factors.syn,
            integral: factors.kernel,
        })
    }

    /// The whole steps of a delay, and what is left as a share of one.
    fn split(&self, delay: f64) -> (usize, f64) {
        let steps = delay / self.step;
        (steps as usize, steps.fract())
    }

    /// Runs a sample whose inputs spike at these times.
    pub fn forward(&self, inputs: &[f64]) -> GridRecord {
        let first = inputs.iter().map(|time| {
            let step = (time / self.step).round() as usize;
            (step < self.steps).then_some(step)
        });
        let mut record = GridRecord { spikes: vec![first.collect()], voltages: Vec::new() };
        for layer in &self.layers {
            let given = record.spikes.last().map_or(&[][..], |spikes| &spikes[..]);
            let (spikes, voltages) = self.layer_forward(layer, given);
            record.spikes.push(spikes);
            record.voltages.push(voltages);
        }
        record
    }

    fn layer_forward(&self, layer: &GridLayer, given: &[Option<usize>]) -> (Vec<Option<usize>>, Vec<f32>) {
        let targets = layer.targets;
        let mut charges = vec![0.0; self.steps * targets];
        for (source, spike) in given.iter().enumerate() {
            let Some(spike) = spike else { continue };
            for target in 0..targets {
                let synapse = source * targets + target;
                let (whole, part) = self.split(layer.delays[synapse]);
                for (step, share) in [(spike + whole, 1.0 - part), (spike + whole + 1, part)] {
                    if step < self.steps {
                        charges[step * targets + target] += share * layer.weights[synapse];
                    }
                }
            }
        }
        let (mut voltage, mut current) = (vec![0.0; targets], vec![0.0; targets]);
        let (mut spikes, mut voltages) = (vec![None; targets], Vec::with_capacity(self.steps * targets));
        for (step, charges) in charges.chunks_exact(targets).enumerate() {
            for target in 0..targets {
                voltage[target] = self.mem * voltage[target] + self.integral * current[target];
                current[target] = self.syn * current[target] + charges[target];
                if voltage[target] >= self.threshold && spikes[target].is_none() {
                    spikes[target] = Some(step);
                }
                voltages.push(voltage[target] as f32);
            }
        }
        (spikes, voltages)
    }

    /// Spike times of the last layer.
    pub fn outputs(&self, record: &GridRecord) -> Vec<Option<f64>> {
        let last = record.spikes.last().map_or(&[][..], |spikes| &spikes[..]);
        last.iter().map(|spike| spike.map(|step| step as f64 * self.step)).collect()
    }

    /// Adds the derivatives of a loss whose derivatives by the spike times of the last layer are given. More of a spike at its step
    /// counts as an earlier one, by one unit of time.
    pub fn backward(&self, record: &GridRecord, cotangents: &[f64], gradient: &mut GridGradient) {
        let mut slopes = self.output_slopes(record, cotangents);
        for index in (0..self.layers.len()).rev() {
            slopes = self.layer_backward(index, record, &slopes, &mut gradient[index], index > 0);
        }
    }

    /// Derivatives by the spikes of the last layer at all steps.
    fn output_slopes(&self, record: &GridRecord, cotangents: &[f64]) -> Vec<f64> {
        let mut slopes = vec![0.0; self.steps * cotangents.len()];
        let last = record.spikes.last().map_or(&[][..], |spikes| &spikes[..]);
        for (neuron, (spike, cotangent)) in last.iter().zip(cotangents).enumerate() {
            if let Some(step) = spike {
                slopes[step * cotangents.len() + neuron] = -cotangent;
            }
        }
        slopes
    }

    /// From the derivatives by the spikes of a layer at all steps to those by its sources, where these are wanted.
    fn layer_backward(
        &self,
        index: usize,
        record: &GridRecord,
        slopes: &[f64],
        [weights, delays]: &mut [Vec<f64>; 2],
        further: bool,
    ) -> Vec<f64> {
        let layer = &self.layers[index];
        let (targets, given) = (layer.targets, &record.spikes[index]);
        // derivatives by the current after each step; beyond the end nothing depends on it
        let mut by_current = vec![0.0; (self.steps + 1) * targets];
        let mut by_voltage = vec![0.0; targets];
        for step in (0..self.steps).rev() {
            for (target, by_voltage) in by_voltage.iter_mut().enumerate() {
                let place = step * targets + target;
                let next = by_current[place + targets];
                by_current[place] = self.syn * next + self.integral * *by_voltage;
                let surrogate = self.surrogate(record, index, step, target);
                *by_voltage = self.mem * *by_voltage + surrogate * slopes[place];
            }
        }
        let at = |step: usize, target: usize| by_current.get(step * targets + target).copied().unwrap_or(0.0);
        for (source, spike) in given.iter().enumerate() {
            let Some(spike) = spike else { continue };
            for target in 0..targets {
                let synapse = source * targets + target;
                let (whole, part) = self.split(layer.delays[synapse]);
                let [early, late] = [spike + whole, spike + whole + 1].map(|step| at(step, target));
                weights[synapse] += (1.0 - part) * early + part * late;
                delays[synapse] += layer.weights[synapse] * (late - early) / self.step;
            }
        }
        if !further {
            return Vec::new();
        }
        let mut by_source = vec![0.0; self.steps * layer.sources()];
        for (place, slope) in by_source.iter_mut().enumerate() {
            let (step, source) = (place / layer.sources(), place % layer.sources());
            for target in 0..targets {
                let synapse = source * targets + target;
                let (whole, part) = self.split(layer.delays[synapse]);
                let [early, late] = [step + whole, step + whole + 1].map(|step| at(step, target));
                *slope += layer.weights[synapse] * ((1.0 - part) * early + part * late);
            }
        }
        by_source
    }

    /// dS/dV; a neuron that has spiked does so no more.
    fn surrogate(&self, record: &GridRecord, layer: usize, step: usize, neuron: usize) -> f64 {
        if record.spikes[layer + 1][neuron].is_some_and(|spike| spike < step) {
            return 0.0;
        }
        let voltage = f64::from(record.voltages[layer][step * self.layers[layer].targets + neuron]);
        let far = 1.0 + BETA * (voltage / self.threshold - 1.0).abs();
        1.0 / (far * far)
    }

    /// A gradient of zeros.
    pub fn zeros(&self) -> GridGradient {
        self.layers.iter().map(|layer| [vec![0.0; layer.weights.len()], vec![0.0; layer.weights.len()]]).collect()
    }

    /// Number of its inputs.
    pub fn inputs(&self) -> usize {
        self.inputs
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn neuron() -> LifParams {
        LifParams { tau_mem: 2.0, tau_syn: 1.0, threshold: 1.0, ..LifParams::default() }
    }

    fn layers() -> Vec<GridLayer> {
        let layer = |targets: usize, weights: &[f64], delays: &[f64]| GridLayer {
            targets,
            weights: weights.to_vec(),
            delays: delays.to_vec(),
        };
        let first = layer(3, &[3.0, 1.5, 3.2, 1.5, 2.2, -0.3], &[0.1, 0.33, 0.7, 0.0, 0.21, 0.4]);
        vec![first, layer(2, &[1.9, 1.1, 0.8, 1.2, 1.3, 0.9], &[0.13, 0.5, 0.2, 0.0, 0.4, 0.31])]
    }

    #[test]
    fn spikes_come_to_the_exact_ones_with_the_step() {
        use delgrad::neuron::{Arrival, first_spike};
        let lif = Lif::new(neuron()).unwrap();
        let inputs = [0.2, 0.5];
        let layers = layers();
        let mut times = inputs.map(Some).to_vec();
        for layer in &layers {
            times = (0..layer.targets)
                .map(|target| {
                    let synapse = |source: usize| source * layer.targets + target;
                    let mut arrivals: Vec<Arrival> = (0..times.len())
                        .filter_map(|source| Some((source, times[source]?)))
                        .map(|(source, time)| Arrival {
                            time: time + layer.delays[synapse(source)],
                            weight: layer.weights[synapse(source)],
                        })
                        .collect();
                    arrivals.sort_by(|a, b| a.time.total_cmp(&b.time));
                    first_spike(&lif, &arrivals).unwrap().map(|spike| spike.time)
                })
                .collect();
        }
        for step in [1e-2, 1e-3, 1e-4] {
            let grid = TimeGrid::new(neuron(), layers.clone(), step, 8.0).unwrap();
            for (found, exact) in grid.outputs(&grid.forward(&inputs)).iter().zip(&times) {
                let (found, exact) = (found.unwrap(), exact.unwrap());
                assert!((found - exact).abs() < 4.0 * step, "{found} {exact} at {step}");
            }
        }
    }

    /// The tangent of every quantity, forwards, with the same surrogate.
    fn tangent(grid: &TimeGrid, record: &GridRecord, moved: (usize, usize, bool), cotangents: &[f64]) -> f64 {
        let mut sources = vec![0.0; grid.steps * grid.inputs];
        for (index, layer) in grid.layers.iter().enumerate() {
            let (targets, count) = (layer.targets, layer.sources());
            let mut spikes = vec![0.0; grid.steps * targets];
            for target in 0..targets {
                let (mut voltage, mut current) = (0.0, 0.0);
                for step in 0..grid.steps {
                    voltage = grid.mem * voltage + grid.integral * current;
                    current *= grid.syn;
                    for source in 0..count {
                        let synapse = source * targets + target;
                        let (whole, part) = grid.split(layer.delays[synapse]);
                        let own = |at: Option<usize>| {
                            f64::from(u8::from(at.is_some() && record.spikes[index][source] == at))
                        };
                        let moving = |at: Option<usize>| at.map_or(0.0, |at| sources[at * count + source]);
                        let [early, late] = [step.checked_sub(whole), step.checked_sub(whole + 1)];
                        let arriving = (1.0 - part) * moving(early) + part * moving(late);
                        current += layer.weights[synapse] * arriving;
                        if (index, synapse, true) == moved {
                            current += (1.0 - part) * own(early) + part * own(late);
                        }
                        if (index, synapse, false) == moved {
                            current += layer.weights[synapse] * (own(late) - own(early)) / grid.step;
                        }
                    }
                    spikes[step * targets + target] = grid.surrogate(record, index, step, target) * voltage;
                }
            }
            sources = spikes;
        }
        sources.iter().zip(grid.output_slopes(record, cotangents)).map(|(moved, slope)| moved * slope).sum()
    }

    #[test]
    fn the_gradient_is_that_of_tangents_forwards() {
        let grid = TimeGrid::new(neuron(), layers(), 0.05, 5.0).unwrap();
        let record = grid.forward(&[0.2, 0.5]);
        let cotangents = [0.7, -1.3];
        let mut gradient = grid.zeros();
        grid.backward(&record, &cotangents, &mut gradient);
        for (index, layer) in gradient.iter().enumerate() {
            for (weights, found) in [true, false].into_iter().zip(layer) {
                for (synapse, found) in found.iter().enumerate() {
                    let expected = tangent(&grid, &record, (index, synapse, weights), &cotangents);
                    assert!((found - expected).abs() < 1e-9 * expected.abs().max(1.0), "{found} {expected}");
                }
            }
        }
    }
}
