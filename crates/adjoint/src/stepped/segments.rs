//! Time cut into segments of a bounded number of arrivals. They depend on the record alone.

use super::arrivals::Arrivals;

/// Most arrivals of a segment, unless there are more synapses, which are all read in each segment, or unless more come at
/// one instant.
const ARRIVALS: usize = 1 << 13;

/// Ends of the segments. The first one includes time 0, each other one begins right after the end of the one before.
#[derive(Clone, Debug)]
pub(super) struct Segments {
    ends: Vec<f64>,
    /// Largest number of arrivals of one of them.
    pub largest: usize,
}

impl Segments {
    pub fn new(arrivals: &Arrivals, until: f64) -> Self {
        let mut segments = Self { ends: Vec::new(), largest: 0 };
        let count = arrivals.count(f64::NEG_INFINITY, until);
        let most = ARRIVALS.max(arrivals.synapses());
        segments.cut(arrivals, f64::NEG_INFINITY, until, count, most);
        segments
    }

    /// Halves a stretch of time until its arrivals are few.
    fn cut(&mut self, arrivals: &Arrivals, start: f64, end: f64, count: usize, most: usize) {
        let middle = 0.5 * (start.max(0.0) + end);
        if count <= most || middle <= start || middle >= end {
            self.largest = self.largest.max(count);
            self.ends.push(end);
            return;
        }
        let first = arrivals.count(start, middle);
        self.cut(arrivals, start, middle, first, most);
        self.cut(arrivals, middle, end, count - first, most);
    }

    pub fn len(&self) -> usize {
        self.ends.len()
    }

    pub fn end(&self, segment: usize) -> f64 {
        self.ends[segment]
    }

    /// What comes after this time is in the segment or a later one.
    pub fn start(&self, segment: usize) -> f64 {
        segment.checked_sub(1).map_or(f64::NEG_INFINITY, |before| self.ends[before])
    }
}
