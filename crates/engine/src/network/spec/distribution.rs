use delgrad_neuron::math;
use rand::Rng;
use serde::{Deserialize, Serialize};

use super::error::{Field, SpecError};
use crate::random::{UNIFORM_WORDS, in_disc, normal, uniform};

/// The smallest part of a normal distribution that [`Distribution::ClippedNormal`] may keep: redrawing then takes 100
/// draws per number on average.
const LEAST_KEPT: f64 = 0.01;

/// A distribution that numbers are drawn from independently. In files: `{ normal = { mean = 1.0, sd = 0.1 } }`.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
#[non_exhaustive]
pub enum Distribution {
    /// Normal.
    Normal {
        /// Mean, finite.
        mean: f64,
        /// Standard deviation, at least 0.
        sd: f64,
    },
    /// Normal, drawn again until the number is inside an interval: a truncated normal distribution, whose mean and
    /// standard deviation differ from the two given here. The interval must hold at least 1 % of the whole.
    ClippedNormal {
        /// Mean of the whole, finite.
        mean: f64,
        /// Standard deviation of the whole, at least 0.
        sd: f64,
        /// Smallest number; default: no limit.
        #[serde(default = "minus_infinity", skip_serializing_if = "is_infinite")]
        min: f64,
        /// Largest number; default: no limit.
        #[serde(default = "infinity", skip_serializing_if = "is_infinite")]
        max: f64,
    },
    /// Uniform.
    Uniform {
        /// Lower end, which belongs to it.
        low: f64,
        /// Upper end, not below the lower one.
        high: f64,
    },
    /// The logarithm is normal: `median * e^(sigma * z)` with a standard normal `z`.
    LogNormal {
        /// Median, above 0. The mean is `median * e^(sigma^2/2)`.
        median: f64,
        /// Standard deviation of the logarithm, at least 0.
        sigma: f64,
    },
    /// Exponential.
    Exponential {
        /// Mean, above 0.
        mean: f64,
    },
}

fn minus_infinity() -> f64 {
    f64::NEG_INFINITY
}

fn infinity() -> f64 {
    f64::INFINITY
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
fn is_infinite(value: &f64) -> bool {
    value.is_infinite()
}

impl Distribution {
    /// Draws one number. The parameters must be valid.
    #[inline]
    pub(crate) fn draw<R: Rng + ?Sized>(&self, rng: &mut R) -> f64 {
        match *self {
            Self::Normal { mean, sd } => normal(rng, mean, sd),
            Self::ClippedNormal { mean, sd, min, max } => loop {
                let drawn = normal(rng, mean, sd);
                if (min..=max).contains(&drawn) {
                    return drawn;
                }
            },
            Self::Uniform { low, high } => low + (high - low) * uniform(rng),
            Self::LogNormal { median, sigma } => median * math::exp(sigma * normal(rng, 0.0, 1.0)),
            Self::Exponential { mean } => -mean * math::ln_1p(-uniform(rng)),
        }
    }

    /// Words of the stream that a number takes; none if that is random.
    pub(crate) fn words(&self) -> Option<u64> {
        match self {
            Self::Normal { .. } | Self::ClippedNormal { .. } | Self::LogNormal { .. } => None,
            Self::Uniform { .. } | Self::Exponential { .. } => Some(UNIFORM_WORDS),
        }
    }

    /// Passes over one number.
    #[inline]
    pub(crate) fn pass<R: Rng + ?Sized>(&self, rng: &mut R) {
        match self {
            Self::Normal { .. } | Self::LogNormal { .. } => {
                in_disc(rng);
            }
            Self::ClippedNormal { .. } | Self::Uniform { .. } | Self::Exponential { .. } => {
                self.draw(rng);
            }
        }
    }

    /// Whether it has negative numbers.
    pub(crate) fn reaches_below_zero(&self) -> bool {
        match *self {
            Self::Normal { .. } => true,
            Self::ClippedNormal { min, .. } => min < 0.0,
            Self::Uniform { low, .. } => low < 0.0,
            Self::LogNormal { .. } | Self::Exponential { .. } => false,
        }
    }

    pub(crate) fn check(&self, field: &Field<'_>) -> Result<(), SpecError> {
        let require = |allowed: bool, parameter: &'static str, value: f64, valid: &'static str| {
            if allowed { Ok(()) } else { Err(field.distribution(parameter, value, valid)) }
        };
        let finite = |parameter, value: f64| require(value.is_finite(), parameter, value, "a finite number");
        let spread = |parameter, value: f64| {
            require(value >= 0.0 && value.is_finite(), parameter, value, "finite and at least 0")
        };
        let positive = |parameter, value: f64| {
            require(value > 0.0 && value.is_finite(), parameter, value, "finite and above 0")
        };
        match *self {
            Self::Normal { mean, sd } => finite("mean", mean).and(spread("sd", sd)),
            Self::ClippedNormal { mean, sd, min, max } => {
                finite("mean", mean)?;
                spread("sd", sd)?;
                require(!min.is_nan() && min < f64::INFINITY, "min", min, "a number below infinity")?;
                require(max >= min && max > f64::NEG_INFINITY, "max", max, "a number not below min")?;
                let kept = part_between(mean, sd, min, max);
                if kept >= LEAST_KEPT { Ok(()) } else { Err(field.unreachable(min, max, kept)) }
            }
            Self::Uniform { low, high } => {
                finite("low", low)?;
                finite("high", high)?;
                require(high >= low, "high", high, "a number not below low")?;
                require((high - low).is_finite(), "high", high, "a number at a finite distance from low")
            }
            Self::LogNormal { median, sigma } => positive("median", median).and(spread("sigma", sigma)),
            Self::Exponential { mean } => positive("mean", mean),
        }
    }
}

/// Part of a normal distribution between two ends.
fn part_between(mean: f64, sd: f64, min: f64, max: f64) -> f64 {
    if sd == 0.0 {
        return if (min..=max).contains(&mean) { 1.0 } else { 0.0 };
    }
    let above = |end: f64| 0.5 * libm::erfc((end - mean) / sd * std::f64::consts::FRAC_1_SQRT_2);
    above(min) - above(max)
}
