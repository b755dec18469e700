use serde::{Deserialize, Serialize};

/// What a run has done so far. The windowed executor counts to the end of the window that it has got to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Counters {
    /// Spikes of neurons.
    pub spikes: u64,
    /// Spikes of inputs.
    pub input_spikes: u64,
    /// Synaptic events: arrivals at a neuron, one per synapse and spike.
    pub events: u64,
    /// Threshold crossings solved for. Most arrivals need none: a bound rules the crossing out.
    pub predicted: u64,
    /// Predictions, or bounds on them, that an arrival made void.
    pub revised: u64,
    /// Largest number of spikes in flight (spikes whose row has not been delivered to its end), per shard of targets.
    pub queue_peak: u64,
    /// Bytes that the run's state takes now, without the network.
    pub bytes: u64,
}

impl Counters {
    /// Whether a run can have got that far: no machine counts to half of what fits.
    pub(crate) fn is_sound(&self) -> bool {
        let Self { spikes, input_spikes, events, predicted, revised, .. } = *self;
        [spikes, input_spikes, events, predicted, revised].into_iter().all(|count| count <= u64::MAX / 2)
    }
}
