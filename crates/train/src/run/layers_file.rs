//! A trained network of layers, in a form that people and other programs can read.

use delgrad_files::JsonFormat;
use delgrad_neuron::LifParams;
use delgrad_ttfs::{ConstantSpec, DelaySpec, GroupKind, LayerSpec, Network, NetworkSpec};
use serde::{Deserialize, Serialize};

use super::network_problem::require_finite;
use super::start::same_structure;
use super::{Built, NetworkProblem, Trained, written_by};
use crate::TrainError;
use crate::experiment::{Experiment, NetworkConfig};
use crate::samples::{Encoders, Names, numbered_features};

/// Name and version of the file format that this crate writes and reads.
const FORMAT: JsonFormat = JsonFormat { name: "delgrad-network", version: 2 };
/// Effective delays in a file may differ from those of its raw delays by this much, relative to their size: decimal
/// numbers written by other programs are rounded.
const DELAY_TOLERANCE: f64 = 1e-9;

/// A trained network as it stands in `network.json`: complete, so that the file alone can be evaluated.
///
/// Matrices are lists of rows, `[source][target]`. The sources of a layer are the lines before it, each
/// `multiplex` times in a row, then the bias spikes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(super) struct LayersFile {
    /// `delgrad-network`.
    pub format: String,
    /// Version of the format, 2.
    pub version: u32,
    /// Version of the program that wrote it.
    pub written_by: String,
    /// Hash of the samples that it was trained, validated and tested on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub data_hash: Option<String>,
    /// Completed epochs of training.
    pub epoch: u32,
    /// Number of input lines.
    pub inputs: usize,
    /// Names of the features, in the order in which the encoder takes them. A network of generated samples can do without.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub features: Option<Vec<String>>,
    /// Names of the classes, in the order of the outputs.
    pub classes: Vec<String>,
    /// Layers, from the first after the input to the output.
    pub layers: Vec<LayerFile>,
    /// From what the data hold to spikes, with the constants fitted to the training samples.
    pub encoder: Encoders,
    /// The experiment that it comes from.
    pub experiment: Experiment,
}

/// One layer of a [`LayersFile`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(super) struct LayerFile {
    /// Number of neurons.
    pub size: usize,
    /// Constants of the neurons.
    pub neuron: LifParams,
    /// Thresholds of the single neurons; empty: all have that of `neuron`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub thresholds: Vec<f64>,
    /// Copies of every incoming line.
    pub multiplex: usize,
    /// Times of the bias spikes.
    #[serde(default)]
    pub bias_times: Vec<f64>,
    /// `[source][target]`
    pub weights: Vec<Vec<f64>>,
    /// Sets of delays, to be added up.
    pub delays: Vec<DelayFile>,
    /// Constants of the neurons that are parameters.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub constants: Vec<ConstantFile>,
}

/// A constant of the neurons of a [`LayerFile`]: one number for each, or one for all.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) struct ConstantFile {
    /// Which one, and its range.
    #[serde(flatten)]
    pub spec: ConstantSpec,
    /// Trained parameters.
    pub raw: Vec<f64>,
    /// Constants that follow from them.
    pub effective: Vec<f64>,
}

/// One set of delays of a [`LayerFile`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) struct DelayFile {
    /// Kind, sharing and range.
    #[serde(flatten)]
    pub spec: DelaySpec,
    /// Trained parameters, `[source or 1][target or 1]`.
    pub raw: Vec<Vec<f64>>,
    /// Delays that follow from them, in units of time.
    pub effective: Vec<Vec<f64>>,
}

