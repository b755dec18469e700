//! The numbers that a fit moves, and how they change a network.

use delgrad_neuron::math::exp;
use delgrad_ttfs::Network;

use crate::fit::kind::Kind;
use crate::fit::mismatch::{LayerMismatch, Mismatch, axonal};
use crate::fit::options::FitOptions;

/// One number that a fit moves.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Coordinate {
    pub kind: Kind,
    pub layer: usize,
    /// Place in the list of its kind and layer.
    pub index: usize,
    /// The neuron that it belongs to; none: all of the layer.
    pub neuron: Option<usize>,
}

/// All numbers that a fit moves, in a fixed order.
#[derive(Clone, Debug)]
pub(crate) struct Coordinates {
    pub list: Vec<Coordinate>,
    layers: usize,
}

impl Coordinates {
    pub fn new(network: &Network, options: &FitOptions) -> Self {
        let mut list = Vec::new();
        for (layer, size) in network.sizes().into_iter().enumerate() {
            for kind in Kind::ALL.into_iter().filter(|kind| options.sd(*kind).is_some()) {
                let count = match kind {
                    Kind::Synapse => network.sources(layer) * size,
                    Kind::DelayOffset => axonal(network, layer).map_or(0, |group| group.range.len()),
                    _ => size,
                };
                let neuron = |index| (kind != Kind::DelayOffset).then_some(index % size);
                list.extend((0..count).map(|index| Coordinate { kind, layer, index, neuron: neuron(index) }));
            }
        }
        Self { list, layers: network.sizes().len() }
    }

    /// The mismatch that values of the coordinates stand for.
    pub fn mismatch(&self, values: &[f64]) -> Mismatch {
        let mut layers = vec![LayerMismatch::default(); self.layers];
        for (at, value) in self.list.iter().zip(values) {
            let layer = &mut layers[at.layer];
            match at.kind {
                Kind::Threshold => layer.thresholds.push(exp(*value)),
                Kind::Latency => layer.latencies.push(*value),
                Kind::Inhibition => layer.inhibition.push(exp(*value)),
                Kind::Tau => layer.taus.push(exp(*value)),
                Kind::Synapse => layer.synapses.push(exp(*value)),
                Kind::DelayOffset => layer.delay_offsets.push(*value),
            }
        }
        Mismatch { layers }
    }

    /// Values of other coordinates, 0 where those have none.
    pub fn taken_from(&self, other: &Self, values: &[f64]) -> Vec<f64> {
        let same = |a: &Coordinate, b: &Coordinate| (a.kind, a.layer, a.index) == (b.kind, b.layer, b.index);
        let value =
            |at: &Coordinate| other.list.iter().position(|b| same(at, b)).map_or(0.0, |index| values[index]);
        self.list.iter().map(value).collect()
    }

    /// Indices of one kind.
    pub fn of_kind(&self, kind: Kind) -> Vec<usize> {
        (0..self.list.len()).filter(|index| self.list[*index].kind == kind).collect()
    }
}
