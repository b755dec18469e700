//! How the names of files must end.

use std::path::Path;

use crate::failure::Failure;

/// An error unless the file, if there is one, has one of these endings.
pub fn check(option: &'static str, path: Option<&Path>, endings: &'static [&'static str]) -> Result<(), Failure> {
    let known = |path: &Path| endings.iter().any(|ending| path.extension().is_some_and(|found| found == *ending));
    match path.filter(|path| !known(path)) {
        Some(path) => Err(Failure::Ending { option, path: path.to_owned(), ending: endings.join(" or .") }),
        None => Ok(()),
    }
}
