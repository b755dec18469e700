//! Golden bits: one short run of the simulator and of each kernel, as hashes.
//!
//! The promise is the same bits on every machine, with any number of threads, and with every version of the compiler. A change
//! that moves them on purpose writes the new hash here and says so in the change log; any other change that moves them is a fault.

mod purposes;

use std::ops::ControlFlow;
use std::path::Path;

use delgrad::engine::files::NetworkFile;
use delgrad::engine::{Executor, Simulation, Stop};
use delgrad::train::{experiment::Experiment, learn::fit, run::Setup};
use delgrad::{experiments, networks};
use xxhash_rust::xxh3::xxh3_128;

/// Hash of numbers, by their bits.
fn hash(numbers: impl IntoIterator<Item = f64>) -> String {
    let bytes: Vec<u8> = numbers.into_iter().flat_map(|number| number.to_bits().to_le_bytes()).collect();
    format!("{:032x}", xxh3_128(&bytes))
}

/// All spikes of a built-in network until a time.
fn spikes(name: &str, until: f64, executor: Executor) -> String {
    let file = NetworkFile::parse_toml(networks::find(name).expect("built in").toml).unwrap();
    let network = file.network().unwrap();
    let given = file.input_spikes.as_deref().unwrap_or_default();
    let mut simulation = Simulation::new(&network, given, executor).unwrap();
    let (spikes, _) = simulation.record(&Stop::at(until)).unwrap();
    assert!(spikes.len() > 100, "{name} spikes {} times", spikes.len());
    hash(spikes.iter().flat_map(|spike| [spike.time, f64::from(spike.neuron)]))
}

/// The parameters of a built-in experiment after some epochs, and its losses on the way.
fn training(name: &str, epochs: u32) -> String {
    let experiment = experiments::find(name).expect("built in");
    let mut experiment = Experiment::parse(name, experiment.toml, &[]).unwrap();
    experiment.training.epochs = epochs;
    let setup = Setup::new(experiment, Path::new(".")).unwrap();
    let mut trainer = setup.trainer().unwrap();
    let (config, seed) = (&setup.experiment.training, setup.experiment.seed);
    let run = fit(&mut trainer, &setup.dataset, config, seed, |_| ControlFlow::Continue(())).unwrap();
    assert_ne!(run.last().parameters, setup.initial, "{name} has learned nothing");
    let losses = run.history().iter().map(|epoch| epoch.validation_loss);
    hash(run.last().parameters.iter().copied().chain(losses))
}

/// Compares everything before it fails, so that all new hashes are seen at once.
fn check<const N: usize>(cases: [(&str, String, &str); N]) {
    let moved = cases.iter().filter(|(_, found, expected)| found != expected);
    let moved: Vec<String> =
        moved.map(|(name, found, expected)| format!("{name}: {found}, not {expected}")).collect();
    assert!(moved.is_empty(), "{moved:#?}");
}

#[test]
fn spikes_of_the_simulator() {
    check([
        ("brunel, plain", spikes("brunel", 50.0, Executor::Plain), "c95b554d54e0fac3d4fa3d8414a42745"),
        ("brunel, windowed", spikes("brunel", 50.0, Executor::Windowed), "c95b554d54e0fac3d4fa3d8414a42745"),
        (
            "heterogeneous, plain",
            spikes("heterogeneous", 50.0, Executor::Plain),
            "01ba8ae25053fb0b38ae1d187f37a15a",
        ),
        (
            "heterogeneous, windowed",
            spikes("heterogeneous", 50.0, Executor::Windowed),
            "4db29b9c40666b69c83036fbc1da5598",
        ),
    ]);
}

#[test]
fn training_of_layers() {
    check([
        ("yin-yang-tiny", training("yin-yang-tiny", 2), "d95a310cb23ad1e0260e24dd46bf28c9"),
        ("bss2-yin-yang-axonal", training("bss2-yin-yang-axonal", 1), "401726eabcfd7f6f76d3727e3ba2b4ae"),
    ]);
}

#[test]
fn training_of_populations() {
    check([
        ("store-recall", training("store-recall", 1), "f5bb4315b9f93e7d37ea6da44eff338b"),
        ("sequence", training("sequence", 3), "35af972cbdf60109beb7060e81854daf"),
    ]);
}
