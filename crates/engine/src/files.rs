//! Networks, spikes, snapshots and logs in files.
//!
//! | file | use | described in |
//! |---|---|---|
//! | a network, TOML or JSON | [`NetworkFile`] | its documentation |
//! | spikes, CSV, JSON or npy | [`read_spikes`], [`read_input_spikes`], [`write_spikes`], [`SpikeWriter`] | [`read_spikes`] |
//! | a run that can be gone on with | [`Snapshot::save`](crate::Snapshot::save), [`Snapshot::load`](crate::Snapshot::load) | [`SnapshotFileError`] |
//! | a run that can be checked by running it again | [`RunLogWriter`], [`RunLog`], [`replay()`] | [`RunLog`] |
//!
//! Every file is complete or not there, and a bad one is refused with the place and the remedy. Snapshots and logs name the
//! files they were written with ([`WrittenFiles`]).

mod network_file;
mod run_log;
mod snapshot_file;
mod spike_file;
mod written_files;

pub use network_file::{NETWORK_FORMAT, NetworkFile, NetworkFileError};
pub use run_log::{
    Difference, LogError, LoggedSpikes, NetworkFormat, NetworkText, Replay, ReplayOutcome, RunEnd, RunLog,
    RunLogHeader, RunLogWriter, replay,
};
pub use snapshot_file::{EncodedSnapshot, SnapshotFileError};
pub use spike_file::{
    SpikeFileError, SpikePlace, SpikeWriter, parse_input_spikes, parse_spikes, read_input_spikes, read_spikes,
    write_input_spikes, write_spikes,
};
pub use written_files::{StaleFile, WrittenFiles};
