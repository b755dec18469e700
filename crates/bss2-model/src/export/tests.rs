//! What is written comes back; what is damaged is an error; what comes back spikes as before.

use std::collections::BTreeSet;

use delgrad_ttfs::SpikeTimes;
use proptest::prelude::*;
use serde_json::Value;

use super::*;
use crate::chip::Chip;
use crate::emulation::FirstSpikeChip;
use crate::placement::Placer;

/// Times of bias spikes go to us and back, which rounds them.
const MICROSECONDS: f64 = 1e-12;

fn neuron() -> LifParams {
    LifParams { tau_mem: 1.0, threshold: 2.6, ..LifParams::default() }
}

/// What a random network is made of.
#[derive(Clone, Debug)]
struct Shape {
    inputs: usize,
    copies: [usize; 2],
    sizes: [usize; 2],
    biases: usize,
    delayed: [bool; 2],
    own_thresholds: bool,
}

fn shape() -> impl Strategy<Value = Shape> {
    (1..4_usize, [1..4_usize, 1..2], [1..6_usize, 1..4], 0..3_usize, any::<[bool; 2]>(), any::<bool>()).prop_map(
        |(inputs, copies, sizes, biases, delayed, own_thresholds)| Shape {
            inputs,
            copies,
            sizes,
            biases,
            delayed,
            own_thresholds,
        },
    )
}

impl Shape {
    /// A network with parameters that follow from numbers between 0 and 1.
    fn network(&self, mut numbers: impl FnMut() -> f64) -> (Network, Vec<f64>) {
        let layer = |index: usize| {
            let biases = if index == 0 { self.biases } else { 0 };
            let mut spec = LayerSpec {
                neuron: neuron(),
                multiplex: self.copies[index],
                biases,
                ..LayerSpec::new(self.sizes[index])
            };
            if self.own_thresholds && index == 1 {
                spec.thresholds = (0..spec.size).map(|neuron| 2.0 + 0.3 * neuron as f64).collect();
            }
            if self.delayed[index] {
                // 12 to 21 us
                let range = DelayRange::between(2.0, 3.5);
                spec = spec.with_delay(DelaySpec { range, ..DelaySpec::new(DelayKind::Axonal) });
            }
            spec
        };
        let network = Network::new(NetworkSpec { inputs: self.inputs, layers: vec![layer(0), layer(1)] }).unwrap();
        let mut parameters = vec![0.0; network.parameter_count()];
        for group in network.groups() {
            let value = |number: f64| match group.kind {
                GroupKind::Weights => -0.6 + 2.7 * number,
                GroupKind::Biases => 2.0 * number,
                GroupKind::Constant(_) => unreachable!("no constants are parameters here"),
                GroupKind::Delay { .. } => 8.0 * (number - 0.5),
            };
            parameters[group.range.clone()].iter_mut().for_each(|parameter| *parameter = value(numbers()));
        }
        (network, parameters)
    }
}

/// Numbers between 0 and 1 that follow from a seed.
fn numbers(seed: u64) -> impl FnMut() -> f64 {
    let mut rng = delgrad_engine::random::stream(seed, delgrad_engine::random::Purpose::new(3), 0);
    move || delgrad_engine::random::uniform(&mut rng)
}

fn preset() -> Preset {
    Preset::named("calibrated").unwrap().scaled(0.0).unwrap()
}

