//! A second engine, as slow and as simple as possible: what the two executors have to agree with.
//!
//! Every synapse puts an arrival of its own into one sorted vector. After each event the next crossing of every
//! neuron is looked for from scratch, by bisection on a membrane that is the sum over all arrivals since its
//! latest spike. Nothing is shared with the engine but the description of the network.

mod linear;
mod membrane;

use delgrad_engine::{Spike, Stop, StopReason, Synapse};
use delgrad_neuron::State;

use crate::case::Case;

use membrane::Membrane;

/// What the oracle has found.
#[derive(Clone, Debug)]
pub struct Answer {
    /// In the order in which they happen.
    pub spikes: Vec<Spike>,
    pub reason: StopReason,
    /// The states of all neurons at each sample time.
    pub states: Vec<Vec<State>>,
    /// Why rounding may change the outcome: a crossing that is barely made or missed, or two events that do not
    /// commute at times that agree but for rounding.
    pub doubt: Option<&'static str>,
}

/// One arrival on its way.
#[derive(Clone, Copy, Debug)]
struct Pending {
    time: f64,
    target: u32,
    source: u32,
    place: usize,
    weight: f64,
}

impl Pending {
    fn key(&self) -> (f64, u32, u32, usize) {
        (self.time, self.target, self.source, self.place)
    }
}

struct Oracle<'c> {
    /// Synapses per source by delay, target and order of creation.
    rows: Vec<Vec<Synapse>>,
    membranes: Vec<Membrane<'c>>,
    /// In the order in which they are to happen.
    pending: Vec<Pending>,
    doubt: Option<&'static str>,
}

/// Runs a network up to `stop.until`, with the two budgets of `stop`.
pub fn answer(case: &Case, stop: &Stop, samples: &[f64]) -> Answer {
    let mut oracle = Oracle::new(case);
    let (mut spikes, mut states): (Vec<Spike>, Vec<Vec<State>>) = (Vec::new(), Vec::new());
    let (mut now, mut next_input) = (0.0, 0);
    let reason = loop {
        let arrival = oracle.pending.first().map_or(f64::INFINITY, |pending| pending.time);
        let input = case.given.get(next_input).map_or(f64::INFINITY, |spike| spike.time);
        let event = arrival.min(input);
        let crossing = oracle.first_crossing(now, event.min(stop.until));
        let instant = crossing.map_or(event, |(time, _)| time);
        while let Some(&sample) = samples.get(states.len()).filter(|&&time| time < instant && time <= stop.until) {
            states.push(oracle.membranes.iter().map(|membrane| membrane.state(sample)).collect());
        }
        if let Some((time, neuron)) = crossing {
            if spikes.len() as u64 >= stop.budget {
                break StopReason::Budget { time };
            }
            let before = spikes.iter().rev().take_while(|spike| spike.time == time);
            if before.filter(|spike| spike.neuron == neuron).count() as u32 >= stop.instant_budget {
                break StopReason::Instant { time, neuron };
            }
            oracle.membranes[neuron as usize].fire(time);
            oracle.send(case.inputs + neuron, time);
            spikes.push(Spike { time, neuron });
            now = time;
        } else if event <= stop.until {
            now = event;
            while let Some(spike) = case.given.get(next_input).filter(|spike| spike.time == now) {
                oracle.send(spike.source, now);
                next_input += 1;
            }
            oracle.deliver(now);
        } else {
            break StopReason::Until;
        }
    };
    Answer { spikes, reason, states, doubt: oracle.doubt }
}

impl<'c> Oracle<'c> {
    fn new(case: &'c Case) -> Self {
        let mut rows = vec![Vec::new(); case.inputs as usize + case.neurons.len()];
        for &synapse in &case.synapses {
            rows[synapse.source.index()].push(synapse);
        }
        for row in &mut rows {
            row.sort_by(|a, b| a.delay.total_cmp(&b.delay).then(a.target.cmp(&b.target)));
        }
        let membranes = case.neurons.iter().map(Membrane::new).collect();
        Self { rows, membranes, pending: Vec::new(), doubt: None }
    }

    /// The earliest crossing from `now` to `end`, both included; of the lowest neuron if several are due.
    fn first_crossing(&mut self, now: f64, end: f64) -> Option<(f64, u32)> {
        let mut first: Option<(f64, u32)> = None;
        for (neuron, membrane) in (0..).zip(&self.membranes) {
            let found = membrane.crossing(now, end);
            if let Some(time) = found.time.filter(|&time| first.is_none_or(|(earliest, _)| time < earliest)) {
                first = Some((time, neuron));
            }
            if found.grazes {
                self.doubt = self.doubt.or(Some("grazing"));
            }
        }
        first
    }

    fn send(&mut self, source: u32, sent: f64) {
        for (place, synapse) in self.rows[source as usize].iter().enumerate() {
            let Synapse { target, weight, delay, .. } = *synapse;
            let pending = Pending { time: sent + delay, target: target.0, source, place, weight };
            let later = self.pending.partition_point(|other| other.key() <= pending.key());
            self.pending.insert(later, pending);
        }
    }

    /// All arrivals of this instant that have been sent so far.
    fn deliver(&mut self, now: f64) {
        let due = self.pending.partition_point(|pending| pending.time <= now);
        for Pending { target, source, weight, .. } in self.pending.drain(..due) {
            let membrane = &mut self.membranes[target as usize];
            if membrane.ties(now, source) {
                self.doubt = self.doubt.or(Some("tie"));
            }
            membrane.arrive(now, source, weight);
        }
    }
}
