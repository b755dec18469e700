//! Arrivals sorted into the windows in which they come, some windows ahead.
//!
//! A spike whose arrivals spread over many windows or many shards has a few of them in each: to look at its row anew for each
//! window would cost more than the arrivals themselves. So its row is read once for all windows of a *period*, and its
//! arrivals go to lists, one for each window, which are read from one end to the other when their window comes. Every list
//! has its arrivals in the order in which the spikes were sent, as if the rows were read window by window: how long a period
//! is does not change a bit.

use std::ops::Range;

use super::Window;
use super::flights::{Flight, Sent, TOUCHED, board, touch};
use crate::network::synapses::{Delays, Shard, WithWeights};

/// Arrivals in a window for which its rows may be visited in every window.
const WORTH_A_VISIT: f64 = 48.0;
/// Arrivals that a visit shall find in a period, so that many share its cache misses.
const FULL_VISIT: f64 = 96.0;
/// Groups that a visit has to find for its memory to be asked for before.
const WORTH_TOUCHING: u32 = 8;
/// The longest period, in windows: a list for each.
const LONGEST_PERIOD: usize = 256;
/// Arrivals that the lists of a shard may hold: 50 MB. Where more are under way, periods are shorter.
const MOST_WAITING: usize = 1 << 21;
/// Rows that are looked at to choose a period, at most twice as many.
const SAMPLED: usize = 1 << 12;

/// An arrival of a spike at a target.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Arrival {
    pub time: f64,
    pub weight: f64,
    /// Its synapse in the shard. Arrivals at one instant act in this order: by their sources, then as in the row.
    pub synapse: u32,
    /// Its target, counted from the start of the shard.
    pub local: u16,
}

/// The windows of a period with their arrivals.
#[derive(Clone, Debug)]
pub(super) struct Calendar {
    /// Windows that make a period where memory allows it; 1 if rows are better read window by window.
    period: usize,
    /// Whether arrivals are listed in any case.
    always: bool,
    /// Arrivals that the lists may hold.
    most: usize,
    /// Groups of a row that arrive in a window, about.
    in_window: u32,
    /// The windows of the period at hand; none where rows are read window by window.
    days: Days,
    /// A list for each of them, or more.
    lists: Vec<Vec<Arrival>>,
    /// Spikes whose last arrival is in the list.
    last: Vec<u32>,
    /// Spikes with arrivals in this window or later.
    under_way: usize,
    /// The window at hand.
    today: usize,
    /// Arrivals in all lists.
    waiting: usize,
    /// Arrivals of the window before.
    latest: usize,
}

impl Calendar {
    /// An empty calendar for the rows of some sources; `always` is whether it lists arrivals in any case.
    pub fn new(shard: &Shard, sources: Range<u32>, always: bool, length: f64) -> Self {
        let (period, in_window) = period(shard, sources, length);
        Self {
            period,
            always,
            most: MOST_WAITING,
            in_window,
            days: Days { bounds: Vec::new(), rate: 1.0 / length },
            lists: Vec::new(),
            last: Vec::new(),
            under_way: 0,
            today: 0,
            waiting: 0,
            latest: 0,
        }
    }

    /// Groups of a row that arrive in a window, about.
    pub fn in_window(&self) -> u32 {
        self.in_window
    }

    /// Takes new spikes aboard and sorts in what of all flights has to be. Whether it knows the arrivals of the window; else
    /// its rows are to be read for this window alone.
    pub fn turn_to(&mut self, window: &Window, new: &[Sent], shard: &Shard, flights: &mut Vec<Flight>) -> bool {
        if self.period < 2 && !self.always {
            return false;
        }
        if self.days.end(self.today) != Some(window.end) {
            if self.today == self.days.len() {
                flights.retain(|flight| flight.next < flight.end);
            } else {
                // after a stretch in which nothing has happened windows begin at other times
                self.close(shard, flights);
            }
            if !self.begin(window, shard, flights) {
                return false;
            }
        }
        let aboard = flights.len();
        board(shard, flights, new);
        self.under_way += flights.len() - aboard;
        self.enter_from(aboard, shard, flights);
        true
    }

    /// The arrivals of the window at hand.
    pub fn arrivals(&self) -> &[Arrival] {
        self.lists.get(self.today).map_or(&[], Vec::as_slice)
    }

    /// Spikes that have arrivals after the window at hand; none if their rows are read window by window.
    pub fn under_way(&self) -> Option<usize> {
        (self.today < self.days.len()).then(|| self.under_way - self.last[self.today] as usize)
    }

    /// Done with the window at hand, in which there were so many arrivals.
    pub fn turn_over(&mut self, arrivals: usize) {
        self.latest = arrivals;
        if self.today < self.days.len() {
            self.waiting -= arrivals;
            self.lists[self.today].clear();
            self.under_way -= self.last[self.today] as usize;
            self.today += 1;
        }
    }

