//! Every queue gives what a sorted list gives: the two of this crate, and those that the benchmark compares them
//! with, so that no figure comes from a queue that is wrong.

use std::collections::BTreeSet;

use delgrad_engine::queue::{CrossingQueue, DeliveryKey, DeliveryQueue};
use ordered_float::OrderedFloat;
use proptest::collection::vec;
use proptest::prelude::*;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

use candidates::{Crossings, Deliveries, Value};

#[path = "../../../benches/queues/candidates.rs"]
mod candidates;

const EVENTS: usize = 1_000_000;

/// Times are multiples of it, so that many are equal and all sums are exact.
const TICK: f64 = 0.25;

/// What an entry with this key has to carry.
fn value(key: DeliveryKey) -> Value {
    [key.time.to_bits(), u64::from(key.source) << 32 | u64::from(key.place)]
}

/// A million deliveries, at most a thousand at a time, none before the last one taken out: then all that came out
/// is sorted.
fn assert_sorts<Q: Deliveries>() {
    let mut random = ChaCha8Rng::seed_from_u64(1);
    let mut queue = Q::expecting(1000, 10.0);
    let mut pushed = Vec::with_capacity(EVENTS);
    let mut popped = Vec::with_capacity(EVENTS);
    let mut now = DeliveryKey { time: -1000.0, source: 0, place: 0 };
    while pushed.len() < EVENTS {
        let place = pushed.len() as u32 + 1;
        // Half of the entries soon, half spread widely; a later time may have any source.
        let ticks = if random.random() { random.random_range(0..4) } else { random.random_range(0..100) };
        let source = if ticks == 0 { now.source } else { random.random_range(0..20) };
        let key = DeliveryKey { time: now.time + TICK * f64::from(ticks), source, place };
        pushed.push(key);
        queue.push(key, value(key));
        let full = pushed.len() - popped.len() >= 1000;
        while full && pushed.len() - popped.len() > random.random_range(0..1000) {
            let (earliest, carried) = queue.pop().unwrap();
            assert_eq!(carried, value(earliest));
            popped.push(earliest);
            now = earliest;
        }
    }
    while let Some((key, carried)) = queue.pop() {
        assert_eq!(carried, value(key));
        popped.push(key);
    }
    pushed.sort_by_key(|key| key.packed());
    assert!(now.time > 0.0, "the times do not reach both signs: {now:?}");
    assert!(pushed == popped);
}

/// A clock that hops from delivery to delivery, each replaced by a later one.
fn assert_replaces<Q: Deliveries>() {
    let mut random = ChaCha8Rng::seed_from_u64(2);
    let mut queue = Q::expecting(300, 4.0);
    let mut expected = BTreeSet::new();
    for source in 0..300 {
        let key = DeliveryKey { time: TICK * f64::from(random.random_range(-16..16)), source, place: 0 };
        queue.push(key, value(key));
        expected.insert(key.packed());
    }
    for place in 1..=(EVENTS / 4) as u32 {
        let now = DeliveryKey::from_packed(expected.pop_first().unwrap());
        assert_eq!(queue.next_time(), now.time);
        let key = DeliveryKey { time: now.time + TICK * f64::from(random.random_range(0..32)), place, ..now };
        queue.replace_earliest(key, value(key));
        expected.insert(key.packed());
    }
    for packed in expected {
        let key = DeliveryKey::from_packed(packed);
        assert_eq!(queue.pop(), Some((key, value(key))));
    }
    assert_eq!(queue.pop(), None);
}

/// A million predictions, infinities, equal and negative times among them; every other one is of the earliest
/// neuron.
fn assert_keeps_the_earliest<Q: Crossings>(neurons: usize, events: usize) {
    let mut random = ChaCha8Rng::seed_from_u64(3);
    let mut queue = Q::with_neurons(neurons);
    let mut times = vec![f64::INFINITY; neurons];
    let mut expected: BTreeSet<(OrderedFloat<f64>, u32)> = BTreeSet::new();
    for event in 0..events {
        let (now, earliest) = queue.earliest();
        let neuron = if random.random() { earliest } else { random.random_range(0..neurons as u32) };
        let start = if now == f64::INFINITY { -20_000.0 } else { now };
        let time = match random.random_range(0..8) {
            // From time to time nearly everything is silent.
            0..4 if event / 20_000 % 2 == 1 => f64::INFINITY,
            0 => f64::INFINITY,
            _ => start + TICK * f64::from(random.random_range(0..64)),
        };
        expected.remove(&(OrderedFloat(times[neuron as usize]), neuron));
        times[neuron as usize] = time;
        if time < f64::INFINITY {
            expected.insert((OrderedFloat(time), neuron));
        }
        queue.set(neuron, time);
        let (time, neuron) = expected.first().copied().unwrap_or((OrderedFloat(f64::INFINITY), 0));
        assert_eq!(queue.earliest(), (time.0, neuron), "event {event}");
    }
}

