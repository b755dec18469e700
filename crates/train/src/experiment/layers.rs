use std::collections::BTreeMap;

use delgrad_engine::random::{normal, stream};
use delgrad_engine::require_memory;
use delgrad_neuron::LifParams;
use delgrad_ttfs::{
    Constant, ConstantSharing, DelayKind, DelayRange, DelaySpec, GroupKind, LayerSpec, Network, NetworkSpec,
    ParameterRange,
};
use serde::{Deserialize, Serialize};

use super::constants::Constants;
use super::{BiasWeights, CONSTANTS_ON_CHIP, DROPOUT_ON_CHIP, Rate, WeightConfig, WeightInit, is_default, one};
use crate::TrainError;
use crate::parameters::{Learning, ParameterLayout};
use crate::purposes;
use crate::require::{require, require_non_negative};

/// A feed-forward network whose neurons spike once at most.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Layers {
    /// Neuron constants of all layers that do not set their own.
    pub neuron: LifParams,
    /// Layers, from the first after the input to the output.
    pub layers: Vec<LayerConfig>,
}

/// One layer: its neurons, their weights, and the delays in front of them.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
#[non_exhaustive]
pub struct LayerConfig {
    /// Number of neurons; the last layer has one for each class.
    pub size: usize,
    /// Copies of every incoming line.
    #[serde(default = "one")]
    pub multiplex: usize,
    /// Share of its spikes that may be missing in a batch before weights onto its silent neurons are raised. Default: none of
    /// the outputs, all of hidden layers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tolerated_silence: Option<f64>,
    /// Initial times of the bias spikes.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub bias_times: Vec<f64>,
    /// Learning rate of the bias times; 0: they stay.
    #[serde(default)]
    pub bias_learning_rate: f64,
    /// Learning rate of its weights and delays that do not set their own; default: that of the training.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub learning_rate: Option<f64>,
    /// Share of its spikes that are lost on the way to the next layer while training, drawn anew for each sample; not for the last
    /// layer.
    #[serde(default, skip_serializing_if = "is_default")]
    pub dropout: f64,
    /// Neuron constants of this layer alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub neuron: Option<LifParams>,
    /// Learning rates of constants of its neurons. Those that are named are parameters, also at a rate of 0.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub learn: BTreeMap<Constant, Rate>,
    /// Whether each neuron has its own, or all have one.
    #[serde(default, skip_serializing_if = "is_default")]
    pub shared: ConstantSharing,
    /// Where they may lie, and how they are kept there. Default: times and capacitances between a tenth and ten times that of the layer's
    /// neurons, thresholds above the middle between its leak and its threshold, leaks below that.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub ranges: BTreeMap<Constant, ParameterRange>,
    /// Initial constants of the single neurons. Default: those of the layer's neurons.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub values: BTreeMap<Constant, Vec<f64>>,
    /// Weights.
    #[serde(default)]
    pub weights: WeightConfig,
    /// Delays; several sets add up.
    #[serde(default)]
    pub delays: Vec<DelayConfig>,
}

/// One set of delays, their initial parameters and how fast they learn.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
#[non_exhaustive]
pub struct DelayConfig {
    /// Axonal, dendritic or synaptic.
    pub kind: DelayKind,
    /// Mean of the normal distribution that initial raw delays are drawn from.
    #[serde(default)]
    pub mean: f64,
    /// Its standard deviation.
    #[serde(default)]
    pub sd: f64,
    /// Learning rate; default: that of the training. 0: they stay.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub learning_rate: Option<f64>,
    /// Decoupled weight decay of the raw delays: the share of themselves that they lose besides each step, times the learning rate.
    #[serde(default, skip_serializing_if = "is_default")]
    pub decay: f64,
    /// Number of sources that share a delay.
    #[serde(default = "one")]
    pub source_sharing: usize,
    /// Number of targets that share a delay.
    #[serde(default = "one")]
    pub target_sharing: usize,
    /// Where they may lie, and how they are kept there.
    #[serde(default)]
    pub delay_range: DelayRange,
}

impl LayerConfig {
    /// Number of weights from bias spikes, which come last.
    pub(crate) fn bias_weights(&self) -> usize {
        self.bias_times.len() * self.size
    }

