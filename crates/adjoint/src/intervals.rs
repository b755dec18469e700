//! Inter-event intervals: the time of every neuron, cut at its own events.

use std::ops::Range;

use delgrad_engine::Network;
use delgrad_neuron::PointNeuron;

use crate::Record;

/// Inter-event interval of a neuron, which ends with a spike, a release, a sample or the end of the record.
///
/// Within it the adjoint is known in closed form from that at its end.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Interval {
    /// Arrivals before this time belong to this interval or to one before it.
    pub limit: f64,
    /// When it ends.
    pub end: f64,
    /// Adjoint at its end, right before the event that ends it.
    pub lambda: f64,
    pub mu: f64,
}

/// What ends an interval.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Break {
    /// A spike, by its place in the record.
    Spike(u32),
    Release,
    /// An observable is sampled, by its place in the list.
    Sample(u32),
    End,
    /// Nothing: the interval after the end of the record, which arrivals without effect fall into.
    Never,
}

/// What is needed of an interval less often.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Ending {
    pub by: Break,
    /// Whether the neuron is clamped within the interval.
    pub clamped: bool,
    /// Voltage and current at the end, right before the event. Sums of arrivals while they are added up.
    pub v: f64,
    pub i: f64,
}

/// A sample of one neuron.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Sample {
    pub neuron: u32,
    pub time: f64,
    /// Place among the observables.
    pub place: u32,
}

/// The intervals of all neurons, neuron after neuron and in order of time; behind the last one of each neuron stands one more
/// for the time after the record.
#[derive(Clone, Debug)]
pub(crate) struct Intervals {
    pub hot: Vec<Interval>,
    pub endings: Vec<Ending>,
    /// First interval of each neuron, and the end of the last one's.
    pub first: Vec<u32>,
    /// The interval that each spike ends; without meaning for spikes of neurons that are not superposed.
    pub of_spike: Vec<u32>,
}

impl Intervals {
    /// Cuts the record at the events of the neurons that `superposed` holds; each other neuron gets one interval that nothing depends on.
    /// `samples` are sorted by neuron, then time.
    pub fn new(
        network: &Network,
        record: &Record,
        spikes_of: &SpikesOf,
        superposed: &[bool],
        samples: &[Sample],
    ) -> Self {
        let most_spikes = most_spikes(network);
        let mut intervals = Self {
            hot: Vec::new(),
            endings: Vec::new(),
            first: vec![0],
            of_spike: vec![0; record.spikes().len()],
        };
        let most = 2 * (record.spikes().len() + superposed.len()) + samples.len();
        intervals.hot.reserve(most);
        intervals.endings.reserve(most);
        let mut samples = samples.iter().peekable();
        for neuron in 0..network.neurons() {
            let spikes: &[u32] = if superposed[neuron as usize] { spikes_of.neuron(neuron) } else { &[] };
            let (model, most_spikes) = (network.model(neuron), most_spikes[neuron as usize]);
            let time_of = |spike: &u32| record.spikes()[*spike as usize].time;
            let mut samples_before = |intervals: &mut Self, time: f64, clamped: bool| {
                while let Some(sample) = samples.next_if(|sample| sample.neuron == neuron && sample.time < time) {
                    intervals.push(sample.time, Break::Sample(sample.place), clamped);
                }
            };
            let mut clamped = false;
            for (count, spike) in (1..).zip(spikes) {
                let time = time_of(spike);
                samples_before(&mut intervals, time, clamped);
                intervals.of_spike[*spike as usize] = intervals.hot.len() as u32;
                intervals.push(time, Break::Spike(*spike), clamped);
                clamped = true;
                let release = time + model.refractory();
                let next = spikes.get(count as usize).map_or(f64::INFINITY, time_of);
                if count < most_spikes && release <= record.until() && release <= next {
                    samples_before(&mut intervals, release, clamped);
                    intervals.push(release, Break::Release, clamped);
                    clamped = false;
                }
            }
            samples_before(&mut intervals, f64::INFINITY, clamped);
            intervals.push(record.until(), Break::End, clamped);
            intervals.push(f64::INFINITY, Break::Never, clamped);
            intervals.first.push(intervals.hot.len() as u32);
        }
        intervals
    }

