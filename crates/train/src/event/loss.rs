use serde::{Deserialize, Serialize};

use super::pattern_loss::PatternLoss;
use super::{Readout, Trials};
use crate::require::require_non_negative;
use crate::{Loss, ReadoutLoss, TrainError, VanRossum};

/// What is minimised. Which losses there are depends on the read-out.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case", rename_all_fields = "kebab-case", deny_unknown_fields)]
pub enum EventLoss {
    /// For spikes: wrong outputs spike at least `margin` after the true one, see [`Loss::Margin`].
    Margin {
        /// Least distance, in units of time.
        margin: f64,
    },
    /// For spikes: wrong outputs spike `delta` after the true one, see [`Loss::ShiftInvariantMse`].
    ShiftInvariantMse {
        /// Distance, in units of time.
        delta: f64,
    },
    /// For spikes: cross-entropy of the softmax of spike times, see [`Loss::TtfsCrossEntropy`].
    TtfsCrossEntropy {
        /// Time scale of the softmax, in units of time.
        xi: f64,
    },
    /// For spikes: target times, see [`Loss::Mse`].
    Mse {
        /// Target of the true output.
        correct: f64,
        /// Target of the wrong outputs.
        wrong: f64,
    },
    /// For counts and membranes: cross-entropy of the softmax, see [`ReadoutLoss::CrossEntropy`].
    CrossEntropy {
        /// Steepness of the softmax.
        scale: f64,
    },
    /// For counts and membranes: target values, see [`ReadoutLoss::SquaredError`].
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
    /// To judge a spike by the highest voltage without it is the idea of the tempotron, whose cost is linear and has no margin:
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
        /// threshold; squared as in [`SilencePenalty`](crate::SilencePenalty). Default: none.
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
    Spikes(Loss),
    Values(ReadoutLoss),
    Detection { margin: f64 },
    Trains(PatternLoss),
}

impl EventLoss {
    pub(super) fn measure(&self, readout: &Readout) -> Result<Measure, TrainError> {
        let measure = match *self {
            Self::Margin { margin } => Measure::Spikes(Loss::Margin { margin }),
            Self::ShiftInvariantMse { delta } => Measure::Spikes(Loss::ShiftInvariantMse { delta }),
            Self::TtfsCrossEntropy { xi } => Measure::Spikes(Loss::TtfsCrossEntropy { xi }),
            Self::Mse { correct, wrong } => Measure::Spikes(Loss::Mse { correct, wrong }),
            Self::CrossEntropy { scale } => Measure::Values(ReadoutLoss::CrossEntropy { scale }),
            Self::SquaredError { correct, wrong } => Measure::Values(ReadoutLoss::SquaredError { correct, wrong }),
            Self::Detection { margin } => Measure::Detection { margin },
            Self::SpikeTrain { tau, strength, tolerance, missing, surplus } => {
                let distance = VanRossum { tau };
                Measure::Trains(PatternLoss { distance, strength, tolerance, missing, surplus })
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
        Err(TrainError::EventKey { key: "loss.kind".to_owned(), problem })
    }

    /// Checks that the targets are of the kind that it compares with, and that each class has an output.
    pub(super) fn check_task(&self, trials: &Trials) -> Result<(), TrainError> {
        let of_trains = matches!(self, Self::SpikeTrain { .. });
        let (classes, outputs) = (trials.classes.len(), trials.outputs);
        let (task, valid) = if (classes == 0) != of_trains {
            match of_trains {
                true => (
                    "whose targets are classes".to_owned(),
                    "margin, shift-invariant-mse, ttfs-cross-entropy, mse, cross-entropy, squared-error or detection",
                ),
                false => ("whose targets are spike trains".to_owned(), "spike-train"),
            }
        } else if classes > outputs + usize::from(matches!(self, Self::Detection { .. })) {
            // Silence of all outputs stands for the class after the last one, but with this loss alone.
            (format!("which has {classes} classes for {outputs} outputs"), "detection")
        } else {
            return Ok(());
        };
        let problem = format!("does not suit the task, {task}; it must be {valid}");
        Err(TrainError::EventKey { key: "loss.kind".to_owned(), problem })
    }
}
