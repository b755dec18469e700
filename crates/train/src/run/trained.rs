use std::path::Path;

use delgrad_engine::InputSpike;
use delgrad_engine::files::NETWORK_FORMAT;
use delgrad_files::parse_json;
use serde::Deserialize;

use super::layers_file::LayersFile;
use super::{Built, NetworkProblem, network_path, populations_file, written_by};
use crate::TrainError;
use crate::experiment::{Experiment, on_one_line};
use crate::files::read_text;
use crate::learn::Snapshot;
use crate::samples::{EncoderConfig, Encoders, Names, require_names};

/// A trained network as it stands in `network.json`: complete, so that the file alone can be evaluated.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Trained {
    /// The experiment that it comes from.
    pub experiment: Experiment,
    /// From what the data hold to spikes, with the constants fitted to the training samples.
    pub encoders: Encoders,
    /// What features and classes are called.
    pub names: Names,
    /// [Hash](crate::samples::Dataset::hash) of the samples that it was trained, validated and tested on. A file that another
    /// program wrote may not have it.
    pub data_hash: Option<String>,
    /// Completed epochs of training.
    pub epoch: u32,
    /// The network.
    pub network: Built,
    /// Its parameters, to the bit.
    pub parameters: Vec<f64>,
    /// Input spikes of the first sample to test on, so that a file can be simulated as it is.
    pub example: Vec<InputSpike>,
}

/// What must be right before the rest can be understood.
#[derive(Deserialize)]
struct Header {
    format: String,
}

impl Trained {
    /// A network of a run after some epoch.
    #[must_use]
    pub fn new(setup: &super::Setup, snapshot: &Snapshot) -> Self {
        Self::with_hash(setup, snapshot, setup.dataset.hash())
    }

    /// As [`new`](Self::new), where the hash of the samples is known.
    pub(super) fn with_hash(setup: &super::Setup, snapshot: &Snapshot, data_hash: String) -> Self {
        Self {
            experiment: setup.experiment.clone(),
            encoders: setup.dataset.encoders.clone(),
            names: setup.dataset.names.clone(),
            data_hash: Some(data_hash),
            epoch: snapshot.epoch,
            network: setup.network.clone(),
            parameters: snapshot.parameters.clone(),
            example: setup.dataset.parts.test.content.of(0).collect(),
        }
    }

    /// Reads and checks a file, or `network.json` in a folder.
    ///
    /// # Errors
    /// A file that cannot be read, is no trained network, is not complete, or whose parts contradict each other.
    pub fn read(path: &Path) -> Result<Self, TrainError> {
        let path = network_path(path)?;
        Self::parse(&path, &read_text(&path)?)
    }

    /// [`Trained::read`] from the text of a file.
    ///
    /// # Errors
    /// As there.
    pub fn parse(path: &Path, text: &str) -> Result<Self, TrainError> {
        match Self::parse_text(text) {
            Ok(Some(trained)) => Ok(trained),
            Ok(None) => Err(TrainError::UntrainedNetwork { path: path.to_owned() }),
            Err(problem) => Err(TrainError::NetworkFile { path: path.to_owned(), problem: Box::new(problem) }),
        }
    }

    /// None if the text is that of a network of the engine without a training.
    fn parse_text(text: &str) -> Result<Option<Self>, NetworkProblem> {
        let Header { format } = parse_json(text).map_err(NetworkProblem::NoFormat)?;
        if format == NETWORK_FORMAT {
            return populations_file::parse(text);
        }
        LayersFile::parse(text)?.trained().map(Some)
    }

    /// Checks that encoders and names are those of the experiment and suit the network: a file may say anything.
    pub(super) fn check(self) -> Result<Self, NetworkProblem> {
        let Self { experiment, encoders, names, network, .. } = &self;
        if !encoders.are_of(&experiment.encoder) {
            let text = |configs: &[EncoderConfig]| configs.iter().map(on_one_line).collect::<Vec<_>>().join("; ");
            let (its, own) = (text(&encoders.configs()), text(&experiment.encoder));
            return Err(NetworkProblem::Encoder { its, own });
        }
        let outputs = network.structure(experiment)?.outputs.len();
        let possible = experiment.loss.classes(outputs);
        let classes = names.classes.len().clamp(*possible.start(), *possible.end());
        require_names("features", &names.features, encoders.features().unwrap_or(0))?;
        require_names("classes", &names.classes, classes)?;
        Ok(self)
    }

    /// Number of inputs that samples have before they are encoded, where they are spikes: files of spikes alone do not tell it.
    #[must_use]
    pub fn spike_inputs(&self) -> Option<u32> {
        let inputs = || self.network.inputs().saturating_sub(self.encoders.bias_inputs());
        self.encoders.features().is_none().then(inputs)
    }

    /// The text of its file. The same network always gives the same bytes.
    ///
    /// # Errors
    /// None in practice: every value has a JSON form.
    pub fn to_json(&self) -> Result<String, TrainError> {
        match &self.network {
            Built::Layers(network, _) => super::folder::to_json(&LayersFile::new(self, network)),
            Built::Populations(built) => Ok(populations_file::to_json(&written_by(), self, built)? + "\n"),
        }
    }
}
