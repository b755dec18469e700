//! Plain descriptions of networks, as users write them.

use delgrad_neuron::LifParams;
use serde::{Deserialize, Serialize};

use crate::constants::ConstantSpec;
use crate::parameter_range::DelayRange;

/// Where a delay sits between a sending and a receiving neuron.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DelayKind {
    /// One delay per source, shared by all its synapses.
    Axonal,
    /// One delay per target, shared by all its synapses.
    Dendritic,
    /// One delay per synapse.
    Synaptic,
}

/// One set of trainable delays in front of a layer's neurons.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct DelaySpec {
    /// Axonal, dendritic or synaptic.
    pub kind: DelayKind,
    /// Where they may lie, and how they are kept there.
    #[serde(default, rename = "delay-range")]
    pub range: DelayRange,
    /// Number of sources that share one delay: source `s` uses parameter `s mod (sources / factor)`.
    #[serde(default = "one")]
    pub source_sharing: usize,
    /// Number of targets that share one delay: target `t` uses parameter `t mod (targets / factor)`.
    #[serde(default = "one")]
    pub target_sharing: usize,
}

impl DelaySpec {
    /// Unshared delays above 0, without an upper end: the default range, as in experiments.
    #[must_use]
    pub fn new(kind: DelayKind) -> Self {
        Self { kind, range: DelayRange::default(), source_sharing: 1, target_sharing: 1 }
    }
}

fn one() -> usize {
    1
}

/// One layer of first-spike neurons with everything in front of it.
///
/// The sources of a layer are the lines of the layer before, each repeated `multiplex` times in a row
/// (`x0, x0, x1, x1, ...`), followed by the bias spikes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct LayerSpec {
    /// Number of neurons.
    pub size: usize,
    /// Constants shared by the layer's neurons. Reset and refractory time play no part: a neuron fires once.
    #[serde(default)]
    pub neuron: LifParams,
    /// Thresholds of the single neurons; empty: all have `neuron.threshold`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub thresholds: Vec<f64>,
    /// Number of copies of every incoming line.
    #[serde(default = "one")]
    pub multiplex: usize,
    /// Number of bias spikes, whose times are parameters.
    #[serde(default)]
    pub biases: usize,
    /// Delays, added up where there are several.
    #[serde(default)]
    pub delays: Vec<DelaySpec>,
    /// Constants of the neurons that are parameters.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub constants: Vec<ConstantSpec>,
}

impl LayerSpec {
    /// A layer of default neurons without delays and biases.
    #[must_use]
    pub fn new(size: usize) -> Self {
        Self {
            size,
            neuron: LifParams::default(),
            thresholds: Vec::new(),
            multiplex: 1,
            biases: 0,
            delays: Vec::new(),
            constants: Vec::new(),
        }
    }

    /// The same layer with one more constant that is a parameter.
    #[must_use]
    pub fn with_constant(mut self, constant: ConstantSpec) -> Self {
        self.constants.push(constant);
        self
    }

    /// The same layer with one more set of delays.
    #[must_use]
    pub fn with_delay(mut self, delay: DelaySpec) -> Self {
        self.delays.push(delay);
        self
    }
}

/// A feed-forward network.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct NetworkSpec {
    /// Number of input lines.
    pub inputs: usize,
    /// Layers, from the input to the output.
    pub layers: Vec<LayerSpec>,
}
