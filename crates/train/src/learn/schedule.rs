use serde::{Deserialize, Serialize};

use crate::TrainError;
use crate::require::{require, require_positive};

/// How the learning rate changes from epoch to epoch, as a factor on every group's rate.
///
/// In its first `warm-up` epochs every schedule is multiplied by a linear ramp, `(epoch + 1) / (warm-up + 1)`.
/// Epochs count from 0 and the decay counts from the first epoch, warm-up or not.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case", rename_all_fields = "kebab-case", deny_unknown_fields)]
#[non_exhaustive]
pub enum Schedule {
    /// The rate stays.
    Constant {
        /// Epochs of the ramp; 0: none.
        #[serde(default)]
        warm_up: u32,
    },
    /// Times `factor` after each `every` epochs; DelGrad's recipe has 0.95 and 20.
    Step {
        /// Epochs between two changes, at least 1.
        every: u32,
        /// Factor of one change, above 0.
        factor: f64,
        /// Epochs of the ramp; 0: none.
        #[serde(default)]
        warm_up: u32,
    },
    /// Times `factor` at each of the `epochs`.
    MultiStep {
        /// First epochs with a new rate, ascending.
        epochs: Vec<u32>,
        /// Factor of one change, above 0.
        factor: f64,
        /// Epochs of the ramp; 0: none.
        #[serde(default)]
        warm_up: u32,
    },
    /// Times `factor` after every epoch.
    Exponential {
        /// Factor of one epoch, above 0.
        factor: f64,
        /// Epochs of the ramp; 0: none.
        #[serde(default)]
        warm_up: u32,
    },
    /// Half a cosine from 1 to `floor`: `floor + (1 - floor) (1 + cos(π epoch / epochs)) / 2`, then `floor`.
    Cosine {
        /// Length, at least 1; default: the whole run.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        epochs: Option<u32>,
        /// Last factor, in [0, 1].
        #[serde(default)]
        floor: f64,
        /// Epochs of the ramp; 0: none.
        #[serde(default)]
        warm_up: u32,
    },
}

impl Default for Schedule {
    /// The rate stays.
    fn default() -> Self {
        Self::Constant { warm_up: 0 }
    }
}

impl Schedule {
    /// Checks the parameters.
    ///
    /// # Errors
    /// If one is out of its range, or the epochs of a multi-step schedule do not ascend.
    pub fn validate(&self) -> Result<(), TrainError> {
        match self {
            Self::Constant { .. } => Ok(()),
            Self::Step { every, factor, .. } => {
                require(*every > 0, "every", f64::from(*every), "at least 1")?;
                require_positive("factor", *factor)
            }
            Self::MultiStep { epochs, factor, .. } => {
                for pair in epochs.windows(2) {
                    require(pair[0] < pair[1], "epochs", f64::from(pair[1]), "greater than the epoch before it")?;
                }
                require_positive("factor", *factor)
            }
            Self::Exponential { factor, .. } => require_positive("factor", *factor),
            Self::Cosine { epochs, floor, .. } => {
                require(*epochs != Some(0), "epochs", 0.0, "at least 1")?;
                require((0.0..=1.0).contains(floor), "floor", *floor, "in [0, 1]")
            }
        }
    }

    /// Factor on the learning rate in `epoch`, counted from 0, of a run of `epochs`.
    #[must_use]
    pub fn factor(&self, epoch: u32, epochs: u32) -> f64 {
        let decay = match self {
            Self::Constant { .. } => 1.0,
            Self::Step { every, factor, .. } => power(*factor, epoch.checked_div(*every).unwrap_or(0)),
            Self::MultiStep { epochs, factor, .. } => {
                power(*factor, epochs.iter().filter(|change| **change <= epoch).count() as u32)
            }
            Self::Exponential { factor, .. } => power(*factor, epoch),
            Self::Cosine { epochs: length, floor, .. } => {
                let length = length.unwrap_or(epochs);
                if epoch >= length {
                    *floor
                } else {
                    let phase = std::f64::consts::PI * (f64::from(epoch) / f64::from(length));
                    floor + (1.0 - floor) * 0.5 * (1.0 + libm::cos(phase))
                }
            }
        };
        let warm_up = self.warm_up();
        if epoch < warm_up { decay * (f64::from(epoch) + 1.0) / (f64::from(warm_up) + 1.0) } else { decay }
    }

    /// Whether the rate depends on how many epochs the run has.
    #[must_use]
    pub fn follows_run(&self) -> bool {
        matches!(self, Self::Cosine { epochs: None, .. })
    }

