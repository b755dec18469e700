//! The hardware-aware networks of Göltz et al. 2025, as their public code runs them.
//!
//! That code adds 1e-6 to the sums of its solution, which moves spikes by up to 5e-5 tau.

use delgrad_bss2::chip::{Chip, FixedPattern, Noise, Preset, Variation};
use delgrad_bss2::emulation::FirstSpikeChip;
use delgrad_fixtures::reference_text;
use delgrad_neuron::LifParams;
use delgrad_ttfs::{DelayKind, DelayRange, DelaySpec, GroupKind, LayerSpec, Network, NetworkSpec, SpikeTimes};
use serde_json::Value;

/// What the epsilon of the public code does.
const EPSILON: f64 = 5e-5;

fn read(name: &str) -> Option<Value> {
    let text = reference_text(&format!("delgrad/{name}"))?;
    Some(serde_json::from_str(&text).expect("reference files are JSON"))
}

/// Input times and classes of the 1000 test samples.
fn test_samples() -> Option<(SpikeTimes, Vec<usize>)> {
    let text = reference_text("yin_yang/yin_yang_test.csv")?;
    let rows: Vec<Vec<&str>> = text.lines().skip(1).map(|line| line.split(',').collect()).collect();
    let times = rows.iter().flat_map(|row| row[6..10].iter().map(|time| time.parse().expect("a time"))).collect();
    let labels = rows.iter().map(|row| row[1].parse().expect("a class")).collect();
    Some((SpikeTimes::from_rows(4, times).unwrap(), labels))
}

fn numbers(value: &Value) -> Vec<f64> {
    match value {
        Value::Array(values) => values.iter().flat_map(numbers).collect(),
        Value::Null => vec![f64::INFINITY],
        number => vec![number.as_f64().expect("a number")],
    }
}

fn of_class<'a>(file: &'a Value, class: &'a str) -> impl Iterator<Item = &'a Value> {
    let layers = file["layers_trained"].as_array().expect("a list of layers");
    layers.iter().filter(move |layer| layer["class"] == class)
}

/// The network, its parameters and the thresholds that its circuits add.
fn network(file: &Value) -> (Network, Vec<f64>, Vec<f64>) {
    let delayed = of_class(file, "DelayLayer").count() > 0;
    let neuron = LifParams {
        tau_mem: 1.0,
        tau_syn: 1.0,
        threshold: 2.6,
        leak: 0.0,
        capacitance: 1.0,
        ..LifParams::default()
    };
    let layer = |index: usize, size: usize| {
        let sharing = if index == 0 { 5 } else { 1 };
        let range = DelayRange::between(2.0, 3.5);
        let delay = DelaySpec { range, source_sharing: sharing, ..DelaySpec::new(DelayKind::Axonal) };
        let delays = if delayed { vec![delay] } else { Vec::new() };
        LayerSpec { neuron, delays, multiplex: sharing, ..LayerSpec::new(size) }
    };
    let network = Network::new(NetworkSpec { inputs: 4, layers: vec![layer(0, 30), layer(1, 3)] }).unwrap();
    let mut parameters = vec![0.0; network.parameter_count()];
    let (mut weights, mut raw) = (of_class(file, "NeuronLayer"), of_class(file, "DelayLayer"));
    for group in network.groups() {
        let values = match group.kind {
            GroupKind::Weights => numbers(&weights.next().unwrap()["weights"]),
            _ => numbers(&raw.next().unwrap()["raw"]),
        };
        parameters[group.range.clone()].copy_from_slice(&values);
    }
    let thresholds =
        of_class(file, "NeuronLayer").flat_map(|layer| numbers(&layer["threshold_noise_fp"])).collect();
    (network, parameters, thresholds)
}

