use serde::Serialize;
use statrs::distribution::{ChiSquared, ContinuousCDF, FisherSnedecor};

use super::description::CONFIDENCE;
use super::difference::Difference;
use super::student::{quantile, two_sided};

/// Values of two crossed causes, such as chips and initialisations, each pair of them once: their mean, and how much of their spread
/// comes from which cause.
///
/// The model is `x_ij = mean + row_i + column_j + rest_ij`, all of them random and independent; the rest holds what rows and columns do
/// only together.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Crossed {
    /// The mean of all values.
    pub mean: f64,
    /// Interval of the mean with [`CONFIDENCE`], for other rows and other columns: Student's t with Satterthwaite's degrees of freedom.
    pub interval: [f64; 2],
    /// Two-sided p of a mean of 0.
    pub p: f64,
    /// Of the rows.
    pub rows: Component,
    /// Of the columns.
    pub columns: Component,
    /// Of what is left.
    pub rest: Component,
}

/// The part of a variance that one cause brings.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Component {
    /// Estimate of the variance from mean squares; below 0 where chance has it so.
    pub variance: f64,
    /// Its interval with [`CONFIDENCE`], of which what lies below 0 is cut off: modified large samples (Ting et al. 1990) for rows and
    /// columns, χ² for the rest.
    pub interval: [f64; 2],
}

impl Component {
    /// The standard deviation, 0 where the variance is below.
    #[must_use]
    pub fn sd(&self) -> f64 {
        self.variance.max(0.0).sqrt()
    }

    /// Its interval.
    #[must_use]
    pub fn sd_interval(&self) -> [f64; 2] {
        self.interval.map(f64::sqrt)
    }
}

impl Crossed {
    /// Of values row by row. None of fewer than two rows or columns, and of rows of different lengths.
    #[must_use]
    pub fn of(values: &[Vec<f64>]) -> Option<Self> {
        let (a, b) = (values.len(), values.first()?.len());
        if a < 2 || b < 2 || values.iter().any(|row| row.len() != b) {
            return None;
        }
        let (rows, columns) = (a as f64, b as f64);
        let mean = values.iter().flatten().sum::<f64>() / (rows * columns);
        let row_means: Vec<f64> = values.iter().map(|row| row.iter().sum::<f64>() / columns).collect();
        let column_means: Vec<f64> =
            (0..b).map(|column| values.iter().map(|row| row[column]).sum::<f64>() / rows).collect();
        let square = |value: f64| value * value;
        let spread = |means: &[f64]| means.iter().map(|own| square(own - mean)).sum::<f64>();
        let rest = |(i, j): (usize, usize)| square(values[i][j] - row_means[i] - column_means[j] + mean);
        let rest: f64 = (0..a).flat_map(|i| (0..b).map(move |j| (i, j))).map(rest).sum();
        let rows_square = MeanSquare { value: columns * spread(&row_means) / (rows - 1.0), freedom: rows - 1.0 };
        let columns_square =
            MeanSquare { value: rows * spread(&column_means) / (columns - 1.0), freedom: columns - 1.0 };
        let freedom = (rows - 1.0) * (columns - 1.0);
        let rest = MeanSquare { value: rest / freedom, freedom };
        let (variance, freedom) = variance_of_mean([rows_square, columns_square, rest]);
        let error = (variance / (rows * columns)).sqrt();
        let half = quantile(freedom, 0.5 + 0.5 * CONFIDENCE) * error;
        let (interval, p) = match error {
            0.0 => ([mean; 2], if mean == 0.0 { 1.0 } else { 0.0 }),
            _ => ([mean - half, mean + half], two_sided(freedom, mean / error)),
        };
        Some(Self {
            mean,
            interval,
            p,
            rows: rows_square.beyond(rest, columns),
            columns: columns_square.beyond(rest, rows),
            rest: rest.alone(),
        })
    }
}

/// How much more of the variance of one table comes from its rows than of another one with the same rows and columns.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct RowsDifference {
    /// Variance by rows in the first table less that in the second.
    pub difference: f64,
    /// Its interval with [`CONFIDENCE`]: the jackknife over rows, with Student's t distribution.
    pub interval: [f64; 2],
    /// Two-sided p of no difference.
    pub p: f64,
}

