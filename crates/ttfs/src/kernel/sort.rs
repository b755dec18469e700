//! Sorting every lane of a block at once with a sorting network.

use pulp::Simd;

use super::Row;
use super::lanes::{Lanes, parts};

/// The compare-exchange steps that sort any sequence of a given length.
///
/// Batcher's merge exchange (Knuth, The Art of Computer Programming 3, 5.2.2, algorithm M):
/// `O(n log^2 n)` steps whose order does not depend on the data, so eight sequences sort side by side
/// without a branch.
#[derive(Clone, Debug)]
pub(crate) struct SortingNetwork {
    steps: Vec<(u32, u32)>,
}

impl SortingNetwork {
    pub fn new(length: usize) -> Self {
        let mut steps = Vec::new();
        if length > 1 {
            let top = length.next_power_of_two() / 2;
            let mut p = top;
            while p > 0 {
                let (mut q, mut r, mut d) = (top, 0, p);
                loop {
                    let pairs = (0..length - d).filter(|i| i & p == r);
                    steps.extend(pairs.map(|i| (i as u32, (i + d) as u32)));
                    if q == p {
                        break;
                    }
                    (d, q, r) = (q - p, q / 2, p);
                }
                p /= 2;
            }
        }
        Self { steps }
    }

    /// Sorts the rows of `keys` in each lane and takes the rows of `payloads` along.
    #[inline(always)]
    pub fn sort<S: Simd, const P: usize>(&self, simd: S, keys: &mut [Row], mut payloads: [&mut [Row]; P]) {
        for &(low, high) in &self.steps {
            let (low, high) = (low as usize, high as usize);
            for part in 0..parts::<S>() {
                let (a, b) = (Lanes::load(simd, &keys[low], part), Lanes::load(simd, &keys[high], part));
                let swap = b.lt(a);
                swap.select(b, a).store(&mut keys[low], part);
                swap.select(a, b).store(&mut keys[high], part);
                for payload in &mut payloads {
                    let (a, b) = (Lanes::load(simd, &payload[low], part), Lanes::load(simd, &payload[high], part));
                    swap.select(b, a).store(&mut payload[low], part);
                    swap.select(a, b).store(&mut payload[high], part);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::LANES;

    struct Sort<'a>(&'a SortingNetwork, &'a mut [Row], &'a mut [Row]);

    impl pulp::WithSimd for Sort<'_> {
        type Output = ();
        #[inline(always)]
        fn with_simd<S: Simd>(self, simd: S) {
            self.0.sort(simd, self.1, [self.2]);
        }
    }

    #[test]
    fn any_length_equals_the_sorted_vector() {
        for length in 0..70_usize {
            let network = SortingNetwork::new(length);
            let mut state = 12_345_u64;
            let mut keys: Vec<Row> = (0..length)
                .map(|_| {
                    std::array::from_fn(|_| {
                        state =
                            state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                        // few different values, so that there are ties
                        ((state >> 33) % 23) as f64
                    })
                })
                .collect();
            let original = keys.clone();
            let mut index: Vec<Row> = (0..length).map(|i| [i as f64; LANES]).collect();
            pulp::Arch::new().dispatch(Sort(&network, &mut keys, &mut index));
            for lane in 0..LANES {
                let mut expected: Vec<f64> = original.iter().map(|row| row[lane]).collect();
                expected.sort_by(f64::total_cmp);
                let sorted: Vec<f64> = keys.iter().map(|row| row[lane]).collect();
                assert_eq!(sorted, expected);
                let taken: Vec<f64> = index.iter().map(|row| original[row[lane] as usize][lane]).collect();
                assert_eq!(taken, expected);
            }
        }
    }
}
