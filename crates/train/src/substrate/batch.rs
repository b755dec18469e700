use crate::samples::{Sample, Samples};

/// Samples that are run together. It keeps their memory for the next batch.
#[derive(Clone, Debug, Default)]
pub struct Batch {
    samples: Vec<Sample>,
    len: usize,
}

/// Keys the noise of a substrate: the same key and sample, the same noise.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NoiseKey {
    /// Number of the batch, below 2^32. Samples of a batch share what is drawn once for a batch.
    pub batch: u64,
    /// Number of the first sample within it, below 2^32.
    pub first: u64,
}

impl NoiseKey {
    /// All evaluations have the same noise, which no batch of a training has: from sample `first` on.
    #[must_use]
    pub fn evaluation(first: usize) -> Self {
        Self { batch: 0, first: first as u64 }
    }

    /// Whether it is that of an evaluation.
    #[must_use]
    pub fn is_evaluation(&self) -> bool {
        self.batch == 0
    }

    /// The n-th batch of a training, counted from 0.
    #[must_use]
    pub fn training(batch: u64) -> Self {
        Self { batch: batch + 1, first: 0 }
    }
}

impl Batch {
    /// Takes the samples with these numbers, in their order.
    ///
    /// # Panics
    /// If there is no such sample.
    pub fn fill(&mut self, from: &Samples, chosen: impl ExactSizeIterator<Item = usize>) {
        self.len = chosen.len();
        if self.samples.len() < self.len {
            self.samples.resize(self.len, Sample::default());
        }
        self.samples.iter_mut().zip(chosen).for_each(|(room, sample)| from.read(sample, room));
    }

    /// The samples.
    #[must_use]
    pub fn samples(&self) -> &[Sample] {
        &self.samples[..self.len]
    }

    /// The samples, to be changed.
    pub fn samples_mut(&mut self) -> &mut [Sample] {
        &mut self.samples[..self.len]
    }
}

impl From<Vec<Sample>> for Batch {
    fn from(samples: Vec<Sample>) -> Self {
        Self { len: samples.len(), samples }
    }
}
