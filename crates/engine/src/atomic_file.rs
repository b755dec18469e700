use std::fs::File;
use std::io::{self, BufWriter, ErrorKind, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

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
    /// Anything else: no permission, no space, a folder of that name.
    #[error("cannot write {}: {source}; choose another place", path.display())]
    Write {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
}

impl AtomicFileError {
    /// What the system says, without the path.
    #[must_use]
    pub fn into_io(self) -> io::Error {
        match self {
            Self::NoFolder { source, .. } | Self::Write { source, .. } => source,
        }
    }
}

/// A file in the making. It appears under its name only when complete, and replaces a file of that name at once.
///
/// The bytes go, buffered, to a temporary file in the same folder. Dropping it without
/// [`commit`](Self::commit) removes that file and leaves the destination as it was. A process that is killed
/// may leave a hidden file `.delgrad-*.partial` behind, never half a file under the name itself.
///
/// ```
/// use std::io::Write;
/// let folder = tempfile::tempdir()?;
/// let path = folder.path().join("notes.txt");
/// let mut file = delgrad_engine::AtomicFile::create(&path)?;
/// file.write_all(b"complete")?;
/// assert!(!path.exists());
/// file.commit()?;
/// assert_eq!(std::fs::read(&path)?, b"complete");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct AtomicFile {
    file: BufWriter<NamedTempFile>,
    path: PathBuf,
}

impl AtomicFile {
    /// Opens the temporary file, so that a place that cannot be written is found out before the work.
    ///
    /// # Errors
    /// If `path` is a folder, its folder does not exist, or no file can be created there.
    pub fn create(path: &Path) -> Result<Self, AtomicFileError> {
        let folder = folder_of(path);
        let write_error = |source| AtomicFileError::Write { path: path.to_owned(), source };
        if path.is_dir() {
            // the renaming would fail, but only after the work
            return Err(write_error(ErrorKind::IsADirectory.into()));
        }
        let mut builder = tempfile::Builder::new();
        builder.prefix(".delgrad-").suffix(".partial");
        // temporary files are private by default; a finished one is as open as any new file
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            builder.permissions(std::fs::Permissions::from_mode(0o666));
        }
        match builder.tempfile_in(folder) {
            Ok(file) => Ok(Self { file: BufWriter::new(file), path: path.to_owned() }),
            Err(source) if source.kind() == ErrorKind::NotFound => {
                Err(AtomicFileError::NoFolder { path: path.to_owned(), folder: folder.to_owned(), source })
            }
            Err(source) => Err(write_error(source)),
        }
    }

    /// The name the file will have.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Gives the file its name, when its bytes are on the disk.
    ///
    /// # Errors
    /// If the last bytes cannot be written or the file cannot be renamed; then nothing has changed under its name.
    pub fn commit(self) -> Result<(), AtomicFileError> {
        let Self { file, path } = self;
        let name = || -> io::Result<()> {
            let file = file.into_inner().map_err(io::IntoInnerError::into_error)?;
            file.as_file().sync_all()?;
            file.persist(&path).map_err(|error| error.error)?;
            sync_folder(folder_of(&path))
        };
        name().map_err(|source| AtomicFileError::Write { path: path.clone(), source })
    }

    /// The error of a failed write to this file.
    pub(crate) fn write_error(&self, source: io::Error) -> AtomicFileError {
        AtomicFileError::Write { path: self.path.clone(), source }
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

/// Writes a whole file so that it is either complete or not there.
///
/// # Errors
/// If the file cannot be written.
pub fn write_atomically(path: &Path, bytes: &[u8]) -> Result<(), AtomicFileError> {
    let mut file = AtomicFile::create(path)?;
    file.write_all(bytes).map_err(|source| file.write_error(source))?;
    file.commit()
}

fn folder_of(path: &Path) -> &Path {
    path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."))
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
