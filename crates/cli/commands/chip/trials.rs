//! From the word on the command line to a network of the engine with trials to run.

use std::path::Path;

use delgrad::engine::Cancel;
use delgrad::train::{AnyExperiment, EventChipTest, EventRun, EventSetup, TrainError};

use super::subject::{Kind, Named};
use crate::failure::Failure;

/// A network of the engine, trained or not, with the trials of its experiment.
#[derive(Clone, Debug)]
pub struct Trialled {
    pub name: String,
    pub setup: EventSetup,
    pub parameters: Vec<f64>,
    pub trained: bool,
}

impl Trialled {
    /// A run on the engine, or an experiment of that kind.
    pub fn find(named: &Named, overrides: &[(String, String)]) -> Result<Self, Failure> {
        named.check_overrides(overrides)?;
        if named.kind == Kind::EventRun {
            let EventRun { setup, parameters, .. } = EventRun::read(Path::new(&named.word))?;
            return Ok(Self { name: named.name(), setup, parameters, trained: true });
        }
        let source = named.experiment()?;
        let experiment = source.experiment(overrides)?;
        let name = source.name(&experiment);
        match experiment {
            AnyExperiment::Events(experiment) => {
                let setup = EventSetup::new(*experiment)?;
                Ok(Self { name, parameters: setup.initial.clone(), setup, trained: false })
            }
            AnyExperiment::Layers(_) => Err(Failure::NotForTheChip { file: named.word.clone() }),
        }
    }

    /// The trials on the ideal model, ready to be run on chips.
    pub fn test(&self, cancel: &Cancel) -> Result<EventChipTest<'_>, TrainError> {
        EventChipTest::new(&self.setup, &self.parameters, cancel)
    }
}
