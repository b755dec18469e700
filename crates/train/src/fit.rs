use std::ops::ControlFlow;

use delgrad_ttfs::SpikeTimes;
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
}

/// Outcome of a run.
#[derive(Clone, Debug)]
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
/// `observer` is told of every batch and epoch and may end the run; then the unfinished epoch does not count.
///
/// # Errors
/// Data that does not fit the network, and gradients that are not finite.
pub fn fit<S: Substrate>(
    trainer: &mut Trainer<S>,
    train: &Encoded,
    validation: &Encoded,
    config: &TrainingConfig,
    seed: u64,
    mut observer: impl FnMut(Progress) -> ControlFlow<()>,
) -> Result<Fit, TrainError> {
    let start = Snapshot { epoch: 0, parameters: trainer.parameters().to_vec() };
    let mut fit = Fit { history: Vec::new(), best: start.clone(), last: start, stop: StopReason::Completed };
    let mut best: Option<EpochMetrics> = None;
    let mut batches = Batches::new(train);
    for epoch in 1..=config.epochs {
        batches.shuffle(seed, epoch);
        let mut sums = Sums::default();
        let factor = config.schedule.factor(epoch - 1, config.epochs);
        let mut noise = stream(seed, Purpose::InputNoise, u64::from(epoch));
        for batch in 0..batches.count(config.batch) {
            batches.fill(batch, config.batch);
            if config.input_noise > 0.0 {
                let times = batches.inputs.as_mut_slice();
                times.iter_mut().for_each(|t| *t = normal(&mut noise, *t, config.input_noise));
            }
            let step = trainer.step(&batches.inputs, &batches.labels, factor)?;
            sums.add(&step);
            sums.samples += batches.labels.len();
            if observer(Progress::Batch { epoch, samples: sums.samples }).is_break() {
                fit.stop = StopReason::Interrupted;
                return Ok(fit);
            }
        }
        let evaluation = trainer.evaluate(&validation.inputs, &validation.labels)?;
        let metrics = sums.metrics(epoch, factor, &evaluation);
        fit.last = Snapshot { epoch, parameters: trainer.parameters().to_vec() };
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

/// Whether `new` has the higher validation accuracy, or the same with a lower loss.
fn improves(new: &EpochMetrics, old: &EpochMetrics) -> bool {
    (new.validation_accuracy, -new.validation_loss) > (old.validation_accuracy, -old.validation_loss)
}

/// Batches of the training set in the order of an epoch.
struct Batches<'a> {
    data: &'a Encoded,
    order: Vec<u32>,
    inputs: SpikeTimes,
    labels: Vec<u32>,
}

impl<'a> Batches<'a> {
    fn new(data: &'a Encoded) -> Self {
        let inputs = SpikeTimes::silent(&[data.inputs.width()], 0);
        Self { data, order: Vec::new(), inputs, labels: Vec::new() }
    }

    /// Orders the samples for an epoch, whatever the order was before.
    fn shuffle(&mut self, seed: u64, epoch: u32) {
        self.order.clear();
        self.order.extend(0..self.data.labels.len() as u32);
        shuffle(&mut stream(seed, Purpose::Shuffle, u64::from(epoch)), &mut self.order);
    }

    fn count(&self, batch: u32) -> usize {
        self.order.len().div_ceil(batch as usize)
    }

    fn fill(&mut self, number: usize, batch: u32) {
        let chosen = self.order.chunks(batch as usize).nth(number).unwrap_or(&[]);
        self.inputs.resize(chosen.len());
        let width = self.inputs.width();
        self.labels.clear();
        for (row, &sample) in self.inputs.as_mut_slice().chunks_exact_mut(width).zip(chosen) {
            row.copy_from_slice(self.data.inputs.row(sample as usize, 0));
            self.labels.push(self.data.labels[sample as usize]);
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
    fn add(&mut self, step: &crate::Step) {
        self.correct += step.correct;
        if let Some(loss) = step.loss {
            self.loss += loss;
            self.steps += 1;
        }
        self.woken += u32::from(step.woken.is_some());
        self.dropped += step.report.dropped;
        self.unexplained += step.report.unexplained;
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
        }
    }
}
