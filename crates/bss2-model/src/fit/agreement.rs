//! How well computed and recorded spikes agree.

use delgrad_neuron::statistics::{median, robust_sd};
use delgrad_ttfs::SpikeTimes;
use serde::Serialize;

/// Agreement of computed output spikes with recorded ones.
///
/// A residual is the computed time minus the recorded one of a spike that both have, in the network's unit of time. The
/// class of a sample is its earliest output, the first one of equals.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Agreement {
    /// Number of samples.
    pub samples: usize,
    /// Spikes that both have.
    pub spikes: usize,
    /// Recorded spikes that were not computed.
    pub missing: usize,
    /// Computed spikes that were not recorded.
    pub extra: usize,
    /// Median of the residuals; 0 if there is none.
    pub median: f64,
    /// Robust standard deviation of the residuals: 1.4826 times their median absolute deviation from their median.
    pub sigma: f64,
    /// Root of their mean square.
    pub rms: f64,
    /// Share of the samples with the same class, or with no spike in both.
    pub same_class: f64,
}

impl Agreement {
    pub(crate) fn new(computed: &SpikeTimes, recorded: &SpikeTimes) -> Self {
        let samples = recorded.samples();
        let (mut residuals, mut missing, mut extra, mut same) = (Vec::new(), 0, 0, 0);
        for sample in 0..samples {
            let (computed, recorded) = (computed.last(sample), recorded.last(sample));
            same += usize::from(earliest(computed) == earliest(recorded));
            for (computed, recorded) in computed.iter().zip(recorded) {
                match (computed.is_finite(), recorded.is_finite()) {
                    (true, true) => residuals.push(computed - recorded),
                    (false, true) => missing += 1,
                    (true, false) => extra += 1,
                    (false, false) => {}
                }
            }
        }
        let spikes = residuals.len();
        let rms = (residuals.iter().map(|r| r * r).sum::<f64>() / spikes.max(1) as f64).sqrt();
        let middle = median(&mut residuals).unwrap_or(0.0);
        let sigma = robust_sd(&mut residuals).unwrap_or(0.0);
        let same_class = same as f64 / samples.max(1) as f64;
        Self { samples, spikes, missing, extra, median: middle, sigma, rms, same_class }
    }
}

/// Index of the earliest spike, the first one of equals; none if there is no spike.
#[must_use]
pub fn earliest(times: &[f64]) -> Option<usize> {
    let spikes = times.iter().enumerate().filter(|(_, time)| time.is_finite());
    spikes.min_by(|(_, a), (_, b)| a.total_cmp(b)).map(|(index, _)| index)
}
