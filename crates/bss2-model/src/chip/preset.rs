//! What the chip model does, as numbers in a TOML file.

mod sections;
mod valid;
mod values;

use delgrad_files::{TomlError, parse_toml, read_toml};
use serde::{Deserialize, Serialize};

pub use sections::{Delays, Noise, Timing, Variation, Weights};

use crate::error::require;
use crate::{Bss2Error, Units};

/// Everything that distinguishes one chip model from another. Times are in microseconds, voltages and weights in the units of
/// the network whose threshold lies [`Preset::distance`] above its leak.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
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

macro_rules! presets {
    ($($name:literal),*) => {
        /// The presets by name.
        const BUILT_IN: &[(&str, &str)] = &[$(($name, include_str!(concat!("../../presets/", $name, ".toml")))),*];
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
        let read = parse_toml(text).and_then(|table| read_toml::<Self>(table, &[]));
        let preset = read.map_err(|problem| Bss2Error::Toml { source_name: source.to_owned(), problem })?;
        preset.validate()?;
        Ok(preset)
    }

    /// The preset with some keys replaced, such as `noise.loss`.
    ///
    /// # Errors
    /// As [`Preset::parse`].
    pub fn with(&self, changes: &toml::Table) -> Result<Self, Bss2Error> {
        let mut table = self.to_table()?;
        merge(&mut table, changes);
        Self::parse("the preset with its changes", &table.to_string())
    }

    /// All values, as in a TOML file.
    ///
    /// # Errors
    /// None in practice: every value has a TOML form.
    pub fn to_table(&self) -> Result<toml::Table, Bss2Error> {
        toml::Table::try_from(self).map_err(|error| Bss2Error::Toml {
            source_name: "the preset".to_owned(),
            problem: TomlError::Syntax { problem: error.to_string() },
        })
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
