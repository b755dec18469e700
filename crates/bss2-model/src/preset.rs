//! What the chip model does, as numbers in a TOML file.

mod values;

use serde::{Deserialize, Serialize};

use crate::error::require;
use crate::{Bss2Error, Units};

/// Everything that distinguishes one chip model from another. Times are in microseconds, voltages and weights in the units of
/// the network whose threshold lies [`Preset::distance`] above its leak.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Preset {
    /// One line about it.
    #[serde(default)]
    pub description: String,
    /// Times and weights of networks on the chip.
    #[serde(default)]
    pub units: Units,
    /// Leak conductance times the distance of threshold and leak, in the network's units, that all voltages and weights of the
    /// preset refer to. For other networks they are scaled.
    #[serde(default = "distance")]
    pub distance: f64,
    /// How weights are represented.
    #[serde(default)]
    pub weights: Weights,
    /// How delays are represented.
    #[serde(default)]
    pub delays: Delays,
    /// Clocks, buses, counters.
    #[serde(default)]
    pub timing: Timing,
    /// How circuits differ: drawn once for a chip.
    #[serde(default)]
    pub variation: Variation,
    /// What differs from trial to trial.
    #[serde(default)]
    pub noise: Noise,
}

fn distance() -> f64 {
    2.6
}

/// How weights are represented.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub struct Weights {
    /// Whether weights are whole codes, -63 to 63.
    pub codes: bool,
    /// Largest current of a synaptic input, in units of weight: it saturates as `max tanh(I / max)`. 0: it does not.
    pub saturation: f64,
}

/// How delays are represented.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub struct Delays {
    /// Whether only sources have delays, and delays lie within the range of a pair of circuits.
    pub axonal_only: bool,
    /// Whether delays are whole codes of a pair.
    pub codes: bool,
    /// Whether a pair that is busy with a spike loses those that come meanwhile.
    pub busy: bool,
}

/// Clocks, buses, counters. Zeros: infinitely fast, or exact.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub struct Timing {
    /// Grid of the times of input spikes and of recorded spikes, in us.
    pub time_stamp: f64,
    /// From a recorded spike to its time stamp, in us.
    pub loop_back: f64,
    /// Time that an event takes on a bus, in us.
    pub bus_service: f64,
    /// Events that wait for a bus at most; others are lost.
    pub bus_depth: u32,
    /// Refractory time of the circuits, in us, as their counters make it. 0: that of the network.
    pub refractory: f64,
    /// Scaler of the refractory counters' clock: 250 MHz / 2^(scaler + 1).
    pub refractory_scaler: u32,
    /// Distance of the samples of a batch, in us, where they are run as one long spike train. 0: each sample starts at rest.
    pub window: f64,
    /// Samples that the chip runs in one go at most: they share the noise of a batch. 0: no limit.
    pub batch: u32,
}

/// How circuits differ from each other. A chip draws them once, from its seed. `sd` are standard deviations, `cv` those of
/// factors round 1.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub struct Variation {
    /// Mean of what is added to thresholds.
    pub threshold_mean: f64,
    /// Standard deviation of what is added to thresholds.
    pub threshold_sd: f64,
    /// Of resting voltages.
    pub leak_sd: f64,
    /// Of reset voltages.
    pub reset_sd: f64,
    /// Of membrane time constants.
    pub tau_mem_cv: f64,
    /// Of synaptic time constants.
    pub tau_syn_cv: f64,
    /// Of the strength of excitatory inputs.
    pub excitatory_cv: f64,
    /// Of the strength of inhibitory inputs.
    pub inhibitory_cv: f64,
    /// Of the delays of pairs, in us.
    pub delay_sd: f64,
    /// Mean time from the threshold to the spike, in us.
    pub latency_mean: f64,
    /// Standard deviation of that time, which is never negative.
    pub latency_sd: f64,
    /// Share of circuits that do not work.
    pub dead: f64,
    /// Of how steeply circuits respond to their codes. It matters only to a calibration.
    pub slope_cv: f64,
}

/// What differs from trial to trial.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub struct Noise {
    /// Standard deviation of what is added to the threshold of each neuron for a batch.
    pub threshold_batch_sd: f64,
    /// Standard deviation of what is added to the threshold of each neuron for a sample.
    pub threshold_sample_sd: f64,
    /// Standard deviation of each delay, in us.
    pub delay_jitter: f64,
    /// Standard deviation of what is added to the time of each spike that a neuron sends, in us.
    pub spike_jitter: f64,
    /// Share of events that are lost on their way.
    pub loss: f64,
}

