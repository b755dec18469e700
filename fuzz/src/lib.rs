//! What the fuzz targets share.

mod networks;
mod samples;
mod sealed;
mod small_network;
mod spikes;

pub use networks::check_network;
pub use samples::{check_arrays, check_samples, records};
pub use sealed::{open, seal};
pub use small_network::{given, small_network};
pub use spikes::check_spikes;

/// Magic of a run log.
pub const RUN_LOG: [u8; 8] = *b"delgrlog";

/// Magic of a snapshot.
pub const SNAPSHOT: [u8; 8] = *b"delgrsnp";

/// Version of both formats.
pub const VERSION: u16 = 1;
