//! The units of a network and those of the chip.

use serde::{Deserialize, Serialize};

/// How a network's own units translate to the chip's.
///
/// Times of a network are in units of its synaptic time constant, the chip's in microseconds. The chip is about a
/// thousand times faster than the biology that it stands for.
///
/// ```
/// use delgrad_bss2::Units;
///
/// let units = Units::default();
/// assert_eq!(units.microseconds(3.0), 18.0);
/// assert_eq!(units.model_time(18.0), 3.0);
/// assert_eq!(units.biological_milliseconds(3.0), 18.0);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub struct Units {
    /// One unit of the network's time, in microseconds of the chip.
    pub tau: f64,
    /// How much faster the chip is than biology.
    pub acceleration: f64,
    /// Weight codes in one unit of the network's weights.
    pub codes_per_weight: f64,
}

impl Default for Units {
    fn default() -> Self {
        Self { tau: 6.0, acceleration: 1000.0, codes_per_weight: 30.0 }
    }
}

impl Units {
    /// A time of the network in microseconds of the chip.
    #[must_use]
    pub fn microseconds(&self, time: f64) -> f64 {
        time * self.tau
    }

    /// A time of the chip in the network's unit.
    #[must_use]
    pub fn model_time(&self, microseconds: f64) -> f64 {
        microseconds / self.tau
    }

    /// A time of the network in the biology that it stands for.
    #[must_use]
    pub fn biological_milliseconds(&self, time: f64) -> f64 {
        self.microseconds(time) * self.acceleration / 1000.0
    }

    /// The code of a weight, rounded to the nearest, halves to the even one.
    #[must_use]
    pub fn weight_code(&self, weight: f64) -> f64 {
        (weight * self.codes_per_weight).round_ties_even()
    }

    /// The weight of a code.
    #[must_use]
    pub fn weight(&self, code: f64) -> f64 {
        code / self.codes_per_weight
    }
}
