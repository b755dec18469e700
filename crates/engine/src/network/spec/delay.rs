use std::fmt;

use serde::de::value::{MapAccessDeserializer, StrDeserializer};
use serde::de::{DeserializeSeed, IntoDeserializer, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::{Distribution, Value};

/// Delay of a projection's synapses: the sum of a part per source neuron, a part per target neuron and a part per
/// synapse.
///
/// In files, a number, a list or a distribution is the synaptic part; all three parts go into a table, such as
/// `{ axonal = { uniform = { low = 0.0, high = 1.0 } }, synaptic = 0.5 }`. Each part may be negative, the [sum](Self::sum)
/// may not.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct DelaySpec {
    /// One per neuron of `from`.
    pub axonal: Value,
    /// One per neuron of `to`.
    pub dendritic: Value,
    /// One per synapse, in order of creation.
    pub synaptic: Value,
}

impl DelaySpec {
    /// Sum of the parts of a delay: zero where it is zero but for rounding, as 0.3 - 0.1 - 0.2 is.
    ///
    /// A part that stands for a decimal number is off by up to u = 2⁻⁵³ of its size, and so is each of the two sums; together
    /// that is at most 3 u (|a| + |b| + |c|). A sum within 4 u of it is 0. Parts of one sign never come near.
    #[must_use]
    #[inline]
    pub fn sum(parts: [f64; 3]) -> f64 {
        let [axonal, dendritic, synaptic] = parts;
        let sum = axonal + dendritic + synaptic;
        let bound: f64 = parts.iter().map(|part| 2.0 * f64::EPSILON * part.abs()).sum();
        // of infinite parts nothing is known
        if sum.abs() <= bound && bound < f64::INFINITY { 0.0 } else { sum }
    }
}

impl<V: Into<Value>> From<V> for DelaySpec {
    fn from(synaptic: V) -> Self {
        Self { synaptic: synaptic.into(), ..Self::default() }
    }
}

/// The parts as a file holds them.
#[derive(Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[derive(Default)]
struct Parts {
    axonal: Value,
    dendritic: Value,
    synaptic: Value,
}

impl Serialize for DelaySpec {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self { axonal, dendritic, synaptic } = self.clone();
        if axonal == Value::default() && dendritic == Value::default() {
            return synaptic.serialize(serializer);
        }
        Parts { axonal, dendritic, synaptic }.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for DelaySpec {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(DelayVisitor)
    }
}

struct DelayVisitor;

impl<'de> Visitor<'de> for DelayVisitor {
    type Value = DelaySpec;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a number, a list of numbers, a distribution, or a table of axonal, dendritic and synaptic")
    }

    fn visit_f64<E>(self, number: f64) -> Result<DelaySpec, E> {
        Ok(number.into())
    }

    fn visit_i64<E>(self, number: i64) -> Result<DelaySpec, E> {
        Ok((number as f64).into())
    }

    fn visit_u64<E>(self, number: u64) -> Result<DelaySpec, E> {
        Ok((number as f64).into())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<DelaySpec, A::Error> {
        let mut numbers = Vec::new();
        while let Some(number) = list.next_element()? {
            numbers.push(number);
        }
        Ok(Value::List(numbers).into())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<DelaySpec, A::Error> {
        let first: Option<String> = map.next_key()?;
        let parts = first.as_deref().is_none_or(|key| ["axonal", "dendritic", "synaptic"].contains(&key));
        let whole = MapAccessDeserializer::new(Unread { first, rest: map });
        if parts {
            let Parts { axonal, dendritic, synaptic } = Parts::deserialize(whole)?;
            return Ok(DelaySpec { axonal, dendritic, synaptic });
        }
        Distribution::deserialize(whole).map(DelaySpec::from)
    }
}

/// A map whose first key has been read.
struct Unread<A> {
    first: Option<String>,
    rest: A,
}

impl<'de, A: MapAccess<'de>> MapAccess<'de> for Unread<A> {
    type Error = A::Error;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, A::Error> {
        match self.first.take() {
            Some(key) => {
                let key: StrDeserializer<'_, A::Error> = key.as_str().into_deserializer();
                seed.deserialize(key).map(Some)
            }
            None => self.rest.next_key_seed(seed),
        }
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, A::Error> {
        self.rest.next_value_seed(seed)
    }
}
