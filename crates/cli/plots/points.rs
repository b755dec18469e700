//! All values of some groups as points, with the mean of each group and its interval, and a mark where there is a value to compare with.

use delgrad::train::comparison::{Comparison, Description};
use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, VPos};

use super::figure::{self, Area};
use super::{PlotError, style};
use crate::sweeping::{is_share, unit};

const ROW: u32 = 54;
/// Room for the axis and its name.
const AXIS: u32 = 60;
/// Longer names are cut.
const LONGEST: usize = 44;
/// Width of a letter in pixels, nearly.
const LETTER: u32 = 7;

/// One group of values.
#[derive(Clone, Debug, Default)]
pub struct Row {
    pub name: String,
    /// All of them; none where there is only a mean.
    pub values: Vec<f64>,
    pub mean: Option<f64>,
    pub interval: Option<[f64; 2]>,
    /// What it is compared with.
    pub mark: Option<f64>,
}

impl Row {
    /// Values with their mean and the interval of that.
    pub fn of(name: impl Into<String>, values: Vec<f64>) -> Self {
        let found = Description::of(&values);
        let (mean, interval) = (found.map(|found| found.mean), found.and_then(|found| found.t_interval));
        Self { name: name.into(), values, mean, interval, mark: None }
    }
}

/// The groups of a comparison.
pub fn draw_comparison(comparison: &Comparison) -> Result<String, PlotError> {
    const WIDTH: u32 = 900;
    let scale = if is_share(&comparison.metric) { 100.0 } else { 1.0 };
    let row = |group: &delgrad::train::comparison::Described| {
        Row::of(&group.name, group.values.iter().map(|value| scale * value.value).collect())
    };
    let rows: Vec<Row> = comparison.groups.iter().map(row).collect();
    draw(WIDTH, ["each run a point; means with intervals of 95 %", &unit(&comparison.metric)], &rows)
}

/// Groups below each other, with a title and the name of the axis.
pub fn draw(width: u32, [title, axis]: [&str; 2], rows: &[Row]) -> Result<String, PlotError> {
    let size = (width, ROW * rows.len() as u32 + AXIS + figure::TITLE_HEIGHT);
    figure::draw(size, |root, _| panel(root, title, axis, rows))
}

fn panel(root: &Area, title: &str, axis: &str, rows: &[Row]) -> Result<(), PlotError> {
    let values = rows.iter().flat_map(|row| {
        row.values.iter().copied().chain(row.interval.into_iter().flatten()).chain(row.mean).chain(row.mark)
    });
    let Some(range) = style::range(values) else { return Ok(()) };
    let area = figure::titled(root, title, style::INK)?;
    let names: Vec<String> = rows.iter().map(|row| short(&row.name)).collect();
    let longest = names.iter().map(|name| name.chars().count()).max().unwrap_or(0) as u32;
    let mut chart = ChartBuilder::on(&area)
        .margin_right(24)
        .margin_left(LETTER * longest + 24)
        .x_label_area_size(46)
        .build_cartesian_2d(style::padded(&range, 0.05), -0.5..rows.len() as f64 - 0.5)?;
    figure::time_axis(&mut chart, axis)?;
    let last = rows.len() as f64 - 1.0;
    for (index, row) in rows.iter().enumerate() {
        draw_row(&mut chart, row, last - index as f64, style::class_colour(index))?;
    }
    let (_, height) = area.dim_in_pixel();
    let step = f64::from(height - 46) / rows.len() as f64;
    for (index, name) in names.into_iter().enumerate() {
        let at = ((LETTER * longest + 14) as i32, ((index as f64 + 0.5) * step) as i32);
        area.draw(&Text::new(name, at, style::anchored(style::TEXT, HPos::Right, VPos::Center)))?;
    }
    Ok(())
}

fn draw_row(chart: &mut figure::Chart, row: &Row, y: f64, colour: RGBColor) -> Result<(), PlotError> {
    // points of one value lie apart, in an order that means nothing
    let spread = |index: usize| 0.28 * ((index as f64 * 0.618_033_988_749_895).fract() - 0.5);
    let points = row.values.iter().enumerate().map(|(index, value)| (*value, y - 0.12 + spread(index)));
    chart.draw_series(points.map(|point| Circle::new(point, 3, style::pale(colour, 0.65).filled())))?;
    if let Some([low, high]) = row.interval {
        chart.draw_series([PathElement::new(vec![(low, y + 0.2), (high, y + 0.2)], colour.stroke_width(2))])?;
    }
    if let Some(mean) = row.mean {
        chart.draw_series([Circle::new((mean, y + 0.2), 5, colour.filled())])?;
    }
    if let Some(mark) = row.mark {
        chart.draw_series([PathElement::new(
            vec![(mark, y - 0.36), (mark, y + 0.36)],
            style::INK.stroke_width(2),
        )])?;
    }
    Ok(())
}

fn short(name: &str) -> String {
    if name.chars().count() <= LONGEST {
        return name.to_owned();
    }
    name.chars().take(LONGEST - 3).chain("...".chars()).collect()
}
