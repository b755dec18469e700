//! The kinds of mismatch.

/// What a coordinate is. Factors are fitted as their logarithms, so that they stay positive.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Threshold,
    Latency,
    Inhibition,
    Tau,
    Synapse,
    DelayOffset,
}

impl Kind {
    pub const ALL: [Self; 6] =
        [Self::Threshold, Self::Latency, Self::Inhibition, Self::Tau, Self::Synapse, Self::DelayOffset];
}
