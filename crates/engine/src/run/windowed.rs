//! The windowed executor: all that happens within one smallest delay, at once and in parallel.
//!
//! A spike in one window acts in the next one at the earliest. So all arrivals of a window are known at its start, and
//! neurons need not be stepped one event after the other: see the files of this module.

mod abreast;
mod arrivals;
mod calendar;
mod cost;
mod doubtful;
mod flights;
mod lane;
mod quiet;
mod rank;
mod response;
mod rewind;
mod shard_run;
mod slots;
mod snapshot;
mod step;
mod superposed;
mod team;

use std::cmp::Ordering;
use std::collections::VecDeque;
use std::ops::ControlFlow;

use delgrad_neuron::State;
use serde::{Deserialize, Serialize};

use crate::run::input_stream::{Given, InputStream};
use crate::run::trace::Probe;
use crate::{Cancel, Counters, InputSpike, Network, NeuronId, SourceId, Spike, Stop, StopReason};

use flights::Sent;
use quiet::Quiet;
use rewind::{Rewind, sorted};
use shard_run::ShardRun;
use team::Team;

pub use cost::Cost;
pub(crate) use snapshot::WindowedSnapshot;

/// A window is at most this part of the fastest time constant of neurons whose inputs are added up: their membranes
/// then change little within it, and short series serve for the exponentials.
const PART_OF_TIME_CONSTANT: f64 = 0.25;

/// The spikes of a window may send this many arrivals, or four times as many as there are synapses. More of them would
/// fill the memory: the network runs away.
const MOST_ARRIVALS: u64 = 1 << 24;

/// Beyond this many windows the rounding of times is no longer small next to a window.
const MOST_WINDOWS: f64 = 1e12;

/// State of a run in windows. It always stands at the start of a window.
#[derive(Clone, Debug)]
pub(crate) struct Windowed {
    length: f64,
    shards: Vec<ShardRun>,
    progress: Progress,
    rewind: Rewind,
}

/// What a run keeps besides its neurons and the spikes on their way to them.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
struct Progress {
    /// Start of the window ahead.
    start: f64,
    /// Spikes of the window before, by time and source.
    sent: Vec<Sent>,
    /// Spikes found but not told, because they come after the time at which the caller wanted to stop.
    held: VecDeque<Spike>,
    /// Set when the network has run away.
    ended: Option<StopReason>,
    quiet: Quiet,
    counters: Counters,
}

/// What all shards need to know of a window.
pub(crate) struct Window<'a> {
    pub network: &'a Network,
    pub start: f64,
    pub end: f64,
    /// `end` is `start` and this, rounded.
    pub length: f64,
    /// Spikes that are new in this window, in the order in which their arrivals are added up.
    pub new: Vec<Sent>,
    /// Spikes that one shard may find.
    pub budget: u64,
    pub instant_budget: u32,
    pub instant: f64,
    pub cancel: &'a Cancel,
    /// Neurons whose states are wanted at the sample times.
    pub traced: Vec<u32>,
    pub sample_times: Vec<f64>,
}

impl Windowed {
    /// Length of the windows for a network; none if it has no lookahead: a neuron reaches another one without delay.
    pub fn window(network: &Network) -> Option<f64> {
        let length = network.shortest_delay().min(Self::longest(network));
        (length > 0.0 && length.is_finite()).then_some(length)
    }

    /// Length of the windows if there were no delays; infinity if no inputs are added up.
    pub fn longest(network: &Network) -> f64 {
        let shards = network.synapses().shards.iter();
        let fastest = shards.map(|shard| network.handling_at(shard.targets.start).fastest());
        PART_OF_TIME_CONSTANT * fastest.fold(f64::INFINITY, f64::min)
    }

    /// Whether windows of this length are too short for the resolution of numbers around a time.
    pub fn is_lost_at(length: f64, time: f64) -> bool {
        time > MOST_WINDOWS * length
    }

    pub fn new(network: &Network, length: f64) -> Self {
        let shards = (0..network.synapses().shards.len()).map(|index| ShardRun::new(network, index)).collect();
        Self { length, shards, progress: Progress::default(), rewind: Rewind::default() }
    }