fn spikes(network: &Network, parameters: &[f64], inputs: &SpikeTimes) -> SpikeTimes {
    let chip = Chip::new(preset(), 1).unwrap();
    let mut on_chip = FirstSpikeChip::new(&chip, network.clone(), parameters, 1).unwrap();
    let mut record = SpikeTimes::silent(&network.sizes(), 0);
    on_chip.forward(inputs, &mut record, 0, 0).unwrap();
    record
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn written_is_read_and_spikes_as_before(shape in shape(), seed in any::<u64>()) {
        let mut numbers = numbers(seed);
        let (network, parameters) = shape.network(&mut numbers);
        let exported = ExportedNetwork::new(&network, &parameters, &preset()).unwrap();
        let text = exported.to_json();
        let read = ExportedNetwork::from_json(&text).unwrap();
        prop_assert_eq!(&read, &exported);
        prop_assert_eq!(read.to_json(), text);

        let (again, codes) = read.network().unwrap();
        let times = (0..20 * shape.inputs).map(|_| 2.0 * numbers()).collect();
        let inputs = SpikeTimes::from_rows(shape.inputs, times).unwrap();
        let (found, expected) = (spikes(&again, &codes, &inputs), spikes(&network, &parameters, &inputs));
        if shape.biases == 0 {
            prop_assert_eq!(&found, &expected);
        }
        for (found, expected) in found.as_slice().iter().zip(expected.as_slice()) {
            prop_assert!(found == expected || (found - expected).abs() < MICROSECONDS, "{found} {expected}");
        }
        // and what is read is exported to the same file
        prop_assert_eq!(ExportedNetwork::new(&again, &codes, &preset()).unwrap().file().layers.len(), 2);
        prop_assert_eq!(ExportedNetwork::new(&again, &codes, &preset()).unwrap(), exported);
    }

    #[test]
    fn files_that_end_early_are_errors(shape in shape(), seed in any::<u64>(), share in 0.0..1.0_f64) {
        let (network, parameters) = shape.network(numbers(seed));
        let text = ExportedNetwork::new(&network, &parameters, &preset()).unwrap().to_json();
        let end = (share * (text.trim_end().len() - 1) as f64) as usize;
        prop_assert!(ExportedNetwork::from_json(&text[..end]).is_err());
    }

    #[test]
    fn missing_keys_and_wrong_numbers_are_errors(shape in shape(), seed in any::<u64>(), pick in any::<prop::sample::Index>()) {
        let (network, parameters) = shape.network(numbers(seed));
        let json: Value = serde_json::from_str(&ExportedNetwork::new(&network, &parameters, &preset()).unwrap().to_json()).unwrap();
        let mut places = Vec::new();
        pointers(&json, String::new(), &mut places);
        let place = pick.get(&places);
        let mut damaged = json.clone();
        *damaged.pointer_mut(place).unwrap() = Value::from(-1e7);
        if place.ends_with("written-by") || !json.pointer(place).unwrap().is_number() {
            *damaged.pointer_mut(place).unwrap() = Value::Null;
        }
        prop_assert!(ExportedNetwork::from_json(&damaged.to_string()).is_err(), "{}", place);
    }
}

/// Places of all numbers, words and truth values.
fn pointers(value: &Value, at: String, places: &mut Vec<String>) {
    match value {
        Value::Object(entries) => {
            entries.iter().for_each(|(key, value)| pointers(value, format!("{at}/{key}"), places))
        }
        Value::Array(items) => {
            items.iter().enumerate().for_each(|(index, value)| pointers(value, format!("{at}/{index}"), places))
        }
        _ => places.push(at),
    }
}

fn delgrads() -> (Network, Vec<f64>) {
    let shape =
        Shape { inputs: 4, copies: [5, 1], sizes: [30, 3], biases: 0, delayed: [true; 2], own_thresholds: false };
    shape.network(numbers(1))
}

#[test]
fn errors_name_the_place_the_value_and_what_is_valid() {
    let (network, parameters) = delgrads();
    let exported = ExportedNetwork::new(&network, &parameters, &preset()).unwrap();
    let error = |change: &dyn Fn(&mut ExportFile)| {
        let mut file = exported.file().clone();
        change(&mut file);
        ExportedNetwork::from_json(&serde_json::to_string(&file).unwrap()).unwrap_err().to_string()
    };
    assert_eq!(
        error(&|file| file.layers[1].weights[7][2] = 64),
        "layers[1].weights[7][2] is 64; it must be between -63 and 63"
    );
    assert_eq!(
        error(&|file| drop(file.layers[0].weights.pop())),
        "layers[0].weights has 19 entries; it must have 20"
    );
    assert_eq!(
        error(&|file| file.layers[0].delays.as_mut().unwrap()[3] = ExportedDelay { code: 81, us: 12.2 }),
        "layers[0].delays[3].us is 12.2; it must be 12.125, as its code says"
    );
    assert_eq!(
        error(&|file| file.layers[0].calix.leak = 40),
        "layers[0].calix.leak is 40; it must be between 50 and 160 CADC steps"
    );
    assert_eq!(
        error(&|file| file.layers[0].calix.tau_mem = 7.0),
        "layers[0].calix.tau_mem is 7; it must be 6, as the neuron and the units say"
    );
    assert!(
        error(&|file| file.version = 2).contains("version 2; this program reads delgrad-bss2-network version 1")
    );
    assert_eq!(error(&|file| file.units.tau = 0.0), "units.tau is 0; it must be a finite number above 0");
    let text = exported.to_json().replacen("\"copies\": 5", "\"copies\": 5.5", 1);
    assert!(ExportedNetwork::from_json(&text).unwrap_err().to_string().contains("layers[0].copies"));
}

