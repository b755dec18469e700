//! Training of networks that run on the event engine: recurrent ones, and ones whose neurons spike many times.
//!
//! An [`EventExperiment`] is a TOML file with populations and projections. A [`Task`] makes its [`Trial`]s, a
//! [`ParameterMap`] tells which weights and delays are learned, an [`EventObjective`] turns what a run shows into a
//! loss, and an [`EventTrainer`] makes steps along the exact gradient.

mod chip_test;
mod curriculum;
mod delay_range;
mod experiment;
mod fit;
mod loss;
mod objective;
mod on_chip;
mod parameters;
mod pattern_loss;
mod projection;
mod readout;
mod run_folder;
mod setup;
mod task;
mod trainer;
mod trains;
mod trial;
mod waking;

pub use chip_test::{EventChipOutcome, EventChipTest};
pub use curriculum::Curriculum;
pub use delay_range::{DelayRange, DelayRule};
pub use experiment::{EventExperiment, EventTraining, GradientConfig, GradientPolicy, SilentPopulations};
pub use fit::fit_event;
pub use loss::EventLoss;
pub use objective::{Answer, EventObjective};
pub use parameters::{ParameterBlock, ParameterKind, ParameterMap};
pub use pattern_loss::PatternErrors;
pub use projection::{LearnConfig, ProjectionConfig, Rate};
pub use readout::{MembraneValue, Readout};
pub use run_folder::EventRun;
pub use setup::EventSetup;
pub use task::{CoincidenceTask, PatternGenerationTask, SequenceTask, StoreRecallTask, Task, YinYangTask};
pub use trainer::{EventTrainer, TrialReport};
pub use trains::Trains;
pub use trial::{Target, Trial, Trials};

/// Name of the group of sources whose spikes come with each trial.
pub const INPUT: &str = "input";
/// Name of the population that is read out.
pub const OUTPUT: &str = "output";

#[cfg(test)]
mod tests;
