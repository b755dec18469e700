//! The log of a run: all that is needed to do the run again and to compare it bit for bit.
//!
//! A log is a file of frames (see [`FrameReader`](delgrad_files::FrameReader)), magic `delgrlog`, version 1. Its records are,
//! in this order: one head; the text of the network, in pieces; the input spikes, in pieces; the spikes, in pieces, as
//! the run tells them; the files written with it, if any; one end. Neither writing nor reading keeps the spikes in memory.

mod difference;
mod error;
mod header;
mod read;
mod record;
mod replay;
mod write;

pub use difference::Difference;
pub use error::LogError;
pub use header::{NetworkFormat, NetworkText, RunEnd, RunLogHeader};
pub use read::{LoggedSpikes, RunLog};
pub use replay::{Replay, ReplayOutcome, replay};
pub use write::RunLogWriter;

/// The kind of file.
const MAGIC: [u8; 8] = *b"delgrlog";

/// Version of the records. It changes with every change of a type that they hold.
const VERSION: u16 = 1;
