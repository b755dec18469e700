use std::sync::Arc;

use delgrad_neuron::{Parameter, PointNeuron};
use serde::{Deserialize, Serialize, Serializer, ser};

use super::parameter::ModelKind;
use super::parameter_table::parameter_table;
use super::{DeltaLifSpec, LeakyIntegratorSpec, LifSpec, ModelSpec, QuadraticSpec, Value};

/// Neurons of one model, with a name.
///
/// In files, the parameters stand beside the name; those left out have their defaults:
///
/// ```toml
/// [[populations]]
/// name = "excitatory"
/// size = 800
/// model = "lif"
/// tau-mem = 10.0
/// threshold = { normal = { mean = 20.0, sd = 1.0 } }
/// initial-v = { uniform = { low = 0.0, high = 20.0 } }
/// ```
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(try_from = "Table")]
pub struct PopulationSpec {
    /// Its name, unique among sources and populations.
    pub name: String,
    /// Number of neurons.
    pub size: u32,
    /// Model and its parameters.
    pub model: ModelSpec,
    /// Voltage at time 0; default: at rest.
    pub initial_v: Option<Value>,
    /// Synaptic current at time 0; default: at rest.
    pub initial_i: Option<Value>,
    /// Spikes that each neuron may send, at least 1; default: no limit.
    pub max_spikes: Option<u32>,
}

impl PopulationSpec {
    /// Neurons of a model, at rest.
    pub fn new(name: impl Into<String>, size: u32, model: ModelSpec) -> Self {
        Self { name: name.into(), size, model, initial_v: None, initial_i: None, max_spikes: None }
    }

    /// Leaky integrate-and-fire neurons with exponential current synapses.
    pub fn lif(name: impl Into<String>, size: u32, spec: impl Into<LifSpec>) -> Self {
        Self::new(name, size, ModelSpec::Lif(spec.into()))
    }

    /// Leaky integrators.
    pub fn leaky_integrator(name: impl Into<String>, size: u32, spec: impl Into<LeakyIntegratorSpec>) -> Self {
        Self::new(name, size, ModelSpec::LeakyIntegrator(spec.into()))
    }

    /// Leaky integrate-and-fire neurons with delta synapses.
    pub fn delta_lif(name: impl Into<String>, size: u32, spec: impl Into<DeltaLifSpec>) -> Self {
        Self::new(name, size, ModelSpec::DeltaLif(spec.into()))
    }

    /// Quadratic integrate-and-fire neurons with delta synapses.
    pub fn quadratic(name: impl Into<String>, size: u32, spec: impl Into<QuadraticSpec>) -> Self {
        Self::new(name, size, ModelSpec::Quadratic(spec.into()))
    }

    /// Neurons of the user's own model.
    pub fn custom(name: impl Into<String>, size: u32, model: Arc<dyn PointNeuron>) -> Self {
        Self::new(name, size, ModelSpec::Custom(model))
    }

    /// With these voltages at time 0.
    #[must_use]
    pub fn initial_v(mut self, v: impl Into<Value>) -> Self {
        self.initial_v = Some(v.into());
        self
    }

    /// With these synaptic currents at time 0.
    #[must_use]
    pub fn initial_i(mut self, i: impl Into<Value>) -> Self {
        self.initial_i = Some(i.into());
        self
    }

    /// With at most this many spikes for each neuron.
    #[must_use]
    pub fn max_spikes(mut self, max_spikes: u32) -> Self {
        self.max_spikes = Some(max_spikes);
        self
    }
}

parameter_table! {
    /// A population as it stands in a file.
    #[derive(Default, Serialize, Deserialize)]
    #[serde(rename_all = "kebab-case", deny_unknown_fields)]
    struct Table {
        name: String,
        size: u32,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        model: Option<ModelKind>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        max_spikes: Option<u32>,
        [parameters: Value],
        #[serde(default, skip_serializing_if = "Option::is_none")]
        initial_v: Option<Value>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        initial_i: Option<Value>,
    }
}

/// What to say of a parameter that a model does not have.
pub(crate) fn foreign_parameter(kind: ModelKind, given: &str) -> String {
    let keys: Vec<&str> = kind.parameters().iter().map(|parameter| parameter.key()).collect();
    format!("`{given}` is no parameter of the model {}; its parameters are {}", kind.key(), keys.join(", "))
}

impl TryFrom<Table> for PopulationSpec {
    type Error = String;

    fn try_from(mut table: Table) -> Result<Self, String> {
        let kind = table.model.unwrap_or(ModelKind::Lif);
        let mut model = ModelSpec::new(kind);
        for (parameter, value) in Parameter::ALL.into_iter().zip(table.values_mut()) {
            let Some(value) = value.take() else { continue };
            *model.value_mut(parameter).ok_or_else(|| foreign_parameter(kind, parameter.key()))? = value;
        }
        let Table { name, size, max_spikes, initial_v, initial_i, .. } = table;
        Ok(Self { name, size, model, initial_v, initial_i, max_spikes })
    }
}

impl Serialize for PopulationSpec {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self { name, size, model, initial_v, initial_i, max_spikes } = self.clone();
        let kind = model.kind().ok_or_else(|| {
            ser::Error::custom(format!("population \"{name}\" holds ready-made models, which files cannot hold"))
        })?;
        let mut table =
            Table { name, size, model: Some(kind), max_spikes, initial_v, initial_i, ..Table::default() };
        for (parameter, value) in Parameter::ALL.into_iter().zip(table.values_mut()) {
            *value = model.value(parameter).cloned();
        }
        table.serialize(serializer)
    }
}
