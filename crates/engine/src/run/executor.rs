use serde::{Deserialize, Serialize};

use crate::Network;
use crate::run::windowed::Windowed;

/// How a run gets from event to event. Both are exact; they differ in the rounding of sums.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Executor {
    /// One event after the other, in the order of time. Works for every network; best for small or sparse ones.
    Plain,
    /// All that happens within the smallest delay at once, on all threads. Needs delays above 0 between neurons.
    Windowed,
}

/// From this number of neurons on the windowed executor is the faster one, on networks that are not nearly silent.
const LARGE: u32 = 500;
/// And from this number of synapses on, where inputs are added up: every spike brings many arrivals.
const DENSE: usize = 1 << 13;

/// Windows below this part of the longest useful one pass over the neurons too often.
const SHORT: f64 = 0.02;

impl Executor {
    /// The executor for a run to the time `until` where the user has no wish: windowed for 500 neurons or more, and for 8192
    /// synapses or more where inputs of neurons are added up, if the smallest delay between neurons is long enough: above 0, at
    /// least half a per cent of the fastest time constant of neurons whose inputs are added up, and not lost in the rounding of
    /// `until`.
    #[must_use]
    pub fn for_run(network: &Network, until: f64) -> Self {
        // Without a time constant to compare with, any window is long enough.
        let longest = Some(Windowed::longest(network)).filter(|longest| longest.is_finite()).unwrap_or(0.0);
        let long_enough = Windowed::window(network)
            .is_some_and(|window| window >= SHORT * longest && !Windowed::is_lost_at(window, until));
        let large = network.neurons() >= LARGE || longest > 0.0 && network.synapse_count() >= DENSE;
        if large && long_enough { Self::Windowed } else { Self::Plain }
    }
}
