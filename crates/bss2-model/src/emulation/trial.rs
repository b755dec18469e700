//! Trials: what the noise of a run is keyed by.

/// One trial of a run. Trials of the same batch share the noise of the batch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Trial {
    /// Seed of all noise.
    pub run_seed: u64,
    /// Number of the batch, below 2^32.
    pub batch: u64,
    /// Number of the sample within it, below 2^32.
    pub sample: u64,
}

impl Trial {
    /// A number that no other trial of the run has.
    pub(crate) fn number(self) -> u64 {
        self.batch << 32 | self.sample
    }
}
