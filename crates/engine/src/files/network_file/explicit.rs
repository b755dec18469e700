//! The layout of JSON files.

use std::fmt;

use serde::de::{IgnoredAny, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::network::spec::parameter::{ModelKind, PARAMETERS};
use crate::network::spec::parameter_table::{parameter_table, present};
use crate::{InputSpike, Spike};

/// A whole file.
#[derive(Serialize, Deserialize)]
#[allow(dead_code, reason = "some keys are known only to be skipped")]
#[serde(deny_unknown_fields)]
pub(super) struct ExplicitFile {
    pub format: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<u64>,
    #[serde(default, skip_serializing)]
    pub description: IgnoredAny,
    #[serde(default, skip_serializing)]
    pub units: IgnoredAny,
    #[serde(default, skip_serializing)]
    pub source_index: IgnoredAny,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub time_unit: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<f64>,
    #[serde(default)]
    pub max_spikes_per_neuron: Option<u32>,
    pub inputs: u32,
    pub neurons: Vec<Neuron>,
    pub synapses: Synapses,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub input_spikes: Option<Vec<InputSpike>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub spikes: Option<Vec<Spike>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub training: Option<serde_json::Value>,
    #[serde(default, skip_serializing)]
    pub cotangents: IgnoredAny,
    #[serde(default, skip_serializing)]
    pub gradient: IgnoredAny,
}

/// All synapses, column by column.
#[derive(Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Synapses {
    pub source: Vec<u32>,
    pub target: Vec<u32>,
    pub weight: Vec<f64>,
    pub delay: Vec<f64>,
}

parameter_table! {
    /// One neuron.
    #[derive(Clone, Copy, Default, Serialize, Deserialize)]
    #[serde(deny_unknown_fields)]
    pub(super) struct Neuron {
        #[serde(default = "lif", skip_serializing_if = "is_lif", deserialize_with = "present")]
        model: Option<ModelKind>,
        [parameters: Number],
        #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "present")]
        initial: Option<Initial>,
    }
}

/// State at time 0.
#[derive(Clone, Copy, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Initial {
    pub v: f64,
    pub i: f64,
}

impl Neuron {
    pub fn kind(&self) -> ModelKind {
        self.model.unwrap_or(ModelKind::Lif)
    }

    /// The parameters in the order of `Parameter::ALL`.
    pub fn values(mut self) -> [Option<f64>; PARAMETERS] {
        self.values_mut().map(|value| value.map(|Number(number)| number))
    }

    pub fn new(kind: ModelKind, values: [Option<f64>; PARAMETERS], initial: Option<Initial>) -> Self {
        let mut neuron = Self { model: Some(kind), initial, ..Self::default() };
        for (own, value) in neuron.values_mut().into_iter().zip(values) {
            *own = value.map(Number);
        }
        neuron
    }
}

fn lif() -> Option<ModelKind> {
    Some(ModelKind::Lif)
}

fn is_lif(model: &Option<ModelKind>) -> bool {
    model.is_none_or(|kind| kind == ModelKind::Lif)
}

/// A number; JSON has no infinite ones, so infinity is the text "inf".
#[derive(Clone, Copy)]
pub(super) struct Number(pub f64);

impl Serialize for Number {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if self.0 == f64::INFINITY { serializer.serialize_str("inf") } else { serializer.serialize_f64(self.0) }
    }
}

impl<'de> Deserialize<'de> for Number {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(NumberVisitor)
    }
}

struct NumberVisitor;

impl Visitor<'_> for NumberVisitor {
    type Value = Number;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a number, or \"inf\"")
    }

    fn visit_f64<E>(self, number: f64) -> Result<Number, E> {
        Ok(Number(number))
    }

    fn visit_i64<E>(self, number: i64) -> Result<Number, E> {
        Ok(Number(number as f64))
    }

    fn visit_u64<E>(self, number: u64) -> Result<Number, E> {
        Ok(Number(number as f64))
    }

    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Number, E> {
        if text == "inf" {
            return Ok(Number(f64::INFINITY));
        }
        Err(E::invalid_value(serde::de::Unexpected::Str(text), &self))
    }
}
