//! Results under the names that they have in `summary.json`.

use std::collections::BTreeMap;

use delgrad::train::objective::{Answer, Confusion, Evaluation};
use delgrad::train::run::Setup;
use serde::Serialize;

/// Numbers to the last bit; those that need labels are null without them.
#[derive(Clone, Debug, Serialize)]
pub struct Evaluated {
    pub samples: usize,
    /// Samples whose target is known.
    pub labelled: usize,
    pub correct: usize,
    pub accuracy: Option<f64>,
    pub loss: Option<f64>,
    pub silent_outputs: f64,
    pub silent_hidden: f64,
    pub input_spikes: f64,
    pub spikes: f64,
    pub synaptic_events: f64,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub spike_distance: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub missing_spikes: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub surplus_spikes: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub balanced_accuracy: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub recall: Option<BTreeMap<String, Option<f64>>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub confusion: Option<Confusion>,
}

impl Evaluated {
    /// The results of the answers to all samples to test on.
    pub fn new(setup: &Setup, answers: &[Answer], result: &Evaluation) -> Self {
        let (samples, classes) = (&setup.dataset.parts.test, &setup.dataset.names.classes);
        let labelled = answers.iter().filter(|answer| answer.known).count();
        let counted = labelled > 0 && !classes.is_empty();
        let confusion = counted.then(|| Confusion::of(classes.len(), samples, answers));
        Self {
            samples: samples.len(),
            labelled,
            correct: answers.iter().filter(|answer| answer.correct).count(),
            accuracy: (labelled > 0).then_some(result.accuracy),
            loss: (labelled > 0).then_some(result.loss),
            silent_outputs: result.silent_outputs,
            silent_hidden: result.silent_hidden,
            input_spikes: result.input_spikes,
            spikes: result.spikes,
            synaptic_events: result.synaptic_events,
            spike_distance: result.errors.map(|errors| errors.distance),
            missing_spikes: result.errors.map(|errors| errors.missing),
            surplus_spikes: result.errors.map(|errors| errors.surplus),
            balanced_accuracy: confusion.as_ref().and_then(Confusion::balanced_accuracy),
            recall: confusion.as_ref().map(|confusion| confusion.recalls(classes)),
            confusion,
        }
    }
}
