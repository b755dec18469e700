//! Spike times of a batch.

use crate::error::TtfsError;

/// First-spike times of many samples, one row a sample.
///
/// A row holds the lines of one or more blocks (for a network: its layers) one after the other. Units are
/// those of the network's time constants. A missing spike is `None`; in the raw slices it is `+inf`.
#[derive(Clone, Debug, PartialEq)]
pub struct SpikeTimes {
    /// Where each block starts in a row, and the length of a row at the end.
    offsets: Vec<usize>,
    times: Vec<f64>,
}

impl SpikeTimes {
    /// Rows of one block of `lines` lines from row-major times, `+inf` for no spike.
    ///
    /// # Errors
    /// [`TtfsError::Length`] if the number of times is not a multiple of `lines`, [`TtfsError::SpikeTime`] for
    /// NaN and minus infinity.
    pub fn from_rows(lines: usize, times: Vec<f64>) -> Result<Self, TtfsError> {
        Self::from_blocks(&[lines], times)
    }

    /// Rows of several blocks, for example the layers of a network, from row-major times.
    ///
    /// # Errors
    /// As [`SpikeTimes::from_rows`].
    pub fn from_blocks(sizes: &[usize], times: Vec<f64>) -> Result<Self, TtfsError> {
        let record = Self { offsets: offsets(sizes), times };
        let width = record.width();
        if width == 0 || !record.times.len().is_multiple_of(width) {
            let expected = record.times.len().next_multiple_of(width.max(1));
            return Err(TtfsError::Length { what: "spike times", found: record.times.len(), expected });
        }
        match record.times.iter().position(|t| t.is_nan() || *t == f64::NEG_INFINITY) {
            Some(at) => {
                Err(TtfsError::SpikeTime { sample: at / width, line: at % width, value: record.times[at] })
            }
            None => Ok(record),
        }
    }

    /// `samples` rows without a spike.
    #[must_use]
    pub fn silent(sizes: &[usize], samples: usize) -> Self {
        let offsets = offsets(sizes);
        let width = offsets.last().copied().unwrap_or(0);
        Self { times: vec![f64::INFINITY; width * samples], offsets }
    }

    /// Changes the number of rows; the times are then unspecified.
    pub fn resize(&mut self, samples: usize) {
        self.times.resize(self.width() * samples, f64::INFINITY);
    }

    /// Number of rows.
    #[must_use]
    pub fn samples(&self) -> usize {
        self.times.len().checked_div(self.width()).unwrap_or(0)
    }

    /// Number of blocks in a row.
    #[must_use]
    pub fn blocks(&self) -> usize {
        self.offsets.len() - 1
    }

    /// Number of lines of a row, all blocks together.
    #[must_use]
    pub fn width(&self) -> usize {
        self.offsets[self.offsets.len() - 1]
    }

    /// Time of the spike of `line` in `block`, if there was one and the indices are within bounds.
    #[must_use]
    pub fn get(&self, sample: usize, block: usize, line: usize) -> Option<f64> {
        if sample >= self.samples() || block >= self.blocks() {
            return None;
        }
        self.row(sample, block).get(line).copied().filter(|t| t.is_finite())
    }

    /// Times of one block of one sample; `+inf` where there is no spike.
    ///
    /// # Panics
    /// If `sample` or `block` is out of bounds.
    #[must_use]
    pub fn row(&self, sample: usize, block: usize) -> &[f64] {
        let start = sample * self.width();
        &self.times[start + self.offsets[block]..start + self.offsets[block + 1]]
    }

    /// Times of the last block of one sample: a network's outputs.
    ///
    /// # Panics
    /// If `sample` is out of bounds.
    #[must_use]
    pub fn last(&self, sample: usize) -> &[f64] {
        self.row(sample, self.blocks() - 1)
    }

    /// Times of one block, sample by sample; `+inf` where there is no spike.
    ///
    /// # Panics
    /// If `block` is out of bounds.
    pub fn block(&self, block: usize) -> impl ExactSizeIterator<Item = &[f64]> + Clone {
        let range = self.range(block);
        (0..self.samples()).map(move |sample| &self.times[sample * self.width()..][range.clone()])
    }

    /// Position of a block in a row.
    #[must_use]
    pub fn range(&self, block: usize) -> std::ops::Range<usize> {
        self.offsets[block]..self.offsets[block + 1]
    }

    /// All times, row-major.
    #[must_use]
    pub fn as_slice(&self) -> &[f64] {
        &self.times
    }

    /// All times, row-major, without a copy: what [`SpikeTimes::from_blocks`] takes.
    #[must_use]
    pub fn into_vec(self) -> Vec<f64> {
        self.times
    }

    /// All times, row-major, to be written; NaN and minus infinity are no spike times.
    pub fn as_mut_slice(&mut self) -> &mut [f64] {
        &mut self.times
    }
}

fn offsets(sizes: &[usize]) -> Vec<usize> {
    let mut offsets = vec![0];
    for size in sizes {
        offsets.push(offsets[offsets.len() - 1] + size);
    }
    offsets
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_are_views_and_the_vector_comes_back() {
        let times: Vec<f64> = (0..12).map(f64::from).collect();
        let record = SpikeTimes::from_blocks(&[1, 3], times.clone()).unwrap();
        let last: Vec<&[f64]> = record.block(1).collect();
        assert_eq!(last, [[1.0, 2.0, 3.0], [5.0, 6.0, 7.0], [9.0, 10.0, 11.0]]);
        assert_eq!(record.block(0).len(), 3);
        let place = record.as_slice().as_ptr();
        let back = record.into_vec();
        assert_eq!((back.as_ptr(), &back), (place, &times));
    }
}
