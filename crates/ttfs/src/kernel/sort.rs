//! Sorting every lane of a block at once with a sorting network.

use pulp::Simd;

use super::Row;
use super::lanes::{Lanes, Mask, parts};

/// The compare-exchange steps that sort any sequence of a given length.
///
/// Bitonic sort (Knuth, The Art of Computer Programming 3, 5.3.4) in the form whose comparisons all point the same way:
/// `O(n log^2 n)` steps whose order does not depend on the data, so eight sequences sort side by side without a branch.
/// Its stages are so regular that two or three of them stay within four rows: four rows are loaded, compared four or six
/// times in registers, and stored. Moving rows is what limits the speed.
#[derive(Clone, Debug)]
pub(crate) struct SortingNetwork {
    length: usize,
    steps: Vec<Step>,
}

/// Work on four rows, in ascending order of their indices.
#[derive(Clone, Copy, Debug)]
struct Step {
    rows: [u32; 4],
    kind: Kind,
}

/// Which pairs of the four rows are compared; every kind ends with (0, 1) and (2, 3).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    /// (0, 1), (2, 3), then (0, 3), (1, 2): sorts four.
    Four,
    /// (0, 3), (1, 2): two sorted halves become two halves of which one holds the smaller numbers, and the next stage.
    Flip,
    /// (0, 2), (1, 3): two stages of a merge.
    Merge,
    /// Nothing before: the last stage of a merge where it is the odd one.
    Last,
}

impl SortingNetwork {
    /// A network for `length` numbers. The arrays that it sorts are [`SortingNetwork::padded`] long.
    pub fn new(length: usize) -> Self {
        let padded = padded(length);
        let mut steps = Vec::new();
        let mut push = |kind, rows: [usize; 4]| steps.push(Step { kind, rows: rows.map(|row| row as u32) });
        (0..padded).step_by(4).for_each(|i| push(Kind::Four, [i, i + 1, i + 2, i + 3]));
        let mut size = 8;
        while size <= padded {
            for start in (0..padded).step_by(size) {
                for i in 0..size / 4 {
                    let rows = [i, i + size / 4, size - 1 - i - size / 4, size - 1 - i];
                    push(Kind::Flip, rows.map(|row| start + row));
                }
            }
            let mut distance = size / 8;
            while distance >= 2 {
                let half = distance / 2;
                for start in (0..padded).step_by(2 * distance) {
                    (start..start + half)
                        .for_each(|i| push(Kind::Merge, [i, i + half, i + distance, i + distance + half]));
                }
                distance /= 4;
            }
            if distance == 1 {
                (0..padded).step_by(4).for_each(|i| push(Kind::Last, [i, i + 1, i + 2, i + 3]));
            }
            size *= 2;
        }
        Self { length, steps }
    }

    /// Length of the arrays to be sorted: the next power of two, at least 4.
    pub fn padded(&self) -> usize {
        padded(self.length)
    }

    /// Sorts the rows of `keys`, which hold no NaN, in each lane and takes the rows of `payloads` along. The keys beyond
    /// the length are set to infinity.
    #[inline(always)]
    pub fn sort<S: Simd, const P: usize>(&self, simd: S, keys: &mut [Row], mut payloads: [&mut [Row]; P]) {
        keys[self.length..].fill([f64::INFINITY; super::LANES]);
        for step in &self.steps {
            for part in 0..parts::<S>() {
                match step.kind {
                    Kind::Four => run::<S, P, 0>(simd, step.rows, part, keys, &mut payloads),
                    Kind::Flip => run::<S, P, 1>(simd, step.rows, part, keys, &mut payloads),
                    Kind::Merge => run::<S, P, 2>(simd, step.rows, part, keys, &mut payloads),
                    Kind::Last => run::<S, P, 3>(simd, step.rows, part, keys, &mut payloads),
                }
            }
        }
    }
}

