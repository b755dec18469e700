//! What a calibration is asked for.

use serde::{Deserialize, Serialize};

use crate::Bss2Error;
use crate::calibration::targets::Targets;
use crate::chip::ReadOut;
use crate::error::require;

/// What a calibration aims at, and how thoroughly it measures.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub struct Settings {
    /// What the circuits are calibrated to.
    pub targets: Targets,
    /// The read-out that measures them.
    pub read_out: ReadOut,
    /// Samples of a voltage that does not change.
    pub samples: u32,
    /// Repetitions of everything else: traces, searches of a threshold, events through a delay pair.
    pub repetitions: u32,
    /// Seed of all noise of the measurements.
    pub seed: u64,
}

impl Default for Settings {
    fn default() -> Self {
        Self { targets: Targets::default(), read_out: ReadOut::default(), samples: 64, repetitions: 8, seed: 1 }
    }
}

impl Settings {
    /// Checks every setting.
    ///
    /// # Errors
    /// Targets out of range, a read-out that the chip does not have, no samples or more than 65,536.
    pub fn validate(&self) -> Result<(), Bss2Error> {
        self.targets.validate()?;
        self.read_out.validate()?;
        for (field, value) in [("samples", self.samples), ("repetitions", self.repetitions)] {
            require((1..=1 << 16).contains(&value), field, f64::from(value), "between 1 and 65536")?;
        }
        Ok(())
    }
}
