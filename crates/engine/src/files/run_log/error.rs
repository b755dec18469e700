use std::io;
use std::path::PathBuf;

use delgrad_files::{AtomicFileError, FrameError};

use crate::RunError;
use crate::files::{NetworkFileError, StaleFile};
use crate::spec::SpecError;

/// What can be wrong with a log, or with a run that is to be compared with one.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum LogError {
    /// The log cannot be opened.
    #[error("cannot read {}: {source}; give the log of a run", path.display())]
    Open {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// A pipe or a device, which cannot be read from the beginning again.
    #[error("{} is no regular file; a log is read twice, so keep it in a file and replay that", path.display())]
    NotAFile {
        /// What it is called.
        path: PathBuf,
    },
    /// The file cannot be made or given its name.
    #[error(transparent)]
    File(#[from] AtomicFileError),
    /// A file that was written with the log is another one now.
    #[error(transparent)]
    Stale(#[from] StaleFile),
    /// The file is not a log, of another version, cut off or damaged, or a frame cannot be written.
    #[error("{log}: {source}")]
    Frames {
        /// Which log.
        log: String,
        /// What is wrong.
        source: FrameError,
    },
    /// Intact frames that do not make a log.
    #[error("{log}: frame {frame} holds {found}, which cannot stand there; write the log again")]
    Order {
        /// Which log.
        log: String,
        /// The frame, from 0.
        frame: u64,
        /// What it holds.
        found: &'static str,
    },
    /// The log has no end record, though its last frame is intact.
    #[error("{log}: it ends after {frames} frames without telling how the run ended; write the log again")]
    NoEnd {
        /// Which log.
        log: String,
        /// Number of frames.
        frames: u64,
    },
    /// The log is of a network that was built without a text.
    #[error("the log holds no network; give the network that it was written with")]
    NoNetwork,
    /// The text of the network in the log.
    #[error("the network in the log cannot be read: {0}")]
    Text(#[source] NetworkFileError),
    /// The network in the log.
    #[error("the network in the log cannot be built: {0}")]
    Spec(#[source] Box<SpecError>),
    /// The network is another one than that of the log.
    #[error(
        "the network has the fingerprint {found:016x}, that of the log {logged:016x} (by version {crate_version}); \
         give the network that the log was written with, or replay with that version"
    )]
    OtherNetwork {
        /// Fingerprint in the log.
        logged: u64,
        /// Fingerprint of the network to replay.
        found: u64,
        /// Version of the crate that wrote the log.
        crate_version: String,
    },
    /// The input spikes of the log do not fit their fingerprint.
    #[error(
        "the input spikes in the log have the fingerprint {found:016x}, the run's had {logged:016x}; write the log \
         again"
    )]
    OtherInputs {
        /// Fingerprint in the log.
        logged: u64,
        /// Fingerprint of the input spikes in the log.
        found: u64,
    },
    /// The run of the log cannot be done.
    #[error("the run in the log cannot be done: {0}")]
    Run(#[from] RunError),
}
