//! How the names of files must end.

use std::path::Path;

use crate::failure::Failure;

/// Whether the name of a file has this ending.
pub fn is(path: &Path, ending: &str) -> bool {
    path.extension().is_some_and(|found| found == ending)
}

/// An error unless the file, if there is one, has one of these endings.
pub fn check(option: &'static str, path: Option<&Path>, endings: &'static [&'static str]) -> Result<(), Failure> {
    match path.filter(|path| !endings.iter().any(|ending| is(path, ending))) {
        Some(path) => Err(Failure::Ending { option, path: path.to_owned(), ending: endings.join(" or .") }),
        None => Ok(()),
    }
}
