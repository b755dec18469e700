use std::borrow::Cow;

use delgrad_engine::{NoMemory, require_memory};

use super::Table;
use crate::TrainError;
use crate::require::require_length;

/// Checks that there is memory for samples that are made, as values and as spikes, before they are.
pub(crate) fn require_samples(samples: u32, features: u32) -> Result<(), NoMemory> {
    // values, their times and those of their complements; a target
    let bytes = u128::from(samples) * (32 * u128::from(features) + 32);
    require_memory(bytes, || format!("{samples} samples of {features} values"), "make fewer")
}

/// Numbers, a row for each sample. What is missing is NaN.
///
/// ```
/// use delgrad_train::samples::{Table, ValueTable};
///
/// let table = ValueTable::new(vec![0.0, 0.5, 1.0, 0.25], 2)?;
/// assert_eq!((table.len(), &table.row(1)[..]), (2, &[1.0, 0.25][..]));
/// # Ok::<(), delgrad_train::TrainError>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct ValueTable {
    /// Row-major: `values[sample * width + feature]`.
    values: Values,
    width: usize,
}

#[derive(Clone, Debug, PartialEq)]
enum Values {
    Numbers(Vec<f64>),
    /// Brightness: 255 stands for 1.
    Bytes(Vec<u8>),
}

impl ValueTable {
    /// Builds a table from `values`, row-major, rows of `width` numbers.
    ///
    /// # Errors
    /// No sample or feature, a length that is no multiple of the width, and values that are not finite.
    pub fn new(values: Vec<f64>, width: usize) -> Result<Self, TrainError> {
        Self::checked(values, width, |value| value.is_finite())
    }

    /// As [`new`](Self::new), with NaN for what is missing.
    ///
    /// # Errors
    /// As there.
    pub fn with_gaps(values: Vec<f64>, width: usize) -> Result<Self, TrainError> {
        Self::checked(values, width, |value| !value.is_infinite())
    }

    fn checked(values: Vec<f64>, width: usize, allowed: impl Fn(f64) -> bool) -> Result<Self, TrainError> {
        check_shape(values.len(), width)?;
        if let Some(place) = values.iter().position(|&value| !allowed(value)) {
            let (sample, feature) = (place / width, place % width);
            return Err(TrainError::FeatureNotFinite { sample, feature, value: values[place] });
        }
        Ok(Self { values: Values::Numbers(values), width })
    }

    /// Builds a table from images, a byte for each pixel: 255 becomes the value 1.
    ///
    /// # Errors
    /// No sample or feature, and a length that is no multiple of the width.
    pub fn from_bytes(bytes: Vec<u8>, width: usize) -> Result<Self, TrainError> {
        check_shape(bytes.len(), width)?;
        Ok(Self { values: Values::Bytes(bytes), width })
    }

    /// Number of features of each sample.
    #[must_use]
    pub fn width(&self) -> usize {
        self.width
    }

    /// The values of one sample.
    ///
    /// # Panics
    /// If there is no such sample.
    #[must_use]
    pub fn row(&self, sample: usize) -> Cow<'_, [f64]> {
        let range = sample * self.width..(sample + 1) * self.width;
        match &self.values {
            Values::Numbers(values) => Cow::Borrowed(&values[range]),
            Values::Bytes(bytes) => bytes[range].iter().map(|&byte| f64::from(byte) / 255.0).collect(),
        }
    }

    /// Smallest and largest value of each feature; what is missing does not count.
    #[must_use]
    pub fn ranges(&self) -> Vec<(f64, f64)> {
        let mut ranges = vec![(f64::INFINITY, f64::NEG_INFINITY); self.width];
        for sample in 0..self.len() {
            for ((min, max), &value) in ranges.iter_mut().zip(&*self.row(sample)) {
                (*min, *max) = (min.min(value), max.max(value));
            }
        }
        ranges
    }
}

fn check_shape(values: usize, width: usize) -> Result<(), TrainError> {
    for (count, what) in [(width, "features"), (values, "samples")] {
        if count == 0 {
            return Err(TrainError::EmptyDataset { what });
        }
    }
    require_length("values", values, values / width * width)
}

impl Table for ValueTable {
    fn len(&self) -> usize {
        let values = match &self.values {
            Values::Numbers(values) => values.len(),
            Values::Bytes(bytes) => bytes.len(),
        };
        values / self.width
    }

    fn select(&self, samples: &[u32]) -> Self {
        fn rows<T: Copy>(values: &[T], width: usize, samples: &[u32]) -> Vec<T> {
            samples.iter().flat_map(|&sample| &values[sample as usize * width..][..width]).copied().collect()
        }
        let values = match &self.values {
            Values::Numbers(values) => Values::Numbers(rows(values, self.width, samples)),
            Values::Bytes(bytes) => Values::Bytes(rows(bytes, self.width, samples)),
        };
        Self { values, width: self.width }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_what_was_put_in() {
        let table = ValueTable::new(vec![1.0, 2.0, 3.0, 4.0, 5.0, 0.0], 2).unwrap();
        assert_eq!(*table.row(2), [5.0, 0.0]);
        assert_eq!(table.ranges(), [(1.0, 5.0), (0.0, 4.0)]);
        assert_eq!(*table.select(&[2, 0]).row(1), [1.0, 2.0]);
        let image = ValueTable::from_bytes(vec![0, 255, 51, 0], 2).unwrap();
        assert_eq!((image.row(0), image.row(1)), (vec![0.0, 1.0].into(), vec![0.2, 0.0].into()));
    }

    #[test]
    fn says_what_is_wrong() {
        let error = |values: &[f64], width| ValueTable::new(values.to_vec(), width).unwrap_err().to_string();
        assert!(error(&[1.0, f64::NAN], 1).contains("feature 0 of sample 1 is NaN"));
        assert!(error(&[1.0, 2.0, 3.0], 2).contains("3 entries"));
        assert!(error(&[], 2).contains("no samples"));
        assert!(error(&[1.0], 0).contains("no features"));
        let gaps = ValueTable::with_gaps(vec![f64::NAN, 2.0], 1).unwrap();
        assert_eq!(gaps.ranges(), [(2.0, 2.0)]);
        assert!(ValueTable::with_gaps(vec![f64::INFINITY], 1).is_err());
    }
}
