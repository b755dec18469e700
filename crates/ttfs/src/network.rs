//! Validated networks and the layout of their parameters.

use std::ops::Range;

use delgrad_neuron::{Lif, LifParams};

use crate::constants::{self, Constant, OwnConstant};
use crate::error::TtfsError;
use crate::parameter_range::{DelayRange, ParameterRange};
use crate::spec::{DelayKind, DelaySpec, LayerSpec, NetworkSpec};

/// What a group of parameters is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GroupKind {
    /// Weights, `[source][target]`.
    Weights,
    /// Raw delays of the layer's `delay`-th set, `[source or 1][target or 1]` after sharing.
    Delay {
        /// Index of the set within its layer.
        delay: usize,
        /// Axonal, dendritic or synaptic.
        kind: DelayKind,
    },
    /// Times of the bias spikes.
    Biases,
    /// A constant of the neurons, raw: one for each, or one for all.
    Constant(Constant),
}

/// One contiguous group of a network's parameter vector.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ParameterGroup {
    /// Index of the layer, from 0.
    pub layer: usize,
    /// What the parameters are.
    pub kind: GroupKind,
    /// Where they stand in the vector.
    pub range: Range<usize>,
    /// Rows and columns; row-major.
    pub shape: [usize; 2],
}

impl ParameterGroup {
    /// Short name, such as `layer 0 weights`.
    #[must_use]
    pub fn name(&self) -> String {
        match self.kind {
            GroupKind::Weights => format!("layer {} weights", self.layer),
            GroupKind::Biases => format!("layer {} bias times", self.layer),
            GroupKind::Constant(constant) => format!("layer {} {}", self.layer, constant.name()),
            GroupKind::Delay { kind, .. } => {
                let kind = match kind {
                    DelayKind::Axonal => "axonal",
                    DelayKind::Dendritic => "dendritic",
                    DelayKind::Synaptic => "synaptic",
                };
                format!("layer {} {kind} delays", self.layer)
            }
        }
    }
}

/// One validated layer.
#[derive(Clone, Debug)]
pub(crate) struct Layer {
    pub spec: LayerSpec,
    /// One neuron per target. Where constants are parameters, those of a runner are as its parameters say.
    pub neurons: Vec<Lif>,
    /// Lines of the layer before.
    pub inputs: usize,
    /// Lines that reach the neurons: copies of the inputs, then biases.
    pub sources: usize,
    pub weights: Range<usize>,
    pub delays: Vec<Delay>,
    pub biases: Range<usize>,
    pub constants: Vec<OwnConstant>,
}

/// One validated set of delays and the place of its parameters.
#[derive(Clone, Debug)]
pub(crate) struct Delay {
    pub spec: DelaySpec,
    pub range: Range<usize>,
    /// Number of different sources and targets after sharing; 1 where the kind has no such index.
    pub shape: [usize; 2],
}

impl Delay {
    /// Index of the parameter that delays the synapse from `source` to `target`.
    pub fn index(&self, source: usize, target: usize) -> usize {
        self.range.start + (source % self.shape[0]) * self.shape[1] + target % self.shape[1]
    }
}

/// A validated feed-forward network of first-spike neurons.
///
/// It holds the structure only. Parameters are one flat vector, whose layout [`Network::groups`] tells, so that
/// optimisers and checkpoints need not know what a parameter means.
#[derive(Clone, Debug)]
pub struct Network {
    spec: NetworkSpec,
    pub(crate) layers: Vec<Layer>,
    groups: Vec<ParameterGroup>,
    parameters: usize,
}

impl Network {
    /// Checks a description and lays out its parameters.
    ///
    /// # Errors
    /// Empty layers, invalid neurons, thresholds not above the leak, sharing factors that do not divide, invalid
    /// delay ranges.
    pub fn new(spec: NetworkSpec) -> Result<Self, TtfsError> {
        if spec.inputs == 0 {
            return Err(TtfsError::NoInputs);
        }
        if spec.layers.is_empty() {
            return Err(TtfsError::NoLayers);
        }
        let mut layout = Layout::default();
        let mut inputs = spec.inputs;
        let mut layers = Vec::with_capacity(spec.layers.len());
        for (index, layer) in spec.layers.iter().enumerate() {
            layers.push(layout.layer(index, inputs, layer)?);
            inputs = layer.size;
        }
        Ok(Self { spec, layers, groups: layout.groups, parameters: layout.next })
    }

    /// The description that this network was made from.
    #[must_use]
    pub fn spec(&self) -> &NetworkSpec {
        &self.spec
    }

    /// Number of inputs.
    #[must_use]
    pub fn inputs(&self) -> usize {
        self.spec.inputs
    }

    /// Number of outputs: the size of the last layer.
    #[must_use]
    pub fn outputs(&self) -> usize {
        self.layers[self.layers.len() - 1].spec.size
    }

    /// Sizes of the layers, from the first after the input to the output.
    #[must_use]
    pub fn sizes(&self) -> Vec<usize> {
        self.layers.iter().map(|layer| layer.spec.size).collect()
    }

