//! Distributions have their moments and their limits.

use delgrad_engine::spec::{Distribution, LifSpec, NetworkSpec, PopulationSpec};

const DRAWS: u32 = 100_000;
/// A correct generator exceeds this once in 10^9 tests.
const STANDARD_ERRORS: f64 = 6.0;

fn draw(distribution: Distribution) -> Vec<f64> {
    let population = PopulationSpec::lif("p", DRAWS, LifSpec::default()).initial_v(distribution);
    let network = NetworkSpec::new().seed(11).population(population).build().unwrap();
    network.initial().iter().map(|state| state.v).collect()
}

/// `fourth` is the fourth central moment, from which the standard error of the variance follows.
fn assert_moments(draws: &[f64], mean: f64, variance: f64, fourth: f64) {
    let n = draws.len() as f64;
    let found_mean = draws.iter().sum::<f64>() / n;
    let found_variance = draws.iter().map(|x| (x - mean) * (x - mean)).sum::<f64>() / n;
    let mean_error = (variance / n).sqrt();
    assert!((found_mean - mean).abs() < STANDARD_ERRORS * mean_error, "mean {found_mean}, not {mean}");
    let variance_error = ((fourth - variance * variance) / n).sqrt();
    assert!(
        (found_variance - variance).abs() < STANDARD_ERRORS * variance_error,
        "variance {found_variance}, not {variance}"
    );
}

#[test]
fn normal() {
    assert_moments(&draw(Distribution::Normal { mean: -1.0, sd: 2.0 }), -1.0, 4.0, 48.0);
    assert!(draw(Distribution::Normal { mean: 3.0, sd: 0.0 }).iter().all(|&x| x == 3.0));
}

#[test]
fn uniform() {
    let draws = draw(Distribution::Uniform { low: 1.0, high: 4.0 });
    assert_moments(&draws, 2.5, 9.0 / 12.0, 81.0 / 80.0);
    assert!(draws.iter().all(|x| (1.0..4.0).contains(x)));
    assert!(draw(Distribution::Uniform { low: 2.0, high: 2.0 }).iter().all(|&x| x == 2.0));
}

#[test]
fn exponential() {
    let draws = draw(Distribution::Exponential { mean: 3.0 });
    assert_moments(&draws, 3.0, 9.0, 729.0);
    assert!(draws.iter().all(|&x| x >= 0.0));
}

#[test]
fn log_normal() {
    let draws = draw(Distribution::LogNormal { median: 2.0, sigma: 0.5 });
    // With q = e^(sigma^2) = e^0.25: mean = median sqrt(q), variance = mean^2 (q - 1), kurtosis = q^4 + 2 q^3 + 3 q^2 - 3.
    let q = 1.284_025_416_687_741_4_f64;
    let (mean, relative) = (2.0 * q.sqrt(), q - 1.0);
    let variance = mean * mean * relative;
    let kurtosis = q * q * q * q + 2.0 * q * q * q + 3.0 * q * q - 3.0;
    assert_moments(&draws, mean, variance, kurtosis * variance * variance);
    let below = draws.iter().filter(|&&x| x < 2.0).count() as f64 / f64::from(DRAWS);
    assert!((below - 0.5).abs() < STANDARD_ERRORS * 0.5 / f64::from(DRAWS).sqrt(), "{below}");
}

#[test]
fn clipped_normal() {
    // A half-normal: mean sqrt(2/pi), variance 1 - 2/pi, kurtosis 3.8691773.
    let draws = draw(Distribution::ClippedNormal { mean: 0.0, sd: 1.0, min: 0.0, max: f64::INFINITY });
    let mean = (2.0 / std::f64::consts::PI).sqrt();
    let variance = 1.0 - mean * mean;
    assert_moments(&draws, mean, variance, 3.869_177_3 * variance * variance);
    let draws = draw(Distribution::ClippedNormal { mean: 1.0, sd: 5.0, min: 0.5, max: 1.5 });
    assert!(draws.iter().all(|x| (0.5..=1.5).contains(x)));
    // Redrawn, not clamped: hardly any number is on the border.
    assert!(draws.iter().filter(|&&x| x == 0.5 || x == 1.5).count() < 3);
    assert!(
        draw(Distribution::ClippedNormal { mean: 1.0, sd: 0.0, min: 1.0, max: 1.0 }).iter().all(|&x| x == 1.0)
    );
}
