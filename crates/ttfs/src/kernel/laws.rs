//! The membrane laws of a layer's neurons.

use super::LayerLaw;
use crate::constants::kernels_differ;
use crate::network::Layer;

/// Single neurons whose rates differ by less than this part without being equal are computed one by one: digits that do not cost
/// much.
const CLOSE: f64 = 1e-3;

/// One law for all neurons of a layer, or one for each where their time constants or capacitances are their own.
#[derive(Clone, Debug)]
pub(crate) struct Laws {
    each: Vec<LayerLaw>,
    differ: bool,
}

impl Laws {
    pub fn new(layer: &Layer) -> Self {
        let differ = kernels_differ(&layer.constants);
        let of_their_own = if differ { layer.neurons.len() } else { 1 };
        Self { each: layer.neurons[..of_their_own].iter().map(LayerLaw::new).collect(), differ }
    }

    /// That of all neurons, if they have the same.
    pub fn shared(&self) -> Option<&LayerLaw> {
        if self.differ { None } else { self.each.first() }
    }

    /// That of one neuron.
    pub fn of(&self, target: usize) -> &LayerLaw {
        &self.each[if self.differ { target } else { 0 }]
    }

    /// The neurons whose law does not reach from time 0 to `latest`, of `size` neurons in order.
    pub fn too_short(&self, latest: f64, size: usize) -> Vec<usize> {
        let close = if self.differ { CLOSE } else { 0.0 };
        let too_short = |law: &LayerLaw| latest > law.longest_span() || law.gap() < close;
        (0..size).filter(|target| too_short(self.of(*target))).collect()
    }
}
