//! What `delgrad reproduce` runs: sweeps that are compiled in.

use crate::BuiltIn;

/// Accuracy and parameters on ideal neurons.
const IDEAL: [BuiltIn; 6] = [
    BuiltIn { name: "delgrad-sizes", toml: include_str!("../../reproduce/sweeps/delgrad-sizes.toml") },
    BuiltIn { name: "our-sizes", toml: include_str!("../../reproduce/sweeps/our-sizes.toml") },
    BuiltIn { name: "delgrad-wide", toml: include_str!("../../reproduce/sweeps/delgrad-wide.toml") },
    BuiltIn { name: "our-wide", toml: include_str!("../../reproduce/sweeps/our-wide.toml") },
    BuiltIn { name: "published", toml: include_str!("../../reproduce/sweeps/published.toml") },
    BuiltIn { name: "small", toml: include_str!("../../reproduce/sweeps/small.toml") },
];

/// The chip.
const CHIP: [BuiltIn; 4] = [
    BuiltIn { name: "chip-published", toml: include_str!("../../reproduce/sweeps/chip-published.toml") },
    BuiltIn { name: "chip-calibrated", toml: include_str!("../../reproduce/sweeps/chip-calibrated.toml") },
    BuiltIn { name: "chip-crossed", toml: include_str!("../../reproduce/sweeps/chip-crossed.toml") },
    BuiltIn { name: "chip-noise", toml: include_str!("../../reproduce/sweeps/chip-noise.toml") },
];

/// The sweeps on ideal neurons, for [`SweepConfig::parse`](delgrad_train::sweep::SweepConfig::parse).
#[must_use]
pub fn ideal() -> &'static [BuiltIn] {
    &IDEAL
}

/// The sweeps on models of the chip.
#[must_use]
pub fn chip() -> &'static [BuiltIn] {
    &CHIP
}

#[cfg(test)]
mod tests {
    use delgrad_train::experiment::Experiment;
    use delgrad_train::sweep::{Sweep, SweepConfig};

    use super::*;

    #[test]
    fn every_file_is_built_in_under_its_name() {
        crate::built_in::assert_files(&[ideal(), chip()].concat(), "reproduce/sweeps");
    }

    #[test]
    fn every_sweep_names_experiments_and_keys_that_there_are() {
        for BuiltIn { name, toml } in [ideal(), chip()].concat() {
            let config = SweepConfig::parse(name, toml).unwrap();
            let open = |word: &str, overrides: &Vec<(String, String)>| {
                let found = crate::experiments::find(word).unwrap_or_else(|| panic!("{name}: {word}"));
                Experiment::parse(word, found.toml, overrides)
            };
            let conditions = config.conditions(open).unwrap();
            let sweep = Sweep::new(std::path::Path::new("unused"), &config, &conditions).unwrap();
            assert!(sweep.cells().len() >= 10, "{name}");
        }
    }
}
