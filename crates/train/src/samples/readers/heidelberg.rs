//! Spikes as the Heidelberg sets of spoken digits and words have them (SHD, SSC).

#[cfg(feature = "hdf5")]
mod datasets;
#[cfg(feature = "hdf5")]
mod heap;
#[cfg(feature = "hdf5")]
mod recording;

use super::{Recording, Request};
use crate::TrainError;

/// Reads an HDF5 file with `/spikes/times` and `/spikes/units`, a list for each sample, and `/labels`.
///
/// Times are floating-point numbers of 2, 4 or 8 bytes, in seconds, and stay as they are; `time-scale = 1000` makes milliseconds
/// of them. Classes are called as `/extra/keys` says, if it is there, else by their numbers. `split.group-by = "speaker"` asks
/// for `/extra/speaker`.
///
/// # Errors
/// A program without the feature `hdf5`, files that cannot be read or are of another layout, times and units that no spike has.
pub(super) fn read(request: &Request<'_>) -> Result<Recording, TrainError> {
    #[cfg(feature = "hdf5")]
    return recording::read(request);
    #[cfg(not(feature = "hdf5"))]
    Err(super::FileProblem::NoHdf5.of(request.path()))
}

#[cfg(test)]
mod tests;
