use delgrad_ttfs::{GroupKind, Network, SpikeTimes};
use serde::{Deserialize, Serialize};

use crate::TrainError;
use crate::require::require_non_negative;

/// What to do about silent neurons, which have no gradient that could wake them.
///
/// If more than a layer's tolerated share of spikes is missing in a batch, the optimiser's step is skipped, and the
/// weights of those neurons of the first such layer that missed a spike grow by `bump` (Göltz et al. 2025, Methods).
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub struct SilentNeurons {
    /// Added to each incoming weight; 0 switches the rule off.
    pub bump: f64,
    /// Whether the bump doubles while consecutive batches hit the same layer.
    pub doubling: bool,
}

impl Default for SilentNeurons {
    fn default() -> Self {
        Self { bump: 5e-4, doubling: true }
    }
}

impl SilentNeurons {
    /// Checks the constants.
    ///
    /// # Errors
    /// A bump that is negative or not finite.
    pub fn validate(&self) -> Result<(), TrainError> {
        require_non_negative("training.silent.bump", self.bump)
    }
}

/// The rule at work: remembers which layer it woke last, and how hard.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Waking {
    rule: SilentNeurons,
    /// Tolerated share of missing spikes of each layer.
    tolerated: Vec<f64>,
    last_layer: Option<usize>,
    bump: f64,
}

impl Waking {
    pub fn new(rule: SilentNeurons, tolerated: Vec<f64>) -> Self {
        Self { rule, tolerated, last_layer: None, bump: rule.bump }
    }

    /// The size of the last bump.
    pub fn bump(&self) -> f64 {
        self.bump
    }

    /// Raises weights if too many spikes of the record are missing; returns the layer that was woken.
    pub fn wake(&mut self, network: &Network, record: &SpikeTimes, parameters: &mut [f64]) -> Option<usize> {
        if self.rule.bump == 0.0 {
            return None;
        }
        let samples = record.samples();
        let layer = (0..record.blocks()).find(|&layer| {
            let missing: usize = (0..samples).map(|sample| silent(record.row(sample, layer))).sum();
            let all = samples * record.range(layer).len();
            missing as f64 / all as f64 > self.tolerated[layer]
        });
        let again = layer.is_some() && layer == self.last_layer;
        self.last_layer = layer;
        let layer = layer?;
        self.bump = if again && self.rule.doubling { 2.0 * self.bump } else { self.rule.bump };
        let weights = network.groups().iter().find(|g| g.layer == layer && g.kind == GroupKind::Weights)?;
        let [sources, targets] = weights.shape;
        for target in 0..targets {
            if (0..samples).any(|sample| !record.row(sample, layer)[target].is_finite()) {
                for source in 0..sources {
                    parameters[weights.range.start + source * targets + target] += self.bump;
                }
            }
        }
        Some(layer)
    }
}

/// Number of missing spikes.
pub(crate) fn silent(times: &[f64]) -> usize {
    times.iter().filter(|t| !t.is_finite()).count()
}
