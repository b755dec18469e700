//! Accuracy over the strength of each source of noise, a panel for each.

use std::ops::Range;

use delgrad::neuron::statistics;
use plotters::prelude::*;

use super::ON_CHIP;
use crate::plots::figure::{self, Area};
use crate::plots::{PlotError, style};

const PANEL: (u32, u32) = (300, 250);
/// Least height of the scale, in percent.
const LEAST: f64 = 10.0;

/// Accuracies with one source of noise.
#[derive(Clone, Debug)]
pub struct Line {
    pub name: &'static str,
    /// What strength 1 is.
    pub unit: String,
    /// Strength and the accuracies of all chips, 0 to 1.
    pub points: Vec<(f64, Vec<f64>)>,
}

/// Draws all sources, as SVG. `ideal` is the accuracy of the ideal model, 0 to 1.
pub fn draw(name: &str, ideal: f64, lines: &[Line]) -> Result<String, PlotError> {
    // as wide as high
    let columns = (1..).find(|columns| columns * columns >= lines.len()).unwrap_or(1);
    let rows = lines.len().div_ceil(columns);
    let all = lines.iter().flat_map(|line| line.points.iter().flat_map(|(_, found)| found.iter().copied()));
    let range = style::range(all.chain([ideal])).unwrap_or(0.0..1.0);
    let top = (100.0 * range.end).max(LEAST);
    let scale = style::padded(&((100.0 * range.start).min(top - LEAST)..top), 0.06);
    let size = (PANEL.0 * columns as u32, figure::TITLE_HEIGHT + PANEL.1 * rows as u32);
    figure::draw(size, |root, _| {
        let area = figure::titled(root, name, style::INK)?;
        for (line, cell) in lines.iter().zip(area.split_evenly((rows, columns))) {
            panel(&cell, line, 100.0 * ideal, &scale)?;
        }
        Ok(())
    })
}

fn panel(area: &Area, line: &Line, ideal: f64, scale: &Range<f64>) -> Result<(), PlotError> {
    let area = figure::titled(area, line.name, style::INK)?;
    let strengths = style::range(line.points.iter().map(|(strength, _)| *strength)).unwrap_or(0.0..1.0);
    let wide = style::padded(&strengths, 0.04);
    let mut chart = ChartBuilder::on(&area)
        .margin_left(4)
        .margin_right(14)
        .margin_bottom(8)
        .x_label_area_size(44)
        .y_label_area_size(54)
        .build_cartesian_2d(wide.clone(), scale.clone())?;
    let name = format!("strength (1: {})", line.unit);
    figure::axes(&mut chart, [&name, "accuracy [%]"], [7, 5], true)?;
    chart.draw_series([PathElement::new(vec![(wide.start, ideal), (wide.end, ideal)], style::GREY)])?;

    let of = |value: &dyn Fn(&[f64]) -> f64| -> Vec<(f64, f64)> {
        line.points.iter().map(|(strength, found)| (*strength, 100.0 * value(found))).collect()
    };
    let lowest = of(&|found| found.iter().copied().fold(f64::INFINITY, f64::min));
    let highest = of(&|found| found.iter().copied().fold(f64::NEG_INFINITY, f64::max));
    let mean = of(&|found| statistics::mean(found).unwrap_or(0.0));
    let band = highest.into_iter().chain(lowest.into_iter().rev()).collect::<Vec<_>>();
    chart.draw_series([Polygon::new(band, style::pale(ON_CHIP, 0.25).filled())])?;
    chart.draw_series([PathElement::new(mean.clone(), ON_CHIP.stroke_width(2))])?;
    chart.draw_series(mean.into_iter().map(|point| Circle::new(point, 3, ON_CHIP.filled())))?;
    Ok(())
}
