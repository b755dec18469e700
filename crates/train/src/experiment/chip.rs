use std::path::Path;

use delgrad_bss2::chip::{Chip, Preset};
use serde::{Deserialize, Serialize};

use super::one;
use crate::TrainError;
use crate::files::{absolute, read_text};

/// The chip that an experiment runs on: forward as the chip does it, backward with the ideal model.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
#[non_exhaustive]
pub struct ChipConfig {
    /// Name of a built-in preset, path of a TOML file that ends in `.toml`, or `custom`: the values under `set`.
    pub preset: String,
    /// Which chip: the fixed pattern of its circuits follows from this alone.
    #[serde(default = "one")]
    pub seed: u64,
    /// All variation and noise of the preset are multiplied by this.
    #[serde(default = "one")]
    pub strength: f64,
    /// Whether the chip is calibrated first: its circuits' codes are set by measurements, instead of being those of an average circuit.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub calibrate: bool,
    /// Keys of the preset with other values, such as `noise = { loss = 0.01 }`.
    #[serde(default, skip_serializing_if = "toml::Table::is_empty")]
    pub set: toml::Table,
}

/// The word for a preset all of whose values are under `set`: those replace the ideal ones.
const CUSTOM: &str = "custom";

impl ChipConfig {
    /// The first chip of a preset, by its name or the path of its file.
    #[must_use]
    pub fn new(preset: impl Into<String>) -> Self {
        Self { preset: preset.into(), seed: one(), strength: one(), calibrate: false, set: toml::Table::new() }
    }

    /// Takes over the values of a preset in a file, so that the experiment needs that file no more: all of them stand under `set` then,
    /// and the preset is `custom`. A relative path starts at `base`.
    ///
    /// # Errors
    /// A file that cannot be read, or a preset that is not valid.
    pub fn resolve(&mut self, base: &Path) -> Result<(), TrainError> {
        if is_file(&self.preset) {
            self.set = preset(&self.preset, base)?.with(&self.set)?.to_table()?;
            self.preset = CUSTOM.to_owned();
        }
        Ok(())
    }

    /// Makes the path of a preset absolute, so that the experiment may move; a relative one starts at `base`.
    pub fn resolve_path(&mut self, base: &Path) {
        if is_file(&self.preset) {
            self.preset = absolute(base, Path::new(&self.preset)).to_string_lossy().into_owned();
        }
    }

    /// The chip. Relative paths start at `base`.
    ///
    /// # Errors
    /// A preset that does not exist or is not valid.
    pub fn chip(&self, base: &Path) -> Result<Chip, TrainError> {
        let preset = preset(&self.preset, base)?.with(&self.set)?.scaled(self.strength)?;
        Ok(if self.calibrate { Chip::calibrated(preset, self.seed)? } else { Chip::new(preset, self.seed)? })
    }
}

/// A built-in preset by its name, or one from a TOML file, whose relative path starts at `base`.
///
/// # Errors
/// A preset that does not exist or is not valid.
pub fn preset(word: &str, base: &Path) -> Result<Preset, TrainError> {
    if word == CUSTOM {
        return Ok(Preset::named("ideal")?);
    }
    if !is_file(word) {
        return Ok(Preset::named(word)?);
    }
    Ok(Preset::parse(word, &read_text(&base.join(word))?)?)
}

fn is_file(word: &str) -> bool {
    word.ends_with(".toml")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn calibrated_chips_have_less_spread() {
        let chip = |text: &str| toml::from_str::<ChipConfig>(text).unwrap().chip(Path::new(".")).unwrap();
        let far =
            |chip: &Chip| chip.pattern().circuits.iter().map(|circuit| circuit.leak.abs()).sum::<f64>() / 512.0;
        let (before, after) = (chip("preset = 'uncalibrated'"), chip("preset = 'uncalibrated'\ncalibrate = true"));
        // 16 CADC steps become less than one; dead circuits do not count.
        assert!(far(&before) > 0.4 && far(&after) < 0.05, "{} {}", far(&before), far(&after));
        let error = toml::from_str::<ChipConfig>("preset = 'uncalibrated'\ncalibrate = 1").unwrap_err();
        assert!(error.to_string().contains("calibrate"), "{error}");
    }

    #[test]
    fn a_preset_in_a_file_is_taken_over_with_all_its_values() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("mine.toml"), "[noise]\nloss = 0.01\n[variation]\nleak-sd = 0.2\n")
            .unwrap();
        let mut config: ChipConfig =
            toml::from_str("preset = 'mine.toml'\nseed = 3\nset = { noise = { loss = 0.02 } }").unwrap();
        let chip = config.chip(folder.path()).unwrap();
        config.resolve(folder.path()).unwrap();
        std::fs::remove_file(folder.path().join("mine.toml")).unwrap();
        let own = config.chip(folder.path()).unwrap();
        assert_eq!((own.preset(), own.pattern()), (chip.preset(), chip.pattern()));
        assert_eq!((own.preset().noise.loss, own.preset().variation.leak_sd), (0.02, 0.2));
        let read: ChipConfig = toml::from_str(&toml::to_string(&config).unwrap()).unwrap();
        assert_eq!(read, config);
    }
}
