use delgrad_adjoint::Observable;

use crate::TrainError;
use crate::objective::{VanRossum, match_spikes};
use crate::require::{require_non_negative, require_positive};

/// How far spike trains are from their targets.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct PatternErrors {
    /// Largest distance of a spike from its target.
    pub distance: f64,
    /// Targets without a spike.
    pub missing: u32,
    /// Spikes without a target.
    pub surplus: u32,
}

impl PatternErrors {
    /// The errors of both together.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self {
            distance: self.distance.max(other.distance),
            missing: self.missing + other.missing,
            surplus: self.surplus + other.surplus,
        }
    }
}

/// The loss of spike trains with targets.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct PatternLoss {
    pub distance: VanRossum,
    pub strength: f64,
    pub tolerance: f64,
    pub missing: f64,
    pub surplus: f64,
}

impl PatternLoss {
    pub fn validate(&self) -> Result<(), TrainError> {
        self.distance.validate()?;
        require_non_negative("loss.strength", self.strength)?;
        require_positive("loss.tolerance", self.tolerance)?;
        require_non_negative("loss.missing", self.missing)?;
        require_non_negative("loss.surplus", self.surplus)
    }

    /// What a missing spike costs at a membrane's voltage, and the derivative by this: the squared form of the cost of a missed
    /// spike in Gütig and Sompolinsky, Nature Neuroscience 9, 420 (2006). Zero if the voltage is not below the threshold.
    pub fn pull(&self, voltage: f64, threshold: f64) -> (f64, f64) {
        let lack = (threshold - voltage).max(0.0);
        (0.5 * self.missing * lack * lack, -self.missing * lack)
    }

    /// Loss and errors of the train of one output; writes dL/dt of every spike to `slopes`.
    pub fn evaluate(
        &self,
        train: &[f64],
        target: &[f64],
        until: f64,
        slopes: &mut [f64],
    ) -> Result<(f64, PatternErrors, Vec<f64>), TrainError> {
        let assigned = assign(train, target);
        let pairs = assigned.iter().filter_map(|&(spike, goal)| Some((train[spike?] - target[goal?]).abs()));
        let mut errors = PatternErrors { distance: pairs.fold(0.0, f64::max), ..PatternErrors::default() };
        if train.len() == target.len() {
            let loss = self.strength * match_spikes(train, target, slopes)?;
            slopes.iter_mut().for_each(|slope| *slope *= self.strength);
            return Ok((loss, errors, Vec::new()));
        }
        let mut loss = self.distance.evaluate(train, target, slopes)?;
        let mut unmet = Vec::new();
        for (spike, goal) in assigned {
            match (spike, goal) {
                (None, Some(goal)) => {
                    errors.missing += 1;
                    unmet.push(target[goal]);
                }
                (Some(spike), None) => {
                    errors.surplus += 1;
                    loss += self.surplus * (until - train[spike]);
                    slopes[spike] -= self.surplus;
                }
                _ => {}
            }
        }
        Ok((loss, errors, unmet))
    }

    /// The voltage that counts for an unmet target, if it costs anything.
    pub fn observable(&self, neuron: u32, time: f64) -> Option<Observable> {
        (self.missing > 0.0).then_some(Observable::Voltage { neuron, time })
    }
}

/// Whether a train is its target within a tolerance.
pub(super) fn is_exact(errors: &PatternErrors, tolerance: f64) -> bool {
    errors.missing == 0 && errors.surplus == 0 && errors.distance <= tolerance
}

