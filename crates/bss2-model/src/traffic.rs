//! The ways of spikes through the chip: buses, delay pairs, losses.

use std::cmp::Ordering;
use std::collections::BinaryHeap;

use delgrad_engine::{Sent, SourceId, Transport};

use crate::bus::EventBus;
use crate::trial_noise::{Draw, TrialNoise};

/// Buses of both hemispheres.
pub(crate) const ALL_BUSES: usize = 8;

/// The way of one source's spikes. Times are those of the network.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Way {
    /// Buses that its own events take.
    pub first: Vec<u8>,
    /// What its delay pair adds; none: it has none.
    pub delay: Option<f64>,
    /// Buses that the events of the pair take.
    pub second: Vec<u8>,
}

/// All ways through a chip, and what the chip does on them.
#[derive(Clone, Debug)]
pub(crate) struct Ways {
    /// By source: inputs first, then neurons.
    pub ways: Vec<Way>,
    /// Whether each source has a delay pair.
    pub delayed: Vec<bool>,
    pub neurons: usize,
    /// From the threshold of each neuron to its spike; empty: none has any.
    pub latencies: Vec<f64>,
    /// Time that an event takes on a bus; 0: buses are not modelled.
    pub service: f64,
    pub depth: u32,
    /// Whether a busy pair loses spikes.
    pub busy: bool,
}

impl Ways {
    /// From the threshold of a source to its spike; 0 for inputs.
    fn latency(&self, source: u32) -> f64 {
        let inputs = self.ways.len() - self.neurons;
        let neuron = (source as usize).checked_sub(inputs);
        neuron.and_then(|neuron| self.latencies.get(neuron)).copied().unwrap_or(0.0)
    }
}

/// What became of the spikes of a run on a chip.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct EventCounts {
    /// Spikes of inputs and neurons.
    pub sent: u64,
    /// Spikes that got to their synapses.
    pub delivered: u64,
    /// Spikes that were lost on their way, as the preset's `noise.loss` says.
    pub lost: u64,
    /// Spikes that met a delay pair that was busy.
    pub busy: u64,
    /// Spikes dropped by each event bus: four of the upper hemisphere, then four of the lower one.
    pub dropped: [u64; ALL_BUSES],
    /// Spikes under way when the run ended.
    pub under_way: u64,
}

impl EventCounts {
    /// Spikes that did not get to their synapses, for whatever reason.
    #[must_use]
    pub fn missing(&self) -> u64 {
        self.lost + self.busy + self.dropped.iter().sum::<u64>()
    }
}

impl std::ops::AddAssign for EventCounts {
    fn add_assign(&mut self, other: Self) {
        let Self { sent, delivered, lost, busy, dropped, under_way } = other;
        self.sent += sent;
        self.delivered += delivered;
        self.lost += lost;
        self.busy += busy;
        self.dropped.iter_mut().zip(dropped).for_each(|(sum, own)| *sum += own);
        self.under_way += under_way;
    }
}

/// Where a spike under way is.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Stage {
    /// It leaves its neuron later than it was recorded.
    Leaves,
    /// It has left the first bus.
    AtPair,
    /// The delay pair sends it on.
    FromPair,
    /// It is at its synapses.
    Arrives,
}

#[derive(Clone, Copy, Debug)]
struct UnderWay {
    time: f64,
    /// Ties go in the order of sending.
    number: u64,
    source: u32,
    stage: Stage,
    /// What is added to its delay.
    jitter: f64,
}