impl LayersFile {
    /// The file of a trained network.
    #[must_use]
    pub fn new(trained: &Trained, network: &Network) -> Self {
        let parameters = &trained.parameters;
        let mut layers: Vec<LayerFile> = network.spec().layers.iter().map(LayerFile::empty).collect();
        for group in network.groups() {
            let layer = &mut layers[group.layer];
            let rows = |values: &[f64]| values.chunks(group.shape[1]).map(<[f64]>::to_vec).collect::<Vec<_>>();
            let values = &parameters[group.range.clone()];
            match group.kind {
                GroupKind::Weights => layer.weights = rows(values),
                GroupKind::Biases => layer.bias_times = values.to_vec(),
                GroupKind::Constant(constant) => {
                    let range = network.range(group).unwrap_or_default();
                    for own in layer.constants.iter_mut().filter(|own| own.spec.constant == constant) {
                        own.raw = values.to_vec();
                        own.effective = values.iter().map(|p| range.value(*p)).collect();
                    }
                }
                GroupKind::Delay { delay, .. } => {
                    layer.delays[delay].raw = rows(values);
                    layer.delays[delay].effective = rows(&network.effective_delays(group, parameters));
                }
            }
        }
        Self {
            format: FORMAT.name.to_owned(),
            version: FORMAT.version,
            written_by: written_by(),
            data_hash: trained.data_hash.clone(),
            epoch: trained.epoch,
            inputs: network.inputs(),
            features: Some(trained.names.features.clone()),
            classes: trained.names.classes.clone(),
            layers,
            encoder: trained.encoders.clone(),
            experiment: trained.experiment.clone(),
        }
    }

    /// Reads the text of a file, whose parts may still contradict each other.
    ///
    /// # Errors
    /// A text that is no JSON of this format and version, is not complete, or whose experiment is not valid.
    pub fn parse(text: &str) -> Result<Self, NetworkProblem> {
        let file: Self = FORMAT.read(text)?;
        file.experiment.validate()?;
        Ok(file)
    }

    /// The network and its parameters.
    ///
    /// # Errors
    /// What contradicts what.
    pub fn network(&self) -> Result<(Network, Vec<f64>), NetworkProblem> {
        // Before anything is made that is as large as these say.
        let mut sources = self.inputs;
        for (index, layer) in self.layers.iter().enumerate() {
            let lines = sources.saturating_mul(layer.multiplex).saturating_add(layer.bias_times.len());
            check_shape(&layer.weights, [lines, layer.size], "weights", index)?;
            sources = layer.size;
        }
        let spec = NetworkSpec { inputs: self.inputs, layers: self.layers.iter().map(LayerFile::spec).collect() };
        let network = Network::new(spec).map_err(TrainError::from)?;
        if self.encoder.features().is_some() {
            let encoded = self.encoder.inputs(0) as usize;
            if encoded != self.inputs {
                return Err(NetworkProblem::Inputs { encoded, inputs: self.inputs });
            }
            if self.features.is_none() && self.experiment.data.files().is_some() {
                return Err(NetworkProblem::NoFeatures);
            }
        }
        let mut parameters = vec![0.0; network.parameter_count()];
        for group in network.groups() {
            let layer = &self.layers[group.layer];
            let values = &mut parameters[group.range.clone()];
            match group.kind {
                GroupKind::Weights => fill(values, &layer.weights, group.shape, "weights", group.layer)?,
                GroupKind::Biases => values.copy_from_slice(&layer.bias_times),
                GroupKind::Constant(constant) => {
                    let own = layer.constants.iter().find(|own| own.spec.constant == constant);
                    own.map_or(Ok(()), |own| constants(values, own, group.layer))?;
                }
                GroupKind::Delay { delay, .. } => {
                    fill(values, &layer.delays[delay].raw, group.shape, "raw delays", group.layer)?;
                }
            }
        }
        for group in network.groups() {
            let GroupKind::Delay { delay, .. } = group.kind else { continue };
            let mut written = vec![0.0; group.range.len()];
            let rows = &self.layers[group.layer].delays[delay].effective;
            fill(&mut written, rows, group.shape, "effective delays", group.layer)?;
            let computed = network.effective_delays(group, &parameters);
            for (entry, (written, computed)) in written.into_iter().zip(computed).enumerate() {
                if (written - computed).abs() > DELAY_TOLERANCE * (1.0 + computed) {
                    let layer = group.layer;
                    return Err(NetworkProblem::EffectiveDelay { layer, entry, written, computed });
                }
            }
        }
        Ok((network, parameters))
    }

