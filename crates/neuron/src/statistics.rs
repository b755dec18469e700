//! Mean, standard deviation and median of a slice of numbers.
//!
//! Numbers that do not exist are `None`: the mean and the median of no numbers, the standard deviation of fewer than two. NaN among
//! the numbers makes means and standard deviations NaN; the median counts it as the largest number, or as the smallest if its sign
//! is negative.
//!
//! Sums run from the first number to the last, so that the same numbers in the same order give the same bits.

/// The arithmetic mean; none of no numbers.
#[must_use]
pub fn mean(values: &[f64]) -> Option<f64> {
    (!values.is_empty()).then(|| values.iter().sum::<f64>() / values.len() as f64)
}

/// The sample standard deviation, `sqrt(sum (x - mean)^2 / (n - 1))`; none of fewer than two numbers.
#[must_use]
pub fn sample_sd(values: &[f64]) -> Option<f64> {
    let mean = mean(values).filter(|_| values.len() > 1)?;
    let squares: f64 = values.iter().map(|value| (value - mean) * (value - mean)).sum();
    Some((squares / (values.len() as f64 - 1.0)).sqrt())
}

/// The median, the mean of the two middle values of an even number; none of no numbers. It sorts the slice.
#[must_use]
pub fn median(values: &mut [f64]) -> Option<f64> {
    values.sort_unstable_by(f64::total_cmp);
    median_of_sorted(values)
}

/// The median of numbers in ascending order; none of no numbers.
#[must_use]
pub fn median_of_sorted(values: &[f64]) -> Option<f64> {
    let middle = values.len() / 2;
    match values.len() {
        0 => None,
        n if n % 2 == 0 => Some(0.5 * (values[middle - 1] + values[middle])),
        _ => Some(values[middle]),
    }
}

/// `1 / Φ⁻¹(3/4)`: the standard deviation of a normal distribution over its median absolute deviation.
const NORMAL: f64 = 1.4826;

/// What the standard deviation would be without outliers: 1.4826 times the median distance from the median; none of no numbers.
///
/// The slice holds the distances afterwards, in ascending order.
#[must_use]
pub fn robust_sd(values: &mut [f64]) -> Option<f64> {
    let middle = median(values)?;
    values.iter_mut().for_each(|value| *value = (*value - middle).abs());
    Some(NORMAL * median(values)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn few_numbers() {
        assert_eq!((mean(&[]), sample_sd(&[]), median(&mut []), robust_sd(&mut [])), (None, None, None, None));
        assert_eq!((mean(&[3.0]), sample_sd(&[3.0])), (Some(3.0), None));
        assert_eq!((median(&mut [3.0]), robust_sd(&mut [3.0])), (Some(3.0), Some(0.0)));
        assert_eq!((mean(&[1.0, 3.0]), sample_sd(&[1.0, 3.0])), (Some(2.0), Some(2.0_f64.sqrt())));
    }

    #[test]
    fn medians_of_odd_and_even_numbers() {
        assert_eq!(median(&mut [5.0, 1.0, 3.0]), Some(3.0));
        assert_eq!(median(&mut [5.0, 1.0, 3.0, 4.0]), Some(3.5));
        assert_eq!(median_of_sorted(&[1.0, 2.0, 4.0, 100.0]), Some(3.0));
        assert_eq!(median(&mut [f64::MAX; 3]), Some(f64::MAX));
        assert!(median(&mut [f64::NAN, 1.0]).is_some_and(f64::is_nan));
    }

    #[test]
    fn an_outlier_hardly_moves_the_robust_one() {
        let mut values: Vec<f64> = (0..101).map(f64::from).collect();
        let calm = robust_sd(&mut values.clone());
        values[100] = 1e9;
        assert_eq!(robust_sd(&mut values), calm);
    }
}
