//! How long does a reverse pass take next to the run that it differentiates, and what does it cost to change all weights and
//! delays after it?
//!
//! Two set-ups, on one core, with all weight and delay gradients: the balanced network of the engine's bench, with a loss on
//! all spikes of the last 50 ms; and a recurrent network of the size that the Heidelberg Digits take, with 700 inputs, 256 or 1024
//! neurons, 20 leaky integrators whose mean voltage counts, and 8000 input spikes in a sample of one second. Of that also a whole
//! step of training on a batch, on one and on two threads.

use std::hint::black_box;
use std::path::Path;
use std::time::Duration;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use delgrad::adjoint::{Cotangents, Differentiator, Integrand, Observable, Options, Record};
use delgrad::engine::{Executor, InputSpike, Network, Simulation, Stop};
use delgrad::suite::{THOUSAND, balanced};
use delgrad::train::experiment::Experiment;
use delgrad::train::run::Setup;
use delgrad::train::samples::Sample;
use delgrad::train::substrate::Batch;

mod networks;

use networks::{HIDDEN, READ_OUTS, SAMPLE, heidelberg, heidelberg_experiment, input_spikes};

/// Neither time constants nor capacitances, as most training leaves them alone.
const SYNAPSES: Options = Options {
    grazing_slope: 1e-6,
    policy: delgrad::adjoint::Policy::Exact,
    time_constants: false,
    stepped: false,
    memory: 256 << 20,
};

fn run(network: &Network, given: &[InputSpike], until: f64, executor: Executor) -> u64 {
    let mut simulation = Simulation::new(network, given, executor).expect("a valid run").threads(1);
    let _ = simulation.record(&Stop::at(until)).expect("a finite end");
    simulation.counters().events
}

fn reverse(c: &mut Criterion) {
    const END: f64 = 300.0;
    let network = balanced(THOUSAND).build().expect("a valid network");
    let mut group = c.benchmark_group("balanced 1000");
    group.sample_size(20).measurement_time(Duration::from_secs(4));
    group.throughput(Throughput::Elements(run(&network, &[], END, Executor::Windowed)));
    let record = Record::run_on_one_thread(&network, &[], &Stop::at(END), Executor::Windowed).expect("a run");
    let late = |time: f64| if time > END - 50.0 { 1.0 } else { 0.0 };
    let cotangents = Cotangents {
        spikes: record.spikes().iter().map(|spike| late(spike.time)).collect(),
        ..Cotangents::default()
    };
    group.bench_function("forward, windowed", |b| b.iter(|| run(&network, &[], END, Executor::Windowed)));
    group.bench_function("forward, plain", |b| b.iter(|| run(&network, &[], END, Executor::Plain)));
    let named = [
        ("reverse, weights and delays", SYNAPSES),
        ("reverse, all parameters", Options { time_constants: true, ..SYNAPSES }),
        ("reverse, stepped, all parameters", Options { stepped: true, time_constants: true, ..SYNAPSES }),
    ];
    for (name, options) in named {
        let differentiator = Differentiator::new(&network, options).expect("models with derivatives");
        group.bench_function(name, |b| b.iter(|| differentiator.vjp(black_box(&record), &cotangents)));
    }
    group.bench_function("preparing", |b| b.iter(|| Differentiator::new(&network, SYNAPSES)));
    group.finish();
}

