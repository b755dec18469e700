//! Bins of equal time for the arrivals of one sample.

use pulp::Simd;

use super::Train;
use crate::kernel::lanes::Lanes;
use crate::kernel::law::{Factors, LayerLaw};

/// Number of bins: a power of two, so that no index is out of bounds.
pub(super) const BINS: usize = 128;

/// Adding it to a number below 2^51 leaves the nearest integer in the last bits.
pub(super) const TO_INTEGER: f64 = (1_u64 << 52) as f64;

/// Trains that last less than this part of the longest span of their factors are not cut into bins.
const LEAST_SPAN: f64 = 1e-12;

/// The bins of one sample at one layer: equal in time, from the first arrival to the last. Bin `k` holds what is nearer to
/// its middle, `first + k/rate`, than to that of any other.
#[derive(Clone, Debug, Default)]
pub(crate) struct Grid {
    /// Middle of the first bin, relative to the sample's origin.
    first: f64,
    /// Bins per unit of time; zero if all arrivals are in the first bin.
    rate: f64,
    /// Length of a bin, in units of time.
    pub width: f64,
    /// `[bin]`: how many arrivals are in bins before it even with the shortest delay, and with the longest.
    pub surely_from: Vec<usize>,
    pub maybe_until: Vec<usize>,
    /// Starts of the bins, and the end of the last one.
    starts: Vec<f64>,
    /// Their factors and inverse factors.
    pub factors: [Vec<f64>; 2],
    pub inverse: [Vec<f64>; 2],
}

impl Grid {
    /// Bins for a train whose arrivals are delayed by `shortest` to `longest`.
    #[inline(always)]
    pub fn fill(&mut self, law: &LayerLaw, train: &Train, [shortest, longest]: [f64; 2]) {
        let first = train.times.first().copied().unwrap_or(0.0) + shortest;
        let span = (train.latest() + longest) - first;
        let least = LEAST_SPAN * law.longest_span();
        let intervals = (BINS - 1) as f64;
        // all at about the same time: they are in the first bin
        self.rate = if span > least { intervals / span } else { 0.0 };
        self.width = span.max(least) / intervals;
        self.first = first;
        let [mut surely_from, mut maybe_until] =
            [&mut self.surely_from, &mut self.maybe_until].map(std::mem::take);
        self.count_before(train, longest, &mut surely_from);
        self.count_before(train, shortest, &mut maybe_until);
        (self.surely_from, self.maybe_until) = (surely_from, maybe_until);
        self.starts.clear();
        self.starts.extend((0..=BINS).map(|bin| first + (bin as f64 - 0.5) * self.width));
        law.fill_factors(&self.starts, law.resize(&mut self.factors, BINS + 1, 0.0));
        law.fill_inverse_factors(&self.starts, law.resize(&mut self.inverse, BINS + 1, 0.0));
    }

    /// How many arrivals of a train are in bins before each bin, and in all, if all are delayed by as much.
    fn count_before(&self, train: &Train, delay: f64, counts: &mut Vec<usize>) {
        counts.clear();
        for (number, time) in train.times.iter().enumerate() {
            let bin = ((time + delay - self.first) * self.rate + TO_INTEGER).to_bits() as usize & (BINS - 1);
            counts.resize(counts.len().max(bin + 1), number);
        }
        counts.resize(BINS + 1, train.times.len());
    }

    /// The number of the bin of a time, plus 2^52.
    #[inline(always)]
    pub fn place<S: Simd>(&self, simd: S, time: Lanes<S>) -> Lanes<S> {
        (time - Lanes::splat(simd, self.first)) * Lanes::splat(simd, self.rate) + Lanes::splat(simd, TO_INTEGER)
    }

    /// The factors of a start, or the inverse ones.
    #[inline(always)]
    pub fn at<S: Simd>(simd: S, [p, q]: &[Vec<f64>; 2], bin: usize) -> Factors<S> {
        let q = q.get(bin).copied().unwrap_or(0.0);
        Factors { p: Lanes::splat(simd, p[bin]), q: Lanes::splat(simd, q) }
    }
}
