//! The neurons of a network as their circuits have them.

use delgrad_engine::Model;
use delgrad_neuron::{IntegratorParams, LeakyIntegrator, Lif, LifParams};

use crate::Bss2Error;
use crate::chip::{Chip, CircuitPattern, Preset, RefractoryCode, voltage_scale, weight_scale};
use crate::emulation::assignment::CircuitAssignment;
use crate::emulation::saturation::SaturatingLif;

/// Neurons on their circuits, one after the other.
pub(crate) struct Fitted<'a> {
    pub chip: &'a Chip,
    pub assignment: &'a CircuitAssignment,
    /// What weights and voltages of a neuron with these constants refer to.
    pub refers_to: &'a dyn Fn(usize, LifParams) -> LifParams,
    /// Thresholds on the circuits, of the neurons so far.
    pub thresholds: Vec<f64>,
    /// One unit of the preset's voltages, of the neurons so far.
    pub scales: Vec<f64>,
}

impl Fitted<'_> {
    /// The next neuron on its circuit.
    pub fn model(&mut self, neuron: usize, model: &Model) -> Result<Model, Bss2Error> {
        let (preset, pattern) = (self.chip.preset(), self.assignment.pattern(self.chip, neuron));
        match model {
            Model::Lif(lif) => {
                let nominal = (self.refers_to)(neuron, lif.params());
                let params = lif_on_circuit(preset, lif.params(), voltage_scale(preset, nominal), pattern)?;
                self.thresholds.push(params.threshold);
                self.scales.push(voltage_scale(preset, nominal));
                let on_chip = Lif::new(params)?.with_bias(lif.bias())?;
                Ok(match preset.weights.saturation {
                    0.0 => Model::Lif(on_chip),
                    most => SaturatingLif::model(on_chip, most * weight_scale(preset, nominal)),
                })
            }
            Model::Integrator(readout) => {
                let params = readout.params();
                self.thresholds.push(0.0);
                self.scales.push(0.0);
                let params = IntegratorParams {
                    tau_mem: params.tau_mem * pattern.tau_mem,
                    tau_syn: params.tau_syn * pattern.tau_syn,
                    ..params
                };
                Ok(Model::Integrator(LeakyIntegrator::new(params)?.with_bias(readout.bias())?))
            }
            other if self.chip.is_ideal() => {
                self.thresholds.push(0.0);
                self.scales.push(0.0);
                Ok(other.clone())
            }
            _ => Err(Bss2Error::NeuronModel { neuron }),
        }
    }
}

/// The constants of a neuron on its circuit; `scale` is one unit of the preset's voltages.
fn lif_on_circuit(
    preset: &Preset,
    ideal: LifParams,
    scale: f64,
    pattern: CircuitPattern,
) -> Result<LifParams, Bss2Error> {
    let refractory = match preset.timing.refractory {
        0.0 => ideal.refractory,
        us => preset.units.model_time(RefractoryCode::of(us, preset.timing.refractory_scaler)?.microseconds()),
    };
    Ok(LifParams {
        threshold: ideal.threshold + scale * pattern.threshold,
        leak: ideal.leak + scale * pattern.leak,
        reset: ideal.reset + scale * pattern.reset,
        tau_mem: ideal.tau_mem * pattern.tau_mem,
        tau_syn: ideal.tau_syn * pattern.tau_syn,
        refractory,
        ..ideal
    })
}
