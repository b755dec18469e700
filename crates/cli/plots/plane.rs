//! The plane of two features, and what a network makes of every point of it.

use std::ops::Range;

use delgrad::train::samples::{Labelled, ValueTable};

use super::PlotError;
use super::figure::{self, Chart};
use super::style::{padded, range};

/// The first two features of a data set that has no others, or none but their complements `1 - x` and `1 - y`.
#[derive(Clone, Debug, PartialEq)]
pub struct Plane {
    pub x: Range<f64>,
    pub y: Range<f64>,
    pub names: [String; 2],
    complement: bool,
}

impl Plane {
    /// The plane of a data set, with a little room around its samples. None if it has more dimensions.
    pub fn of(data: &Labelled<ValueTable>, features: &[String]) -> Option<Self> {
        /// Complements are exact but for rounding.
        const ROUNDING: f64 = 1e-9;
        let complement = match data.content.width() {
            2 => false,
            4 => (0..data.len())
                .map(|sample| data.content.row(sample))
                .all(|row| (1.0 - row[0] - row[2]).abs() < ROUNDING && (1.0 - row[1] - row[3]).abs() < ROUNDING),
            _ => return None,
        };
        if data.content.width() == 4 && !complement {
            return None;
        }
        const ROOM: f64 = 0.04;
        let side = |feature: usize| {
            range((0..data.len()).map(|sample| data.content.row(sample)[feature]))
                .map(|range| padded(&range, ROOM))
        };
        let name = |feature: usize| features[feature].clone();
        Some(Self { x: side(0)?, y: side(1)?, names: [name(0), name(1)], complement })
    }

    /// Draws both axes with their ticks and names.
    pub fn draw_axes(&self, chart: &mut Chart) -> Result<(), PlotError> {
        figure::axes(chart, [&self.names[0], &self.names[1]], [6, 6], false)
    }

    /// The features of a grid of `n` times `n` points, row by row from the largest y.
    pub fn grid(&self, n: usize) -> Result<ValueTable, PlotError> {
        let at = |range: &Range<f64>, cell: usize| {
            range.start + (range.end - range.start) * (cell as f64 + 0.5) / n as f64
        };
        let mut features = Vec::with_capacity(4 * n * n);
        for row in (0..n).rev() {
            for column in 0..n {
                let (x, y) = (at(&self.x, column), at(&self.y, row));
                features.extend([x, y]);
                if self.complement {
                    features.extend([1.0 - x, 1.0 - y]);
                }
            }
        }
        let width = if self.complement { 4 } else { 2 };
        Ok(ValueTable::new(features, width)?)
    }
}