/// Pairs spikes with targets in their order, as many as there can be, so that the sum of distances is smallest. Each spike
/// and each target comes once, with its partner or without.
fn assign(train: &[f64], target: &[f64]) -> Vec<(Option<usize>, Option<usize>)> {
    // only the longer one has entries without a partner
    let swapped = train.len() < target.len();
    let (long, short) = if swapped { (target, train) } else { (train, target) };
    let (n, m) = (long.len(), short.len());
    // cost[i][j]: least sum of distances of the first i of the long one and j of the short one, all of which have partners
    let mut cost = vec![vec![f64::INFINITY; m + 1]; n + 1];
    cost[0][0] = 0.0;
    for i in 1..=n {
        for j in 0..=m.min(i) {
            if j > 0 {
                cost[i][j] = cost[i - 1][j - 1] + (long[i - 1] - short[j - 1]).abs();
            }
            if i > j {
                cost[i][j] = cost[i][j].min(cost[i - 1][j]);
            }
        }
    }
    let (mut i, mut j) = (n, m);
    let mut pairs = Vec::with_capacity(n);
    while i > 0 {
        let skipped = i > j && cost[i][j] == cost[i - 1][j];
        i -= 1;
        j -= usize::from(!skipped);
        let partner = (!skipped).then_some(j);
        pairs.push(if swapped { (partner, Some(i)) } else { (Some(i), partner) });
    }
    pairs.reverse();
    pairs
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spikes_take_the_nearest_targets_in_order() {
        let some = |(i, j): (i32, i32)| ((i >= 0).then_some(i as usize), (j >= 0).then_some(j as usize));
        let check = |train: &[f64], target: &[f64], expected: &[(i32, i32)]| {
            assert_eq!(assign(train, target), expected.iter().copied().map(some).collect::<Vec<_>>());
        };
        check(&[1.0, 5.0], &[1.1, 2.0, 4.9], &[(0, 0), (-1, 1), (1, 2)]);
        check(&[1.0, 2.0, 5.0], &[2.1, 4.0], &[(0, -1), (1, 0), (2, 1)]);
        check(&[1.0, 2.0], &[8.0, 9.0], &[(0, 0), (1, 1)]);
        check(&[], &[8.0], &[(-1, 0)]);
        check(&[8.0], &[], &[(0, -1)]);
        check(&[], &[], &[]);
    }

    const LOSS: PatternLoss = PatternLoss {
        distance: VanRossum { tau: 1.0 },
        strength: 2.0,
        tolerance: 0.01,
        missing: 1.0,
        surplus: 0.5,
    };

    #[test]
    fn errors_are_counted_and_surplus_spikes_pushed_away() {
        let mut slopes = [0.0; 2];
        let (loss, errors, unmet) = LOSS.evaluate(&[1.0, 2.5], &[1.0, 2.0], 10.0, &mut slopes).unwrap();
        assert_eq!((loss, errors.distance, unmet.len(), slopes), (0.25, 0.5, 0, [0.0, 1.0]));
        let (_, errors, unmet) = LOSS.evaluate(&[1.0, 2.5], &[0.9, 2.5, 7.0], 10.0, &mut slopes).unwrap();
        assert_eq!((errors.missing, errors.surplus, unmet), (1, 0, vec![7.0]));
        assert!((errors.distance - 0.1).abs() < 1e-15);
        let mut bare = [0.0; 2];
        LOSS.distance.evaluate(&[1.0, 7.0], &[1.0], &mut bare).unwrap();
        let (_, errors, unmet) = LOSS.evaluate(&[1.0, 7.0], &[1.0], 10.0, &mut slopes).unwrap();
        assert_eq!((errors.missing, errors.surplus, unmet.len()), (0, 1, 0));
        assert_eq!(slopes, [bare[0], bare[1] - 0.5]);
    }

    #[test]
    fn exact_means_all_spikes_within_the_tolerance() {
        let errors = PatternErrors { distance: 0.01, missing: 0, surplus: 0 };
        assert!(is_exact(&errors, 0.01) && !is_exact(&errors, 0.009));
        let both = errors.and(PatternErrors { distance: 0.02, missing: 1, surplus: 2 });
        assert_eq!(both, PatternErrors { distance: 0.02, missing: 1, surplus: 2 });
        assert!(!is_exact(&both, 0.1));
    }
}