macro_rules! presets {
    ($($name:literal),*) => {
        /// The presets by name.
        const BUILT_IN: &[(&str, &str)] = &[$(($name, include_str!(concat!("../presets/", $name, ".toml")))),*];
    };
}

presets!("ideal", "delgrad-hw-aware", "calibrated", "uncalibrated", "w66");

impl Preset {
    /// The names of the presets that the crate has.
    pub fn names() -> impl Iterator<Item = &'static str> {
        BUILT_IN.iter().map(|(name, _)| *name)
    }

    /// The preset of that name.
    ///
    /// # Errors
    /// [`Bss2Error::NoSuchPreset`].
    pub fn named(name: &str) -> Result<Self, Bss2Error> {
        match BUILT_IN.iter().find(|(built_in, _)| *built_in == name) {
            Some((name, text)) => Self::parse(name, text),
            None => Err(Bss2Error::NoSuchPreset {
                name: name.to_owned(),
                known: Self::names().collect::<Vec<_>>().join(", "),
            }),
        }
    }

    /// Reads and checks a preset; `source` names it in errors.
    ///
    /// # Errors
    /// Text that is no TOML, unknown keys, numbers out of range.
    pub fn parse(source: &str, text: &str) -> Result<Self, Bss2Error> {
        let deserializer = toml::Deserializer::parse(text)
            .map_err(|error| Bss2Error::Toml { source_name: source.to_owned(), message: error.to_string() })?;
        let preset: Self = serde_path_to_error::deserialize(deserializer).map_err(|error| Bss2Error::Toml {
            source_name: source.to_owned(),
            message: format!("{}: {}", error.path(), error.inner().message()),
        })?;
        preset.validate()?;
        Ok(preset)
    }

    /// The preset with some keys replaced, such as `noise.loss`.
    ///
    /// # Errors
    /// As [`Preset::parse`].
    pub fn with(&self, changes: &toml::Table) -> Result<Self, Bss2Error> {
        let wrong = |message: String| Bss2Error::Toml { source_name: "changes of the preset".to_owned(), message };
        let mut table = toml::Table::try_from(self).map_err(|error| wrong(error.to_string()))?;
        merge(&mut table, changes);
        Self::parse("the preset with its changes", &table.to_string())
    }

    /// The preset with all variation and all noise this many times as strong.
    ///
    /// # Errors
    /// As [`Preset::validate`].
    pub fn scaled(&self, strength: f64) -> Result<Self, Bss2Error> {
        require(strength >= 0.0 && strength.is_finite(), "strength", strength, "finite and at least 0")?;
        let mut scaled = self.clone();
        let (variation, noise) = (&mut scaled.variation, &mut scaled.noise);
        for value in [
            &mut variation.threshold_mean,
            &mut variation.threshold_sd,
            &mut variation.leak_sd,
            &mut variation.reset_sd,
            &mut variation.tau_mem_cv,
            &mut variation.tau_syn_cv,
            &mut variation.excitatory_cv,
            &mut variation.inhibitory_cv,
            &mut variation.slope_cv,
            &mut variation.delay_sd,
            &mut variation.latency_mean,
            &mut variation.latency_sd,
            &mut variation.dead,
            &mut noise.threshold_batch_sd,
            &mut noise.threshold_sample_sd,
            &mut noise.delay_jitter,
            &mut noise.spike_jitter,
            &mut noise.loss,
        ] {
            *value *= strength;
        }
        scaled.validate()?;
        Ok(scaled)
    }

    /// Checks every number.
    ///
    /// # Errors
    /// [`Bss2Error::Setting`] for the first one out of range.
    pub fn validate(&self) -> Result<(), Bss2Error> {
        self.units.validate()?;
        require(
            self.distance > 0.0 && self.distance.is_finite(),
            "distance",
            self.distance,
            "a finite number above 0",
        )?;
        let Timing { time_stamp, loop_back, bus_service, refractory, refractory_scaler, window, .. } = self.timing;
        let Variation { threshold_mean, threshold_sd, leak_sd, reset_sd, latency_mean, latency_sd, .. } =
            self.variation;
        let Variation { tau_mem_cv, tau_syn_cv, excitatory_cv, inhibitory_cv, delay_sd, dead, slope_cv, .. } =
            self.variation;
        let Noise { threshold_batch_sd, threshold_sample_sd, delay_jitter, spike_jitter, loss } = self.noise;
        require(threshold_mean.is_finite(), "variation.threshold-mean", threshold_mean, "a finite number")?;
        for (field, value) in [
            ("weights.saturation", self.weights.saturation),
            ("timing.time-stamp", time_stamp),
            ("timing.loop-back", loop_back),
            ("timing.bus-service", bus_service),
            ("timing.refractory", refractory),
            ("timing.window", window),
            ("variation.threshold-sd", threshold_sd),
            ("variation.leak-sd", leak_sd),
            ("variation.reset-sd", reset_sd),
            ("variation.delay-sd", delay_sd),
            ("variation.latency-mean", latency_mean),
            ("variation.latency-sd", latency_sd),
            ("noise.threshold-batch-sd", threshold_batch_sd),
            ("noise.threshold-sample-sd", threshold_sample_sd),
            ("noise.delay-jitter", delay_jitter),
            ("noise.spike-jitter", spike_jitter),
        ] {
            require(value >= 0.0 && value.is_finite(), field, value, "finite and at least 0")?;
        }
        for (field, value) in [
            ("variation.tau-mem-cv", tau_mem_cv),
            ("variation.tau-syn-cv", tau_syn_cv),
            ("variation.excitatory-cv", excitatory_cv),
            ("variation.inhibitory-cv", inhibitory_cv),
            ("variation.slope-cv", slope_cv),
        ] {
            require((0.0..=MOST_CV).contains(&value), field, value, "between 0 and 0.5")?;
        }
        for (field, value) in [("variation.dead", dead), ("noise.loss", loss)] {
            require((0.0..1.0).contains(&value), field, value, "at least 0 and below 1")?;
        }
        require(
            refractory_scaler <= MOST_SCALER,
            "timing.refractory-scaler",
            f64::from(refractory_scaler),
            "between 0 and 15",
        )
    }
}

