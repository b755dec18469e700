//! From the sums that the kernels leave to the gradient of the parameters.

use crate::kernel::LayerGradient;
use crate::network::Layer;
use crate::prepared::{Arrangement, PreparedLayer};
use crate::spec::DelayKind;

/// Adds a group's gradient of one layer to the parameter gradient; delays get that of their effective value.
pub(crate) fn add_partial(
    layer: &Layer,
    prepared: &PreparedLayer,
    arrangement: Arrangement,
    partial: &LayerGradient,
    gradient: &mut [f64],
) {
    let (sources, targets) = (layer.sources, layer.spec.size);
    let weights = &mut gradient[layer.weights.clone()];
    arrangement
        .add(&partial.weights, sources, targets, |source, target, g| weights[source * targets + target] += g);
    let first_bias = sources - prepared.biases.len();
    gradient[layer.biases.clone()]
        .iter_mut()
        .zip(&partial.sources[first_bias..])
        .for_each(|(total, g)| *total += g);
    for own in &layer.constants {
        let of_targets = partial.constants.iter().take(targets).enumerate();
        of_targets.for_each(|(t, by)| gradient[own.index(t)] += by[own.spec.constant as usize]);
    }
    for delay in &layer.delays {
        match delay.spec.kind {
            DelayKind::Axonal => {
                partial.sources.iter().enumerate().for_each(|(s, g)| gradient[delay.index(s, 0)] += g);
            }
            DelayKind::Dendritic => {
                let neurons = partial.dendritic[..targets].iter().enumerate();
                neurons.for_each(|(t, g)| gradient[delay.index(0, t)] += g);
            }
            DelayKind::Synaptic => {
                arrangement.add(&partial.synaptic, sources, targets, |s, t, g| gradient[delay.index(s, t)] += g);
            }
        }
    }
}