macro_rules! deliveries {
    ($($name:ident: $queue:ty),* $(,)?) => {$(
        #[test]
        fn $name() {
            assert_sorts::<$queue>();
            assert_replaces::<$queue>();
        }
    )*};
}

deliveries! {
    delivery_queue: DeliveryQueue<Value>,
    std_tuple: candidates::std_tuple::StdTuple,
    std_packed: candidates::std_packed::StdPacked,
    radix: candidates::radix::Radix,
    slab_values: candidates::slab_values::SlabValues,
    bucket_ring: candidates::bucket_ring::BucketRing,
}

macro_rules! crossings {
    ($($name:ident: $queue:ty),* $(,)?) => {$(
        #[test]
        fn $name() {
            assert_keeps_the_earliest::<$queue>(37, EVENTS / 4);
            assert_keeps_the_earliest::<$queue>(300, EVENTS);
        }
    )*};
}

crossings! {
    crossing_queue: CrossingQueue,
    linear_scan: candidates::linear_scan::LinearScan,
    crate_queue: candidates::crate_queue::CrateQueue,
    indexed_heap: candidates::indexed_heap::IndexedHeap,
    narrow_tree: candidates::narrow_tree::NarrowTree,
}

#[derive(Clone, Copy, Debug)]
enum Step {
    Push(DeliveryKey),
    Replace(DeliveryKey),
    Pop,
    Rebuild,
}

/// A few values of each field, so that equal times and equal sources are common.
fn key() -> impl Strategy<Value = DeliveryKey> {
    let time = prop_oneof![(-3..4).prop_map(f64::from), any::<f64>().prop_filter("a time", |time| !time.is_nan())];
    (time, 0..3u32, 0..3u32).prop_map(|(time, source, place)| DeliveryKey { time: time + 0.0, source, place })
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        4 => key().prop_map(Step::Push),
        3 => key().prop_map(Step::Replace),
        3 => Just(Step::Pop),
        1 => Just(Step::Rebuild),
    ]
}

proptest! {
    #[test]
    fn deliveries_follow_a_sorted_list(steps in vec(step(), 0..200)) {
        let mut queue = DeliveryQueue::new();
        let mut expected: Vec<DeliveryKey> = Vec::new();
        let mut peak = 0;
        for step in steps {
            match step {
                Step::Push(key) => {
                    queue.push(key, value(key));
                    expected.push(key);
                }
                Step::Replace(key) => {
                    queue.replace_earliest(key, value(key));
                    expected.drain(..expected.len().min(1));
                    expected.push(key);
                }
                Step::Pop => {
                    let earliest = (!expected.is_empty()).then(|| expected.remove(0));
                    prop_assert_eq!(queue.pop(), earliest.map(|key| (key, value(key))));
                }
                Step::Rebuild => {
                    let mut shuffled: Vec<_> = queue.iter().collect();
                    shuffled.reverse();
                    prop_assert_eq!(DeliveryQueue::from_entries(&shuffled).entries(), queue.entries());
                    queue = DeliveryQueue::from_entries(&queue.entries());
                    peak = 0;
                }
            }
            expected.sort_by_key(|key| key.packed());
            peak = peak.max(expected.len());
            let entries: Vec<_> = expected.iter().map(|key| (*key, value(*key))).collect();
            prop_assert_eq!(queue.peek(), entries.first().copied());
            prop_assert_eq!(queue.entries(), entries);
            prop_assert_eq!((queue.len(), queue.is_empty(), queue.peak()), (expected.len(), expected.is_empty(), peak));
        }
    }

    #[test]
    fn packed_keys_compare_as_keys_do(a in key(), b in key()) {
        prop_assert_eq!(a.partial_cmp(&b), Some(a.packed().cmp(&b.packed())));
        prop_assert_eq!(DeliveryKey::from_packed(a.packed()), a);
    }

    #[test]
    fn crossings_follow_a_list(
        neurons in prop_oneof![1..40usize, 250..300usize, 4090..4100usize],
        steps in vec((any::<prop::sample::Index>(), prop_oneof![Just(f64::INFINITY), (-3..4).prop_map(f64::from), -1e9..1e9]), 0..300),
    ) {
        let mut queue = CrossingQueue::new(neurons);
        let mut times = vec![f64::INFINITY; neurons];
        for (index, time) in steps {
            let neuron = index.index(neurons);
            queue.set(neuron as u32, time);
            times[neuron] = time;
            let earliest = times.iter().copied().fold(f64::INFINITY, f64::min);
            let first = times.iter().position(|time| *time == earliest).unwrap();
            prop_assert_eq!(queue.earliest(), (earliest, first as u32));
            prop_assert_eq!(queue.get(neuron as u32), time);
        }
        prop_assert!((0..).zip(&times).all(|(neuron, time)| queue.get(neuron) == *time));
    }
}
