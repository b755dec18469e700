//! From the word on the command line to a network of the engine with trials to run.

use std::path::Path;

use delgrad::train::{AnyExperiment, EventChipTest, EventRun, EventSetup, TrainError};

use super::subject::{Kind, name_of};
use crate::failure::Failure;
use crate::source::Source;

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
    pub fn find(word: &str, kind: Kind, overrides: &[(String, String)]) -> Result<Self, Failure> {
        kind.check_overrides(word, overrides)?;
        if kind == Kind::EventRun {
            let EventRun { setup, parameters, .. } = EventRun::read(Path::new(word))?;
            return Ok(Self { name: name_of(word), setup, parameters, trained: true });
        }
        let source = Source::find(word)?;
        let experiment = source.experiment(overrides)?;
        let name = source.name(&experiment);
        match experiment {
            AnyExperiment::Events(experiment) => {
                let setup = EventSetup::new(*experiment)?;
                Ok(Self { name, parameters: setup.initial.clone(), setup, trained: false })
            }
            AnyExperiment::Layers(_) => Err(Failure::NotForTheChip { file: word.to_owned() }),
        }
    }

    /// The trials on the ideal model, ready to be run on chips.
    pub fn test(&self) -> Result<EventChipTest<'_>, TrainError> {
        EventChipTest::new(&self.setup, &self.parameters)
    }
}
