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
    /// Pixels of a row; default: those of the images, where the data say how large these are.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub width: Option<u32>,
    /// Number of rows; default: likewise.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub height: Option<u32>,
    /// The largest distance in each direction, 1 to 2^20; all distances up to it, to both sides, have the same
    /// probability.
    pub pixels: u32,
}

impl ImageShift {
    pub(super) fn validate(&self) -> Result<(), TrainError> {
        for (field, size) in [("augment.width", self.width), ("augment.height", self.height)] {
            let Some(size) = size else { continue };
            require(
                (1..=1 << 15).contains(&size),
                field,
                f64::from(size),
                "a number of pixels between 1 and 2^15",
            )?;
        }
        require_distance("augment.pixels", self.pixels)
    }

    /// Takes the size of the images where none is given.
    pub(super) fn fit(&mut self, image: Option<[u32; 2]>) {
        if let Some([width, height]) = image {
            self.width.get_or_insert(width);
            self.height.get_or_insert(height);
        }
    }

    pub(super) fn validate_for(&self, inputs: u32, image: Option<[u32; 2]>) -> Result<(), TrainError> {
        let wrong = |problem: String| Err(TrainError::Key { key: "augment.width".to_owned(), problem });
        let (Some(width), Some(height)) = (self.width, self.height) else {
            return wrong(
                "and augment.height are missing; the data do not say how large their images are".to_owned(),
            );
        };
        if let Some([columns, rows]) = image.filter(|size| *size != [width, height]) {
            return wrong(format!(
                "and augment.height are {width} and {height}, but the images are {columns} pixels wide and {rows} high"
            ));
        }
        let pixels = u64::from(width) * u64::from(height);
        if [pixels, 2 * pixels].contains(&u64::from(inputs)) {
            return Ok(());
        }
        wrong(format!(
            "and augment.height are {width} and {height}, which makes {pixels} pixels; the samples have {inputs} inputs, \
             which is neither one such image nor two"
        ))
    }

    pub(super) fn apply<R: Rng + ?Sized>(&self, sample: &mut Sample, inputs: u32, rng: &mut R) {
        let (right, down) = (within(rng, self.pixels), within(rng, self.pixels));
        // both are there once the shift has been checked for its samples
        let (width, height) = (self.width.unwrap_or(1), self.height.unwrap_or(1));
        let pixels = width.saturating_mul(height).max(1);
        let moved = |place: u32, distance: i64, size: u32| {
            u32::try_from(i64::from(place) + distance).ok().filter(|&place| place < size)
        };
        sample.spikes.retain_mut(|spike| {
            let (image, pixel) = (spike.source / pixels, spike.source % pixels);
            if spike.source >= inputs {
                return true;
            }
            let x = moved(pixel % width, right, width);
            let y = moved(pixel / width, down, height);
            let (Some(x), Some(y)) = (x, y) else { return false };
            spike.source = image * pixels + y * width + x;
            true
        });
    }
}
