//! Spikes on their routes through the chip: buses, delay pairs, losses.

use std::cmp::Ordering;
use std::collections::BinaryHeap;

use delgrad_engine::{Sent, SourceId, Transport};

use crate::transport::bus::EventBus;
use crate::transport::counts::{ALL_BUSES, EventCounts};
use crate::transport::routes::Routes;
use crate::transport::trial_noise::{Draw, TrialNoise};

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
    /// The earliest spike is the greatest, because the heap gives the greatest first.
    fn cmp(&self, other: &Self) -> Ordering {
        other.time.total_cmp(&self.time).then(other.number.cmp(&self.number))
    }
}

/// The spikes of one run on their routes.
#[derive(Debug)]
pub(crate) struct Traffic<'a> {
    routes: &'a Routes,
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
    pub fn new(routes: &'a Routes, noise: TrialNoise) -> Self {
        let sources = routes.of_sources.len();
        Self {
            routes,
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
        let nth = self.sent[source as usize] as usize;
        self.sent[source as usize] += 1;
        while self.draws.len() <= nth {
            let mut draws = Vec::new();
            self.noise.draw(self.draws.len() as u64, self.routes.neurons, &self.routes.delayed, &mut draws);
            self.draws.push(draws);
        }
        self.draws[nth][source as usize]
    }

    fn push(&mut self, time: f64, source: u32, stage: Stage, jitter: f64) {
        self.heap.push(UnderWay { time, number: self.number, source, stage, jitter });
        self.number += 1;
    }

    /// Sends an event over several buses at once, and says when the last one lets it go; none if one of them drops it.
    fn over(&mut self, buses: &[u8], time: f64) -> Option<f64> {
        let mut leaves = time;
        for &bus in buses {
            match self.buses[usize::from(bus)].enter(time, self.routes.service, self.routes.depth) {
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
        let routes = self.routes;
        let route = &routes.of_sources[source as usize];
        let stage = if route.delay.is_some() { Stage::AtPair } else { Stage::Arrives };
        match self.over(&route.first, time) {
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
        let Some(delay) = self.routes.of_sources[source as usize].delay else { return };
        let busy_until = &mut self.busy_until[source as usize];
        if self.routes.busy && time < *busy_until {
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
        let later = draw.spike + self.routes.latency(source);
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
                let routes = self.routes;
                match self.over(&routes.of_sources[source as usize].second, time) {
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
    use proptest::prelude::*;

    use super::*;
    use crate::Units;
    use crate::chip::Noise;
    use crate::transport::routes::Route;

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
            let route = |n: u8| Route {
                first: vec![n % 2],
                delay: (!n.is_multiple_of(3)).then_some(0.01 * f64::from(n)),
                second: if !n.is_multiple_of(3) { vec![2 + n % 2, 4] } else { Vec::new() },
            };
            let of_sources: Vec<Route> = (0..6).map(route).collect();
            let delayed = of_sources.iter().map(|route| route.delay.is_some()).collect();
            let routes = Routes { of_sources, delayed, neurons: 3, latencies: vec![0.0, 0.1, 0.0], service: 0.008, depth, busy };
            let mut traffic = Traffic::new(&routes, noise(loss));
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
        let route = Route { first: Vec::new(), delay: Some(2.0), second: Vec::new() };
        let routes = Routes {
            of_sources: vec![route],
            delayed: vec![true],
            neurons: 0,
            latencies: Vec::new(),
            service: 0.0,
            depth: 0,
            busy: true,
        };
        let silent = TrialNoise::new(&Noise::default(), Units::default(), 1, 1);
        let mut traffic = Traffic::new(&routes, silent);
        assert_eq!(traffic.send(SourceId(0), 1.0), Sent::Later);
        traffic.send(SourceId(0), 2.9);
        assert_eq!(traffic.next_time(), 3.0);
        assert_eq!(traffic.take(), Some(SourceId(0)));
        traffic.send(SourceId(0), 3.0);
        let counts = traffic.counts();
        assert_eq!((counts.sent, counts.busy, counts.delivered, counts.under_way), (3, 1, 1, 1));
    }
}
