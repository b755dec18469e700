//! Rules that keep delays positive.

use delgrad_neuron::math::{exp, sigmoid, softplus};
use serde::{Deserialize, Serialize};

/// How an effective delay `d` follows from its trained parameter `p` (Göltz et al. 2025, Methods).
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "rule", rename_all = "kebab-case", deny_unknown_fields)]
pub enum Positivity {
    /// `d = shift + scale / (1 + e^-p)`: bounded between `shift` and `shift + scale`.
    Sigmoid {
        /// Smallest delay, in units of time.
        #[serde(default)]
        shift: f64,
        /// Width of the range, in units of time.
        #[serde(default = "one")]
        scale: f64,
    },
    /// `d = shift + ln(1 + e^p)`: bounded below by `shift`.
    Softplus {
        /// Smallest delay, in units of time.
        #[serde(default)]
        shift: f64,
    },
    /// `d = p`; after every step negative parameters are set to 0.
    Clip,
    /// `d = p`; after every step all parameters of the group move up until the smallest is not negative.
    Shift,
}

fn one() -> f64 {
    1.0
}

impl Default for Positivity {
    fn default() -> Self {
        Self::Sigmoid { shift: 0.0, scale: 1.0 }
    }
}

impl Positivity {
    /// Effective delay of the parameter `p`.
    #[must_use]
    pub fn delay(self, p: f64) -> f64 {
        match self {
            Self::Sigmoid { shift, scale } => shift + scale * sigmoid(p),
            Self::Softplus { shift } => shift + softplus(p),
            Self::Clip | Self::Shift => p,
        }
    }

    /// Derivative of the effective delay with respect to `p`.
    #[must_use]
    pub fn slope(self, p: f64) -> f64 {
        match self {
            Self::Sigmoid { scale, .. } => {
                let s = sigmoid(p);
                scale * s * (1.0 - s)
            }
            Self::Softplus { .. } => 1.0 / (1.0 + exp(-p)),
            Self::Clip | Self::Shift => 1.0,
        }
    }

    /// Moves parameters back to where their delays are not negative.
    pub fn rectify(self, parameters: &mut [f64]) {
        match self {
            Self::Sigmoid { .. } | Self::Softplus { .. } => {}
            Self::Clip => parameters.iter_mut().for_each(|p| *p = p.max(0.0)),
            Self::Shift => {
                let lowest = parameters.iter().copied().fold(0.0, f64::min);
                parameters.iter_mut().for_each(|p| *p -= lowest);
            }
        }
    }

    /// The first invalid constant: its name, its value and what would be valid.
    pub(crate) fn invalid(self) -> Option<(&'static str, f64, &'static str)> {
        match self {
            Self::Sigmoid { shift, .. } | Self::Softplus { shift } if !(shift.is_finite() && shift >= 0.0) => {
                Some(("shift", shift, "finite and >= 0"))
            }
            Self::Sigmoid { scale, .. } if !(scale.is_finite() && scale > 0.0) => {
                Some(("scale", scale, "finite and > 0"))
            }
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slopes_are_the_derivatives() {
        const STEP: f64 = 1e-6;
        let rules = [
            Positivity::Sigmoid { shift: 2.0, scale: 1.5 },
            Positivity::Softplus { shift: 0.3 },
            Positivity::Clip,
            Positivity::Shift,
        ];
        for rule in rules {
            for p in [-3.0, -0.2, 0.0, 0.7, 5.0] {
                let difference = (rule.delay(p + STEP) - rule.delay(p - STEP)) / (2.0 * STEP);
                assert!((difference - rule.slope(p)).abs() < 1e-9, "{rule:?} at {p}");
            }
        }
    }

    #[test]
    fn rectify_leaves_no_negative_delay() {
        let raw = [0.4, -0.3, 0.1];
        let mut clipped = raw;
        Positivity::Clip.rectify(&mut clipped);
        assert_eq!(clipped, [0.4, 0.0, 0.1]);
        let mut shifted = raw;
        Positivity::Shift.rectify(&mut shifted);
        assert_eq!(shifted, [0.7, 0.0, 0.4]);
        let mut bounded = raw;
        Positivity::default().rectify(&mut bounded);
        assert_eq!(bounded, raw);
    }
}
