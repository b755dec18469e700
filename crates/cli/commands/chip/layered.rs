//! From the word on the command line to a layered network with samples to run.

use std::path::Path;

use delgrad::train::{AnyExperiment, ChipConfig, ChipTest, Encoded, Objective, Setup, TrainError};
use delgrad::ttfs::Network;

use super::subject::{Kind, name_of};
use crate::failure::Failure;
use crate::source::Source;
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
    pub fn find(word: &str, kind: Kind, overrides: &[(String, String)]) -> Result<Self, Failure> {
        kind.check_overrides(word, overrides)?;
        if kind == Kind::Experiment { Self::untrained(word, overrides) } else { Self::trained(word) }
    }

    fn trained(word: &str) -> Result<Self, Failure> {
        let Trained { file, network, parameters, folder } = Trained::read(Path::new(word))?;
        let data = file.experiment.data.load_for(&folder, &file.names())?.test;
        Ok(Self {
            name: name_of(word),
            network,
            parameters,
            objective: file.experiment.objective(),
            samples: Encoded::new(&file.encoder, &data)?,
            classes: file.classes,
            chip: file.experiment.chip.clone(),
            trained: true,
        })
    }

    fn untrained(word: &str, overrides: &[(String, String)]) -> Result<Self, Failure> {
        let source = Source::find(word)?;
        let experiment = source.experiment(overrides)?;
        let name = source.name(&experiment);
        let AnyExperiment::Layers(experiment) = experiment else {
            return Err(Failure::NotForTheChip { file: word.to_owned() });
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
