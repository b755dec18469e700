use std::ops::ControlFlow;

use delgrad_engine::random::{normal, shuffle, stream};
use rand_chacha::ChaCha8Rng;
use serde::{Deserialize, Serialize};

use super::average::Average;
use super::metrics::Sums;
use super::{EpochMetrics, Health, Symptom, Trainer};
use crate::TrainError;
use crate::experiment::{Improvement, Keep, TrainingConfig};
use crate::objective::Evaluation;
use crate::purposes;
use crate::samples::{Dataset, Sample, augment, sort};
use crate::substrate::Batch;

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
    /// One entry for each completed epoch.
    pub history: Vec<EpochMetrics>,
    /// Parameters with the best validation result.
    pub best: Snapshot,
    /// Parameters after the last completed epoch.
    pub last: Snapshot,
    /// Why it ended.
    pub stop: StopReason,
    /// What [`Health`] has found: why the network may not have improved.
    pub symptoms: Vec<Symptom>,
    /// The epoch that failed, from 1, and what was wrong.
    pub failure: Option<(u32, TrainError)>,
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
}

/// Trains for the configured epochs on the samples to train on, and validates after each. `seed` keys the order of the samples
/// and the noise on them.
///
/// `observer` is called after every batch and epoch and during the validation, and may end the run. An epoch that is not finished
/// then does not count, nor does one within which [`Trainer::cancelled_by`] ends the run.
///
/// # Errors
/// Samples that do not fit the network, networks that run away, and gradients that are not finite, in the first epoch. A later
/// one that fails ends the run with all that was learned before: see [`Fit::failure`].
pub fn fit(
    trainer: &mut Trainer,
    dataset: &Dataset,
    config: &TrainingConfig,
    seed: u64,
    mut observer: impl FnMut(Progress) -> ControlFlow<()>,
) -> Result<Fit, TrainError> {
    let start = trainer.parameters().to_vec();
    let before = Snapshot { epoch: 0, parameters: start.clone() };
    let mut fit = Fit {
        history: Vec::new(),
        best: before.clone(),
        last: before,
        stop: StopReason::Completed,
        symptoms: Vec::new(),
        failure: None,
    };
    let health = Health::new(config.epochs);
    let mut best: Option<EpochMetrics> = None;
    let mut learner = Learner {
        average: average(trainer, dataset, config),
        trainer,
        dataset,
        config,
        seed,
        order: Vec::new(),
        batch: Batch::default(),
        health,
    };
    for epoch in 1..=config.epochs {
        let mut metrics = match learner.epoch(epoch, &mut observer) {
            Ok(Some(metrics)) => metrics,
            Ok(None) => return Ok(Fit { stop: StopReason::Interrupted, ..fit }),
            Err(error) if error.is_cancelled() => return Ok(Fit { stop: StopReason::Interrupted, ..fit }),
            Err(error) if fit.history.is_empty() => return Err(error),
            Err(error) => return Ok(Fit { stop: StopReason::Failed, failure: Some((epoch, error)), ..fit }),
        };
        fit.last = Snapshot { epoch, parameters: learner.kept() };
        let layout = learner.trainer.substrate().layout();
        metrics.delay_change = layout.delay_change(&start, &fit.last.parameters);
        metrics.saturated_delays = layout.saturated_delays(&fit.last.parameters);
        let on = config.early_stopping.map_or(Improvement::Accuracy, |stopping| stopping.on);
        if best.is_none_or(|best| improves(on, &metrics, &best)) {
            best = Some(metrics);
            fit.best = fit.last.clone();
        }
        fit.history.push(metrics);
        let symptoms = learner.health.epoch(&metrics);
        let mut flow = observer(Progress::Epoch(&metrics));
        for symptom in &symptoms {
            flow = if flow.is_break() { flow } else { observer(Progress::Symptom(symptom)) };
        }
        fit.symptoms.extend(symptoms);
        if flow.is_break() {
            return Ok(Fit { stop: StopReason::Interrupted, ..fit });
        }
        if config.early_stopping.is_some_and(|stopping| epoch - fit.best.epoch >= stopping.patience) {
            return Ok(Fit { stop: StopReason::EarlyStopping, ..fit });
        }
    }
    Ok(fit)
}

