use std::ops::Range;

use serde::{Deserialize, Serialize};

use crate::TrainError;
use crate::require::require_non_negative;
use crate::substrate::Substrate;

/// The silent-neuron rule: neurons without spikes have no gradient that could make them spike.
///
/// If more than a population's tolerated share of spikes is missing in a batch, the optimiser's step is skipped, and all weights
/// onto the silent neurons of the first such population grow by `weight-increment` (Göltz et al. 2025, Methods). A spike is missing
/// where a neuron has none in a sample; a neuron is silent that misses one.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub struct SilentNeurons {
    /// Added to each incoming weight; 0 switches the rule off.
    pub weight_increment: f64,
    /// Whether the increment doubles while it is the same population in consecutive batches.
    pub doubling: bool,
}

impl Default for SilentNeurons {
    fn default() -> Self {
        Self { weight_increment: 5e-4, doubling: true }
    }
}

impl SilentNeurons {
    /// No rule.
    pub const OFF: Self = Self { weight_increment: 0.0, doubling: false };

    /// Checks the constants.
    ///
    /// # Errors
    /// An increment that is negative or not finite.
    pub fn validate(&self) -> Result<(), TrainError> {
        require_non_negative("training.silent.weight-increment", self.weight_increment)
    }
}

/// A population whose silence is watched: its neurons, and the tolerated share of missing spikes.
type Watched = (Range<u32>, f64);

/// The rule with what it remembers.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct SilentNeuronRule {
    rule: SilentNeurons,
    watched: Vec<Watched>,
    raised: Raised,
}

/// The watched population whose weights grew in the batch before, if any, and by how much they grew last.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Raised {
    last: Option<usize>,
    increment: f64,
}

impl SilentNeuronRule {
    pub fn new(rule: SilentNeurons, watched: Vec<Watched>) -> Self {
        Self { rule, watched, raised: Raised { last: None, increment: rule.weight_increment } }
    }

    /// Whether there is anything that it may do.
    pub fn is_on(&self) -> bool {
        self.rule.weight_increment != 0.0 && !self.watched.is_empty()
    }

    /// What it remembers from batch to batch.
    pub fn raised(&self) -> Raised {
        self.raised
    }

    /// Goes on from what it remembered.
    pub fn resume(&mut self, raised: Raised) {
        self.raised = raised;
    }

    /// The neurons of a watched population.
    pub fn neurons(&self, watched: usize) -> Option<&Range<u32>> {
        self.watched.get(watched).map(|(neurons, _)| neurons)
    }

    /// Raises weights if too many spikes are missing; `silent` counts for each neuron the samples without one. Says for which
    /// of the watched populations, and by how much.
    pub fn apply(
        &mut self,
        substrate: &dyn Substrate,
        silent: &[u32],
        samples: usize,
        parameters: &mut [f64],
    ) -> Option<(usize, f64)> {
        let found = self.watched.iter().position(|(neurons, tolerated)| {
            let own = &silent[neurons.start as usize..neurons.end as usize];
            let missing: u64 = own.iter().map(|count| u64::from(*count)).sum();
            missing as f64 / (own.len() * samples) as f64 > *tolerated
        });
        let again = found.is_some() && found == self.raised.last;
        self.raised.last = found;
        let found = found?;
        let increment =
            if again && self.rule.doubling { 2.0 * self.raised.increment } else { self.rule.weight_increment };
        self.raised.increment = increment;
        let neurons = &self.watched[found].0;
        let missed = |(neuron, count): (u32, &u32)| neurons.contains(&neuron) && *count > 0;
        let chosen: Vec<bool> = (0..).zip(silent).map(missed).collect();
        // where no weight is learned there is nothing to raise
        substrate.raise_weights(&chosen, increment, parameters).then_some((found, increment))
    }
}
