//! How the spikes of a chip differ from those of the ideal model.

/// How spikes on a chip differ from those of the ideal model: spikes of a neuron are compared in their order.
///
/// ```
/// use delgrad_bss2::SpikeDifference;
///
/// let ideal: [&[f64]; 2] = [&[1.0, 3.0], &[2.0]];
/// let chip: [&[f64]; 2] = [&[1.5], &[2.25, 4.0]];
/// let difference = SpikeDifference::of(ideal.into_iter().zip(chip));
/// assert_eq!((difference.matched, difference.missing, difference.extra), (2, 1, 1));
/// assert_eq!(difference.median, Some(0.375));
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct SpikeDifference {
    /// Spikes that both have.
    pub matched: u64,
    /// Spikes that only the ideal model has.
    pub missing: u64,
    /// Spikes that only the chip has.
    pub extra: u64,
    /// Mean of chip - ideal over the spikes that both have; none if there is no such spike.
    pub mean: Option<f64>,
    /// Standard deviation of chip - ideal; none for less than two spikes.
    pub sd: Option<f64>,
    /// Median of chip - ideal.
    pub median: Option<f64>,
    /// What the standard deviation would be without outliers: 1.4826 times the median distance from the median.
    pub robust_sd: Option<f64>,
}

/// The standard deviation of a normal distribution over its median absolute deviation.
const NORMAL: f64 = 1.4826;

impl SpikeDifference {
    /// Compares the spike times of each neuron, ascending: ideal, then on the chip.
    pub fn of<'a>(neurons: impl IntoIterator<Item = (&'a [f64], &'a [f64])>) -> Self {
        let mut found = Self::default();
        let mut differences = Vec::new();
        for (ideal, chip) in neurons {
            let matched = ideal.len().min(chip.len());
            found.missing += (ideal.len() - matched) as u64;
            found.extra += (chip.len() - matched) as u64;
            differences.extend(ideal.iter().zip(chip).map(|(ideal, chip)| chip - ideal));
        }
        found.summarise(differences)
    }

    /// Compares first spikes, one a neuron; infinite times are no spikes.
    pub fn of_first(ideal: &[f64], chip: &[f64]) -> Self {
        Self::of(ideal.iter().zip(chip).map(|(ideal, chip)| (first(ideal), first(chip))))
    }

    fn summarise(self, mut differences: Vec<f64>) -> Self {
        let count = differences.len() as f64;
        if differences.is_empty() {
            return self;
        }
        let mean = differences.iter().sum::<f64>() / count;
        let squares = differences.iter().map(|difference| (difference - mean).powi(2)).sum::<f64>();
        let median = median(&mut differences);
        differences.iter_mut().for_each(|difference| *difference = (*difference - median).abs());
        let spread = NORMAL * self::median(&mut differences);
        let several = count > 1.0;
        Self {
            matched: differences.len() as u64,
            mean: Some(mean),
            sd: several.then(|| (squares / (count - 1.0)).sqrt()),
            median: Some(median),
            robust_sd: several.then_some(spread),
            ..self
        }
    }
}

/// A first spike as a train.
fn first(time: &f64) -> &[f64] {
    if time.is_finite() { std::slice::from_ref(time) } else { &[] }
}

/// The median of at least one number; sorts them.
fn median(values: &mut [f64]) -> f64 {
    values.sort_unstable_by(f64::total_cmp);
    let (below, above) = (values[(values.len() - 1) / 2], values[values.len() / 2]);
    0.5 * (below + above)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn outliers_move_the_sd_but_not_the_robust_one() {
        let ideal = vec![0.0; 101];
        let mut chip: Vec<f64> = (0..101).map(|n| 0.01 * f64::from(n - 50)).collect();
        let calm = SpikeDifference::of_first(&ideal, &chip);
        chip[100] = 100.0;
        let wild = SpikeDifference::of_first(&ideal, &chip);
        assert_eq!((calm.median, calm.robust_sd), (wild.median, wild.robust_sd));
        assert!(wild.sd.unwrap() > 10.0 * calm.sd.unwrap());
        assert!((calm.sd.unwrap() - 0.293).abs() < 1e-3 && calm.mean.unwrap().abs() < 1e-12);
    }

    #[test]
    fn missing_and_extra_first_spikes_are_counted() {
        const NONE: f64 = f64::INFINITY;
        let difference = SpikeDifference::of_first(&[1.0, NONE, 2.0, NONE], &[1.5, 1.0, NONE, NONE]);
        assert_eq!((difference.matched, difference.missing, difference.extra), (1, 1, 1));
        assert_eq!((difference.mean, difference.sd), (Some(0.5), None));
        assert_eq!(SpikeDifference::of_first(&[NONE], &[NONE]), SpikeDifference::default());
    }
}
