//! What was written together: a snapshot and a log name the other files of their run, and how to recognise them.
//!
//! After a kill between two renamings a new file lies beside an old one. The file that names the others is read when
//! somebody goes on from it, and then tells which of them are not those it was written with.

use std::ffi::OsString;
use std::fs::File;
use std::io;
use std::path::{Component, Path, PathBuf, absolute};

use serde::{Deserialize, Serialize};

use delgrad_files::{AtomicFile, AtomicFileError, destination, fingerprint};

/// Files of one run, for the snapshot or the log that was written with them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct WrittenFiles {
    files: Vec<WrittenFile>,
    /// Name and state of the snapshot, for the log.
    snapshot: Option<WrittenFile>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct WrittenFile {
    /// The way to it from the folder of the file that names it.
    name: OsString,
    bytes: u64,
    hash: u128,
}

/// A file that lies where one of a run was written, and is another one.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StaleFile {
    /// The file has other bytes.
    #[error(
        "{} is not the file that was written with {}: one of the two is of another run, or was changed; do the run \
         again that writes both, or move {} away",
        path.display(), owner.display(), path.display()
    )]
    Changed {
        /// The file.
        path: PathBuf,
        /// The snapshot or log that names it.
        owner: PathBuf,
    },
    /// The file cannot be read.
    #[error("cannot read {}, which was written with {}: {source}; move it away", path.display(), owner.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// The snapshot or log that names it.
        owner: PathBuf,
        /// What the system says.
        source: io::Error,
    },
}

impl WrittenFiles {
    /// Notes a file that is complete but for its name. One that went into a pipe or a device cannot be read again.
    ///
    /// `owner` is the snapshot or the log that will name it.
    ///
    /// # Errors
    /// If the file cannot be written or read back.
    pub fn add(&mut self, owner: &Path, file: &mut AtomicFile) -> Result<(), AtomicFileError> {
        if let Some((bytes, hash)) = file.fingerprint()? {
            self.files.push(WrittenFile { name: way(owner, file.path()), bytes, hash });
        }
        Ok(())
    }

    /// Notes the snapshot of the run in its log: by its state, for the snapshot itself names the log.
    pub fn set_snapshot(&mut self, owner: &Path, snapshot: &Path, (bytes, hash): (u64, u128)) {
        self.snapshot = Some(WrittenFile { name: way(owner, snapshot), bytes, hash });
    }

    /// Whether no file is noted.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.files.is_empty() && self.snapshot.is_none()
    }

    /// Compares with what is there. A file that is missing was moved or removed, and one of `replaced` will be written
    /// anew: neither can be mistaken.
    pub(crate) fn check(
        &self,
        owner: &Path,
        replaced: &[&Path],
        state_of: impl FnOnce(&Path) -> Option<(u64, u128)>,
    ) -> Result<(), StaleFile> {
        let replaced: Vec<PathBuf> = replaced.iter().filter_map(|path| destination(path).ok()).collect();
        let present = |name: &OsString| -> Option<PathBuf> {
            let path = folder_of(owner).join(name);
            let new = destination(&path).is_ok_and(|path| replaced.contains(&path));
            (path.is_file() && !new).then_some(path)
        };
        let changed = |path| StaleFile::Changed { path, owner: owner.to_owned() };
        for file in &self.files {
            let Some(path) = present(&file.name) else { continue };
            let read = |source| StaleFile::Read { path: path.clone(), owner: owner.to_owned(), source };
            let mut open = File::open(&path).map_err(read)?;
            // most stale files differ in length, which costs nothing to see
            let same = open.metadata().map_err(read)?.len() == file.bytes
                && fingerprint(&mut open).map_err(read)? == (file.bytes, file.hash);
            if !same {
                return Err(changed(path));
            }
        }
        if let Some(snapshot) = &self.snapshot
            && let Some(path) = present(&snapshot.name)
            && state_of(&path) != Some((snapshot.bytes, snapshot.hash))
        {
            return Err(changed(path));
        }
        Ok(())
    }
}

fn folder_of(path: &Path) -> &Path {
    path.parent().unwrap_or(Path::new(""))
}

/// The way from the folder of `owner` to `path`: it stays the same if both are moved together.
fn way(owner: &Path, path: &Path) -> OsString {
    let (Ok(owner), Ok(path)) = (absolute(owner), absolute(path)) else { return path.into() };
    let from: Vec<Component> = folder_of(&owner).components().collect();
    let to: Vec<Component> = path.components().collect();
    let shared = from.iter().zip(&to).take_while(|(from, to)| from == to).count();
    let mut way = PathBuf::new();
    way.extend(from[shared..].iter().map(|_| Component::ParentDir));
    way.extend(&to[shared..]);
    way.into_os_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ways_are_relative() {
        for (owner, path, expected) in [
            ("s", "a.csv", "a.csv"),
            ("/x/s", "/x/y/a.csv", "y/a.csv"),
            ("x/s", "y/a.csv", "../y/a.csv"),
            ("/x/y/s", "/x/./a.csv", "../a.csv"),
        ] {
            assert_eq!(way(Path::new(owner), Path::new(path)), expected, "{owner} {path}");
        }
    }
}
