//! What networks are trained for: a read-out of the outputs, a loss of what is read, and penalties.
//!
//! All losses take their constants of time in units of the outputs' synaptic time constant.

mod answer;
mod confusion;
mod detection;
mod evaluate;
mod evaluation;
mod loss;
mod pattern_loss;
mod penalties;
mod readout;
mod squared_error;
mod timing_loss;
mod train_loss;
mod value_loss;

pub use answer::{Answer, SampleWeight};
pub use confusion::Confusion;
pub use evaluate::Objective;
pub use evaluation::Evaluation;
pub(crate) use evaluation::mean_loss;
pub use loss::Loss;
pub use pattern_loss::PatternErrors;
pub use penalties::{
    ActivityPenalty, DelayPenalty, EarlyOutput, Penalised, Penalties, Pulled, RatePenalty, SilencePenalty,
};
pub use readout::{MembraneValue, Readout};
pub use timing_loss::{SILENT_LOSS, TimingLoss};
pub use train_loss::{SoftCount, VanRossum, match_spikes};
pub use value_loss::{ValueLoss, argmax, softmax_cross_entropy};