    /// Runs until one of the reasons to stop, and tells every spike.
    pub fn run(
        &mut self,
        network: &Network,
        inputs: &mut InputStream,
        probe: &mut Probe,
        stop: &Stop,
        (threads, cancel): (usize, &Cancel),
        mut tell: impl FnMut(Spike) -> ControlFlow<()>,
    ) -> StopReason {
        let Self { length, shards, progress, rewind } = self;
        let last_event = stop.events.map_or(u64::MAX, |events| progress.counters.events.saturating_add(events));
        let first = Window::new(network, stop, cancel);
        let (given, banks) = inputs.parts();
        let reason = Team::run(shards, banks, first, threads, |team| {
            let mut told = 0;
            loop {
                while let Some(&spike) = progress.held.front().filter(|spike| spike.time <= stop.until) {
                    if stop.spikes.is_some_and(|spikes| told >= spikes) {
                        return StopReason::Spikes;
                    }
                    progress.held.pop_front();
                    told += 1;
                    if tell(spike).is_break() {
                        return StopReason::Predicate;
                    }
                }
                if stop.spikes.is_some_and(|spikes| told >= spikes) {
                    return StopReason::Spikes;
                }
                if let Some(reason) = progress.ended {
                    let later = matches!(reason, StopReason::Instant { time, .. } if time > stop.until);
                    return if later { StopReason::Until } else { reason };
                }
                if progress.counters.events >= last_event {
                    return StopReason::Events;
                }
                if progress.start > stop.until {
                    return StopReason::Until;
                }
                if cancel.is_requested() {
                    return StopReason::Cancelled;
                }
                if progress.pass_quiet(*length, team, given, probe, stop.until, rewind) {
                    return StopReason::Until;
                }
                progress.window_ahead(*length, team, given, probe, stop, rewind);
            }
        });
        inputs.refresh();
        reason
    }

    pub fn length(&self) -> f64 {
        self.length
    }

    /// Time up to which inputs were taken: the start of the window ahead, its end if the network ran away in it.
    pub fn inputs_until(&self) -> f64 {
        self.progress.start + if self.progress.ended.is_some() { self.length } else { 0.0 }
    }

    /// Time before which everything is known: the start of the window ahead, or the instant at which the network ran away.
    pub fn known_until(&self) -> f64 {
        match self.progress.ended {
            Some(StopReason::Instant { time, .. }) => time,
            _ => self.progress.start,
        }
    }

    /// Takes the samples that a new probe wants from the windows that are done: nowhere but in the latest one, as a call
    /// ends within it.
    pub fn look_back(&mut self, network: &Network, probe: &mut Probe, threads: usize) {
        let known = self.known_until();
        let (neurons, times) = probe.pending(known);
        if !(neurons.is_empty() || times.is_empty()) {
            // Those who ask again and again for a little need not go all the way each time.
            self.rewind = self.rewind.to_latest(network, threads);
            let samples = self.rewind.samples(network, threads, neurons, times);
            probe.sample_before(known, |neuron, time| sample(&samples, neuron, time));
        }
    }

    /// Whether a request to end early has left a window half done.
    pub fn is_cut(&self) -> bool {
        self.progress.ended == Some(StopReason::Cancelled)
    }

    /// The counters, with the sizes of now.
    pub fn counters(&self) -> Counters {
        let bytes: usize = self.shards.iter().map(ShardRun::bytes).sum();
        Counters { bytes: bytes as u64, ..self.progress.counters }
    }
}

impl<'a> Window<'a> {
    /// A window that nothing is known of yet.
    fn new(network: &'a Network, stop: &Stop, cancel: &'a Cancel) -> Self {
        Self {
            network,
            start: 0.0,
            end: 0.0,
            length: Windowed::window(network).unwrap_or(f64::INFINITY),
            new: Vec::new(),
            budget: 0,
            instant_budget: stop.instant_budget,
            instant: stop.instant,
            cancel,
            traced: Vec::new(),
            sample_times: Vec::new(),
        }
    }

    /// Asks for the states of neurons at times in this window, and of no others.
    fn look_at(&mut self, neurons: &[u32], times: &[f64]) {
        self.traced.clear();
        self.sample_times.clear();
        if !times.is_empty() {
            self.traced.extend_from_slice(neurons);
            // a neuron that is asked for twice is stepped once
            self.traced.sort_unstable();
            self.traced.dedup();
            self.sample_times.extend_from_slice(times);
        }
    }
}

