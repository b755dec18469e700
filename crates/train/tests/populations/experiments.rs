//! The experiments of these tests, and what is done with them.

use std::ops::ControlFlow;
use std::path::Path;

use delgrad_train::TrainError;
use delgrad_train::experiment::Experiment;
use delgrad_train::learn::{Fit, Trainer, fit};
use delgrad_train::run::{PopulationNetwork, Setup};
use delgrad_train::samples::Samples;

pub const RECURRENT: &str = include_str!("recurrent.toml");
pub const LAYERS: &str = include_str!("layers.toml");
pub const ON_CHIP: &str = include_str!("on_chip.toml");
pub const SEQUENCE: &str = include_str!("../../../../configs/sequence.toml");
pub const COINCIDENCE: &str = include_str!("../../../../configs/coincidence.toml");
pub const PATTERN_GENERATION: &str = include_str!("../../../../configs/pattern-generation.toml");
pub const STORE_RECALL: &str = include_str!("../../../../configs/store-recall.toml");

/// An experiment after some changes.
pub fn experiment(text: &str, overrides: &[(&str, &str)]) -> Result<Experiment, TrainError> {
    let overrides: Vec<_> = overrides.iter().map(|(key, value)| ((*key).into(), (*value).into())).collect();
    Experiment::parse("test", text, &overrides)
}

/// The same with its network and its samples.
pub fn setup(text: &str, overrides: &[(&str, &str)]) -> Result<Setup, TrainError> {
    Setup::new(experiment(text, overrides)?, Path::new("."))
}

/// The populations of a setup.
pub fn populations(setup: &Setup) -> &PopulationNetwork {
    setup.network.populations().unwrap()
}

/// The first training samples.
pub fn first(setup: &Setup, count: u32) -> Samples {
    setup.dataset.parts.train.select(&(0..count).collect::<Vec<_>>())
}

/// Trains from the initial parameters. The trainer keeps those of the last epoch.
pub fn train(setup: &Setup, seed: u64) -> (Trainer, Fit) {
    let mut trainer = setup.trainer().unwrap();
    let config = &setup.experiment.training;
    let go_on = |_: delgrad_train::learn::Progress| ControlFlow::Continue(());
    let run = fit(&mut trainer, &setup.dataset, config, seed, go_on).unwrap();
    assert!(run.failure.is_none(), "{:?}", run.failure);
    (trainer, run)
}

pub fn bits(numbers: &[f64]) -> Vec<u64> {
    numbers.iter().map(|number| number.to_bits()).collect()
}
