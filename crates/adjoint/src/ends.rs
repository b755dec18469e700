//! The ends of all intervals in order of time, for passes that go from spike to spike through all neurons at once.

use crate::intervals::Intervals;
use crate::rows::Rows;

/// Stretch of time, in units of the fastest time constant, within which exponentials are counted from one instant.
const PERIOD: f64 = 64.0;

/// The end of an interval that arrivals may fall into.
#[derive(Clone, Copy, Debug)]
pub(crate) struct End {
    /// As in [`Interval`](crate::intervals::Interval).
    pub limit: f64,
    pub place: u32,
    pub neuron: u32,
}

/// The ends of the intervals of all neurons, sorted; none where no stretch of synapses is factored.
pub(crate) fn ends(intervals: &Intervals, rows: &Rows) -> Vec<End> {
    let mut ends = Vec::new();
    if !rows.stretches().iter().any(|stretch| stretch.factored) {
        return ends;
    }
    for neuron in 0..intervals.starts().len() as u32 {
        let mut before = f64::NEG_INFINITY;
        for place in intervals.of(neuron) {
            let limit = intervals.hot[place].limit;
            if limit > before {
                ends.push(End { limit, place: place as u32, neuron });
            }
            before = limit;
        }
    }
    ends.sort_unstable_by(|a, b| a.limit.total_cmp(&b.limit).then(a.place.cmp(&b.place)));
    ends
}

/// An instant from which exponentials are counted, and for how long.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Reference {
    pub time: f64,
    period: f64,
}

impl Reference {
    /// One that no time is near to.
    pub fn new(rows: &Rows) -> Self {
        let factored = rows.stretches().iter().filter(|stretch| stretch.factored);
        let fastest = factored.map(|stretch| rows.classes[stretch.class as usize].fastest()).fold(0.0, f64::max);
        Self { time: f64::NAN, period: PERIOD / fastest }
    }

    /// Turns to the period that a time is in; whether it is another one.
    #[inline]
    pub fn turn_to(&mut self, time: f64) -> bool {
        if self.time <= time && time < self.time + self.period {
            return false;
        }
        let start = (time / self.period).floor() * self.period;
        // where periods are lost in the rounding of times, each instant is its own
        self.time = if time - start < 2.0 * self.period { start } else { time };
        true
    }
}