    /// Begins a period with the window; not if it would have no other window.
    fn begin(&mut self, window: &Window, shard: &Shard, flights: &mut [Flight]) -> bool {
        // What the last window of the period before brought tells how much there will be.
        let period = self.period.min(self.most / (2 * self.latest.max(1)));
        self.days.bounds.clear();
        self.today = 0;
        if period < 2 && !self.always {
            return false;
        }
        let next = |end: &f64| Some(end + window.length);
        self.days.bounds.push(window.start);
        self.days.bounds.extend(std::iter::successors(Some(window.end), next).take(period.max(1)));
        self.lists.resize_with(self.lists.len().max(self.days.len()), Vec::new);
        self.last.clear();
        self.last.resize(self.days.len(), 0);
        self.under_way = flights.len();
        self.enter_from(0, shard, flights);
        true
    }

    /// Ends the period at hand after the latest window: all that comes later waits in its row again.
    fn close(&mut self, shard: &Shard, flights: &mut Vec<Flight>) {
        if let Some(time) = self.listed_from() {
            unlist(shard, flights, time);
        }
        self.lists.iter_mut().for_each(Vec::clear);
        self.waiting = 0;
    }

    /// Ends the period with the window at hand, given the flights that are sorted in.
    fn shorten(&mut self, shard: &Shard, flights: &mut [Flight]) {
        self.days.bounds.truncate(self.today + 2);
        let end = self.days.bounds[self.today + 1];
        for list in &mut self.lists[self.today + 1..] {
            // the memory too
            *list = Vec::new();
        }
        self.waiting = self.arrivals().len();
        self.last.truncate(self.today + 1);
        flights.iter_mut().for_each(|flight| flight.next = first_from(shard, flight.sent, end));
    }

    /// Sorts in what arrives in this period of the flights from a place on; those before are sorted in.
    fn enter_from(&mut self, mut place: usize, shard: &Shard, flights: &mut [Flight]) {
        while place < flights.len() {
            let few = place..flights.len().min(place + TOUCHED);
            place = few.end;
            let windows = (self.days.len() - self.today) as u32;
            let expected = self.in_window.saturating_mul(windows);
            if expected >= WORTH_TOUCHING {
                touch(shard, &flights[few.clone()], expected);
            }
            for flight in &mut flights[few] {
                self.enter(shard, flight);
            }
            if self.waiting > self.most && self.today + 1 < self.days.len() {
                self.shorten(shard, &mut flights[..place]);
            }
        }
    }

    /// Sorts in what arrives in this period.
    fn enter(&mut self, shard: &Shard, flight: &mut Flight) {
        let (sent, Some(&end)) = (flight.sent, self.days.bounds.last()) else { return };
        if flight.next + 1 == flight.end {
            return self.enter_one(shard, flight, end);
        }
        let delays = &shard.delays()[flight.next as usize..flight.end as usize];
        let count = delays.iter().take_while(|&&delay| sent.time + delay < end).count();
        let groups = flight.next..flight.next + count as u32;
        flight.next = groups.end;
        let Some(&latest) = delays[..count].last() else { return };
        if flight.next == flight.end {
            let day = self.days.of(sent.time + latest);
            self.last[day] += 1;
        }
        self.waiting += shard.synapses(groups.clone()).len();
        let listing = Listing { days: &self.days, lists: &mut self.lists, shard, sent: sent.time, groups };
        shard.weights.of_row(sent.source, listing);
    }

    /// [`Calendar::enter`] for a single group, as inputs have that drive one neuron each.
    #[inline(always)]
    fn enter_one(&mut self, shard: &Shard, flight: &mut Flight, end: f64) {
        let (sent, group) = (flight.sent, flight.next);
        let time = sent.time + shard.delay(group);
        if time >= end {
            return;
        }
        flight.next = flight.end;
        let (day, synapses) = (self.days.of(time), shard.synapses(group..group + 1));
        self.last[day] += 1;
        self.waiting += synapses.len();
        for synapse in synapses {
            let (weight, local) = (shard.weights.get(sent.source, synapse), shard.local[synapse]);
            self.lists[day].push(Arrival { time, weight, synapse: synapse as u32, local });
        }
    }

    /// Forgets all: the flights of the run have been replaced.
    pub fn reset(&mut self) {
        self.lists.iter_mut().for_each(Vec::clear);
        self.days.bounds.clear();
        (self.today, self.waiting, self.latest) = (0, 0, 0);
    }

    /// The time from which on arrivals are in lists; none if rows are read window by window.
    pub fn listed_from(&self) -> Option<f64> {
        self.days.bounds.get(self.today).copied()
    }

    /// The earliest arrival in the lists; infinity if there is none.
    pub fn earliest(&self) -> f64 {
        let times = self.lists.iter().flatten().map(|arrival| arrival.time);
        times.fold(f64::INFINITY, f64::min)
    }

