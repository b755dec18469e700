//! Parameters in the form that the kernels read.

use delgrad_neuron::math::exp_in_place;

use crate::error::TtfsError;
use crate::kernel::LayerLaw;
use crate::network::{Delay, Layer, Network};
use crate::spec::DelayKind;

/// One layer's parameters, target-major, with all that does not depend on the sample computed once.
#[derive(Clone, Debug, Default)]
pub(crate) struct PreparedLayer {
    /// `[target][source]`
    pub weights: Vec<f64>,
    /// Sum of the axonal delays of each source.
    pub axonal: Vec<f64>,
    /// Sum of the dendritic delays of each target.
    pub dendritic: Vec<f64>,
    /// Sum of the synaptic delays, `[target][source]`; empty if the layer has none.
    pub synaptic: Vec<f64>,
    /// First and second arrival factor of the synaptic delays (see `kernel::law`), `[target][source]`.
    pub factors: [Vec<f64>; 2],
    pub biases: Vec<f64>,
    /// The longest delay on any path through the layer.
    pub longest: f64,
}

/// A parameter vector, checked and rearranged.
#[derive(Clone, Debug, Default)]
pub(crate) struct Prepared {
    pub layers: Vec<PreparedLayer>,
}

impl Prepared {
    /// Takes over a parameter vector; allocates nothing after the first call.
    pub fn update(&mut self, network: &Network, laws: &[LayerLaw], parameters: &[f64]) -> Result<(), TtfsError> {
        let expected = network.parameter_count();
        if parameters.len() != expected {
            return Err(TtfsError::Length { what: "the parameter vector", found: parameters.len(), expected });
        }
        if let Some(index) = parameters.iter().position(|p| !p.is_finite()) {
            let (group, value) = (network.group_name(index), parameters[index]);
            return Err(TtfsError::NotFinite { index, group, value });
        }
        // The other rules cannot go below zero. Nothing has been taken over yet.
        let unbounded = |delay: &&Delay| delay.spec.range.is_direct();
        for delay in network.layers.iter().flat_map(|layer| &layer.delays).filter(unbounded) {
            if let Some(value) = parameters[delay.range.clone()].iter().copied().find(|d| *d < 0.0) {
                return Err(TtfsError::NegativeDelay { group: network.group_name(delay.range.start), value });
            }
        }
        self.layers.resize(network.layers.len(), PreparedLayer::default());
        for ((prepared, layer), law) in self.layers.iter_mut().zip(&network.layers).zip(laws) {
            prepared.update(layer, law, parameters);
        }
        Ok(())
    }
}

impl PreparedLayer {
    fn update(&mut self, layer: &Layer, law: &LayerLaw, parameters: &[f64]) {
        let (sources, targets) = (layer.sources, layer.spec.size);
        transpose(&parameters[layer.weights.clone()], sources, targets, &mut self.weights);
        self.biases.clear();
        self.biases.extend_from_slice(&parameters[layer.biases.clone()]);
        refill(&mut self.axonal, sources);
        refill(&mut self.dendritic, targets);
        let synaptic = layer.delays.iter().any(|delay| delay.spec.kind == DelayKind::Synaptic);
        refill(&mut self.synaptic, if synaptic { sources * targets } else { 0 });
        for delay in &layer.delays {
            let effective = |source, target| delay.spec.range.delay(parameters[delay.index(source, target)]);
            match delay.spec.kind {
                DelayKind::Axonal => {
                    self.axonal.iter_mut().enumerate().for_each(|(source, d)| *d += effective(source, 0));
                }
                DelayKind::Dendritic => {
                    self.dendritic.iter_mut().enumerate().for_each(|(target, d)| *d += effective(0, target));
                }
                DelayKind::Synaptic => {
                    for (target, row) in self.synaptic.chunks_exact_mut(sources).enumerate() {
                        row.iter_mut().enumerate().for_each(|(source, d)| *d += effective(source, target));
                    }
                }
            }
        }
        for (factor, rate) in self.factors.iter_mut().zip(law.factor_rates()) {
            factor.clear();
            factor.extend(rate.into_iter().flat_map(|rate| self.synaptic.iter().map(move |d| d * rate)));
        }
        exp_in_place(&mut self.factors[0]);
        if law.second_factor_is_exponential() {
            exp_in_place(&mut self.factors[1]);
        }
        let longest = |delays: &[f64]| delays.iter().copied().fold(0.0, f64::max);
        self.longest = longest(&self.axonal) + longest(&self.synaptic);
    }
}

fn refill(values: &mut Vec<f64>, length: usize) {
    values.clear();
    values.resize(length, 0.0);
}

/// Writes the `[rows][columns]` matrix as `[columns][rows]`.
pub(crate) fn transpose(matrix: &[f64], rows: usize, columns: usize, transposed: &mut Vec<f64>) {
    transposed.clear();
    transposed.reserve(matrix.len());
    for column in 0..columns {
        transposed.extend((0..rows).map(|row| matrix[row * columns + column]));
    }
}