impl RowsDifference {
    /// None of fewer than three rows, and of tables of different shapes.
    #[must_use]
    pub fn of(first: &[Vec<f64>], second: &[Vec<f64>]) -> Option<Self> {
        let rows = first.len();
        let shapes = |values: &[Vec<f64>]| values.iter().map(Vec::len).collect::<Vec<_>>();
        if rows < 3 || shapes(first) != shapes(second) {
            return None;
        }
        let without = |values: &[Vec<f64>], left_out: usize| -> Option<f64> {
            let kept = values.iter().enumerate().filter(|(row, _)| *row != left_out);
            Some(Crossed::of(&kept.map(|(_, row)| row.clone()).collect::<Vec<_>>())?.rows.variance)
        };
        let difference = |left_out| Some(without(first, left_out)? - without(second, left_out)?);
        let all = difference(rows)?;
        let n = rows as f64;
        let pseudo =
            (0..rows).map(|row| Some(n * all - (n - 1.0) * difference(row)?)).collect::<Option<Vec<_>>>()?;
        let found = Difference::paired(&pseudo, &vec![0.0; rows])?;
        Some(Self { difference: found.difference, interval: found.interval, p: found.p })
    }
}

/// A sum of squares over its degrees of freedom.
#[derive(Clone, Copy)]
struct MeanSquare {
    value: f64,
    freedom: f64,
}

/// Variance of the mean times the number of values, with Satterthwaite's degrees of freedom. Never less than that of independent values.
fn variance_of_mean([rows, columns, rest]: [MeanSquare; 3]) -> (f64, f64) {
    let variance = rows.value + columns.value - rest.value;
    if variance <= rest.value {
        return (rest.value, rest.freedom);
    }
    let part = |square: MeanSquare| square.value * square.value / square.freedom;
    (variance, variance * variance / (part(rows) + part(columns) + part(rest)))
}

const OUTSIDE: f64 = 0.5 * (1.0 - CONFIDENCE);

/// What a χ² variable over its degrees of freedom exceeds with this probability.
fn chi_square_above(share: f64, freedom: f64) -> f64 {
    ChiSquared::new(freedom).map_or(f64::NAN, |chi| chi.inverse_cdf(1.0 - share) / freedom)
}

/// The same of a ratio of two such variables.
fn f_above(share: f64, [first, second]: [f64; 2]) -> f64 {
    FisherSnedecor::new(first, second).map_or(f64::NAN, |f| f.inverse_cdf(1.0 - share))
}

impl MeanSquare {
    /// The component of a cause whose mean square is `rest + repeats * component`.
    ///
    /// Interval of a difference of mean squares by modified large samples (Ting, Burdick, Graybill, Jeyaratnam, Lu 1990).
    fn beyond(self, rest: Self, repeats: f64) -> Component {
        let (own, other) = (self.value, rest.value);
        let freedoms = [self.freedom, rest.freedom];
        let [upper, lower] = [OUTSIDE, 1.0 - OUTSIDE].map(|share| f_above(share, freedoms));
        let g = |freedom: f64| 1.0 - 1.0 / chi_square_above(OUTSIDE, freedom);
        let h = |freedom: f64| 1.0 / chi_square_above(1.0 - OUTSIDE, freedom) - 1.0;
        let square = |value: f64| value * value;
        let (g1, h1, g2, h2) = (g(self.freedom), h(self.freedom), g(rest.freedom), h(rest.freedom));
        let g12 = (square(upper - 1.0) - square(g1 * upper) - square(h2)) / upper;
        let h12 = (square(1.0 - lower) - square(h1 * lower) - square(g2)) / lower;
        let below = square(g1 * own) + square(h2 * other) + g12 * own * other;
        let above = square(h1 * own) + square(g2 * other) + h12 * own * other;
        let end = |distance: f64| ((own - other + distance) / repeats).max(0.0);
        let interval = [end(-below.max(0.0).sqrt()), end(above.max(0.0).sqrt())];
        Component { variance: (own - other) / repeats, interval }
    }

    fn alone(self) -> Component {
        let end = |share: f64| self.value / chi_square_above(share, self.freedom);
        Component { variance: self.value, interval: [end(OUTSIDE), end(1.0 - OUTSIDE)] }
    }
}

