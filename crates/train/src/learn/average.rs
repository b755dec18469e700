use delgrad_neuron::math::exp;
use serde::{Deserialize, Serialize};

use crate::experiment::Averaging;

/// The mean of parameters over the last steps; see [`Averaging`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Average {
    /// What a step before counts next to the one after it.
    decay: f64,
    /// What all steps so far have counted, of what endless ones would.
    weight: f64,
    sum: Vec<f64>,
}

impl Average {
    /// Before the first of so many steps an epoch, of so many parameters.
    pub fn new(config: Averaging, steps: usize, parameters: usize) -> Self {
        let decay = exp(-1.0 / (config.epochs * steps.max(1) as f64));
        Self { decay, weight: 0.0, sum: vec![0.0; parameters] }
    }

    /// Takes in the parameters after a step.
    pub fn add(&mut self, parameters: &[f64]) {
        let new = 1.0 - self.decay;
        self.weight = self.decay * self.weight + new;
        self.sum
            .iter_mut()
            .zip(parameters)
            .for_each(|(sum, parameter)| *sum = self.decay * *sum + new * parameter);
    }

    /// The mean; none before the first step.
    pub fn mean(&self) -> Option<Vec<f64>> {
        (self.weight > 0.0).then(|| self.sum.iter().map(|sum| sum / self.weight).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn later_steps_count_more() {
        let mut average = Average::new(Averaging { epochs: 0.5 }, 4, 1);
        assert_eq!(average.mean(), None);
        average.add(&[3.0]);
        assert!((average.mean().unwrap()[0] - 3.0).abs() < 1e-15);
        average.add(&[5.0]);
        let before = exp(-0.5);
        let expected = (3.0 * before + 5.0) / (before + 1.0);
        assert!((average.mean().unwrap()[0] - expected).abs() < 1e-14);
    }

    #[test]
    fn the_mean_of_what_stays_is_what_stays() {
        let mut average = Average::new(Averaging { epochs: 2.0 }, 10, 2);
        (0..1000).for_each(|_| average.add(&[1.5, -2.0]));
        let mean = average.mean().unwrap();
        assert!((mean[0] - 1.5).abs() < 1e-12 && (mean[1] + 2.0).abs() < 1e-12);
    }
}
