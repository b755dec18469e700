//! From the word on the command line to a layered network with samples to run.

use std::path::Path;

use delgrad::train::{AnyExperiment, ChipConfig, ChipTest, Encoded, Objective, Setup, TrainError};
use delgrad::ttfs::Network;

use super::subject::{Kind, Named};
use crate::failure::Failure;
use crate::trained::Trained;

/// A layered network, trained or not, and the test samples of its experiment.
#[derive(Clone, Debug)]
pub struct Layered {
    pub name: String,
    pub network: Network,
    pub parameters: Vec<f64>,
    pub objective: Objective,
    pub samples: Encoded,
    pub classes: Vec<String>,
    /// The chip of its experiment.
    pub chip: Option<ChipConfig>,
    pub trained: bool,
}

impl Layered {
    /// A run, a network file or an experiment, of layers all of them.
    pub fn find(named: &Named, overrides: &[(String, String)]) -> Result<Self, Failure> {
        named.check_overrides(overrides)?;
        if named.kind == Kind::Experiment { Self::untrained(named, overrides) } else { Self::trained(named) }
    }

    fn trained(named: &Named) -> Result<Self, Failure> {
        let Trained { file, network, parameters, folder } = named.trained()?;
        let data = file.experiment.data.load(&folder)?.test;
        Ok(Self {
            name: named.name(),
            network,
            parameters,
            objective: file.experiment.objective(),
            samples: Encoded::new(&file.encoder, &data)?,
            classes: class_names(data.class_names(), data.class_count()),
            chip: file.experiment.chip.clone(),
            trained: true,
        })
    }

    fn untrained(named: &Named, overrides: &[(String, String)]) -> Result<Self, Failure> {
        let source = named.experiment()?;
        let AnyExperiment::Layers(experiment) = source.experiment(overrides)? else {
            return Err(Failure::NotForTheChip { file: named.word.clone() });
        };
        let Setup { experiment, data, encoded, network, initial, .. } = Setup::new(*experiment, Path::new(""))?;
        Ok(Self {
            name: source.name,
            network,
            parameters: initial,
            objective: experiment.objective(),
            samples: encoded.test,
            classes: class_names(data.test.class_names(), data.test.class_count()),
            chip: experiment.chip,
            trained: false,
        })
    }

    /// The samples on the ideal model, ready to be run on chips.
    pub fn test(&self) -> Result<ChipTest<'_>, TrainError> {
        ChipTest::new(&self.network, &self.parameters, &self.objective, &self.samples)
    }
}

fn class_names(names: Option<&[String]>, count: usize) -> Vec<String> {
    names.map_or_else(|| (0..count).map(|class| format!("class {class}")).collect(), <[String]>::to_vec)
}
