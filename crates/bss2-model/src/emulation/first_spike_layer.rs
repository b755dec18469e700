//! One layer of first-spike neurons on its circuits.

use delgrad_neuron::LifParams;
use delgrad_ttfs::{DelayKind, DelayRange, DelayRule, DelaySpec, GroupKind, LayerSpec, Network};

use crate::Bss2Error;
use crate::chip::{Chip, CircuitPattern, Preset, voltage_scale, weight_scale};
use crate::emulation::assignment::CircuitAssignment;
use crate::emulation::routes::fitted_delay;
use crate::emulation::weights::fitted_weight;

/// A layer, its circuits, and its place among all layers.
#[derive(Clone, Debug)]
pub(crate) struct ChipLayer {
    neuron: LifParams,
    /// Thresholds of the ideal neurons.
    thresholds: Vec<f64>,
    circuits: Vec<CircuitPattern>,
    /// Sets of delays, one for each kind that the layer has.
    kinds: Vec<DelayKind>,
    /// Added to the delays of each source, in us.
    delay_offsets: Vec<f64>,
    pub size: usize,
    /// Lines from the layer before, copies included.
    pub lines: usize,
    /// Lines of the layers before.
    pub first_line: usize,
    /// Neurons of the layers before.
    pub first_neuron: usize,
}

impl ChipLayer {
    /// All layers of a network, on their circuits.
    pub fn of_network(chip: &Chip, network: &Network, assignment: &CircuitAssignment) -> Vec<Self> {
        let (mut first_line, mut first_neuron, mut before) = (0, 0, network.inputs());
        let inputs = (network.inputs() * network.spec().layers[0].multiplex) as u32;
        let biases = network.spec().layers.iter().map(|layer| layer.biases as u32).sum::<u32>();
        let mut layers: Vec<Self> = Vec::new();
        for (index, spec) in network.spec().layers.iter().enumerate() {
            let all = [DelayKind::Axonal, DelayKind::Dendritic, DelayKind::Synaptic];
            let has = |kind: &DelayKind| spec.delays.iter().any(|delay| delay.kind == *kind);
            let thresholds = match &spec.thresholds[..] {
                [] => vec![spec.neuron.threshold; spec.size],
                own => own.to_vec(),
            };
            let lines = before * spec.multiplex;
            // As sources of the unrolled network: inputs, bias spikes, neurons.
            let source = |line: usize| match layers.last() {
                None => line as u32,
                Some(last) => inputs + biases + (last.first_neuron + line / spec.multiplex) as u32,
            };
            let mut delay_offsets: Vec<f64> =
                (0..lines).map(|line| assignment.delay_offset(chip, source(line))).collect();
            let first_bias =
                inputs + network.spec().layers[..index].iter().map(|layer| layer.biases as u32).sum::<u32>();
            delay_offsets
                .extend((0..spec.biases as u32).map(|bias| assignment.delay_offset(chip, first_bias + bias)));
            layers.push(Self {
                neuron: spec.neuron,
                thresholds,
                circuits: (0..spec.size).map(|neuron| assignment.pattern(chip, first_neuron + neuron)).collect(),
                delay_offsets,
                kinds: all.into_iter().filter(has).collect(),
                size: spec.size,
                lines,
                first_line,
                first_neuron,
            });
            first_line += lines;
            first_neuron += spec.size;
            before = spec.size;
        }
        layers
    }

    /// Whether its sources have delays.
    pub fn is_delayed(&self) -> bool {
        !self.kinds.is_empty()
    }

    /// The layer with its own thresholds and with delays as parameters.
    pub fn spec(&self, spec: &LayerSpec) -> LayerSpec {
        let delay =
            |kind: &DelayKind| DelaySpec { range: DelayRange::direct(DelayRule::Clip), ..DelaySpec::new(*kind) };
        LayerSpec { delays: self.kinds.iter().map(delay).collect(), ..spec.clone() }
    }

    /// Thresholds of the circuits, with what `noise` draws for each.
    pub fn thresholds(&self, preset: &Preset, mut noise: impl FnMut() -> f64) -> Vec<f64> {
        let scale = voltage_scale(preset, self.neuron);
        let of = |(threshold, circuit): (&f64, &CircuitPattern)| {
            threshold + scale * (circuit.threshold - circuit.leak + noise())
        };
        self.thresholds.iter().zip(&self.circuits).map(of).collect()
    }

    /// Weights as the circuits have them, `[source][target]`.
    pub fn weights(
        &self,
        network: &Network,
        parameters: &[f64],
        index: usize,
        preset: &Preset,
        values: &mut [f64],
    ) -> Result<(), Bss2Error> {
        let ideal = &parameters[range_of(network, index, GroupKind::Weights)];
        let scale = weight_scale(preset, self.neuron);
        for (n, (value, &weight)) in values.iter_mut().zip(ideal).enumerate() {
            let (source, target) = (n / self.size, n % self.size);
            *value = fitted_weight(preset, weight, scale, self.circuits[target], || {
                format!("layer {index}, source {source}, neuron {target}")
            })?;
        }
        Ok(())
    }

    /// Delays as the chip makes them.
    pub fn delays(
        &self,
        network: &Network,
        parameters: &[f64],
        index: usize,
        kind: DelayKind,
        preset: &Preset,
        values: &mut [f64],
    ) -> Result<(), Bss2Error> {
        values.fill(0.0);
        let [rows, columns] = match kind {
            DelayKind::Axonal => [values.len(), 1],
            DelayKind::Dendritic => [1, values.len()],
            DelayKind::Synaptic => [values.len() / self.size, self.size],
        };
        let groups = network.groups().iter().filter(
            |group| matches!(group.kind, GroupKind::Delay { kind: own, .. } if own == kind && group.layer == index),
        );
        for group in groups {
            let (delays, shape) = (network.effective_delays(group, parameters), group.shape);
            for row in 0..rows {
                for column in 0..columns {
                    values[row * columns + column] += delays[row % shape[0] * shape[1] + column % shape[1]];
                }
            }
        }
        if preset.delays.axonal_only {
            for (source, (value, offset)) in values.iter_mut().zip(&self.delay_offsets).enumerate() {
                *value = fitted_delay(preset, *value, *offset, &format!("source {source} of layer {index}"))?;
            }
        }
        Ok(())
    }

    /// Times of the bias spikes: the host sends them.
    pub fn biases(&self, network: &Network, parameters: &[f64], index: usize, values: &mut [f64]) {
        values.copy_from_slice(&parameters[range_of(network, index, GroupKind::Biases)]);
    }
}

fn range_of(network: &Network, layer: usize, kind: GroupKind) -> std::ops::Range<usize> {
    network
        .groups()
        .iter()
        .find(|group| group.layer == layer && group.kind == kind)
        .map_or(0..0, |group| group.range.clone())
}
