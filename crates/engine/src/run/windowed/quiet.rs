//! Stretches in which nothing happens: no arrival, no input and no spike.
//!
//! They are passed in one step instead of window by window, so that a run costs what happens in it and not the time that it spans.
//! Finding such a stretch takes a check of every neuron, so it is done only after windows in which nothing has happened.

use serde::{Deserialize, Serialize};

use super::rewind::Rewind;
use super::shard_run::ShardRun;
use super::team::Team;
use super::{Progress, Windowed};
use crate::Network;
use crate::run::input_stream::Given;
use crate::run::trace::Probe;

/// After a search in vain the next one comes after twice as many empty windows, but not after more than this.
const MOST_PATIENCE: u32 = 64;

/// How long nothing has happened, and when it is worth looking for how long that will last.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Quiet {
    /// Windows in a row in which nothing has happened.
    empty: u32,
    /// Number of them before the next search.
    patience: u32,
}

impl Default for Quiet {
    fn default() -> Self {
        Self { empty: 0, patience: 1 }
    }
}

impl Quiet {
    /// Takes note of a window.
    pub fn after_window(&mut self, empty: bool) {
        self.empty = if empty { self.empty.saturating_add(1) } else { 0 };
    }

    fn is_worth_a_look(&self) -> bool {
        self.empty >= self.patience
    }

    /// Whether a run leaves it so.
    pub fn is_sound(&self) -> bool {
        (1..=MOST_PATIENCE).contains(&self.patience)
    }
}

impl Progress {
    /// Passes a stretch in which nothing happens; whether that lasts until after the time at which the caller wants to stop.
    ///
    /// Where the caller stops within it decides nothing, not a single bit: such a stretch is passed when something at its end is
    /// wanted.
    pub fn pass_quiet(
        &mut self,
        length: f64,
        team: &Team,
        given: &Given,
        probe: &mut Probe,
        until: f64,
        rewind: &mut Rewind,
    ) -> bool {
        if !self.quiet.is_worth_a_look() || !self.sent.is_empty() {
            return false;
        }
        let network = team.window(|window| window.network);
        let mut next = given.next_time();
        team.for_each_bank(|bank| next = next.min(bank.peek().time));
        team.for_each(|shard| next = shard.quiet_until(network, self.start, next));
        if next > until {
            self.sample_quiet(network, team, probe, until.next_up());
            return true;
        }
        self.quiet.empty = 0;
        // The window before the one in which it happens, so that a neuron comes to its threshold within a window.
        let end = next - length;
        if end > self.start + f64::from(self.quiet.patience) * length {
            self.sample_quiet(network, team, probe, end);
            team.for_each(|shard| shard.rest(network, self.start, end));
            rewind.forget();
            self.start = end;
            self.quiet.patience = 1;
        } else {
            self.quiet.patience = (2 * self.quiet.patience).min(MOST_PATIENCE);
        }
        false
    }

    /// Takes the samples before `end`, given that nothing happens until then.
    fn sample_quiet(&self, network: &Network, team: &Team, probe: &mut Probe, end: f64) {
        let (neurons, times) = probe.pending(end);
        if times.is_empty() {
            return;
        }
        let mut cells = Vec::with_capacity(neurons.len());
        team.for_each(|shard| {
            let mine = neurons.iter().filter(|neuron| shard.targets.contains(neuron));
            cells.extend(mine.map(|&neuron| (neuron, shard.cell_of(neuron, self.start))));
        });
        cells.sort_unstable_by_key(|&(neuron, _)| neuron);
        probe.sample_before(end, |neuron, time| {
            let place = cells.partition_point(|&(other, _)| other < neuron);
            cells[place].1.at(network.model(neuron), time)
        });
    }
}

impl Windowed {
    /// Whether nothing happens between the start of the window ahead and a time, that instant included, unless an input does.
    pub fn is_quiet_until(&self, network: &Network, time: f64) -> bool {
        let start = self.progress.start;
        let next = |shard: &ShardRun| shard.quiet_until(network, start, f64::INFINITY);
        self.progress.sent.is_empty() && self.shards.iter().all(|shard| next(shard) > time)
    }
}

impl ShardRun {
    /// The earlier one of `limit` and the first arrival or spike in this shard, if nothing comes in from outside.
    fn quiet_until(&self, network: &Network, start: f64, limit: f64) -> f64 {
        let shard = &network.synapses().shards[self.index];
        let arrival = self.lanes.iter().map(|lane| lane.earliest(shard)).fold(limit, f64::min);
        self.targets.clone().fold(arrival, |limit, neuron| {
            let (mut cell, model) = (self.cell_of(neuron, start), network.model(neuron));
            if cell.spike_bound(model) >= limit {
                return limit;
            }
            cell.next_spike(model, limit).unwrap_or(limit)
        })
    }

    /// Moves all neurons from `start` on to `end`, given that nothing happens until then.
    fn rest(&mut self, network: &Network, start: f64, end: f64) {
        if !self.is_superposed() {
            // They are checked when something happens.
            return;
        }
        for neuron in self.targets.clone() {
            let state = self.cell_of(neuron, start).at(network.model(neuron), end);
            self.set_state(neuron, state);
        }
    }
}
