use std::ops::ControlFlow;

use delgrad_ttfs::SpikeTimes;
use rand_chacha::ChaCha8Rng;
use serde::{Deserialize, Serialize};

use crate::{Encoder, Evaluation, Keep, Split, Substrate, TrainError, Trainer, TrainingConfig};
use delgrad_engine::random::{Purpose, normal, shuffle, stream};

/// Samples as spike times.
#[derive(Clone, Debug)]
pub struct Encoded {
    /// One block of input times a sample.
    pub inputs: SpikeTimes,
    /// Classes.
    pub labels: Vec<u32>,
}

/// The three parts of a data set as spike times.
#[derive(Clone, Debug)]
pub struct EncodedSplit {
    /// Samples to train on.
    pub train: Encoded,
    /// Samples to validate on.
    pub validation: Encoded,
    /// Samples to test on.
    pub test: Encoded,
}

impl Encoded {
    /// Encodes a data set.
    ///
    /// # Errors
    /// A data set with another number of features than the encoder's.
    pub fn new(encoder: &Encoder, data: &crate::Dataset) -> Result<Self, TrainError> {
        let inputs = SpikeTimes::from_rows(encoder.input_count(), encoder.encode(data)?)?;
        Ok(Self { inputs, labels: data.labels().to_vec() })
    }
}

impl EncodedSplit {
    /// Encodes all parts.
    ///
    /// # Errors
    /// As [`Encoded::new`].
    pub fn new(encoder: &Encoder, data: &Split) -> Result<Self, TrainError> {
        Ok(Self {
            train: Encoded::new(encoder, &data.train)?,
            validation: Encoded::new(encoder, &data.validation)?,
            test: Encoded::new(encoder, &data.test)?,
        })
    }
}

/// What one epoch brought; a line of `metrics.csv`.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
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
    /// Batches in which silent neurons were woken instead of a step.
    pub woken: u32,
    /// (sample, neuron) pairs whose weight gradient was dropped.
    pub dropped: u64,
    /// Spikes that the ideal model could not explain.
    pub unexplained: u64,
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

/// Parameters after an epoch.
#[derive(Clone, Debug, PartialEq)]
pub struct Snapshot {
    /// Number of the epoch, from 1; 0 before the first.
    pub epoch: u32,
    /// The parameters.
    pub parameters: Vec<f64>,
}

/// Why a run ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum StopReason {
    /// All epochs are done.
    Completed,
    /// The validation accuracy no longer improved.
    EarlyStopping,
    /// Somebody asked for it; an unfinished epoch was thrown away.
    Interrupted,
    /// An epoch failed, and was thrown away.
    Failed,
}

/// Outcome of a run.
#[derive(Clone, Debug, PartialEq)]
pub struct Fit {
    /// One entry for each completed epoch.
    pub history: Vec<EpochMetrics>,
    /// Parameters with the best validation result.
    pub best: Snapshot,
    /// Parameters after the last completed epoch.
    pub last: Snapshot,
    /// Why it ended.
    pub stop: StopReason,
}

impl Fit {
    /// The parameters that the configuration asks for.
    #[must_use]
    pub fn kept(&self, keep: Keep) -> &Snapshot {
        match keep {
            Keep::Best => &self.best,
            Keep::Last => &self.last,
        }
    }
}

/// What happens while a run goes on.
#[derive(Clone, Copy, Debug)]
pub enum Progress<'a> {
    /// So many samples of the epoch (counted from 1) have been shown.
    Batch {
        /// Number of the epoch, from 1.
        epoch: u32,
        /// Samples of this epoch so far.
        samples: usize,
    },
    /// An epoch is complete.
    Epoch(&'a EpochMetrics),
}

