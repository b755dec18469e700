use serde::{Deserialize, Serialize};

use super::{EpochMetrics, Symptom};
use crate::objective::Answer;
use crate::samples::Sample;

/// Batches without a step after which the silent-neuron rule counts as failed.
const BATCHES: u32 = 10;
/// Epochs with the same loss after which nothing counts as learned.
const EPOCHS: u32 = 5;
/// Validation losses are the same if they differ by no more than this, relative to one of them.
const ROUNDING: f64 = 1e-9;
/// Training losses are the same if they differ by no more than this: they depend on the order of the samples and the noise on them,
/// even where the network does not change.
const NOISE: f64 = 0.05;
/// The schedule has ended the learning where its factor is smaller.
const LEARNING: f64 = 1e-3;

/// Watches a training for [symptoms](Symptom) of one that improves nothing. Each symptom is found once.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Health {
    /// Epochs of the whole run.
    epochs: u32,
    batches: u32,
    /// The population whose weights were raised last.
    raised: Option<String>,
    classes: Vec<Class>,
    /// Consecutive epochs until now in which most batches made no step, and the batches of these epochs.
    stuck_epochs: u32,
    stuck_batches: u32,
    /// Consecutive epochs until now after which all outputs were silent.
    silent_epochs: u32,
    constant: Option<Plateau>,
    told: Told,
}

/// The samples of a class in an epoch, and its epochs before.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
struct Class {
    samples: u64,
    mute: u64,
    /// Consecutive epochs until now in which all samples were mute.
    epochs: u32,
    told: bool,
}

/// Consecutive epochs until now with the same loss.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
struct Plateau {
    /// The first of them, and its results.
    first: u32,
    train_loss: Option<f64>,
    validation_loss: f64,
    validation_accuracy: f64,
    epochs: u32,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
struct Told {
    stuck: bool,
    silent: bool,
    constant: bool,
}

impl Health {
    /// Before the first of so many epochs.
    #[must_use]
    pub fn new(epochs: u32) -> Self {
        Self {
            epochs,
            batches: 0,
            raised: None,
            classes: Vec::new(),
            stuck_epochs: 0,
            stuck_batches: 0,
            silent_epochs: 0,
            constant: None,
            told: Told::default(),
        }
    }

    /// Takes in a batch: the answers to its samples, and the population whose weights were raised instead of a step, if any.
    pub fn batch(&mut self, samples: &[Sample], answers: &[Answer], raised: Option<&str>) {
        self.batches += 1;
        if let Some(raised) = raised
            && self.raised.as_deref() != Some(raised)
        {
            self.raised = Some(raised.to_owned());
        }
        for (sample, answer) in samples.iter().zip(answers) {
            let Some(class) = sample.target.class() else { continue };
            if self.classes.len() <= class {
                self.classes.resize(class + 1, Class::default());
            }
            self.classes[class].samples += 1;
            self.classes[class].mute += u64::from(answer.mute);
        }
    }

    /// As it is, for another number of epochs of the whole run.
    pub(super) fn for_epochs(self, epochs: u32) -> Self {
        Self { epochs, ..self }
    }

    /// Ends an epoch whose batches have all been taken in, and gives the symptoms that were not found before.
    #[must_use]
    pub fn epoch(&mut self, metrics: &EpochMetrics) -> Vec<Symptom> {
        let last = metrics.epoch >= self.epochs;
        let most_raised = 2 * metrics.raised > self.batches;
        let found = [
            self.stuck(metrics, most_raised, last),
            self.without_gradient(metrics, most_raised, last),
            self.silent_outputs(metrics, last),
            self.constant_loss(metrics),
        ];
        self.batches = 0;
        found.into_iter().flatten().collect()
    }

    /// The silent-neuron rule may need the first epoch, or several short ones.
    fn stuck(&mut self, metrics: &EpochMetrics, most: bool, last: bool) -> Option<Symptom> {
        self.stuck_epochs = if most { self.stuck_epochs + 1 } else { 0 };
        self.stuck_batches = if most { self.stuck_batches.saturating_add(self.batches) } else { 0 };
        let lasting = last || (self.stuck_epochs >= 2 && self.stuck_batches >= BATCHES);
        if !most || self.told.stuck || !lasting {
            return None;
        }
        self.told.stuck = true;
        Some(Symptom::NoSteps {
            epoch: metrics.epoch,
            raised: metrics.raised,
            batches: self.batches,
            population: self.raised.clone().unwrap_or_default(),
        })
    }

    /// While weights are raised, an output may still begin to spike; if most batches do nothing else, that is the symptom.
    fn without_gradient(&mut self, metrics: &EpochMetrics, most_raised: bool, last: bool) -> Option<Symptom> {
        let mut found = Vec::new();
        for (number, class) in self.classes.iter_mut().enumerate() {
            class.epochs = if class.samples > 0 && class.mute == class.samples { class.epochs + 1 } else { 0 };
            (class.samples, class.mute) = (0, 0);
            let lasting = class.epochs >= 1 && (metrics.raised == 0 || last || class.epochs >= 2);
            if lasting && !most_raised && !class.told {
                class.told = true;
                found.push(number);
            }
        }
        (!found.is_empty()).then_some(Symptom::NoGradient { epoch: metrics.epoch, classes: found })
    }

    fn silent_outputs(&mut self, metrics: &EpochMetrics, last: bool) -> Option<Symptom> {
        self.silent_epochs = if metrics.silent_outputs >= 1.0 { self.silent_epochs + 1 } else { 0 };
        let lasting = self.silent_epochs >= 2 || (last && self.silent_epochs == 1);
        if !lasting || self.told.silent {
            return None;
        }
        self.told.silent = true;
        Some(Symptom::SilentOutputs { epoch: metrics.epoch })
    }

    /// A network that stays as it is has one validation loss. That alone may also mean that the few samples to validate on are
    /// right already; so the training loss must not move either.
    fn constant_loss(&mut self, metrics: &EpochMetrics) -> Option<Symptom> {
        let near = |a: f64, b: f64, most: f64| (a - b).abs() <= most * b.abs();
        let same = |first: &Plateau| {
            let train = match (metrics.train_loss, first.train_loss) {
                (Some(now), Some(before)) => near(now, before, NOISE),
                _ => false,
            };
            train
                && near(metrics.validation_loss, first.validation_loss, ROUNDING)
                && metrics.validation_accuracy == first.validation_accuracy
        };
        let learning = metrics.rate_factor >= LEARNING && metrics.validation_loss > 0.0;
        let unfinished = learning && metrics.validation_accuracy < 1.0;
        self.constant = match self.constant.take() {
            Some(plateau) if unfinished && same(&plateau) => {
                Some(Plateau { epochs: plateau.epochs + 1, ..plateau })
            }
            _ => unfinished.then_some(Plateau {
                first: metrics.epoch,
                train_loss: metrics.train_loss,
                validation_loss: metrics.validation_loss,
                validation_accuracy: metrics.validation_accuracy,
                epochs: 1,
            }),
        };
        let Plateau { first, epochs, .. } = self.constant?;
        if epochs < EPOCHS || self.told.constant {
            return None;
        }
        self.told.constant = true;
        Some(Symptom::ConstantLoss { first, last: metrics.epoch, loss: metrics.validation_loss })
    }
}

#[cfg(test)]
mod tests;
