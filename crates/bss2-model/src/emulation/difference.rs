//! How the spikes of a chip differ from those of the ideal model.

use delgrad_neuron::statistics;
use serde::Serialize;

/// How spikes on a chip differ from those of the ideal model: spikes of a neuron are compared in their order.
///
/// ```
/// use delgrad_bss2::emulation::SpikeDifference;
///
/// let ideal: [&[f64]; 2] = [&[1.0, 3.0], &[2.0]];
/// let chip: [&[f64]; 2] = [&[1.5], &[2.25, 4.0]];
/// let difference = SpikeDifference::of(ideal.into_iter().zip(chip));
/// assert_eq!((difference.matched, difference.missing, difference.extra), (2, 1, 1));
/// assert_eq!(difference.median, Some(0.375));
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
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
    /// Median of chip - ideal; none if there is no such spike.
    pub median: Option<f64>,
    /// What the standard deviation would be without outliers: 1.4826 times the median distance from the median; none for less than
    /// two spikes.
    pub robust_sd: Option<f64>,
}

impl SpikeDifference {
    /// Compares the spike times of each neuron, ascending: ideal, then on the chip. The n-th spike of one is the n-th of the other.
    pub fn of<'a>(neurons: impl IntoIterator<Item = (&'a [f64], &'a [f64])>) -> Self {
        Self::within(neurons, f64::INFINITY)
    }

    /// The same, but spikes further apart than `window` are not the same one: one of them is missing or extra.
    pub fn within<'a>(neurons: impl IntoIterator<Item = (&'a [f64], &'a [f64])>, window: f64) -> Self {
        let mut found = Self::default();
        let mut differences = Vec::new();
        for (ideal, chip) in neurons {
            for pair in matched(ideal, chip, window) {
                match pair {
                    (Some(ideal), Some(chip)) => differences.push(chip - ideal),
                    (Some(_), None) => found.missing += 1,
                    _ => found.extra += 1,
                }
            }
        }
        found.summarise(differences)
    }

    /// Compares first spikes, one a neuron; infinite times are no spikes.
    pub fn of_first(ideal: &[f64], chip: &[f64]) -> Self {
        Self::of(ideal.iter().zip(chip).map(|(ideal, chip)| (first(ideal), first(chip))))
    }

    /// The same with times in units of `unit`.
    #[must_use]
    pub fn in_units_of(self, unit: f64) -> Self {
        let [mean, sd, median, robust_sd] =
            [self.mean, self.sd, self.median, self.robust_sd].map(|time| time.map(|time| time / unit));
        Self { mean, sd, median, robust_sd, ..self }
    }

    fn summarise(self, mut differences: Vec<f64>) -> Self {
        Self {
            matched: differences.len() as u64,
            mean: statistics::mean(&differences),
            sd: statistics::sample_sd(&differences),
            median: statistics::median(&mut differences),
            robust_sd: statistics::robust_sd(&mut differences).filter(|_| differences.len() > 1),
            ..self
        }
    }
}

/// Matches the spikes of two trains, ascending, in their order. Those further apart than `window` stay alone.
#[must_use]
pub fn matched(ideal: &[f64], chip: &[f64], window: f64) -> Vec<(Option<f64>, Option<f64>)> {
    let (mut ideal, mut chip) = (ideal.iter().copied().peekable(), chip.iter().copied().peekable());
    let mut pairs = Vec::new();
    loop {
        pairs.push(match (ideal.peek(), chip.peek()) {
            (None, None) => return pairs,
            (Some(first), Some(other)) if other - first > window => (ideal.next(), None),
            (Some(first), Some(other)) if first - other > window => (None, chip.next()),
            _ => (ideal.next(), chip.next()),
        });
    }
}

/// A first spike as a train.
fn first(time: &f64) -> &[f64] {
    if time.is_finite() { std::slice::from_ref(time) } else { &[] }
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
    fn a_window_tells_missing_spikes_from_late_ones() {
        let (ideal, chip) = ([1.0, 2.0, 3.0], [2.1, 3.1, 9.0]);
        assert_eq!(SpikeDifference::of([(&ideal[..], &chip[..])]).matched, 3);
        let difference = SpikeDifference::within([(&ideal[..], &chip[..])], 0.5);
        assert_eq!((difference.matched, difference.missing, difference.extra), (2, 1, 1));
        assert!((difference.median.unwrap() - 0.1).abs() < 1e-12);
        assert_eq!(matched(&ideal, &[], 1.0), ideal.map(|time| (Some(time), None)));
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
