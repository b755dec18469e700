use super::{SeriesTable, SpikeTable, ValueTable};

/// Something of which there is one for each sample.
pub trait Table {
    /// Number of samples.
    fn len(&self) -> usize;

    /// Whether there is no sample.
    fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The samples with these numbers, in their order.
    ///
    /// # Panics
    /// If there is no such sample.
    #[must_use]
    fn select(&self, samples: &[u32]) -> Self
    where
        Self: Sized;
}

/// What a source holds before it is encoded.
#[derive(Clone, Debug, PartialEq)]
pub enum Content {
    /// Numbers, a row for each sample.
    Values(ValueTable),
    /// Spikes.
    Spikes(SpikeTable),
    /// A matrix of time and channel for each sample.
    Series(SeriesTable),
}

impl Table for Content {
    fn len(&self) -> usize {
        match self {
            Self::Values(table) => table.len(),
            Self::Spikes(table) => table.len(),
            Self::Series(table) => table.len(),
        }
    }

    fn select(&self, samples: &[u32]) -> Self {
        match self {
            Self::Values(table) => Self::Values(table.select(samples)),
            Self::Spikes(table) => Self::Spikes(table.select(samples)),
            Self::Series(table) => Self::Series(table.select(samples)),
        }
    }
}
