//! Files that are complete or not there, and readers that say what is wrong and where.
//!
//! ```
//! use delgrad_files::{JsonError, parse_json, write_atomically};
//!
//! let folder = tempfile::tempdir()?;
//! let path = folder.path().join("numbers.json");
//! write_atomically(&path, b"{\"numbers\": [1, 2, \"three\"]}")?;
//!
//! #[derive(Debug, serde::Deserialize)]
//! struct Numbers {
//!     numbers: Vec<u8>,
//! }
//! let error = parse_json::<Numbers>(&std::fs::read_to_string(&path)?).unwrap_err();
//! assert!(error.to_string().starts_with("at `numbers[2]`: invalid type: string"));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Which type for what
//!
//! | for | use |
//! |---|---|
//! | a file that appears under its name when it is complete | [`AtomicFile`], [`write_atomically`] |
//! | several files that belong together | [`commit_all`] |
//! | what a killed process left behind, hidden folders | [`unfinished`] |
//! | records in binary form, with checksums | [`FrameWriter`], [`FrameReader`] |
//! | JSON that people or programs wrote | [`parse_json`], the first keys alone: [`peek_json`] |
//! | JSON of results, from which nothing may be missing | [`read_complete_json`] |
//! | JSON that begins with name and version of its format | [`JsonFormat`] |
//! | TOML that people wrote, with values replaced by dotted paths | [`parse_toml`], [`set_toml`], [`toml_value`], [`refuse_nan`], [`read_toml`] |
//! | the header of NumPy's files | [`npy`] |
//!
//! # What is promised
//!
//! * Under its name a file is the old one or the whole new one, whenever the process is killed.
//! * A file of frames that is changed, cut off, or of another kind or version gives an error, never another record.
//! * Errors name the file or the place in it, and the remedy. Bad input costs no more memory than it has bytes, and no panic.

mod at;
mod atomic_file;
mod complete_json;
mod frames;
mod json;
mod json_format;
pub mod npy;
mod toml_text;
pub mod unfinished;

pub use at::at;
pub use atomic_file::{
    AtomicFile, AtomicFileError, commit_all, destination, fingerprint, folder_of, write_atomically,
};
pub use complete_json::read_complete_json;
pub use frames::{FrameError, FrameReader, FrameWriter, MAX_FRAME_BYTES};
pub use json::{JsonError, parse_json, peek_json};
pub use json_format::{JsonFileError, JsonFormat};
pub use toml_text::{OverrideProblem, TomlError, parse_toml, read_toml, refuse_nan, set_toml, toml_value};

/// The example of the README, so that the tests run it.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
