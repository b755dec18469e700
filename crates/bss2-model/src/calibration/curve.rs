//! Curves through samples.

use delgrad_neuron::math;

/// The factor with which a curve fits the values best, and the sum of squares that it explains.
///
/// `a = sum(y k) / sum(k k)`, which explains `sum(y k)^2 / sum(k k)`.
pub fn factor(values: &[f64], mut curve: impl FnMut(usize) -> f64) -> (f64, f64) {
    let (mut cross, mut square) = (0.0, 0.0);
    for (n, value) in values.iter().enumerate() {
        let k = curve(n);
        cross += value * k;
        square += k * k;
    }
    if square > 0.0 { (cross / square, cross * cross / square) } else { (0.0, 0.0) }
}

/// Points of the first search.
const GRID: u32 = 11;
/// Golden sections of the interval around the best of them: 1/2200 of it is left.
const SECTIONS: u32 = 16;

/// The argument between `low` and `high`, both above 0, with the largest `score`: a grid in the logarithm, then golden sections
/// around its best point.
pub fn largest(low: f64, high: f64, mut score: impl FnMut(f64) -> f64) -> f64 {
    let golden = 0.5 * (5.0_f64.sqrt() - 1.0);
    let (start, width) = (math::ln(low), math::ln(high / low));
    let step = width / f64::from(GRID - 1);
    let point = |n: u32| start + step * f64::from(n);
    let mut best = (0, f64::NEG_INFINITY);
    for n in 0..GRID {
        let found = score(math::exp(point(n)));
        if found > best.1 {
            best = (n, found);
        }
    }
    let (mut left, mut right) = (point(best.0.saturating_sub(1)), point((best.0 + 1).min(GRID - 1)));
    let (mut a, mut b) = (right - golden * (right - left), left + golden * (right - left));
    let (mut at_a, mut at_b) = (score(math::exp(a)), score(math::exp(b)));
    for _ in 0..SECTIONS {
        if at_a >= at_b {
            (right, b, at_b) = (b, a, at_a);
            a = right - golden * (right - left);
            at_a = score(math::exp(a));
        } else {
            (left, a, at_a) = (a, b, at_b);
            b = left + golden * (right - left);
            at_b = score(math::exp(b));
        }
    }
    math::exp(0.5 * (left + right))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_constants_of_decays_come_back() {
        for tau in [0.7, 6.0, 41.0] {
            let decay = |tau: f64, n: usize| math::exp(-0.3 * n as f64 / tau);
            let values: Vec<f64> = (0..100).map(|n| 70.0 * decay(tau, n)).collect();
            let found = largest(0.3, 120.0, |tau| factor(&values, |n| decay(tau, n)).1);
            assert!((found / tau - 1.0).abs() < 5e-4, "{found}, {tau}");
            assert!((factor(&values, |n| decay(found, n)).0 - 70.0).abs() < 0.05);
        }
    }

    #[test]
    fn nothing_is_no_panic() {
        assert_eq!(factor(&[0.0; 4], |_| 0.0), (0.0, 0.0));
        assert!(largest(1.0, 10.0, |_| f64::NAN).is_finite());
    }
}
