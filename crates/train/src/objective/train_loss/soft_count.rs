use delgrad_neuron::math;
use serde::{Deserialize, Serialize};

use super::require_trains;
use crate::TrainError;
use crate::objective::{ValueLoss, argmax};
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
/// use delgrad_train::objective::{SoftCount, ValueLoss};
///
/// let soft = SoftCount { until: 10.0, width: 2.0 };
/// let trains = [vec![2.0, 5.0, 9.0], vec![4.0, 12.0]];
/// assert_eq!(soft.predict(&trains), Some(0));
///
/// let mut cotangents = trains.clone();
/// let loss = soft.evaluate(&ValueLoss::CrossEntropy { scale: 1.0 }, &trains, 1, &mut cotangents)?;
/// // The true output is the other one: its spikes want to come earlier, those of output 0 later.
/// assert!(loss > 2.0_f64.ln() && cotangents[1][1] > 0.0 && cotangents[0][2] < 0.0);
/// # Ok::<(), delgrad_train::TrainError>(())
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

    /// The count of one train; 0 without spikes.
    #[must_use]
    pub fn count(&self, train: &[f64]) -> f64 {
        train.iter().map(|&time| self.share(time)).sum()
    }

    /// Derivative of the count by the time of a spike, in 1 over the unit of the spike times; never above zero.
    #[must_use]
    pub fn slope(&self, time: f64) -> f64 {
        // 1 - s as the share of the mirrored spike: no cancellation for early spikes.
        let rest = math::sigmoid((time - self.until) / self.width);
        -(self.share(time) * rest) / self.width
    }

    /// Loss of one sample by the counts of its outputs; writes dL/dt of every spike to `cotangents`.
    ///
    /// # Errors
    /// If `label` names no output, a train does not ascend, or `cotangents` has another shape than `trains`.
    pub fn evaluate<T: AsRef<[f64]>, C: AsMut<[f64]>>(
        &self,
        loss: &ValueLoss,
        trains: &[T],
        label: usize,
        cotangents: &mut [C],
    ) -> Result<f64, TrainError> {
        require_trains(trains, cotangents)?;
        let counts = self.counts(trains);
        let mut of_counts = vec![0.0; counts.len()];
        let value = loss.evaluate(&counts, label, &mut of_counts)?;
        for ((train, cotangents), of_count) in trains.iter().zip(cotangents).zip(of_counts) {
            for (cotangent, &time) in cotangents.as_mut().iter_mut().zip(train.as_ref()) {
                *cotangent = of_count * self.slope(time);
            }
        }
        Ok(value)
    }

    /// The class with the largest count, the first of equals; `None` if no output has a count above zero.
    #[must_use]
    pub fn predict<T: AsRef<[f64]>>(&self, trains: &[T]) -> Option<usize> {
        let counts = self.counts(trains);
        argmax(&counts).filter(|&class| counts[class] > 0.0)
    }

    fn counts<T: AsRef<[f64]>>(&self, trains: &[T]) -> Vec<f64> {
        trains.iter().map(|train| self.count(train.as_ref())).collect()
    }
}