    /// Epochs of the ramp at the start.
    #[must_use]
    pub fn warm_up(&self) -> u32 {
        match self {
            Self::Constant { warm_up }
            | Self::Step { warm_up, .. }
            | Self::MultiStep { warm_up, .. }
            | Self::Exponential { warm_up, .. }
            | Self::Cosine { warm_up, .. } => *warm_up,
        }
    }
}

/// `base^exponent` by squaring: multiplications alone, the same bits on every machine.
fn power(mut base: f64, mut exponent: u32) -> f64 {
    let mut value = 1.0;
    while exponent > 0 {
        if exponent & 1 == 1 {
            value *= base;
        }
        base *= base;
        exponent >>= 1;
    }
    value
}

#[cfg(test)]
mod tests {
    use super::*;

    fn factors(text: &str, epochs: &[u32]) -> Vec<f64> {
        let schedule: Schedule = toml::from_str(text).unwrap();
        schedule.validate().unwrap();
        assert_eq!(toml::from_str::<Schedule>(&toml::to_string(&schedule).unwrap()).unwrap(), schedule);
        epochs.iter().map(|&epoch| schedule.factor(epoch, 8)).collect()
    }

    #[test]
    fn known_values() {
        assert_eq!(factors("kind = \"constant\"", &[0, 7]), [1.0, 1.0]);
        assert_eq!(
            factors("kind = \"step\"\nevery = 3\nfactor = 0.5", &[0, 2, 3, 5, 6, 9]),
            [1.0, 1.0, 0.5, 0.5, 0.25, 0.125]
        );
        let multi_step = "kind = \"multi-step\"\nepochs = [2, 5]\nfactor = 0.5";
        assert_eq!(factors(multi_step, &[1, 2, 4, 5, 9]), [1.0, 0.5, 0.5, 0.25, 0.25]);
        assert_eq!(factors("kind = \"exponential\"\nfactor = 0.5", &[0, 1, 5]), [1.0, 0.5, 1.0 / 32.0]);
        for (got, expected) in factors("kind = \"cosine\"\nfloor = 0.2", &[0, 2, 4, 8, 9]).iter().zip([
            1.0,
            0.6 + 0.4 * 0.5_f64.sqrt(),
            0.6,
            0.2,
            0.2,
        ]) {
            assert!((got - expected).abs() < 1e-15);
        }
        assert_eq!(factors("kind = \"cosine\"\nepochs = 3", &[3, 7]), [0.0, 0.0]);
    }

    #[test]
    fn warm_up_is_a_ramp_on_top() {
        assert_eq!(factors("kind = \"constant\"\nwarm-up = 3", &[0, 1, 2, 3, 4]), [0.25, 0.5, 0.75, 1.0, 1.0]);
        assert_eq!(factors("kind = \"exponential\"\nfactor = 0.5\nwarm-up = 1", &[0, 1, 2]), [0.5, 0.5, 0.25]);
    }

    #[test]
    fn the_recipe_of_delgrad() {
        let schedule = Schedule::Step { every: 20, factor: 0.95, warm_up: 0 };
        let mut expected = 1.0;
        for epoch in 0..300 {
            if epoch > 0 && epoch % 20 == 0 {
                expected *= 0.95;
            }
            assert!((schedule.factor(epoch, 300) / expected - 1.0).abs() < 1e-15);
        }
    }

    #[test]
    fn rejects_what_is_no_schedule() {
        let invalid = |schedule: Schedule| schedule.validate().unwrap_err().to_string();
        assert!(invalid(Schedule::Step { every: 0, factor: 0.5, warm_up: 0 }).contains("every is 0"));
        assert!(invalid(Schedule::Exponential { factor: 0.0, warm_up: 0 }).contains("factor is 0"));
        let unsorted = Schedule::MultiStep { epochs: vec![5, 2], factor: 0.5, warm_up: 0 };
        assert!(invalid(unsorted).contains("epochs is 2; it must be greater than the epoch before it"));
        assert!(invalid(Schedule::Cosine { epochs: Some(0), floor: 0.0, warm_up: 0 }).contains("epochs is 0"));
        assert!(invalid(Schedule::Cosine { epochs: None, floor: 2.0, warm_up: 0 }).contains("floor is 2"));
        assert!(toml::from_str::<Schedule>("kind = \"constant\"\nwarmup = 3").is_err());
        // Not validated, but still no panic.
        assert_eq!(Schedule::Step { every: 0, factor: 0.5, warm_up: 0 }.factor(3, 8), 1.0);
    }
}
