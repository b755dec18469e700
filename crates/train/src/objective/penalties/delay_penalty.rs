use serde::{Deserialize, Serialize};

use crate::TrainError;
use crate::parameters::{ParameterGroup, ParameterLayout};
use crate::require::{require_finite, require_length, require_non_negative};

/// Pulls delays towards a common value: `strength` times the mean square of their distance from it.
///
/// ```text
/// R = strength/n sum_k (d_k - towards)^2      dR/dd_k = 2 strength (d_k - towards)/n
/// ```
///
/// With `towards = 0` this is the penalty of Göltz et al. 2025. It is added to the loss of every sample, so it acts in proportion
/// to the samples of a batch that have a loss at all.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct DelayPenalty {
    /// Strength, in units of the loss over time squared; zero or above.
    pub strength: f64,
    /// The delay that costs nothing, in the unit of the delays.
    #[serde(default)]
    pub towards: f64,
    /// What counts.
    #[serde(default)]
    pub of: Penalised,
}

/// What a [`DelayPenalty`] is on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Penalised {
    /// The delays as they act. Where lines of a layer share one, it counts once for each, as in DelGrad's public code.
    #[default]
    Delays,
    /// The parameters behind them.
    Parameters,
}

impl DelayPenalty {
    /// Checks the parameters.
    ///
    /// # Errors
    /// If `strength` is negative or a parameter is not finite.
    pub fn validate(&self) -> Result<(), TrainError> {
        require_non_negative("strength", self.strength)?;
        require_finite("towards", &[self.towards])
    }

    /// The penalty of all delays in a row; writes its gradient by them to `gradient`. Zero without delays.
    ///
    /// # Errors
    /// If `gradient` has another length than `delays`.
    pub fn evaluate(&self, delays: &[f64], gradient: &mut [f64]) -> Result<f64, TrainError> {
        require_length("gradient", gradient.len(), delays.len())?;
        if delays.is_empty() {
            return Ok(0.0);
        }
        let n = delays.len() as f64;
        let mut squares = 0.0;
        for (slope, &delay) in gradient.iter_mut().zip(delays) {
            let distance = delay - self.towards;
            squares += distance * distance;
            *slope = 2.0 * self.strength * distance / n;
        }
        Ok(self.strength * (squares / n))
    }

    /// The penalty of all learned delays of a network; writes its gradient by the parameters to their places in `gradient`.
    ///
    /// # Errors
    /// None in practice.
    pub(crate) fn of_parameters(
        &self,
        layout: &ParameterLayout,
        parameters: &[f64],
        gradient: &mut [f64],
    ) -> Result<f64, TrainError> {
        let groups = || layout.groups().iter().filter(|group| group.is_delays());
        let acting = self.of == Penalised::Delays;
        let copies = |group: &ParameterGroup| if acting { group.copies } else { 1 };
        let mut delays = Vec::new();
        for group in groups() {
            let values = if acting { group.values(parameters) } else { parameters[group.range.clone()].to_vec() };
            delays.extend(values.iter().flat_map(|delay| std::iter::repeat_n(*delay, copies(group))));
        }
        let mut by_delay = vec![0.0; delays.len()];
        let penalty = self.evaluate(&delays, &mut by_delay)?;
        let mut next = by_delay.into_iter();
        for group in groups() {
            for (index, slope) in group.range.clone().zip(group.slopes(parameters)) {
                let total: f64 = next.by_ref().take(copies(group)).sum();
                gradient[index] = if acting { total * slope } else { total };
            }
        }
        Ok(penalty)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gradient_check::assert_gradient;

    #[test]
    fn gradient_is_a_central_difference() {
        let penalty = DelayPenalty { strength: 0.7, towards: 1.5, of: Penalised::Delays };
        let (delays, mut gradient) = ([0.2, 1.5, 3.0], [9.0; 3]);
        penalty.evaluate(&delays, &mut gradient).unwrap();
        assert_eq!(gradient[1], 0.0);
        assert_gradient(&delays, &gradient, |delays| penalty.evaluate(delays, &mut [0.0; 3]).unwrap());
    }

    #[test]
    fn without_a_goal_it_is_a_mean_square() {
        let l2 = DelayPenalty { strength: 0.5, towards: 0.0, of: Penalised::Delays };
        let mut gradient = [9.0; 4];
        assert_eq!(l2.evaluate(&[1.0, 2.0, 0.0, -1.0], &mut gradient).unwrap(), 0.75);
        assert_eq!(gradient, [0.25, 0.5, 0.0, -0.25]);
    }

    #[test]
    fn bad_calls_are_errors() {
        let penalty = DelayPenalty { strength: 1.0, towards: 1.0, of: Penalised::Delays };
        assert_eq!(penalty.evaluate(&[], &mut []).unwrap(), 0.0);
        assert!(penalty.evaluate(&[1.0], &mut []).is_err());
        assert!(penalty.validate().is_ok());
        assert!(DelayPenalty { strength: -1.0, ..penalty }.validate().is_err());
        assert!(DelayPenalty { towards: f64::INFINITY, ..penalty }.validate().is_err());
        assert!(toml::from_str::<DelayPenalty>("strength = 1\ntowards = 0\nx = 1").is_err());
    }
}
