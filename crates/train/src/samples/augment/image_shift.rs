use rand::Rng;
use serde::{Deserialize, Serialize};

use super::{require_distance, within};
use crate::TrainError;
use crate::require::require;
use crate::samples::Sample;

/// The image moves by a random whole number of pixels, sideways and upright; spikes of pixels that leave it are lost.
///
/// Inputs are pixels row by row: pixel (x, y) is input `y * width + x`. A second image of the same size may follow, such as
/// the complements of the first, and moves with it. Bias spikes stay as they are.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct ImageShift {
    /// Pixels of a row.
    pub width: u32,
    /// Number of rows.
    pub height: u32,
    /// The largest distance in each direction, 1 to 2^20; all distances up to it, to both sides, have the same
    /// probability.
    pub pixels: u32,
}

impl ImageShift {
    pub(super) fn validate(&self) -> Result<(), TrainError> {
        for (field, size) in [("augment.width", self.width), ("augment.height", self.height)] {
            require(
                (1..=1 << 15).contains(&size),
                field,
                f64::from(size),
                "a number of pixels between 1 and 2^15",
            )?;
        }
        require_distance("augment.pixels", self.pixels)
    }

    pub(super) fn validate_for(&self, inputs: u32, image: Option<[u32; 2]>) -> Result<(), TrainError> {
        let Self { width, height, .. } = self;
        let wrong = |problem: String| {
            let problem = format!("and augment.height are {width} and {height}, {problem}");
            Err(TrainError::Key { key: "augment.width".to_owned(), problem })
        };
        if let Some([columns, rows]) = image.filter(|size| *size != [self.width, self.height]) {
            return wrong(format!("but the images are {columns} pixels wide and {rows} high"));
        }
        let pixels = u64::from(self.width) * u64::from(self.height);
        if [pixels, 2 * pixels].contains(&u64::from(inputs)) {
            return Ok(());
        }
        wrong(format!(
            "which makes {pixels} pixels; the samples have {inputs} inputs, which is neither one such image nor two"
        ))
    }

    pub(super) fn apply<R: Rng + ?Sized>(&self, sample: &mut Sample, inputs: u32, rng: &mut R) {
        let (right, down) = (within(rng, self.pixels), within(rng, self.pixels));
        let pixels = self.width.saturating_mul(self.height).max(1);
        let moved = |place: u32, distance: i64, size: u32| {
            u32::try_from(i64::from(place) + distance).ok().filter(|&place| place < size)
        };
        sample.spikes.retain_mut(|spike| {
            let (image, pixel) = (spike.source / pixels, spike.source % pixels);
            if spike.source >= inputs {
                return true;
            }
            let x = moved(pixel % self.width, right, self.width);
            let y = moved(pixel / self.width, down, self.height);
            let (Some(x), Some(y)) = (x, y) else { return false };
            spike.source = image * pixels + y * self.width + x;
            true
        });
    }
}
