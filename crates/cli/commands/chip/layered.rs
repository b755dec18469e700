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
        let data = file.experiment.data.load_for(&folder, &file.names())?.test;
        Ok(Self {
            name: named.name(),
            network,
            parameters,
            objective: file.experiment.objective(),
            samples: Encoded::new(&file.encoder, &data)?,
            classes: file.classes,
            chip: file.experiment.chip.clone(),
            trained: true,
        })
    }

    fn untrained(named: &Named, overrides: &[(String, String)]) -> Result<Self, Failure> {
        let source = named.experiment()?;
        let experiment = source.experiment(overrides)?;
        let name = source.name(&experiment);
        let AnyExperiment::Layers(experiment) = experiment else {
            return Err(Failure::NotForTheChip { file: named.word.clone() });
        };
        let Setup { experiment, data, encoded, network, initial, .. } = Setup::new(*experiment, Path::new(""))?;
        Ok(Self {
            name,
            network,
            parameters: initial,
            objective: experiment.objective(),
            samples: encoded.test,
            classes: data.test.class_names().to_vec(),
            chip: experiment.chip,
            trained: false,
        })
    }

    /// The samples on the ideal model, ready to be run on chips.
    pub fn test(&self) -> Result<ChipTest<'_>, TrainError> {
        ChipTest::new(&self.network, &self.parameters, &self.objective, &self.samples)
    }
}
