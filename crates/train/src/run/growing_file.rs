use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::path::Path;

/// A file of lines that has more of them from time to time, and only whole ones.
///
/// What is appended reaches the system as a whole, so that a process that is killed leaves whole lines.
#[derive(Debug, Default)]
pub(super) struct GrowingFile {
    /// None before something is appended.
    file: Option<File>,
}

impl GrowingFile {
    /// Appends whole lines; opens the file of this path at first, and makes it if there is none.
    ///
    /// # Errors
    /// What the system says; the file is as it was before then.
    pub fn append(&mut self, path: &Path, lines: &str) -> io::Result<()> {
        let file = match &mut self.file {
            Some(file) => file,
            none => none.insert(OpenOptions::new().append(true).create(true).open(path)?),
        };
        let before = file.metadata()?.len();
        // one call for all of it: no signal comes in between
        file.write_all(lines.as_bytes()).inspect_err(|_| {
            // half a line would be a wrong one
            let _ = file.set_len(before);
        })
    }
}
