//! DelGrad's model in plain scalar code: the oracle of the vector kernels, and of everything around them.
//!
//! Written from the formulas of Göltz et al. 2025 and the documented behaviour of the public code: absolute times, delays
//! added to arrivals, a first spike for every prefix of the arrivals, the backward pass along *recorded* times with the
//! layer's own threshold (without the offsets of single neurons, which the backward pass does not know).

pub mod neuron;

use delgrad_train::TrainError;
use delgrad_train::substrate::{LayerRunner, NoiseKey};
use delgrad_ttfs::{
    BackwardOptions, BackwardReport, Cotangents, DelayKind, GroupKind, LayerSpec, Network, SpikeTimes,
};

use neuron::Neuron;

/// The public code's epsilon.
pub const DELGRAD_EPSILON: f64 = 1e-6;

/// A network with parameters.
#[derive(Clone, Debug)]
pub struct Oracle {
    network: Network,
    parameters: Vec<f64>,
    /// The parameters with which spikes are computed: those with rounded weights, where weights are rounded.
    forward: Vec<f64>,
    rounding: Option<f64>,
    /// Added to `a_1`, `a_2` and `b` in both passes.
    epsilon: f64,
}

/// Everything that a backward pass gives.
#[derive(Clone, Debug, Default)]
pub struct Gradients {
    /// dL/d(parameter)
    pub parameters: Vec<f64>,
    /// dL/d(effective delay) of every group, one entry for each copy of a shared delay; empty for other groups.
    pub effective: Vec<Vec<f64>>,
    /// dL/d(input time), `[sample][input]`
    pub inputs: Vec<f64>,
    /// dL/d(spike time) in the layout of the record: what was given, and what later layers add.
    pub spikes: Vec<f64>,
    pub report: BackwardReport,
}

/// A layer with its share of the parameters.
struct Layer<'a> {
    spec: &'a LayerSpec,
    /// Incoming lines, each of which has `multiplex` copies.
    lines: usize,
    sources: usize,
    weights: &'a [f64],
    weights_start: usize,
    biases: &'a [f64],
    biases_start: usize,
    delays: Vec<Delay>,
}

/// One set of delays.
struct Delay {
    group: usize,
    start: usize,
    shape: [usize; 2],
    /// Rows and columns with all copies of shared delays; 1 where the kind has no such index.
    copies: [usize; 2],
    effective: Vec<f64>,
    slopes: Vec<f64>,
}

impl Delay {
    fn index(&self, source: usize, target: usize) -> usize {
        source % self.shape[0] * self.shape[1] + target % self.shape[1]
    }

    fn copy(&self, source: usize, target: usize) -> usize {
        source % self.copies[0] * self.copies[1] + target % self.copies[1]
    }
}

impl Layer<'_> {
    /// Arrivals `(time, weight)` at one target.
    fn arrivals(&self, lines: &[f64], target: usize) -> Vec<(f64, f64)> {
        let copies = lines.iter().flat_map(|time| std::iter::repeat_n(*time, self.spec.multiplex));
        let times = copies.chain(self.biases.iter().copied()).enumerate();
        times
            .map(|(source, time)| {
                let delay: f64 = self.delays.iter().map(|d| d.effective[d.index(source, target)]).sum();
                (time + delay, self.weights[source * self.spec.size + target])
            })
            .collect()
    }

    fn neuron(&self, threshold: f64, epsilon: f64) -> Neuron {
        Neuron::new(self.spec.neuron, threshold, epsilon)
    }
}

impl Oracle {
    pub fn new(network: Network, parameters: &[f64], epsilon: f64) -> Self {
        Self { network, parameters: parameters.to_vec(), forward: parameters.to_vec(), rounding: None, epsilon }
    }

    /// The same, but spikes are computed with weights rounded to multiples of `precision`; gradients, as in the public
    /// code, with the weights as they are.
    pub fn rounding(mut self, precision: Option<f64>) -> Self {
        self.rounding = precision;
        self.round();
        self
    }

    fn round(&mut self) {
        self.forward.copy_from_slice(&self.parameters);
        let Some(precision) = self.rounding else { return };
        for group in self.network.groups().iter().filter(|group| group.kind == GroupKind::Weights) {
            let weights = &mut self.forward[group.range.clone()];
            weights.iter_mut().for_each(|w| *w = (*w / precision).round_ties_even() * precision);
        }
    }

    fn layer<'a>(&'a self, index: usize, parameters: &'a [f64]) -> Layer<'a> {
        let spec = &self.network.spec().layers[index];
        let sources = self.network.sources(index);
        let mut layer = Layer {
            spec,
            lines: (sources - spec.biases) / spec.multiplex,
            sources,
            weights: &[],
            weights_start: 0,
            biases: &[],
            biases_start: 0,
            delays: Vec::new(),
        };
        for (number, group) in self.network.groups().iter().enumerate().filter(|(_, g)| g.layer == index) {
            let values = &parameters[group.range.clone()];
            match group.kind {
                GroupKind::Weights => (layer.weights, layer.weights_start) = (values, group.range.start),
                GroupKind::Biases => (layer.biases, layer.biases_start) = (values, group.range.start),
                GroupKind::Constant(_) => unreachable!("the public code has constants for whole layers"),
                GroupKind::Delay { kind, .. } => {
                    layer.delays.push(Delay {
                        group: number,
                        start: group.range.start,
                        shape: group.shape,
                        copies: match kind {
                            DelayKind::Axonal => [sources, 1],
                            DelayKind::Dendritic => [1, spec.size],
                            DelayKind::Synaptic => [sources, spec.size],
                        },
                        effective: self.network.effective_delays(group, parameters),
                        slopes: self.network.delay_slopes(group, parameters),
                    });
                }
            }
        }
        layer
    }