/// A trainer with its samples, and memory that is kept from epoch to epoch.
struct Learner<'a> {
    trainer: &'a mut Trainer,
    dataset: &'a Dataset,
    config: &'a TrainingConfig,
    seed: u64,
    order: Vec<u32>,
    batch: Batch,
    health: Health,
    average: Option<Average>,
}

/// The mean of the parameters of a training, if one is wanted.
fn average(trainer: &Trainer, dataset: &Dataset, config: &TrainingConfig) -> Option<Average> {
    let steps = dataset.parts.train.len().div_ceil(config.batch.max(1) as usize);
    config.average.map(|average| Average::new(average, steps, trainer.parameters().len()))
}

impl Learner<'_> {
    /// The parameters that are validated and kept.
    fn kept(&self) -> Vec<f64> {
        let mean = self.average.as_ref().and_then(Average::mean);
        mean.unwrap_or_else(|| self.trainer.parameters().to_vec())
    }

    /// Evaluates what is kept; none if the observer has ended it.
    fn validate(
        &mut self,
        epoch: u32,
        observer: &mut impl FnMut(Progress) -> ControlFlow<()>,
    ) -> Result<Option<Evaluation>, TrainError> {
        let learned = self.average.is_some().then(|| self.trainer.parameters().to_vec());
        if learned.is_some() {
            self.trainer.set_parameters(&self.kept())?;
        }
        let samples = &self.dataset.parts.validation;
        let answers =
            self.trainer.answers_while(samples, |samples| observer(Progress::Validation { epoch, samples }));
        learned.map_or(Ok(()), |learned| self.trainer.set_parameters(&learned))?;
        Ok(answers?.map(|answers| self.trainer.objective().evaluation(&answers)))
    }

    /// One epoch, in an order of its own; none if the observer has ended it.
    fn epoch(
        &mut self,
        epoch: u32,
        observer: &mut impl FnMut(Progress) -> ControlFlow<()>,
    ) -> Result<Option<EpochMetrics>, TrainError> {
        let Self { dataset, config, seed, .. } = *self;
        let (train, inputs) = (&dataset.parts.train, dataset.sample_inputs());
        // does not depend on the order of the epoch before
        self.order.clear();
        self.order.extend(0..train.len() as u32);
        shuffle(&mut stream(seed, purposes::SHUFFLE, u64::from(epoch)), &mut self.order);
        let mut sums = Sums::default();
        let factor = config.schedule.factor(epoch - 1, config.epochs);
        let pause = config.curriculum.map_or(1.0, |curriculum| curriculum.factor(epoch));
        let mut noise = stream(seed, purposes::INPUT_NOISE, u64::from(epoch));
        for chosen in self.order.chunks(config.batch.max(1) as usize) {
            self.batch.fill(train, chosen.iter().map(|&sample| sample as usize));
            change(self.batch.samples_mut(), pause, config.input_noise, &mut noise);
            let samples = if config.augment.is_empty() { &mut [] } else { self.batch.samples_mut() };
            for (place, sample) in (sums.samples as u64..).zip(samples) {
                let mut rng = stream(seed, purposes::AUGMENTATION, u64::from(epoch) << 32 | place);
                augment::apply(&config.augment, sample, inputs, &mut rng);
            }
            let step = self.trainer.step(&self.batch, factor)?;
            self.average.iter_mut().for_each(|average| average.add(self.trainer.parameters()));
            let raised = step.raised.map(|(watched, _)| self.trainer.watched_name(watched).unwrap_or_default());
            self.health.batch(self.batch.samples(), self.trainer.last_answers(), raised);
            sums.add(&step);
            sums.samples += chosen.len();
            if observer(Progress::Batch { epoch, samples: sums.samples }).is_break() {
                return Ok(None);
            }
        }
        let evaluation = self.validate(epoch, observer)?;
        Ok(evaluation.map(|evaluation| sums.metrics(epoch, factor, &evaluation)))
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