/// Trains for the configured epochs. `seed` keys the order of the samples and the noise on them.
///
/// `observer` is told of every batch and epoch and may end the run; then the unfinished epoch does not count, nor does it
/// where [`Trainer::cancelled_by`] ends the run within a batch.
///
/// # Errors
/// Data that does not fit the network, and gradients that are not finite. After the first epoch, as
/// [`TrainError::Epoch`] with all that was learned before.
pub fn fit<S: Substrate>(
    trainer: &mut Trainer<S>,
    train: &Encoded,
    validation: &Encoded,
    config: &TrainingConfig,
    seed: u64,
    observer: impl FnMut(Progress) -> ControlFlow<()>,
) -> Result<Fit, TrainError> {
    let batch = Batch::new(train);
    run_epochs(&mut Layered { trainer, train, validation, config, batch }, config, seed, observer)
}

/// Something that learns from samples, batch by batch.
pub(crate) trait Learner {
    /// The current parameters.
    fn parameters(&self) -> &[f64];
    /// Number of samples to train on.
    fn samples(&self) -> usize;
    /// Told before the first step of an epoch, counted from 1.
    fn begin(&mut self, _epoch: u32) {}
    /// One step on some samples. `noise` is the stream for noise on their input times.
    fn learn(&mut self, chosen: &[u32], factor: f64, noise: &mut ChaCha8Rng) -> Result<Learned, TrainError>;
    /// How it does on the samples to validate on.
    fn validate(&mut self) -> Result<Evaluation, TrainError>;
}

/// What a step says of itself.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Learned {
    /// Mean loss before the step; none if silent neurons were woken instead.
    pub loss: Option<f64>,
    pub correct: usize,
    pub woken: bool,
    pub dropped: u64,
    pub unexplained: u64,
}

/// The loop over epochs and batches, for any learner.
pub(crate) fn run_epochs(
    learner: &mut impl Learner,
    config: &TrainingConfig,
    seed: u64,
    mut observer: impl FnMut(Progress) -> ControlFlow<()>,
) -> Result<Fit, TrainError> {
    let start = Snapshot { epoch: 0, parameters: learner.parameters().to_vec() };
    let mut fit = Fit { history: Vec::new(), best: start.clone(), last: start, stop: StopReason::Completed };
    let mut best: Option<EpochMetrics> = None;
    let mut order: Vec<u32> = Vec::new();
    for epoch in 1..=config.epochs {
        let metrics = match run_epoch(learner, config, seed, epoch, &mut order, &mut observer) {
            Ok(Some(metrics)) => metrics,
            Ok(None) => {
                fit.stop = StopReason::Interrupted;
                return Ok(fit);
            }
            Err(error) if error.is_cancelled() => {
                fit.stop = StopReason::Interrupted;
                return Ok(fit);
            }
            Err(error) if fit.history.is_empty() => return Err(error),
            Err(source) => {
                fit.stop = StopReason::Failed;
                return Err(TrainError::Epoch { epoch, fit: Box::new(fit), source: Box::new(source) });
            }
        };
        fit.last = Snapshot { epoch, parameters: learner.parameters().to_vec() };
        if best.is_none_or(|best| improves(&metrics, &best)) {
            best = Some(metrics);
            fit.best = fit.last.clone();
        }
        fit.history.push(metrics);
        if observer(Progress::Epoch(&metrics)).is_break() {
            fit.stop = StopReason::Interrupted;
            return Ok(fit);
        }
        if config.early_stopping.is_some_and(|stopping| epoch - fit.best.epoch >= stopping.patience) {
            fit.stop = StopReason::EarlyStopping;
            return Ok(fit);
        }
    }
    Ok(fit)
}

/// One epoch, in an order of its own; none if the observer has ended it. `order` is room to work in.
fn run_epoch(
    learner: &mut impl Learner,
    config: &TrainingConfig,
    seed: u64,
    epoch: u32,
    order: &mut Vec<u32>,
    observer: &mut impl FnMut(Progress) -> ControlFlow<()>,
) -> Result<Option<EpochMetrics>, TrainError> {
    // whatever the order was before
    order.clear();
    order.extend(0..learner.samples() as u32);
    shuffle(&mut stream(seed, Purpose::Shuffle, u64::from(epoch)), order);
    learner.begin(epoch);
    let mut sums = Sums::default();
    let factor = config.schedule.factor(epoch - 1, config.epochs);
    let mut noise = stream(seed, Purpose::InputNoise, u64::from(epoch));
    for chosen in order.chunks(config.batch.max(1) as usize) {
        sums.add(&learner.learn(chosen, factor, &mut noise)?);
        sums.samples += chosen.len();
        if observer(Progress::Batch { epoch, samples: sums.samples }).is_break() {
            return Ok(None);
        }
    }
    Ok(Some(sums.metrics(epoch, factor, &learner.validate()?)))
}

