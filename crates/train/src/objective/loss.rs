use std::ops::RangeInclusive;

use serde::{Deserialize, Serialize};

use super::pattern_loss::PatternLoss;
use super::{Readout, TimingLoss, ValueLoss, VanRossum};
use crate::TrainError;
use crate::experiment::is_default;
use crate::require::{require_non_negative, require_positive};

/// What is minimised. Which losses there are depends on the read-out. Times are in units of the outputs' synaptic time
/// constant, or of the network's time where they have none.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case", rename_all_fields = "kebab-case", deny_unknown_fields)]
#[non_exhaustive]
pub enum Loss {
    /// For spikes: wrong outputs spike at least `margin` after the true one, see [`TimingLoss::Margin`].
    Margin {
        /// Least distance.
        margin: f64,
    },
    /// For spikes: wrong outputs spike `delta` after the true one, see [`TimingLoss::ShiftInvariantMse`].
    ShiftInvariantMse {
        /// Distance.
        delta: f64,
    },
    /// For spikes: cross-entropy of the softmax of spike times, see [`TimingLoss::TtfsCrossEntropy`].
    TtfsCrossEntropy {
        /// Time scale of the softmax.
        xi: f64,
        /// Label smoothing: the share of the target that all outputs that spike have in common, in [0, 1).
        #[serde(default, skip_serializing_if = "is_default")]
        smoothing: f64,
    },
    /// For spikes: target times, see [`TimingLoss::Mse`].
    Mse {
        /// Target of the true output.
        correct: f64,
        /// Target of the wrong outputs.
        wrong: f64,
    },
    /// For counts and membranes: cross-entropy of the softmax, see [`ValueLoss::CrossEntropy`].
    CrossEntropy {
        /// Steepness of the softmax.
        scale: f64,
        /// Label smoothing: the share of the target that all outputs have in common, in [0, 1).
        #[serde(default, skip_serializing_if = "is_default")]
        smoothing: f64,
    },
    /// For counts and membranes: target values, see [`ValueLoss::SquaredError`].
    SquaredError {
        /// Target of the true output.
        correct: f64,
        /// Target of the wrong outputs.
        wrong: f64,
    },
    /// For the membrane value `free-max`: the true output should reach its threshold and `margin` more, the others
    /// should stay `margin` below theirs. The answer is the only output above its threshold.
    ///
    /// `L = 1/2 max(0, margin - (V - threshold))²` of the true output `+ 1/2 Σ max(0, margin + V - threshold)²` of the others
    ///
    /// To measure a spike by the highest voltage without it is the idea of the tempotron, whose cost is linear and has no margin:
    /// Gütig and Sompolinsky, Nature Neuroscience 9, 420 (2006).
    Detection {
        /// Least distance from the threshold, in units of voltage.
        margin: f64,
    },
    /// For patterns: the distance of van Rossum where the number of spikes is wrong, and `strength` times half the squared
    /// distance of the spikes where it is right.
    SpikeTrain {
        /// Time constant of the distance of van Rossum.
        tau: f64,
        /// Weight of the squared distance.
        strength: f64,
        /// A pattern is right if all its spikes are there, and none is farther off than this.
        tolerance: f64,
        /// Where spikes are missing: strength of the pull on the voltage at the time of each unmet target, up to the
        /// threshold; squared as in [`SilencePenalty`](super::SilencePenalty). Default: none.
        #[serde(default)]
        missing: f64,
        /// Where there are too many spikes: cost of each surplus spike for each unit of time before the end of the
        /// trial. It is pushed to the end, and vanishes on the way. Default: none.
        #[serde(default)]
        surplus: f64,
    },
}

/// A loss that fits its read-out.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Measure {
    Spikes(TimingLoss),
    Values(ValueLoss),
    Detection { margin: f64 },
    Trains(PatternLoss),
}