/// One of the published networks on a chip that has its fixed pattern, with or without noise from batch to batch.
fn published(file: &Value, noise: Option<Noise>, run_seed: u64) -> FirstSpikeChip {
    let (network, parameters, thresholds) = network(file);
    let mut preset = Preset::named("delgrad-hw-aware").unwrap();
    preset.noise = noise.unwrap_or(preset.noise);
    let mut pattern = FixedPattern::draw(&Variation::default(), 0);
    let plain = Chip::with_pattern(preset.clone(), pattern.clone()).unwrap();
    let placed = FirstSpikeChip::new(&plain, network.clone(), &parameters, run_seed).unwrap();
    for (neuron, threshold) in (0..).zip(&thresholds) {
        pattern.circuits[placed.placement().unwrap().circuit(neuron).index()].threshold = *threshold;
    }
    let chip = Chip::with_pattern(preset, pattern).unwrap();
    FirstSpikeChip::new(&chip, network, &parameters, run_seed).unwrap()
}

#[test]
fn spike_times_are_those_of_the_public_code() {
    for name in ["hwAware_W.json", "hwAware_WA.json"] {
        let Some(file) = read(name) else { return };
        let mut chip = published(&file, Some(Noise::default()), 1);

        let inputs = SpikeTimes::from_rows(4, numbers(&file["test"]["inputs"])).unwrap();
        let mut record = SpikeTimes::silent(&[30, 3], 0);
        chip.forward(&inputs, &mut record, 0, 0).unwrap();
        let hidden = numbers(&file["test"]["hidden"]["2"]);
        let output = numbers(&file["test"]["output"]);
        let mut spikes = 0;
        for sample in 0..record.samples() {
            let expected = hidden[sample * 30..][..30].iter().chain(&output[sample * 3..][..3]);
            let found = record.row(sample, 0).iter().chain(record.row(sample, 1));
            for (n, (found, expected)) in found.zip(expected).enumerate() {
                assert_eq!(found.is_finite(), expected.is_finite(), "{name}: sample {sample}, neuron {n}");
                if expected.is_finite() {
                    spikes += 1;
                    assert!(
                        (found - expected).abs() < EPSILON,
                        "{name}: sample {sample}, neuron {n}: {found}, {expected}"
                    );
                }
            }
        }
        assert!(spikes > 5000, "{name}: {spikes} spikes compared");
    }
}

/// Accuracy of the published networks on all test samples, and the share of their silent outputs, with noise: the public code,
/// run twenty times, has 86.0 +- 1.1 and 92.0 +- 0.8 %, and 5.9 and 4.3 %.
#[test]
fn noise_does_what_it_does_in_the_public_code() {
    for (name, accuracy, silent) in [("hwAware_W.json", 86.0, 5.9), ("hwAware_WA.json", 92.0, 4.3)] {
        let (Some(file), Some((inputs, labels))) = (read(name), test_samples()) else { return };
        let mut found = (0.0, 0.0);
        const RUNS: u64 = 20;
        for seed in 0..RUNS {
            let mut chip = published(&file, None, seed);
            let mut record = SpikeTimes::silent(&[30, 3], 0);
            chip.forward(&inputs, &mut record, 0, 0).unwrap();
            for (sample, label) in labels.iter().enumerate() {
                let outputs = record.row(sample, 1);
                let first = (0..3).min_by(|a, b| outputs[*a].total_cmp(&outputs[*b])).unwrap();
                found.0 += f64::from(u8::from(outputs[first].is_finite() && first == *label));
                found.1 += outputs.iter().filter(|time| !time.is_finite()).count() as f64 / 3.0;
            }
        }
        let percent = 100.0 / (RUNS as f64 * labels.len() as f64);
        let found = (found.0 * percent, found.1 * percent);
        println!("{name}: accuracy {:.2} %, silent outputs {:.2} %", found.0, found.1);
        assert!((found.0 - accuracy).abs() < 1.0, "{name}: accuracy {:.2} %, expected {accuracy}", found.0);
        assert!((found.1 - silent).abs() < 0.6, "{name}: silent outputs {:.2} %, expected {silent}", found.1);
    }
}
