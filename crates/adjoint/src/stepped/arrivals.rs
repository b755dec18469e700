//! The arrivals of stepped neurons, found from the spikes of their sources.

use delgrad_engine::Network;

use crate::Record;
use crate::rows::{Rows, Stretch};
use crate::spikes_of::SpikesOf;

/// One arrival.
#[derive(Clone, Copy, Debug)]
pub(super) struct Arrival {
    pub time: f64,
    /// Of its synapse.
    delay: f64,
    /// Its synapse, by the place in the rows.
    pub place: u32,
    pub source: u32,
    /// The spike that has sent it: input spikes first, then spikes of neurons.
    pub sender: u32,
    /// When it acts at its instant: after spikes up to this microstep, before those of later ones. Where the record does not tell
    /// microsteps, zero unless a neuron has sent it at this very instant: then the place of that spike and one.
    pub microstep: u32,
}

/// A synapse onto a stepped neuron.
#[derive(Clone, Copy, Debug)]
struct Incoming {
    source: u32,
    place: u32,
    delay: f64,
}

/// Synapses by target, and spikes by source.
#[derive(Clone, Debug)]
pub(super) struct Arrivals {
    /// First synapse of each slot, and the end of the last one.
    first: Vec<u32>,
    synapses: Vec<Incoming>,
    /// First spike of each source, and the end of the last one.
    first_spike: Vec<u32>,
    times: Vec<f64>,
    senders: Vec<u32>,
    /// Of each spike, what [`Arrival::microstep`] says of an arrival without delay.
    microsteps: Vec<u32>,
}

impl Arrivals {
    pub fn new(network: &Network, rows: &Rows, record: &Record, slot_of: &[u32], slots: usize) -> Self {
        let sources = network.source_count();
        if slots == 0 {
            let none = Vec::new;
            let (synapses, times) = (Vec::new(), Vec::new());
            return Self {
                first: vec![0],
                synapses,
                first_spike: vec![0],
                times,
                senders: none(),
                microsteps: none(),
            };
        }
        let mut of_slots: Vec<(u32, Incoming)> = Vec::new();
        for source in 0..sources {
            for &Stretch { start, end, .. } in rows.row(source) {
                for place in start..end {
                    let slot = slot_of[rows.target[place as usize] as usize];
                    if slot != u32::MAX {
                        of_slots.push((slot, Incoming { source, place, delay: rows.delay[place as usize] }));
                    }
                }
            }
        }
        // Stable: within a slot, source by source.
        of_slots.sort_by_key(|(slot, _)| *slot);
        let slot_ends = (0..slots as u32).map(|slot| of_slots.partition_point(|(of, _)| *of <= slot) as u32);
        let inputs = record.inputs().iter().map(|spike| spike.source);
        let neurons = record.spikes().iter().map(|spike| network.source_of(spike.neuron).0);
        let spikes = SpikesOf::count(sources, inputs.chain(neurons));
        let own = |sender: u32| sender.checked_sub(record.inputs().len() as u32);
        let time = |&sender: &u32| {
            own(sender).map_or_else(
                || record.inputs()[sender as usize].time,
                |spike| record.spikes()[spike as usize].time,
            )
        };
        let microstep = |&sender: &u32| {
            own(sender).map_or(0, |spike| record.microstep(spike).unwrap_or(spike.saturating_add(1)))
        };
        Self {
            first: std::iter::once(0).chain(slot_ends).collect(),
            synapses: of_slots.into_iter().map(|(_, synapse)| synapse).collect(),
            times: spikes.places().iter().map(time).collect(),
            first_spike: spikes.firsts().to_vec(),
            microsteps: spikes.places().iter().map(microstep).collect(),
            senders: spikes.places().to_vec(),
        }
    }

    /// Calls `found` with the spikes of each synapse of a slot that arrive after `start` and not after `end`.
    fn each_synapse(
        &self,
        slot: u32,
        start: f64,
        end: f64,
        mut found: impl FnMut(Incoming, std::ops::Range<usize>),
    ) {
        let synapses = self.first[slot as usize] as usize..self.first[slot as usize + 1] as usize;
        for &synapse in &self.synapses[synapses] {
            let source = synapse.source as usize;
            let spikes = self.first_spike[source] as usize..self.first_spike[source + 1] as usize;
            let until = |bound: f64| {
                self.times[spikes.clone()].partition_point(|time| time + synapse.delay <= bound) + spikes.start
            };
            found(synapse, until(start)..until(end));
        }
    }

    /// Number of synapses onto stepped neurons.
    pub fn synapses(&self) -> usize {
        self.synapses.len()
    }

    /// Number of arrivals at all slots after `start` and not after `end`.
    pub fn count(&self, start: f64, end: f64) -> usize {
        let mut count = 0;
        for slot in 0..self.first.len() as u32 - 1 {
            self.each_synapse(slot, start, end, |_, spikes| count += spikes.len());
        }
        count
    }

    /// The arrivals at a slot after `start` and not after `end`, in the order in which they act.
    pub fn collect(&self, slot: u32, start: f64, end: f64, arrivals: &mut Vec<Arrival>) {
        arrivals.clear();
        self.each_synapse(slot, start, end, |Incoming { source, place, delay }, spikes| {
            arrivals.extend(spikes.map(|spike| {
                let (sent, sender) = (self.times[spike], self.senders[spike]);
                let time = sent + delay;
                let microstep = if time == sent { self.microsteps[spike] } else { 0 };
                Arrival { time, delay, place, source, sender, microstep }
            }));
        });
        arrivals.sort_unstable_by(|a, b| {
            let by_place = a
                .microstep
                .cmp(&b.microstep)
                .then(a.source.cmp(&b.source))
                .then(a.delay.total_cmp(&b.delay))
                .then(a.place.cmp(&b.place))
                .then(a.sender.cmp(&b.sender));
            a.time.total_cmp(&b.time).then(by_place)
        });
    }
}
