//! How long does the model of the chip take?
//!
//! * `run`: the 1000 test samples on the chip, 4 x 5 lines, 30 and 3 neurons, on the presets `delgrad-hw-aware` (eight samples at a
//!   time) and `calibrated` (event by event).
//! * `parameters`: taking over the weights and delays of one step of training.
//! * `epoch`: one epoch of training in the loop, 5000 samples in batches of 40, on all threads.
//! * `place`: finding the places of that network.

use std::hint::black_box;
use std::ops::ControlFlow;
use std::path::Path;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use delgrad::bss2::{Demand, FirstSpikeChip, Placer, unrolled};
use delgrad::experiments;
use delgrad::train::{Experiment, Setup, fit};
use delgrad::ttfs::SpikeTimes;

const EXPERIMENTS: [(&str, &str); 2] =
    [("delgrad-hw-aware", "bss2-yin-yang-axonal"), ("calibrated", "bss2-yin-yang-axonal-calibrated")];

fn setup(name: &str) -> Setup {
    let built_in = experiments::find(name).expect("built in");
    let overrides = [("training.epochs".to_owned(), "1".to_owned())];
    let experiment = Experiment::parse(built_in.name, built_in.toml, &overrides).expect("valid experiment");
    Setup::new(experiment, Path::new(".")).expect("valid experiment")
}

fn on_chip(setup: &Setup) -> FirstSpikeChip {
    let chip = setup.chip.as_ref().expect("an experiment on a chip");
    FirstSpikeChip::new(chip, setup.network.clone(), &setup.initial, 1).expect("a network that fits")
}

fn chip(c: &mut Criterion) {
    for (preset, name) in EXPERIMENTS {
        let setup = setup(name);
        let (mut chip, inputs) = (on_chip(&setup), &setup.encoded.test.inputs);
        let mut record = SpikeTimes::silent(&setup.network.sizes(), 0);
        let mut group = c.benchmark_group(format!("chip/{preset}"));
        group.sample_size(20);
        group.throughput(Throughput::Elements(inputs.samples() as u64));
        group.bench_function("run", |b| b.iter(|| chip.forward(black_box(inputs), &mut record)));
        group.throughput(Throughput::Elements(1));
        group.bench_function("parameters", |b| b.iter(|| chip.set_parameters(black_box(&setup.initial))));
        group.sample_size(10);
        group.throughput(Throughput::Elements(setup.encoded.train.labels.len() as u64));
        group.bench_function("epoch", |b| {
            b.iter(|| {
                let mut trainer = setup.trainer().expect("a network that fits");
                let (train, validation) = (&setup.encoded.train, &setup.encoded.validation);
                let training = &setup.experiment.training;
                fit(&mut trainer, train, validation, training, 1, |_| ControlFlow::Continue(()))
            });
        });
        group.finish();
    }
    let setup = setup("bss2-yin-yang-axonal");
    let network = unrolled(&setup.network, &setup.initial).expect("a valid network");
    c.bench_function("chip/place", |b| {
        b.iter(|| Placer::new().place(&Demand::of(black_box(&network)).expect("axonal delays")));
    });
}

criterion_group!(benches, chip);
criterion_main!(benches);
