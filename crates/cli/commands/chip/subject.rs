//! A network with samples to run on chips.

use std::path::Path;

use delgrad::engine::Cancel;
use delgrad::train::TrainError;
use delgrad::train::experiment::ChipConfig;
use delgrad::train::run::{ChipTest, Setup};

use crate::artifact::Artifact;
use crate::failure::Failure;

/// A network, trained or not, with the samples of its experiment.
#[derive(Clone, Debug)]
pub struct Subject {
    pub name: String,
    pub setup: Setup,
    pub parameters: Vec<f64>,
    pub trained: bool,
}

impl Subject {
    /// A trained network, or an experiment.
    pub fn find(artifact: Artifact, word: &str, overrides: &[(String, String)]) -> Result<Self, Failure> {
        artifact.check_overrides(word, overrides)?;
        match artifact {
            Artifact::Network(_) => Err(Failure::NoSamples { network: word.to_owned() }),
            Artifact::Trained(file) => {
                let setup = Setup::of_trained(&file.trained, &file.folder)?;
                Ok(Self { name: file.name, setup, parameters: file.trained.parameters, trained: true })
            }
            Artifact::Experiment(source) => {
                let (name, experiment) = source.experiment(overrides)?;
                let setup = Setup::new(experiment, Path::new(""))?;
                Ok(Self { name, parameters: setup.initial.clone(), setup, trained: false })
            }
        }
    }

    /// The chip of its experiment.
    pub fn chip(&self) -> Option<&ChipConfig> {
        self.setup.experiment.chip.as_ref()
    }

    /// The samples on the ideal model, ready to be run on chips.
    pub fn test(&self, cancel: &Cancel) -> Result<ChipTest<'_>, TrainError> {
        ChipTest::new(&self.setup, &self.parameters, cancel)
    }
}
