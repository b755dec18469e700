//! Inter-event intervals: the time of every neuron, cut at its own events.

use std::ops::Range;

use delgrad_engine::Network;
use delgrad_neuron::PointNeuron;

use crate::cuts::Cut;
use crate::spikes_of::SpikesOf;
use crate::{Observable, Record};

/// Inter-event interval of a neuron, which ends with a spike, a release, a sample, an edge of an integral or the end of the
/// record.
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
    /// An integral begins or ends.
    Edge,
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
    /// The integral of the voltage over each interval; empty where none is asked for.
    pub areas: Vec<f64>,
    /// dL/d(integral of the voltage) of each interval; empty where the loss knows none.
    pub drives: Vec<f64>,
}

impl Intervals {
    /// Cuts the record at the events of the neurons that `superposed` holds; each other neuron gets one interval that nothing depends on.
    /// `cuts` are sorted by neuron, then time.
    pub fn new(
        network: &Network,
        record: &Record,
        spikes_of: &SpikesOf,
        superposed: &[bool],
        cuts: &[Cut],
    ) -> Self {
        let most_spikes = most_spikes(network);
        let mut intervals = Self {
            hot: Vec::new(),
            endings: Vec::new(),
            first: vec![0],
            of_spike: vec![0; record.spikes().len()],
            areas: Vec::new(),
            drives: Vec::new(),
        };
        let most = 2 * (record.spikes().len() + superposed.len()) + cuts.len();
        intervals.hot.reserve(most);
        intervals.endings.reserve(most);
        let mut cuts = cuts.iter().peekable();
        for neuron in 0..network.neurons() {
            let spikes: &[u32] = if superposed[neuron as usize] { spikes_of.neuron(neuron) } else { &[] };
            let (model, most_spikes) = (network.model(neuron), most_spikes[neuron as usize]);
            let time_of = |spike: &u32| record.spikes()[*spike as usize].time;
            let mut cuts_before = |intervals: &mut Self, time: f64, clamped: bool| {
                while let Some(cut) = cuts.next_if(|cut| cut.neuron == neuron && cut.time < time) {
                    intervals.push(cut.time, cut.by, clamped);
                }
            };
            let mut clamped = false;
            for (count, spike) in (1..).zip(spikes) {
                let time = time_of(spike);
                cuts_before(&mut intervals, time, clamped);
                intervals.of_spike[*spike as usize] = intervals.hot.len() as u32;
                intervals.push(time, Break::Spike(*spike), clamped);
                clamped = true;
                let release = time + model.refractory();
                let next = spikes.get(count as usize).map_or(f64::INFINITY, time_of);
                if count < most_spikes && release <= record.until() && release <= next {
                    cuts_before(&mut intervals, release, clamped);
                    intervals.push(release, Break::Release, clamped);
                    clamped = false;
                }
            }
            cuts_before(&mut intervals, f64::INFINITY, clamped);
            intervals.push(record.until(), Break::End, clamped);
            intervals.push(f64::INFINITY, Break::Never, clamped);
            intervals.first.push(intervals.hot.len() as u32);
        }
        intervals
    }

    fn push(&mut self, end: f64, by: Break, clamped: bool) {
        // An arrival at the instant of a sample, or of the end, comes before it, but after a spike or release.
        let after = matches!(by, Break::Sample(_) | Break::Edge | Break::End);
        let limit = if after { end.next_up() } else { end };
        self.hot.push(Interval { limit, end, lambda: 0.0, mu: 0.0 });
        self.endings.push(Ending { by, clamped, v: 0.0, i: 0.0 });
    }

    /// Calls `visit` with the intervals that make up a superposed integral.
    fn each_within(&self, observable: &Observable, mut visit: impl FnMut(usize)) {
        let (from, to) = observable.span();
        let mut start = 0.0;
        for place in self.of(observable.neuron()) {
            let end = self.hot[place].end;
            if from <= start && end <= to {
                visit(place);
            }
            start = end;
        }
    }

    /// The value of a superposed integral, once the areas are known.
    pub fn integral(&self, observable: &Observable) -> f64 {
        let mut sum = 0.0;
        self.each_within(observable, |place| sum += self.areas[place]);
        sum
    }

    /// Takes note that the loss depends on a superposed integral.
    pub fn drive(&mut self, observable: &Observable, cotangent: f64) {
        let mut drives = std::mem::take(&mut self.drives);
        drives.resize(self.hot.len(), 0.0);
        self.each_within(observable, |place| drives[place] += cotangent);
        self.drives = drives;
    }

    /// dL/d(integral of the voltage) of an interval.
    #[inline(always)]
    pub fn drive_of(&self, place: u32) -> f64 {
        self.drives.get(place as usize).copied().unwrap_or(0.0)
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

    /// The next interval of the same neuron that has a length; the last one has none after it but itself.
    #[inline]
    pub fn next(&self, mut place: u32) -> u32 {
        let limit = self.hot[place as usize].limit;
        // the last interval of a neuron has its limit at infinity
        while limit < f64::INFINITY && self.hot[place as usize].limit <= limit {
            place += 1;
        }
        place
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_interval_takes_the_bytes_that_the_book_says() {
        assert_eq!(size_of::<Interval>() + size_of::<Ending>(), 64);
    }
}
