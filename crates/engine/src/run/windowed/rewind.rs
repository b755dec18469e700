//! The latest windows once more, for samples in windows that are done when the samples are asked for.
//!
//! A run works ahead to the end of a window, and a call may end anywhere before that. Whoever then asks for samples, or
//! takes a snapshot for somebody who will, needs the neurons at the start of that window.

use delgrad_neuron::State;
use serde::{Deserialize, Serialize};

use super::Window;
use super::flights::Sent;
use super::shard_run::{ShardRun, ShardSnapshot};
use super::team::Team;
use crate::{Cancel, Network, Stop};

/// After so many windows the neurons are copied anew: often enough for a short way back, seldom enough to cost nothing.
const LONGEST: usize = 32;

/// The neurons some windows ago, and what has gone into each window since.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Rewind {
    /// At the start of the first window.
    shards: Vec<ShardSnapshot>,
    windows: Vec<Past>,
}

/// A window that is done.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Past {
    start: f64,
    end: f64,
    new: Vec<Sent>,
    instant_budget: u32,
    instant: f64,
}

impl Rewind {
    /// Keeps what goes into the next window.
    pub fn keep(&mut self, team: &Team, start: f64, end: f64, new: &[Sent], stop: &Stop) {
        if self.windows.is_empty() || self.windows.len() >= LONGEST {
            self.forget();
            team.for_each(|shard| self.shards.push(shard.copy(start)));
        }
        let &Stop { instant_budget, instant, .. } = stop;
        self.windows.push(Past { start, end, new: new.to_vec(), instant_budget, instant });
    }

    /// Begins anew: the next window does not follow the latest one.
    pub fn forget(&mut self) {
        self.windows.clear();
        self.shards.clear();
    }

    /// Start of the latest window; none if there was none.
    pub fn latest(&self) -> Option<f64> {
        self.windows.last().map(|window| window.start)
    }

    /// The same with the latest window alone.
    pub fn to_latest(&self, network: &Network, threads: usize) -> Self {
        let Some((latest, before)) = self.windows.split_last() else { return Self::default() };
        let shards = self.shards.iter().enumerate().map(|(index, state)| state.clone().settled(network, index));
        let mut shards: Vec<ShardSnapshot> = shards.collect();
        if !before.is_empty() {
            let mut runs = self.runs(network);
            again(&mut runs, network, threads, before, |_, _| {});
            shards = runs.iter().map(|run| run.snapshot(network, latest.start)).collect();
        }
        Self { shards, windows: vec![latest.clone()] }
    }

    /// States of neurons at times in the latest window, sorted by time and neuron.
    pub fn samples(
        &self,
        network: &Network,
        threads: usize,
        neurons: &[u32],
        times: &[f64],
    ) -> Vec<(u32, f64, State)> {
        let mut runs = self.runs(network);
        again(&mut runs, network, threads, &self.windows, |window, is_last| {
            if is_last {
                window.look_at(neurons, times);
            }
        });
        sorted(runs.iter().flat_map(|run| run.samples.iter().copied()).collect())
    }

    fn runs(&self, network: &Network) -> Vec<ShardRun> {
        let run = |(index, state): (usize, &ShardSnapshot)| {
            let mut run = ShardRun::new(network, index);
            run.set(network, &state.clone().settled(network, index));
            run
        };
        self.shards.iter().enumerate().map(run).collect()
    }

    /// Whether a run can have left this when it has done all before `now`: at most one window.
    pub fn is_sound(&self, network: &Network, now: f64) -> bool {
        let [window] = &self.windows[..] else { return self.windows.is_empty() && self.shards.is_empty() };
        let Past { start, end, new, .. } = window;
        let sources = network.source_count();
        let is_sent = |sent: &Sent| sent.source < sources && (0.0..=now).contains(&sent.time);
        (0.0..*end).contains(start)
            && *end <= now
            && new.iter().all(is_sent)
            && self.shards.len() == network.synapses().shards.len()
            && (0..).zip(&self.shards).all(|(index, state)| ShardRun::is_sound(network, index, state, *start))
    }
}

/// Runs through windows that are done.
fn again(
    runs: &mut [ShardRun],
    network: &Network,
    threads: usize,
    windows: &[Past],
    mut set_up: impl FnMut(&mut Window, bool),
) {
    let (nobody, stop) = (Cancel::default(), Stop::at(0.0));
    Team::run(runs, &mut [], Window::new(network, &stop, &nobody), threads, |team| {
        for (left, past) in windows.iter().enumerate().map(|(index, past)| (windows.len() - 1 - index, past)) {
            team.advance(|window| {
                // all its spikes have been found before, within their budget
                (window.start, window.end, window.budget) = (past.start, past.end, u64::MAX);
                (window.instant_budget, window.instant) = (past.instant_budget, past.instant);
                window.new.clone_from(&past.new);
                set_up(window, left == 0);
            });
        }
    });
}

/// Samples by time and neuron.
pub(super) fn sorted(mut samples: Vec<(u32, f64, State)>) -> Vec<(u32, f64, State)> {
    samples.sort_unstable_by(|a, b| a.1.total_cmp(&b.1).then(a.0.cmp(&b.0)));
    samples
}