/// Replaces the entries of a table, those of tables within it one by one.
fn merge(table: &mut toml::Table, changes: &toml::Table) {
    for (key, value) in changes {
        match (table.get_mut(key), value) {
            (Some(toml::Value::Table(inner)), toml::Value::Table(changes)) => merge(inner, changes),
            _ => drop(table.insert(key.clone(), value.clone())),
        }
    }
}

/// A normal distribution of factors makes no sense beyond this.
const MOST_CV: f64 = 0.5;
/// Four bits.
const MOST_SCALER: u32 = 15;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_preset_is_valid_and_comes_back_from_its_text() {
        for name in Preset::names() {
            let preset = Preset::named(name).unwrap();
            assert!(!preset.description.is_empty(), "{name}");
            let text = toml::to_string(&preset).unwrap();
            assert_eq!(Preset::parse(name, &text).unwrap(), preset, "{name}");
        }
    }

    #[test]
    fn strength_scales_every_number_of_variation_and_noise() {
        let mut table = toml::Table::try_from(Preset::named("calibrated").unwrap()).unwrap();
        for part in ["variation", "noise"] {
            let part = table[part].as_table_mut().unwrap();
            part.iter_mut().for_each(|(_, value)| *value = toml::Value::Float(0.125));
        }
        let preset = Preset::parse("all", &table.to_string()).unwrap();
        let scaled = toml::Table::try_from(preset.scaled(2.0).unwrap()).unwrap();
        for part in ["variation", "noise"] {
            let part = scaled[part].as_table().unwrap();
            assert!(part.len() >= 5 && part.values().all(|value| value.as_float() == Some(0.25)), "{part:?}");
        }
        assert!(preset.scaled(-1.0).is_err() && preset.scaled(f64::NAN).is_err());
    }

    #[test]
    fn bad_presets_are_explained() {
        let error = |text: &str| Preset::parse("mine.toml", text).unwrap_err().to_string();
        assert_eq!(error("[noise]\nloss = 1.0"), "noise.loss is 1; it must be at least 0 and below 1");
        assert!(error("[noise]\nlos = 1.0").contains("mine.toml") && error("[noise]\nlos = 1.0").contains("los"));
        assert!(error("[variation]\ntau-mem-cv = 0.9").starts_with("variation.tau-mem-cv is 0.9; it must be"));
        assert!(error("[timing]\nwindow = -1.0").starts_with("timing.window is -1"));
        assert!(error("[units]\ntau = 0.0").starts_with("units.tau is 0"));
        let error = Preset::named("idael").unwrap_err().to_string();
        assert!(error.contains("idael") && error.contains("delgrad-hw-aware"), "{error}");
    }
}
