//! Where learned numbers may lie, and how they are kept there.

use std::fmt;

use delgrad_neuron::math::{logit, sigmoid, sigmoid_in_place, softplus, softplus_inverse};
use serde::{Deserialize, Serialize};

/// Where learned numbers may lie, and how they are kept there: delays (Göltz et al. 2025, Methods), or constants of neurons.
///
/// ```
/// use delgrad_ttfs::ParameterRange;
///
/// let range = ParameterRange::between(0.5, 2.5);
/// assert_eq!(range.value(0.0), 1.5);
/// assert_eq!(range.parameter(1.5), Some(0.0));
/// assert_eq!(range.parameter(3.0), None);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub struct ParameterRange {
    /// Smallest value; at least 0 for a delay.
    pub min: f64,
    /// Largest value; default: no limit.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max: Option<f64>,
    /// From parameter to value; default: sigmoid where there is a largest value, softplus where there is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rule: Option<RangeRule>,
}

/// How a value `d` follows from its parameter `p`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RangeRule {
    /// `d = min + (max - min)/(1 + e^-p)`
    Sigmoid,
    /// `d = min + ln(1 + e^p)`
    Softplus,
    /// `d = p`; after every step a parameter outside goes to the nearer end.
    Clip,
    /// `d = p`; after every step all parameters of the group move up until the smallest is `min`.
    Shift,
}

/// Where learned delays may lie.
pub type DelayRange = ParameterRange;

/// How a delay follows from its parameter.
pub type DelayRule = RangeRule;

impl fmt::Display for ParameterRange {
    /// The values that there are parameters for, in words.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { min, max, .. } = self;
        match (self.rule(), max) {
            (RangeRule::Sigmoid | RangeRule::Softplus, Some(max)) => write!(f, "above {min} and below {max}"),
            (RangeRule::Sigmoid | RangeRule::Softplus, None) => write!(f, "above {min}"),
            (RangeRule::Clip | RangeRule::Shift, Some(max)) => write!(f, "from {min} to {max}"),
            (RangeRule::Clip | RangeRule::Shift, None) if *min == f64::NEG_INFINITY => write!(f, "of any size"),
            (RangeRule::Clip | RangeRule::Shift, None) => write!(f, "{min} or above"),
        }
    }
}

impl ParameterRange {
    /// Values between two limits, by the sigmoid.
    #[must_use]
    pub const fn between(min: f64, max: f64) -> Self {
        Self { min, max: Some(max), rule: None }
    }

    /// Values above a limit, by the softplus.
    #[must_use]
    pub const fn above(min: f64) -> Self {
        Self { min, max: None, rule: None }
    }

    /// Parameters that are the values, at least 0, by some rule.
    #[must_use]
    pub const fn direct(rule: RangeRule) -> Self {
        Self { min: 0.0, max: None, rule: Some(rule) }
    }

    /// Parameters that are the values, which may be any number.
    #[must_use]
    pub const fn unlimited() -> Self {
        Self { min: f64::NEG_INFINITY, max: None, rule: Some(RangeRule::Clip) }
    }

    /// The first number that is not valid for delays: its name, its value and what would be valid.
    #[must_use]
    pub fn invalid(&self) -> Option<(&'static str, f64, &'static str)> {
        if !(self.min.is_finite() && self.min >= 0.0) {
            return Some(("min", self.min, "a finite number, 0 or above"));
        }
        self.invalid_anywhere()
    }

    /// The same for a constant of neurons, which may have to be above 0.
    #[must_use]
    pub fn invalid_constant(&self, positive: bool) -> Option<(&'static str, f64, &'static str)> {
        let direct = self.is_direct();
        match self.rule() {
            RangeRule::Shift => Some(("min", self.min, "that of another rule than shift, which is for delays")),
            _ if positive && (self.min < 0.0 || direct && self.min == 0.0) => Some((
                "min",
                self.min,
                if direct { "a finite number above 0" } else { "a finite number, 0 or above" },
            )),
            _ => self.invalid_anywhere(),
        }
    }

    /// The same for values that may be negative.
    fn invalid_anywhere(&self) -> Option<(&'static str, f64, &'static str)> {
        let Self { min, max, rule } = *self;
        if !min.is_finite() {
            return Some(("min", min, "a finite number"));
        }
        match (max, rule) {
            (Some(max), _) if !(max.is_finite() && max > min) => Some(("max", max, "a finite number above min")),
            (Some(max), Some(RangeRule::Softplus)) => Some(("max", max, "left out with the rule softplus")),
            (Some(max), Some(RangeRule::Shift)) => Some(("max", max, "left out with the rule shift")),
            (None, Some(RangeRule::Sigmoid)) => Some(("max", f64::INFINITY, "given with the rule sigmoid")),
            _ => None,
        }
    }

