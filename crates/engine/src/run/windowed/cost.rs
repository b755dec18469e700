//! What a run in windows costs, as a model.

use super::Windowed;
use super::calendar::{Arrival, period};
use super::shard_run::ShardRun;
use crate::Network;
use crate::network::response_class::Handling;

/// What the time of a run in windows consists of, from the network alone: how its rows are read, and how much memory that moves.
///
/// [`Cost::seconds`] is a prediction for one core of the machine that the project's figures come from. It is meant to be held against what
/// is measured: a run that takes twice as long is on a slower machine, or does something that the model does not know.
///
/// | what | ns |
/// |---|---|
/// | an arrival added up at its target, read from its row | 2 |
/// | for targets with constants of their own in addition | 4.7 |
/// | an arrival that is listed for a later window in addition | 7.5 |
/// | a visit to the row of a spike, in one shard and one window or period | 120 |
/// | an arrival at a target whose sums do not fit into the cache (1 MiB), at most in addition | 15 |
/// | a neuron in a window | 2 |
/// | an arrival that a neuron steps through: in ten windows for each spike, and all where inputs cannot be added up | 38 |
/// | a spike of a generator, its arrival included | 29 |
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct Cost {
    /// Length of a window.
    pub window: f64,
    /// Number of shards.
    pub shards: usize,
    /// Windows that a visit to a row is for: 1 where rows are read window by window.
    pub period: usize,
    /// Arrivals that a visit to a row finds.
    pub arrivals_a_visit: f64,
    /// Bytes of rows and lists that are read and written for an arrival.
    pub bytes_an_arrival: f64,
    /// Bytes that are kept for the targets of the largest shard.
    pub shard_bytes: usize,
    neurons: f64,
    /// Shares of the arrivals.
    listed: f64,
    own: f64,
    stepped: f64,
}

const ADD: f64 = 2.0;
const OWN: f64 = 4.7;
const LIST: f64 = 7.5;
const VISIT: f64 = 120.0;
const MISS: f64 = 15.0;
const NEURON: f64 = 2.0;
const STEP: f64 = 38.0;
const GENERATED: f64 = 29.0;
/// Of a core.
const CACHE: f64 = (1 << 20) as f64;
/// Windows in which a neuron is stepped for each of its spikes.
const STEPPED_WINDOWS: f64 = 10.0;

impl Cost {
    /// Of a network; none if it cannot be run in windows.
    #[must_use]
    pub fn of(network: &Network) -> Option<Self> {
        let window = Windowed::window(network)?;
        let shards = &network.synapses().shards;
        let (synapses, bytes) = (network.synapse_count().max(1) as f64, network.synapse_bytes() as f64);
        let mut cost = Self {
            window,
            shards: shards.len(),
            period: 1,
            arrivals_a_visit: 0.0,
            bytes_an_arrival: bytes / synapses,
            shard_bytes: 0,
            neurons: f64::from(network.neurons()),
            listed: 0.0,
            own: 0.0,
            stepped: 0.0,
        };
        let mut visits = 0.0;
        for (index, shard) in shards.iter().enumerate() {
            let share = shard.len() as f64 / synapses;
            let handling = network.handling_at(shard.targets.start);
            let sources = network.inputs()..network.source_count();
            let (period, in_window) = period(shard, sources, window);
            let listed = period > 1;
            cost.period = cost.period.max(period);
            visits += share / (f64::from(in_window.max(1)) * period as f64);
            cost.listed += if listed { share } else { 0.0 };
            match handling {
                Handling::Equal(_) => {}
                Handling::Each { .. } => cost.own += share,
                Handling::Stepped => cost.stepped += share,
            }
            cost.shard_bytes = cost.shard_bytes.max(ShardRun::new(network, index).bytes());
        }
        cost.arrivals_a_visit = if visits > 0.0 { 1.0 / visits } else { 0.0 };
        cost.bytes_an_arrival += 2.0 * size_of::<Arrival>() as f64 * cost.listed.max(cost.own);
        Some(cost)
    }

    /// Seconds that one core takes for so much of a run: time in the network, spikes of its neurons, all arrivals, and spikes of
    /// generators.
    #[must_use]
    pub fn seconds(&self, time: f64, spikes: u64, arrivals: u64, generated: u64) -> f64 {
        let (spikes, arrivals, generated) = (spikes as f64, arrivals as f64, generated as f64);
        let windows = (time / self.window).max(1.0);
        let misses = MISS * (1.0 - CACHE / self.shard_bytes as f64).max(0.0);
        // in windows in which nothing happens neurons are not looked at
        let busy = windows.min(arrivals + spikes);
        let in_window = arrivals / (busy * self.neurons).max(1.0);
        let stepped = self.stepped * arrivals + (1.0 - self.stepped) * STEPPED_WINDOWS * spikes * in_window;
        let of_neurons = (arrivals - generated).max(0.0);
        let ns = (ADD + OWN * self.own + LIST * self.listed + misses) * of_neurons
            + VISIT * of_neurons / self.arrivals_a_visit.max(1.0)
            + NEURON * busy * self.neurons
            + STEP * stepped.min(arrivals)
            + GENERATED * generated;
        ns * 1e-9
    }
}
