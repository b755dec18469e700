//! Reads the recordings of the chip W66F3 and the networks that it ran (DelGrad's public data).

use delgrad_bss2::Units;
use delgrad_bss2::fit::Recording;
use delgrad_fixtures::reference_text;
use delgrad_neuron::LifParams;
use delgrad_ttfs::{DelayKind, DelayRange, DelayRule, DelaySpec, LayerSpec, Network, NetworkSpec, SpikeTimes};
use serde_json::Value;

/// Recorded times are in ticks of 8 ns: 750 of them are one unit of the network's time, 6 us.
const TICKS: f64 = 750.0;
/// Recorded samples that mismatch is fitted to; the others judge.
pub const FITTED: usize = 2500;

/// A network that the chip was trained with.
pub struct Trained {
    /// Short name of network and recording.
    pub name: &'static str,
    pub network: Network,
    /// Weights in 6 bits, delays as trained.
    pub rounded: Vec<f64>,
    /// Weights in 6 bits, delays in steps of 1/8 us.
    pub chip: Vec<f64>,
}

/// The networks without and with delays; none where the reference folder is absent.
pub fn networks() -> Vec<Trained> {
    [("weights", "hxpynn_W"), ("axonal", "hxpynn")]
        .into_iter()
        .filter_map(|(name, file)| trained(name, file))
        .collect()
}

fn trained(name: &'static str, file: &str) -> Option<Trained> {
    let file: Value = serde_json::from_str(&reference_text(&format!("delgrad/{file}.json"))?).expect("JSON");
    let units = Units::default();
    let (mut layers, mut next) = (Vec::new(), LayerSpec::new(0));
    let (mut parameters, mut delays) = ([const { Vec::new() }; 2], Vec::new());
    for entry in file["layers_trained"].as_array().expect("layers") {
        match entry["class"].as_str().expect("a class") {
            "DelayLayer" => {
                let (all, source_sharing) = (numbers(&entry["effective"]), whole(&entry["presyn_sharing_factor"]));
                delays = all[..all.len() / source_sharing].to_vec();
                let range = DelayRange::direct(DelayRule::Clip);
                next = next.with_delay(DelaySpec { range, source_sharing, ..DelaySpec::new(DelayKind::Axonal) });
            }
            "NeuronLayer" => {
                let weights = numbers(&entry["weights"]);
                let coded: Vec<f64> =
                    weights.iter().map(|w| units.weight(units.weight_code(*w).clamp(-63.0, 63.0))).collect();
                let steps: Vec<f64> = delays.iter().map(|delay| coded_delay(units, *delay)).collect();
                let [rounded, chip] = &mut parameters;
                rounded.extend(coded.iter().chain(&delays));
                chip.extend(coded.iter().chain(&steps));
                delays.clear();
                let size = numbers(&entry["weights"][0]).len();
                let layer = std::mem::replace(&mut next, LayerSpec::new(0));
                layers.push(LayerSpec { size, neuron: neuron(&entry["neuron_params"]), ..layer });
            }
            _ => {}
        }
    }
    let inputs = whole(&file["config"]["network_layout"]["n_inputs"]);
    let network = Network::new(NetworkSpec { inputs, layers }).expect("a valid network");
    let [rounded, chip] = parameters;
    Some(Trained { name, network, rounded, chip })
}

/// A delay as a pair of neuron circuits makes it: `code/8 + 2` us.
fn coded_delay(units: Units, delay: f64) -> f64 {
    let code = ((units.microseconds(delay) - 2.0) * 8.0).trunc().clamp(50.0, 250.0);
    units.model_time(code / 8.0 + 2.0)
}

/// The files give the leak conductance where we give the capacitance.
fn neuron(params: &Value) -> LifParams {
    let get = |key: &str| params[key].as_f64().expect("a number");
    LifParams {
        tau_mem: get("tau_mem"),
        tau_syn: get("tau_syn"),
        threshold: get("threshold"),
        leak: get("leak"),
        capacitance: get("g_leak") * get("tau_mem"),
        ..LifParams::default()
    }
}

impl Trained {
    /// Input times on the network's lines: `x0, x1, x2, x3, x0, x1, ...`.
    pub fn tile(&self, times: &[f64]) -> Vec<f64> {
        times.iter().copied().cycle().take(self.network.inputs()).collect()
    }

    /// What the chip answered to the training samples.
    pub fn recording(&self) -> Option<Recording> {
        let (mut inputs, mut outputs) = (Vec::new(), Vec::new());
        for line in reference_text(&format!("chip/{}_train.csv", self.name))?.lines().skip(1) {
            let fields: Vec<f64> = line.split(',').map(|field| field.parse().unwrap_or(f64::INFINITY)).collect();
            inputs.extend(self.tile(&fields[1..5]));
            outputs.extend(fields[5..8].iter().map(|ticks| ticks / TICKS));
        }
        let inputs = SpikeTimes::from_rows(self.network.inputs(), inputs).expect("input times");
        let outputs = SpikeTimes::from_rows(self.network.outputs(), outputs).expect("output times");
        Some(Recording::new(inputs, outputs).expect("a recording"))
    }
}

fn numbers(value: &Value) -> Vec<f64> {
    match value.as_array() {
        Some(items) => items.iter().flat_map(numbers).collect(),
        None => vec![value.as_f64().expect("a number")],
    }
}

fn whole(value: &Value) -> usize {
    value.as_u64().expect("a whole number") as usize
}
