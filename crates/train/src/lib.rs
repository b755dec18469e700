//! Training of spiking networks with delays: from labelled samples to learned parameters.
//!
//! A [`Dataset`] comes from a generator or a file, an [`Encoder`] turns its features into spike times, and a
//! [`Loss`] turns the output spike times of a network into cotangents for the backward pass. An [`Optimiser`]
//! moves the parameters along the gradients, at rates that a [`Schedule`] sets. Every random number comes from a
//! [`stream`] keyed by seed, purpose and index, so that results do not depend on the order of the work.
//!
//! Networks whose neurons spike many times, or that are read out by membranes, have losses of their own: [`NthSpike`]
//! and [`SoftCount`] turn spike trains into one number for each output, [`VanRossum`] and [`match_spikes`] compare
//! a train with a target train, and a [`ReadoutLoss`] takes any one value for each output.
//!
//! An [`Experiment`] says all of this in one TOML file. A [`Setup`] loads its data and builds its network, a [`Trainer`]
//! makes single steps, [`fit`] runs the epochs, and a [`RunFolder`] holds what came out. What a network runs on is a
//! [`Substrate`]: the ideal model, or anything else that records spike times.
//!
//! Experiments with populations and projections instead of layers run on the event engine: see [`EventExperiment`].
//!
//! ```
//! use std::{ops::ControlFlow, path::Path};
//!
//! use delgrad_train::{Experiment, Setup, fit};
//!
//! let text = r#"
//!     data = { source = "xor", size = 100, jitter = 0.02 }
//!     encoder = { complement = true }
//!     loss = { kind = "margin", margin = 0.3 }
//!     training = { epochs = 40, batch = 20, learning-rate = 0.02 }
//!
//!     [[layers]]
//!     size = 10
//!     tolerated-silence = 0.5
//!     weights = { mean = 1.5, sd = 1.0 }
//!     delays = [{ kind = "axonal", sd = 0.5 }]
//!
//!     [[layers]]
//!     size = 2
//!     weights = { mean = 1.0, sd = 1.0 }
//! "#;
//! let setup = Setup::new(Experiment::parse("xor", text, &[])?, Path::new("."))?;
//! let mut trainer = setup.trainer()?;
//! let (data, config) = (&setup.encoded, &setup.experiment.training);
//! let run = fit(&mut trainer, &data.train, &data.validation, config, 1, |_| ControlFlow::Continue(()))?;
//! assert!(run.history[39].validation_accuracy > 0.9);
//! # Ok::<(), delgrad_train::TrainError>(())
//! ```

mod chip_test;
mod config;
mod data;
mod dataset;
mod encoder;
mod error;
mod event;
mod fit;
#[cfg(test)]
mod gradient_check;
mod loss;
mod network_file;
mod objective;
mod optimiser;
mod readout_loss;
mod regulariser;
mod require;
mod reserved_folder;
mod run_folder;
mod schedule;
mod setup;
mod silent;
mod spike_train_loss;
mod substrate;
mod trainer;

pub use chip_test::{ChipOutcome, ChipTest};
pub(crate) use config::check_name;
pub use config::{
    AnyExperiment, ChipConfig, DataConfig, DelayConfig, EarlyStopping, Experiment, Keep, LayerConfig, Sample,
    StartConfig, TrainingConfig, WeightConfig,
};
pub use data::{
    CsvOptions, PatternTask, Separator, Split, SplitFractions, pattern, read_csv, read_csv_for, split, xor,
    yin_yang,
};
pub use dataset::{Dataset, Names};
pub use delgrad_engine::random::{Purpose, below, normal, shuffle, stream, uniform};
pub use encoder::{Encoder, EncoderConfig};
pub use error::TrainError;
pub use event::{
    Answer, CoincidenceTask, Curriculum, DelayRange, DelayRule, EventChipOutcome, EventChipTest, EventExperiment,
    EventLoss, EventObjective, EventRun, EventSetup, EventTrainer, EventTraining, GradientConfig, GradientPolicy,
    INPUT, LearnConfig, MembraneValue, OUTPUT, ParameterBlock, ParameterKind, ParameterMap, PatternErrors,
    PatternGenerationTask, ProjectionConfig, Rate, Readout, SequenceTask, SilentPopulations, StoreRecallTask,
    Target, Task, Trains, Trial, TrialReport, Trials, YinYangTask, fit_event,
};
pub use fit::{Encoded, EncodedSplit, EpochMetrics, Fit, Progress, Snapshot, StopReason, fit};
pub use loss::{Loss, SILENT_LOSS};
pub use network_file::{DelayFile, LayerFile, NetworkFile};
pub use objective::{Evaluation, Objective};
pub use optimiser::{Group, Optimiser, OptimiserConfig};
pub use readout_loss::{ReadoutLoss, argmax, softmax_cross_entropy, squared_error};
pub use regulariser::{DelayPenalty, EarlyOutput, L2Delay, RatePenalty, SilencePenalty};
pub use run_folder::{
    CONFIG_FILE, LAST_NETWORK_FILE, METRICS_FILE, NETWORK_FILE, Run, RunFolder, START_NETWORK_FILE, SUMMARY_FILE,
    Summary, write_file,
};
pub use schedule::Schedule;
pub use setup::Setup;
pub use silent::SilentNeurons;
pub use spike_train_loss::{NthSpike, SoftCount, SpikeMatch, VanRossum, match_spikes};
pub use substrate::{AnySubstrate, Substrate};
pub use trainer::{Step, Trainer, TrainerParts};
