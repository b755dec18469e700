//! Changes of samples while training, so that no epoch shows the same ones: a list, applied in order.
//!
//! Networks are validated and tested on samples as they are.

mod drop;
mod image_shift;
mod jitter;
mod shift;
mod stretch;

pub use drop::Drop;
pub use image_shift::ImageShift;
pub use jitter::Jitter;
pub use shift::Shift;
pub use stretch::Stretch;

use delgrad_engine::random::below;
use rand::Rng;
use serde::{Deserialize, Serialize};

use super::Sample;
use super::sample::sort;
use crate::TrainError;
use crate::require::require;

/// One change of samples.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
#[non_exhaustive]
pub enum AugmentConfig {
    /// Noise on the time of each spike.
    Jitter(Jitter),
    /// All spikes go to inputs further up or down.
    Shift(Shift),
    /// Spikes are lost.
    Drop(Drop),
    /// Time runs faster or slower.
    Stretch(Stretch),
    /// The image moves.
    ImageShift(ImageShift),
}

impl AugmentConfig {
    /// Checks the numbers.
    ///
    /// # Errors
    /// The first that is out of range.
    pub fn validate(&self) -> Result<(), TrainError> {
        match self {
            Self::Jitter(jitter) => jitter.validate(),
            Self::Shift(shift) => shift.validate(),
            Self::Drop(drop) => drop.validate(),
            Self::Stretch(stretch) => stretch.validate(),
            Self::ImageShift(shift) => shift.validate(),
        }
    }

    /// Takes from the data what is not given: width and height of their images, in pixels, where these are known.
    pub fn fit(&mut self, image: Option<[u32; 2]>) {
        if let Self::ImageShift(shift) = self {
            shift.fit(image);
        }
    }

    /// Checks that samples with so many inputs, those of bias spikes not counted, can be changed so. `image` is width and height of
    /// their images, in pixels, where these are known.
    ///
    /// # Errors
    /// Inputs that there are not, and images of another size.
    pub fn validate_for(&self, inputs: u32, image: Option<[u32; 2]>) -> Result<(), TrainError> {
        self.validate()?;
        match self {
            Self::Shift(shift) => shift.validate_for(inputs),
            Self::ImageShift(shift) => shift.validate_for(inputs, image),
            Self::Jitter(_) | Self::Drop(_) | Self::Stretch(_) => Ok(()),
        }
    }
}

/// Changes a sample with so many inputs, after which there may be those of bias spikes. Its spikes are sorted by time, then by
/// input, afterwards too.
///
/// What is drawn depends on `rng` and the sample alone: give each place of each epoch a
/// [stream](delgrad_engine::random::stream) of its own.
///
/// ```
/// use delgrad_engine::InputSpike;
/// use delgrad_engine::random::{Purpose, stream};
/// use delgrad_train::samples::{Sample, augment};
///
/// const AUGMENTATION: Purpose = Purpose::new(1000);
/// let changes = [augment::AugmentConfig::Jitter(augment::Jitter { sd: 0.1 })];
/// let mut sample = Sample::of_class(vec![InputSpike { time: 1.0, source: 0 }], 0);
/// let (epoch, place) = (3, 14);
/// augment::apply(&changes, &mut sample, 1, &mut stream(1, AUGMENTATION, epoch << 32 | place));
/// assert!(sample.spikes[0].time != 1.0);
/// ```
pub fn apply<R: Rng + ?Sized>(changes: &[AugmentConfig], sample: &mut Sample, inputs: u32, rng: &mut R) {
    for change in changes {
        match change {
            AugmentConfig::Jitter(jitter) => jitter.apply(sample, rng),
            AugmentConfig::Shift(shift) => shift.apply(sample, inputs, rng),
            AugmentConfig::Drop(drop) => drop.apply(sample, rng),
            AugmentConfig::Stretch(stretch) => stretch.apply(sample, rng),
            AugmentConfig::ImageShift(shift) => shift.apply(sample, inputs, rng),
        }
    }
    if !changes.is_empty() {
        sort(&mut sample.spikes);
    }
}

/// The largest distance of a shift.
const FARTHEST: u32 = 1 << 20;

/// A whole number between -n and n, each as probable as any other.
fn within<R: Rng + ?Sized>(rng: &mut R, n: u32) -> i64 {
    i64::from(below(rng, 2 * n.min(FARTHEST) + 1)) - i64::from(n.min(FARTHEST))
}

/// Requires a distance of a shift.
fn require_distance(field: &'static str, distance: u32) -> Result<(), TrainError> {
    require((1..=FARTHEST).contains(&distance), field, f64::from(distance), "a whole number between 1 and 2^20")
}

#[cfg(test)]
mod tests;
