//! What makes a chip differ from the ideal model, one thing at a time.

use delgrad_engine::{Model, Synapse};
use delgrad_neuron::LifParams;
use delgrad_ttfs::{GroupKind, Network};

use crate::Bss2Error;
use crate::chip::preset::{Delays, Noise, Preset, Timing, Variation, Weights};
use crate::chip::scale::weight_scale;

/// One thing that makes a chip differ from the ideal model.
///
/// ```
/// use delgrad_bss2::chip::{NoiseSource, Preset};
///
/// let preset = Preset::named("delgrad-hw-aware")?;
/// let alone = NoiseSource::BatchNoise.alone(&preset, 2.0)?;
/// assert_eq!((alone.noise.threshold_batch_sd, alone.variation.threshold_sd), (0.08, 0.0));
/// # Ok::<(), delgrad_bss2::Bss2Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum NoiseSource {
    /// Thresholds that differ from circuit to circuit, with their mean.
    Thresholds,
    /// Resting voltages that differ from circuit to circuit.
    Leaks,
    /// Thresholds that differ from batch to batch.
    BatchNoise,
    /// Thresholds that differ from sample to sample.
    SampleNoise,
    /// Weights that are whole codes; the strength is the size of a step.
    WeightCodes,
    /// Strengths of the synaptic inputs.
    Gains,
    /// Membrane and synaptic time constants.
    TimeConstants,
    /// Delays that differ from pair to pair.
    DelayPairs,
    /// Delays that differ from event to event.
    DelayJitter,
    /// Times at which neurons send their spikes.
    SpikeJitter,
    /// Events that are lost.
    EventLoss,
}

/// Share of lost events at strength 1, for presets that lose none.
const LOSS: f64 = 0.01;

impl NoiseSource {
    /// All of them.
    pub const ALL: [Self; 11] = [
        Self::Thresholds,
        Self::Leaks,
        Self::BatchNoise,
        Self::SampleNoise,
        Self::WeightCodes,
        Self::Gains,
        Self::TimeConstants,
        Self::DelayPairs,
        Self::DelayJitter,
        Self::SpikeJitter,
        Self::EventLoss,
    ];

    /// A short name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Thresholds => "thresholds",
            Self::Leaks => "leaks",
            Self::BatchNoise => "batch noise",
            Self::SampleNoise => "sample noise",
            Self::WeightCodes => "weight codes",
            Self::Gains => "gains",
            Self::TimeConstants => "time constants",
            Self::DelayPairs => "delay pairs",
            Self::DelayJitter => "delay jitter",
            Self::SpikeJitter => "spike jitter",
            Self::EventLoss => "event loss",
        }
    }

    /// What strength 1 is, in words; none if the preset has nothing of the kind. Event loss is always there: 1 %, if
    /// the preset has none.
    #[must_use]
    pub fn unit(self, preset: &Preset) -> Option<String> {
        let Preset { variation, noise, units, weights, .. } = preset;
        let sd = |value: f64, unit: &str| (value > 0.0).then(|| format!("sd {value}{unit}"));
        match self {
            Self::Thresholds if variation.threshold_mean != 0.0 => {
                Some(format!("mean {}, sd {}", variation.threshold_mean, variation.threshold_sd))
            }
            Self::Thresholds => sd(variation.threshold_sd, ""),
            Self::Leaks => sd(variation.leak_sd, ""),
            Self::BatchNoise => sd(noise.threshold_batch_sd, ""),
            Self::SampleNoise => sd(noise.threshold_sample_sd, ""),
            Self::WeightCodes => weights.codes.then(|| format!("steps of 1/{}", units.codes_per_weight)),
            Self::Gains => cvs(variation.excitatory_cv, variation.inhibitory_cv),
            Self::TimeConstants => cvs(variation.tau_mem_cv, variation.tau_syn_cv),
            Self::DelayPairs => sd(variation.delay_sd, " us"),
            Self::DelayJitter => sd(noise.delay_jitter, " us"),
            Self::SpikeJitter => sd(noise.spike_jitter, " us"),
            Self::EventLoss => Some(format!("{} %", 100.0 * loss(preset))),
        }
    }

    /// The preset with this source alone, `strength` times as strong: no other variation and noise, no whole codes, no buses.
    ///
    /// [`NoiseSource::WeightCodes`] is not in it: [`NoiseSource::parameters`] rounds the weights.
    ///
    /// # Errors
    /// A strength that makes no valid preset.
    pub fn alone(self, preset: &Preset, strength: f64) -> Result<Preset, Bss2Error> {
        let scaled = preset.scaled(strength)?;
        let (all, trials) = (scaled.variation, scaled.noise);
        let (mut variation, mut noise) = (Variation::default(), Noise::default());
        match self {
            Self::Thresholds => {
                (variation.threshold_mean, variation.threshold_sd) = (all.threshold_mean, all.threshold_sd);
            }
            Self::Leaks => variation.leak_sd = all.leak_sd,
            Self::BatchNoise => noise.threshold_batch_sd = trials.threshold_batch_sd,
            Self::SampleNoise => noise.threshold_sample_sd = trials.threshold_sample_sd,
            Self::WeightCodes => {}
            Self::Gains => {
                (variation.excitatory_cv, variation.inhibitory_cv) = (all.excitatory_cv, all.inhibitory_cv);
            }
            Self::TimeConstants => (variation.tau_mem_cv, variation.tau_syn_cv) = (all.tau_mem_cv, all.tau_syn_cv),
            Self::DelayPairs => variation.delay_sd = all.delay_sd,
            Self::DelayJitter => noise.delay_jitter = trials.delay_jitter,
            Self::SpikeJitter => noise.spike_jitter = trials.spike_jitter,
            Self::EventLoss => noise.loss = strength * loss(preset),
        }
        let alone = Preset {
            weights: Weights::default(),
            delays: Delays { axonal_only: preset.delays.axonal_only, ..Delays::default() },
            timing: Timing { batch: preset.timing.batch, ..Timing::default() },
            variation,
            noise,
            ..preset.clone()
        };
        alone.validate()?;
        Ok(alone)
    }

    /// The parameters of a network under this source alone: [`NoiseSource::WeightCodes`] rounds weights to steps, the others change
    /// nothing.
    #[must_use]
    pub fn parameters(self, preset: &Preset, network: &Network, parameters: &[f64], strength: f64) -> Vec<f64> {
        let mut rounded = parameters.to_vec();
        if self != Self::WeightCodes || strength == 0.0 {
            return rounded;
        }
        for group in network.groups().iter().filter(|group| group.kind == GroupKind::Weights) {
            let step = step(preset, network.spec().layers[group.layer].neuron, strength);
            rounded[group.range.clone()].iter_mut().for_each(|weight| *weight = in_steps(*weight, step));
        }
        rounded
    }

    /// The same for the synapses of a network of the engine. Neurons without synaptic current, which no chip has, keep
    /// their weights.
    ///
    /// # Panics
    /// If a synapse is not one of the network.
    pub fn change_synapses(
        self,
        preset: &Preset,
        network: &delgrad_engine::Network,
        synapses: &mut [Synapse],
        strength: f64,
    ) {
        if self != Self::WeightCodes || strength == 0.0 {
            return;
        }
        for synapse in synapses {
            if let Model::Lif(lif) = network.model(synapse.target) {
                synapse.weight = in_steps(synapse.weight, step(preset, lif.params(), strength));
            }
        }
    }
}

