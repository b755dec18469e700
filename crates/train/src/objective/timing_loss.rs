mod margin;
mod shift_invariant_mse;
mod ttfs_cross_entropy;

use crate::TrainError;
use crate::objective::EarlyOutput;
use crate::objective::squared_error::squared_error;
use crate::require::{require, require_non_negative, require_positive};

/// TimingLoss of a sample that has no finite one, such as a sample whose true output is silent.
pub const SILENT_LOSS: f64 = 100.0;

/// What the output spike times of one sample should be, given its class.
///
/// `t_n` is the spike time of output n, `t*` that of the true output, `tau_syn` the unit of every parameter.
/// Göltz et al., Nature Communications 2025; Göltz et al., Nature Machine Intelligence 2021 for the TTFS loss.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum TimingLoss {
    /// Wrong outputs spike `delta` after the true one: `L = 1/2 sum_n (t_n - t* - delta [n wrong])^2`.
    ///
    /// A negative `delta` trains the true output to be the last. A silent output makes the loss infinite.
    ShiftInvariantMse {
        /// Distance between true and wrong outputs, in `tau_syn`; not zero.
        delta: f64,
    },
    /// Wrong outputs spike at least `margin` after the true one: `L = 1/2 sum_wrong max(0, t* + margin - t_n)^2`.
    ///
    /// An output that is late enough, or silent, is left alone.
    Margin {
        /// Least distance between true and wrong outputs, in `tau_syn`; zero or above.
        margin: f64,
    },
    /// Cross-entropy of the softmax of spike times: `L = ln sum_n exp(-(t_n - t*) / (xi tau_syn))`.
    ///
    /// A silent wrong output has probability zero, which is fine.
    TtfsCrossEntropy {
        /// Time scale of the softmax, in `tau_syn`; above zero.
        xi: f64,
        /// Label smoothing ε: the target is `1 - ε` of the true output, and ε of all outputs that spike, in equal parts; in [0, 1).
        smoothing: f64,
    },
    /// Outputs spike at fixed times: `L = 1/2 sum_n (t_n - target_n)^2`. A silent output makes the loss infinite.
    Mse {
        /// Target of the true output, in `tau_syn`.
        correct: f64,
        /// Target of the wrong outputs, in `tau_syn`.
        wrong: f64,
    },
}

impl TimingLoss {
    /// Checks the parameters.
    ///
    /// # Errors
    /// If a parameter is not finite or out of its range.
    pub fn validate(&self) -> Result<(), TrainError> {
        const NOT_ZERO: &str = "a finite number other than 0; below 0 the true output is to be the last";
        match *self {
            Self::ShiftInvariantMse { delta } => {
                require(delta.is_finite() && delta != 0.0, "delta", delta, NOT_ZERO)
            }
            Self::Margin { margin } => require_non_negative("margin", margin),
            Self::TtfsCrossEntropy { xi, smoothing } => {
                require_positive("xi", xi)?;
                require((0.0..1.0).contains(&smoothing), "smoothing", smoothing, "in [0, 1)")
            }
            Self::Mse { correct, wrong } => {
                require_non_negative("correct", correct)?;
                require_non_negative("wrong", wrong)?;
                require(correct != wrong, "wrong", wrong, "different from correct")
            }
        }
    }

    /// Loss of one sample, with the early-output term; writes dL/dt of every output to `cotangents`.
    ///
    /// `times` are the output spike times, infinite for silent outputs, in the unit of `tau_syn`. A sample whose
    /// true output is silent, or whose loss is infinite or undefined, has none, and zero cotangents: it counts
    /// [`SILENT_LOSS`] and feels no regulariser either, as in DelGrad's public code.
    ///
    /// # Panics
    /// If `label` is not below `times.len()`, or `cotangents` has another length than `times`.
    #[must_use]
    pub fn evaluate(
        &self,
        times: &[f64],
        label: usize,
        tau_syn: f64,
        early_output: Option<&EarlyOutput>,
        cotangents: &mut [f64],
    ) -> Option<f64> {
        assert_eq!(times.len(), cotangents.len(), "one cotangent for each output");
        let true_time = times[label];
        let mut value = f64::INFINITY;
        if true_time.is_finite() {
            value = match *self {
                Self::ShiftInvariantMse { delta } => {
                    shift_invariant_mse::evaluate(delta * tau_syn, times, label, cotangents)
                }
                Self::Margin { margin } => margin::evaluate(margin * tau_syn, times, label, cotangents),
                Self::TtfsCrossEntropy { xi, smoothing } => {
                    ttfs_cross_entropy::evaluate(xi * tau_syn, smoothing, times, label, cotangents)
                }
                Self::Mse { correct, wrong } => {
                    squared_error(correct * tau_syn, wrong * tau_syn, times, label, cotangents)
                }
            };
            if let Some(early_output) = early_output {
                let (penalty, derivative) = early_output.evaluate(true_time, tau_syn);
                value += penalty;
                cotangents[label] += derivative;
            }
        }
        if !value.is_finite() {
            cotangents.fill(0.0);
            return None;
        }
        Some(value)
    }

    /// The class that the output spike times stand for; `None` if that output is silent.
    ///
    /// The earliest output; for [`Mse`](Self::Mse) the one closest to `correct`; for
    /// [`ShiftInvariantMse`](Self::ShiftInvariantMse) with a negative `delta` the latest, which does not exist as
    /// long as any output is silent. The first of equals wins. NaN among the times gives `None`.
    #[must_use]
    pub fn predict(&self, times: &[f64], tau_syn: f64) -> Option<usize> {
        let distance = |time: f64| match *self {
            Self::Mse { correct, .. } => (time - correct * tau_syn).abs(),
            Self::ShiftInvariantMse { delta } if delta < 0.0 => -time,
            _ => time,
        };
        let mut best: Option<usize> = None;
        for (n, &time) in times.iter().enumerate() {
            if time.is_nan() {
                return None;
            }
            if best.is_none_or(|best| distance(time) < distance(times[best])) {
                best = Some(n);
            }
        }
        best.filter(|&n| times[n].is_finite())
    }
}

#[cfg(test)]
mod reference_tests;
#[cfg(test)]
mod tests;