fn sample(c: &mut Criterion) {
    for hidden in [HIDDEN, 1024] {
        let (network, given) = heidelberg(hidden);
        let mut group = c.benchmark_group(format!("heidelberg size, {hidden} hidden"));
        group.sample_size(10).measurement_time(Duration::from_secs(5));
        group.throughput(Throughput::Elements(run(&network, &given, SAMPLE, Executor::Windowed)));
        for executor in [Executor::Windowed, Executor::Plain] {
            let name = format!("forward, {executor:?}");
            group.bench_function(name, |b| b.iter(|| run(&network, &given, SAMPLE, executor)));
        }
        let differentiator = Differentiator::new(&network, SYNAPSES).expect("models with derivatives");
        let mean = |neuron| Observable::Integral { neuron, from: 0.0, to: SAMPLE, integrand: Integrand::Voltage };
        let observables: Vec<Observable> = (hidden..hidden + READ_OUTS).map(mean).collect();
        let record =
            || Record::run_on_one_thread(&network, &given, &Stop::at(SAMPLE), Executor::Windowed).expect("a run");
        let values = |record: &Record| differentiator.observe(record, &observables).expect("valid observables");
        let cotangents = |values: Vec<f64>| Cotangents {
            observables: observables.iter().cloned().zip(values).collect(),
            ..Cotangents::default()
        };
        let recorded = record();
        group.bench_function("values", |b| b.iter(|| values(black_box(&recorded))));
        let of_recorded = cotangents(values(&recorded));
        group.bench_function("reverse", |b| b.iter(|| differentiator.vjp(black_box(&recorded), &of_recorded)));
        group.bench_function("forward, values and reverse", |b| {
            b.iter(|| {
                let record = record();
                differentiator.vjp(&record, &cotangents(values(&record)))
            });
        });
        group.finish();
    }
}

/// A whole step of training on a batch of sixteen samples: runs, losses, gradients, optimiser, other weights and delays.
fn training(c: &mut Criterion) {
    const BATCH: u64 = 16;
    let experiment = Experiment::parse("heidelberg", &heidelberg_experiment(), &[]).expect("a valid experiment");
    let setup = Setup::new(experiment, Path::new(".")).expect("a valid experiment");
    let samples = (0..BATCH).map(|number| Sample::of_class(input_spikes(number), number as u32));
    let batch = Batch::from(samples.collect::<Vec<Sample>>());
    let mut group = c.benchmark_group("heidelberg size, a step of training");
    group.sample_size(10).measurement_time(Duration::from_secs(8)).throughput(Throughput::Elements(BATCH));
    for threads in [1, 2] {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("threads");
        let mut trainer = setup.trainer().expect("valid parameters");
        group.bench_function(format!("{threads} threads"), |b| {
            b.iter(|| pool.install(|| trainer.step(&batch, 1.0)).expect("a step"));
        });
    }
    group.finish();
}

/// All weights and delays change a little, as after a step of training.
fn step(c: &mut Criterion) {
    let (network, _) = heidelberg(HIDDEN);
    let parts = network.parts();
    let moved = |number: usize| 1e-2 * ((number as f64 * 0.618_033_988_749_895).fract() - 0.5);
    let weights: Vec<f64> = parts.synapses.iter().enumerate().map(|(n, s)| s.weight + 1e-2 * moved(n)).collect();
    let fixed: Vec<f64> = parts.synapses.iter().map(|synapse| synapse.delay).collect();
    let delays: Vec<f64> = fixed.iter().enumerate().map(|(number, delay)| delay + moved(number)).collect();
    let mut group = c.benchmark_group("a step at heidelberg size");
    group.sample_size(20).measurement_time(Duration::from_secs(4));
    group.throughput(Throughput::Elements(network.synapse_count() as u64));
    group.bench_function("anew", |b| {
        b.iter(|| {
            let mut parts = parts.clone();
            for ((synapse, weight), delay) in parts.synapses.iter_mut().zip(&weights).zip(&delays) {
                (synapse.weight, synapse.delay) = (*weight, *delay);
            }
            let network = network.with_parts(parts).expect("valid parts");
            Differentiator::new(&network, SYNAPSES)
        });
    });
    let mut differentiator = Differentiator::new(&network, SYNAPSES).expect("models with derivatives");
    group.bench_function("in place, weights alone", |b| {
        b.iter(|| differentiator.set_values(black_box(&weights), &fixed).expect("valid values"));
    });
    let mut back = false;
    group.bench_function("in place, weights and delays", |b| {
        b.iter(|| {
            back = !back;
            let delays = if back { &fixed } else { &delays };
            differentiator.set_values(black_box(&weights), delays).expect("valid values");
        });
    });
    group.finish();
}

criterion_group!(benches, reverse, sample, step, training);
criterion_main!(benches);
