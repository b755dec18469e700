use std::ops::Range;

use serde::{Deserialize, Serialize};

use crate::TrainError;
use crate::require::{require, require_length, require_non_negative};

/// Which optimiser, and its constants; the defaults are PyTorch's.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case", rename_all_fields = "kebab-case", deny_unknown_fields)]
#[non_exhaustive]
pub enum OptimiserConfig {
    /// Adam: steps along the mean gradient, in units of its root mean square (Kingma and Ba 2015).
    Adam {
        /// Decay of the mean gradient for each step, in [0, 1).
        #[serde(default = "default_beta1")]
        beta1: f64,
        /// Decay of the mean square for each step, in [0, 1).
        #[serde(default = "default_beta2")]
        beta2: f64,
        /// Added to the root mean square, after its bias correction; above zero.
        #[serde(default = "default_epsilon")]
        epsilon: f64,
        /// Times the parameter, added to its gradient; zero or above.
        #[serde(default)]
        weight_decay: f64,
    },
    /// Stochastic gradient descent, with momentum or without.
    Sgd {
        /// Decay of the velocity for each step, in [0, 1); 0: no momentum.
        #[serde(default)]
        momentum: f64,
        /// Nesterov's form: step along the gradient plus the decayed velocity; needs momentum.
        #[serde(default)]
        nesterov: bool,
        /// Times the parameter, added to its gradient; zero or above.
        #[serde(default)]
        weight_decay: f64,
    },
}

fn default_beta1() -> f64 {
    0.9
}

fn default_beta2() -> f64 {
    0.999
}

fn default_epsilon() -> f64 {
    1e-8
}

impl Default for OptimiserConfig {
    /// Adam with PyTorch's constants.
    fn default() -> Self {
        Self::Adam { beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weight_decay: 0.0 }
    }
}

impl OptimiserConfig {
    /// Checks the constants.
    ///
    /// # Errors
    /// If one is out of its range.
    pub fn validate(&self) -> Result<(), TrainError> {
        let decay = |field, value: f64| require((0.0..1.0).contains(&value), field, value, "in [0, 1)");
        match *self {
            Self::Adam { beta1, beta2, epsilon, weight_decay } => {
                decay("beta1", beta1)?;
                decay("beta2", beta2)?;
                crate::require::require_positive("epsilon", epsilon)?;
                require_non_negative("weight-decay", weight_decay)
            }
            Self::Sgd { momentum, nesterov, weight_decay } => {
                decay("momentum", momentum)?;
                require(!nesterov || momentum > 0.0, "momentum", momentum, "above 0 with nesterov = true")?;
                require_non_negative("weight-decay", weight_decay)
            }
        }
    }
}

/// Parameters that share a learning rate. Parameters in no group are left alone.
#[derive(Clone, Debug, PartialEq)]
pub struct Group {
    /// Which parameters.
    pub range: Range<usize>,
    /// Their learning rate, before the schedule's factor.
    pub learning_rate: f64,
    /// Decoupled weight decay: besides its step, each parameter loses this share of itself times the learning rate.
    pub decay: f64,
}

/// An optimiser with its state. [`moments`](Self::moments) and [`resume`](Self::resume) carry it over to another one, with the same bits.
///
/// ```
/// use delgrad_train::learn::{Group, Optimiser, OptimiserConfig};
///
/// let mut optimiser = Optimiser::new(OptimiserConfig::default(), 2)?;
/// let mut parameters = [1.0, 1.0];
/// let groups = [Group { range: 0..2, learning_rate: 0.1, decay: 0.0 }];
/// optimiser.step(&mut parameters, &[3.0, -0.2], &groups, 1.0)?;
/// assert!((parameters[0] - 0.9).abs() < 1e-6 && (parameters[1] - 1.1).abs() < 1e-6);
/// # Ok::<(), delgrad_train::TrainError>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Optimiser {
    config: OptimiserConfig,
    moments: Moments,
}

/// What an optimiser has gathered from the gradients of all steps. For SGD `mean` is the velocity, and `mean_square` is empty.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Moments {
    steps: u64,
    /// `beta1^steps` and `beta2^steps`, by repeated multiplication.
    beta_powers: [f64; 2],
    mean: Vec<f64>,
    mean_square: Vec<f64>,
}

impl Optimiser {
    /// An optimiser that has made no step.
    ///
    /// # Errors
    /// See [`OptimiserConfig::validate`].
    pub fn new(config: OptimiserConfig, parameter_count: usize) -> Result<Self, TrainError> {
        let squares = if matches!(config, OptimiserConfig::Adam { .. }) { parameter_count } else { 0 };
        config.validate()?;
        let (mean, mean_square) = (vec![0.0; parameter_count], vec![0.0; squares]);
        Ok(Self { config, moments: Moments { steps: 0, beta_powers: [1.0; 2], mean, mean_square } })
    }

