//! All values of a comparison as points, with the mean of each group and its interval.

use delgrad::train::comparison::{Comparison, Described};
use plotters::prelude::*;

use super::figure::{self, Area};
use super::{PlotError, style};
use crate::sweeping::{is_share, unit};

const ROW: u32 = 54;
const WIDTH: u32 = 900;
/// Room for the axis and its name.
const AXIS: u32 = 60;
/// Longer names are cut.
const LONGEST: usize = 44;
/// Width of a letter in pixels, nearly.
const LETTER: u32 = 7;

pub fn draw(comparison: &Comparison) -> Result<String, PlotError> {
    let groups = &comparison.groups;
    let size = (WIDTH, ROW * groups.len() as u32 + AXIS + figure::TITLE_HEIGHT);
    figure::draw(size, |root, _| panel(root, comparison))
}

fn panel(root: &Area, comparison: &Comparison) -> Result<(), PlotError> {
    let Comparison { metric, groups, .. } = comparison;
    let scale = if is_share(metric) { 100.0 } else { 1.0 };
    let values = groups.iter().flat_map(|group| {
        let ends = group.description.and_then(|found| found.t_interval).into_iter().flatten();
        group.values.iter().map(|value| value.value).chain(ends)
    });
    let Some(range) = style::range(values.map(|value| scale * value)) else { return Ok(()) };
    let area = figure::titled(root, "each run a point; means with intervals of 95 %", style::INK)?;
    let names: Vec<String> = groups.iter().map(|group| short(&group.name)).collect();
    let longest = names.iter().map(|name| name.chars().count()).max().unwrap_or(0) as u32;
    let mut chart = ChartBuilder::on(&area)
        .margin_right(24)
        .margin_left(LETTER * longest + 24)
        .x_label_area_size(46)
        .build_cartesian_2d(style::padded(&range, 0.05), -0.5..groups.len() as f64 - 0.5)?;
    figure::time_axis(&mut chart, &unit(metric))?;
    let last = groups.len() as f64 - 1.0;
    for (index, group) in groups.iter().enumerate() {
        row(&mut chart, group, last - index as f64, scale, style::class_colour(index))?;
    }
    let (_, height) = area.dim_in_pixel();
    let step = f64::from(height - 46) / groups.len() as f64;
    for (index, name) in names.into_iter().enumerate() {
        use plotters::style::text_anchor::{HPos, VPos};
        let at = ((LETTER * longest + 14) as i32, ((index as f64 + 0.5) * step) as i32);
        area.draw(&Text::new(name, at, style::anchored(style::TEXT, HPos::Right, VPos::Center)))?;
    }
    Ok(())
}

fn row(
    chart: &mut figure::Chart,
    group: &Described,
    y: f64,
    scale: f64,
    colour: RGBColor,
) -> Result<(), PlotError> {
    // points of one value lie apart, in an order that means nothing
    let spread = |index: usize| 0.28 * ((index as f64 * 0.618_033_988_749_895).fract() - 0.5);
    let points =
        group.values.iter().enumerate().map(|(index, value)| (scale * value.value, y - 0.12 + spread(index)));
    chart.draw_series(points.map(|point| Circle::new(point, 3, style::pale(colour, 0.65).filled())))?;
    let Some(found) = group.description else { return Ok(()) };
    let mean = scale * found.mean;
    if let Some([low, high]) = found.t_interval {
        let line = vec![(scale * low, y + 0.2), (scale * high, y + 0.2)];
        chart.draw_series([PathElement::new(line, colour.stroke_width(2))])?;
    }
    chart.draw_series([Circle::new((mean, y + 0.2), 5, colour.filled())])?;
    Ok(())
}

fn short(name: &str) -> String {
    if name.chars().count() <= LONGEST {
        return name.to_owned();
    }
    name.chars().take(LONGEST - 3).chain("...".chars()).collect()
}
