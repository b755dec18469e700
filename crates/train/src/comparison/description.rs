use delgrad_neuron::statistics::{mean, median, sample_sd};
use serde::Serialize;

use super::bootstrap::bootstrap_interval;
use super::student::quantile;

/// Of what share of all samples an interval holds the true mean.
pub const CONFIDENCE: f64 = 0.95;

/// Values in short.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Description {
    /// How many there are.
    pub n: usize,
    /// Their mean.
    pub mean: f64,
    /// Their sample standard deviation; none of a single one.
    pub sd: Option<f64>,
    /// The smallest one.
    pub min: f64,
    /// The middle one, or the mean of the two middle ones.
    pub median: f64,
    /// The largest one.
    pub max: f64,
    /// Interval of the mean with [`CONFIDENCE`], from Student's t distribution; none of a single value.
    pub t_interval: Option<[f64; 2]>,
    /// The same from a bootstrap: bias-corrected and accelerated (Efron 1987), 10,000 resamples.
    pub bootstrap_interval: Option<[f64; 2]>,
}

impl Description {
    /// Of at least one value; none of no values. The resamples of the bootstrap follow from the values alone.
    #[must_use]
    pub fn of(values: &[f64]) -> Option<Self> {
        let mean = mean(values)?;
        let (n, sd) = (values.len(), sample_sd(values));
        let mut sorted = values.to_vec();
        let median = median(&mut sorted)?;
        let interval = |sd: f64| {
            let half = quantile((n - 1) as f64, 0.5 + 0.5 * CONFIDENCE) * sd / (n as f64).sqrt();
            [mean - half, mean + half]
        };
        Some(Self {
            n,
            mean,
            sd,
            min: *sorted.first()?,
            median,
            max: *sorted.last()?,
            t_interval: sd.map(interval),
            bootstrap_interval: bootstrap_interval(values),
        })
    }
}