impl Loss {
    /// The loss with times in the unit of the network, where the unit of its constants is `tau_syn`.
    pub(super) fn measure(&self, readout: &Readout, tau_syn: f64) -> Result<Measure, TrainError> {
        let measure = match *self {
            Self::Margin { margin } => Measure::Spikes(TimingLoss::Margin { margin }),
            Self::ShiftInvariantMse { delta } => Measure::Spikes(TimingLoss::ShiftInvariantMse { delta }),
            Self::TtfsCrossEntropy { xi, smoothing } => {
                Measure::Spikes(TimingLoss::TtfsCrossEntropy { xi, smoothing })
            }
            Self::Mse { correct, wrong } => Measure::Spikes(TimingLoss::Mse { correct, wrong }),
            Self::CrossEntropy { scale, smoothing } => {
                Measure::Values(ValueLoss::CrossEntropy { scale, smoothing })
            }
            Self::SquaredError { correct, wrong } => Measure::Values(ValueLoss::SquaredError { correct, wrong }),
            Self::Detection { margin } => Measure::Detection { margin },
            Self::SpikeTrain { tau, strength, tolerance, missing, surplus } => {
                require_positive("loss.tau", tau)?;
                Measure::Trains(PatternLoss {
                    distance: VanRossum { tau: tau * tau_syn },
                    strength,
                    tolerance: tolerance * tau_syn,
                    missing,
                    surplus: surplus / tau_syn,
                })
            }
        };
        match &measure {
            Measure::Spikes(loss) => loss.validate()?,
            Measure::Values(loss) => loss.validate()?,
            Measure::Detection { margin } => require_non_negative("loss.margin", *margin)?,
            Measure::Trains(loss) => loss.validate()?,
        }
        let valid = match (readout, &measure) {
            (Readout::FirstSpike {} | Readout::NthSpike { .. }, Measure::Spikes(_))
            | (Readout::Count { .. } | Readout::Membrane { .. }, Measure::Values(_))
            | (Readout::Pattern {}, Measure::Trains(_)) => return Ok(measure),
            (Readout::Membrane { .. }, Measure::Detection { .. }) if readout.is_free() => return Ok(measure),
            (Readout::FirstSpike {} | Readout::NthSpike { .. }, _) => {
                "margin, shift-invariant-mse, ttfs-cross-entropy or mse"
            }
            (Readout::Membrane { .. }, _) if readout.is_free() => "detection, cross-entropy or squared-error",
            (Readout::Count { .. } | Readout::Membrane { .. }, _) => "cross-entropy or squared-error",
            (Readout::Pattern {}, _) => "spike-train",
        };
        let problem = format!("does not suit the read-out; with this readout.kind it must be {valid}");
        Err(TrainError::Key { key: "loss.kind".to_owned(), problem })
    }

    /// Checks the numbers, and that it suits the read-out.
    pub(crate) fn check_readout(&self, readout: &Readout) -> Result<(), TrainError> {
        self.measure(readout, 1.0).map(drop)
    }

    /// How many classes there may be for so many outputs.
    pub(crate) fn classes(&self, outputs: usize) -> RangeInclusive<usize> {
        match self {
            Self::SpikeTrain { .. } => 0..=0,
            // silence of all outputs stands for the class after the last one
            Self::Detection { .. } => outputs..=outputs + 1,
            _ => outputs..=outputs,
        }
    }

    /// Checks that the targets are of the kind that it compares with, and that each class has an output.
    pub(crate) fn check_targets(&self, classes: usize, outputs: usize) -> Result<(), TrainError> {
        let of_trains = matches!(self, Self::SpikeTrain { .. });
        let (data, valid) = if (classes == 0) != of_trains {
            match of_trains {
                true => (
                    "whose targets are classes".to_owned(),
                    "margin, shift-invariant-mse, ttfs-cross-entropy, mse, cross-entropy, squared-error or detection",
                ),
                false => ("whose targets are spike trains".to_owned(), "spike-train"),
            }
        } else if classes > *self.classes(outputs).end() {
            (format!("which have {classes} classes for {outputs} outputs"), "detection")
        } else {
            return Ok(());
        };
        let problem = format!("does not suit the data, {data}; it must be {valid}");
        Err(TrainError::Key { key: "loss.kind".to_owned(), problem })
    }

    /// Which output is the answer, in words.
    pub(crate) fn answer(&self) -> String {
        match *self {
            Self::Mse { correct, .. } => format!("the output nearest to {correct} tau-syn"),
            Self::ShiftInvariantMse { delta } if delta < 0.0 => "the latest output".to_owned(),
            Self::Margin { .. } | Self::ShiftInvariantMse { .. } | Self::TtfsCrossEntropy { .. } => {
                "the earliest output".to_owned()
            }
            Self::CrossEntropy { .. } | Self::SquaredError { .. } => "the output of the largest value".to_owned(),
            Self::Detection { .. } => "the only output above its threshold".to_owned(),
            Self::SpikeTrain { .. } => "all spikes".to_owned(),
        }
    }
}
