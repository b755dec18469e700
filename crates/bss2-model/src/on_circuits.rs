//! The numbers of a network as its circuits have them: neurons, weights, delays, ways.

use delgrad_engine::{Model, Network, SourceId, Synapse};
use delgrad_neuron::{IntegratorParams, LeakyIntegrator, Lif, LifParams};

use crate::chip::Chip;
use crate::delays::{PairDelay, check_range};
use crate::limits::SignedWeight;
use crate::placement::axonal_delay;
use crate::quantity::Kind;
use crate::refractory::RefractoryCode;
use crate::saturation::SaturatingLif;
use crate::seats::Seats;
use crate::traffic::Ways;
use crate::variation::CircuitPattern;
use crate::{Bss2Error, Preset};

/// Fits neurons to their circuits.
pub(crate) struct Fitted<'a> {
    pub chip: &'a Chip,
    pub seats: &'a Seats,
    /// What weights and voltages of a neuron with these constants refer to.
    pub refers_to: &'a dyn Fn(usize, LifParams) -> LifParams,
    pub thresholds: Vec<f64>,
    pub scales: Vec<f64>,
}

impl Fitted<'_> {
    pub fn model(&mut self, neuron: usize, model: &Model) -> Result<Model, Bss2Error> {
        let (preset, pattern) = (self.chip.preset(), self.seats.pattern(self.chip, neuron));
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

/// `scale`: what one unit of the preset's voltages is.
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

/// What one unit of the preset's voltages is for a neuron.
pub(crate) fn voltage_scale(preset: &Preset, neuron: LifParams) -> f64 {
    (neuron.threshold - neuron.leak) / preset.distance
}

/// What one unit of the preset's weights is for a neuron.
pub(crate) fn weight_scale(preset: &Preset, neuron: LifParams) -> f64 {
    let LifParams { threshold, leak, capacitance, tau_mem, .. } = neuron;
    capacitance / tau_mem * (threshold - leak) / preset.distance
}

/// A weight as whole code and with the gain of its circuit; `place` names it.
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
            return Err(Bss2Error::Weight { weight, code, limit, place: place() });
        }
        on_chip = preset.units.weight(code) * scale;
    }
    Ok(on_chip * if on_chip < 0.0 { pattern.inhibitory } else { pattern.excitatory })
}

/// The weight of a synapse on the circuit of its target; `scale`: what one unit of the preset's weights is there.
pub(crate) fn weight_on_chip(
    chip: &Chip,
    seats: &Seats,
    synapse: &Synapse,
    scale: f64,
    inputs: u32,
) -> Result<f64, Bss2Error> {
    let pattern = seats.pattern(chip, synapse.target.index());
    fitted_weight(chip.preset(), synapse.weight, scale, pattern, || {
        format!("the synapse from {} to neuron {}", synapse.source.sender(inputs), synapse.target)
    })
}

/// The ways of all sources. Delays that pairs make move there from the synapses.
pub(crate) fn ways(
    chip: &Chip,
    seats: &Seats,
    network: &Network,
    synapses: &mut [Synapse],
) -> Result<Ways, Bss2Error> {
    let preset = chip.preset();
    let sources = network.source_count() as usize;
    let mut delays: Vec<Option<f64>> = vec![None; sources];
    if preset.delays.axonal_only {
        for source in 0..sources as u32 {
            delays[source as usize] = axonal_delay(network, SourceId(source))?;
        }
        for synapse in synapses.iter_mut().filter(|synapse| synapse.delay > 0.0) {
            synapse.delay = 0.0;
        }
    }
    for (source, delay) in (0..).zip(&mut delays) {
        if let Some(delay) = delay {
            *delay = fitted_delay(
                preset,
                *delay,
                seats.delay_offset(chip, source),
                &network.sender(SourceId(source)).to_string(),
            )?;
        }
    }
    let with_buses = preset.timing.bus_service > 0.0;
    let way = |(source, delay): (u32, &Option<f64>)| {
        let mut way = seats.way(source, *delay);
        if !with_buses {
            way.first.clear();
            way.second.clear();
        }
        way
    };
    Ok(Ways {
        ways: (0..).zip(&delays).map(way).collect(),
        delayed: delays.iter().map(Option::is_some).collect(),
        neurons: network.neurons() as usize,
        latencies: latencies(chip, seats, network.neurons() as usize),
        service: preset.units.model_time(preset.timing.bus_service),
        depth: preset.timing.bus_depth,
        busy: preset.delays.busy,
    })
}

/// From the threshold of each neuron to its spike, in the network's time; empty if there is none anywhere.
pub(crate) fn latencies(chip: &Chip, seats: &Seats, neurons: usize) -> Vec<f64> {
    let units = chip.preset().units;
    let all: Vec<f64> = (0..neurons).map(|n| units.model_time(seats.pattern(chip, n).latency)).collect();
    if all.iter().all(|latency| *latency == 0.0) { Vec::new() } else { all }
}

/// A delay as a pair of circuits makes it, in the network's time; `offset` in us.
pub(crate) fn fitted_delay(preset: &Preset, delay: f64, offset: f64, place: &str) -> Result<f64, Bss2Error> {
    let us = preset.units.microseconds(delay);
    if preset.delays.codes {
        return Ok(preset.units.model_time((PairDelay::of(us, place)?.microseconds() + offset).max(0.0)));
    }
    check_range(us, place)?;
    Ok(if offset == 0.0 { delay } else { preset.units.model_time((us + offset).max(0.0)) })
}
