//! Placements as JSON.

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::placement::{Placement, Violation};

const FORMAT: &str = "delgrad-placement";
const VERSION: u32 = 1;

/// Why a text is no placement.
#[derive(Clone, Debug, Error, PartialEq)]
#[non_exhaustive]
pub enum PlacementFileError {
    /// Not JSON, or not with these keys.
    #[error("not a placement at {path}: {problem}")]
    Json {
        /// Where in the text.
        path: String,
        /// What is wrong.
        problem: String,
    },
    /// Another format, or another version of it.
    #[error("the format is {format} version {version}; this program reads {FORMAT} version {VERSION}")]
    Format {
        /// Format of the text.
        format: String,
        /// Its version.
        version: u32,
    },
    /// It breaks a rule of the chip.
    #[error("not a placement: {0}")]
    Violation(#[from] Violation),
}

#[derive(Serialize, Deserialize)]
struct File<P> {
    format: String,
    version: u32,
    placement: P,
}

impl Placement {
    /// The placement as JSON, with name and version of the format.
    #[must_use]
    pub fn to_json(&self) -> String {
        let file = File { format: FORMAT.to_owned(), version: VERSION, placement: self };
        serde_json::to_string(&file).expect("a placement is numbers and lists")
    }

    /// Reads what [`Placement::to_json`] has written, and checks the rules of the chip.
    ///
    /// # Errors
    /// Another format, or a rule that is broken.
    pub fn from_json(text: &str) -> Result<Self, PlacementFileError> {
        let mut json = serde_json::Deserializer::from_str(text);
        let File { format, version, placement } =
            serde_path_to_error::deserialize::<_, File<Self>>(&mut json).map_err(|error| {
                PlacementFileError::Json { path: error.path().to_string(), problem: error.inner().to_string() }
            })?;
        if (format.as_str(), version) != (FORMAT, VERSION) {
            return Err(PlacementFileError::Format { format, version });
        }
        placement.check_rules()?;
        Ok(placement)
    }
}
