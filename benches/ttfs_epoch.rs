//! How long do the forward and backward passes of first-spike networks take?
//!
//! * `yin_yang`: the 5000 training samples through the 4-30-3 networks of the experiments `yin-yang-synaptic`, `-axonal`
//!   and `-weights` before training, as one batch and as batches of 150, on one and on two threads; the plain scalar
//!   path beside it.
//! * `mnist_size`: 100 random samples as one batch through 784-350-10 without delays and with synaptic ones, with other time
//!   constants, inputs and hidden neurons, on one and on two threads.

use std::hint::black_box;
use std::path::Path;
use std::time::Duration;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use delgrad::engine::random::{Purpose, normal, stream, uniform};
use delgrad::experiments;
use delgrad::train::experiment::Experiment;
use delgrad::train::run::Setup;
use delgrad::ttfs::{
    BackwardOptions, Cotangents, DelayKind, DelayRange, DelaySpec, GroupKind, LayerSpec, Network, NetworkSpec,
    Runner, SpikeTimes,
};

/// A network with parameters, batches of inputs, and cotangents of the outputs.
struct Case {
    runner: Runner,
    parameters: Vec<f64>,
    batches: Vec<Batch>,
    gradient: Vec<f64>,
}

struct Batch {
    inputs: SpikeTimes,
    record: SpikeTimes,
    cotangents: Vec<f64>,
}

impl Case {
    fn new(network: &Network, parameters: &[f64], inputs: &[f64], batch: usize) -> Self {
        let mut rng = stream(1, Purpose::new(4), 0);
        let runner = Runner::new(network.clone(), parameters).expect("valid parameters");
        let batches = inputs
            .chunks(batch * network.inputs())
            .map(|times| {
                let inputs = SpikeTimes::from_rows(network.inputs(), times.to_vec()).expect("valid times");
                let record = SpikeTimes::silent(&network.sizes(), inputs.samples());
                let mut cotangents = vec![0.0; record.as_slice().len()];
                for row in cotangents.chunks_mut(record.width()) {
                    let outputs = record.range(record.blocks() - 1);
                    row[outputs].fill_with(|| (uniform(&mut rng) - 0.5) / batch as f64);
                }
                Batch { inputs, record, cotangents }
            })
            .collect();
        Self { runner, gradient: vec![0.0; parameters.len()], parameters: parameters.to_vec(), batches }
    }

    fn experiment(name: &str, batch: usize) -> Self {
        let built_in = experiments::find(name).expect("built in");
        let experiment = Experiment::parse(built_in.name, built_in.toml, &[]).expect("valid experiment");
        let setup = Setup::new(experiment, Path::new(".")).expect("valid experiment");
        let network = setup.network.layers().expect("an experiment of layers");
        let train = &setup.dataset.parts.train;
        let mut inputs = vec![f64::INFINITY; train.len() * network.inputs()];
        for (sample, row) in inputs.chunks_mut(network.inputs()).enumerate() {
            train.content.of(sample).for_each(|spike| row[spike.source as usize] = spike.time);
        }
        Self::new(network, &setup.initial, &inputs, batch)
    }

    /// Forward and backward over all batches, parameters taken over before each as in training.
    fn run(&mut self) {
        for batch in &mut self.batches {
            self.runner.set_parameters(&self.parameters).expect("valid parameters");
            self.runner.forward(&batch.inputs, &mut batch.record).expect("valid inputs");
            let options = BackwardOptions::default();
            let (inputs, record, cotangents) = (&batch.inputs, &batch.record, &batch.cotangents);
            let report = self.runner.backward(
                inputs,
                record,
                Cotangents::of_spikes(cotangents),
                options,
                &mut self.gradient,
                None,
            );
            black_box(report.expect("valid record"));
        }
        black_box(&self.gradient);
    }
}

fn pool(threads: usize) -> rayon::ThreadPool {
    rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("threads")
}

fn epoch(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("ttfs_epoch/yin_yang");
    group.throughput(Throughput::Elements(5000)).measurement_time(Duration::from_secs(4)).sample_size(50);
    for name in ["synaptic", "axonal", "weights"] {
        for threads in [1, 2] {
            for batch in [5000, 150] {
                let mut case = Case::experiment(&format!("yin-yang-{name}"), batch);
                let pool = pool(threads);
                group.bench_function(format!("{name}/batch_{batch}/threads_{threads}"), |bencher| {
                    pool.install(|| bencher.iter(|| case.run()));
                });
            }
        }
    }
    let mut plain = Case::experiment("yin-yang-synaptic", 5000);
    plain.runner = plain.runner.plain();
    let pool = pool(1);
    group.sample_size(10).bench_function("synaptic/plain_path/threads_1", |bencher| {
        pool.install(|| bencher.iter(|| plain.run()));
    });
    group.finish();
}

/// What a large network looks like: its name, inputs and hidden neurons, the ratio of its time constants, and whether synapses have delays
/// of their own.
const LARGE: [(&str, [usize; 2], f64, bool); 8] = [
    ("weights", [784, 350], 2.0, false),
    ("weights/ratio_1", [784, 350], 1.0, false),
    ("weights/ratio_3", [784, 350], 3.0, false),
    ("weights/hidden_4096", [784, 4096], 2.0, false),
    ("synaptic", [784, 350], 2.0, true),
    ("synaptic/ratio_1", [784, 350], 1.0, true),
    ("synaptic/ratio_3", [784, 350], 3.0, true),
    ("synaptic/inputs_1025", [1025, 350], 2.0, true),
];

fn mnist_size(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("ttfs_epoch/mnist_size");
    group.throughput(Throughput::Elements(100)).sample_size(10);
    for (name, [inputs, hidden], tau_mem, synaptic) in LARGE {
        let mut rng = stream(2, Purpose::new(5), 0);
        let times: Vec<f64> = (0..100 * inputs).map(|_| 2.0 * uniform(&mut rng)).collect();
        let layer = |size| {
            let mut layer = LayerSpec::new(size);
            layer.neuron.tau_mem = tau_mem;
            let range = DelayRange::between(0.0, 1.0);
            let delay = DelaySpec { range, ..DelaySpec::new(DelayKind::Synaptic) };
            if synaptic { layer.with_delay(delay) } else { layer }
        };
        let network = Network::new(NetworkSpec { inputs, layers: vec![layer(hidden), layer(10)] });
        let network = network.expect("valid network");
        let mut parameters = vec![0.0; network.parameter_count()];
        for group in network.groups() {
            // on average the threshold is reached after half of the arrivals
            let mean = if group.kind == GroupKind::Weights { 8.0 / group.shape[0] as f64 } else { 0.0 };
            parameters[group.range.clone()].fill_with(|| normal(&mut rng, mean, mean.max(0.05)));
        }
        for threads in [1, 2] {
            let mut case = Case::new(&network, &parameters, &times, 100);
            let pool = pool(threads);
            group.bench_function(format!("{name}/threads_{threads}"), |bencher| {
                pool.install(|| bencher.iter(|| case.run()));
            });
        }
    }
    group.finish();
}

criterion_group!(benches, epoch, mnist_size);
criterion_main!(benches);