    pub fn bytes(&self) -> usize {
        self.lists.iter().map(|list| list.capacity() * size_of::<Arrival>()).sum()
    }
}

/// Puts the arrivals of some groups of a row into their lists.
struct Listing<'a> {
    days: &'a Days,
    lists: &'a mut [Vec<Arrival>],
    shard: &'a Shard,
    /// When the spike was sent.
    sent: f64,
    groups: Range<u32>,
}

impl WithWeights for Listing<'_> {
    #[inline(always)]
    fn with(self, weight: impl Fn(usize) -> f64) {
        let Self { days, lists, shard, sent, groups } = self;
        let arrival = |time: f64, synapse: usize, local: u16| Arrival {
            time,
            weight: weight(synapse),
            synapse: synapse as u32,
            local,
        };
        let delays = &shard.delays()[groups.start as usize..groups.end as usize];
        match &shard.delays {
            Delays::Each(_) => {
                let synapses = groups.start as usize..groups.end as usize;
                for ((synapse, &delay), &local) in synapses.clone().zip(delays).zip(&shard.local[synapses]) {
                    let time = sent + delay;
                    lists[days.of(time)].push(arrival(time, synapse, local));
                }
            }
            Delays::Shared { .. } => {
                for (group, delay) in groups.zip(delays) {
                    let (time, synapses) = (sent + delay, shard.synapses(group..group + 1));
                    let locals = &shard.local[synapses.clone()];
                    let arrivals = synapses.zip(locals).map(|(synapse, &local)| arrival(time, synapse, local));
                    lists[days.of(time)].extend(arrivals);
                }
            }
        }
    }
}

/// Windows one after the other.
#[derive(Clone, Debug)]
struct Days {
    /// Where they begin, and the end of the last one.
    bounds: Vec<f64>,
    /// Windows in a unit of time.
    rate: f64,
}

/// A number not above 2^51 added to this one has its nearest whole number in the last bits.
const WHOLE: f64 = 6_755_399_441_055_744.0;

impl Days {
    fn len(&self) -> usize {
        self.bounds.len().saturating_sub(1)
    }

    fn end(&self, day: usize) -> Option<f64> {
        self.bounds.get(day + 1).copied()
    }

    /// The window of a time that is in one of them. The quotient is off by one at most, and two comparisons without a branch
    /// put it right: the processor could not guess how many ends a time is after.
    #[inline(always)]
    fn of(&self, time: f64) -> usize {
        let place = ((time - self.bounds[0]) * self.rate + WHOLE).to_bits() as u32 as usize;
        let place = place.min(self.bounds.len() - 2);
        let (late, early) = (time >= self.bounds[place + 1], time < self.bounds[place]);
        (place + usize::from(late)).saturating_sub(usize::from(early))
    }
}

/// Flights as they are if nothing is listed that arrives from a time on.
fn unlist(shard: &Shard, flights: &mut Vec<Flight>, time: f64) {
    flights.retain_mut(|flight| unlisted(shard, flight, time));
}

/// Puts a flight before its first arrival from a time on; whether there is one.
pub(super) fn unlisted(shard: &Shard, flight: &mut Flight, time: f64) -> bool {
    flight.next = first_from(shard, flight.sent, time);
    flight.next < flight.end
}

/// The first group of the row of a spike that does not arrive before a time.
fn first_from(shard: &Shard, sent: Sent, time: f64) -> u32 {
    let Range { start, end } = shard.row(sent.source);
    let delays = &shard.delays()[start as usize..end as usize];
    start + delays.partition_point(|delay| sent.time + delay < time) as u32
}

/// Windows that make up a period: so many that a visit of a row is worth it, and not more than rows span.
pub(super) fn period(shard: &Shard, sources: Range<u32>, length: f64) -> (usize, u32) {
    // means over all synapses: what an arrival sees of its row
    let (mut synapses, mut in_window, mut span) = (0.0, 0.0, 0.0);
    let step = (sources.len() / SAMPLED).max(1);
    for source in sources.step_by(step) {
        let row = shard.row(source);
        if row.is_empty() {
            continue;
        }
        let own = shard.synapses(row.clone()).len() as f64;
        let windows = (shard.delay(row.end - 1) - shard.delay(row.start)) / length + 1.0;
        synapses += own;
        in_window += own * own / windows;
        span += own * windows;
    }
    if synapses == 0.0 || in_window >= WORTH_A_VISIT * synapses {
        return (1, (in_window / synapses.max(1.0)) as u32);
    }
    let (in_window, span) = (in_window / synapses, span / synapses);
    let period = (FULL_VISIT / in_window).min(span + 1.0).ceil();
    ((period as usize).clamp(1, LONGEST_PERIOD), in_window.ceil() as u32)
}

#[cfg(test)]
mod tests;