    fn constants(&self, default_neuron: LifParams) -> Constants<'_> {
        let Self { size, learn, shared, ranges, values, .. } = self;
        let neuron = self.neuron.unwrap_or(default_neuron);
        Constants { neuron, size: *size, learn, shared: *shared, ranges, values }
    }

    pub(super) fn validate(&self, default_neuron: LifParams) -> Result<(), TrainError> {
        self.constants(default_neuron).validate()?;
        let silence = self.tolerated_silence.unwrap_or(0.0);
        require((0.0..=1.0).contains(&silence), "layers.tolerated-silence", silence, "between 0 and 1")?;
        require_non_negative("layers.bias-learning-rate", self.bias_learning_rate)?;
        for time in &self.bias_times {
            require(time.is_finite(), "layers.bias-times", *time, "a finite time")?;
        }
        self.weights.validate()?;
        if self.weights.bias.is_some() && self.bias_times.is_empty() {
            let problem = "is of the bias spikes of the layer, and it has none; give bias-times, or leave it out";
            return Err(TrainError::Key { key: "layers.weights.bias".to_owned(), problem: problem.to_owned() });
        }
        require_non_negative("layers.learning-rate", self.learning_rate.unwrap_or(0.0))?;
        require((0.0..1.0).contains(&self.dropout), "layers.dropout", self.dropout, "in [0, 1)")?;
        for DelayConfig { mean, sd, learning_rate, decay, .. } in &self.delays {
            require_non_negative("layers.delays.decay", *decay)?;
            require(mean.is_finite(), "layers.delays.mean", *mean, "a finite number")?;
            require_non_negative("layers.delays.sd", *sd)?;
            require_non_negative("layers.delays.learning-rate", learning_rate.unwrap_or(0.0))?;
        }
        Ok(())
    }

    fn spec(&self, default_neuron: LifParams) -> LayerSpec {
        let delay = |d: &DelayConfig| DelaySpec {
            kind: d.kind,
            range: d.delay_range,
            source_sharing: d.source_sharing,
            target_sharing: d.target_sharing,
        };
        LayerSpec {
            size: self.size,
            neuron: self.neuron.unwrap_or(default_neuron),
            thresholds: Vec::new(),
            multiplex: self.multiplex,
            biases: self.bias_times.len(),
            delays: self.delays.iter().map(delay).collect(),
            constants: self.constants(default_neuron).specs().collect(),
        }
    }
}

/// Bytes of a weight: parameters at the start, the best, the last and those at hand, moments, gradient, prepared weights.
const PARAMETER: u128 = 10 * 8;
/// Bytes of a neuron, or of a line to one: its constants.
const NEURON: u128 = 128;

impl Layers {
    pub(super) fn validate(&self) -> Result<(), TrainError> {
        self.layers.iter().try_for_each(|layer| layer.validate(self.neuron))?;
        let dropout = self.layers.last().map_or(0.0, |last| last.dropout);
        require(dropout == 0.0, "layers.dropout", dropout, "0 in the last layer, whose spikes are the answer")
    }

    /// Circuits are calibrated to constants that are given, and a chip loses no spikes on demand.
    pub(super) fn check_on_chip(&self) -> Result<(), TrainError> {
        if let Some(layer) = self.layers.iter().position(|layer| layer.dropout > 0.0) {
            let key = format!("layers.{layer}.dropout");
            return Err(TrainError::Key { key, problem: DROPOUT_ON_CHIP.to_owned() });
        }
        let learned = |layer: &LayerConfig| layer.constants(self.neuron).specs().next().is_some();
        match self.layers.iter().position(learned) {
            None => Ok(()),
            Some(layer) => {
                let key = format!("layers.{layer}.learn");
                Err(TrainError::Key { key, problem: CONSTANTS_ON_CHIP.to_owned() })
            }
        }
    }

    /// What the layers are called: `hidden 1`, `hidden 2`, ..., `output`.
    #[must_use]
    pub fn names(&self) -> Vec<String> {
        let hidden = self.layers.len().saturating_sub(1);
        (1..=hidden).map(|layer| format!("hidden {layer}")).chain(["output".to_owned()]).collect()
    }

