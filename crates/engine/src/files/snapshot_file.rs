//! Snapshots in files.
//!
//! A file of frames (see [`FrameReader`]), magic `delgrsnp`, version 1. The first record is the version of the crate,
//! the others are the snapshot in postcard form, cut into pieces. Where files were written with it, an empty piece and
//! the record of [`WrittenFiles`] follow.

use std::fs::File;
use std::io::{BufReader, Read, Write};
use std::path::{Path, PathBuf};

use delgrad_files::{AtomicFile, AtomicFileError, FrameError, FrameReader, FrameWriter};
use xxhash_rust::xxh3::xxh3_128;

use crate::Snapshot;
use crate::files::{StaleFile, WrittenFiles};

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
    /// A file that was written with the snapshot is another one now.
    #[error(transparent)]
    Stale(#[from] StaleFile),
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
        problem: String,
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
        problem: String,
    },
}

impl Snapshot {
    /// Writes the snapshot to a file, which appears under its name when it is complete.
    ///
    /// # Errors
    /// [`SnapshotFileError`] if the file cannot be written.
    pub fn save(&self, path: impl AsRef<Path>) -> Result<(), SnapshotFileError> {
        let path = path.as_ref();
        let file = self.encode()?.write(AtomicFile::create(path)?, &WrittenFiles::default())?;
        Ok(file.commit()?)
    }

    /// Reads a snapshot from a file. Whether it fits a network is told by
    /// [`Simulation::resume`](crate::Simulation::resume).
    ///
    /// # Errors
    /// [`SnapshotFileError`] if the file cannot be read, is no snapshot, is of another version, cut off or damaged, or
    /// if a file that was written with it is another one now.
    pub fn load(path: impl AsRef<Path>) -> Result<Self, SnapshotFileError> {
        Self::load_to_replace(path, &[])
    }

    /// [`load`](Self::load) for a run that writes the files of `replaced` anew: they need not be those that were
    /// written with the snapshot.
    ///
    /// # Errors
    /// As [`load`](Self::load).
    pub fn load_to_replace(path: impl AsRef<Path>, replaced: &[&Path]) -> Result<Self, SnapshotFileError> {
        let path = path.as_ref();
        let file = File::open(path).map_err(|source| SnapshotFileError::Open { path: path.to_owned(), source })?;
        let name = path.display().to_string();
        let content = Content::read(BufReader::new(file), &name)?;
        // no snapshot names another one
        content.files.check(path, replaced, |_| None)?;
        content.decode(&name)
    }

    /// The bytes of a snapshot that is to be written together with other files.
    ///
    /// # Errors
    /// [`SnapshotFileError`] if the snapshot has no postcard form.
    pub fn encode(&self) -> Result<EncodedSnapshot, SnapshotFileError> {
        let bytes =
            postcard::to_stdvec(self).map_err(|error| SnapshotFileError::Encode { problem: error.to_string() })?;
        Ok(EncodedSnapshot { bytes })
    }

    /// The bytes that [`Snapshot::save`] would write.
    ///
    /// # Errors
    /// [`SnapshotFileError`] if the snapshot has no postcard form.
    pub fn to_bytes(&self) -> Result<Vec<u8>, SnapshotFileError> {
        self.encode()?.frames(Vec::new(), IN_MEMORY, &WrittenFiles::default())
    }

    /// A snapshot from the bytes of a file.
    ///
    /// # Errors
    /// As [`Snapshot::load`].
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, SnapshotFileError> {
        Content::read(bytes, IN_MEMORY)?.decode(IN_MEMORY)
    }
}

/// A snapshot in postcard form.
#[derive(Clone, Debug)]
pub struct EncodedSnapshot {
    bytes: Vec<u8>,
}

impl EncodedSnapshot {
    /// Length and hash of the state, by which a log recognises it.
    #[must_use]
    pub fn fingerprint(&self) -> (u64, u128) {
        fingerprint_of(&self.bytes)
    }

    /// Writes the snapshot, with the files that are written with it, and gives the complete file back for its commit.
    ///
    /// # Errors
    /// [`SnapshotFileError`] if the file cannot be written.
    pub fn write(&self, file: AtomicFile, files: &WrittenFiles) -> Result<AtomicFile, SnapshotFileError> {
        let name = file.path().display().to_string();
        self.frames(file, &name, files)
    }

    fn frames<W: Write>(&self, writer: W, snapshot: &str, files: &WrittenFiles) -> Result<W, SnapshotFileError> {
        let frames = || -> Result<W, FrameError> {
            let mut frames = FrameWriter::new(writer, MAGIC, VERSION)?;
            frames.write(env!("CARGO_PKG_VERSION"))?;
            for piece in self.bytes.chunks(PIECE) {
                frames.write(piece)?;
            }
            if !files.is_empty() {
                frames.write::<[u8]>(&[])?;
                frames.write(files)?;
            }
            frames.finish()
        };
        frames().map_err(|source| SnapshotFileError::Frames { snapshot: snapshot.to_owned(), source })
    }
}

/// What the frames of a file hold.
struct Content {
    crate_version: String,
    bytes: Vec<u8>,
    files: WrittenFiles,
}

impl Content {
    fn read(reader: impl Read, snapshot: &str) -> Result<Self, SnapshotFileError> {
        let frames = || -> Result<Self, FrameError> {
            let mut frames = FrameReader::new(reader, MAGIC, &[VERSION])?;
            let crate_version: Option<String> = frames.read()?;
            let (mut bytes, mut files) = (Vec::new(), WrittenFiles::default());
            while let Some(piece) = frames.read::<Vec<u8>>()? {
                if piece.is_empty() {
                    files = frames.read()?.unwrap_or_default();
                }
                bytes.extend(piece);
            }
            Ok(Self { crate_version: crate_version.unwrap_or_default(), bytes, files })
        };
        frames().map_err(|source| SnapshotFileError::Frames { snapshot: snapshot.to_owned(), source })
    }

    fn decode(self, snapshot: &str) -> Result<Snapshot, SnapshotFileError> {
        let Self { crate_version, bytes, .. } = self;
        let problem = match postcard::take_from_bytes(&bytes) {
            Ok((decoded, [])) => return Ok(decoded),
            // bytes that are left over make it another type
            Ok((_, rest)) => format!("{} bytes are left over", rest.len()),
            Err(error) => error.to_string(),
        };
        Err(SnapshotFileError::Decode { snapshot: snapshot.to_owned(), crate_version, problem })
    }
}

/// Length and hash of the state in a file; none if it is no snapshot.
pub(crate) fn state_of(path: &Path) -> Option<(u64, u128)> {
    let content = Content::read(BufReader::new(File::open(path).ok()?), IN_MEMORY).ok()?;
    Some(fingerprint_of(&content.bytes))
}

fn fingerprint_of(bytes: &[u8]) -> (u64, u128) {
    (bytes.len() as u64, xxh3_128(bytes))
}

/// What messages call bytes that are not in a file.
const IN_MEMORY: &str = "snapshot in memory";
