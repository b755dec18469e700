//! The keys of an exported network.

use serde::{Deserialize, Serialize};

use crate::export::targets::CalixTargets;
use crate::placement::Placement;

/// An exported network as it stands in its file. [`ExportedNetwork`](crate::export::ExportedNetwork) is one that was checked.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct ExportFile {
    /// `delgrad-bss2-network`.
    pub format: String,
    /// Version of the format, 1.
    pub version: u32,
    /// The program that wrote it.
    pub written_by: String,
    /// Whether anybody has run such a file on a chip: `false`.
    pub tested_on_hardware: bool,
    /// What the network's numbers are on the chip.
    pub units: ExportedUnits,
    /// Number of inputs, copies not counted.
    pub inputs: usize,
    /// From the first layer after the inputs to the outputs.
    pub layers: Vec<ExportedLayer>,
    /// The placement of the network, if it has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub placement: Option<Placement>,
}

/// What the network's numbers are on the chip.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct ExportedUnits {
    /// One unit of the network's time, in us.
    pub tau: f64,
    /// Codes in one unit of weight, for a neuron whose leak conductance times distance of threshold and leak is
    /// `distance`.
    pub codes_per_weight: f64,
    /// That distance.
    pub distance: f64,
}

/// One layer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct ExportedLayer {
    /// Number of neurons.
    pub size: usize,
    /// Copies of every line from the layer before: `x0, x0, .., x1, x1, ..`.
    pub copies: usize,
    /// Constants of the neurons.
    pub neuron: ExportedNeuron,
    /// Thresholds of the single neurons in the network's units; empty: all have that of `neuron`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub thresholds: Vec<f64>,
    /// Weight of the network that is one code.
    pub weight_of_code: f64,
    /// Codes from -63 to 63, `[source][neuron]`. The sources are the lines, copies included, then the bias spikes.
    pub weights: Vec<Vec<i32>>,
    /// Delay of each source; none: the layer has no delays.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub delays: Option<Vec<ExportedDelay>>,
    /// When the host sends the bias spikes, in us from the beginning of a sample.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub bias_times: Vec<f64>,
    /// What the circuits are to be calibrated to.
    pub calix: CalixTargets,
}

/// Constants of neurons in the network's units. Reset and refractory time are missing: a neuron spikes once.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct ExportedNeuron {
    /// Membrane time constant.
    pub tau_mem: f64,
    /// Synaptic time constant.
    pub tau_syn: f64,
    /// Threshold voltage.
    pub threshold: f64,
    /// Resting voltage.
    pub leak: f64,
    /// Membrane capacitance.
    pub capacitance: f64,
}

/// The delay of a source.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct ExportedDelay {
    /// Code of the delay pair, 50 to 250.
    pub code: i32,
    /// The delay that it makes: `code / 8 + 2` us.
    pub us: f64,
}
