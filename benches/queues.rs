//! Which priority queues suit the event loop?
//!
//! * `hold`: take the earliest of n deliveries out and add one that is exponentially later, by one time unit on
//!   average.
//! * `replace`: the same in one operation, where a queue has one.
//! * `rekey`: give one of n neurons, drawn at random, another predicted time, and read the earliest. Hardly ever
//!   is it the earliest one.
//! * `spike`: give the earliest of n neurons another predicted time, and read the earliest.
//!
//! An entry carries 16 bytes besides its key, as a spike in flight does.

use std::hint::black_box;
use std::time::Duration;

use criterion::{BenchmarkId, Criterion, criterion_group, criterion_main};
use delgrad::neuron::math;
use delgrad_engine::queue::{CrossingQueue, DeliveryKey, DeliveryQueue};

use candidates::bucket_ring::BucketRing;
use candidates::crate_queue::CrateQueue;
use candidates::indexed_heap::IndexedHeap;
use candidates::linear_scan::LinearScan;
use candidates::narrow_tree::NarrowTree;
use candidates::radix::Radix;
use candidates::slab_values::SlabValues;
use candidates::std_packed::StdPacked;
use candidates::std_tuple::StdTuple;
use candidates::{Crossings, Deliveries, Value};

#[path = "queues/candidates.rs"]
mod candidates;

const SIZES: [usize; 5] = [100, 1000, 10_000, 100_000, 1_000_000];

/// Above it a linear scan takes longer than all other queues together.
const LARGEST_SCAN: usize = 10_000;

/// Random numbers that cost about a nanosecond each; the exponential ones come from a table that fits the first
/// cache level.
struct Draws {
    state: u64,
    exponential: Vec<f64>,
}

impl Draws {
    fn new() -> Self {
        let quantile = |place: u16| -math::ln((f64::from(place) + 0.5) / 1024.0);
        Self { state: 0x9E37_79B9_7F4A_7C15, exponential: (0..1024).map(quantile).collect() }
    }

    fn bits(&mut self) -> u64 {
        self.state ^= self.state << 13;
        self.state ^= self.state >> 7;
        self.state ^= self.state << 17;
        self.state
    }

    /// Exponential with mean 1.
    fn increment(&mut self) -> f64 {
        let place = (self.bits() >> 54) as usize;
        self.exponential[place]
    }

    fn below(&mut self, end: usize) -> u32 {
        (((self.bits() >> 32) * end as u64) >> 32) as u32
    }
}

fn filled_deliveries<Q: Deliveries>(size: usize) -> (Q, Draws) {
    let mut draws = Draws::new();
    let mut queue = Q::expecting(size, 1.0);
    for source in 0..size as u32 {
        queue.push(DeliveryKey { time: draws.increment(), source, place: 0 }, Value::default());
    }
    (queue, draws)
}

fn hold<Q: Deliveries>(criterion: &mut Criterion, name: &str) {
    let mut group = criterion.benchmark_group("queues/hold");
    for size in SIZES {
        let mut state = None;
        group.bench_function(BenchmarkId::new(name, size), |bencher| {
            let (queue, draws) = state.get_or_insert_with(|| filled_deliveries::<Q>(size));
            bencher.iter(|| {
                if let Some((key, value)) = queue.pop() {
                    queue.push(DeliveryKey { time: key.time + draws.increment(), ..key }, black_box(value));
                }
            });
        });
    }
}

fn replace<Q: Deliveries>(criterion: &mut Criterion, name: &str) {
    let mut group = criterion.benchmark_group("queues/replace");
    for size in SIZES {
        let mut state = None;
        group.bench_function(BenchmarkId::new(name, size), |bencher| {
            let (queue, draws) = state.get_or_insert_with(|| filled_deliveries::<Q>(size));
            bencher.iter(|| {
                let time = queue.next_time() + draws.increment();
                let source = draws.below(size);
                queue.replace_earliest(DeliveryKey { time, source, place: 0 }, Value::default());
            });
        });
    }
}

fn filled_crossings<Q: Crossings>(size: usize) -> (Q, Draws) {
    let mut draws = Draws::new();
    let mut queue = Q::with_neurons(size);
    for neuron in 0..size as u32 {
        queue.set(neuron, draws.increment());
    }
    (queue, draws)
}

fn rekey<Q: Crossings>(criterion: &mut Criterion, name: &str, largest: usize) {
    for (kind, random) in [("queues/rekey", true), ("queues/spike", false)] {
        let mut group = criterion.benchmark_group(kind);
        for size in SIZES.into_iter().filter(|size| *size <= largest) {
            let mut state = None;
            group.bench_function(BenchmarkId::new(name, size), |bencher| {
                let (queue, draws) = state.get_or_insert_with(|| filled_crossings::<Q>(size));
                bencher.iter(|| {
                    let (now, earliest) = queue.earliest();
                    let neuron = if random { draws.below(size) } else { earliest };
                    queue.set(neuron, now + draws.increment());
                    queue.earliest()
                });
            });
        }
    }
}

fn queues(criterion: &mut Criterion) {
    hold::<StdTuple>(criterion, "std-tuple");
    hold::<StdPacked>(criterion, "std-packed");
    hold::<DeliveryQueue<Value>>(criterion, "four-ary");
    hold::<SlabValues>(criterion, "four-ary-slab");
    hold::<Radix>(criterion, "radix");
    hold::<BucketRing>(criterion, "bucket-ring");

    replace::<StdTuple>(criterion, "std-tuple");
    replace::<StdPacked>(criterion, "std-packed");
    replace::<DeliveryQueue<Value>>(criterion, "four-ary");
    replace::<SlabValues>(criterion, "four-ary-slab");

    rekey::<LinearScan>(criterion, "linear-scan", LARGEST_SCAN);
    rekey::<CrateQueue>(criterion, "priority-queue", usize::MAX);
    rekey::<IndexedHeap>(criterion, "indexed-four-ary", usize::MAX);
    rekey::<NarrowTree>(criterion, "narrow-tree", usize::MAX);
    rekey::<CrossingQueue>(criterion, "wide-tree", usize::MAX);
}

criterion_group! {
    name = all;
    config = Criterion::default()
        .sample_size(15)
        .warm_up_time(Duration::from_millis(300))
        .measurement_time(Duration::from_millis(600));
    targets = queues
}
criterion_main!(all);
