//! Snapshots in files.
//!
//! A file of frames (see [`FrameReader`]), magic `delgrsnp`, version 1. The first record is the version of the crate,
//! the others are the snapshot in postcard form, cut into pieces.

use std::fs::File;
use std::io::{BufReader, Read, Write};
use std::path::{Path, PathBuf};

use crate::{AtomicFile, AtomicFileError, FrameError, FrameReader, FrameWriter, Snapshot};

/// The kind of file.
const MAGIC: [u8; 8] = *b"delgrsnp";

/// Version of the records. It changes with every change of a type that a snapshot holds.
const VERSION: u16 = 1;

/// Bytes of the snapshot in one frame.
const PIECE: usize = 1 << 20;

/// A snapshot that cannot be written or read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SnapshotFileError {
    /// The file cannot be opened.
    #[error("cannot read {}: {source}; give a snapshot", path.display())]
    Open {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
    /// The file cannot be made or given its name.
    #[error(transparent)]
    File(#[from] AtomicFileError),
    /// The file is no snapshot, of another version, cut off or damaged, or a frame cannot be written.
    #[error("{snapshot}: {source}")]
    Frames {
        /// Which snapshot.
        snapshot: String,
        /// What is wrong.
        source: FrameError,
    },
    /// The snapshot has no postcard form.
    #[error("the snapshot cannot be written: {problem}")]
    Encode {
        /// What postcard met.
        problem: postcard::Error,
    },
    /// Intact frames that do not make a snapshot.
    #[error(
        "{snapshot}: written by version {crate_version}, it does not hold a snapshot of this version ({problem}); \
         resume with the version that wrote it"
    )]
    Decode {
        /// Which snapshot.
        snapshot: String,
        /// Version of the crate that wrote it.
        crate_version: String,
        /// What postcard met.
        problem: postcard::Error,
    },
}

impl Snapshot {
    /// Writes the snapshot to a file, which appears under its name when it is complete.
    ///
    /// # Errors
    /// [`SnapshotFileError`] if the file cannot be written.
    pub fn save(&self, path: impl AsRef<Path>) -> Result<(), SnapshotFileError> {
        let path = path.as_ref();
        let file = self.write(AtomicFile::create(path)?, &path.display().to_string())?;
        Ok(file.commit()?)
    }

    /// Reads a snapshot from a file. Whether it fits a network is told by
    /// [`Simulation::resume`](crate::Simulation::resume).
    ///
    /// # Errors
    /// [`SnapshotFileError`] if the file cannot be read, is no snapshot, is of another version, cut off or damaged.
    pub fn load(path: impl AsRef<Path>) -> Result<Self, SnapshotFileError> {
        let path = path.as_ref();
        let file = File::open(path).map_err(|source| SnapshotFileError::Open { path: path.to_owned(), source })?;
        Self::read(BufReader::new(file), &path.display().to_string())
    }

    /// The bytes that [`Snapshot::save`] would write.
    ///
    /// # Errors
    /// [`SnapshotFileError`] if the snapshot has no postcard form.
    pub fn to_bytes(&self) -> Result<Vec<u8>, SnapshotFileError> {
        self.write(Vec::new(), IN_MEMORY)
    }

    /// A snapshot from the bytes of a file.
    ///
    /// # Errors
    /// As [`Snapshot::load`].
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, SnapshotFileError> {
        Self::read(bytes, IN_MEMORY)
    }

    fn write<W: Write>(&self, writer: W, snapshot: &str) -> Result<W, SnapshotFileError> {
        let bytes = postcard::to_stdvec(self).map_err(|problem| SnapshotFileError::Encode { problem })?;
        let frames = || -> Result<W, FrameError> {
            let mut frames = FrameWriter::new(writer, MAGIC, VERSION)?;
            frames.write(env!("CARGO_PKG_VERSION"))?;
            for piece in bytes.chunks(PIECE) {
                frames.write(piece)?;
            }
            frames.finish()
        };
        frames().map_err(|source| SnapshotFileError::Frames { snapshot: snapshot.to_owned(), source })
    }

    fn read(reader: impl Read, snapshot: &str) -> Result<Self, SnapshotFileError> {
        let frames = || -> Result<(String, Vec<u8>), FrameError> {
            let mut frames = FrameReader::new(reader, MAGIC, &[VERSION])?;
            let crate_version: Option<String> = frames.read()?;
            let mut bytes = Vec::new();
            while let Some(piece) = frames.read::<Vec<u8>>()? {
                bytes.extend(piece);
            }
            Ok((crate_version.unwrap_or_default(), bytes))
        };
        let (crate_version, bytes) =
            frames().map_err(|source| SnapshotFileError::Frames { snapshot: snapshot.to_owned(), source })?;
        match postcard::take_from_bytes(&bytes) {
            Ok((decoded, [])) => Ok(decoded),
            // bytes that are left over make it another type
            Ok(_) => Err(postcard::Error::DeserializeBadEncoding),
            Err(problem) => Err(problem),
        }
        .map_err(|problem| SnapshotFileError::Decode {
            snapshot: snapshot.to_owned(),
            crate_version,
            problem,
        })
    }
}

/// What messages call bytes that are not in a file.
const IN_MEMORY: &str = "snapshot in memory";
