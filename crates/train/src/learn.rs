//! Learning: single steps, epochs, and what changes with them.

mod average;
mod checkpoint;
mod curriculum;
mod fit;
mod health;
mod metrics;
mod optimiser;
mod schedule;
mod silent_neurons;
mod symptom;
mod trainer;

pub use checkpoint::{Checkpoint, Learned};
pub use curriculum::Curriculum;
pub use fit::{Fit, Moment, Progress, Snapshot, StopReason, fit, resume};
pub use health::Health;
pub use metrics::EpochMetrics;
pub use optimiser::{Group, Moments, Optimiser, OptimiserConfig};
pub use schedule::Schedule;
pub use silent_neurons::SilentNeurons;
pub use symptom::Symptom;
pub use trainer::{Step, Trainer, TrainerParts, TrainerState};
