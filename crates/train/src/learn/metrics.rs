use std::path::Path;

use serde::{Deserialize, Serialize};

use super::Step;
use crate::TrainError;
use crate::files::read_text;
use crate::objective::Evaluation;

/// The results of one epoch; a line of `metrics.csv`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct EpochMetrics {
    /// Number of the epoch, from 1.
    pub epoch: u32,
    /// The schedule's factor on the learning rates.
    pub rate_factor: f64,
    /// Mean loss of the batches that made a step, before their steps; none if no batch did.
    pub train_loss: Option<f64>,
    /// Share of training samples classified correctly before their steps.
    pub train_accuracy: f64,
    /// Loss on the validation set after the epoch.
    pub validation_loss: f64,
    /// Accuracy on the validation set after the epoch.
    pub validation_accuracy: f64,
    /// Share of missing output spikes on the validation set.
    pub silent_outputs: f64,
    /// Share of missing hidden spikes on the validation set.
    pub silent_hidden: f64,
    /// Batches in which weights of silent neurons were raised instead of a step.
    pub raised: u32,
    /// (sample, neuron) pairs whose weight gradient was dropped.
    pub dropped: u64,
    /// Spikes that the ideal model could not explain.
    pub unexplained: u64,
    /// Mean Euclidean norm of the gradients of the batches that made a step, before `gradient.max-norm`; none if no batch did.
    #[serde(default)]
    pub gradient_norm: Option<f64>,
    /// Spikes of a hidden neuron in a sample of the validation set, on average.
    #[serde(default)]
    pub hidden_spikes: f64,
    /// Where delays are learned: root of the mean square distance of the delays from those before training, in units of time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub delay_change: Option<f64>,
    /// Where learned delays have a longest one: share of them at an end of their range, see
    /// [`ParameterLayout::saturated_delays`](crate::parameters::ParameterLayout::saturated_delays).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub saturated_delays: Option<f64>,
    /// Where there are target spikes: the largest distance of a spike from its target in the validation set.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub spike_distance: Option<f64>,
    /// Where there are target spikes: those without a spike in the validation set.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub missing_spikes: Option<u32>,
    /// Where there are target spikes: spikes without a target in the validation set.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub surplus_spikes: Option<u32>,
}

impl EpochMetrics {
    /// Epochs as rows of a table, below a header or to be appended.
    ///
    /// # Errors
    /// None in practice: every value has a form in CSV.
    pub fn csv(history: &[Self], header: bool) -> Result<String, TrainError> {
        let unwritable = |problem: String| TrainError::Unwritable { form: "CSV", problem };
        let mut writer = csv::WriterBuilder::new().has_headers(header).from_writer(Vec::new());
        for metrics in history {
            writer.serialize(metrics).map_err(|error| unwritable(error.to_string()))?;
        }
        let bytes = writer.into_inner().map_err(|error| unwritable(error.to_string()))?;
        Ok(String::from_utf8_lossy(&bytes).into_owned())
    }

    /// The epochs of the `metrics.csv` of a run, to the bit.
    ///
    /// # Errors
    /// A file that cannot be read, or is no such table.
    pub fn read(path: &Path) -> Result<Vec<Self>, TrainError> {
        let wrong = |problem| TrainError::RunFile { path: path.to_owned(), problem };
        Self::read_csv(&read_text(path)?).map_err(wrong)
    }

    /// The epochs of a table, to the bit; in words what is wrong with one that is none.
    pub(crate) fn read_csv(text: &str) -> Result<Vec<Self>, String> {
        let rows = csv::Reader::from_reader(text.as_bytes()).deserialize().collect::<Result<Vec<_>, _>>();
        let rows = rows.map_err(|error| error.to_string())?;
        // A column that is missing, doubled or unknown is not met in the rows.
        let header = |text: &str| text.lines().next().unwrap_or_default().to_owned();
        let (found, expected) =
            (header(text), header(&Self::csv(&rows, true).map_err(|error| error.to_string())?));
        if found == expected { Ok(rows) } else { Err(format!("its columns are {found}; they must be {expected}")) }
    }
}

/// Epochs in binary files, where fields that may be left out have no form: as the rows of their table.
pub(super) mod rows {
    use serde::de::Error as _;
    use serde::ser::Error as _;
    use serde::{Deserialize, Deserializer, Serializer};

    use super::EpochMetrics;

    pub fn serialize<S: Serializer>(history: &[EpochMetrics], serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&EpochMetrics::csv(history, true).map_err(S::Error::custom)?)
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<EpochMetrics>, D::Error> {
        EpochMetrics::read_csv(&String::deserialize(deserializer)?).map_err(D::Error::custom)
    }
}

/// Sums over the batches of an epoch.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Sums {
    pub samples: usize,
    correct: usize,
    loss: f64,
    gradient_norm: f64,
    steps: u32,
    raised: u32,
    dropped: u64,
    unexplained: u64,
}

impl Sums {
    pub fn add(&mut self, step: &Step) {
        self.correct += step.correct;
        if step.raised.is_some() {
            self.raised += 1;
        } else {
            self.loss += step.loss;
            self.gradient_norm += step.gradient_norm;
            self.steps += 1;
        }
        self.dropped += step.report.dropped;
        self.unexplained += step.report.unexplained;
    }

    /// The results of an epoch with these batches, without what is known of its delays.
    pub fn metrics(&self, epoch: u32, rate_factor: f64, validation: &Evaluation) -> EpochMetrics {
        let mean = |sum: f64| (self.steps > 0).then(|| sum / f64::from(self.steps));
        EpochMetrics {
            epoch,
            rate_factor,
            train_loss: mean(self.loss),
            train_accuracy: self.correct as f64 / self.samples as f64,
            validation_loss: validation.loss,
            validation_accuracy: validation.accuracy,
            silent_outputs: validation.silent_outputs,
            silent_hidden: validation.silent_hidden,
            raised: self.raised,
            dropped: self.dropped,
            unexplained: self.unexplained,
            gradient_norm: mean(self.gradient_norm),
            hidden_spikes: validation.hidden_spikes,
            delay_change: None,
            saturated_delays: None,
            spike_distance: validation.errors.map(|errors| errors.distance),
            missing_spikes: validation.errors.map(|errors| errors.missing),
            surplus_spikes: validation.errors.map(|errors| errors.surplus),
        }
    }
}
