//! Vector kernels: eight samples or eight neurons side by side, one lane each.
//!
//! A layer of a small network is computed a block of samples at a time: every neuron meets eight samples at once ([`block`]). A layer
//! of a large one is computed a panel of neurons at a time: every sample meets eight neurons at once, whose synapses lie
//! side by side, and silent arrivals and those after the spikes cost nothing ([`panel`]). Eight numbers, one for each lane,
//! are a [`Row`]. Lanes never mix inside a kernel, and sums over lanes have a fixed order, so the results do not depend on
//! how many lanes the machine's vectors have.

pub(crate) mod block;
pub(crate) mod by_constants;
pub(crate) mod lanes;
pub(crate) mod law;
mod laws;
pub(crate) mod panel;
pub(crate) mod sort;
pub(crate) mod spike;
mod walk;

pub(crate) use law::LayerLaw;
pub(crate) use laws::Laws;

use crate::constants::CONSTANTS;

/// Samples of a block, neurons of a panel.
pub(crate) const LANES: usize = 8;

/// One number for each lane.
pub(crate) type Row = [f64; LANES];

/// Sum over the lanes, halving the row again and again: the same order on any machine.
#[inline(always)]
fn sum(row: &Row) -> f64 {
    let [a, b, c, d, e, f, g, h] = *row;
    ((a + e) + (c + g)) + ((b + f) + (d + h))
}

/// Sums of the gradients of one layer.
#[derive(Clone, Debug, Default)]
pub(crate) struct LayerGradient {
    /// Laid out as the weights of [`crate::prepared::PreparedLayer`].
    pub weights: Vec<f64>,
    /// The same; empty if the layer has no synaptic delays.
    pub synaptic: Vec<f64>,
    /// `[target]`
    pub dendritic: Vec<f64>,
    /// `[source]`: of the arrival times at the axons' ends.
    pub sources: Vec<f64>,
    /// `[target]`: by the constants in their order; empty if none of the layer's is a parameter.
    pub constants: Vec<[f64; CONSTANTS]>,
}
