use delgrad_neuron::statistics::{mean, sample_sd};
use serde::Serialize;

use super::description::CONFIDENCE;
use super::student::{quantile, two_sided};

/// Whether values of two groups that belong together in pairs are spread differently: Pitman's and Morgan's test (1939), for normal
/// values.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct SpreadRatio {
    /// Standard deviation of the first group over that of the second.
    pub ratio: f64,
    /// Its interval with [`CONFIDENCE`].
    pub interval: [f64; 2],
    /// Two-sided p of equal standard deviations.
    pub p: f64,
}

impl SpreadRatio {
    /// None of fewer than three pairs, and where one of the groups has no spread.
    ///
    /// Sums and differences of pairs are uncorrelated if and only if the variances are equal. With the correlation `r` of the groups,
    /// `F` the ratio of their variances and `K = 1 + 2 (1 - r²) t²/(n - 2)`, the interval of the true one is `F (K ∓ √(K² - 1))`.
    #[must_use]
    pub fn paired(a: &[f64], b: &[f64]) -> Option<Self> {
        let n = a.len();
        if n < 3 || b.len() != n {
            return None;
        }
        let (a_sd, b_sd) = (sample_sd(a)?, sample_sd(b)?);
        if !(a_sd > 0.0 && b_sd > 0.0) {
            return None;
        }
        let (a_mean, b_mean) = (mean(a)?, mean(b)?);
        let products: f64 = a.iter().zip(b).map(|(a, b)| (a - a_mean) * (b - b_mean)).sum();
        let freedom = n as f64 - 2.0;
        let correlation = products / ((freedom + 1.0) * a_sd * b_sd);
        let ratio = a_sd / b_sd;
        // what the pairs do not share
        let own = (1.0 - correlation * correlation).max(0.0);
        let t_end = quantile(freedom, 0.5 + 0.5 * CONFIDENCE);
        let k = 1.0 + 2.0 * own * t_end * t_end / freedom;
        let root = (k * k - 1.0).sqrt();
        let interval = [k - root, k + root].map(|factor| ratio * factor.sqrt());
        let variances = ratio * ratio;
        let t = (variances - 1.0) * freedom.sqrt() / (2.0 * ratio * own.sqrt());
        let p = if variances == 1.0 { 1.0 } else { two_sided(freedom, t) };
        Some(Self { ratio, interval, p })
    }
}

#[cfg(test)]
mod tests {
    use delgrad_engine::random::{Purpose, normal, stream};

    use super::*;

    /// p is that of the correlation of sums and differences, `scipy.stats.pearsonr`.
    #[test]
    fn the_test_is_the_correlation_of_sums_and_differences() {
        let a = [1.0, 4.0, 2.5, 7.0, -3.0, 0.5];
        let b = [1.2, 2.0, 2.0, 3.1, 0.4, 1.9];
        let found = SpreadRatio::paired(&a, &b).unwrap();
        let sums: Vec<f64> = a.iter().zip(&b).map(|(a, b)| a + b).collect();
        let differences: Vec<f64> = a.iter().zip(&b).map(|(a, b)| a - b).collect();
        let covariance = |x: &[f64], y: &[f64]| {
            let (own, other) = (mean(x).unwrap(), mean(y).unwrap());
            x.iter().zip(y).map(|(x, y)| (x - own) * (y - other)).sum::<f64>() / 5.0
        };
        let r = covariance(&sums, &differences)
            / (covariance(&sums, &sums) * covariance(&differences, &differences)).sqrt();
        let t = r * (4.0 / (1.0 - r * r)).sqrt();
        assert!((found.p / two_sided(4.0, t) - 1.0).abs() < 1e-10, "{} {}", found.p, two_sided(4.0, t));
        assert!((found.ratio / (covariance(&a, &a) / covariance(&b, &b)).sqrt() - 1.0).abs() < 1e-12);
        let [low, high] = found.interval;
        assert!(low < found.ratio && found.ratio < high);
        assert_eq!(found.p < 0.05, !(low..=high).contains(&1.0));
        assert_eq!(SpreadRatio::paired(&a, &[1.0; 6]), None);
        assert_eq!(SpreadRatio::paired(&a[..2], &b[..2]), None);
        assert!(SpreadRatio::paired(&a, &a).unwrap().p == 1.0);
    }

    #[test]
    fn intervals_hold_the_true_ratio() {
        const TABLES: u64 = 4000;
        let mut held = 0;
        for table in 0..TABLES {
            let mut rng = stream(11, Purpose::new(0), table);
            let (a, b): (Vec<f64>, Vec<f64>) = (0..10)
                .map(|_| {
                    let shared = normal(&mut rng, 0.0, 1.0);
                    (2.0 * (shared + normal(&mut rng, 0.0, 1.0)), shared + normal(&mut rng, 0.0, 1.0))
                })
                .unzip();
            let [low, high] = SpreadRatio::paired(&a, &b).unwrap().interval;
            held += usize::from(low <= 2.0 && 2.0 <= high);
        }
        let share = held as f64 / TABLES as f64;
        assert!((share - CONFIDENCE).abs() < 0.012, "{share}");
    }
}
