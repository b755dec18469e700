use std::fmt;

use rand_chacha::ChaCha8Rng;
use serde::de::value::MapAccessDeserializer;
use serde::de::{MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};

use super::Distribution;
use super::error::{Field, SpecError};

/// What a quantity of many neurons or synapses is: one number for all, one for each, or drawn for each.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(untagged)]
pub enum Value {
    /// The same for all.
    Number(f64),
    /// One for each, in order.
    List(Vec<f64>),
    /// Drawn for each, in order, from a stream of random numbers that nothing else uses.
    Random(Distribution),
}

impl Default for Value {
    /// Zero.
    fn default() -> Self {
        Self::Number(0.0)
    }
}

impl From<f64> for Value {
    fn from(number: f64) -> Self {
        Self::Number(number)
    }
}

impl From<Vec<f64>> for Value {
    fn from(list: Vec<f64>) -> Self {
        Self::List(list)
    }
}

impl From<Distribution> for Value {
    fn from(distribution: Distribution) -> Self {
        Self::Random(distribution)
    }
}

impl Value {
    /// A number where all are equal to the bit, else a list.
    #[cfg(feature = "files")]
    pub(crate) fn from_column(column: Vec<f64>) -> Self {
        match column.first() {
            Some(first) if column.iter().all(|number| number.to_bits() == first.to_bits()) => Self::Number(*first),
            _ => Self::List(column),
        }
    }

    /// Numbers are finite, and a distribution's parameters valid.
    pub(crate) fn check(&self, field: &Field<'_>) -> Result<(), SpecError> {
        match self {
            Self::Number(number) => field.number(None, *number),
            Self::List(list) => (0..).zip(list).try_for_each(|(index, number)| field.number(Some(index), *number)),
            Self::Random(distribution) => distribution.check(field),
        }
    }

    /// A list has the right length.
    pub(crate) fn check_length(&self, field: &Field<'_>, expected: u64) -> Result<(), SpecError> {
        match self {
            Self::List(list) if list.len() as u64 != expected => Err(field.length(list.len(), expected)),
            _ => Ok(()),
        }
    }

    /// The numbers, one after the other; `rng` makes the stream to draw from.
    pub(crate) fn draws(&self, rng: impl FnOnce() -> ChaCha8Rng) -> Draws<'_> {
        match self {
            Self::Number(number) => Draws::Number(*number),
            Self::List(list) => Draws::List(list.iter()),
            Self::Random(distribution) => Draws::Random(*distribution, Box::new(rng())),
        }
    }

    pub(crate) fn reaches_below_zero(&self) -> bool {
        matches!(self, Self::Random(distribution) if distribution.reaches_below_zero())
    }
}

/// The numbers of a [`Value`].
pub(crate) enum Draws<'a> {
    Number(f64),
    List(std::slice::Iter<'a, f64>),
    Random(Distribution, Box<ChaCha8Rng>),
}

impl Draws<'_> {
    /// The next number; NaN after the end of a list.
    #[inline]
    pub fn next(&mut self) -> f64 {
        match self {
            Self::Number(number) => *number,
            Self::List(list) => list.next().copied().unwrap_or(f64::NAN),
            Self::Random(distribution, rng) => distribution.draw(rng.as_mut()),
        }
    }
}

impl<'de> Deserialize<'de> for Value {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ValueVisitor)
    }
}

struct ValueVisitor;

impl<'de> Visitor<'de> for ValueVisitor {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(
            "a number, a list of numbers, or a distribution such as { uniform = { low = 0.5, high = 1.5 } }",
        )
    }

    fn visit_f64<E>(self, number: f64) -> Result<Value, E> {
        Ok(Value::Number(number))
    }

    fn visit_i64<E>(self, number: i64) -> Result<Value, E> {
        Ok(Value::Number(number as f64))
    }

    fn visit_u64<E>(self, number: u64) -> Result<Value, E> {
        Ok(Value::Number(number as f64))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Value, A::Error> {
        let mut numbers = Vec::new();
        while let Some(number) = list.next_element()? {
            numbers.push(number);
        }
        Ok(Value::List(numbers))
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Value, A::Error> {
        Distribution::deserialize(MapAccessDeserializer::new(map)).map(Value::Random)
    }
}
