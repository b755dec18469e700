//! Constants of neurons that are parameters: one for each neuron of a layer, or one for all.

use std::ops::Range;

use delgrad_neuron::{Lif, LifParams};
use serde::{Deserialize, Serialize};

use crate::error::TtfsError;
use crate::parameter_range::ParameterRange;
use crate::spec::LayerSpec;

/// A constant that shapes a first spike.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Constant {
    /// Membrane time constant, at fixed capacitance.
    TauMem,
    /// Synaptic time constant.
    TauSyn,
    /// Threshold voltage.
    Threshold,
    /// Leak (resting) voltage.
    Leak,
    /// Membrane capacitance, at fixed membrane time constant.
    Capacitance,
}

/// Number of constants.
pub(crate) const CONSTANTS: usize = Constant::ALL.len();

impl Constant {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::TauMem, Self::TauSyn, Self::Threshold, Self::Leak, Self::Capacitance];

    /// Its name, as in files.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::TauMem => "tau-mem",
            Self::TauSyn => "tau-syn",
            Self::Threshold => "threshold",
            Self::Leak => "leak",
            Self::Capacitance => "capacitance",
        }
    }

    /// Its place among the constants of a neuron.
    pub fn of(self, params: &mut LifParams) -> &mut f64 {
        match self {
            Self::TauMem => &mut params.tau_mem,
            Self::TauSyn => &mut params.tau_syn,
            Self::Threshold => &mut params.threshold,
            Self::Leak => &mut params.leak,
            Self::Capacitance => &mut params.capacitance,
        }
    }

    /// Whether it must be above 0.
    fn is_positive(self) -> bool {
        !matches!(self, Self::Threshold | Self::Leak)
    }

    /// Whether the factors of arrivals or the kernel depend on it.
    fn shapes_kernel(self) -> bool {
        self.is_positive()
    }
}

/// How many neurons have a constant together.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ConstantSharing {
    /// Each neuron has its own.
    #[default]
    Neuron,
    /// All neurons have one.
    All,
}

/// A constant of a layer's neurons that is a parameter. It stands in place of the number in [`LayerSpec::neuron`].
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct ConstantSpec {
    /// Which one.
    pub constant: Constant,
    /// One for each neuron, or one for all.
    #[serde(default)]
    pub shared: ConstantSharing,
    /// Where its values may lie, and how they are kept there.
    #[serde(default)]
    pub range: ParameterRange,
}

impl ConstantSpec {
    /// A constant of each neuron within a range.
    #[must_use]
    pub fn new(constant: Constant, range: ParameterRange) -> Self {
        Self { constant, shared: ConstantSharing::Neuron, range }
    }

    /// How many parameters a layer of so many neurons has.
    pub(crate) fn count(&self, size: usize) -> usize {
        match self.shared {
            ConstantSharing::Neuron => size,
            ConstantSharing::All => 1,
        }
    }

    fn invalid(&self) -> Option<(&'static str, f64, &'static str)> {
        self.range.invalid_constant(self.constant.is_positive())
    }
}

/// A constant of a layer with the place of its parameters.
#[derive(Clone, Debug)]
pub(crate) struct OwnConstant {
    pub spec: ConstantSpec,
    pub range: Range<usize>,
}

impl OwnConstant {
    /// Index of the parameter of a neuron.
    pub fn index(&self, neuron: usize) -> usize {
        self.range.start + if self.range.len() == 1 { 0 } else { neuron }
    }
}

/// Whether neurons differ in more than their thresholds and leaks.
pub(crate) fn kernels_differ(constants: &[OwnConstant]) -> bool {
    constants.iter().any(|own| own.spec.constant.shapes_kernel() && own.spec.shared == ConstantSharing::Neuron)
}

/// Whether derivatives of the kernel by its constants are wanted.
pub(crate) fn kernels_learn(constants: &[OwnConstant]) -> bool {
    constants.iter().any(|own| own.spec.constant.shapes_kernel())
}

/// Checks the constants of a layer.
pub(crate) fn check(layer: usize, spec: &LayerSpec) -> Result<(), TtfsError> {
    for (number, own) in spec.constants.iter().enumerate() {
        let constant = own.constant;
        if spec.constants[..number].iter().any(|other| other.constant == constant) {
            return Err(TtfsError::SameConstant { layer, constant: constant.name() });
        }
        if let Some((field, value, valid)) = own.invalid() {
            return Err(TtfsError::ConstantRange { layer, constant: constant.name(), field, value, valid });
        }
        if constant == Constant::Threshold && !spec.thresholds.is_empty() {
            return Err(TtfsError::SameConstant { layer, constant: constant.name() });
        }
    }
    let range = |constant| spec.constants.iter().find(|own| own.constant == constant).map(|own| own.range);
    let given = spec.thresholds.iter().copied().reduce(f64::min).unwrap_or(spec.neuron.threshold);
    let threshold = range(Constant::Threshold).map_or(given, |range| range.min);
    let leak = range(Constant::Leak).map_or(spec.neuron.leak, |range| range.max.unwrap_or(f64::INFINITY));
    let learned = [Constant::Threshold, Constant::Leak].into_iter().any(|constant| range(constant).is_some());
    if learned && threshold < leak {
        return Err(TtfsError::ThresholdRange { layer, threshold, leak });
    }
    Ok(())
}

/// The neurons of a layer with these parameters, each with its own constants.
pub(crate) fn neurons(
    layer: usize,
    spec: &LayerSpec,
    constants: &[OwnConstant],
    parameters: &[f64],
) -> Result<Vec<Lif>, TtfsError> {
    if !(spec.thresholds.is_empty() || spec.thresholds.len() == spec.size) {
        return Err(TtfsError::Length { what: "thresholds", found: spec.thresholds.len(), expected: spec.size });
    }
    (0..spec.size)
        .map(|neuron| {
            let mut params = spec.neuron;
            if let Some(threshold) = spec.thresholds.get(neuron) {
                params.threshold = *threshold;
            }
            for own in constants {
                *own.spec.constant.of(&mut params) = own.spec.range.value(parameters[own.index(neuron)]);
            }
            let lif = Lif::new(params).map_err(|source| TtfsError::Neuron { layer, source })?;
            let LifParams { threshold, leak, .. } = params;
            if threshold > leak {
                Ok(lif)
            } else {
                Err(TtfsError::ThresholdBelowLeak { layer, neuron, threshold, leak })
            }
        })
        .collect()
}
