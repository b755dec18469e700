//! Weights, delays and constants of neurons before and after the training, layer by layer.

use std::ops::Range;

use delgrad::train::parameters::{ParameterGroup, ParameterKind};
use plotters::prelude::*;

use super::figure::{self, Area, Mark};
use super::histogram::Histogram;
use super::{Picture, PlotError, RunView, style};

/// Size of a panel.
const PANEL: (u32, u32) = (460, 316);

/// One group of parameters before and after, delays as they act.
struct Values {
    /// Row of the picture.
    row: usize,
    name: String,
    /// What they are; groups of the same have one scale.
    axis: &'static str,
    before: Vec<f64>,
    after: Vec<f64>,
}

pub fn draw(view: &RunView) -> Result<Vec<Picture>, PlotError> {
    let groups = view.setup.network.layout().groups().iter();
    let groups: Vec<&ParameterGroup> = groups.filter(|group| group.kind != ParameterKind::BiasTimes).collect();
    let unit = view.structure()?.tau_syn;
    let mut rows: Vec<&str> = groups.iter().map(|group| &*group.place).collect();
    rows.dedup();
    let values: Vec<Values> = groups
        .iter()
        .map(|group| {
            let of = |parameters: &[f64]| {
                let values = group.values(parameters).into_iter();
                if group.is_delays() { values.map(|delay| delay / unit).collect() } else { values.collect() }
            };
            Values {
                row: rows.iter().position(|row| *row == group.place).unwrap_or(0),
                name: format!("{}: {} {}", group.place, group.range.len(), group.kind.name()),
                axis: match group.kind {
                    ParameterKind::Weights => "weight",
                    ParameterKind::Delays(..) => "delay [τ_syn]",
                    _ => group.kind.name(),
                },
                before: of(&view.setup.initial),
                after: of(view.parameters),
            }
        })
        .collect();
    draw_values(&values, view.kept_epoch)
}

/// Draws groups of parameters; `epoch` is that of the kept ones.
fn draw_values(values: &[Values], epoch: u32) -> Result<Vec<Picture>, PlotError> {
    let rows = values.iter().map(|values| values.row + 1).max().unwrap_or(0);
    let columns = (0..rows).map(|layer| values.iter().filter(|v| v.row == layer).count()).max().unwrap_or(0);
    if columns == 0 {
        return Ok(Vec::new());
    }
    let scale = |axis: &str| {
        let same = values.iter().filter(|values| values.axis == axis);
        let range = style::range(same.flat_map(|values| values.before.iter().chain(&values.after).copied()));
        style::padded(&range.unwrap_or(0.0..1.0), 0.02)
    };

    let size = (PANEL.0 * columns as u32, PANEL.1 * rows as u32 + 40);
    let svg = figure::draw(size, |root, _| {
        let (legend, panels) = root.split_vertically(36);
        let (before, after) = legend.margin(8, 0, 70, 0).split_horizontally(170);
        figure::legend(&before, &[(Mark::Patch(style::BEFORE), "before training".to_owned())])?;
        figure::legend(&after, &[(Mark::Patch(style::FIRST), format!("after training (epoch {epoch})"))])?;
        for (layer, row) in panels.split_evenly((rows, 1)).iter().enumerate() {
            let cells = row.split_evenly((1, columns));
            for (values, cell) in values.iter().filter(|values| values.row == layer).zip(&cells) {
                panel(cell, values, &scale(values.axis))?;
            }
        }
        Ok(())
    })?;
    Ok(vec![Picture::new("parameters.svg", svg)])
}

fn panel(area: &Area, values: &Values, scale: &Range<f64>) -> Result<(), PlotError> {
    let bins = bins(values.after.len());
    let [before, after] = [&values.before, &values.after].map(|values| Histogram::new(values, scale, bins));
    let highest = before.highest().max(after.highest()) * 1.08;
    let mut chart = ChartBuilder::on(area)
        .margin_left(8)
        .margin_right(18)
        .margin_bottom(14)
        .caption(&values.name, style::font(style::TITLE))
        .x_label_area_size(48)
        .y_label_area_size(56)
        .build_cartesian_2d(scale.clone(), 0.0..highest)?;
    figure::axes(&mut chart, [values.axis, "count"], [7, 5], true)?;
    chart.draw_series(before.bars(style::BEFORE))?;
    chart.draw_series([PathElement::new(after.outline(), style::FIRST.stroke_width(2))])?;
    Ok(())
}

/// Twice the root of the number of values: fine enough to see a shape, coarse enough to have one.
fn bins(values: usize) -> usize {
    ((2.0 * (values as f64).sqrt()) as usize).clamp(10, 60)
}
