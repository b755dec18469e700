//! Rules that keep delays positive.

use delgrad_neuron::math::{exp, logit, sigmoid, softplus, softplus_inverse};
use serde::{Deserialize, Serialize};

/// How an effective delay `d` follows from its trained parameter `p` (Göltz et al. 2025, Methods).
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "rule", rename_all = "kebab-case", from = "Read")]
pub enum Positivity {
    /// `d = shift + scale / (1 + e^-p)`: bounded between `shift` and `shift + scale`.
    Sigmoid {
        /// Smallest delay, in units of time.
        shift: f64,
        /// Width of the range, in units of time.
        scale: f64,
    },
    /// `d = shift + ln(1 + e^p)`: bounded below by `shift`.
    Softplus {
        /// Smallest delay, in units of time.
        shift: f64,
    },
    /// `d = p`; after every step negative parameters are set to 0.
    Clip,
    /// `d = p`; after every step all parameters of the group move up until the smallest is not negative.
    Shift,
}

/// How a rule is read: its choices without constants are tables too, which refuse keys that they do not have.
#[derive(Deserialize)]
#[serde(tag = "rule", rename_all = "kebab-case", deny_unknown_fields)]
enum Read {
    Sigmoid {
        #[serde(default)]
        shift: f64,
        #[serde(default = "one")]
        scale: f64,
    },
    Softplus {
        #[serde(default)]
        shift: f64,
    },
    Clip {},
    Shift {},
}

impl From<Read> for Positivity {
    fn from(read: Read) -> Self {
        match read {
            Read::Sigmoid { shift, scale } => Self::Sigmoid { shift, scale },
            Read::Softplus { shift } => Self::Softplus { shift },
            Read::Clip {} => Self::Clip,
            Read::Shift {} => Self::Shift,
        }
    }
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

    /// The parameter of an effective delay; none if no parameter gives that delay.
    ///
    /// A parameter far out gives the very end of a range, which no finite one gives back: a delay within rounding of one
    /// inside has the parameter of that one.
    #[must_use]
    pub fn parameter(self, delay: f64) -> Option<f64> {
        let slack = (4.0 * f64::EPSILON * delay.abs()).max(f64::MIN_POSITIVE);
        [delay, delay + slack, delay - slack].into_iter().find_map(|delay| {
            let parameter = match self {
                Self::Sigmoid { shift, scale } => logit((delay - shift) / scale),
                Self::Softplus { shift } => softplus_inverse(delay - shift),
                Self::Clip | Self::Shift => Some(delay).filter(|delay| *delay >= 0.0)?,
            };
            parameter.is_finite().then_some(parameter)
        })
    }

    /// The delays that there are parameters for, in words.
    #[must_use]
    pub fn range(self) -> String {
        match self {
            Self::Sigmoid { shift, scale } => format!("above {shift} and below {}", shift + scale),
            Self::Softplus { shift } => format!("above {shift}"),
            Self::Clip | Self::Shift => "0 or above".to_owned(),
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
    fn parameters_give_their_delays_back() {
        for rule in [
            Positivity::Sigmoid { shift: 2.0, scale: 1.5 },
            Positivity::Softplus { shift: 2.0 },
            Positivity::Clip,
            Positivity::Shift,
        ] {
            for delay in [2.001, 2.7, 3.499] {
                let parameter = rule.parameter(delay).unwrap();
                assert!((rule.delay(parameter) - delay).abs() < 1e-14, "{rule:?} {delay}");
            }
            assert_eq!(rule.parameter(-0.1), None, "{rule:?}");
            assert_eq!(rule.parameter(f64::NAN), None, "{rule:?}");
        }
        let sigmoid = Positivity::Sigmoid { shift: 2.0, scale: 1.5 };
        assert_eq!((sigmoid.parameter(1.9), sigmoid.parameter(3.6)), (None, None));
        assert_eq!(sigmoid.range(), "above 2 and below 3.5");
        // a parameter of 50 gives the end itself
        assert!((sigmoid.delay(sigmoid.parameter(sigmoid.delay(50.0)).unwrap()) - 3.5).abs() < 1e-14);
        assert_eq!(Positivity::Clip.parameter(0.0), Some(0.0));
        assert_eq!(Positivity::Softplus { shift: 2.0 }.parameter(1.5), None);
    }

    #[test]
    fn rules_have_the_keys_of_their_kind_alone() {
        let read = |text: &str| serde_json::from_str::<Positivity>(text);
        assert_eq!(read(r#"{"rule": "clip"}"#).unwrap(), Positivity::Clip);
        assert_eq!(read(r#"{"rule": "sigmoid"}"#).unwrap(), Positivity::default());
        for text in [
            r#"{"rule": "clip", "scale": 2}"#,
            r#"{"rule": "shift", "shift": 2}"#,
            r#"{"rule": "softplus", "scale": 2}"#,
        ] {
            assert!(read(text).unwrap_err().to_string().contains("unknown field"), "{text}");
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
