//! Paths and texts of files.

use std::path::{Path, PathBuf};

use crate::TrainError;

/// The text of a file.
pub(crate) fn read_text(path: &Path) -> Result<String, TrainError> {
    std::fs::read_to_string(path).map_err(|source| TrainError::Read { path: path.to_owned(), source })
}

/// The absolute form of a path that starts at `base` if it is relative.
pub(crate) fn absolute(base: &Path, path: &Path) -> PathBuf {
    let joined = base.join(path);
    std::path::absolute(&joined).unwrap_or(joined)
}