#[cfg(test)]
mod tests {
    use delgrad_engine::random::{Purpose, normal, stream};

    use super::*;

    /// Mean squares by hand: rows 6, columns 26, rest 2.
    #[test]
    fn components_are_those_of_a_small_table() {
        let values = [vec![1.0, 5.0, 9.0], vec![3.0, 9.0, 9.0]];
        let found = Crossed::of(&values).unwrap();
        let near = |found: f64, expected: f64| assert!((found - expected).abs() < 1e-9, "{found} {expected}");
        near(found.mean, 6.0);
        near(found.rest.variance, 2.0);
        near(found.rows.variance, (6.0 - 2.0) / 3.0);
        near(found.columns.variance, (26.0 - 2.0) / 2.0);
        // χ² of two degrees of freedom is exponential: 2 / -ln(0.025), 2 / -ln(0.975)
        near(found.rest.interval[0], 0.5421700613636335);
        near(found.rest.interval[1], 78.99578041041435);
        assert_eq!(Crossed::of(&values[..1]), None);
        assert_eq!(Crossed::of(&[vec![1.0, 2.0], vec![1.0]]), None);
        let same = Crossed::of(&[vec![0.5; 3], vec![0.5; 3]]).unwrap();
        assert_eq!((same.interval, same.rest.variance), ([0.5; 2], 0.0));
    }

    fn drawn(rng: &mut impl rand::Rng, rows: f64, rest: f64) -> Vec<Vec<f64>> {
        let one = |rng: &mut _| {
            let row = rows * normal(rng, 0.0, 1.0);
            (0..5).map(|_| row + rest * normal(rng, 0.0, 1.0)).collect()
        };
        (0..10).map(|_| one(rng)).collect()
    }

    /// The jackknife of a variance is too narrow for ten rows, but not by much.
    #[test]
    fn intervals_of_differences_hold_nearly_what_they_should() {
        const TABLES: u64 = 1000;
        let mut held = 0;
        for table in 0..TABLES {
            let mut rng = stream(13, Purpose::new(0), table);
            let (first, second) = (drawn(&mut rng, 1.0, 1.0), drawn(&mut rng, 0.5, 0.5));
            let [low, high] = RowsDifference::of(&first, &second).unwrap().interval;
            held += usize::from(low <= 0.75 && 0.75 <= high);
        }
        let share = held as f64 / TABLES as f64;
        assert!((0.86..=0.97).contains(&share), "{share}");
        let same = drawn(&mut stream(13, Purpose::new(0), 0), 1.0, 1.0);
        assert_eq!(RowsDifference::of(&same, &same).unwrap().p, 1.0);
        assert_eq!(RowsDifference::of(&same, &same[1..]), None);
    }

    /// As often as they say, to the noise of 2000 tables and what the approximations leave.
    #[test]
    fn intervals_hold_what_they_should() {
        const TABLES: u64 = 2000;
        const SDS: [f64; 3] = [1.0, 0.7, 1.3];
        let mut held = [0; 4];
        for table in 0..TABLES {
            let mut rng = stream(7, Purpose::new(0), table);
            let rows: Vec<f64> = (0..10).map(|_| SDS[0] * normal(&mut rng, 0.0, 1.0)).collect();
            let columns: Vec<f64> = (0..5).map(|_| SDS[1] * normal(&mut rng, 0.0, 1.0)).collect();
            let values: Vec<Vec<f64>> = rows
                .iter()
                .map(|row| {
                    columns.iter().map(|column| row + column + SDS[2] * normal(&mut rng, 0.0, 1.0)).collect()
                })
                .collect();
            let found = Crossed::of(&values).unwrap();
            let holds = |[low, high]: [f64; 2], value: f64| usize::from(low <= value && value <= high);
            let components = [found.rows, found.columns, found.rest];
            for (held, (component, sd)) in held.iter_mut().zip(components.iter().zip(SDS)) {
                *held += holds(component.sd_interval(), sd);
            }
            held[3] += holds(found.interval, 0.0);
        }
        for held in held {
            let share = held as f64 / TABLES as f64;
            assert!((0.935..=0.98).contains(&share), "{share}");
        }
    }
}
