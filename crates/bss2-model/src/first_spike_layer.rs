//! One layer of first-spike neurons on its circuits.

use delgrad_neuron::LifParams;
use delgrad_ttfs::{DelayKind, DelaySpec, GroupKind, LayerSpec, Network, Positivity};

use crate::Bss2Error;
use crate::chip::Chip;
use crate::circuits::Circuits;
use crate::delays::{PairDelay, check_range};
use crate::limits::SignedWeight;
use crate::preset::Preset;
use crate::quantity::Kind;
use crate::variation::CircuitPattern;

/// A layer, what it has of the chip, and where it stands among all of them.
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
    /// Copies of each line.
    pub copies: usize,
    /// Lines of the layers before.
    pub first_line: usize,
    /// Neurons of the layers before.
    pub first_neuron: usize,
}

impl ChipLayer {
    /// All layers of a network, on the chip's first working circuits.
    pub fn of_network(chip: &Chip, network: &Network) -> Result<Vec<Self>, Bss2Error> {
        let preset = chip.preset();
        let mut circuits = Circuits::new(chip.pattern());
        let mut layers: Vec<Self> = Vec::new();
        let (mut first_line, mut first_neuron, mut before) = (0, 0, network.inputs());
        for (index, spec) in network.spec().layers.iter().enumerate() {
            let all = [DelayKind::Axonal, DelayKind::Dendritic, DelayKind::Synaptic];
            let has = |kind: &DelayKind| spec.delays.iter().any(|delay| delay.kind == *kind);
            let kinds: Vec<DelayKind> = all.into_iter().filter(has).collect();
            let foreign = kinds.iter().find(|kind| preset.delays.axonal_only && **kind != DelayKind::Axonal);
            if let Some(kind) = foreign {
                let kind = if *kind == DelayKind::Dendritic { "dendritic" } else { "synaptic" };
                return Err(Bss2Error::DelayKind { place: format!("layer {index}"), kind });
            }
            let thresholds = match &spec.thresholds[..] {
                [] => vec![spec.neuron.threshold; spec.size],
                own => own.to_vec(),
            };
            layers.push(Self {
                neuron: spec.neuron,
                thresholds,
                circuits: circuits.take(spec.size)?,
                delay_offsets: vec![0.0; network.sources(index)],
                kinds,
                size: spec.size,
                lines: before * spec.multiplex,
                copies: spec.multiplex,
                first_line,
                first_neuron,
            });
            first_line += before * spec.multiplex;
            first_neuron += spec.size;
            before = spec.size;
        }
        // The neurons of all layers come first: where they lie does not depend on which sources have delays.
        if preset.delays.axonal_only {
            for layer in layers.iter_mut().filter(|layer| layer.is_delayed()) {
                layer.delay_offsets = circuits.take_pairs(layer.delay_offsets.len())?;
            }
        }
        Ok(layers)
    }

    /// Whether its sources have delays.
    pub fn is_delayed(&self) -> bool {
        !self.kinds.is_empty()
    }

    /// The layer with its own thresholds and with delays as parameters.
    pub fn spec(&self, spec: &LayerSpec) -> LayerSpec {
        let delay = |kind: &DelayKind| DelaySpec { positivity: Positivity::Clip, ..DelaySpec::new(*kind) };
        LayerSpec { delays: self.kinds.iter().map(delay).collect(), ..spec.clone() }
    }

    /// How many of the preset's units of weight are one of the layer's.
    fn weight_scale(&self, preset: &Preset) -> f64 {
        let LifParams { threshold, leak, capacitance, tau_mem, .. } = self.neuron;
        capacitance / tau_mem * (threshold - leak) / preset.distance
    }

    /// The largest weight that the layer can have.
    pub fn weight_limit(&self, preset: &Preset) -> f64 {
        preset.units.weight(SignedWeight::QUANTITY.high) * self.weight_scale(preset)
    }

    /// Thresholds of the circuits, with what `noise` draws for each.
    pub fn thresholds(&self, preset: &Preset, mut noise: impl FnMut() -> f64) -> Vec<f64> {
        let scale = (self.neuron.threshold - self.neuron.leak) / preset.distance;
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
        let scale = self.weight_scale(preset);
        let limit = SignedWeight::QUANTITY.high;
        for (n, (value, &weight)) in values.iter_mut().zip(ideal).enumerate() {
            let mut on_chip = weight;
            if preset.weights.codes {
                let code = preset.units.weight_code(weight / scale);
                if code.abs() > limit {
                    let place = format!("layer {index}, source {}, neuron {}", n / self.size, n % self.size);
                    return Err(Bss2Error::Weight { weight, code, limit: self.weight_limit(preset), place });
                }
                on_chip = preset.units.weight(code) * scale;
            }
            let circuit = self.circuits[n % self.size];
            *value = on_chip * if on_chip < 0.0 { circuit.inhibitory } else { circuit.excitatory };
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
                let (us, place) = (preset.units.microseconds(*value), format!("source {source} of layer {index}"));
                if preset.delays.codes {
                    *value =
                        preset.units.model_time((PairDelay::of(us, &place)?.microseconds() + offset).max(0.0));
                } else {
                    check_range(us, &place)?;
                    *value = if *offset == 0.0 { *value } else { preset.units.model_time((us + offset).max(0.0)) };
                }
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
