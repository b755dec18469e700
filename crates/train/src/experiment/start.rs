use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use xxhash_rust::xxh3::xxh3_128;

use crate::TrainError;
use crate::files::{absolute, read_text};
use crate::run::network_path;

/// The run whose network training starts from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
#[non_exhaustive]
pub struct StartConfig {
    /// Folder of the run, or its network file.
    pub run: PathBuf,
    /// XXH3 hash of the network file, 128 bits in hexadecimal digits. Training writes it down, and a file with another one is
    /// refused; default: any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hash: Option<String>,
}

impl StartConfig {
    /// From the network of a run as it is now.
    #[must_use]
    pub fn new(run: &Path) -> Self {
        Self { run: run.to_owned(), hash: None }
    }

    /// Makes the path absolute, so that the experiment may move; a relative one starts at `base`.
    pub fn resolve_path(&mut self, base: &Path) {
        self.run = absolute(base, &self.run);
    }

    /// The path of the network file and its text, whose hash is checked or taken down. Relative paths start at `base`.
    pub(crate) fn read(&mut self, base: &Path) -> Result<(PathBuf, String), TrainError> {
        let path = network_path(&base.join(&self.run))?;
        let text = read_text(&path)?;
        let found = format!("{:032x}", xxh3_128(text.as_bytes()));
        match &self.hash {
            Some(expected) if *expected != found => {
                Err(TrainError::StartChanged { path, found, expected: expected.clone() })
            }
            _ => {
                self.hash = Some(found);
                Ok((path, text))
            }
        }
    }
}

/// Checks the name of an experiment, which also names the folders of its runs.
pub(super) fn check_name(name: Option<&str>) -> Result<(), TrainError> {
    match name {
        Some(name) if name.is_empty() || name.starts_with('.') || name.contains(['/', '\\', '\0']) => {
            Err(TrainError::Name { name: name.to_owned() })
        }
        _ => Ok(()),
    }
}
