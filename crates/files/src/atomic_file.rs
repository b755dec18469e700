//! The one way in which files are written.

use std::fs::File;
use std::io::{self, BufWriter, ErrorKind, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

mod destination;
mod hidden;

pub use destination::{destination, folder_of};

use destination::Destination;
use hidden::Hidden;

/// A file that cannot be written.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum AtomicFileError {
    /// The folder of the file does not exist.
    #[error("cannot write {}: {source}; create the folder {} or choose another place", path.display(), folder.display())]
    NoFolder {
        /// The file.
        path: PathBuf,
        /// The folder it was to stand in.
        folder: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// Something that must not be replaced or written into.
    #[error("cannot write {}: it is {what}; choose another place, or remove it first", path.display())]
    Refused {
        /// The file.
        path: PathBuf,
        /// What it is.
        what: &'static str,
    },
    /// A pipe or a terminal, for a format whose first bytes are known last.
    #[error("cannot write {} from its end to its start, as this format needs; give a file, or another format", path.display())]
    NoSeek {
        /// The file.
        path: PathBuf,
    },
    /// The file is complete and cannot have its name.
    #[error("cannot write {}: {source}; the complete file is {}", path.display(), kept.display())]
    Kept {
        /// The file.
        path: PathBuf,
        /// Where it is instead.
        kept: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// Anything else: no permission, no space, a folder of that name.
    #[error("cannot write {}: {source}; choose another place", path.display())]
    Write {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
}

/// A file in the making. It appears under its name only when complete, and replaces a file of that name at once.
///
/// The bytes go, buffered, to a hidden file in the same folder. Dropping it without [`commit`](Self::commit) removes
/// that file and leaves the destination as it was. A process that is killed may leave a hidden file
/// `.delgrad-*.partial` behind, never half a file under the name itself; the next one that writes to the folder removes
/// it.
///
/// What is there decides what happens:
///
/// | there is | |
/// |---|---|
/// | nothing, or a file | the complete file takes the name; it keeps the permissions of the old one |
/// | a link | is followed and stays, also where it leads to no file yet |
/// | a read-only file, a folder, a socket, a block device | is refused, for every user |
/// | a pipe, a terminal, a device such as /dev/null | is written into at once |
///
/// Other names of a file (hard links) keep the old content.
///
/// ```
/// use std::io::Write;
/// let folder = tempfile::tempdir()?;
/// let path = folder.path().join("notes.txt");
/// let mut file = delgrad_files::AtomicFile::create(&path)?;
/// file.write_all(b"complete")?;
/// assert!(!path.exists());
/// file.commit()?;
/// assert_eq!(std::fs::read(&path)?, b"complete");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct AtomicFile {
    // closed before its name is removed
    file: BufWriter<File>,
    /// None for what is written into at once.
    hidden: Option<Hidden>,
    path: PathBuf,
}

impl AtomicFile {
    /// Opens the hidden file, so that a place that cannot be written is found out before the work.
    ///
    /// # Errors
    /// If `path` is something that is refused, its folder does not exist, or no file can be created there.
    pub fn create(path: &Path) -> Result<Self, AtomicFileError> {
        let (file, hidden) = match destination::find(path)? {
            Destination::Open(file) => (file, None),
            Destination::Name(name, old) => {
                let created = Hidden::create(name, old);
                let (file, hidden) =
                    created.map_err(|source| AtomicFileError::Write { path: path.to_owned(), source })?;
                (file, Some(hidden))
            }
        };
        Ok(Self { file: BufWriter::new(file), hidden, path: path.to_owned() })
    }

    /// [`create`](Self::create) for a format that goes back to its start.
    ///
    /// # Errors
    /// As [`create`](Self::create), and if there is something that cannot be written in this way.
    pub fn create_seekable(path: &Path) -> Result<Self, AtomicFileError> {
        let mut file = Self::create(path)?;
        let open = file.file.get_mut();
        // an open regular file may be written at its end alone
        let seekable = file.hidden.is_some()
            || open.metadata().is_ok_and(|metadata| !metadata.is_file()) && open.stream_position().is_ok();
        if seekable { Ok(file) } else { Err(AtomicFileError::NoSeek { path: path.to_owned() }) }
    }

    /// The name the file will have, as it was given.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Gives the file its name, when its bytes are on the disk.
    ///
    /// # Errors
    /// If the last bytes cannot be written; then nothing has changed under its name. If the complete file cannot be
    /// renamed, it is kept, and [`AtomicFileError::Kept`] says where.
    pub fn commit(self) -> Result<(), AtomicFileError> {
        commit_all([self])
    }

    /// Length and hash of what was written so far; none if it went into a pipe or a device.
    ///
    /// # Errors
    /// If it cannot be written or read back.
    pub fn fingerprint(&mut self) -> Result<Option<(u64, u128)>, AtomicFileError> {
        let path = self.path.clone();
        let mut read_back = || -> io::Result<Option<(u64, u128)>> {
            self.file.flush()?;
            self.hidden.as_ref().map(|_| fingerprint(self.file.get_mut())).transpose()
        };
        read_back().map_err(|source| AtomicFileError::Write { path, source })
    }

    /// The error of a failed write to this file.
    #[must_use]
    pub fn write_error(&self, source: io::Error) -> AtomicFileError {
        AtomicFileError::Write { path: self.path.clone(), source }
    }

    /// Writes all of the bytes.
    ///
    /// # Errors
    /// [`AtomicFileError::Write`], which names the file.
    pub fn write_bytes(&mut self, bytes: &[u8]) -> Result<(), AtomicFileError> {
        self.file.write_all(bytes).map_err(|source| self.write_error(source))
    }
}

impl Write for AtomicFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.file.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

impl Seek for AtomicFile {
    fn seek(&mut self, position: SeekFrom) -> io::Result<u64> {
        self.file.seek(position)
    }
}

/// Gives files that belong together their names, in this order and one right after the other, when the bytes of all of
/// them are on the disk.
///
/// # Errors
/// The first file that cannot be written or named. The others get their names all the same.
pub fn commit_all(files: impl IntoIterator<Item = AtomicFile>) -> Result<(), AtomicFileError> {
    let mut failure = None;
    let mut complete = Vec::new();
    for AtomicFile { file, hidden, path } in files {
        let synced = file.into_inner().map_err(io::IntoInnerError::into_error).and_then(|file| {
            // devices and pipes have no disk below them
            hidden.as_ref().map_or(Ok(()), |_| hidden::sync(&file))?;
            Ok(file)
        });
        match synced {
            Ok(file) => complete.extend(hidden.map(|hidden| (file, hidden, path))),
            Err(source) => drop(failure.get_or_insert(AtomicFileError::Write { path, source })),
        }
    }
    let mut folders: Vec<PathBuf> = Vec::new();
    crate::unfinished::undisturbed(|open| {
        for (file, hidden, path) in complete {
            let folder = folder_of(hidden.name()).to_owned();
            match hidden.name_it(file, open) {
                Ok(()) if folders.contains(&folder) => {}
                Ok(()) => folders.push(folder),
                Err((source, Some(kept))) => {
                    failure.get_or_insert(AtomicFileError::Kept { path, kept, source });
                }
                Err((source, None)) => drop(failure.get_or_insert(AtomicFileError::Write { path, source })),
            }
        }
    });
    for folder in folders {
        // the names are there; a file system that cannot sync a folder is no reason to call them lost
        let _ = sync_folder(&folder);
    }
    failure.map_or(Ok(()), Err)
}

/// Writes a whole file so that it is either complete or not there.
///
/// # Errors
/// If the file cannot be written.
pub fn write_atomically(path: &Path, bytes: &[u8]) -> Result<(), AtomicFileError> {
    let mut file = AtomicFile::create(path)?;
    file.write_bytes(bytes)?;
    file.commit()
}

/// Length and XXH3 hash, of 128 bits, of a file from its start. Afterwards it stands at its end.
///
/// # Errors
/// If it cannot be read.
pub fn fingerprint(file: &mut File) -> io::Result<(u64, u128)> {
    let mut hash = xxhash_rust::xxh3::Xxh3::new();
    let mut bytes = vec![0; 1 << 16];
    let mut length = 0;
    file.seek(SeekFrom::Start(0))?;
    loop {
        match file.read(&mut bytes) {
            Ok(0) => break,
            Ok(read) => {
                hash.update(&bytes[..read]);
                length += read as u64;
            }
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    file.seek(SeekFrom::End(0))?;
    Ok((length, hash.digest128()))
}

/// Makes the new name last: without it a power cut may bring the old folder back.
#[cfg(unix)]
fn sync_folder(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}

/// Other systems do not open folders as files.
#[cfg(not(unix))]
fn sync_folder(_: &Path) -> io::Result<()> {
    Ok(())
}
