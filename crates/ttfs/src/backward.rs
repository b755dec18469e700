//! What a backward pass is told, and what it tells.

use delgrad_neuron::SpikeSlope;

/// How the backward pass treats spikes that another substrate recorded, and gradients that are too large.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct BackwardOptions {
    /// Drops the weight gradient of a (sample, neuron) pair whose largest entry exceeds this; DelGrad's
    /// `max_dw_norm`. Where the voltage grazes the threshold the gradient has no bound. The entry contains all factors
    /// of the cotangent, a batch mean included. Gradients of times and delays are kept.
    pub max_dw_norm: Option<f64>,
    /// What the derivatives divide by where a spike is not the ideal neuron's.
    pub slope: SpikeSlope,
}

impl BackwardOptions {
    /// No limit on gradients, and slopes at the recorded times.
    #[must_use]
    pub fn exact() -> Self {
        Self { max_dw_norm: None, slope: SpikeSlope::Recorded }
    }
}

impl Default for BackwardOptions {
    fn default() -> Self {
        Self { max_dw_norm: Some(0.2), slope: SpikeSlope::Recorded }
    }
}

/// How many spikes had no gradient.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct BackwardReport {
    /// Spikes that the ideal neuron cannot explain: no causal input, or a voltage that does not rise at the spike
    /// (or so slowly that the gradient would be useless). Their gradients are zero. Spikes without a cotangent do not
    /// count.
    pub unexplained: u64,
    /// Pairs of sample and neuron whose weight gradient was dropped because its largest entry exceeded the limit.
    pub dropped: u64,
}

impl std::ops::AddAssign for BackwardReport {
    fn add_assign(&mut self, other: Self) {
        self.unexplained += other.unexplained;
        self.dropped += other.dropped;
    }
}
