//! Reading the reference files: layers into a network and its parameters, configs into a loss and penalties.

use delgrad_fixtures::reference_text;
use delgrad_neuron::LifParams;
use delgrad_train::objective::{DelayPenalty, EarlyOutput, Loss, Penalised, Penalties};
use delgrad_ttfs::{DelayKind, DelayRange, DelayRule, DelaySpec, GroupKind, LayerSpec, Network, NetworkSpec};
use serde_json::Value;

/// A file of the public code's answers, if it is there.
pub fn json(name: &str) -> Option<Value> {
    Some(serde_json::from_str(&reference_text(&format!("delgrad/{name}.json"))?).unwrap())
}

/// All numbers of a nested array in order, `null` being what null stands for.
pub fn numbers(value: &Value, null: f64) -> Vec<f64> {
    match value.as_array() {
        Some(items) => items.iter().flat_map(|item| numbers(item, null)).collect(),
        None => vec![value.as_f64().unwrap_or(null)],
    }
}

fn number(value: &Value) -> f64 {
    value.as_f64().unwrap()
}

pub fn items(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

/// A parameter group and the entry of the file's list of layers that it comes from.
#[derive(Clone, Debug)]
pub struct Entry {
    /// Position in the list.
    pub index: usize,
    /// Position among the network's groups.
    pub group: usize,
    /// The entry's own learning rate.
    pub learning_rate: Option<f64>,
}

/// A network of the files.
#[derive(Clone, Debug)]
pub struct Reference {
    pub name: String,
    pub network: Network,
    pub parameters: Vec<f64>,
    pub entries: Vec<Entry>,
    /// Position in the file's list, and tolerated share of missing spikes, of every layer of neurons.
    pub neurons: Vec<(usize, f64)>,
    pub loss: Loss,
    pub penalties: Penalties,
    /// Unit of the constants of losses.
    pub tau_syn: f64,
    pub max_dw_norm: f64,
    pub learning_rate: Option<f64>,
    /// The network computes its spikes with weights rounded to multiples of this.
    pub rounding: Option<f64>,
}

/// Values of one group before the network's layout is known.
struct Values {
    index: usize,
    layer: usize,
    kind: GroupKind,
    values: Vec<f64>,
    learning_rate: Option<f64>,
}

impl Reference {
    /// Builds the network that a list of layers describes.
    pub fn new(name: &str, config: &Value, list: &Value, rounding: Option<f64>) -> Self {
        let mut layers = Vec::new();
        let mut next = LayerSpec::new(0);
        let (mut all, mut neurons, mut max_dw_norm) = (Vec::new(), Vec::new(), f64::NAN);
        for (index, entry) in items(list).iter().enumerate() {
            let layer = layers.len();
            let mut keep = |kind, key: &str| {
                let values = numbers(&entry[key], f64::NAN);
                all.push(Values { index, layer, kind, values, learning_rate: entry["lr"].as_f64() });
            };
            match entry["class"].as_str().unwrap() {
                "BroadcastLayer" => {}
                "MultiplexLayer" => next.multiplex *= entry["factor"].as_u64().unwrap() as usize,
                "BiasesLayer" => {
                    next.biases += items(&entry["times"]).len();
                    keep(GroupKind::Biases, "times");
                }
                "DelayLayer" => {
                    let delay = delay(entry);
                    keep(GroupKind::Delay { delay: next.delays.len(), kind: delay.kind }, "raw");
                    next.delays.push(delay);
                }
                "NeuronLayer" => {
                    keep(GroupKind::Weights, "weights");
                    neurons.push((index, number(&entry["max_num_missing_spikes"])));
                    max_dw_norm = number(&entry["neuron_params"]["max_dw_norm"]);
                    layers.push(with_neurons(std::mem::replace(&mut next, LayerSpec::new(0)), entry));
                }
                other => panic!("{name}: no layer {other}"),
            }
        }
        let inputs = config["network_layout"]["n_inputs"].as_u64().unwrap() as usize;
        let network = Network::new(NetworkSpec { inputs, layers }).unwrap();
        let mut parameters = vec![f64::NAN; network.parameter_count()];
        let entries = all.into_iter().map(|values| {
            let Values { index, layer, kind, values, learning_rate } = values;
            let group = network.groups().iter().position(|g| g.layer == layer && g.kind == kind).unwrap();
            parameters[network.groups()[group].range.clone()].copy_from_slice(&values);
            Entry { index, group, learning_rate }
        });
        let entries = entries.collect();
        let learning_rate = config["training_params"]["learning_rate"].as_f64();
        let (loss, penalties) = objective(config);
        Self {
            name: name.to_owned(),
            network,
            parameters,
            entries,
            neurons,
            loss,
            penalties,
            tau_syn: number(&config["default_neuron_params"]["tau_syn"]),
            max_dw_norm,
            learning_rate,
            rounding,
        }
    }

    /// The same network without the threshold offsets of single neurons.
    pub fn ideal(&self) -> Network {
        let mut spec = self.network.spec().clone();
        spec.layers.iter_mut().for_each(|layer| layer.thresholds.clear());
        Network::new(spec).unwrap()
    }

    /// Position of a hidden layer of the file among the network's layers, the key being a number in a string.
    pub fn hidden(&self, key: &str) -> usize {
        self.neurons.iter().position(|(index, _)| index.to_string() == key).unwrap()
    }
}

fn delay(entry: &Value) -> DelaySpec {
    let kind = match entry["name"].as_str().unwrap() {
        "DelayAxonal" => DelayKind::Axonal,
        "DelayDendritic" => DelayKind::Dendritic,
        "DelaySynaptic" => DelayKind::Synaptic,
        other => panic!("no delay {other}"),
    };
    let rule = &entry["positivity"];
    let range = match rule["name"].as_str().unwrap() {
        "sigmoid" => {
            let shift = rule["shift"].as_f64().unwrap_or(0.0);
            DelayRange::between(shift, shift + rule["scale"].as_f64().unwrap_or(1.0))
        }
        "clip" => DelayRange::direct(DelayRule::Clip),
        "shift" => DelayRange::direct(DelayRule::Shift),
        other => panic!("no positivity {other}"),
    };
    let factor = |key: &str| entry[key].as_u64().unwrap() as usize;
    let (source_sharing, target_sharing) = (factor("presyn_sharing_factor"), factor("postsyn_sharing_factor"));
    DelaySpec { kind, range, source_sharing, target_sharing }
}

/// The neurons' constants; the files give the leak conductance where we give the capacitance.
fn with_neurons(layer: LayerSpec, entry: &Value) -> LayerSpec {
    let params = &entry["neuron_params"];
    let get = |key: &str| number(&params[key]);
    let neuron = LifParams {
        tau_mem: get("tau_mem"),
        tau_syn: get("tau_syn"),
        threshold: get("threshold"),
        leak: get("leak"),
        capacitance: get("g_leak") * get("tau_mem"),
        ..LifParams::default()
    };
    let offsets = numbers(&entry["threshold_noise_fp"], 0.0);
    let shifted = offsets.iter().any(|offset| *offset != 0.0);
    let thresholds = if shifted { offsets.iter().map(|o| neuron.threshold + o).collect() } else { vec![] };
    let size = items(&items(&entry["weights"])[0]).len();
    LayerSpec { size, neuron, thresholds, ..layer }
}

fn objective(config: &Value) -> (Loss, Penalties) {
    let loss = &config["training_params"]["loss"];
    let mut penalties = Penalties::default();
    for term in items(&loss["regulariser"]) {
        let alpha = number(&term["alpha"]);
        match term["type"].as_str().unwrap() {
            "early_output" => {
                penalties.early_output = Some(EarlyOutput { alpha, beta: number(&term["beta"]) });
            }
            "l2_delay" => {
                let effective = term["use_effective_delays"].as_bool().unwrap();
                let of = if effective { Penalised::Delays } else { Penalised::Parameters };
                penalties.delay = Some(DelayPenalty { strength: alpha, towards: 0.0, of });
            }
            other => panic!("no regulariser {other}"),
        }
    }
    let loss = match loss["type"].as_str().unwrap() {
        "TTFS" => Loss::TtfsCrossEntropy { xi: number(&loss["xi"]), smoothing: 0.0 },
        "MSE" => Loss::Mse { correct: number(&loss["t_correct"]), wrong: number(&loss["t_wrong"]) },
        "shift_invariant_MSE" => Loss::ShiftInvariantMse { delta: number(&loss["delta_t"]) },
        other => panic!("no loss {other}"),
    };
    (loss, penalties)
}
