//! Losses of whole spike trains. A train is the ascending spike times of one neuron; an empty one is a silent neuron.
//!
//! Losses overwrite the cotangents; the penalties of the regularisers add to them.

mod soft_count;
mod spike_match;
mod van_rossum;

pub use soft_count::SoftCount;
pub use spike_match::match_spikes;
pub use van_rossum::VanRossum;

use crate::TrainError;

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

#[cfg(test)]
mod tests;
