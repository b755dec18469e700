//! The sections of a preset.

use serde::{Deserialize, Serialize};

/// How weights are represented.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub struct Weights {
    /// Whether weights are whole codes, -63 to 63.
    pub codes: bool,
    /// Largest current of a synaptic input, in units of weight: it saturates as `max tanh(I / max)`. 0: it does not.
    pub saturation: f64,
}

/// How delays are represented.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub struct Delays {
    /// Whether only sources have delays, and delays lie within the range of a pair of circuits.
    pub axonal_only: bool,
    /// Whether delays are whole codes of a pair.
    pub codes: bool,
    /// Whether a pair that is busy with a spike loses those that come meanwhile.
    pub busy: bool,
}

/// Clocks, buses, counters. 0 stands for infinitely fast or exact.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub struct Timing {
    /// Grid of the times of input spikes and of recorded spikes, in us.
    pub time_stamp: f64,
    /// From a recorded spike to its time stamp, in us.
    pub loop_back: f64,
    /// Time that an event takes on a bus, in us.
    pub bus_service: f64,
    /// Most events that wait for a bus; further ones are lost.
    pub bus_depth: u32,
    /// Refractory time of the circuits, in us, as their counters make it. 0: that of the network.
    pub refractory: f64,
    /// Scaler of the refractory counters' clock: 250 MHz / 2^(scaler + 1).
    pub refractory_scaler: u32,
    /// Distance of the samples of a batch, in us, where they are run as one long spike train. 0: each sample starts at rest.
    pub window: f64,
    /// Most samples that the chip runs in one go; they share the noise of a batch. 0: no limit.
    pub batch: u32,
}

/// How circuits differ from each other. A chip draws them once, from its seed. `sd` are standard deviations, `cv` those of
/// factors around 1.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub struct Variation {
    /// Mean of what is added to thresholds.
    pub threshold_mean: f64,
    /// Standard deviation of what is added to thresholds.
    pub threshold_sd: f64,
    /// Of resting voltages.
    pub leak_sd: f64,
    /// Of reset voltages.
    pub reset_sd: f64,
    /// Of membrane time constants.
    pub tau_mem_cv: f64,
    /// Of synaptic time constants.
    pub tau_syn_cv: f64,
    /// Of the strength of excitatory inputs.
    pub excitatory_cv: f64,
    /// Of the strength of inhibitory inputs.
    pub inhibitory_cv: f64,
    /// Of the delays of pairs, in us.
    pub delay_sd: f64,
    /// Mean time from the threshold to the spike, in us.
    pub latency_mean: f64,
    /// Standard deviation of that time, which is never negative.
    pub latency_sd: f64,
    /// Share of circuits that do not work.
    pub dead: f64,
    /// Of how steeply circuits respond to their codes. It matters only to a calibration.
    pub slope_cv: f64,
}

/// What differs from trial to trial.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub struct Noise {
    /// Standard deviation of what is added to the threshold of each neuron for a batch.
    pub threshold_batch_sd: f64,
    /// Standard deviation of what is added to the threshold of each neuron for a sample.
    pub threshold_sample_sd: f64,
    /// Standard deviation of each delay, in us.
    pub delay_jitter: f64,
    /// Standard deviation of what is added to the time of each spike that a neuron sends, in us.
    pub spike_jitter: f64,
    /// Share of spikes that are lost between their source and its synapses.
    pub loss: f64,
}
