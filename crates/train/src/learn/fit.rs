use std::ops::ControlFlow;

use delgrad_engine::random::{normal, shuffle, stream};
use rand_chacha::ChaCha8Rng;
use serde::{Deserialize, Serialize};

use super::average::Average;
use super::checkpoint::{Begun, Learning};
use super::{Checkpoint, EpochMetrics, Health, Learned, Symptom, Trainer};
use crate::TrainError;
use crate::experiment::{Improvement, Keep, TrainingConfig};
use crate::objective::Evaluation;
use crate::purposes;
use crate::samples::{Dataset, Sample, augment, sort};
use crate::substrate::Batch;

/// Parameters after an epoch.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Snapshot {
    /// Number of the epoch, from 1; 0 before the first.
    pub epoch: u32,
    /// The parameters.
    pub parameters: Vec<f64>,
}

/// Why a run ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum StopReason {
    /// All epochs are done.
    Completed,
    /// The validation accuracy no longer improved.
    EarlyStopping,
    /// On request; an unfinished epoch was thrown away.
    Interrupted,
    /// An epoch failed, and was thrown away: see [`Fit::failure`].
    Failed,
}

/// Outcome of a run.
#[derive(Debug)]
#[non_exhaustive]
pub struct Fit {
    /// What it has learned, and what it needs to go on.
    pub checkpoint: Checkpoint,
    /// Why it ended.
    pub stop: StopReason,
    /// The epoch that failed, from 1, and what was wrong.
    pub failure: Option<(u32, TrainError)>,
}

impl Fit {
    /// One entry for each completed epoch.
    #[must_use]
    pub fn history(&self) -> &[EpochMetrics] {
        &self.checkpoint.learned().history
    }

    /// Parameters with the best validation result.
    #[must_use]
    pub fn best(&self) -> &Snapshot {
        &self.checkpoint.learned().best
    }

    /// Parameters after the last completed epoch.
    #[must_use]
    pub fn last(&self) -> &Snapshot {
        &self.checkpoint.learned().last
    }

    /// What [`Health`](super::Health) has found: why the network may not have improved.
    #[must_use]
    pub fn symptoms(&self) -> &[Symptom] {
        &self.checkpoint.learned().symptoms
    }

    /// The parameters that the configuration asks for.
    #[must_use]
    pub fn kept(&self, keep: Keep) -> &Snapshot {
        match keep {
            Keep::Best => self.best(),
            Keep::Last => self.last(),
        }
    }
}

/// A moment at which a training may be left and taken up again.
#[derive(Clone, Copy, Debug)]
pub struct Moment<'a> {
    trainer: &'a Trainer,
    learning: &'a Learning,
}

impl Moment<'_> {
    /// What is needed to take it up here, as a copy.
    #[must_use]
    pub fn checkpoint(&self) -> Checkpoint {
        Checkpoint { learning: self.learning.clone(), trainer: self.trainer.state() }
    }

    /// Whether no epoch is half done.
    #[must_use]
    pub fn is_between_epochs(&self) -> bool {
        self.learning.begun.is_none()
    }
}

