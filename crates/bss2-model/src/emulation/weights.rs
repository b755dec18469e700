//! The weights of a network as its circuits have them.

use delgrad_engine::Synapse;

use crate::Bss2Error;
use crate::chip::{Chip, CircuitPattern, Preset};
use crate::emulation::assignment::CircuitAssignment;
use crate::limits::{Kind, SignedWeight};

/// A weight as a whole code, times the gain of its circuit; `place` names it in errors.
pub(crate) fn fitted_weight(
    preset: &Preset,
    weight: f64,
    scale: f64,
    pattern: CircuitPattern,
    place: impl FnOnce() -> String,
) -> Result<f64, Bss2Error> {
    let mut on_chip = weight;
    if preset.weights.codes {
        let (code, limit) = (preset.units.weight_code(weight / scale), SignedWeight::QUANTITY.high);
        if code.is_nan() || code.abs() > limit {
            let limit = preset.units.weight(limit) * scale;
            let codes_per_weight = preset.units.codes_per_weight;
            return Err(Bss2Error::Weight { weight, code, limit, codes_per_weight, place: place() });
        }
        on_chip = preset.units.weight(code) * scale;
    }
    Ok(on_chip * if on_chip < 0.0 { pattern.inhibitory } else { pattern.excitatory })
}

/// The weight of a synapse on the circuit of its target; `scale`: what one unit of the preset's weights is there.
pub(crate) fn weight_on_chip(
    chip: &Chip,
    assignment: &CircuitAssignment,
    synapse: &Synapse,
    scale: f64,
    inputs: u32,
) -> Result<f64, Bss2Error> {
    let pattern = assignment.pattern(chip, synapse.target.index());
    fitted_weight(chip.preset(), synapse.weight, scale, pattern, || {
        format!("the synapse from {} to neuron {}", synapse.source.sender(inputs), synapse.target)
    })
}
