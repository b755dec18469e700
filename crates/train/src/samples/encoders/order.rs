use delgrad_engine::InputSpike;

use crate::samples::sample::sort;

/// Fewer spikes than these are sorted as they are.
const FEW: usize = 32;

/// Sorts spikes by time, then by input: the order of [`sort`], faster for the many spikes of an image.
///
/// Spikes are dealt into as many buckets as there are spikes, of equal lengths of time, and a bucket whose spikes are out of
/// order is sorted.
///
/// # Complexity
/// Linear for times that are spread evenly and for many equal ones in the order of their inputs; n log n at worst.
#[derive(Default)]
pub(super) struct Sorter {
    /// Bucket of each spike.
    chosen: Vec<u32>,
    /// Start of each bucket, then its end.
    bounds: Vec<u32>,
}

impl Sorter {
    /// Appends the spikes of `from` to `to`, sorted.
    pub fn append(&mut self, from: &[InputSpike], to: &mut Vec<InputSpike>) {
        let first = to.len();
        let buckets = if from.len() > FEW { Buckets::new(from) } else { None };
        let Some(buckets) = buckets else {
            to.extend_from_slice(from);
            sort(&mut to[first..]);
            return;
        };
        self.bounds.clear();
        self.bounds.resize(from.len() + 1, 0);
        self.chosen.clear();
        self.chosen.extend(from.iter().map(|spike| {
            let bucket = buckets.of(spike.time);
            self.bounds[bucket as usize + 1] += 1;
            bucket
        }));
        let mut start = 0;
        for bound in &mut self.bounds {
            start += *bound;
            *bound = start;
        }
        to.resize(first + from.len(), InputSpike { time: 0.0, source: 0 });
        let sorted = &mut to[first..];
        for (&spike, &bucket) in from.iter().zip(&self.chosen) {
            let bound = &mut self.bounds[bucket as usize];
            sorted[*bound as usize] = spike;
            *bound += 1;
        }
        let mut next = 1;
        while next < sorted.len() {
            if !in_order(&sorted[next - 1], &sorted[next]) {
                // both in the same bucket, and all before that in order
                let bucket = buckets.of(sorted[next].time) as usize;
                let start = if bucket == 0 { 0 } else { self.bounds[bucket - 1] as usize };
                let end = self.bounds[bucket] as usize;
                sort(&mut sorted[start..end]);
                next = end;
            }
            next += 1;
        }
    }
}

/// As many buckets of time as spikes; a later spike never has an earlier bucket.
struct Buckets {
    start: f64,
    per_time: f64,
    last: u32,
}

impl Buckets {
    /// None where times are all the same or cannot be divided.
    fn new(spikes: &[InputSpike]) -> Option<Self> {
        let (mut start, mut end) = (f64::INFINITY, f64::NEG_INFINITY);
        for &InputSpike { time, .. } in spikes {
            start = if time < start { time } else { start };
            end = if time > end { time } else { end };
        }
        let last = u32::try_from(spikes.len()).ok()?.checked_sub(1)?;
        let per_time = f64::from(last) / (end - start);
        (per_time.is_finite() && per_time > 0.0).then_some(Self { start, per_time, last })
    }

    fn of(&self, time: f64) -> u32 {
        (((time - self.start) * self.per_time) as u32).min(self.last)
    }
}

/// Whether two spikes are in the order of [`sort`]; false also for zeros of different signs.
fn in_order(a: &InputSpike, b: &InputSpike) -> bool {
    // without branches, of which half would be guessed wrongly
    (a.time < b.time) | ((a.time.to_bits() == b.time.to_bits()) & (a.source <= b.source))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn the_order_is_that_of_a_sort(
            spikes in prop::collection::vec((0_u32..50, 0_u32..8, -3.0..3.0), 0..200),
            scale in prop::sample::select(vec![0.0, 1e-300, 1e-3, 1.0, 5e302]),
        ) {
            // some times are equal, some lie apart, one lies far away
            let far = |place: usize| if place == 7 { 1e5 } else { 1.0 };
            let spike = |(place, &(step, source, time)): (usize, &(u32, u32, f64))| {
                InputSpike { time: scale * far(place) * if step < 25 { f64::from(step) / 16.0 } else { time }, source }
            };
            let given: Vec<InputSpike> = spikes.iter().enumerate().map(spike).collect();
            let mut expected = given.clone();
            sort(&mut expected);
            let before = InputSpike { time: 9.0, source: 9 };
            let mut found = vec![before];
            Sorter::default().append(&given, &mut found);
            prop_assert_eq!(found[0], before);
            prop_assert_eq!(&found[1..], &expected[..]);
        }
    }
}
