use std::fmt;

use serde::de::value::MapAccessDeserializer;
use serde::de::{Error, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::{DelaySpec, Value};

/// Synapses from one population, or group of sources, onto a population.
///
/// The order in which synapses are created is part of the result: lists of weights and delays follow it, random numbers
/// are drawn in it, and it decides among arrivals that agree in time, target and source. All rules go source by source,
/// each with its targets in ascending order; but [`Rule::FixedInDegree`] goes target by target, and [`Rule::Edges`] as
/// listed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct ProjectionSpec {
    /// Name of the population or group of sources that sends.
    pub from: String,
    /// Name of the population that receives.
    pub to: String,
    /// Which pairs it connects.
    pub rule: Rule,
    /// Whether a neuron may project to itself, where `from` and `to` are the same. Default: true.
    #[serde(default = "yes", skip_serializing_if = "is_true")]
    pub self_connections: bool,
    /// Whether a pair may have several synapses of this projection, by a rule of fixed degree or by edges. Default: true.
    #[serde(default = "yes", skip_serializing_if = "is_true")]
    pub multiple_edges: bool,
    /// Weight: a current, or a voltage for models with delta synapses. A list has one entry per synapse. Default: 1.
    #[serde(default = "one")]
    pub weight: Value,
    /// Delay from a spike to its arrival, at least 0. Default: 0.
    #[serde(default)]
    pub delay: DelaySpec,
}

fn yes() -> bool {
    true
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
fn is_true(value: &bool) -> bool {
    *value
}

fn one() -> Value {
    Value::Number(1.0)
}

/// Which pairs of neurons a projection connects.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Rule {
    /// Every source with every target.
    AllToAll,
    /// The first with the first, the second with the second, and so on; both have the same size.
    OneToOne,
    /// Each target has this many synapses, from sources drawn uniformly.
    FixedInDegree(u32),
    /// Each source has this many synapses, onto targets drawn uniformly.
    FixedOutDegree(u32),
    /// Each pair is connected with this probability, independently.
    Probability(f64),
    /// The pairs listed.
    Edges(Vec<Edge>),
}

/// One synapse of [`Rule::Edges`]: in files `[source, target]`, `[source, target, weight]`,
/// `[source, target, weight, delay]`, or a table of these names.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Edge {
    /// Number of the source within `from`.
    pub source: u32,
    /// Number of the target within `to`.
    pub target: u32,
    /// Its weight, in place of that of the projection.
    pub weight: Option<f64>,
    /// Its delay, in place of the synaptic delay of the projection.
    pub delay: Option<f64>,
}

impl Edge {
    /// An edge with the weight and delay of its projection.
    #[must_use]
    pub fn new(source: u32, target: u32) -> Self {
        Self { source, target, ..Self::default() }
    }
}

impl From<(u32, u32)> for Edge {
    fn from((source, target): (u32, u32)) -> Self {
        Self::new(source, target)
    }
}

impl ProjectionSpec {
    /// Synapses of weight 1 and delay 0.
    pub fn new(from: impl Into<String>, to: impl Into<String>, rule: Rule) -> Self {
        Self {
            from: from.into(),
            to: to.into(),
            rule,
            self_connections: true,
            multiple_edges: true,
            weight: one(),
            delay: DelaySpec::default(),
        }
    }

    /// With these weights.
    #[must_use]
    pub fn weight(mut self, weight: impl Into<Value>) -> Self {
        self.weight = weight.into();
        self
    }

    /// With these delays; a number, a list or a distribution is the synaptic part.
    #[must_use]
    pub fn delay(mut self, delay: impl Into<DelaySpec>) -> Self {
        self.delay = delay.into();
        self
    }

    /// With or without synapses from a neuron to itself.
    #[must_use]
    pub fn self_connections(mut self, allowed: bool) -> Self {
        self.self_connections = allowed;
        self
    }

    /// With or without several synapses for a pair.
    #[must_use]
    pub fn multiple_edges(mut self, allowed: bool) -> Self {
        self.multiple_edges = allowed;
        self
    }
}

/// An edge as a table.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    source: u32,
    target: u32,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    weight: Option<f64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    delay: Option<f64>,
}

impl Serialize for Edge {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self { source, target, weight, delay } = *self;
        match (weight, delay) {
            (None, None) => (source, target).serialize(serializer),
            (Some(weight), None) => (source, target, weight).serialize(serializer),
            (Some(weight), Some(delay)) => (source, target, weight, delay).serialize(serializer),
            (None, Some(_)) => Table { source, target, weight, delay }.serialize(serializer),
        }
    }
}

impl<'de> Deserialize<'de> for Edge {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(EdgeVisitor)
    }
}

struct EdgeVisitor;

impl<'de> Visitor<'de> for EdgeVisitor {
    type Value = Edge;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[source, target], [source, target, weight] or [source, target, weight, delay]")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Edge, A::Error> {
        let source = list.next_element()?.ok_or_else(|| A::Error::invalid_length(0, &self))?;
        let target = list.next_element()?.ok_or_else(|| A::Error::invalid_length(1, &self))?;
        let weight = list.next_element()?;
        let delay = list.next_element()?;
        if list.next_element::<f64>()?.is_some() {
            return Err(A::Error::invalid_length(5, &self));
        }
        Ok(Edge { source, target, weight, delay })
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Edge, A::Error> {
        let Table { source, target, weight, delay } = Table::deserialize(MapAccessDeserializer::new(map))?;
        Ok(Edge { source, target, weight, delay })
    }
}
