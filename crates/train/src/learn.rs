//! Learning: single steps, epochs, and what changes with them.

mod average;
mod curriculum;
mod fit;
mod health;
mod metrics;
mod optimiser;
mod schedule;
mod silent_neurons;
mod symptom;
mod trainer;

pub use curriculum::Curriculum;
pub use fit::{Fit, Progress, Snapshot, StopReason, fit};
pub use health::Health;
pub use metrics::EpochMetrics;
pub use optimiser::{Group, Optimiser, OptimiserConfig};
pub use schedule::Schedule;
pub use silent_neurons::SilentNeurons;
pub use symptom::Symptom;
pub use trainer::{Step, Trainer, TrainerParts};
