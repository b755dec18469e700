//! Files: what is written comes back, what is damaged or wrong is refused with a message, nothing is left half done.

mod accepted_layouts;
mod bad_spikes;
mod damaged_spikes;
mod interrupted;
mod round_trip;

use std::path::PathBuf;

use tempfile::TempDir;

/// A folder of its own for a test.
fn folder() -> TempDir {
    tempfile::tempdir().unwrap()
}

/// A new file in the folder.
fn file(folder: &TempDir, name: &str, bytes: impl AsRef<[u8]>) -> PathBuf {
    let path = folder.path().join(name);
    std::fs::write(&path, bytes).unwrap();
    path
}

/// An `.npy` file of version 1.0 with any header text and data.
fn npy(header: &str, data: &[u8]) -> Vec<u8> {
    let mut bytes = b"\x93NUMPY\x01\x00".to_vec();
    bytes.extend(u16::try_from(header.len()).unwrap().to_le_bytes());
    bytes.extend(header.as_bytes());
    bytes.extend(data);
    bytes
}

/// Bytes of little-endian doubles.
fn doubles(numbers: &[f64]) -> Vec<u8> {
    numbers.iter().flat_map(|number| number.to_le_bytes()).collect()
}
