//! A run before and after its training, as pictures show it.

use delgrad::train::TrainError;
use delgrad::train::learn::{EpochMetrics, Trainer};
use delgrad::train::objective::Confusion;
use delgrad::train::run::Setup;
use delgrad::train::samples::{Content, Labelled, Part, Samples, Table, Target, ValueTable};
use delgrad::train::substrate::Structure;

use super::PlotError;

/// What is drawn.
#[derive(Clone, Copy, Debug)]
pub struct RunView<'a> {
    /// Samples, network and parameters before training.
    pub setup: &'a Setup,
    /// Parameters that were kept.
    pub parameters: &'a [f64],
    /// The epochs.
    pub history: &'a [EpochMetrics],
    /// Epoch of the kept parameters.
    pub kept_epoch: u32,
    /// How often each class was taken for which, where there are classes.
    pub confusion: Option<&'a Confusion>,
}

impl RunView<'_> {
    /// The trained network on the ideal model, whatever it was trained on.
    pub fn ideal(&self) -> Result<Trainer, TrainError> {
        let substrate = self.setup.network.substrate(&self.setup.experiment, None, self.parameters, None)?;
        self.setup.trainer_on(substrate, self.parameters)
    }

    /// The neurons of the network.
    pub fn structure(&self) -> Result<Structure, TrainError> {
        self.setup.network.structure(&self.setup.experiment)
    }

    /// The network before and after training on what it was trained on, with their names.
    pub fn before_and_after(&self) -> Result<[(String, Trainer); 2], TrainError> {
        let after = format!("after (epoch {})", self.kept_epoch);
        Ok([("before".to_owned(), self.setup.trainer()?), (after, self.setup.trainer_with(self.parameters)?)])
    }

    /// What a class is called in a picture, where a number alone would be taken for another one.
    pub fn class_name(&self, class: usize) -> String {
        match self.setup.dataset.names.classes.get(class) {
            Some(name) if name.parse::<f64>().is_err() => name.clone(),
            Some(name) => format!("class {name}"),
            None => format!("class {class}"),
        }
    }

    /// Points as samples without labels.
    pub fn encode(&self, points: ValueTable) -> Result<Samples, PlotError> {
        let targets = vec![Target::Unknown; points.len()];
        let content = Content::Values(points);
        let spikes = self.setup.dataset.encoders.encode(&content, Part::Other)?;
        Ok(Labelled::new(spikes, targets)?)
    }
}
