//! Checkpoints of a run on the disk: the latest one and the one before it.

use std::fs::{self, File};
use std::io::{BufReader, ErrorKind, Write};
use std::path::Path;

use delgrad_files::{AtomicFile, FrameError, FrameReader, FrameWriter};
use serde::{Deserialize, Serialize};

use super::ResumeProblem;
use crate::TrainError;
use crate::learn::Checkpoint;

/// Name of the latest checkpoint.
pub const CHECKPOINT_FILE: &str = "checkpoint.bin";
/// Name of the checkpoint before it.
pub const PREVIOUS_CHECKPOINT_FILE: &str = "checkpoint-previous.bin";

const MAGIC: [u8; 8] = *b"delgrchk";
/// Another one for every change of what is stored or of what it means.
const VERSION: u16 = 1;

/// What a checkpoint belongs to.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Header {
    pub written_by: String,
    /// The experiment as TOML.
    pub experiment: String,
    /// [Hash](crate::samples::Dataset::hash) of the samples.
    pub data_hash: String,
    /// Wall time of the training so far, in seconds.
    pub seconds: f64,
}

/// Writes a checkpoint, and keeps the one before it.
pub(super) fn write(folder: &Path, header: &Header, checkpoint: &Checkpoint) -> Result<(), TrainError> {
    let path = folder.join(CHECKPOINT_FILE);
    let file = AtomicFile::create(&path)?;
    let unwritable = |error| match error {
        FrameError::Write { source, .. } => TrainError::Write { path: path.clone(), source },
        error => TrainError::Unwritable { form: "a checkpoint", problem: error.to_string() },
    };
    let frames = || {
        let mut frames = FrameWriter::new(file, MAGIC, VERSION)?;
        frames.write(header)?;
        frames.write_long(checkpoint)?;
        frames.finish()
    };
    let mut file = frames().map_err(unwritable)?;
    // before the older one is given up
    file.flush().map_err(|source| TrainError::Write { path: path.clone(), source })?;
    match fs::rename(&path, folder.join(PREVIOUS_CHECKPOINT_FILE)) {
        Err(source) if source.kind() != ErrorKind::NotFound => return Err(TrainError::Write { path, source }),
        _ => {}
    }
    Ok(file.commit()?)
}

/// A checkpoint that was read.
pub(super) struct Found {
    pub header: Header,
    pub checkpoint: Checkpoint,
    /// Why it is not the latest one, if it is not.
    pub damage: Option<ResumeProblem>,
}

/// Reads the latest checkpoint that is whole; none if there is none at all.
pub(super) fn read(folder: &Path) -> Result<Option<Found>, ResumeProblem> {
    let mut damage = None;
    for name in [CHECKPOINT_FILE, PREVIOUS_CHECKPOINT_FILE] {
        match read_file(&folder.join(name)) {
            Ok(Some((header, checkpoint))) => return Ok(Some(Found { header, checkpoint, damage })),
            Ok(None) => {}
            // the one before it is of the same program
            Err(source @ FrameError::Version { .. }) => return Err(ResumeProblem::Checkpoint { name, source }),
            Err(source) => drop(damage.get_or_insert(ResumeProblem::Checkpoint { name, source })),
        }
    }
    damage.map_or(Ok(None), Err)
}

fn read_file(path: &Path) -> Result<Option<(Header, Checkpoint)>, FrameError> {
    let file = match File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(source) => return Err(FrameError::Read { frame: 0, source }),
    };
    let mut frames = FrameReader::new(BufReader::new(file), MAGIC, &[VERSION])?;
    let cut = |frame| FrameError::Truncated { frame };
    let header = frames.read()?.ok_or(cut(0))?;
    let checkpoint = frames.read_long()?.ok_or(cut(1))?;
    match frames.read::<u8>()? {
        None => Ok(Some((header, checkpoint))),
        Some(_) => Err(FrameError::Trailing { frames: frames.frames() }),
    }
}