impl Progress {
    fn window_ahead(
        &mut self,
        length: f64,
        team: &Team,
        given: &mut Given,
        probe: &mut Probe,
        stop: &Stop,
        rewind: &mut Rewind,
    ) {
        // An arrival comes at the earliest at `start + length`, rounded as here: never before the end.
        let (start, end) = (self.start, self.start + length);
        let before = self.counters;
        let neurons = self.sent.len();
        let most = (MOST_ARRIVALS as usize).saturating_sub(neurons);
        self.take_inputs(end, most.saturating_add(1), given, team);
        self.counters.input_spikes += (self.sent.len() - neurons) as u64;
        if self.sent.len() as u64 > MOST_ARRIVALS {
            self.ended = Some(StopReason::Budget { time: start });
            return;
        }
        rewind.keep(team, start, end, &self.sent, stop);
        let budget = stop.budget.saturating_sub(self.counters.spikes);
        let (traced, sample_times) = probe.pending(end);
        team.advance(|window| {
            (window.start, window.end, window.budget) = (start, end, budget);
            std::mem::swap(&mut window.new, &mut self.sent);
            window.look_at(traced, sample_times);
        });
        // What the swap has left is of the window before.
        self.sent.clear();
        let mut cut = false;
        team.for_each(|shard| cut |= shard.cut);
        if cut {
            // Some neurons have not been stepped to the end: as if the window had not begun.
            (self.ended, self.counters) = (Some(StopReason::Cancelled), before);
            return;
        }
        let events = self.counters.events;
        self.gather(team, probe, end, budget);
        self.quiet.after_window(self.sent.is_empty() && self.counters.events == events);
    }

    /// Takes all spikes of inputs before `end`, but no more than `most`: those given, by time and input, then those of the generators,
    /// input by input.
    fn take_inputs(&mut self, end: f64, most: usize, given: &mut Given, team: &Team) {
        let sent = |spike: &InputSpike| Sent { time: spike.time, source: spike.source };
        let before = self.sent.len();
        self.sent.extend(given.take_before(end, most).iter().map(sent));
        // A bank that has more than its share goes on below: then the rest of the others is less, if the network has not run away.
        let share = most / team.banks().max(1);
        team.draw(end, share);
        let mut left = most - (self.sent.len() - before);
        team.for_each_bank(|bank| {
            bank.draw_before(end, left.saturating_sub(bank.drawn.len()));
            let taken = bank.drawn.len().min(left);
            self.sent.extend(bank.drawn.drain(..).map(|spike| sent(&spike)));
            left -= taken;
        });
    }

    /// Gathers what the shards have found.
    fn gather(&mut self, team: &Team, probe: &mut Probe, end: f64, budget: u64) {
        let mut spikes: Vec<Spike> = Vec::new();
        let mut runaway: Option<Spike> = None;
        let mut samples: Vec<(u32, f64, State)> = Vec::new();
        team.for_each(|shard| {
            spikes.extend_from_slice(&shard.spikes);
            samples.extend_from_slice(&shard.samples);
            runaway = runaway.into_iter().chain(shard.runaway).min_by(by_time);
            let Counters { events, predicted, revised, queue_peak, .. } = std::mem::take(&mut shard.counters);
            self.counters.events += events;
            self.counters.predicted += predicted;
            self.counters.revised += revised;
            self.counters.queue_peak = self.counters.queue_peak.max(queue_peak);
        });
        spikes.sort_unstable_by(by_time);
        if spikes.len() as u64 > budget {
            // Some neurons may not have been stepped to the end.
            self.ended = Some(StopReason::Budget { time: self.start });
            return;
        }
        let samples = sorted(samples);
        probe
            .sample_before(runaway.map_or(end, |spike| spike.time), |neuron, time| sample(&samples, neuron, time));
        if let Some(Spike { time, neuron }) = runaway {
            // All other neurons have been stepped to the end, and nothing acts within its window.
            self.ended = Some(StopReason::Instant { time, neuron });
            spikes.truncate(spikes.partition_point(|spike| spike.time < time));
            self.counters.spikes += spikes.len() as u64;
            self.held.extend(spikes);
            return;
        }
        let (inputs, arrivals, most) = team.window(|window| {
            let (network, inputs) = (window.network, window.network.inputs());
            let arrivals: u64 = spikes.iter().map(|spike| network.fan_out(network.source_of(spike.neuron))).sum();
            (inputs, arrivals, MOST_ARRIVALS.max(4 * network.synapse_count() as u64))
        });
        if arrivals > most {
            self.ended = Some(StopReason::Budget { time: self.start });
            return;
        }
        self.sent.extend(spikes.iter().map(|spike| {
            let SourceId(source) = NeuronId(spike.neuron).as_source(inputs);
            Sent { time: spike.time, source }
        }));
        self.counters.spikes += spikes.len() as u64;
        self.held.extend(spikes);
        self.start = end;
    }
}

/// A sample among those of a window, by time and neuron.
fn sample(samples: &[(u32, f64, State)], neuron: u32, time: f64) -> State {
    match samples.binary_search_by(|sample| sample.1.total_cmp(&time).then(sample.0.cmp(&neuron))) {
        Ok(place) => samples[place].2,
        Err(_) => unreachable!("every shard has sampled its neurons at all times that the window was asked for"),
    }
}

fn by_time(a: &Spike, b: &Spike) -> Ordering {
    a.time.total_cmp(&b.time).then(a.neuron.cmp(&b.neuron))
}
