//! The models that populations are made of, with a [`Value`] for every parameter.

use std::sync::Arc;

use delgrad_neuron::{DeltaLifParams, IntegratorParams, LifParams, Parameter, PointNeuron, QifParams};

use super::Value;
use super::parameter::ModelKind;
use crate::Model;

/// The model of a population.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum ModelSpec {
    /// Leaky integrate-and-fire with exponential current synapse; `lif` in files.
    Lif(LifSpec),
    /// The same membrane without threshold; `leaky-integrator` in files.
    LeakyIntegrator(LeakyIntegratorSpec),
    /// Leaky integrate-and-fire with delta synapses; `delta-lif` in files.
    DeltaLif(DeltaLifSpec),
    /// Quadratic integrate-and-fire with delta synapses; `quadratic` in files.
    Quadratic(QuadraticSpec),
    /// A model of the user's own, the same for all; not in files.
    Custom(Arc<dyn PointNeuron>),
    /// Ready-made models, one for each neuron; not in TOML files.
    Each(Vec<Model>),
}

/// Parameters of leaky integrate-and-fire neurons, see [`LifParams`]. Default: those of [`LifParams`], no bias.
#[derive(Clone, Debug, PartialEq)]
#[allow(missing_docs, reason = "the names are those of LifParams")]
pub struct LifSpec {
    pub tau_mem: Value,
    pub tau_syn: Value,
    pub threshold: Value,
    pub leak: Value,
    pub reset: Value,
    pub refractory: Value,
    pub capacitance: Value,
    /// Constant current into the membrane.
    pub bias: Value,
}

/// Parameters of leaky integrators, see [`IntegratorParams`]. Default: those of [`IntegratorParams`], no bias.
#[derive(Clone, Debug, PartialEq)]
#[allow(missing_docs, reason = "the names are those of IntegratorParams")]
pub struct LeakyIntegratorSpec {
    pub tau_mem: Value,
    pub tau_syn: Value,
    pub leak: Value,
    pub capacitance: Value,
    /// Constant current into the membrane.
    pub bias: Value,
}

/// Parameters of leaky integrate-and-fire neurons with delta synapses, see [`DeltaLifParams`]. Default: those of
/// [`DeltaLifParams`], no bias.
#[derive(Clone, Debug, PartialEq)]
#[allow(missing_docs, reason = "the names are those of DeltaLifParams")]
pub struct DeltaLifSpec {
    pub tau_mem: Value,
    pub threshold: Value,
    pub leak: Value,
    pub reset: Value,
    pub refractory: Value,
    pub capacitance: Value,
    /// Constant current into the membrane.
    pub bias: Value,
}

/// Parameters of quadratic integrate-and-fire neurons, see [`QifParams`]. Default: those of [`QifParams`], no bias.
#[derive(Clone, Debug, PartialEq)]
#[allow(missing_docs, reason = "the names are those of QifParams")]
pub struct QuadraticSpec {
    pub tau_mem: Value,
    pub leak: Value,
    pub critical: Value,
    pub threshold: Value,
    pub reset: Value,
    pub refractory: Value,
    pub capacitance: Value,
    /// Constant current into the membrane.
    pub bias: Value,
}

/// For a struct of values: made from the struct of numbers, by default from its default, and each value by its
/// parameter. The structs differ in their fields alone.
macro_rules! values {
    ($spec:ident from $params:ident { $($field:ident: $parameter:ident),* }) => {
        impl From<$params> for $spec {
            fn from(params: $params) -> Self {
                Self { $($field: params.$field.into(),)* bias: Value::default() }
            }
        }

        impl Default for $spec {
            fn default() -> Self {
                $params::default().into()
            }
        }

        impl $spec {
            fn value(&self, parameter: Parameter) -> Option<&Value> {
                match parameter {
                    $(Parameter::$parameter => Some(&self.$field),)*
                    Parameter::Bias => Some(&self.bias),
                    #[allow(unreachable_patterns, reason = "a model may have every parameter")]
                    _ => None,
                }
            }

            fn value_mut(&mut self, parameter: Parameter) -> Option<&mut Value> {
                match parameter {
                    $(Parameter::$parameter => Some(&mut self.$field),)*
                    Parameter::Bias => Some(&mut self.bias),
                    #[allow(unreachable_patterns, reason = "a model may have every parameter")]
                    _ => None,
                }
            }
        }
    };
}