#[test]
fn what_the_chip_does_not_have_is_not_exported() {
    let (network, mut parameters) = delgrads();
    parameters[0] = 3.0;
    let error = ExportedNetwork::new(&network, &parameters, &preset()).unwrap_err().to_string();
    assert!(error.contains("layer 0, source 0, neuron 0 is code 90"), "{error}");
    let synaptic =
        LayerSpec { neuron: neuron(), ..LayerSpec::new(2) }.with_delay(DelaySpec::new(DelayKind::Synaptic));
    let network = Network::new(NetworkSpec { inputs: 1, layers: vec![synaptic] }).unwrap();
    let error = ExportedNetwork::new(&network, &[1.0, 1.0, 0.0, 1.0], &preset()).unwrap_err().to_string();
    assert!(error.contains("use axonal delays"), "{error}");
}

#[test]
fn a_placement_must_be_that_of_the_network() {
    let (network, parameters) = delgrads();
    let exported = ExportedNetwork::new(&network, &parameters, &preset()).unwrap();
    let (again, codes) = exported.network().unwrap();
    let placement = Placer::new().place(&Demand::of(&unrolled(&again, &codes).unwrap()).unwrap()).unwrap();
    let placed = exported.with_placement(placement.clone()).unwrap();
    assert_eq!(ExportedNetwork::from_json(&placed.to_json()).unwrap(), placed);

    let small =
        Shape { inputs: 1, copies: [1; 2], sizes: [2, 1], biases: 0, delayed: [false; 2], own_thresholds: false };
    let (network, parameters) = small.network(numbers(2));
    let other = ExportedNetwork::new(&network, &parameters, &preset()).unwrap();
    assert!(matches!(other.with_placement(placement), Err(ExportError::Placement(_))));
}

#[test]
fn every_code_of_a_delay_comes_back() {
    for tau in [6.0, 7.3, 10.0] {
        let units = Units { tau, ..Units::default() };
        for code in 50..=250 {
            let delay = ExportedDelay { code, us: f64::from(code) / 8.0 + 2.0 };
            let time = delay_of(units, &delay);
            assert_eq!(PairDelay::of(units.microseconds(time), "x").unwrap().code(), code, "tau {tau}");
        }
    }
}

/// The schema names exactly the keys that are written.
#[test]
fn the_schema_knows_every_key() {
    let schema: Value = serde_json::from_str(include_str!("../../schema/bss2-network.schema.json")).unwrap();
    let shape =
        Shape { inputs: 1, copies: [2, 1], sizes: [2, 2], biases: 1, delayed: [true; 2], own_thresholds: true };
    let (network, parameters) = shape.network(numbers(3));
    let mut file = ExportedNetwork::new(&network, &parameters, &preset()).unwrap().file().clone();
    let (again, codes) = ExportedNetwork::checked(file.clone()).unwrap().network().unwrap();
    file.placement = Some(Placer::new().place(&Demand::of(&unrolled(&again, &codes).unwrap()).unwrap()).unwrap());
    let written = serde_json::to_value(&file).unwrap();
    let keys = |value: &Value| value.as_object().unwrap().keys().cloned().collect::<BTreeSet<_>>();
    let layer = |index: usize| &written["layers"][index];
    for (name, value) in [
        ("", vec![&written]),
        ("units", vec![&written["units"]]),
        ("layer", vec![layer(0), layer(1)]),
        ("neuron", vec![&layer(0)["neuron"]]),
        ("delay", vec![&layer(0)["delays"][0]]),
        ("calix", vec![&layer(0)["calix"], &layer(1)["calix"]]),
    ] {
        let part = if name.is_empty() { &schema } else { &schema["$defs"][name] };
        let found: BTreeSet<String> = value.iter().flat_map(|value| keys(value)).collect();
        assert_eq!(keys(&part["properties"]), found, "{name}");
        assert_eq!(part["additionalProperties"], false, "{name}");
    }
}