    /// What it has gathered so far.
    #[must_use]
    pub fn moments(&self) -> &Moments {
        &self.moments
    }

    /// Goes on from what an optimiser of the same kind has gathered.
    ///
    /// # Errors
    /// Moments of another kind of optimiser or of other parameters, and decays that are none. Nothing has changed then.
    pub fn resume(&mut self, moments: Moments) -> Result<(), TrainError> {
        require_length("mean", moments.mean.len(), self.moments.mean.len())?;
        require_length("mean-square", moments.mean_square.len(), self.moments.mean_square.len())?;
        for &power in &moments.beta_powers {
            require((0.0..=1.0).contains(&power), "beta-powers", power, "in [0, 1]")?;
        }
        self.moments = moments;
        Ok(())
    }

    /// The constants.
    #[must_use]
    pub fn config(&self) -> &OptimiserConfig {
        &self.config
    }

    /// Number of parameters.
    #[must_use]
    pub fn parameter_count(&self) -> usize {
        self.moments.mean.len()
    }

    /// Number of steps made.
    #[must_use]
    pub fn steps(&self) -> u64 {
        self.moments.steps
    }

    /// Moves the parameters of every group by one step, at its learning rate times `factor` (the schedule's).
    ///
    /// With g the gradient plus weight decay, η the rate, after step k, as PyTorch does:
    ///
    /// `Adam: m += (1-β₁)(g-m);  v = β₂v + (1-β₂)g²;  p -= η/(1-β₁ᵏ) · m / (√v/√(1-β₂ᵏ) + ε)`
    ///
    /// `SGD: u = μu + g;  p -= η u`, with Nesterov `p -= η (g + μu)`.
    ///
    /// A group's own decay λ does not enter the gradient: `p -= η λ p` before the step (Loshchilov and Hutter 2019).
    ///
    /// # Errors
    /// If a length does not fit, groups overlap or do not ascend, or a rate or gradient is not finite. Nothing has
    /// changed then.
    pub fn step(
        &mut self,
        parameters: &mut [f64],
        gradients: &[f64],
        groups: &[Group],
        factor: f64,
    ) -> Result<(), TrainError> {
        self.check(parameters, gradients, groups, factor)?;
        let Self { config, moments: Moments { steps, beta_powers, mean, mean_square } } = self;
        *steps += 1;
        for Group { range, learning_rate, decay } in groups.iter().filter(|group| group.decay != 0.0) {
            let kept = 1.0 - learning_rate * factor * decay;
            parameters[range.clone()].iter_mut().for_each(|parameter| *parameter *= kept);
        }
        match *config {
            OptimiserConfig::Adam { beta1, beta2, epsilon, weight_decay } => {
                beta_powers[0] *= beta1;
                beta_powers[1] *= beta2;
                let root_correction = (1.0 - beta_powers[1]).sqrt();
                for group in groups {
                    let step_size = group.learning_rate * factor / (1.0 - beta_powers[0]);
                    for i in group.range.clone() {
                        let gradient = gradients[i] + weight_decay * parameters[i];
                        mean[i] += (1.0 - beta1) * (gradient - mean[i]);
                        mean_square[i] = beta2 * mean_square[i] + (1.0 - beta2) * gradient * gradient;
                        parameters[i] -= step_size * mean[i] / (mean_square[i].sqrt() / root_correction + epsilon);
                    }
                }
            }
            OptimiserConfig::Sgd { momentum, nesterov, weight_decay } => {
                for group in groups {
                    let rate = group.learning_rate * factor;
                    for i in group.range.clone() {
                        let gradient = gradients[i] + weight_decay * parameters[i];
                        mean[i] = momentum * mean[i] + gradient;
                        parameters[i] -= rate * if nesterov { gradient + momentum * mean[i] } else { mean[i] };
                    }
                }
            }
        }
        Ok(())
    }

    fn check(
        &self,
        parameters: &[f64],
        gradients: &[f64],
        groups: &[Group],
        factor: f64,
    ) -> Result<(), TrainError> {
        require_length("parameters", parameters.len(), self.parameter_count())?;
        require_length("gradients", gradients.len(), self.parameter_count())?;
        require_non_negative("schedule factor", factor)?;
        let mut end = 0;
        for (group, Group { range, learning_rate, decay }) in groups.iter().enumerate() {
            if range.start < end || range.end < range.start || range.end > parameters.len() {
                let (start, end, parameters) = (range.start, range.end, parameters.len());
                return Err(TrainError::GroupRange { group, start, end, parameters });
            }
            end = range.end;
            require_non_negative("learning-rate", *learning_rate)?;
            require_non_negative("decay", *decay)?;
            if let Some(i) = gradients[range.clone()].iter().position(|gradient| !gradient.is_finite()) {
                let parameter = range.start + i;
                return Err(TrainError::GradientNotFinite { parameter, value: gradients[parameter] });
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