    /// Number of sources of a layer: copies of its inputs, and biases.
    ///
    /// # Panics
    /// If there is no such layer.
    #[must_use]
    pub fn sources(&self, layer: usize) -> usize {
        self.layers[layer].sources
    }

    /// Length of the parameter vector.
    #[must_use]
    pub fn parameter_count(&self) -> usize {
        self.parameters
    }

    /// Groups of the parameter vector, in the order of the vector.
    #[must_use]
    pub fn groups(&self) -> &[ParameterGroup] {
        &self.groups
    }

    /// Effective delays of one group, with its [`ParameterGroup::shape`].
    ///
    /// # Panics
    /// If the group is not one of this network's delays, or the parameter vector is too short.
    #[must_use]
    pub fn effective_delays(&self, group: &ParameterGroup, parameters: &[f64]) -> Vec<f64> {
        let rule = self.delay_range(group);
        parameters[group.range.clone()].iter().map(|p| rule.value(*p)).collect()
    }

    /// Derivatives of the effective delays of one group with respect to their parameters.
    ///
    /// # Panics
    /// As [`Network::effective_delays`].
    #[must_use]
    pub fn delay_slopes(&self, group: &ParameterGroup, parameters: &[f64]) -> Vec<f64> {
        let rule = self.delay_range(group);
        parameters[group.range.clone()].iter().map(|p| rule.slope(*p)).collect()
    }

    /// Effective delays of all synapses of a layer, `[source][target]`: the sums of its axonal, dendritic and synaptic parts.
    ///
    /// # Panics
    /// If there is no such layer, or the parameter vector is too short.
    #[must_use]
    pub fn layer_delays(&self, layer: usize, parameters: &[f64]) -> Vec<f64> {
        let Layer { sources, delays, spec, .. } = &self.layers[layer];
        let synapses = (0..*sources).flat_map(|source| (0..spec.size).map(move |target| (source, target)));
        let part =
            |delay: &Delay, (source, target)| delay.spec.range.value(parameters[delay.index(source, target)]);
        synapses.map(|synapse| delays.iter().map(|delay| part(delay, synapse)).sum()).collect()
    }

    /// Number of lines (sources, targets, or synapses) that share each delay of one group.
    ///
    /// # Panics
    /// As [`Network::effective_delays`].
    #[must_use]
    pub fn delay_copies(&self, group: &ParameterGroup) -> usize {
        let spec = self.delay(group).spec;
        match spec.kind {
            DelayKind::Axonal => spec.source_sharing,
            DelayKind::Dendritic => spec.target_sharing,
            DelayKind::Synaptic => spec.source_sharing * spec.target_sharing,
        }
    }

    /// Where the delays of one group may lie.
    ///
    /// # Panics
    /// If the group is not one of this network's delays.
    #[must_use]
    pub fn delay_range(&self, group: &ParameterGroup) -> DelayRange {
        self.delay(group).spec.range
    }

    /// Where the values of one group may lie; none for weights and bias times, which are the parameters themselves.
    ///
    /// # Panics
    /// If the group is not one of this network's.
    #[must_use]
    pub fn range(&self, group: &ParameterGroup) -> Option<ParameterRange> {
        match group.kind {
            GroupKind::Weights | GroupKind::Biases => None,
            GroupKind::Delay { .. } => Some(self.delay_range(group)),
            GroupKind::Constant(constant) => {
                let mut own = self.layers[group.layer].constants.iter();
                own.find(|own| own.spec.constant == constant).map(|own| own.spec.range)
            }
        }
    }

    /// The constants of a layer's neurons with these parameters, neuron by neuron.
    ///
    /// # Errors
    /// Constants that no neuron can have, a threshold that is not above the leak.
    ///
    /// # Panics
    /// If there is no such layer, or the parameter vector is too short.
    pub fn neurons(&self, layer: usize, parameters: &[f64]) -> Result<Vec<LifParams>, TtfsError> {
        let Layer { spec, constants, .. } = &self.layers[layer];
        let neurons = constants::neurons(layer, spec, constants, parameters)?;
        Ok(neurons.iter().map(Lif::params).collect())
    }

    /// The first layer whose neurons have constants that are parameters.
    #[must_use]
    pub fn layer_with_constants(&self) -> Option<usize> {
        self.layers.iter().position(|layer| !layer.constants.is_empty())
    }

    fn delay(&self, group: &ParameterGroup) -> &Delay {
        let GroupKind::Delay { delay, .. } = group.kind else { panic!("{} is no group of delays", group.name()) };
        &self.layers[group.layer].delays[delay]
    }

    /// Moves raw delays and constants back to where their ranges allow them; call it after every optimiser step.
    ///
    /// # Panics
    /// If the parameter vector is too short.
    pub fn rectify(&self, parameters: &mut [f64]) {
        for delay in self.layers.iter().flat_map(|layer| &layer.delays) {
            delay.spec.range.rectify(&mut parameters[delay.range.clone()]);
        }
        for own in self.layers.iter().flat_map(|layer| &layer.constants) {
            own.spec.range.rectify(&mut parameters[own.range.clone()]);
        }
    }