impl PartialEq for UnderWay {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for UnderWay {}

impl PartialOrd for UnderWay {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for UnderWay {
    /// The earliest is the greatest, as the heap wants it.
    fn cmp(&self, other: &Self) -> Ordering {
        other.time.total_cmp(&self.time).then(other.number.cmp(&self.number))
    }
}

/// The spikes of one run on their ways.
#[derive(Debug)]
pub(crate) struct Traffic<'a> {
    ways: &'a Ways,
    noise: TrialNoise,
    /// Draws of the n-th spikes of all sources, as far as they were asked for.
    draws: Vec<Vec<Draw>>,
    /// Spikes that each source has sent.
    sent: Vec<u32>,
    heap: BinaryHeap<UnderWay>,
    number: u64,
    buses: [EventBus; ALL_BUSES],
    /// Until when the delay pair of each source is busy.
    busy_until: Vec<f64>,
    counts: EventCounts,
}

impl<'a> Traffic<'a> {
    pub fn new(ways: &'a Ways, noise: TrialNoise) -> Self {
        let sources = ways.ways.len();
        Self {
            ways,
            noise,
            draws: Vec::new(),
            sent: vec![0; sources],
            heap: BinaryHeap::new(),
            number: 0,
            buses: Default::default(),
            busy_until: vec![f64::NEG_INFINITY; sources],
            counts: EventCounts::default(),
        }
    }

    /// What became of the spikes.
    pub fn counts(&self) -> EventCounts {
        EventCounts { under_way: self.heap.len() as u64, ..self.counts }
    }

    fn draw(&mut self, source: u32) -> Draw {
        if self.noise.is_silent() {
            return Draw::default();
        }
        let round = self.sent[source as usize] as usize;
        self.sent[source as usize] += 1;
        while self.draws.len() <= round {
            let mut draws = Vec::new();
            self.noise.draw(self.draws.len() as u64, self.ways.neurons, &self.ways.delayed, &mut draws);
            self.draws.push(draws);
        }
        self.draws[round][source as usize]
    }

    fn push(&mut self, time: f64, source: u32, stage: Stage, jitter: f64) {
        self.heap.push(UnderWay { time, number: self.number, source, stage, jitter });
        self.number += 1;
    }

    /// Goes over buses, all at once; tells when the last one lets the event go. None: one of them has dropped it.
    fn over(&mut self, buses: &[u8], time: f64) -> Option<f64> {
        let mut leaves = time;
        for &bus in buses {
            match self.buses[usize::from(bus)].enter(time, self.ways.service, self.ways.depth) {
                Some(own) => leaves = leaves.max(own),
                None => {
                    self.counts.dropped[usize::from(bus)] += 1;
                    return None;
                }
            }
        }
        Some(leaves)
    }

    /// The spike leaves its neuron or input.
    fn leave(&mut self, source: u32, time: f64, jitter: f64) -> Sent {
        let ways = self.ways;
        let way = &ways.ways[source as usize];
        let stage = if way.delay.is_some() { Stage::AtPair } else { Stage::Arrives };
        match self.over(&way.first, time) {
            Some(leaves) if leaves > time => self.push(leaves, source, stage, jitter),
            Some(_) if stage == Stage::Arrives => {
                self.counts.delivered += 1;
                return Sent::Now;
            }
            Some(_) => self.at_pair(source, time, jitter),
            None => {}
        }
        Sent::Later
    }

    fn at_pair(&mut self, source: u32, time: f64, jitter: f64) {
        let Some(delay) = self.ways.ways[source as usize].delay else { return };
        let busy_until = &mut self.busy_until[source as usize];
        if self.ways.busy && time < *busy_until {
            self.counts.busy += 1;
            return;
        }
        // Jitter never makes a spike come before it was sent.
        let fires = time + (delay + jitter).max(0.0);
        *busy_until = fires;
        self.push(fires, source, Stage::FromPair, 0.0);
    }
}

impl Transport for Traffic<'_> {
    fn send(&mut self, SourceId(source): SourceId, time: f64) -> Sent {
        self.counts.sent += 1;
        let draw = self.draw(source);
        if draw.lost {
            self.counts.lost += 1;
            return Sent::Later;
        }
        let later = draw.spike + self.ways.latency(source);
        if later > 0.0 {
            self.push(time + later, source, Stage::Leaves, draw.delay);
            return Sent::Later;
        }
        self.leave(source, time, draw.delay)
    }

