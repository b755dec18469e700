//! Arrivals of one neuron put into order.
//!
//! There are a few tens of them at most, in no order. Every one is compared with every other one, several at a time, and the number
//! of those before it is its place: more comparisons than a sort needs, but none whose outcome the processor has to guess.

use crate::run::windowed::calendar::Arrival;

/// The most arrivals that are compared each with each.
pub(super) const MOST: usize = 64;
/// Fewer are sorted as usual.
const LEAST: usize = 4;
/// Arrivals that are compared with one at a time.
const WIDTH: usize = 8;

/// Room for some arrivals.
#[derive(Clone, Debug)]
pub(super) struct Room {
    times: [f64; MOST],
    ranks: [u8; MOST],
    sorted: [Arrival; MOST],
}

impl Default for Room {
    fn default() -> Self {
        Self { times: [0.0; MOST], ranks: [0; MOST], sorted: [Arrival::default(); MOST] }
    }
}

impl Room {
    /// The arrivals by time and then by synapse, either here or where they are. Those that agree in both are equal.
    #[inline]
    pub fn sorted<'a>(&'a mut self, arrivals: &'a mut [Arrival]) -> &'a [Arrival] {
        if !(LEAST..=MOST).contains(&arrivals.len()) {
            sort(arrivals);
            return arrivals;
        }
        pulp::Arch::new().dispatch(Rank { room: self, arrivals });
        let Self { ranks, sorted, .. } = self;
        for (arrival, &rank) in arrivals.iter().zip(&*ranks) {
            sorted[rank as usize % MOST] = *arrival;
        }
        let sorted = &mut sorted[..arrivals.len()];
        if !sorted.is_sorted_by(|a, b| a.time < b.time) {
            // some at one instant
            sort(sorted);
        }
        sorted
    }

    /// The places of at most [`MOST`] arrivals in the order of time; at one instant they stay as they are.
    #[inline(always)]
    pub fn ranks(&mut self, arrivals: &[Arrival]) -> &[u8] {
        let Self { times, ranks, .. } = self;
        let count = arrivals.len().min(MOST);
        for (time, arrival) in times.iter_mut().zip(arrivals) {
            *time = arrival.time;
        }
        for (block, ranks) in ranks.as_chunks_mut::<WIDTH>().0[..count.div_ceil(WIDTH)].iter_mut().enumerate() {
            let start = block * WIDTH;
            let (own, end) = (std::array::from_fn(|lane| times[start + lane]), count.min(start + WIDTH));
            let mut sums = [0_u64; WIDTH];
            for time in &times[..start] {
                sums.iter_mut().zip::<[f64; WIDTH]>(own).for_each(|(sum, own)| *sum += u64::from(*time <= own));
            }
            for (place, time) in times[start..end].iter().enumerate() {
                for lane in 0..WIDTH {
                    let before = (*time < own[lane]) | ((*time == own[lane]) & (place < lane));
                    sums[lane] += u64::from(before);
                }
            }
            for time in &times[end..count] {
                sums.iter_mut().zip::<[f64; WIDTH]>(own).for_each(|(sum, own)| *sum += u64::from(*time < own));
            }
            *ranks = sums.map(|sum| sum as u8);
        }
        &ranks[..count]
    }
}

/// By time and then by synapse.
pub(super) fn sort(arrivals: &mut [Arrival]) {
    arrivals.sort_unstable_by(|a, b| a.time.total_cmp(&b.time).then(a.synapse.cmp(&b.synapse)));
}

/// Compiles [`Room::ranks`] for the widest vectors of the machine.
struct Rank<'a> {
    room: &'a mut Room,
    arrivals: &'a [Arrival],
}

impl pulp::WithSimd for Rank<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: pulp::Simd>(self, _: S) {
        self.room.ranks(self.arrivals);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        /// For few and for many arrivals, for times of their own and for such as coincide, whatever was sorted before.
        #[test]
        fn as_sorted(keys in prop::collection::vec((0_u32..40, 0_u32..9), 0..100), own: bool, before in 0_usize..70) {
            let arrival = |(place, (time, synapse)): (usize, (u32, u32))| Arrival {
                time: f64::from(time) + if own { 0.001 * place as f64 } else { 0.0 },
                weight: f64::from(synapse),
                synapse,
                local: 0,
            };
            let mut room = Room::default();
            room.sorted(&mut vec![Arrival { time: 7.0, ..Arrival::default() }; before]);
            let mut arrivals: Vec<Arrival> = keys.into_iter().enumerate().map(arrival).collect();
            let mut expected = arrivals.clone();
            expected.sort_by(|a, b| a.time.total_cmp(&b.time).then(a.synapse.cmp(&b.synapse)));
            prop_assert_eq!(room.sorted(&mut arrivals), &expected[..]);
        }
    }
}
