use delgrad_neuron::math;
use serde::{Deserialize, Serialize};

use crate::TrainError;
use crate::require::{require_finite, require_positive};

/// A number of spikes that changes smoothly as spikes move.
///
/// ```text
/// c = sum_i s(t_i),  s(t) = 1/(1 + exp((t - until)/width))      dc/dt_i = -s (1 - s)/width
/// ```
///
/// A spike long before `until` counts as one, a spike long after it as nothing. Only spikes within some `width` of
/// `until` have a derivative worth the name, and spikes that do not exist have none: choose a `width` of the order of
/// the intervals between spikes, and see [`SilencePenalty`](crate::objective::SilencePenalty).
///
/// ```
/// use delgrad_train::objective::SoftCount;
///
/// let soft = SoftCount { until: 10.0, width: 2.0 };
/// assert!(soft.count([2.0, 5.0, 9.0]) > soft.count([4.0, 12.0]));
/// // A spike that comes later counts less, above all near `until`.
/// assert!(soft.slope(9.0) < soft.slope(2.0) && soft.slope(2.0) < 0.0);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct SoftCount {
    /// Time at which a spike counts one half, in the unit of the spike times.
    pub until: f64,
    /// Width of the transition, in the unit of the spike times; above zero.
    pub width: f64,
}

impl SoftCount {
    /// Checks the parameters.
    ///
    /// # Errors
    /// If `until` is not finite or `width` not above zero.
    pub fn validate(&self) -> Result<(), TrainError> {
        require_finite("until", &[self.until])?;
        require_positive("width", self.width)
    }

    /// What a spike at `time` counts, between 0 and 1.
    fn share(&self, time: f64) -> f64 {
        math::sigmoid((self.until - time) / self.width)
    }

    /// The count of the spikes of one train, given their times; 0 without spikes.
    #[must_use]
    pub fn count(&self, times: impl IntoIterator<Item = f64>) -> f64 {
        times.into_iter().map(|time| self.share(time)).sum()
    }

    /// Derivative of the count by the time of a spike, in 1 over the unit of the spike times; never above zero.
    #[must_use]
    pub fn slope(&self, time: f64) -> f64 {
        // 1 - s as the share of the mirrored spike: no cancellation for early spikes.
        let rest = math::sigmoid((time - self.until) / self.width);
        -(self.share(time) * rest) / self.width
    }
}
