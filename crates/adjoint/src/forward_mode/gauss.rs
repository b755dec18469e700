//! Gauss's rule.

/// Points in the middle of `[-1, 1]` and to the right, and their weights.
const RULE: [(f64, f64); 4] = [
    (0.183_434_642_495_649_8, 0.362_683_783_378_362),
    (0.525_532_409_916_329, 0.313_706_645_877_887_3),
    (0.796_666_477_413_626_7, 0.222_381_034_453_374_48),
    (0.960_289_856_497_536_3, 0.101_228_536_290_376_26),
];

/// `∫ f dt` from `from` to `to` for both numbers that `f` gives: exact for polynomials of degree 15.
pub(super) fn integrate(from: f64, to: f64, f: &mut dyn FnMut(f64) -> (f64, f64)) -> (f64, f64) {
    let (middle, half) = (0.5 * (from + to), 0.5 * (to - from));
    let mut sum = (0.0, 0.0);
    for (point, weight) in RULE {
        for time in [middle - half * point, middle + half * point] {
            let (value, tangent) = f(time);
            sum.0 += weight * half * value;
            sum.1 += weight * half * tangent;
        }
    }
    sum
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn polynomials_are_exact() {
        for degree in 0..16 {
            let found = integrate(0.5, 2.0, &mut |t| (t.powi(degree), 1.0));
            let exact = (2.0_f64.powi(degree + 1) - 0.5_f64.powi(degree + 1)) / f64::from(degree + 1);
            assert!((found.0 / exact - 1.0).abs() < 1e-14, "{degree}: {found:?} {exact}");
            assert!((found.1 - 1.5).abs() < 1e-15);
        }
    }
}
