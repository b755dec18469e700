//! How the circuits of a chip differ from the ideal model.

use delgrad_ttfs::{DelayKind, GroupKind, Network, ParameterGroup};
use serde::{Deserialize, Serialize};

use crate::Bss2Error;
use crate::error::{require, require_length};

/// Differences from the ideal model, layer by layer; no layers: none.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub struct Mismatch {
    /// One entry for each layer of the network.
    pub layers: Vec<LayerMismatch>,
}

/// Differences of one layer. An empty list stands for a layer without differences of the kind.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub struct LayerMismatch {
    /// Factor of each neuron's distance from leak to threshold, above 0. A common gain of all its synapses is the same
    /// thing, inverted: the voltage is linear in the weights.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub thresholds: Vec<f64>,
    /// Latency of each neuron: its spike is recorded, and sent on, later by this, in the network's unit of time. It may
    /// be negative.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub latencies: Vec<f64>,
    /// Strength of each neuron's inhibitory synapses over that of its excitatory ones, above 0.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub inhibition: Vec<f64>,
    /// Factor of both time constants of each neuron, above 0; its capacitance stays.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub taus: Vec<f64>,
    /// Strength of each synapse, `[source][target]`, above 0.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub synapses: Vec<f64>,
    /// Offset of each axonal delay in front of the layer, shared as the delay is, in the network's unit of time. It may
    /// be negative, the delay with its offset may not.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub delay_offsets: Vec<f64>,
}

impl Mismatch {
    /// The differences of every layer, for a network that they fit.
    pub(crate) fn of_layers(&self, network: &Network) -> Result<Vec<LayerMismatch>, Bss2Error> {
        let layers = network.spec().layers.len();
        if self.layers.is_empty() {
            return Ok(vec![LayerMismatch::default(); layers]);
        }
        require_length("the mismatch's layers", self.layers.len(), layers)?;
        for (layer, mismatch) in self.layers.iter().enumerate() {
            mismatch.validate(network, layer)?;
        }
        Ok(self.layers.clone())
    }
}

impl LayerMismatch {
    fn validate(&self, network: &Network, layer: usize) -> Result<(), Bss2Error> {
        const FACTOR: &str = "a finite number above 0";
        const TIME: &str = "a finite number";
        let size = network.spec().layers[layer].size;
        let delays = axonal(network, layer).map_or(0, |group| group.range.len());
        for (field, list, expected, valid) in [
            ("mismatch.thresholds", &self.thresholds, size, FACTOR),
            ("mismatch.latencies", &self.latencies, size, TIME),
            ("mismatch.inhibition", &self.inhibition, size, FACTOR),
            ("mismatch.taus", &self.taus, size, FACTOR),
            ("mismatch.synapses", &self.synapses, network.sources(layer) * size, FACTOR),
            ("mismatch.delay-offsets", &self.delay_offsets, delays, TIME),
        ] {
            if !list.is_empty() {
                require_length(field, list.len(), expected)?;
            }
            let ok = |value: f64| value.is_finite() && (valid == TIME || value > 0.0);
            list.iter().try_for_each(|value| require(ok(*value), field, *value, valid))?;
        }
        Ok(())
    }
}

/// The axonal delays that offsets belong to: the first ones in front of a layer.
pub(crate) fn axonal(network: &Network, layer: usize) -> Option<&ParameterGroup> {
    let is_axonal = |kind| matches!(kind, GroupKind::Delay { kind: DelayKind::Axonal, .. });
    network.groups().iter().find(|group| group.layer == layer && is_axonal(group.kind))
}
