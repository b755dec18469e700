//! What is known of mismatch before any recording: circuits of one kind are alike.

use crate::fit::coordinates::Coordinates;
use crate::fit::kind::Kind;
use crate::fit::options::FitOptions;

/// The share of a kind's precision that holds differences only: the mean over all circuits is held ten thousand times
/// more weakly than a circuit's difference from it. It is held at all so that a kind that nothing shows stays at 0.
const FREE_MEAN: f64 = 0.9999;

/// Gaussian priors of the coordinates around the mean of their kind, layers together.
pub(crate) struct Prior {
    /// Indices and standard deviation of each kind.
    kinds: Vec<(Vec<usize>, f64)>,
}

impl Prior {
    pub fn new(coordinates: &Coordinates, options: &FitOptions) -> Self {
        let kinds = Kind::ALL.into_iter().filter_map(|kind| Some((coordinates.of_kind(kind), options.sd(kind)?)));
        Self { kinds: kinds.filter(|(indices, _)| !indices.is_empty()).collect() }
    }

    /// `sum (v - FREE_MEAN mean)^2/2 sd^2`, up to terms of the mean alone.
    pub fn cost(&self, values: &[f64]) -> f64 {
        let kind = |(indices, sd): &(Vec<usize>, f64)| {
            let sum: f64 = indices.iter().map(|index| values[*index]).sum();
            let squares: f64 = indices.iter().map(|index| values[*index] * values[*index]).sum();
            0.5 * (squares - FREE_MEAN * sum * sum / indices.len() as f64) / (sd * sd)
        };
        self.kinds.iter().map(kind).sum()
    }

    /// Adds slope and curvature of the cost.
    pub fn add(&self, values: &[f64], matrix: &mut [f64], slope: &mut [f64]) {
        for (indices, sd) in &self.kinds {
            let (precision, count) = (1.0 / (sd * sd), indices.len() as f64);
            let mean = indices.iter().map(|index| values[*index]).sum::<f64>() / count;
            for index in indices {
                slope[*index] += precision * (values[*index] - FREE_MEAN * mean);
                let row = &mut matrix[index * values.len()..(index + 1) * values.len()];
                row[*index] += precision;
                indices.iter().for_each(|other| row[*other] -= precision * FREE_MEAN / count);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slope_and_curvature_are_the_derivatives_of_the_cost() {
        const STEP: f64 = 1e-3;
        let prior = Prior { kinds: vec![(vec![0, 2], 0.1), (vec![1, 3, 4], 2.0)] };
        let values = [0.3, -1.0, 0.1, 2.0, 0.7];
        let (mut matrix, mut slope) = (vec![0.0; 25], vec![0.0; 5]);
        prior.add(&values, &mut matrix, &mut slope);
        let cost = |moves: &[(usize, f64)]| {
            let mut values = values;
            moves.iter().for_each(|(index, step)| values[*index] += step);
            prior.cost(&values)
        };
        for i in 0..5 {
            let difference = (cost(&[(i, STEP)]) - cost(&[(i, -STEP)])) / (2.0 * STEP);
            assert!((difference - slope[i]).abs() < 1e-9, "{i}");
            for j in 0..5 {
                let mixed = |a, b| cost(&[(i, a), (j, b)]);
                let difference = mixed(STEP, STEP) - mixed(STEP, -STEP) - mixed(-STEP, STEP) + mixed(-STEP, -STEP);
                assert!((difference / (4.0 * STEP * STEP) - matrix[5 * i + j]).abs() < 1e-6, "{i} {j}");
            }
        }
    }
}