    /// The network that is described, for `inputs` input lines.
    ///
    /// # Errors
    /// A structure that [`Network::new`] rejects.
    pub fn network(&self, inputs: usize) -> Result<Network, TrainError> {
        self.check_memory(inputs)?;
        let layers = self.layers.iter().map(|layer| layer.spec(self.neuron)).collect();
        Ok(Network::new(NetworkSpec { inputs, layers })?)
    }

    /// Checks that there is memory for the network and its training, before anything is made that is as large as the numbers of
    /// the file say.
    fn check_memory(&self, inputs: usize) -> Result<(), TrainError> {
        let (mut parameters, mut neurons) = (0_u128, 0_u128);
        let mut lines = inputs as u128;
        for layer in &self.layers {
            let biases = layer.bias_times.len() as u128;
            let sources = lines.saturating_mul(layer.multiplex as u128).saturating_add(biases);
            let synapses = sources.saturating_mul(layer.size as u128);
            parameters = parameters.saturating_add(synapses);
            lines = layer.size as u128;
            neurons = neurons.saturating_add(lines).saturating_add(sources);
        }
        let bytes = parameters.saturating_mul(PARAMETER).saturating_add(neurons.saturating_mul(NEURON));
        let what = || format!("layers of {parameters} weights");
        Ok(require_memory(bytes, what, "lower layers.size or layers.multiplex")?)
    }

    /// Initial parameters: a pure function of the layers and a seed.
    #[must_use]
    pub fn initial_parameters(&self, network: &Network, seed: u64) -> Vec<f64> {
        let mut parameters = vec![0.0; network.parameter_count()];
        for group in network.groups() {
            let values = &mut parameters[group.range.clone()];
            let layer = &self.layers[group.layer];
            match group.kind {
                GroupKind::Weights => {
                    let mut rng = stream(seed, purposes::WEIGHTS, group.layer as u64);
                    // a width that follows from the data is found later
                    let (mean, sd) = match layer.weights.init {
                        WeightInit::Normal { mean, sd } => (mean, sd),
                        WeightInit::FanIn(_) => (0.0, 1.0),
                    };
                    values.fill_with(|| normal(&mut rng, mean, sd));
                    if let Some(BiasWeights { mean, sd }) = layer.weights.bias {
                        let mut rng = stream(seed, purposes::BIAS_WEIGHTS, group.layer as u64);
                        let first = values.len() - layer.bias_weights();
                        values[first..].fill_with(|| normal(&mut rng, mean, sd));
                    }
                }
                GroupKind::Delay { delay, .. } => {
                    // sets of one layer are numbered below its high bits
                    let index = (group.layer as u64) << 32 | delay as u64;
                    let mut rng = stream(seed, purposes::DELAYS, index);
                    let DelayConfig { mean, sd, .. } = layer.delays[delay];
                    values.fill_with(|| normal(&mut rng, mean, sd));
                }
                GroupKind::Biases => values.copy_from_slice(&layer.bias_times),
                GroupKind::Constant(constant) => {
                    values.copy_from_slice(&layer.constants(self.neuron).parameters(constant));
                }
            }
        }
        network.rectify(&mut parameters);
        parameters
    }

    /// The layout of the parameters. Groups without a learning rate of their own have `learning_rate`.
    #[must_use]
    pub(crate) fn layout(&self, network: &Network, learning_rate: f64) -> ParameterLayout {
        ParameterLayout::of_layers(network, &self.names(), |layer, kind| {
            let layer = &self.layers[layer];
            let rate = |own: Option<f64>| own.or(layer.learning_rate).unwrap_or(learning_rate);
            match kind {
                GroupKind::Weights => Learning {
                    rate: rate(layer.weights.learning_rate),
                    decay: layer.weights.decay,
                    max_norm: layer.weights.max_norm,
                },
                GroupKind::Delay { delay, .. } => {
                    let DelayConfig { learning_rate, decay, .. } = layer.delays[delay];
                    Learning { rate: rate(learning_rate), decay, max_norm: None }
                }
                GroupKind::Biases => Learning::at(layer.bias_learning_rate),
                GroupKind::Constant(constant) => {
                    let own = layer.learn.get(&constant).copied().unwrap_or_default();
                    Learning::at(own.with_default(rate(None)).unwrap_or(0.0))
                }
            }
        })
    }
}
