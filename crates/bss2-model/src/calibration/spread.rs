//! Mean and standard deviation, before and after a calibration.

use delgrad_neuron::statistics::{mean, sample_sd};
use serde::{Deserialize, Serialize};

/// Mean and standard deviation of some numbers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Spread {
    /// Mean; 0 for no numbers.
    pub mean: f64,
    /// Standard deviation; 0 for fewer than two.
    pub sd: f64,
}

/// The same numbers before and after a calibration.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Deviations<T = Vec<f64>> {
    /// With the codes of an average circuit.
    pub before: T,
    /// With the calibrated codes.
    pub after: T,
}

impl Spread {
    /// Of some numbers.
    #[must_use]
    pub fn of(values: &[f64]) -> Self {
        Self { mean: mean(values).unwrap_or(0.0), sd: sample_sd(values).unwrap_or(0.0) }
    }
}

impl Deviations {
    pub(crate) fn spread(&self) -> Deviations<Spread> {
        Deviations { before: Spread::of(&self.before), after: Spread::of(&self.after) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spreads_of_few_numbers_are_numbers() {
        assert_eq!(Spread::of(&[]), Spread { mean: 0.0, sd: 0.0 });
        assert_eq!(Spread::of(&[3.0]), Spread { mean: 3.0, sd: 0.0 });
        assert_eq!(Spread::of(&[1.0, 3.0]), Spread { mean: 2.0, sd: 2.0_f64.sqrt() });
    }
}
