//! Student's t distribution.

use statrs::distribution::{Continuous, ContinuousCDF, StudentsT};

/// Newton steps that take what the library finds to the last digits.
const STEPS: usize = 3;

fn distribution(freedom: f64) -> Option<StudentsT> {
    StudentsT::new(0.0, 1.0, freedom).ok()
}

/// The value that a share of all values of the distribution does not exceed; NaN without degrees of freedom.
pub(super) fn quantile(freedom: f64, share: f64) -> f64 {
    let Some(student) = distribution(freedom) else { return f64::NAN };
    let mut value = student.inverse_cdf(share);
    for _ in 0..STEPS {
        value -= (student.cdf(value) - share) / student.pdf(value);
    }
    value
}

/// How often values as far from 0 as this one come about by chance.
pub(super) fn two_sided(freedom: f64, t: f64) -> f64 {
    distribution(freedom).map_or(f64::NAN, |student| 2.0 * student.cdf(-t.abs()))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `scipy.stats.t.ppf(0.975, freedom)`.
    const QUANTILES: [(f64, f64); 8] = [
        (1.0, 12.706204736174694),
        (2.0, 4.302652729749462),
        (3.0, 3.1824463052837078),
        (4.5, 2.6589123472044034),
        (9.0, 2.262157162798205),
        (19.7, 2.0880017496109797),
        (99.0, 1.9842169515864174),
        (1e4, 1.960201239890626),
    ];

    #[test]
    fn quantiles_are_those_of_scipy() {
        for (freedom, expected) in QUANTILES {
            let found = quantile(freedom, 0.975);
            assert!((found / expected - 1.0).abs() < 1e-10, "{freedom}: {found} and {expected}");
            assert!((two_sided(freedom, expected) - 0.05).abs() < 1e-11);
        }
        assert!(quantile(0.0, 0.9).is_nan() && two_sided(0.0, 1.0).is_nan());
    }
}
