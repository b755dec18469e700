use serde::{Deserialize, Serialize};

use super::Step;
use crate::objective::Evaluation;

/// The results of one epoch; a line of `metrics.csv`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct EpochMetrics {
    /// Number of the epoch, from 1.
    pub epoch: u32,
    /// The schedule's factor on the learning rates.
    pub rate_factor: f64,
    /// Mean loss of the batches that made a step, before their steps; none if no batch did.
    pub train_loss: Option<f64>,
    /// Share of training samples classified correctly before their steps.
    pub train_accuracy: f64,
    /// Loss on the validation set after the epoch.
    pub validation_loss: f64,
    /// Accuracy on the validation set after the epoch.
    pub validation_accuracy: f64,
    /// Share of missing output spikes on the validation set.
    pub silent_outputs: f64,
    /// Share of missing hidden spikes on the validation set.
    pub silent_hidden: f64,
    /// Batches in which weights of silent neurons were raised instead of a step.
    pub raised: u32,
    /// (sample, neuron) pairs whose weight gradient was dropped.
    pub dropped: u64,
    /// Spikes that the ideal model could not explain.
    pub unexplained: u64,
    /// Mean Euclidean norm of the gradients of the batches that made a step, before `gradient.max-norm`; none if no batch did.
    #[serde(default)]
    pub gradient_norm: Option<f64>,
    /// Spikes of a hidden neuron in a sample of the validation set, on average.
    #[serde(default)]
    pub hidden_spikes: f64,
    /// Where delays are learned: root of the mean square distance of the delays from those before training, in units of time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub delay_change: Option<f64>,
    /// Where learned delays have a longest one: share of them at an end of their range, see
    /// [`ParameterLayout::saturated_delays`](crate::parameters::ParameterLayout::saturated_delays).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub saturated_delays: Option<f64>,
    /// Where there are target spikes: the largest distance of a spike from its target in the validation set.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub spike_distance: Option<f64>,
    /// Where there are target spikes: those without a spike in the validation set.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub missing_spikes: Option<u32>,
    /// Where there are target spikes: spikes without a target in the validation set.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub surplus_spikes: Option<u32>,
}

/// Sums over the batches of an epoch.
#[derive(Default)]
pub(super) struct Sums {
    pub samples: usize,
    correct: usize,
    loss: f64,
    gradient_norm: f64,
    steps: u32,
    raised: u32,
    dropped: u64,
    unexplained: u64,
}

impl Sums {
    pub fn add(&mut self, step: &Step) {
        self.correct += step.correct;
        if step.raised.is_some() {
            self.raised += 1;
        } else {
            self.loss += step.loss;
            self.gradient_norm += step.gradient_norm;
            self.steps += 1;
        }
        self.dropped += step.report.dropped;
        self.unexplained += step.report.unexplained;
    }

    /// The results of an epoch with these batches, without what is known of its delays.
    pub fn metrics(&self, epoch: u32, rate_factor: f64, validation: &Evaluation) -> EpochMetrics {
        let mean = |sum: f64| (self.steps > 0).then(|| sum / f64::from(self.steps));
        EpochMetrics {
            epoch,
            rate_factor,
            train_loss: mean(self.loss),
            train_accuracy: self.correct as f64 / self.samples as f64,
            validation_loss: validation.loss,
            validation_accuracy: validation.accuracy,
            silent_outputs: validation.silent_outputs,
            silent_hidden: validation.silent_hidden,
            raised: self.raised,
            dropped: self.dropped,
            unexplained: self.unexplained,
            gradient_norm: mean(self.gradient_norm),
            hidden_spikes: validation.hidden_spikes,
            delay_change: None,
            saturated_delays: None,
            spike_distance: validation.errors.map(|errors| errors.distance),
            missing_spikes: validation.errors.map(|errors| errors.missing),
            surplus_spikes: validation.errors.map(|errors| errors.surplus),
        }
    }
}