/// What happens while a run goes on.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum Progress<'a> {
    /// So many samples of the epoch (counted from 1) have been shown.
    Batch {
        /// Number of the epoch, from 1.
        epoch: u32,
        /// Samples of this epoch so far.
        samples: usize,
    },
    /// All samples of the epoch have been shown, and so many of those to validate on.
    Validation {
        /// Number of the epoch, from 1.
        epoch: u32,
        /// Samples to validate on so far.
        samples: usize,
    },
    /// An epoch is complete.
    Epoch(&'a EpochMetrics),
    /// The training may improve nothing; each symptom comes once, after its epoch.
    Symptom(&'a Symptom),
    /// Before the first batch, after every batch, and after every epoch.
    Resumable(Moment<'a>),
}

/// Trains for the configured epochs on the samples to train on, and validates after each. `seed` keys the order of the samples
/// and the noise on them.
///
/// `observer` is called after every batch and epoch and during the validation, and may end the run. An epoch that is not finished
/// then does not count, nor does one within which [`Trainer::cancelled_by`] ends the run; [`resume`] completes it.
///
/// # Errors
/// Samples that do not fit the network, networks that run away, and gradients that are not finite, in the first epoch. A later
/// one that fails ends the run with all that was learned before: see [`Fit::failure`].
pub fn fit(
    trainer: &mut Trainer,
    dataset: &Dataset,
    config: &TrainingConfig,
    seed: u64,
    observer: impl FnMut(Progress) -> ControlFlow<()>,
) -> Result<Fit, TrainError> {
    let initial = trainer.parameters().to_vec();
    let before = Snapshot { epoch: 0, parameters: initial.clone() };
    let learned =
        Learned { initial, history: Vec::new(), best: before.clone(), last: before, symptoms: Vec::new() };
    let average = average(trainer, dataset, config);
    let learning = Learning { learned, health: Health::new(config.epochs), average, begun: None };
    Learner::new(trainer, dataset, config, seed, learning).run(observer)
}

/// Goes on with a training from a checkpoint. With the trainer, samples, configuration and seed of that training, the bits are those
/// that it would have given if it had not ended; `config.epochs` may be more.
///
/// # Errors
/// A checkpoint of a network with other parameters, or of another optimiser, and the errors of [`fit`].
pub fn resume(
    trainer: &mut Trainer,
    dataset: &Dataset,
    config: &TrainingConfig,
    seed: u64,
    checkpoint: Checkpoint,
    observer: impl FnMut(Progress) -> ControlFlow<()>,
) -> Result<Fit, TrainError> {
    let Checkpoint { mut learning, trainer: state } = checkpoint;
    trainer.resume(state)?;
    learning.health = learning.health.for_epochs(config.epochs);
    Learner::new(trainer, dataset, config, seed, learning).run(observer)
}

/// A trainer with its samples, and memory that is kept from epoch to epoch.
struct Learner<'a> {
    trainer: &'a mut Trainer,
    dataset: &'a Dataset,
    config: &'a TrainingConfig,
    seed: u64,
    order: Vec<u32>,
    batch: Batch,
    learning: Learning,
}

/// The mean of the parameters of a training, if one is wanted.
fn average(trainer: &Trainer, dataset: &Dataset, config: &TrainingConfig) -> Option<Average> {
    let steps = dataset.parts.train.len().div_ceil(config.batch.max(1) as usize);
    config.average.map(|average| Average::new(average, steps, trainer.parameters().len()))
}

impl<'a> Learner<'a> {
    fn new(
        trainer: &'a mut Trainer,
        dataset: &'a Dataset,
        config: &'a TrainingConfig,
        seed: u64,
        learning: Learning,
    ) -> Self {
        Self { trainer, dataset, config, seed, order: Vec::new(), batch: Batch::default(), learning }
    }

    /// All epochs that are left.
    fn run(mut self, mut observer: impl FnMut(Progress) -> ControlFlow<()>) -> Result<Fit, TrainError> {
        let stop = match self.epochs(&mut observer) {
            Ok(stop) => stop,
            Err(error) if error.is_cancelled() => StopReason::Interrupted,
            Err(error) if self.learning.learned.history.is_empty() => return Err(error),
            Err(error) => {
                let failure = Some((self.learning.learned.last.epoch + 1, error));
                return Ok(Fit { checkpoint: self.checkpoint(), stop: StopReason::Failed, failure });
            }
        };
        Ok(Fit { checkpoint: self.checkpoint(), stop, failure: None })
    }

    fn epochs(
        &mut self,
        observer: &mut impl FnMut(Progress) -> ControlFlow<()>,
    ) -> Result<StopReason, TrainError> {
        if self.resumable(observer).is_break() {
            return Ok(StopReason::Interrupted);
        }
        loop {
            let learned = &self.learning.learned;
            let (last, best) = (learned.last.epoch, learned.best.epoch);
            if last > 0 && self.config.early_stopping.is_some_and(|stopping| last - best >= stopping.patience) {
                return Ok(StopReason::EarlyStopping);
            }
            if last >= self.config.epochs {
                return Ok(StopReason::Completed);
            }
            let Some(metrics) = self.epoch(last + 1, observer)? else { return Ok(StopReason::Interrupted) };
            if self.complete(metrics, observer).is_break() {
                return Ok(StopReason::Interrupted);
            }
        }
    }

    /// Takes in the results of an epoch, and tells them.
    fn complete(
        &mut self,
        mut metrics: EpochMetrics,
        observer: &mut impl FnMut(Progress) -> ControlFlow<()>,
    ) -> ControlFlow<()> {
        let last = Snapshot { epoch: metrics.epoch, parameters: self.kept() };
        let Learning { learned, health, begun, .. } = &mut self.learning;
        let layout = self.trainer.substrate().layout();
        metrics.delay_change = layout.delay_change(&learned.initial, &last.parameters);
        metrics.saturated_delays = layout.saturated_delays(&last.parameters);
        let on = self.config.early_stopping.map_or(Improvement::Accuracy, |stopping| stopping.on);
        let best = learned.history.iter().find(|metrics| metrics.epoch == learned.best.epoch);
        if best.is_none_or(|best| improves(on, &metrics, best)) {
            learned.best = last.clone();
        }
        learned.last = last;
        learned.history.push(metrics);
        *begun = None;
        let symptoms = health.epoch(&metrics);
        let mut flow = observer(Progress::Epoch(&metrics));
        for symptom in &symptoms {
            flow = if flow.is_break() { flow } else { observer(Progress::Symptom(symptom)) };
        }
        learned.symptoms.extend(symptoms);
        if flow.is_break() { flow } else { self.resumable(observer) }
    }

    fn moment(&self) -> Moment<'_> {
        Moment { trainer: self.trainer, learning: &self.learning }
    }

    fn checkpoint(&self) -> Checkpoint {
        self.moment().checkpoint()
    }

    fn resumable(&self, observer: &mut impl FnMut(Progress) -> ControlFlow<()>) -> ControlFlow<()> {
        observer(Progress::Resumable(self.moment()))
    }

    /// The parameters that are validated and kept.
    fn kept(&self) -> Vec<f64> {
        let mean = self.learning.average.as_ref().and_then(Average::mean);
        mean.unwrap_or_else(|| self.trainer.parameters().to_vec())
    }

    /// Evaluates what is kept; none if the observer has ended it.
    fn validate(
        &mut self,
        epoch: u32,
        observer: &mut impl FnMut(Progress) -> ControlFlow<()>,
    ) -> Result<Option<Evaluation>, TrainError> {
        let learned = self.learning.average.is_some().then(|| self.trainer.parameters().to_vec());
        if learned.is_some() {
            self.trainer.set_parameters(&self.kept())?;
        }
        let samples = &self.dataset.parts.validation;
        let answers =
            self.trainer.answers_while(samples, |samples| observer(Progress::Validation { epoch, samples }));
        learned.map_or(Ok(()), |learned| self.trainer.set_parameters(&learned))?;
        Ok(answers?.map(|answers| self.trainer.objective().evaluation(&answers)))
    }

    /// One epoch, in an order of its own, or what is left of it; none if the observer has ended it.
    fn epoch(
        &mut self,
        epoch: u32,
        observer: &mut impl FnMut(Progress) -> ControlFlow<()>,
    ) -> Result<Option<EpochMetrics>, TrainError> {
        let Self { dataset, config, seed, .. } = *self;
        let train = &dataset.parts.train;
        // does not depend on the order of the epoch before
        let mut order = std::mem::take(&mut self.order);
        order.clear();
        order.extend(0..train.len() as u32);
        shuffle(&mut stream(seed, purposes::SHUFFLE, u64::from(epoch)), &mut order);
        let factor = config.schedule.factor(epoch - 1, config.epochs);
        let begun = self.learning.begun.get_or_insert_default();
        let mut noise = stream(seed, purposes::INPUT_NOISE, u64::from(epoch));
        noise.set_word_pos(begun.noise_words);
        let left = order.get(begun.sums.samples..).unwrap_or_default();
        for chosen in left.chunks(config.batch.max(1) as usize) {
            self.batch(epoch, chosen, factor, &mut noise)?;
            let samples = self.learning.begun.as_ref().map_or(0, |begun| begun.sums.samples);
            if observer(Progress::Batch { epoch, samples }).is_break() || self.resumable(observer).is_break() {
                return Ok(None);
            }
        }
        self.order = order;
        let Some(evaluation) = self.validate(epoch, observer)? else { return Ok(None) };
        Ok(self.learning.begun.as_ref().map(|begun| begun.sums.metrics(epoch, factor, &evaluation)))
    }

    /// A step on the chosen samples.
    fn batch(
        &mut self,
        epoch: u32,
        chosen: &[u32],
        factor: f64,
        noise: &mut ChaCha8Rng,
    ) -> Result<(), TrainError> {
        let Self { dataset, config, seed, .. } = *self;
        let (train, inputs) = (&dataset.parts.train, dataset.sample_inputs());
        let pause = config.curriculum.map_or(1.0, |curriculum| curriculum.factor(epoch));
        let Learning { health, average, begun, .. } = &mut self.learning;
        let Begun { sums, noise_words } = begun.get_or_insert_default();
        self.batch.fill(train, chosen.iter().map(|&sample| sample as usize));
        change(self.batch.samples_mut(), pause, config.input_noise, noise);
        let samples = if config.augment.is_empty() { &mut [] } else { self.batch.samples_mut() };
        for (place, sample) in (sums.samples as u64..).zip(samples) {
            let mut rng = stream(seed, purposes::AUGMENTATION, u64::from(epoch) << 32 | place);
            augment::apply(&config.augment, sample, inputs, &mut rng);
        }
        let step = self.trainer.step(&self.batch, factor)?;
        // from here on nothing fails: a batch is taken in as a whole or not at all
        average.iter_mut().for_each(|average| average.add(self.trainer.parameters()));
        let raised = step.raised.map(|(watched, _)| self.trainer.watched_name(watched).unwrap_or_default());
        health.batch(self.batch.samples(), self.trainer.last_answers(), raised);
        sums.add(&step);
        sums.samples += chosen.len();
        *noise_words = noise.get_word_pos();
        Ok(())
    }
}

/// Scales the pauses of samples, and shakes their spikes; none comes before time 0.
fn change(samples: &mut [Sample], pause: f64, noise: f64, rng: &mut ChaCha8Rng) {
    if pause != 1.0 {
        samples.iter_mut().for_each(|sample| sample.scale_pause(pause));
    }
    if noise > 0.0 {
        for sample in samples {
            sample.spikes.iter_mut().for_each(|spike| spike.time = normal(rng, spike.time, noise).max(0.0));
            sort(&mut sample.spikes);
        }
    }
}

/// Whether `new` is better on the samples to validate on.
fn improves(on: Improvement, new: &EpochMetrics, old: &EpochMetrics) -> bool {
    let of = |metrics: &EpochMetrics| match on {
        Improvement::Accuracy => (metrics.validation_accuracy, -metrics.validation_loss),
        Improvement::Loss => (-metrics.validation_loss, 0.0),
    };
    of(new) > of(old)
}

#[cfg(test)]
mod tests;
