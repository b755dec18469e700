use serde::{Deserialize, Serialize};

/// A spike of a neuron.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Spike {
    /// When the neuron spiked, in the user's unit of time.
    pub time: f64,
    /// Which neuron, from 0; inputs are not counted.
    pub neuron: u32,
}

/// A spike that an input of the network emits, given from outside.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct InputSpike {
    /// When the input spikes, in the user's unit of time.
    pub time: f64,
    /// Which input, from 0.
    pub source: u32,
}
