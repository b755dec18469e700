//! Which spike stands for which target spike.

/// Pairs spikes with targets in order, at the least cost: half the squared distance of each pair, and `alone` for each
/// spike or target without a partner. Gives for each spike the number of its target.
///
/// # Complexity
/// Spikes times targets.
pub(super) fn align(train: &[f64], target: &[f64], alone: f64) -> Vec<Option<usize>> {
    let (n, m) = (train.len(), target.len());
    let pair = |i: usize, j: usize| 0.5 * (train[i] - target[j]) * (train[i] - target[j]);
    // Least cost of the first i spikes and the first j targets.
    let mut cost = vec![vec![0.0; m + 1]; n + 1];
    for i in 0..=n {
        for j in 0..=m {
            let of_spike = if i > 0 { cost[i - 1][j] + alone } else { f64::INFINITY };
            let of_target = if j > 0 { cost[i][j - 1] + alone } else { f64::INFINITY };
            let of_both = if i > 0 && j > 0 { cost[i - 1][j - 1] + pair(i - 1, j - 1) } else { f64::INFINITY };
            if i > 0 || j > 0 {
                cost[i][j] = of_both.min(of_spike).min(of_target);
            }
        }
    }
    let mut partner = vec![None; n];
    let (mut i, mut j) = (n, m);
    while i > 0 && j > 0 {
        if cost[i][j] == cost[i - 1][j - 1] + pair(i - 1, j - 1) {
            (i, j) = (i - 1, j - 1);
            partner[i] = Some(j);
        } else if cost[i][j] == cost[i - 1][j] + alone {
            i -= 1;
        } else {
            j -= 1;
        }
    }
    partner
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn near_spikes_are_partners_and_far_ones_are_alone() {
        let alone = 0.125;
        assert_eq!(align(&[1.0, 2.0], &[1.1, 2.2], alone), [Some(0), Some(1)]);
        assert_eq!(align(&[0.2, 1.0, 2.0], &[1.1, 2.2], alone), [None, Some(0), Some(1)]);
        assert_eq!(align(&[2.0], &[1.1, 2.2], alone), [Some(1)]);
        assert_eq!(align(&[1.0], &[4.0], alone), [None]);
        // Two solitary ones cost 0.25: a pair at a distance of 0.7 is cheaper, one of 0.72 is not.
        assert_eq!(align(&[1.0], &[1.7], alone), [Some(0)]);
        assert_eq!(align(&[1.0], &[1.72], alone), [None]);
        assert_eq!(align(&[], &[1.0], alone), []);
        assert_eq!(align(&[1.0], &[], alone), [None]);
    }
}