values!(LifSpec from LifParams {
    tau_mem: TauMem, tau_syn: TauSyn, threshold: Threshold, leak: Leak, reset: Reset, refractory: Refractory,
    capacitance: Capacitance
});
values!(LeakyIntegratorSpec from IntegratorParams {
    tau_mem: TauMem, tau_syn: TauSyn, leak: Leak, capacitance: Capacitance
});
values!(DeltaLifSpec from DeltaLifParams {
    tau_mem: TauMem, threshold: Threshold, leak: Leak, reset: Reset, refractory: Refractory, capacitance: Capacitance
});
values!(QuadraticSpec from QifParams {
    tau_mem: TauMem, leak: Leak, critical: Critical, threshold: Threshold, reset: Reset, refractory: Refractory,
    capacitance: Capacitance
});

impl ModelSpec {
    /// A model with its default parameters.
    pub(crate) fn new(kind: ModelKind) -> Self {
        match kind {
            ModelKind::Lif => Self::Lif(LifSpec::default()),
            ModelKind::LeakyIntegrator => Self::LeakyIntegrator(LeakyIntegratorSpec::default()),
            ModelKind::DeltaLif => Self::DeltaLif(DeltaLifSpec::default()),
            ModelKind::Quadratic => Self::Quadratic(QuadraticSpec::default()),
        }
    }

    /// The kind, where the parameters are values.
    pub(crate) fn kind(&self) -> Option<ModelKind> {
        match self {
            Self::Lif(_) => Some(ModelKind::Lif),
            Self::LeakyIntegrator(_) => Some(ModelKind::LeakyIntegrator),
            Self::DeltaLif(_) => Some(ModelKind::DeltaLif),
            Self::Quadratic(_) => Some(ModelKind::Quadratic),
            Self::Custom(_) | Self::Each(_) => None,
        }
    }

    pub(crate) fn value(&self, parameter: Parameter) -> Option<&Value> {
        match self {
            Self::Lif(spec) => spec.value(parameter),
            Self::LeakyIntegrator(spec) => spec.value(parameter),
            Self::DeltaLif(spec) => spec.value(parameter),
            Self::Quadratic(spec) => spec.value(parameter),
            Self::Custom(_) | Self::Each(_) => None,
        }
    }

    /// Changes the values of a parameter; nothing happens if the model does not have it as a value.
    pub fn set(&mut self, parameter: Parameter, value: Value) {
        if let Some(own) = self.value_mut(parameter) {
            *own = value;
        }
    }

    pub(crate) fn value_mut(&mut self, parameter: Parameter) -> Option<&mut Value> {
        match self {
            Self::Lif(spec) => spec.value_mut(parameter),
            Self::LeakyIntegrator(spec) => spec.value_mut(parameter),
            Self::DeltaLif(spec) => spec.value_mut(parameter),
            Self::Quadratic(spec) => spec.value_mut(parameter),
            Self::Custom(_) | Self::Each(_) => None,
        }
    }
}

impl PartialEq for ModelSpec {
    /// Custom models are equal if they are the same object.
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Lif(a), Self::Lif(b)) => a == b,
            (Self::LeakyIntegrator(a), Self::LeakyIntegrator(b)) => a == b,
            (Self::DeltaLif(a), Self::DeltaLif(b)) => a == b,
            (Self::Quadratic(a), Self::Quadratic(b)) => a == b,
            (Self::Custom(a), Self::Custom(b)) => Arc::ptr_eq(a, b),
            (Self::Each(a), Self::Each(b)) => a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same(a, b)),
            _ => false,
        }
    }
}

fn same(a: &Model, b: &Model) -> bool {
    match (a, b) {
        (Model::Custom(a), Model::Custom(b)) => Arc::ptr_eq(a, b),
        _ => ModelKind::of(a).is_some() && ModelKind::of(a) == ModelKind::of(b),
    }
}
