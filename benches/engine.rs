//! How many synaptic events a second does the event engine handle on a recurrent network?
//!
//! The balanced network of the benchmarks page: LIF neurons, constant drive, continuous delays between 0.5 and 3 ms.
//! Beside it stands a bare scatter-add over the same targets: what memory alone would allow.

use std::ops::ControlFlow;
use std::time::Duration;

use criterion::{BatchSize, BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use delgrad::engine::{Executor, Network, Simulation, Stop};
use delgrad::suite::{self, Size, TEN_THOUSAND, THOUSAND, balanced};

/// Model time before the measurement, and its end, in ms.
const WARM_UP: f64 = 200.0;
const END: f64 = 300.0;

const SIZES: [Size; 2] = [THOUSAND, TEN_THOUSAND];

fn run(simulation: &mut Simulation, until: f64) -> u64 {
    let before = simulation.counters().events;
    let stop = simulation.run(&Stop::at(until), |_| ControlFlow::Continue(()));
    stop.expect("a time that is finite");
    simulation.counters().events - before
}

fn throughput(c: &mut Criterion) {
    for size in SIZES {
        let network = balanced(size).build().expect("a valid network");
        let mut group = c.benchmark_group(format!("balanced {}", size.0));
        group.sample_size(10).warm_up_time(Duration::from_millis(500)).measurement_time(Duration::from_secs(3));
        for (executor, threads) in [(Executor::Windowed, 1), (Executor::Windowed, 2), (Executor::Plain, 1)] {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("threads");
            let mut warm = Simulation::new(&network, &[], executor).expect("delays above 0");
            pool.install(|| run(&mut warm, WARM_UP));
            group.throughput(Throughput::Elements(pool.install(|| run(&mut warm.clone(), END))));
            let id = BenchmarkId::new(format!("{executor:?}"), format!("{threads} threads"));
            group.bench_function(id, |b| {
                let run = |simulation: &mut Simulation| pool.install(|| run(simulation, END));
                b.iter_batched_ref(|| warm.clone(), run, BatchSize::LargeInput);
            });
        }
        scatter_add(&mut group, &network);
        group.finish();
    }
}

/// Adds the weight of every synapse of the network to its target, source after source.
fn scatter_add(group: &mut criterion::BenchmarkGroup<criterion::measurement::WallTime>, network: &Network) {
    let rows: Vec<(f64, Vec<u16>)> = (0..network.neurons())
        .map(|neuron| {
            let source = network.source_of(neuron);
            let weight = network.synapses_of(source).next().map_or(0.0, |synapse| synapse.weight);
            (weight, network.synapses_of(source).map(|synapse| synapse.target.0 as u16).collect())
        })
        .collect();
    let mut sums = vec![0.0_f64; 1 << 16];
    group.throughput(Throughput::Elements(network.synapse_count() as u64));
    group.bench_function("scatter-add", |b| {
        b.iter(|| {
            for (weight, targets) in &rows {
                for &target in targets {
                    sums[target as usize] += weight;
                }
            }
            sums[0]
        });
    });
}

/// What one thing that is different costs; an event of a generator counts like one of a neuron.
fn one_thing_different(c: &mut Criterion) {
    let mut group = c.benchmark_group("variants");
    group.sample_size(10).warm_up_time(Duration::from_millis(500)).measurement_time(Duration::from_secs(3));
    // larger ones take gigabytes, and `delgrad bench --suite` runs them
    let moderate = |variant: &&suite::Variant| !["large", "huge", "silent"].contains(&variant.name);
    for variant in suite::all().iter().filter(moderate) {
        let network = variant.spec().build().expect("a valid network");
        for threads in [1, 2] {
            let mut warm =
                Simulation::new(&network, &[], Executor::Windowed).expect("delays above 0").threads(threads);
            run(&mut warm, variant.warm_up);
            group.throughput(Throughput::Elements(run(&mut warm.clone(), variant.until)));
            group.bench_function(BenchmarkId::new(variant.name, format!("{threads} threads")), |b| {
                let run = |simulation: &mut Simulation| run(simulation, variant.until);
                b.iter_batched_ref(|| warm.clone(), run, BatchSize::LargeInput);
            });
        }
    }
    group.finish();
}

fn build(c: &mut Criterion) {
    let mut group = c.benchmark_group("build");
    group.sample_size(10).measurement_time(Duration::from_secs(3));
    for size in SIZES {
        let spec = balanced(size);
        let synapses = spec.build().expect("a valid network").synapse_count() as u64;
        group.throughput(Throughput::Elements(synapses));
        group.bench_function(BenchmarkId::from_parameter(size.0), |b| b.iter(|| spec.build()));
    }
    group.finish();
}

criterion_group!(benches, throughput, one_thing_different, build);
criterion_main!(benches);
