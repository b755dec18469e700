//! Numbers with a range, and errors that name both.

use std::fmt;
use std::marker::PhantomData;

use delgrad_neuron::Digits;
use serde::{Deserialize, Serialize};
use thiserror::Error;

/// One number of the chip: its range, its step and where these are known from.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Quantity {
    /// The name that the chip's software gives it.
    pub name: &'static str,
    /// Its unit; empty for codes.
    pub unit: &'static str,
    /// Smallest value.
    pub low: f64,
    /// Largest value.
    pub high: f64,
    /// Distance of neighbouring values; 0: any value of the range.
    pub step: f64,
    /// Where range and step come from.
    pub source: Source,
}

/// Where a fact about the chip comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Source {
    /// The chip's public software or a publication.
    Public,
    /// Worked out from public numbers or recordings.
    Derived,
    /// No public number was found: a plausible value.
    Assumed,
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Public => "public",
            Self::Derived => "derived",
            Self::Assumed => "assumed",
        })
    }
}

/// A value outside the range of its quantity, or between its steps.
#[derive(Clone, Copy, Debug, Error, PartialEq)]
#[non_exhaustive]
#[error("{name} is {value}; it must be {}", valid(.low, .high, .step, .unit), value = Digits(*.value))]
pub struct OutOfRange {
    /// Name of the quantity.
    pub name: &'static str,
    /// The value.
    pub value: f64,
    /// Smallest valid value.
    pub low: f64,
    /// Largest valid value.
    pub high: f64,
    /// Distance of valid values; 0: all of the range.
    pub step: f64,
    /// Unit of all of them.
    pub unit: &'static str,
}

fn valid(low: &f64, high: &f64, step: &f64, unit: &str) -> String {
    let unit = if unit.is_empty() { String::new() } else { format!(" {unit}") };
    if *step == 0.0 {
        format!("between {low} and {high}{unit}")
    } else {
        format!("between {low} and {high}{unit} in steps of {step}")
    }
}

impl Quantity {
    /// The error for a value that is not valid.
    #[must_use]
    pub fn out_of_range(&self, value: f64) -> OutOfRange {
        let &Self { name, unit, low, high, step, .. } = self;
        OutOfRange { name, value, low, high, step, unit }
    }

    /// The nearest valid value; halves go away from zero.
    ///
    /// # Errors
    /// A value outside the range by half a step or more.
    pub fn nearest(&self, value: f64) -> Result<f64, OutOfRange> {
        let steps = if self.step == 0.0 { value } else { self.low + self.step * self.steps_to(value).round() };
        if (self.low..=self.high).contains(&steps) { Ok(steps) } else { Err(self.out_of_range(value)) }
    }

    /// Steps from the lowest value.
    fn steps_to(&self, value: f64) -> f64 {
        (value - self.low) / self.step
    }

    /// Whether a value is in range and on a step.
    #[must_use]
    pub fn contains(&self, value: f64) -> bool {
        (self.low..=self.high).contains(&value)
            && (self.step == 0.0 || (self.steps_to(value) - self.steps_to(value).round()).abs() < ON_STEP)
    }
}

/// Values that are written as decimals, such as 8.375, miss their step by rounding alone.
const ON_STEP: f64 = 1e-9;

/// Names a quantity at the level of types.
pub trait Kind {
    /// The quantity.
    const QUANTITY: Quantity;
}

/// A number of the chip that is in range and on a step.
///
/// ```
/// use delgrad_bss2::limits::{Bounded, Weight};
///
/// let weight = Bounded::<Weight>::nearest(14.6)?;
/// assert_eq!(weight.get(), 15.0);
/// let error = Bounded::<Weight>::new(64.0).unwrap_err();
/// assert_eq!(error.to_string(), "weight is 64; it must be between 0 and 63 in steps of 1");
/// # Ok::<(), delgrad_bss2::limits::OutOfRange>(())
/// ```
#[derive(Serialize, Deserialize)]
#[serde(into = "f64", try_from = "f64", bound(deserialize = "K: Kind"))]
pub struct Bounded<K>(f64, PhantomData<K>);

impl<K: Kind> Bounded<K> {
    /// Takes a valid value.
    ///
    /// # Errors
    /// A value out of range or between steps.
    pub fn new(value: f64) -> Result<Self, OutOfRange> {
        if K::QUANTITY.contains(value) {
            Ok(Self(value, PhantomData))
        } else {
            Err(K::QUANTITY.out_of_range(value))
        }
    }

    /// Takes the nearest valid value.
    ///
    /// # Errors
    /// As [`Quantity::nearest`].
    pub fn nearest(value: f64) -> Result<Self, OutOfRange> {
        K::QUANTITY.nearest(value).map(|value| Self(value, PhantomData))
    }

    /// The value.
    #[must_use]
    pub fn get(self) -> f64 {
        self.0
    }

    /// The value as a whole number, for codes.
    #[must_use]
    pub fn code(self) -> i32 {
        self.0.round() as i32
    }
}

impl<K> Clone for Bounded<K> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<K> Copy for Bounded<K> {}

impl<K> PartialEq for Bounded<K> {
    fn eq(&self, other: &Self) -> bool {
        self.0 == other.0
    }
}

impl<K: Kind> fmt::Debug for Bounded<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.0, K::QUANTITY.unit)
    }
}

impl<K: Kind> TryFrom<f64> for Bounded<K> {
    type Error = OutOfRange;

    fn try_from(value: f64) -> Result<Self, OutOfRange> {
        Self::new(value)
    }
}

impl<K> From<Bounded<K>> for f64 {
    fn from(value: Bounded<K>) -> Self {
        value.0
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::limits::{ALL, DelayCode, TauMem, Weight};

    proptest! {
        #[test]
        fn what_is_taken_is_in_range_and_on_a_step(value in -2000.0..2000.0_f64) {
            for quantity in ALL {
                match quantity.nearest(value) {
                    Ok(near) => {
                        prop_assert!(quantity.contains(near), "{} {near}", quantity.name);
                        prop_assert!((near - value).abs() <= 0.5 * quantity.step + 1e-9);
                    }
                    Err(error) => prop_assert!(value < quantity.low || value > quantity.high, "{error}"),
                }
            }
        }
    }

    #[test]
    fn ranges_are_sound() {
        for quantity in ALL {
            assert!(quantity.low < quantity.high && quantity.step >= 0.0, "{}", quantity.name);
            assert!(quantity.contains(quantity.low) && quantity.contains(quantity.high), "{}", quantity.name);
            assert!(!quantity.contains(f64::NAN) && quantity.nearest(f64::NAN).is_err());
        }
    }

    #[test]
    fn values_between_steps_are_refused_and_named() {
        let error = Bounded::<DelayCode>::new(70.5).unwrap_err();
        assert_eq!(error.to_string(), "delay code is 70.5; it must be between 50 and 250 in steps of 1");
        let error = Bounded::<TauMem>::new(0.1).unwrap_err();
        assert_eq!(error.to_string(), "tau_mem is 0.1; it must be between 0.5 and 60 us");
        let json = serde_json::to_string(&Bounded::<Weight>::new(63.0).unwrap()).unwrap();
        assert_eq!(serde_json::from_str::<Bounded<Weight>>(&json).unwrap().code(), 63);
        assert!(serde_json::from_str::<Bounded<Weight>>("64.0").unwrap_err().to_string().contains("weight is 64"));
    }
}