/// Whether `new` has the higher validation accuracy, or the same with a lower loss.
fn improves(new: &EpochMetrics, old: &EpochMetrics) -> bool {
    (new.validation_accuracy, -new.validation_loss) > (old.validation_accuracy, -old.validation_loss)
}

/// A feed-forward network of first spikes as a learner.
struct Layered<'a, S> {
    trainer: &'a mut Trainer<S>,
    train: &'a Encoded,
    validation: &'a Encoded,
    config: &'a TrainingConfig,
    batch: Batch,
}

impl<S: Substrate> Learner for Layered<'_, S> {
    fn parameters(&self) -> &[f64] {
        self.trainer.parameters()
    }

    fn samples(&self) -> usize {
        self.train.labels.len()
    }

    fn learn(&mut self, chosen: &[u32], factor: f64, noise: &mut ChaCha8Rng) -> Result<Learned, TrainError> {
        let sd = self.config.input_noise;
        self.batch.fill(self.train, chosen);
        if sd > 0.0 {
            self.batch.inputs.as_mut_slice().iter_mut().for_each(|t| *t = normal(noise, *t, sd));
        }
        let step = self.trainer.step(&self.batch.inputs, &self.batch.labels, factor)?;
        Ok(Learned {
            loss: step.loss,
            correct: step.correct,
            woken: step.woken.is_some(),
            dropped: step.report.dropped,
            unexplained: step.report.unexplained,
        })
    }

    fn validate(&mut self) -> Result<Evaluation, TrainError> {
        self.trainer.evaluate(&self.validation.inputs, &self.validation.labels)
    }
}

/// A batch of the training set.
struct Batch {
    inputs: SpikeTimes,
    labels: Vec<u32>,
}

impl Batch {
    fn new(data: &Encoded) -> Self {
        Self { inputs: SpikeTimes::silent(&[data.inputs.width()], 0), labels: Vec::new() }
    }

    fn fill(&mut self, data: &Encoded, chosen: &[u32]) {
        self.inputs.resize(chosen.len());
        let width = self.inputs.width();
        self.labels.clear();
        for (row, &sample) in self.inputs.as_mut_slice().chunks_exact_mut(width).zip(chosen) {
            row.copy_from_slice(data.inputs.row(sample as usize, 0));
            self.labels.push(data.labels[sample as usize]);
        }
    }
}

/// Sums over the batches of an epoch.
#[derive(Default)]
struct Sums {
    samples: usize,
    correct: usize,
    loss: f64,
    steps: u32,
    woken: u32,
    dropped: u64,
    unexplained: u64,
}

impl Sums {
    fn add(&mut self, step: &Learned) {
        self.correct += step.correct;
        if let Some(loss) = step.loss {
            self.loss += loss;
            self.steps += 1;
        }
        self.woken += u32::from(step.woken);
        self.dropped += step.dropped;
        self.unexplained += step.unexplained;
    }

    fn metrics(&self, epoch: u32, rate_factor: f64, validation: &Evaluation) -> EpochMetrics {
        EpochMetrics {
            epoch,
            rate_factor,
            train_loss: (self.steps > 0).then(|| self.loss / f64::from(self.steps)),
            train_accuracy: self.correct as f64 / self.samples as f64,
            validation_loss: validation.loss,
            validation_accuracy: validation.accuracy,
            silent_outputs: validation.silent_outputs,
            silent_hidden: validation.silent_hidden,
            woken: self.woken,
            dropped: self.dropped,
            unexplained: self.unexplained,
            spike_distance: validation.errors.map(|errors| errors.distance),
            missing_spikes: validation.errors.map(|errors| errors.missing),
            surplus_spikes: validation.errors.map(|errors| errors.surplus),
        }
    }
}

#[cfg(test)]
mod tests;