    fn names(&self) -> Names {
        let numbers = || numbered_features(self.encoder.features().unwrap_or(0));
        Names { features: self.features.clone().unwrap_or_else(numbers), classes: self.classes.clone() }
    }

    /// The trained network.
    ///
    /// # Errors
    /// What contradicts what.
    pub fn trained(self) -> Result<Trained, NetworkProblem> {
        let (network, parameters) = self.network()?;
        let NetworkConfig::Layers(layers) = &self.experiment.network else {
            return Err(NetworkProblem::Kind { kind: "layers" });
        };
        let described = layers.network(self.inputs)?;
        if described.spec() != network.spec() {
            let difference = same_structure(network.spec(), described.spec()).err();
            return Err(NetworkProblem::Layers { difference });
        }
        let layout = layers.layout(&network, self.experiment.training.learning_rate);
        let names = self.names();
        let Self { experiment, encoder: encoders, data_hash, epoch, .. } = self;
        let network = Built::Layers(network, layout);
        let example = Vec::new();
        Trained { experiment, encoders, names, data_hash, epoch, network, parameters, example }.check()
    }
}

impl LayerFile {
    fn empty(spec: &LayerSpec) -> Self {
        let delay = |spec: &DelaySpec| DelayFile { spec: *spec, raw: Vec::new(), effective: Vec::new() };
        let constant = |spec: &ConstantSpec| ConstantFile { spec: *spec, raw: Vec::new(), effective: Vec::new() };
        Self {
            size: spec.size,
            neuron: spec.neuron,
            thresholds: spec.thresholds.clone(),
            multiplex: spec.multiplex,
            bias_times: Vec::new(),
            weights: Vec::new(),
            delays: spec.delays.iter().map(delay).collect(),
            constants: spec.constants.iter().map(constant).collect(),
        }
    }

    fn spec(&self) -> LayerSpec {
        LayerSpec {
            size: self.size,
            neuron: self.neuron,
            thresholds: self.thresholds.clone(),
            multiplex: self.multiplex,
            biases: self.bias_times.len(),
            delays: self.delays.iter().map(|delay| delay.spec).collect(),
            constants: self.constants.iter().map(|own| own.spec).collect(),
        }
    }
}

/// Copies the parameters behind a constant, which its values in the file must follow from.
fn constants(values: &mut [f64], own: &ConstantFile, layer: usize) -> Result<(), NetworkProblem> {
    let ConstantFile { spec, raw, effective } = own;
    let shape = [1, values.len()];
    fill(values, std::slice::from_ref(raw), shape, "raw constants", layer)?;
    check_shape(std::slice::from_ref(effective), shape, "effective constants", layer)?;
    for (entry, (raw, written)) in raw.iter().zip(effective).enumerate() {
        let (written, computed) = (*written, spec.range.value(*raw));
        if (written - computed).abs() > DELAY_TOLERANCE * (1.0 + computed.abs()) {
            let constant = spec.constant.name();
            return Err(NetworkProblem::EffectiveConstant { constant, layer, entry, written, computed });
        }
    }
    Ok(())
}

/// Copies a matrix of the expected shape into a parameter group.
fn fill(
    values: &mut [f64],
    rows: &[Vec<f64>],
    shape: [usize; 2],
    what: &'static str,
    layer: usize,
) -> Result<(), NetworkProblem> {
    check_shape(rows, shape, what, layer)?;
    values.chunks_exact_mut(shape[1]).zip(rows).for_each(|(values, row)| values.copy_from_slice(row));
    require_finite(values, || format!("{what} of layer {layer}"))
}

/// A matrix of the expected shape.
fn check_shape(
    matrix: &[Vec<f64>],
    [rows, columns]: [usize; 2],
    what: &'static str,
    layer: usize,
) -> Result<(), NetworkProblem> {
    if matrix.len() == rows && matrix.iter().all(|row| row.len() == columns) {
        return Ok(());
    }
    Err(NetworkProblem::Shape { what, layer, rows, columns })
}