    /// The parameters with which spikes are computed.
    pub fn forward_parameters(&self) -> &[f64] {
        &self.forward
    }

    /// Spike times of every layer.
    pub fn run(&self, inputs: &SpikeTimes) -> SpikeTimes {
        let mut record = SpikeTimes::silent(&self.network.sizes(), inputs.samples());
        for index in 0..record.blocks() {
            let layer = self.layer(index, &self.forward);
            for sample in 0..inputs.samples() {
                let lines =
                    if index == 0 { inputs.row(sample, 0) } else { record.row(sample, index - 1) }.to_vec();
                let start = sample * record.width() + record.range(index).start;
                for target in 0..layer.spec.size {
                    let own = layer.spec.thresholds.get(target).copied();
                    let neuron = layer.neuron(own.unwrap_or(layer.spec.neuron.threshold), self.epsilon);
                    record.as_mut_slice()[start + target] = neuron.first_spike(&layer.arrivals(&lines, target));
                }
            }
        }
        record
    }

    /// Gradients along recorded times, `limit` being the `max_dw_norm`.
    pub fn gradients(
        &self,
        inputs: &SpikeTimes,
        record: &SpikeTimes,
        cotangents: &[f64],
        limit: Option<f64>,
    ) -> Gradients {
        let mut out = Gradients {
            parameters: vec![0.0; self.parameters.len()],
            effective: vec![Vec::new(); self.network.groups().len()],
            inputs: vec![0.0; inputs.as_slice().len()],
            spikes: cotangents.to_vec(),
            report: BackwardReport::default(),
        };
        for index in (0..record.blocks()).rev() {
            let layer = self.layer(index, &self.parameters);
            for delay in &layer.delays {
                out.effective[delay.group] = vec![0.0; delay.copies[0] * delay.copies[1]];
            }
            for sample in 0..inputs.samples() {
                let lines = if index == 0 { inputs.row(sample, 0) } else { record.row(sample, index - 1) };
                let before = (index > 0).then(|| sample * record.width() + record.range(index - 1).start);
                for (target, &spike) in record.row(sample, index).iter().enumerate() {
                    let cotangent = out.spikes[sample * record.width() + record.range(index).start + target];
                    if !spike.is_finite() || cotangent == 0.0 {
                        continue;
                    }
                    let errors = self.spike(&layer, lines, target, (spike, cotangent), limit, &mut out);
                    let lines_out = match before {
                        Some(start) => &mut out.spikes[start..start + layer.lines],
                        None => &mut out.inputs[sample * layer.lines..(sample + 1) * layer.lines],
                    };
                    for (source, error) in errors.into_iter().take(layer.lines * layer.spec.multiplex).enumerate()
                    {
                        lines_out[source / layer.spec.multiplex] += error;
                    }
                }
            }
        }
        out
    }

    /// Adds the gradients of one spike and returns dL/d(arrival) of its sources.
    fn spike(
        &self,
        layer: &Layer,
        lines: &[f64],
        target: usize,
        (spike, cotangent): (f64, f64),
        limit: Option<f64>,
        out: &mut Gradients,
    ) -> Vec<f64> {
        let neuron = layer.neuron(layer.spec.neuron.threshold, self.epsilon);
        let Some(derivatives) = neuron.derivatives(&layer.arrivals(lines, target), spike) else {
            out.report.unexplained += 1;
            return vec![0.0; layer.sources];
        };
        let largest = derivatives.iter().map(|(dw, _)| (dw * cotangent).abs()).fold(0.0, f64::max);
        let dropped = limit.is_some_and(|limit| largest > limit);
        out.report.dropped += u64::from(dropped);
        for (source, &(dw, dt)) in derivatives.iter().enumerate() {
            if !dropped {
                out.parameters[layer.weights_start + source * layer.spec.size + target] += dw * cotangent;
            }
            if let Some(bias) = source.checked_sub(layer.sources - layer.biases.len()) {
                out.parameters[layer.biases_start + bias] += dt * cotangent;
            }
            for delay in &layer.delays {
                let index = delay.index(source, target);
                out.parameters[delay.start + index] += dt * cotangent * delay.slopes[index];
                out.effective[delay.group][delay.copy(source, target)] += dt * cotangent;
            }
        }
        derivatives.into_iter().map(|(_, dt)| dt * cotangent).collect()
    }
}

impl LayerRunner for Oracle {
    fn network(&self) -> &Network {
        &self.network
    }

    fn set_parameters(&mut self, parameters: &[f64]) -> Result<(), TrainError> {
        self.parameters.copy_from_slice(parameters);
        self.round();
        Ok(())
    }

    fn forward(
        &mut self,
        inputs: &SpikeTimes,
        record: &mut SpikeTimes,
        _noise: NoiseKey,
    ) -> Result<(), TrainError> {
        *record = self.run(inputs);
        Ok(())
    }

    fn backward(
        &mut self,
        inputs: &SpikeTimes,
        record: &SpikeTimes,
        cotangents: Cotangents,
        options: BackwardOptions,
        gradient: &mut [f64],
    ) -> Result<BackwardReport, TrainError> {
        let gradients = self.gradients(inputs, record, cotangents.spikes, options.max_dw_norm);
        gradient.copy_from_slice(&gradients.parameters);
        Ok(gradients.report)
    }
}
