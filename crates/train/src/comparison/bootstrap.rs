use delgrad_engine::random::stream;
use delgrad_neuron::statistics::mean;
use rand::RngExt;
use statrs::distribution::{ContinuousCDF, Normal};
use xxhash_rust::xxh3::xxh3_64;

use super::description::CONFIDENCE;
use crate::purposes;

const RESAMPLES: usize = 10_000;

/// Interval of the mean, bias-corrected and accelerated (Efron 1987); none of fewer than two values.
///
/// With z₀ = Φ⁻¹(share of resampled means below the mean) and `a` from the jackknife, its ends are the quantiles
/// `Φ(z₀ + (z₀ + z)/(1 - a(z₀ + z)))` of the resampled means, at z = Φ⁻¹ of both ends.
pub(super) fn bootstrap_interval(values: &[f64]) -> Option<[f64; 2]> {
    let centre = mean(values).filter(|_| values.len() > 1)?;
    let spread = values.iter().any(|value| value != &values[0]);
    if !spread {
        return Some([values[0]; 2]);
    }
    let bytes: Vec<u8> = values.iter().flat_map(|value| value.to_le_bytes()).collect();
    let mut rng = stream(xxh3_64(&bytes), purposes::RESAMPLES, 0);
    let mut means: Vec<f64> = (0..RESAMPLES)
        .map(|_| {
            let sum: f64 = (0..values.len()).map(|_| values[rng.random_range(0..values.len())]).sum();
            sum / values.len() as f64
        })
        .collect();
    means.sort_unstable_by(f64::total_cmp);
    let normal = Normal::standard();
    let below = means.partition_point(|mean| *mean < centre);
    let not_above = means.partition_point(|mean| *mean <= centre);
    let bias = normal.inverse_cdf((below + not_above) as f64 / (2 * RESAMPLES) as f64);
    // the mean of all but one value is linear in that value
    let deviations = values.iter().map(|value| value - centre);
    let (squares, cubes) = deviations.fold((0.0, 0.0), |(s, c), d| (s + d * d, c + d * d * d));
    let acceleration = cubes / (6.0 * squares * squares.sqrt());
    let end = |share: f64| {
        let z = bias + normal.inverse_cdf(share);
        quantile(&means, normal.cdf(bias + z / (1.0 - acceleration * z)))
    };
    let outside = 0.5 * (1.0 - CONFIDENCE);
    Some([end(outside), end(1.0 - outside)])
}

/// Between two of the sorted values, as far as the share says.
fn quantile(sorted: &[f64], share: f64) -> f64 {
    let place = share.clamp(0.0, 1.0) * (sorted.len() - 1) as f64;
    let low = place as usize;
    let high = (low + 1).min(sorted.len() - 1);
    sorted[low] + (place - low as f64) * (sorted[high] - sorted[low])
}
