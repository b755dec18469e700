//! Runs in windows that are written down and taken up again.

use serde::{Deserialize, Serialize};

use super::rewind::Rewind;
use super::shard_run::{ShardRun, ShardSnapshot};
use super::{Progress, Windowed, by_time};
use crate::run::reached::Reached;
use crate::{Network, StopReason};

/// All that a run cannot derive from its network.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct WindowedSnapshot {
    shards: Vec<ShardSnapshot>,
    progress: Progress,
    /// Empty where the run has not worked ahead.
    rewind: Rewind,
}

impl Windowed {
    /// The state of the run, whose latest call has ended at `reached`.
    pub fn snapshot(&self, network: &Network, reached: Reached, threads: usize) -> WindowedSnapshot {
        let ahead = reached.allows_before(self.known_until());
        WindowedSnapshot {
            shards: self.shards.iter().map(|shard| shard.snapshot(network, self.progress.start)).collect(),
            progress: self.progress.clone(),
            rewind: if ahead { self.rewind.to_latest(network, threads) } else { Rewind::default() },
        }
    }

    /// The run that a snapshot was taken from, whose latest call had ended at `reached`; none if no run of the network leaves
    /// such a snapshot.
    pub fn resume(network: &Network, length: f64, snapshot: &WindowedSnapshot, reached: Reached) -> Option<Self> {
        let mut windowed = Self::new(network, length);
        if snapshot.shards.len() != windowed.shards.len() {
            return None;
        }
        let Progress { start, sent, held, ended, quiet, counters } = &snapshot.progress;
        if !(0.0..f64::INFINITY).contains(start) || !counters.is_sound() || !quiet.is_sound() {
            return None;
        }
        // A network that has run away got to the end of a window, but not on to the next one.
        let now = if ended.is_some() { start + length } else { *start };
        for (index, (shard, state)) in windowed.shards.iter_mut().zip(&snapshot.shards).enumerate() {
            if !ShardRun::is_sound(network, index, state, now) {
                return None;
            }
            shard.set(network, state);
        }
        let sources = network.inputs()..network.source_count();
        let past = |time: f64| (0.0..=now).contains(&time);
        let fits = sent.iter().all(|sent| sources.contains(&sent.source) && past(sent.time))
            && sent.is_sorted_by(|a, b| (a.time, a.source) <= (b.time, b.source))
            && held.iter().all(|spike| spike.neuron < network.neurons() && past(spike.time))
            && held.iter().is_sorted_by(|a, b| by_time(a, b).is_le())
            && held.front().is_none_or(|spike| reached.allows(spike.time))
            && ended.is_none_or(StopReason::is_runaway)
            && snapshot.rewind.is_sound(network, now);
        windowed.progress.clone_from(&snapshot.progress);
        windowed.rewind.clone_from(&snapshot.rewind);
        // What is ahead begins in the window that can be done again, or where everything is known; a call may have ended later
        // than that where nothing happens until then.
        let known = windowed.known_until();
        let from = if reached.allows_before(known) { windowed.rewind.latest()? } else { known };
        let fits = fits
            && from <= reached.time
            && (reached <= Reached::before(known) || windowed.is_quiet_until(network, reached.time));
        fits.then_some(windowed)
    }
}