    /// The rule, chosen by the limits where none is given.
    #[must_use]
    pub fn rule(&self) -> RangeRule {
        let by_limits = if self.max.is_some() { RangeRule::Sigmoid } else { RangeRule::Softplus };
        self.rule.unwrap_or(by_limits)
    }

    /// Whether parameters are the values.
    #[must_use]
    pub fn is_direct(&self) -> bool {
        matches!(self.rule(), RangeRule::Clip | RangeRule::Shift)
    }

    fn width(&self) -> f64 {
        self.max.unwrap_or(f64::INFINITY) - self.min
    }

    /// The value of a parameter.
    #[must_use]
    pub fn value(&self, p: f64) -> f64 {
        match self.rule() {
            RangeRule::Sigmoid => self.min + self.width() * sigmoid(p),
            RangeRule::Softplus => self.min + softplus(p),
            RangeRule::Clip | RangeRule::Shift => p,
        }
    }

    /// Derivative of the value by its parameter.
    #[must_use]
    pub fn slope(&self, p: f64) -> f64 {
        match self.rule() {
            RangeRule::Sigmoid => {
                let s = sigmoid(p);
                self.width() * s * (1.0 - s)
            }
            RangeRule::Softplus => sigmoid(p),
            RangeRule::Clip | RangeRule::Shift => 1.0,
        }
    }

    /// Writes the values of some parameters: the bits of [`ParameterRange::value`], in less time.
    pub(crate) fn values(&self, parameters: &[f64], values: &mut Vec<f64>) {
        values.clear();
        if self.rule() == RangeRule::Sigmoid {
            let (min, width) = (self.min, self.width());
            values.extend_from_slice(parameters);
            sigmoid_in_place(values);
            values.iter_mut().for_each(|d| *d = min + width * *d);
        } else {
            values.extend(parameters.iter().map(|p| self.value(*p)));
        }
    }

    /// Multiplies gradients of values by the derivatives of the values by their parameters, [`ParameterRange::slope`].
    pub(crate) fn lead_back(&self, parameters: &[f64], gradient: &mut [f64]) {
        if self.is_direct() {
            return;
        }
        let mut slopes = parameters.to_vec();
        sigmoid_in_place(&mut slopes);
        let width = self.width();
        let bounded = self.rule() == RangeRule::Sigmoid;
        for (gradient, s) in gradient.iter_mut().zip(slopes) {
            *gradient *= if bounded { width * s * (1.0 - s) } else { s };
        }
    }

    /// The parameter of a value; none if no parameter gives that value.
    #[must_use]
    pub fn parameter(&self, value: f64) -> Option<f64> {
        let above = value - self.min;
        let inside = above > 0.0 && above < self.width();
        match self.rule() {
            RangeRule::Sigmoid => inside.then(|| logit(above / self.width())).filter(|p| p.is_finite()),
            RangeRule::Softplus => inside.then(|| softplus_inverse(above)).filter(|p| p.is_finite()),
            RangeRule::Clip | RangeRule::Shift => (above >= 0.0 && above <= self.width()).then_some(value),
        }
    }

    /// The parameter of a value that was computed from one, alone or as part of the sum `whole`.
    ///
    /// A parameter far out gives the very end of a range, which no finite one gives back, and a sum takes digits of its parts with
    /// it. So what lies within rounding of a value inside has the parameter of that one.
    #[must_use]
    pub fn parameter_of_computed(&self, value: f64, whole: f64) -> Option<f64> {
        // Two sums, each rounded to half a unit, and as much again.
        let slack = (4.0 * f64::EPSILON * whole.abs()).max(f64::MIN_POSITIVE);
        [value, value + slack, value - slack].into_iter().find_map(|value| self.parameter(value))
    }

