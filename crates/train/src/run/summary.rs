use std::collections::BTreeMap;
use std::path::Path;

use delgrad_files::read_complete_json;
use serde::{Deserialize, Serialize};

use super::{Setup, written_by};
use crate::TrainError;
use crate::experiment::StartConfig;
use crate::files::read_text;
use crate::learn::{Fit, StopReason, Trainer};
use crate::objective::Confusion;

/// Results of a run, as in `summary.json`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Summary {
    /// Version of the program that wrote it.
    pub written_by: String,
    /// Name of the experiment.
    pub experiment: String,
    /// What it was trained on.
    pub data: DataSummary,
    /// The run that it started from, where it did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<StartConfig>,
    /// Its seed.
    pub seed: u64,
    /// Completed epochs.
    pub epochs: u32,
    /// Epoch of the kept network, from 1.
    pub kept_epoch: u32,
    /// Why the run ended.
    pub stop: StopReason,
    /// Length of the parameter vector.
    pub parameters: usize,
    /// Accuracy of the kept network on the test samples, 0 to 1.
    pub test_accuracy: f64,
    /// Accuracy of the kept network on the validation samples, 0 to 1.
    pub validation_accuracy: f64,
    /// Accuracy of the kept network on the training samples, 0 to 1.
    pub train_accuracy: f64,
    /// Mean loss on the test samples.
    pub test_loss: f64,
    /// Mean loss on the validation samples.
    pub validation_loss: f64,
    /// Mean loss on the training samples.
    pub train_loss: f64,
    /// Share of missing output spikes on the test samples, 0 to 1.
    pub silent_outputs: f64,
    /// Share of missing hidden spikes on the test samples, 0 to 1.
    pub silent_hidden: f64,
    /// Spikes of inputs in a test sample, on average.
    pub input_spikes: f64,
    /// Spikes of neurons in a test sample, on average.
    pub spikes: f64,
    /// Synaptic events in a test sample, on average: arrivals of all these spikes.
    pub synaptic_events: f64,
    /// Where there are target spikes: the largest distance of a spike from its target on the test samples.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub spike_distance: Option<f64>,
    /// Where there are target spikes: those without a spike on the test samples.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub missing_spikes: Option<u32>,
    /// Where there are target spikes: spikes without a target on the test samples.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub surplus_spikes: Option<u32>,
    /// Where there are classes: mean recall of those that have test samples, 0 to 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub balanced_accuracy: Option<f64>,
    /// Where there are classes: share of the test samples of each that were taken for it, 0 to 1, by the names of the classes;
    /// none for a class without test samples.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub recall: Option<BTreeMap<String, Option<f64>>>,
    /// Where there are classes: how often each was taken for which, on the test samples.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub confusion: Option<Confusion>,
    /// Wall time of the training, validation included, in seconds.
    pub train_seconds: f64,
}

/// The samples of a run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct DataSummary {
    /// Name of the source.
    pub source: String,
    /// Samples to train, validate and test on.
    pub samples: [usize; 3],
    /// XXH3 hash of all of them as spikes, with their targets: 128 bits in hexadecimal digits.
    pub hash: String,
}

impl Summary {
    /// Reads a `summary.json`.
    ///
    /// # Errors
    /// A file that cannot be read, or is not complete.
    pub fn read(path: &Path) -> Result<Self, TrainError> {
        let text = read_text(path)?;
        read_complete_json(&text)
            .map_err(|error| TrainError::RunFile { path: path.to_owned(), problem: error.to_string() })
    }

    /// Evaluates the kept network, which the trainer must have, on all parts of the data, whose
    /// [hash](crate::samples::Dataset::hash) is known.
    ///
    /// # Errors
    /// None in practice: the data has gone through the network before.
    pub fn new(
        name: &str,
        setup: &Setup,
        fit: &Fit,
        trainer: &mut Trainer,
        data_hash: &str,
        train_seconds: f64,
    ) -> Result<Self, TrainError> {
        let parts = &setup.dataset.parts;
        let answers = trainer.answers(&parts.test)?;
        let test = trainer.objective().evaluation(&answers);
        let (validation, train) = (trainer.evaluate(&parts.validation)?, trainer.evaluate(&parts.train)?);
        let classes = &setup.dataset.names.classes;
        let confusion = (!classes.is_empty()).then(|| Confusion::of(classes.len(), &parts.test, &answers));
        Ok(Self {
            written_by: written_by(),
            experiment: name.to_owned(),
            data: DataSummary {
                source: setup.experiment.data.name().to_owned(),
                samples: parts.as_ref().map(|part| part.len()).into_array(),
                hash: data_hash.to_owned(),
            },
            from: setup.experiment.from.clone(),
            seed: setup.experiment.seed,
            epochs: fit.last().epoch,
            kept_epoch: fit.kept(setup.experiment.training.keep).epoch,
            stop: fit.stop,
            parameters: setup.network.layout().count(),
            test_accuracy: test.accuracy,
            validation_accuracy: validation.accuracy,
            train_accuracy: train.accuracy,
            test_loss: test.loss,
            validation_loss: validation.loss,
            train_loss: train.loss,
            silent_outputs: test.silent_outputs,
            silent_hidden: test.silent_hidden,
            input_spikes: test.input_spikes,
            spikes: test.spikes,
            synaptic_events: test.synaptic_events,
            spike_distance: test.errors.map(|errors| errors.distance),
            missing_spikes: test.errors.map(|errors| errors.missing),
            surplus_spikes: test.errors.map(|errors| errors.surplus),
            balanced_accuracy: confusion.as_ref().and_then(Confusion::balanced_accuracy),
            recall: confusion.as_ref().map(|confusion| confusion.recalls(classes)),
            confusion,
            train_seconds,
        })
    }
}
