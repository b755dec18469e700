//! Calibrations as JSON.

use delgrad_files::{JsonFileError, JsonFormat};
use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::Bss2Error;
use crate::calibration::{Calibration, Parameter};
use crate::error::require;
use crate::limits::CIRCUITS;

const FORMAT: JsonFormat = JsonFormat { name: "delgrad-calibration", version: 1 };

/// Why a text is no calibration.
#[derive(Clone, Debug, Error, PartialEq)]
#[non_exhaustive]
pub enum CalibrationError {
    /// Not a file of the format.
    #[error(transparent)]
    File(#[from] JsonFileError),
    /// Numbers that no calibration has.
    #[error("not a calibration: {0}")]
    Numbers(#[from] Bss2Error),
}

#[derive(Serialize, Deserialize)]
struct Content<C> {
    format: String,
    version: u32,
    calibration: C,
}

impl Calibration {
    /// The calibration as JSON, with name and version of the format.
    ///
    /// # Panics
    /// Never: it is a structure of numbers, texts and lists.
    #[must_use]
    pub fn to_json(&self) -> String {
        let content = Content { format: FORMAT.name.to_owned(), version: FORMAT.version, calibration: self };
        serde_json::to_string(&content).expect("a structure of numbers, texts and lists")
    }

    /// Reads what [`Calibration::to_json`] has written.
    ///
    /// # Errors
    /// Another format, or numbers that no calibration has.
    pub fn from_json(text: &str) -> Result<Self, CalibrationError> {
        let Content::<Self> { calibration, .. } = FORMAT.read(text)?;
        calibration.check()?;
        Ok(calibration)
    }

    fn check(&self) -> Result<(), Bss2Error> {
        self.settings.validate()?;
        self.uncalibrated.validate()?;
        self.calibrated.validate()?;
        require(self.distance > 0.0 && self.distance.is_finite(), "distance", self.distance, "above 0")?;
        let (circuits, delays) = (self.circuits.len(), &self.measured_delays);
        require(circuits == CIRCUITS, "the number of circuits", circuits as f64, "512")?;
        for (field, length) in [
            ("delay_corrections", self.delay_corrections.len()),
            ("measured_delays.before", delays.before.len()),
            ("measured_delays.after", delays.after.len()),
        ] {
            require(length == CIRCUITS / 2, field, length as f64, "a list of 256")?;
        }
        for (circuit, works) in self.circuits.iter().zip(&self.calibrated.working) {
            for parameter in Parameter::ALL {
                let code = circuit.codes[parameter];
                require(
                    parameter.codes().contains(&code),
                    parameter.name(),
                    f64::from(code),
                    "a code that it has",
                )?;
            }
            let measured = circuit.measured.is_some();
            require(measured == *works, "working", f64::from(u8::from(*works)), "whether a circuit was measured")?;
        }
        Ok(())
    }
}
