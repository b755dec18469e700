//! The plain event loop: every event in its place in the order of time.

use std::ops::ControlFlow;

use serde::{Deserialize, Serialize};

use crate::queue::{CrossingQueue, DeliveryKey, DeliveryQueue};
use crate::run::cell::Cell;
use crate::run::input_stream::InputStream;
use crate::run::reached::Reached;
use crate::run::trace::Probe;
use crate::run::transport::{Sent, Transport};
use crate::{Cancel, Counters, Network, SourceId, Spike, Stop, StopReason};

/// More spikes in flight than this, from inputs without measure, would fill the memory: the network runs away.
const MOST_IN_FLIGHT: usize = 1 << 25;

/// State of a run on the plain event loop.
#[derive(Clone, Debug)]
pub(crate) struct Plain {
    cells: Vec<Cell>,
    /// For each neuron a time before which it does not spike without further input, or its very next spike.
    checks: CrossingQueue,
    /// Whether the check is the next spike.
    exact: Vec<bool>,
    /// The next group of each spike in flight.
    deliveries: DeliveryQueue<InFlight>,
    /// Time of the latest event.
    time: f64,
    /// How often arrivals have acted at this time; none if a snapshot has been taken between them, which does not hold it.
    microstep: Option<u32>,
    counters: Counters,
}

/// A spike whose row has not been delivered to its end.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct InFlight {
    sent: f64,
    shard: u32,
    /// End of the row, in groups.
    end: u32,
}

/// All that a run cannot derive from its network.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct PlainSnapshot {
    cells: Vec<Cell>,
    checks: Vec<f64>,
    exact: Vec<bool>,
    deliveries: Vec<(DeliveryKey, InFlight)>,
    time: f64,
    counters: Counters,
}

impl Plain {
    pub fn new(network: &Network) -> Self {
        let cells: Vec<Cell> = (0..network.neurons()).map(|neuron| Cell::at_start(network, neuron)).collect();
        let mut checks = CrossingQueue::new(cells.len());
        for (neuron, cell) in (0..).zip(&cells) {
            checks.set(neuron, cell.spike_bound(network.model(neuron)));
        }
        Self {
            exact: vec![false; cells.len()],
            cells,
            checks,
            deliveries: DeliveryQueue::new(),
            time: 0.0,
            microstep: Some(0),
            counters: Counters::default(),
        }
    }

    /// Runs until one of the reasons to stop, and tells every spike with its microstep: how often arrivals have acted at its instant
    /// before.
    pub fn run<T: Transport>(
        &mut self,
        network: &Network,
        inputs: &mut InputStream,
        probe: &mut Probe,
        transport: &mut T,
        (stop, cancel): (&Stop, &Cancel),
        mut tell: impl FnMut(Spike, Option<u32>) -> ControlFlow<()>,
    ) -> StopReason {
        let last_spike = stop.spikes.map_or(u64::MAX, |spikes| self.counters.spikes.saturating_add(spikes));
        let last_event = stop.events.map_or(u64::MAX, |events| self.counters.events.saturating_add(events));
        loop {
            if self.counters.spikes >= last_spike {
                return StopReason::Spikes;
            }
            if self.counters.events >= last_event {
                return StopReason::Events;
            }
            let (check, neuron) = self.checks.earliest();
            let input = inputs.peek();
            let arrival = self.deliveries.peek().map_or(f64::INFINITY, |(key, _)| key.time);
            let departure = transport.next_time();
            let now = check.min(input.time).min(arrival).min(departure);
            // Between two instants: all that happens until the time of the latest event has happened.
            if now > self.time && cancel.is_requested() {
                return StopReason::Cancelled;
            }
            probe.sample_before(now.min(stop.until.next_up()), |neuron, time| {
                self.cells[neuron as usize].at(network.model(neuron), time)
            });
            if now > stop.until || now == f64::INFINITY {
                return StopReason::Until;
            }
            if now > self.time {
                self.microstep = Some(0);
            }
            self.time = now;
            if check <= now {
                if !self.exact[neuron as usize] {
                    self.look_ahead(network, neuron, now);
                    continue;
                }
                if self.counters.spikes >= stop.budget {
                    return StopReason::Budget { time: now };
                }
                let repeated = self.cells[neuron as usize].spikes_at(network.model(neuron), now, stop.instant);
                if repeated >= stop.instant_budget.max(1) {
                    return StopReason::Instant { time: now, neuron };
                }
                self.fire(network, transport, neuron, now, stop.instant);
                if tell(Spike { time: now, neuron }, self.microstep).is_break() {
                    return StopReason::Predicate;
                }
            } else if input.time <= now {
                if self.deliveries.len() > MOST_IN_FLIGHT {
                    return StopReason::Budget { time: now };
                }
                inputs.take();
                self.counters.input_spikes += 1;
                self.emit(network, transport, input.source.into(), now);
            } else if departure <= now {
                if let Some(source) = transport.take() {
                    self.send(network, source, now);
                }
            } else {
                // All arrivals of the instant act before any crossing that they cause.
                while let Some((key, spike)) = self.deliveries.peek().filter(|(key, _)| key.time == now) {
                    self.deliver(network, key, spike.shard);
                }
                self.microstep = self.microstep.map(|microstep| microstep + 1);
            }
        }
    }

