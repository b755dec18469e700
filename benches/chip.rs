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
use delgrad::bss2::emulation::FirstSpikeChip;
use delgrad::bss2::placement::{Demand, Placer};
use delgrad::experiments;
use delgrad::train::experiment::Experiment;
use delgrad::train::learn::fit;
use delgrad::train::run::Setup;
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
    let network = setup.network.layers().expect("layers");
    FirstSpikeChip::new(chip, network.clone(), &setup.initial, 1).expect("a network that fits")
}

fn test_inputs(setup: &Setup) -> SpikeTimes {
    let samples = &setup.dataset.parts.test;
    let mut inputs = SpikeTimes::silent(&[samples.content.inputs() as usize], samples.len());
    let width = inputs.width();
    for (sample, times) in inputs.as_mut_slice().chunks_exact_mut(width).enumerate() {
        samples.content.of(sample).for_each(|spike| times[spike.source as usize] = spike.time);
    }
    inputs
}

fn chip(c: &mut Criterion) {
    for (preset, name) in EXPERIMENTS {
        let setup = setup(name);
        let (mut chip, inputs) = (on_chip(&setup), test_inputs(&setup));
        let mut record = SpikeTimes::silent(&chip.network().sizes(), 0);
        let mut group = c.benchmark_group(format!("chip/{preset}"));
        group.sample_size(20);
        group.throughput(Throughput::Elements(inputs.samples() as u64));
        group.bench_function("run", |b| b.iter(|| chip.forward(black_box(&inputs), &mut record, 0, 0)));
        group.throughput(Throughput::Elements(1));
        group.bench_function("parameters", |b| b.iter(|| chip.set_parameters(black_box(&setup.initial))));
        group.sample_size(10);
        group.throughput(Throughput::Elements(setup.dataset.parts.train.len() as u64));
        group.bench_function("epoch", |b| {
            b.iter(|| {
                let mut trainer = setup.trainer().expect("a network that fits");
                let training = &setup.experiment.training;
                fit(&mut trainer, &setup.dataset, training, 1, |_| ControlFlow::Continue(()))
            });
        });
        group.finish();
    }
    let setup = setup("bss2-yin-yang-axonal");
    let network = setup.network.on_engine(&setup.initial).expect("a valid network");
    c.bench_function("chip/place", |b| {
        b.iter(|| Placer::new().place(&Demand::of(black_box(&network)).expect("axonal delays")));
    });
}

criterion_group!(benches, chip);
criterion_main!(benches);
