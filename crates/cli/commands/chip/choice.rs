//! Which chip a command runs on.

use std::path::Path;

use clap::Args;
use delgrad::bss2::chip::{Chip, Preset};
use delgrad::train::experiment::ChipConfig;

use crate::failure::Failure;

/// The preset for whatever does not say its own.
const DEFAULT: &str = "calibrated";

#[derive(Clone, Debug, Args)]
pub struct ChipChoice {
    /// What the chip is like: ideal, delgrad-hw-aware, calibrated, uncalibrated, w66, or a TOML file [default: that of the
    /// experiment, or calibrated]
    #[arg(long, value_name = "NAME or FILE.toml")]
    preset: Option<String>,
    /// Which chip: how its circuits differ follows from this alone [default: that of the experiment, or 1]
    #[arg(long, value_name = "N")]
    chip_seed: Option<u64>,
}

/// A chip and what it is called.
#[derive(Clone, Debug)]
pub struct Chosen {
    pub chip: Chip,
    pub preset: String,
    pub seed: u64,
}

impl ChipChoice {
    /// The chip asked for, or else the one of an experiment, with some values of its preset replaced.
    pub fn chip(&self, own: Option<&ChipConfig>, values: &[(String, String)]) -> Result<Chosen, Failure> {
        let mut config = match (&self.preset, own) {
            (None, Some(own)) => own.clone(),
            (preset, _) => ChipConfig::new(preset.as_deref().unwrap_or(DEFAULT)),
        };
        config.seed = self.chip_seed.or(own.map(|own| own.seed)).unwrap_or(config.seed);
        let mut chip = config.chip(Path::new(""))?;
        if !values.is_empty() {
            let mut preset = chip.preset().clone();
            for (key, value) in values {
                preset = preset.with_value(key, value)?;
            }
            let seed = config.seed;
            chip = if config.calibrate { Chip::calibrated(preset, seed)? } else { Chip::new(preset, seed)? };
        }
        Ok(Chosen { chip, preset: config.preset, seed: config.seed })
    }
}

/// Values on the command line: those of presets, and all others.
pub fn sorted(values: &[(String, String)]) -> [Vec<(String, String)>; 2] {
    let (presets, others) = values.iter().cloned().partition(|(key, _)| Preset::has_key(key));
    [presets, others]
}
