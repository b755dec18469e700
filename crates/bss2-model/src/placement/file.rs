//! Placements as JSON.

use delgrad_files::{JsonFileError, JsonFormat};
use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::placement::{Placement, Violation};

const FORMAT: JsonFormat = JsonFormat { name: "delgrad-placement", version: 1 };

/// Why a text is no placement.
#[derive(Clone, Debug, Error, PartialEq)]
#[non_exhaustive]
pub enum PlacementFileError {
    /// Not a file of the format.
    #[error(transparent)]
    File(#[from] JsonFileError),
    /// It breaks a rule of the chip.
    #[error("not a placement: {0}")]
    Violation(#[from] Violation),
}

#[derive(Serialize, Deserialize)]
struct Content<P> {
    format: String,
    version: u32,
    placement: P,
}

impl Placement {
    /// The placement as JSON, with name and version of the format.
    ///
    /// # Panics
    /// Never: it is a structure of numbers, texts and lists.
    #[must_use]
    pub fn to_json(&self) -> String {
        let content = Content { format: FORMAT.name.to_owned(), version: FORMAT.version, placement: self };
        serde_json::to_string(&content).expect("a structure of numbers, texts and lists")
    }

    /// Reads what [`Placement::to_json`] has written, and checks the rules of the chip.
    ///
    /// # Errors
    /// Another format, or a rule that is broken.
    pub fn from_json(text: &str) -> Result<Self, PlacementFileError> {
        let Content::<Self> { placement, .. } = FORMAT.read(text)?;
        placement.check_rules()?;
        Ok(placement)
    }
}