    /// Replaces the thresholds of a layer's neurons.
    ///
    /// # Errors
    /// No such layer, another number of thresholds than neurons, a threshold that is not finite or not above the leak, constants of
    /// the layer that are parameters.
    pub fn set_thresholds(&mut self, layer: usize, thresholds: &[f64]) -> Result<(), TtfsError> {
        let layers = self.layers.len();
        let Some(at) = self.layers.get_mut(layer) else {
            return Err(TtfsError::NoSuchLayer { layer, layers });
        };
        if thresholds.len() != at.spec.size {
            return Err(TtfsError::Length { what: "thresholds", found: thresholds.len(), expected: at.spec.size });
        }
        if !at.constants.is_empty() {
            return Err(TtfsError::OwnConstants { layer });
        }
        let spec = LayerSpec { thresholds: thresholds.to_vec(), ..at.spec.clone() };
        at.neurons = constants::neurons(layer, &spec, &[], &[])?;
        self.spec.layers[layer] = spec.clone();
        at.spec = spec;
        Ok(())
    }

    /// Gives the neurons the constants that are parameters, if all can have them.
    pub(crate) fn set_constants(&mut self, parameters: &[f64]) -> Result<(), TtfsError> {
        let of = |(index, layer): (usize, &Layer)| {
            let own = &layer.constants;
            if own.is_empty() {
                Ok(None)
            } else {
                constants::neurons(index, &layer.spec, own, parameters).map(Some)
            }
        };
        let neurons: Vec<_> = self.layers.iter().enumerate().map(of).collect::<Result<_, _>>()?;
        for (layer, neurons) in self.layers.iter_mut().zip(neurons) {
            layer.neurons = neurons.unwrap_or_else(|| std::mem::take(&mut layer.neurons));
        }
        Ok(())
    }

    /// The name of the group that holds a parameter.
    pub(crate) fn group_name(&self, index: usize) -> String {
        self.groups
            .iter()
            .find(|group| group.range.contains(&index))
            .map_or_else(String::new, ParameterGroup::name)
    }
}

/// Hands out ranges of the parameter vector.
#[derive(Default)]
struct Layout {
    next: usize,
    groups: Vec<ParameterGroup>,
}

impl Layout {
    fn group(&mut self, layer: usize, kind: GroupKind, shape: [usize; 2]) -> Range<usize> {
        let range = self.next..self.next + shape[0] * shape[1];
        self.next = range.end;
        if !range.is_empty() {
            self.groups.push(ParameterGroup { layer, kind, range: range.clone(), shape });
        }
        range
    }

    fn layer(&mut self, index: usize, inputs: usize, spec: &LayerSpec) -> Result<Layer, TtfsError> {
        if spec.size == 0 {
            return Err(TtfsError::EmptyLayer { layer: index });
        }
        if spec.multiplex == 0 {
            return Err(TtfsError::NoCopies { layer: index });
        }
        constants::check(index, spec)?;
        let neurons = constants::neurons(index, spec, &[], &[])?;
        let sources = inputs * spec.multiplex + spec.biases;
        let weights = self.group(index, GroupKind::Weights, [sources, spec.size]);
        let mut delays = Vec::with_capacity(spec.delays.len());
        for (number, delay) in spec.delays.iter().enumerate() {
            let shape = shape(index, number, delay, sources, spec.size)?;
            if let Some((field, value, valid)) = delay.range.invalid() {
                return Err(TtfsError::DelayRange { layer: index, delay: number, field, value, valid });
            }
            let range = self.group(index, GroupKind::Delay { delay: number, kind: delay.kind }, shape);
            delays.push(Delay { spec: *delay, range, shape });
        }
        let biases = self.group(index, GroupKind::Biases, [1, spec.biases]);
        let own = |own: &constants::ConstantSpec| OwnConstant {
            spec: *own,
            range: self.group(index, GroupKind::Constant(own.constant), [1, own.count(spec.size)]),
        };
        let constants = spec.constants.iter().map(own).collect();
        Ok(Layer { spec: spec.clone(), neurons, inputs, sources, weights, delays, biases, constants })
    }
}

/// Numbers of different sources and targets of a set of delays.
fn shape(
    layer: usize,
    delay: usize,
    spec: &DelaySpec,
    sources: usize,
    targets: usize,
) -> Result<[usize; 2], TtfsError> {
    let shared = |side, factor: usize, lines: usize| {
        if factor > 0 && lines.is_multiple_of(factor) {
            Ok(lines / factor)
        } else {
            Err(TtfsError::Sharing { layer, delay, side, factor, lines })
        }
    };
    let sources = || shared("source", spec.source_sharing, sources);
    let targets = || shared("target", spec.target_sharing, targets);
    Ok(match spec.kind {
        DelayKind::Axonal => [sources()?, 1],
        DelayKind::Dendritic => [1, targets()?],
        DelayKind::Synaptic => [sources()?, targets()?],
    })
}
