//! Spikes in files: CSV, JSON and NumPy's `.npy`, by extension.
//!
//! | format | spikes of neurons | spikes of inputs |
//! |---|---|---|
//! | `.csv` | columns `time,neuron` | columns `time,source` |
//! | `.json` | `{"spikes": [{"time": 1.5, "neuron": 0}]}` | `{"input_spikes": [{"time": 1.5, "source": 0}]}` |
//! | `.npy` | float64 array (n, 2) of `[time, neuron]` | float64 array (n, 2) of `[time, source]` |
//!
//! The readers accept more than is written: either name of the index column or list, columns in any order beside
//! others, a bare JSON list, other members beside the list, `.npy` arrays of any real number type and order.
//! Numbers come back with the same bits in every format.

use std::fs;
use std::path::Path;

use crate::{InputSpike, Spike};

mod check;
mod csv_format;
mod error;
mod json_format;
mod npy_format;
mod write;

use check::Checked;
pub use error::{SpikeFileError, SpikePlace};
pub use write::{SpikeWriter, write_input_spikes, write_spikes};

/// The formats, by extension.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Format {
    Csv,
    Json,
    Npy,
}

impl Format {
    fn of(path: &Path) -> Result<Self, SpikeFileError> {
        let extension = path.extension().and_then(|extension| extension.to_str()).unwrap_or_default();
        match extension.to_ascii_lowercase().as_str() {
            "csv" => Ok(Self::Csv),
            "json" => Ok(Self::Json),
            "npy" => Ok(Self::Npy),
            _ => Err(SpikeFileError::UnknownFormat { path: path.to_owned() }),
        }
    }

    /// The format of a file that has been read: by its name, or, of a pipe and what else has no ending, by its first bytes.
    fn of_bytes(path: &Path, bytes: &[u8]) -> Result<Self, SpikeFileError> {
        if path.extension().is_some() {
            return Self::of(path);
        }
        let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes).trim_ascii_start();
        Ok(match bytes.first() {
            Some(0x93) => Self::Npy,
            Some(b'[' | b'{') => Self::Json,
            _ => Self::Csv,
        })
    }
}

/// Whose spikes a file holds: what their index and their list are called.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Neurons,
    Inputs,
}

impl Kind {
    const fn index_name(self) -> &'static str {
        match self {
            Self::Neurons => "neuron",
            Self::Inputs => "source",
        }
    }

    const fn list_name(self) -> &'static str {
        match self {
            Self::Neurons => "spikes",
            Self::Inputs => "input_spikes",
        }
    }

    const fn other(self) -> Self {
        match self {
            Self::Neurons => Self::Inputs,
            Self::Inputs => Self::Neurons,
        }
    }
}

/// Reads spikes of neurons. A JSON file with both lists gives its `spikes`.
///
/// # Errors
/// If the file cannot be read, has another extension or layout, holds a time that is not finite or an index that is
/// not a whole number below 2³², or is not sorted by time.
pub fn read_spikes(path: &Path) -> Result<Vec<Spike>, SpikeFileError> {
    parse_spikes(path, &read(path)?)
}

/// Reads spikes of inputs. A JSON file with both lists gives its `input_spikes`.
///
/// # Errors
/// As [`read_spikes`].
pub fn read_input_spikes(path: &Path) -> Result<Vec<InputSpike>, SpikeFileError> {
    parse_input_spikes(path, &read(path)?)
}

/// [`read_spikes`] from the bytes of a file. The name gives the format, and is what errors call it.
///
/// # Errors
/// As [`read_spikes`].
pub fn parse_spikes(name: &Path, bytes: &[u8]) -> Result<Vec<Spike>, SpikeFileError> {
    parse(name, bytes, Kind::Neurons, |time, neuron| Spike { time, neuron })
}

/// [`read_input_spikes`] from the bytes of a file. The name gives the format, and is what errors call it.
///
/// # Errors
/// As [`read_spikes`].
pub fn parse_input_spikes(name: &Path, bytes: &[u8]) -> Result<Vec<InputSpike>, SpikeFileError> {
    parse(name, bytes, Kind::Inputs, |time, source| InputSpike { time, source })
}

/// The bytes of a file whose name is that of a spike file.
fn read(path: &Path) -> Result<Vec<u8>, SpikeFileError> {
    if path.extension().is_some() {
        Format::of(path)?;
    }
    fs::read(path).map_err(|source| SpikeFileError::Read { path: path.to_owned(), source })
}

fn parse<S>(name: &Path, bytes: &[u8], kind: Kind, make: fn(f64, u32) -> S) -> Result<Vec<S>, SpikeFileError> {
    let mut entries = Checked::new(name, kind, make);
    match Format::of_bytes(name, bytes)? {
        Format::Csv => csv_format::parse(bytes, &mut entries)?,
        Format::Json => json_format::parse(bytes, &mut entries)?,
        Format::Npy => npy_format::parse(bytes, &mut entries)?,
    }
    Ok(entries.into_entries())
}
