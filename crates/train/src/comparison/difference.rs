use delgrad_neuron::statistics::{mean, sample_sd};
use serde::Serialize;

use super::description::CONFIDENCE;
use super::permutation::{flips, swaps};
use super::student::{quantile, two_sided};

/// How the means of two groups differ, and how often such a difference comes about by chance.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Difference {
    /// Mean of the first group less mean of the second.
    pub difference: f64,
    /// Interval of the difference with [`CONFIDENCE`].
    pub interval: [f64; 2],
    /// Test statistic of Student's t distribution.
    pub t: f64,
    /// Its degrees of freedom.
    pub freedom: f64,
    /// Two-sided p of the t test.
    pub p: f64,
    /// Two-sided p of a permutation test of the difference of means: all permutations where there are few, else 100,000.
    pub permutation_p: f64,
}

impl Difference {
    /// Of two groups without anything in common: Welch's test, for unequal variances. None with fewer than two values in either.
    #[must_use]
    pub fn welch(a: &[f64], b: &[f64]) -> Option<Self> {
        let part = |values: &[f64]| sample_sd(values).map(|sd| sd * sd / values.len() as f64);
        let (a_part, b_part) = (part(a)?, part(b)?);
        let variance = a_part + b_part;
        let freedom = variance * variance
            / (a_part * a_part / (a.len() as f64 - 1.0) + b_part * b_part / (b.len() as f64 - 1.0));
        Some(Self::of(mean(a)? - mean(b)?, variance.sqrt(), freedom, || swaps(a, b)))
    }

    /// Of two groups whose values belong together in pairs: the t test of their differences. None of fewer than two pairs.
    #[must_use]
    pub fn paired(a: &[f64], b: &[f64]) -> Option<Self> {
        let differences: Vec<f64> = a.iter().zip(b).map(|(a, b)| a - b).collect();
        let sd = sample_sd(&differences)?;
        let n = differences.len() as f64;
        Some(Self::of(mean(&differences)?, sd / n.sqrt(), n - 1.0, || flips(&differences)))
    }

    fn of(difference: f64, error: f64, freedom: f64, permutation_p: impl FnOnce() -> f64) -> Self {
        if error == 0.0 {
            // no spread: chance has no part in it
            let (t, p) = if difference == 0.0 { (0.0, 1.0) } else { (f64::INFINITY.copysign(difference), 0.0) };
            let permutation_p = permutation_p();
            return Self { difference, interval: [difference; 2], t, freedom: 0.0, p, permutation_p };
        }
        let half = quantile(freedom, 0.5 + 0.5 * CONFIDENCE) * error;
        let t = difference / error;
        Self {
            difference,
            interval: [difference - half, difference + half],
            t,
            freedom,
            p: two_sided(freedom, t),
            permutation_p: permutation_p(),
        }
    }
}

/// The same p values, corrected for their number: the probability that any of them is so small by chance stays what a single one says
/// (Holm 1979).
#[must_use]
pub fn holm(p: &[f64]) -> Vec<f64> {
    let mut order: Vec<usize> = (0..p.len()).collect();
    order.sort_by(|a, b| p[*a].total_cmp(&p[*b]));
    let mut corrected = vec![0.0; p.len()];
    let mut largest = 0.0_f64;
    for (rank, index) in order.into_iter().enumerate() {
        largest = largest.max(((p.len() - rank) as f64 * p[index]).min(1.0));
        corrected[index] = largest;
    }
    corrected
}
