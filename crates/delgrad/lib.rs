//! Train transmission delays and weights of spiking neural networks with exact, event-based gradients.
//!
//! This crate gathers the libraries of the project under one name, and holds the [`experiments`] and [`networks`] that
//! the program `delgrad` runs by name:
//!
//! * [`files`]: files that are complete or not there, and readers that say what is wrong and where;
//! * [`neuron`]: the membrane equations of one neuron, solved exactly;
//! * [`engine`]: networks with delays, simulated from event to event;
//! * [`adjoint`]: exact gradients along recorded runs of such networks, by everything that a run depends on;
//! * [`ttfs`]: feed-forward networks of first-spike neurons, forward and backward;
//! * [`bss2`]: a model of the neuromorphic chip BrainScaleS-2;
//! * [`train`]: data sets, encoders, losses, optimisers, the training loop and its files.
//!
//! Train one of the built-in experiments, with two values of its configuration replaced:
//!
//! ```
//! use std::{ops::ControlFlow, path::Path};
//!
//! use delgrad::experiments;
//! use delgrad::train::{experiment::Experiment, learn::fit, run::Setup};
//!
//! let xor = experiments::find("xor").expect("built in");
//! let overrides = [("training.epochs", "20"), ("layers.0.size", "10")];
//! let overrides = overrides.map(|(key, value)| (key.to_owned(), value.to_owned()));
//! let setup = Setup::new(Experiment::parse(xor.name, xor.toml, &overrides)?, Path::new("."))?;
//!
//! let mut trainer = setup.trainer()?;
//! let (parts, config) = (&setup.dataset.parts, &setup.experiment.training);
//! let run = fit(&mut trainer, &setup.dataset, config, 1, |_| ControlFlow::Continue(()))?;
//!
//! trainer.set_parameters(&run.best().parameters)?;
//! let test = trainer.evaluate(&parts.test)?;
//! assert!(test.accuracy > 0.9, "accuracy {}", test.accuracy);
//! # Ok::<(), delgrad::train::TrainError>(())
//! ```
//!
//! Without the feature `cli` (on by default) only the library is built, with none of the program's dependencies.

mod built_in;
#[cfg(doctest)]
mod doc_tests;
pub mod experiments;
pub mod networks;
pub mod reproduction;
pub mod suite;

pub use built_in::BuiltIn;
pub use delgrad_adjoint as adjoint;
pub use delgrad_bss2 as bss2;
pub use delgrad_engine as engine;
pub use delgrad_files as files;
pub use delgrad_neuron as neuron;
pub use delgrad_train as train;
pub use delgrad_ttfs as ttfs;
