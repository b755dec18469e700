use delgrad_neuron::math::{logit, sigmoid, softplus, softplus_inverse};
use serde::{Deserialize, Serialize};

use crate::TrainError;
use crate::require::{require, require_non_negative};

/// Where learned delays may lie, and how they are kept there.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub struct DelayRange {
    /// Smallest delay, at least 0.
    pub min: f64,
    /// Largest delay; default: no limit.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max: Option<f64>,
    /// From parameter to delay; default: sigmoid where there is a largest delay, softplus where there is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rule: Option<DelayRule>,
}

/// How a delay `d` follows from its parameter `p`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DelayRule {
    /// `d = min + (max - min)/(1 + e^-p)`
    Sigmoid,
    /// `d = min + ln(1 + e^p)`
    Softplus,
    /// `d = p`; after every step a parameter outside goes to the nearer end.
    Clip,
}

impl DelayRange {
    /// Checks the numbers.
    ///
    /// # Errors
    /// Ends that are not in order, or a rule that they do not suit.
    pub fn validate(&self) -> Result<(), TrainError> {
        require_non_negative("delay-range.min", self.min)?;
        if let Some(max) = self.max {
            require(max.is_finite() && max > self.min, "delay-range.max", max, "a finite number above min")?;
            let fits = self.rule != Some(DelayRule::Softplus);
            require(fits, "delay-range.max", max, "left out with the rule softplus")?;
        }
        let fits = self.max.is_some() || self.rule != Some(DelayRule::Sigmoid);
        require(fits, "delay-range.max", f64::INFINITY, "given with the rule sigmoid")
    }

    /// The rule, chosen by the limits where none is given.
    #[must_use]
    pub fn rule(&self) -> DelayRule {
        let by_limits = if self.max.is_some() { DelayRule::Sigmoid } else { DelayRule::Softplus };
        self.rule.unwrap_or(by_limits)
    }

    fn width(&self) -> f64 {
        self.max.unwrap_or(f64::INFINITY) - self.min
    }

    /// The delay of a parameter.
    #[must_use]
    pub fn delay(&self, parameter: f64) -> f64 {
        match self.rule() {
            DelayRule::Sigmoid => self.min + self.width() * sigmoid(parameter),
            DelayRule::Softplus => self.min + softplus(parameter),
            DelayRule::Clip => parameter,
        }
    }

    /// Derivative of the delay by its parameter.
    #[must_use]
    pub fn slope(&self, parameter: f64) -> f64 {
        match self.rule() {
            DelayRule::Sigmoid => self.width() * (sigmoid(parameter) * sigmoid(-parameter)),
            DelayRule::Softplus => sigmoid(parameter),
            DelayRule::Clip => 1.0,
        }
    }

    /// The parameter of a delay. None if no parameter gives that delay.
    #[must_use]
    pub fn parameter(&self, delay: f64) -> Option<f64> {
        let above = delay - self.min;
        let inside = above > 0.0 && above < self.width();
        match self.rule() {
            DelayRule::Sigmoid => inside.then(|| logit(above / self.width())),
            DelayRule::Softplus => inside.then(|| softplus_inverse(above)),
            DelayRule::Clip => (above >= 0.0 && above <= self.width()).then_some(delay),
        }
    }

    /// Moves parameters back to where their delays may lie.
    pub fn rectify(&self, parameters: &mut [f64]) {
        if self.rule() == DelayRule::Clip {
            let max = self.max.unwrap_or(f64::INFINITY);
            parameters.iter_mut().for_each(|p| *p = p.max(self.min).min(max));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gradient_check::assert_gradient;

    const RANGES: [DelayRange; 4] = [
        DelayRange { min: 0.5, max: Some(4.0), rule: None },
        DelayRange { min: 0.2, max: None, rule: None },
        DelayRange { min: 0.0, max: None, rule: Some(DelayRule::Clip) },
        DelayRange { min: 0.0, max: Some(3.0), rule: Some(DelayRule::Clip) },
    ];

    #[test]
    fn slopes_are_derivatives_and_parameters_inverses() {
        for range in RANGES {
            range.validate().unwrap();
            for delay in [0.6, 1.0, 2.5] {
                let parameter = range.parameter(delay).unwrap();
                assert!((range.delay(parameter) - delay).abs() < 1e-14, "{range:?} {delay}");
                assert_gradient(&[parameter], &[range.slope(parameter)], |p| range.delay(p[0]));
            }
            assert_eq!(range.parameter(-0.1), None);
            assert_eq!(range.parameter(f64::NAN), None);
        }
        assert_eq!(RANGES[0].parameter(4.0), None);
        assert_eq!(RANGES[3].parameter(3.0), Some(3.0));
    }

    #[test]
    fn clipping_stays_inside() {
        let mut parameters = [-1.0, 0.5, 9.0];
        RANGES[3].rectify(&mut parameters);
        assert_eq!(parameters, [0.0, 0.5, 3.0]);
        RANGES[0].rectify(&mut parameters);
        assert_eq!(parameters, [0.0, 0.5, 3.0]);
    }

    #[test]
    fn bad_ranges_are_named() {
        let error = |min, max, rule| DelayRange { min, max, rule }.validate().unwrap_err().to_string();
        assert!(error(-1.0, None, None).starts_with("delay-range.min is -1"));
        assert!(error(1.0, Some(1.0), None).starts_with("delay-range.max is 1"));
        assert!(error(0.0, None, Some(DelayRule::Sigmoid)).contains("given with the rule sigmoid"));
        assert!(error(0.0, Some(1.0), Some(DelayRule::Softplus)).contains("left out with the rule softplus"));
    }
}