    /// Replaces a check that is due by a later bound, or by the time of the next spike.
    fn look_ahead(&mut self, network: &Network, neuron: u32, now: f64) {
        let (cell, model) = (&mut self.cells[neuron as usize], network.model(neuron));
        let bound = cell.spike_bound(model);
        if bound > now {
            self.checks.set(neuron, bound);
            return;
        }
        self.counters.predicted += 1;
        self.checks.set(neuron, cell.next_spike(model, f64::INFINITY).unwrap_or(f64::INFINITY));
        self.exact[neuron as usize] = true;
    }

    fn fire<T: Transport>(&mut self, network: &Network, transport: &mut T, neuron: u32, time: f64, instant: f64) {
        let (cell, model) = (&mut self.cells[neuron as usize], network.model(neuron));
        cell.fire(model, time, instant);
        self.checks.set(neuron, cell.spike_bound(model));
        self.exact[neuron as usize] = false;
        self.counters.spikes += 1;
        self.emit(network, transport, network.source_of(neuron), time);
    }

    #[inline]
    fn emit<T: Transport>(&mut self, network: &Network, transport: &mut T, source: SourceId, time: f64) {
        if transport.send(source, time) == Sent::Now {
            self.send(network, source, time);
        }
    }

    fn send(&mut self, network: &Network, SourceId(source): SourceId, sent: f64) {
        for (index, shard) in (0..).zip(&network.synapses().shards) {
            let row = shard.row(source);
            if !row.is_empty() {
                let place = shard.first_place + row.start;
                let key = DeliveryKey { time: sent + shard.delay(row.start), source, place };
                self.deliveries.push(key, InFlight { sent, shard: index, end: row.end });
            }
        }
    }

    /// Delivers one group of a spike in flight and puts the spike back for its next group.
    fn deliver(&mut self, network: &Network, key: DeliveryKey, shard: u32) {
        let shard = &network.synapses().shards[shard as usize];
        let group = key.place - shard.first_place;
        let next = group + 1;
        // Spikes of one source at one instant arrive synapse by synapse.
        let mut copies = 0;
        while let Some((_, spike)) = self.deliveries.peek().filter(|(earliest, _)| *earliest == key) {
            copies += 1;
            if next < spike.end {
                let time = spike.sent + shard.delay(next);
                self.deliveries.replace_earliest(DeliveryKey { time, place: key.place + 1, ..key }, spike);
            } else {
                self.deliveries.pop();
            }
        }
        let synapses = shard.synapses(group..next);
        self.counters.events += copies * synapses.len() as u64;
        for synapse in synapses {
            let target = shard.targets.start + u32::from(shard.local[synapse]);
            let (cell, model) = (&mut self.cells[target as usize], network.model(target));
            cell.advance(model, key.time);
            let weight = shard.weights.get(key.source, synapse);
            (0..copies).for_each(|_| cell.arrive(model, weight));
            // While clamped the check is the release, whatever arrives.
            if cell.is_clamped() {
                continue;
            }
            self.exact[target as usize] = false;
            // An earlier check holds as it is: the neuron is checked again when it is due.
            let bound = cell.spike_bound(model);
            if bound < self.checks.get(target) {
                self.counters.revised += 1;
                self.checks.set(target, bound);
            }
        }
    }

