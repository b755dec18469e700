//! Files: what is written comes back or is not there, what is damaged is refused with a message.

mod damaged_frames;
#[cfg(unix)]
mod special_files;
mod whole_files;

use std::path::Path;

use tempfile::TempDir;

/// A folder of its own for a test.
fn folder() -> TempDir {
    tempfile::tempdir().unwrap()
}

/// The names in a folder, sorted.
fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> =
        folder.read_dir().unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort_unstable();
    names
}