    /// Moves the parameters of a group back to where their values may lie.
    pub fn rectify(&self, parameters: &mut [f64]) {
        match self.rule() {
            RangeRule::Sigmoid | RangeRule::Softplus => {}
            RangeRule::Clip => {
                let max = self.max.unwrap_or(f64::INFINITY);
                parameters.iter_mut().for_each(|p| *p = p.max(self.min).min(max));
            }
            RangeRule::Shift => {
                let lowest = parameters.iter().copied().fold(self.min, f64::min);
                parameters.iter_mut().for_each(|p| *p += self.min - lowest);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RANGES: [DelayRange; 6] = [
        DelayRange::between(0.5, 4.0),
        DelayRange::above(0.2),
        DelayRange::direct(DelayRule::Clip),
        DelayRange { min: 0.0, max: Some(3.0), rule: Some(DelayRule::Clip) },
        DelayRange::direct(DelayRule::Shift),
        DelayRange::between(2.0, 3.5),
    ];

    #[test]
    fn slopes_are_the_derivatives() {
        const STEP: f64 = 1e-6;
        for range in RANGES {
            assert_eq!(range.invalid(), None);
            for p in [-3.0, -0.2, 0.0, 0.7, 5.0] {
                let difference = (range.value(p + STEP) - range.value(p - STEP)) / (2.0 * STEP);
                assert!((difference - range.slope(p)).abs() < 1e-9, "{range:?} at {p}");
            }
        }
    }

    #[test]
    fn many_at_once_are_the_same_bits() {
        let parameters: Vec<f64> = (-40..40).map(|n| f64::from(n) * 0.37).collect();
        for range in RANGES {
            let (mut delays, mut slopes) = (Vec::new(), vec![0.5; parameters.len()]);
            range.values(&parameters, &mut delays);
            range.lead_back(&parameters, &mut slopes);
            for (n, p) in parameters.iter().enumerate() {
                assert_eq!((delays[n], slopes[n]), (range.value(*p), 0.5 * range.slope(*p)), "{range:?} at {p}");
            }
        }
    }

    #[test]
    fn parameters_give_their_delays_back() {
        for range in RANGES {
            for delay in [2.001, 2.5, 2.999] {
                let parameter = range.parameter(delay).unwrap();
                assert!((range.value(parameter) - delay).abs() < 1e-14, "{range:?} {delay}");
            }
            assert_eq!(range.parameter(-0.1), None, "{range:?}");
            assert_eq!(range.parameter(f64::NAN), None, "{range:?}");
        }
        let sigmoid = DelayRange::between(2.0, 3.5);
        assert_eq!((sigmoid.parameter(1.9), sigmoid.parameter(3.6)), (None, None));
        assert_eq!(sigmoid.to_string(), "above 2 and below 3.5");
        // a parameter of 50 gives the end itself
        let end = sigmoid.value(50.0);
        assert_eq!(sigmoid.parameter(end), None);
        assert!((sigmoid.value(sigmoid.parameter_of_computed(end, end).unwrap()) - 3.5).abs() < 1e-14);
        assert_eq!(DelayRange::direct(DelayRule::Clip).parameter(0.0), Some(0.0));
        assert_eq!(DelayRange::above(2.0).parameter(1.5), None);
        assert_eq!(RANGES[3].parameter(3.0), Some(3.0));
        // digits that the sum has taken with it
        assert_eq!(DelayRange::above(0.0).parameter(-1e-16), None);
        assert!(DelayRange::above(0.0).parameter_of_computed(-1e-16, 1.0).is_some());
    }

    #[test]
    fn rectify_leaves_no_delay_outside() {
        let raw = [0.4, -0.3, 9.0];
        let rectified = |range: DelayRange| {
            let mut parameters = raw;
            range.rectify(&mut parameters);
            parameters
        };
        assert_eq!(rectified(RANGES[2]), [0.4, 0.0, 9.0]);
        assert_eq!(rectified(RANGES[3]), [0.4, 0.0, 3.0]);
        assert_eq!(rectified(RANGES[4]), [0.7, 0.0, 9.3]);
        assert_eq!(rectified(DelayRange { min: 0.5, ..RANGES[4] })[1], 0.5);
        assert_eq!(rectified(RANGES[0]), raw);
    }

    #[test]
    fn bad_ranges_are_named() {
        let invalid = |min, max, rule| DelayRange { min, max, rule }.invalid().unwrap();
        assert_eq!(invalid(-1.0, None, None), ("min", -1.0, "a finite number, 0 or above"));
        assert_eq!(invalid(1.0, Some(1.0), None), ("max", 1.0, "a finite number above min"));
        assert!(invalid(0.0, None, Some(DelayRule::Sigmoid)).2.contains("given with the rule sigmoid"));
        assert!(invalid(0.0, Some(1.0), Some(DelayRule::Softplus)).2.contains("left out with the rule softplus"));
        assert!(invalid(0.0, Some(1.0), Some(DelayRule::Shift)).2.contains("left out"));
        let read = |text: &str| serde_json::from_str::<DelayRange>(text);
        assert_eq!(read("{}").unwrap(), DelayRange::above(0.0));
        assert!(read(r#"{"scale": 2}"#).unwrap_err().to_string().contains("unknown field"));
    }
}
