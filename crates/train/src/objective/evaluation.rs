use std::ops::Range;

use super::{Answer, Objective, PatternErrors};

/// How a network does on some samples.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct Evaluation {
    /// Mean loss of the samples whose target is known.
    pub loss: f64,
    /// Share of them that are answered correctly, 0 to 1.
    pub accuracy: f64,
    /// Share of output spikes that are missing, 0 to 1.
    pub silent_outputs: f64,
    /// Share of hidden spikes that are missing, 0 to 1; 0 without hidden neurons.
    pub silent_hidden: f64,
    /// Spikes of a hidden neuron in a sample, on average; 0 without hidden neurons.
    pub hidden_spikes: f64,
    /// Spikes of inputs in a sample, on average.
    pub input_spikes: f64,
    /// Spikes of neurons in a sample, on average.
    pub spikes: f64,
    /// Synaptic events in a sample, on average: arrivals of the spikes of inputs and neurons, whatever becomes of them.
    pub synaptic_events: f64,
    /// How far spikes are from their targets, where there are such: the largest distance, and sums over the samples.
    pub errors: Option<PatternErrors>,
}

impl Objective {
    /// How a network does, given its answers to some samples, in their order.
    #[must_use]
    pub fn evaluation(&self, answers: &[Answer]) -> Evaluation {
        let known = answers.iter().filter(|answer| answer.known).count();
        let share = |count: usize, all: usize| count as f64 / all.max(1) as f64;
        let sum = |value: fn(&Answer) -> usize| answers.iter().map(value).sum::<usize>();
        let (outputs, hidden) = (self.structure.outputs.len(), self.hidden.iter().map(Range::len).sum::<usize>());
        Evaluation {
            loss: mean_loss(answers),
            accuracy: share(sum(|answer| usize::from(answer.correct)), known),
            silent_outputs: share(sum(|answer| answer.silent_outputs), answers.len() * outputs),
            silent_hidden: share(sum(|answer| answer.silent_hidden), answers.len() * hidden),
            hidden_spikes: share(sum(|answer| answer.hidden_spikes), answers.len() * hidden),
            input_spikes: share(sum(|answer| answer.work.input_spikes), answers.len()),
            spikes: share(sum(|answer| answer.work.spikes), answers.len()),
            synaptic_events: share(sum(|answer| answer.work.events), answers.len()),
            errors: answers.iter().filter_map(|answer| answer.errors).reduce(PatternErrors::and),
        }
    }
}

/// The mean weighted loss of the samples whose target is known.
pub(crate) fn mean_loss(answers: &[Answer]) -> f64 {
    let known = || answers.iter().filter(|answer| answer.known);
    let share = 1.0 / known().count().max(1) as f64;
    known().map(|answer| share * answer.cost()).fold(0.0, |sum, loss| sum + loss)
}
