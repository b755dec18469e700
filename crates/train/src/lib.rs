//! Training of spiking networks with delays: from samples to learned parameters.
//!
//! An [`Experiment`](experiment::Experiment) says all of it in one TOML file: which [samples] there are and how they become
//! spikes, which network is trained, for which [objective], and how it [learns](learn). A [`Setup`](run::Setup) loads the samples and
//! builds the network, a [`Trainer`](learn::Trainer) makes single steps, [`fit`](learn::fit) runs the epochs, and a
//! [`RunFolder`](run::RunFolder) holds what came out.
//!
//! A network is one of layers, whose neurons spike once, or one of populations on the event engine, recurrent or not. What it runs
//! on is a [`Substrate`](substrate::Substrate): the ideal model of either kind, or a chip. Everything else is the same for all of them.
//!
//! Every random number comes from a stream keyed by seed, purpose and index, so that results do not depend on the order of the
//! work.
//!
//! ```
//! use std::{ops::ControlFlow, path::Path};
//!
//! use delgrad_train::{experiment::Experiment, learn::fit, run::Setup};
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
//! let config = &setup.experiment.training;
//! let run = fit(&mut trainer, &setup.dataset, config, 1, |_| ControlFlow::Continue(()))?;
//! assert!(run.history()[39].validation_accuracy > 0.9);
//! # Ok::<(), delgrad_train::TrainError>(())
//! ```

pub mod comparison;
pub mod experiment;
pub mod learn;
pub mod objective;
pub mod parameters;
pub mod run;
pub mod samples;
pub mod substrate;
pub mod sweep;

mod error;
mod files;
#[cfg(test)]
mod gradient_check;
mod initial;
mod parallel;
mod purposes;
mod require;

pub use error::TrainError;
