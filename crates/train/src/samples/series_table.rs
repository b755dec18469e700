use super::Table;
use crate::TrainError;
use crate::require::require_length;

/// Time series of many samples: for each a matrix with a row for each time and a column for each channel. Samples may differ in
/// length.
#[derive(Clone, Debug, PartialEq)]
pub struct SeriesTable {
    /// First row of each sample, and the end of the last one.
    starts: Vec<usize>,
    /// Time of each row, ascending within a sample.
    times: Vec<f64>,
    /// Row-major: `values[row * channels + channel]`.
    values: Vec<f64>,
    channels: usize,
}

/// The series of one sample.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Series<'a> {
    /// Time of each row.
    pub times: &'a [f64],
    /// Row-major: `values[row * channels + channel]`.
    pub values: &'a [f64],
    /// Number of columns.
    pub channels: usize,
}

impl Series<'_> {
    /// The course of one channel.
    pub fn channel(&self, channel: usize) -> impl ExactSizeIterator<Item = f64> + '_ {
        self.values[channel..].iter().step_by(self.channels).copied()
    }
}

impl SeriesTable {
    /// A table without samples.
    ///
    /// # Errors
    /// No channel.
    pub fn new(channels: usize) -> Result<Self, TrainError> {
        if channels == 0 {
            return Err(TrainError::EmptyDataset { what: "channels" });
        }
        Ok(Self { starts: vec![0], times: Vec::new(), values: Vec::new(), channels })
    }

    /// Appends a sample: a time for each row, and the values row by row.
    ///
    /// # Errors
    /// Another number of values than times and channels ask for, times that are not finite or do not ascend, and values that are
    /// not finite.
    pub fn push(&mut self, times: &[f64], values: &[f64]) -> Result<(), TrainError> {
        let sample = self.len();
        require_length("values of a series", values.len(), times.len() * self.channels)?;
        let mut before = f64::NEG_INFINITY;
        for &time in times {
            if !(time.is_finite() && time > before) {
                return Err(TrainError::SeriesTime { sample, time });
            }
            before = time;
        }
        if let Some(place) = values.iter().position(|value| !value.is_finite()) {
            let feature = place % self.channels;
            return Err(TrainError::FeatureNotFinite { sample, feature, value: values[place] });
        }
        self.times.extend_from_slice(times);
        self.values.extend_from_slice(values);
        self.starts.push(self.times.len());
        Ok(())
    }

    /// Number of channels.
    #[must_use]
    pub fn channels(&self) -> usize {
        self.channels
    }

    /// The series of a sample.
    ///
    /// # Panics
    /// If there is no such sample.
    #[must_use]
    pub fn of(&self, sample: usize) -> Series<'_> {
        let rows = self.starts[sample]..self.starts[sample + 1];
        let values = &self.values[rows.start * self.channels..rows.end * self.channels];
        Series { times: &self.times[rows], values, channels: self.channels }
    }

    /// Smallest and largest value of each channel.
    #[must_use]
    pub fn ranges(&self) -> Vec<(f64, f64)> {
        let mut ranges = vec![(f64::INFINITY, f64::NEG_INFINITY); self.channels];
        for row in self.values.chunks_exact(self.channels) {
            for ((min, max), &value) in ranges.iter_mut().zip(row) {
                (*min, *max) = (min.min(value), max.max(value));
            }
        }
        ranges
    }
}

impl Table for SeriesTable {
    fn len(&self) -> usize {
        self.starts.len() - 1
    }

    fn select(&self, samples: &[u32]) -> Self {
        let mut table = Self { starts: vec![0], times: Vec::new(), values: Vec::new(), channels: self.channels };
        for &sample in samples {
            let Series { times, values, .. } = self.of(sample as usize);
            table.times.extend_from_slice(times);
            table.values.extend_from_slice(values);
            table.starts.push(table.times.len());
        }
        table
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn samples_have_lengths_of_their_own() {
        let mut table = SeriesTable::new(2).unwrap();
        table.push(&[0.0, 1.0], &[1.0, 2.0, 3.0, 4.0]).unwrap();
        table.push(&[0.5], &[-5.0, 6.0]).unwrap();
        assert_eq!(table.of(0).channel(1).collect::<Vec<_>>(), [2.0, 4.0]);
        assert_eq!(table.ranges(), [(-5.0, 3.0), (2.0, 6.0)]);
        assert_eq!(table.select(&[1]).of(0).times, [0.5]);
        let mut error = |times: &[f64], values: &[f64]| table.push(times, values).unwrap_err().to_string();
        assert!(error(&[1.0, 1.0], &[0.0; 4]).contains("ascend"));
        assert!(error(&[1.0], &[0.0; 3]).contains("3 entries"));
        assert!(error(&[1.0], &[0.0, f64::NAN]).contains("NaN"));
        assert!(SeriesTable::new(0).is_err());
    }
}