/// The weight of this many codes at a neuron.
fn step(preset: &Preset, neuron: LifParams, codes: f64) -> f64 {
    codes * preset.units.weight(1.0) * weight_scale(preset, neuron)
}

fn in_steps(weight: f64, step: f64) -> f64 {
    (weight / step).round_ties_even() * step
}

fn loss(preset: &Preset) -> f64 {
    if preset.noise.loss > 0.0 { preset.noise.loss } else { LOSS }
}

fn cvs(one: f64, other: f64) -> Option<String> {
    let percent = |cv: f64| (1e4 * cv).round() / 100.0;
    match (one, other) {
        (0.0, 0.0) => None,
        _ if one == other => Some(format!("cv {} %", percent(one))),
        _ => Some(format!("cv {} and {} %", percent(one), percent(other))),
    }
}

#[cfg(test)]
mod tests {
    use delgrad_ttfs::{LayerSpec, NetworkSpec};

    use super::*;
    use crate::chip::Chip;

    #[test]
    fn without_strength_every_source_is_ideal_but_for_limits() {
        for name in Preset::names() {
            let preset = Preset::named(name).unwrap();
            for source in NoiseSource::ALL {
                let alone = source.alone(&preset, 0.0).unwrap();
                let without = Preset { delays: Delays::default(), ..alone };
                assert!(Chip::new(without, 1).unwrap().is_ideal(), "{name} {source:?}");
            }
        }
    }

    #[test]
    fn sources_that_a_preset_has_change_it() {
        let preset = Preset::named("calibrated").unwrap();
        let calm = NoiseSource::WeightCodes.alone(&preset, 1.0).unwrap();
        for source in NoiseSource::ALL.into_iter().filter(|source| *source != NoiseSource::WeightCodes) {
            let changes = source.alone(&preset, 2.0).unwrap() != calm;
            assert_eq!(changes, source.unit(&preset).is_some(), "{source:?}");
        }
    }

    #[test]
    fn weights_are_rounded_to_steps_of_the_strength() {
        let neuron = LifParams { threshold: 2.6, tau_mem: 1.0, capacitance: 1.0, ..Default::default() };
        let layer = LayerSpec { neuron, ..LayerSpec::new(2) };
        let network = Network::new(NetworkSpec { inputs: 1, layers: vec![layer] }).unwrap();
        let preset = Preset::named("calibrated").unwrap();
        let rounded = |strength| NoiseSource::WeightCodes.parameters(&preset, &network, &[0.12, -0.7], strength);
        assert_eq!(rounded(0.0), [0.12, -0.7]);
        for (found, expected) in rounded(3.0).iter().zip([0.1, -0.7]) {
            assert!((found - expected).abs() < 1e-12, "{found}");
        }
    }
}
