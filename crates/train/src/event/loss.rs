use serde::{Deserialize, Serialize};

use super::Readout;
use crate::error::{require_non_negative, require_positive};
use crate::{Loss, ReadoutLoss, TrainError};

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
    /// For patterns: half the squared distance of each spike from its target, where spikes and targets are paired in order
    /// if they are near; and half of `window` squared for each of them that is alone.
    ///
    /// What is alone has no derivative by spike times. Instead the voltage at the time of a target without a spike is
    /// raised towards the threshold, and a spike without a target is delayed, by forces of the strength `push`.
    SpikeTrain {
        /// Distance, in units of time, at which two spikes are about as bad as one that is missing.
        window: f64,
        /// Strength of the forces on what is alone.
        push: f64,
        /// Adds so much of the distance of van Rossum, with the time constant `window`, while the number of spikes is wrong.
        #[serde(default)]
        van_rossum: f64,
        /// A train is right if all its spikes are there, and none is farther off than this.
        tolerance: f64,
    },
}

/// A loss that fits its read-out.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Measure {
    Spikes(Loss),
    Values(ReadoutLoss),
    Trains(TrainMeasure),
}

/// The numbers of [`EventLoss::SpikeTrain`].
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct TrainMeasure {
    pub window: f64,
    pub push: f64,
    pub van_rossum: f64,
    pub tolerance: f64,
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
            Self::SpikeTrain { window, push, van_rossum, tolerance } => {
                Measure::Trains(TrainMeasure { window, push, van_rossum, tolerance })
            }
        };
        match &measure {
            Measure::Spikes(loss) => loss.validate()?,
            Measure::Values(loss) => loss.validate()?,
            Measure::Trains(TrainMeasure { window, push, van_rossum, tolerance }) => {
                require_positive("loss.window", *window)?;
                require_non_negative("loss.push", *push)?;
                require_non_negative("loss.van-rossum", *van_rossum)?;
                require_positive("loss.tolerance", *tolerance)?;
            }
        }
        let valid = match (readout, &measure) {
            (Readout::FirstSpike {} | Readout::NthSpike { .. }, Measure::Spikes(_))
            | (Readout::Count { .. } | Readout::Membrane { .. }, Measure::Values(_))
            | (Readout::Pattern {}, Measure::Trains(_)) => return Ok(measure),
            (Readout::FirstSpike {} | Readout::NthSpike { .. }, _) => {
                "margin, shift-invariant-mse, ttfs-cross-entropy or mse"
            }
            (Readout::Count { .. } | Readout::Membrane { .. }, _) => "cross-entropy or squared-error",
            (Readout::Pattern {}, _) => "spike-train",
        };
        let problem = format!("does not suit the read-out; with this readout.kind it must be {valid}");
        Err(TrainError::EventKey { key: "loss.kind".to_owned(), problem })
    }
}