    fn next_time(&self) -> f64 {
        self.heap.peek().map_or(f64::INFINITY, |spike| spike.time)
    }

    fn take(&mut self) -> Option<SourceId> {
        let UnderWay { time, source, stage, jitter, .. } = self.heap.pop()?;
        match stage {
            Stage::Leaves => return (self.leave(source, time, jitter) == Sent::Now).then_some(source.into()),
            Stage::AtPair => self.at_pair(source, time, jitter),
            Stage::FromPair => {
                let ways = self.ways;
                match self.over(&ways.ways[source as usize].second, time) {
                    Some(leaves) if leaves > time => self.push(leaves, source, Stage::Arrives, 0.0),
                    Some(_) => {
                        self.counts.delivered += 1;
                        return Some(source.into());
                    }
                    None => {}
                }
            }
            Stage::Arrives => {
                self.counts.delivered += 1;
                return Some(source.into());
            }
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::preset::Noise;
    use crate::units::Units;
    use proptest::prelude::*;

    fn noise(loss: f64) -> TrialNoise {
        let noise = Noise { loss, delay_jitter: 0.3, spike_jitter: 0.1, ..Noise::default() };
        TrialNoise::new(&noise, Units::default(), 1, 1)
    }

    proptest! {
        /// Whatever happens: what was sent has arrived, is lost, or is under way; and time never goes back.
        #[test]
        fn no_spike_gets_lost_without_being_counted(
            sends in prop::collection::vec((0..6_u32, 0.0..0.01_f64), 1..300),
            loss in 0.0..0.3_f64,
            busy in any::<bool>(),
            depth in 0..3_u32,
        ) {
            let way = |n: u8| Way {
                first: vec![n % 2],
                delay: (!n.is_multiple_of(3)).then_some(0.01 * f64::from(n)),
                second: if !n.is_multiple_of(3) { vec![2 + n % 2, 4] } else { Vec::new() },
            };
            let ways: Vec<Way> = (0..6).map(way).collect();
            let delayed = ways.iter().map(|way| way.delay.is_some()).collect();
            let ways = Ways { ways, delayed, neurons: 3, latencies: vec![0.0, 0.1, 0.0], service: 0.008, depth, busy };
            let mut traffic = Traffic::new(&ways, noise(loss));
            let (mut now, mut delivered) = (0.0, 0);
            for &(source, gap) in &sends {
                let next = now + gap;
                while traffic.next_time() <= next {
                    prop_assert!(traffic.next_time() >= now);
                    now = traffic.next_time();
                    delivered += u64::from(traffic.take().is_some());
                }
                now = next;
                delivered += u64::from(traffic.send(source.into(), now) == Sent::Now);
            }
            let counts = traffic.counts();
            prop_assert_eq!(counts.sent, sends.len() as u64);
            prop_assert_eq!(counts.delivered, delivered);
            prop_assert_eq!(counts.sent, counts.delivered + counts.missing() + counts.under_way);
        }
    }

    #[test]
    fn a_busy_pair_loses_spikes() {
        let way = Way { first: Vec::new(), delay: Some(2.0), second: Vec::new() };
        let ways = Ways {
            ways: vec![way],
            delayed: vec![true],
            neurons: 0,
            latencies: Vec::new(),
            service: 0.0,
            depth: 0,
            busy: true,
        };
        let silent = TrialNoise::new(&Noise::default(), Units::default(), 1, 1);
        let mut traffic = Traffic::new(&ways, silent);
        assert_eq!(traffic.send(SourceId(0), 1.0), Sent::Later);
        traffic.send(SourceId(0), 2.9);
        assert_eq!(traffic.next_time(), 3.0);
        assert_eq!(traffic.take(), Some(SourceId(0)));
        traffic.send(SourceId(0), 3.0);
        let counts = traffic.counts();
        assert_eq!((counts.sent, counts.busy, counts.delivered, counts.under_way), (3, 1, 1, 1));
    }
}