/// One step; `KIND` is the number of its kind.
#[inline(always)]
fn run<S: Simd, const P: usize, const KIND: usize>(
    simd: S,
    rows: [u32; 4],
    part: usize,
    keys: &mut [Row],
    payloads: &mut [&mut [Row]; P],
) {
    let none = Mask::none(simd);
    let mut four = load(simd, rows, part, keys);
    let early = if KIND == 0 { [order::<S, 0, 1>(&mut four), order::<S, 2, 3>(&mut four)] } else { [none; 2] };
    let middle = match KIND {
        0 | 1 => [order::<S, 0, 3>(&mut four), order::<S, 1, 2>(&mut four)],
        2 => [order::<S, 0, 2>(&mut four), order::<S, 1, 3>(&mut four)],
        _ => [none; 2],
    };
    let last = [order::<S, 0, 1>(&mut four), order::<S, 2, 3>(&mut four)];
    store(four, rows, part, keys);
    for payload in payloads {
        let mut four = load(simd, rows, part, payload);
        if KIND == 0 {
            exchange::<S, 0, 1>(simd, &mut four, early[0]);
            exchange::<S, 2, 3>(simd, &mut four, early[1]);
        }
        match KIND {
            0 | 1 => {
                exchange::<S, 0, 3>(simd, &mut four, middle[0]);
                exchange::<S, 1, 2>(simd, &mut four, middle[1]);
            }
            2 => {
                exchange::<S, 0, 2>(simd, &mut four, middle[0]);
                exchange::<S, 1, 3>(simd, &mut four, middle[1]);
            }
            _ => {}
        }
        exchange::<S, 0, 1>(simd, &mut four, last[0]);
        exchange::<S, 2, 3>(simd, &mut four, last[1]);
        store(four, rows, part, payload);
    }
}

#[inline(always)]
fn load<S: Simd>(simd: S, rows: [u32; 4], part: usize, from: &[Row]) -> [Lanes<S>; 4] {
    let row = |n: usize| Lanes::load(simd, &from[rows[n] as usize], part);
    [row(0), row(1), row(2), row(3)]
}

#[inline(always)]
fn store<S: Simd>(four: [Lanes<S>; 4], rows: [u32; 4], part: usize, to: &mut [Row]) {
    four[0].store(&mut to[rows[0] as usize], part);
    four[1].store(&mut to[rows[1] as usize], part);
    four[2].store(&mut to[rows[2] as usize], part);
    four[3].store(&mut to[rows[3] as usize], part);
}

/// Puts two keys into order; the mask says in which lanes they were not.
#[inline(always)]
fn order<S: Simd, const LOW: usize, const HIGH: usize>(keys: &mut [Lanes<S>; 4]) -> Mask<S> {
    let (a, b) = (keys[LOW], keys[HIGH]);
    keys[LOW] = a.min(b);
    keys[HIGH] = a.max(b);
    b.lt(a)
}

/// Exchanges two payloads where their keys were.
///
/// Two selects would do, but become masked stores, which the next loads have to wait for.
#[inline(always)]
fn exchange<S: Simd, const LOW: usize, const HIGH: usize>(simd: S, payload: &mut [Lanes<S>; 4], swap: Mask<S>) {
    let (a, b) = (payload[LOW], payload[HIGH]);
    let change = swap.select(a.xor(b), Lanes::splat(simd, 0.0));
    payload[LOW] = a.xor(change);
    payload[HIGH] = b.xor(change);
}

fn padded(length: usize) -> usize {
    length.next_power_of_two().max(4)
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
            keys.resize(network.padded(), [0.0; LANES]);
            let mut index: Vec<Row> = (0..network.padded()).map(|i| [i as f64; LANES]).collect();
            pulp::Arch::new().dispatch(Sort(&network, &mut keys, &mut index));
            for lane in 0..LANES {
                let mut expected: Vec<f64> = original.iter().map(|row| row[lane]).collect();
                expected.sort_by(f64::total_cmp);
                let sorted: Vec<f64> = keys[..length].iter().map(|row| row[lane]).collect();
                assert_eq!(sorted, expected);
                let taken: Vec<f64> =
                    index[..length].iter().map(|row| original[row[lane] as usize][lane]).collect();
                assert_eq!(taken, expected);
            }
        }
    }
}
