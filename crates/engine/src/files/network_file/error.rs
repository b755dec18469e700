use delgrad_files::at;
use thiserror::Error;

use crate::spec::SpecError;

/// What can be wrong with a network file. Every message says what to do.
#[derive(Debug, Error)]
#[non_exhaustive]
#[allow(missing_docs, reason = "the message of each variant says what its fields are")]
pub enum NetworkFileError {
    #[error("{file}: cannot be read: {source}")]
    Read { file: String, source: std::io::Error },
    #[error("{file}: not a network file by its name; it must end in .toml or .json")]
    Extension { file: String },
    #[error("{file}: not valid {form}: {problem}")]
    Syntax { file: String, form: &'static str, problem: String },
    #[error("{file}: no format; a network file begins with format = \"delgrad-engine-network\" and version = 1")]
    NoFormat { file: String },
    #[error("{file}: format is \"{format}\"; it must be \"delgrad-engine-network\"{hint}")]
    Format { file: String, format: String, hint: &'static str },
    #[error("{file}: version is {version}; this program reads version {supported}")]
    Version { file: String, version: String, supported: u64 },
    /// A key has the wrong type, is unknown or is missing.
    #[error("{file}: {}{problem}", at(path))]
    Key { file: String, path: String, problem: String },
    #[error("{file}: {source}")]
    Spec { file: String, source: Box<SpecError> },
    #[error("cannot be written as {form}: {problem}")]
    Unwritable { form: &'static str, problem: String },
}
