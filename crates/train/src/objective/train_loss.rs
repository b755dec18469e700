//! Losses of whole spike trains. A train is the ascending spike times of one neuron; an empty one is a silent neuron.
//!
//! Losses overwrite the cotangents; the penalties of the regularisers add to them.

mod soft_count;
mod spike_match;
mod van_rossum;

pub use soft_count::SoftCount;
pub use spike_match::{SpikeMatch, match_spikes};
pub use van_rossum::VanRossum;

use crate::TrainError;
use crate::require::require_length;

/// Requires finite, ascending times; equal ones are allowed.
fn require_train(train: &[f64]) -> Result<(), TrainError> {
    let mut before = f64::NEG_INFINITY;
    for (spike, &time) in train.iter().enumerate() {
        if !time.is_finite() || time < before {
            return Err(TrainError::SpikeOrder { spike, time });
        }
        before = time;
    }
    Ok(())
}

/// Requires valid trains, and one cotangent for each of their spikes.
fn require_trains<T: AsRef<[f64]>, C: AsMut<[f64]>>(trains: &[T], cotangents: &mut [C]) -> Result<(), TrainError> {
    require_length("cotangents", cotangents.len(), trains.len())?;
    for (train, cotangents) in trains.iter().zip(cotangents) {
        require_length("cotangents of a train", cotangents.as_mut().len(), train.as_ref().len())?;
        require_train(train.as_ref())?;
    }
    Ok(())
}

#[cfg(test)]
mod tests;
