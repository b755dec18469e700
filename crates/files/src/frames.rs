//! A container for binary files: a head that names the kind and version, then checksummed records.
//!
//! | part | bytes |
//! |---|---|
//! | magic, the kind of file | 8 |
//! | version of its format, u16 | 2 |
//! | frame: length n, u32, at most [`MAX_FRAME_BYTES`] | 4 |
//! | frame: the record in postcard form | n |
//! | frame: checksum, u64 | 8 |
//! | ... more frames | |
//! | end: length 2³² - 1 | 4 |
//! | end: checksum, u64 | 8 |
//!
//! Integers are little-endian. A checksum is the XXH3 of the record, seeded with the XXH3 of the head plus the index
//! of the frame, so a frame that is changed, moved, dropped or taken from a file of another kind or version is
//! found. The end makes a cut file known as such, wherever the cut lies.

use std::io;

use xxhash_rust::xxh3::{xxh3_64, xxh3_64_with_seed};

mod read;
mod write;

pub use read::FrameReader;
pub use write::FrameWriter;

/// Largest record of a frame, in bytes: 256 MiB.
pub const MAX_FRAME_BYTES: u32 = 1 << 28;

/// Bytes of a long record in one frame.
const PART_BYTES: usize = if cfg!(test) { 1 << 19 } else { 1 << 26 };

/// Stands for the length where the file ends. No frame is that long.
const END: u32 = u32::MAX;

/// Length of the magic and the version.
const HEAD_BYTES: usize = 10;

/// What can be wrong with a file of frames. Frames count from 0.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum FrameError {
    /// The file begins with another magic.
    #[error("the file begins with {found}, not {expected}; give a file of this kind")]
    WrongMagic {
        /// The first bytes, printable.
        found: String,
        /// The magic of the kind, printable.
        expected: String,
    },
    /// The format is of a version that this program does not know.
    #[error("the file has version {found} of its format; supported: {supported:?}. Use the program that wrote it")]
    Version {
        /// Version in the file.
        found: u16,
        /// Versions that can be read.
        supported: Vec<u16>,
    },
    /// The file ends before its end mark.
    #[error("the file is cut off in frame {frame}; write it again or restore a copy")]
    Truncated {
        /// The frame that is not complete.
        frame: u64,
    },
    /// Length or checksum do not fit the content.
    #[error("frame {frame} is damaged; write the file again or restore a copy")]
    Corrupted {
        /// The damaged frame.
        frame: u64,
    },
    /// Bytes follow the end mark.
    #[error("bytes follow the end of the file after {frames} frames; remove what was appended")]
    Trailing {
        /// Number of frames before the end.
        frames: u64,
    },
    /// An intact frame holds another type of record than the one asked for.
    #[error("frame {frame} does not hold the record expected here: {problem}; is the file of the right kind?")]
    Decode {
        /// The frame.
        frame: u64,
        /// What postcard met.
        problem: String,
    },
    /// A record that has no postcard form.
    #[error("the record of frame {frame} cannot be written: {problem}; give sequences and maps of known length")]
    Encode {
        /// The frame.
        frame: u64,
        /// What postcard met.
        problem: String,
    },
    /// A record longer than a frame may be.
    #[error("the record of frame {frame} has {bytes} bytes; the most is {MAX_FRAME_BYTES}: write it in parts")]
    TooLong {
        /// The frame.
        frame: u64,
        /// Length of the record.
        bytes: usize,
    },
    /// Reading failed.
    #[error("cannot read frame {frame}: {source}")]
    Read {
        /// The frame.
        frame: u64,
        /// What the system says.
        source: io::Error,
    },
    /// Writing failed.
    #[error("cannot write frame {frame}: {source}")]
    Write {
        /// The frame.
        frame: u64,
        /// What the system says.
        source: io::Error,
    },
}

/// The checksums that depend on the head.
#[derive(Clone, Copy, Debug)]
struct Head {
    seed: u64,
}

impl Head {
    fn new(bytes: &[u8; HEAD_BYTES]) -> Self {
        Self { seed: xxh3_64(bytes) }
    }

    fn checksum(self, frame: u64, record: &[u8]) -> u64 {
        xxh3_64_with_seed(record, self.seed.wrapping_add(frame))
    }

    /// Of the end mark after so many frames. The complement keeps it apart from every frame.
    fn end_checksum(self, frames: u64) -> u64 {
        !self.checksum(frames, b"")
    }
}
