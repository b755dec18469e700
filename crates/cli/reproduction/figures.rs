//! The figures of the report.

mod chip;
mod exactness;
mod ideal;
mod memory;

pub use chip::chip;
pub use exactness::exactness;
pub use ideal::ideal;
pub use memory::memory;

use delgrad::train::comparison::Description;

use super::results::{Values, numbers};
use crate::plots::curves::Series;

/// Pictures side by side with what they show.
#[derive(Clone, Debug)]
pub struct Figure {
    /// What its files are called.
    pub id: &'static str,
    pub title: &'static str,
    pub caption: &'static str,
    /// Whether the pictures need more room than a chart.
    pub wide: bool,
    pub svgs: Vec<String>,
}

impl Figure {
    /// The names of its files, each with the picture.
    pub fn files(&self) -> impl Iterator<Item = (String, &String)> {
        let one = self.svgs.len() == 1;
        self.svgs.iter().enumerate().map(move |(number, svg)| {
            let name = if one { format!("{}.svg", self.id) } else { format!("{}-{}.svg", self.id, number + 1) };
            (name, svg)
        })
    }
}

/// Means with intervals and all values over a number; a group is moved aside by a little so that groups do not hide each other.
fn series(name: &str, colour: usize, groups: &[(f64, Vec<f64>)], aside: impl Fn(f64) -> f64) -> Series {
    let mut series = Series { name: name.to_owned(), colour, dots: true, ..Series::default() };
    for (x, values) in groups {
        let x = aside(*x);
        series.points.extend(values.iter().map(|value| (x, *value)));
        let Some(found) = Description::of(values) else { continue };
        series.line.push((x, found.mean));
        series.bars.extend(found.t_interval.map(|interval| (x, interval)));
    }
    series
}

/// What is wrong instead of right, in per cent.
fn errors(accuracies: &Values) -> Vec<f64> {
    numbers(accuracies).into_iter().map(|accuracy| 100.0 * (1.0 - accuracy)).collect()
}