    /// Time of the latest event.
    pub fn time(&self) -> f64 {
        self.time
    }

    /// The counters, with the sizes of now.
    pub fn counters(&self) -> Counters {
        let bytes =
            size_of_val(&self.cells[..]) + self.exact.len() + self.checks.bytes() + self.deliveries.bytes();
        let queue_peak = self.counters.queue_peak.max(self.deliveries.peak() as u64);
        Counters { queue_peak, bytes: bytes as u64, ..self.counters }
    }

    pub fn snapshot(&self) -> PlainSnapshot {
        // Entries of equal keys stand side by side, in an order that depends on how they came into the queue.
        let mut deliveries = self.deliveries.entries();
        deliveries.chunk_by_mut(|(a, _), (b, _)| a == b).for_each(|equal| {
            equal.sort_by(|(_, a), (_, b)| a.sent.total_cmp(&b.sent));
        });
        PlainSnapshot {
            cells: self.cells.clone(),
            checks: (0..self.cells.len() as u32).map(|neuron| self.checks.get(neuron)).collect(),
            exact: self.exact.clone(),
            deliveries,
            time: self.time,
            // Capacities depend on how a run came to its state.
            counters: Counters { bytes: 0, ..self.counters() },
        }
    }

    /// The run that a snapshot was taken from, whose latest call had ended at `reached`; none if no run of the network leaves
    /// such a snapshot.
    pub fn resume(network: &Network, snapshot: &PlainSnapshot, reached: Reached) -> Option<Self> {
        let neurons = network.neurons() as usize;
        let now = snapshot.time;
        let lengths = [snapshot.cells.len(), snapshot.checks.len(), snapshot.exact.len()];
        if !(0.0..f64::INFINITY).contains(&now) || lengths != [neurons; 3] || !snapshot.counters.is_sound() {
            return None;
        }
        if Reached::before(now) > reached || (!reached.whole && reached.time != now) || !reached.time.is_finite() {
            return None;
        }
        let fits = |(key, spike): &(DeliveryKey, InFlight)| {
            let shard = network.synapses().shards.get(spike.shard as usize)?;
            let row = (key.source < network.source_count()).then(|| shard.row(key.source))?;
            let group = key.place.checked_sub(shard.first_place)?;
            (row.contains(&group)
                && row.end == spike.end
                && (0.0..=now).contains(&spike.sent)
                && key.time == spike.sent + shard.delay(group)
                && reached.allows(key.time))
            .then_some(())
        };
        let sound = |neuron: u32| {
            let (index, model) = (neuron as usize, network.model(neuron));
            let (mut cell, check) = (snapshot.cells[index], snapshot.checks[index]);
            let checked = if snapshot.exact[index] {
                check == cell.next_spike(model, f64::INFINITY).unwrap_or(f64::INFINITY)
            } else {
                check <= cell.spike_bound(model)
            };
            checked
                && reached.allows(check)
                && snapshot.cells[index].is_sound(&Cell::at_start(network, neuron), model, now)
        };
        if !(0..network.neurons()).all(sound) || !snapshot.deliveries.iter().all(|entry| fits(entry).is_some()) {
            return None;
        }
        let mut checks = CrossingQueue::new(neurons);
        for (neuron, &check) in (0..).zip(&snapshot.checks) {
            checks.set(neuron, check);
        }
        Some(Self {
            cells: snapshot.cells.clone(),
            checks,
            exact: snapshot.exact.clone(),
            deliveries: DeliveryQueue::from_entries(&snapshot.deliveries),
            time: snapshot.time,
            // Where nothing has arrived yet, nothing has arrived at this instant.
            microstep: (snapshot.counters.events == 0).then_some(0),
            counters: snapshot.counters,
        })
    }
}