    fn push(&mut self, end: f64, by: Break, clamped: bool) {
        // An arrival at the instant of a sample, or of the end, comes before it, but after a spike or release.
        let after = matches!(by, Break::Sample(_) | Break::End);
        let limit = if after { end.next_up() } else { end };
        self.hot.push(Interval { limit, end, lambda: 0.0, mu: 0.0 });
        self.endings.push(Ending { by, clamped, v: 0.0, i: 0.0 });
    }

    /// The intervals of a neuron within the record.
    #[inline]
    pub fn of(&self, neuron: u32) -> Range<usize> {
        self.first[neuron as usize] as usize..self.first[neuron as usize + 1] as usize - 1
    }

    /// First interval of each neuron.
    #[inline]
    pub fn starts(&self) -> &[u32] {
        &self.first[..self.first.len() - 1]
    }

    /// Age of an arrival at the end of its interval; 0 after the record.
    #[inline(always)]
    pub fn age(&self, interval: u32, arrival: f64) -> f64 {
        let end = self.hot[interval as usize].end;
        if end < f64::INFINITY { end - arrival } else { 0.0 }
    }

    /// The interval of a neuron that an arrival at `time` falls into, searched from one that is not after it.
    #[inline(always)]
    pub fn find(&self, from: u32, neuron: u32, time: f64) -> u32 {
        /// Most arrivals fall into one of the next intervals.
        const STEPS: usize = 6;
        let hot = &self.hot[from as usize..];
        if let Some(steps) = hot.iter().take(STEPS).position(|interval| interval.limit > time) {
            return from + steps as u32;
        }
        let end = self.first[neuron as usize + 1];
        // So late that no number can hold it: after the record.
        if time == f64::INFINITY {
            return end - 1;
        }
        // The last interval of the neuron has its limit at infinity, so that the first ones here are all its own.
        let rest = &self.hot[from as usize + STEPS..end as usize];
        from + (STEPS + rest.partition_point(|interval| interval.limit <= time)) as u32
    }
}

/// Number of spikes that each neuron may send.
pub(crate) fn most_spikes(network: &Network) -> Vec<u32> {
    let mut most = vec![u32::MAX; network.neurons() as usize];
    for population in network.populations() {
        let (start, end) = (population.neurons.start as usize, population.neurons.end as usize);
        most[start..end].fill(population.max_spikes.unwrap_or(u32::MAX));
    }
    most
}

/// The spikes of each neuron or source, by their places in a list.
#[derive(Clone, Debug)]
pub(crate) struct SpikesOf {
    first: Vec<u32>,
    places: Vec<u32>,
}

impl SpikesOf {
    pub fn new(network: &Network, record: &Record) -> Self {
        Self::count(network.neurons(), record.spikes().iter().map(|spike| spike.neuron))
    }

    /// Sorts places by who they belong to, keeping their order.
    pub fn count(owners: u32, owner_of: impl Iterator<Item = u32> + Clone) -> Self {
        let mut first = vec![0_u32; owners as usize + 1];
        owner_of.clone().for_each(|owner| first[owner as usize + 1] += 1);
        for owner in 0..owners as usize {
            first[owner + 1] += first[owner];
        }
        let mut next = first.clone();
        let mut places = vec![0; first[owners as usize] as usize];
        for (place, owner) in (0..).zip(owner_of) {
            places[next[owner as usize] as usize] = place;
            next[owner as usize] += 1;
        }
        Self { first, places }
    }

    /// First place of each owner, and the end of the last one's.
    pub fn firsts(&self) -> &[u32] {
        &self.first
    }

    /// All places, owner after owner.
    pub fn places(&self) -> &[u32] {
        &self.places
    }

    #[inline]
    pub fn neuron(&self, neuron: u32) -> &[u32] {
        &self.places[self.first[neuron as usize] as usize..self.first[neuron as usize + 1] as usize]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_interval_takes_the_bytes_that_the_book_says() {
        assert_eq!(size_of::<Interval>() + size_of::<Ending>(), 64);
    }
}
