//! Voltages and weights of the preset in the units of a neuron.

use delgrad_neuron::LifParams;

use crate::chip::preset::Preset;

/// What one unit of the preset's voltages is for a neuron.
pub(crate) fn voltage_scale(preset: &Preset, neuron: LifParams) -> f64 {
    (neuron.threshold - neuron.leak) / preset.distance
}

/// What one unit of the preset's weights is for a neuron.
pub(crate) fn weight_scale(preset: &Preset, neuron: LifParams) -> f64 {
    let LifParams { threshold, leak, capacitance, tau_mem, .. } = neuron;
    capacitance / tau_mem * (threshold - leak) / preset.distance
}
