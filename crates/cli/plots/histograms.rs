//! Weights and delays before and after the training, layer by layer.

use std::ops::Range;

use delgrad::train::parameters::{ParameterGroup, ParameterKind};
use plotters::prelude::*;

use super::figure::{self, Area, Mark};
use super::{Picture, PlotError, RunView, style};

/// Size of a panel.
const PANEL: (u32, u32) = (460, 316);

/// One group of parameters before and after, delays as they act.
struct Values {
    /// Row of the picture.
    row: usize,
    name: String,
    delays: bool,
    before: Vec<f64>,
    after: Vec<f64>,
}

pub fn draw(view: &RunView) -> Result<Vec<Picture>, PlotError> {
    let groups = view.setup.network.layout().groups().iter();
    let groups: Vec<&ParameterGroup> = groups.filter(|group| group.kind != ParameterKind::BiasTimes).collect();
    let unit = view.structure()?.tau_syn;
    let mut rows: Vec<usize> = groups.iter().map(|group| group.index).collect();
    rows.dedup();
    let values: Vec<Values> = groups
        .iter()
        .map(|group| {
            let of = |parameters: &[f64]| {
                let values = group.values(parameters).into_iter();
                if group.is_delays() { values.map(|delay| delay / unit).collect() } else { values.collect() }
            };
            Values {
                row: rows.iter().position(|row| *row == group.index).unwrap_or(0),
                name: format!("{}: {} {}", group.place, group.range.len(), group.kind.name()),
                delays: group.is_delays(),
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
    let scale = |delays: bool| {
        let same = values.iter().filter(|values| values.delays == delays);
        let range = style::range(same.flat_map(|values| values.before.iter().chain(&values.after).copied()));
        style::padded(&range.unwrap_or(0.0..1.0), 0.02)
    };
    let scales = [scale(false), scale(true)];

    let size = (PANEL.0 * columns as u32, PANEL.1 * rows as u32 + 40);
    let svg = figure::draw(size, |root, _| {
        let (legend, panels) = root.split_vertically(36);
        let (before, after) = legend.margin(8, 0, 70, 0).split_horizontally(170);
        figure::legend(&before, &[(Mark::Patch(style::BEFORE), "before training".to_owned())])?;
        figure::legend(&after, &[(Mark::Patch(style::FIRST), format!("after training (epoch {epoch})"))])?;
        for (layer, row) in panels.split_evenly((rows, 1)).iter().enumerate() {
            let cells = row.split_evenly((1, columns));
            for (values, cell) in values.iter().filter(|values| values.row == layer).zip(&cells) {
                panel(
                    cell,
                    values,
                    &scales[usize::from(values.delays)],
                    if values.delays { "delay [τ_syn]" } else { "weight" },
                )?;
            }
        }
        Ok(())
    })?;
    Ok(vec![Picture::new("parameters.svg", svg)])
}

fn panel(area: &Area, values: &Values, scale: &Range<f64>, what: &str) -> Result<(), PlotError> {
    let bins = bins(values.after.len());
    let (before, after) = (counts(&values.before, scale, bins), counts(&values.after, scale, bins));
    let highest = before.iter().chain(&after).copied().max().unwrap_or(0).max(1) as f64 * 1.08;
    let mut chart = ChartBuilder::on(area)
        .margin_left(8)
        .margin_right(18)
        .margin_bottom(14)
        .caption(&values.name, style::font(style::TITLE))
        .x_label_area_size(48)
        .y_label_area_size(56)
        .build_cartesian_2d(scale.clone(), 0.0..highest)?;
    figure::axes(&mut chart, [what, "count"], [7, 5], true)?;
    let edge = |bin: usize| scale.start + (scale.end - scale.start) * bin as f64 / bins as f64;
    let filled = before.iter().enumerate().filter(|(_, count)| **count > 0);
    chart.draw_series(filled.map(|(bin, count)| {
        Rectangle::new([(edge(bin), 0.0), (edge(bin + 1), *count as f64)], style::BEFORE.filled())
    }))?;
    let mut outline = vec![(scale.start, 0.0)];
    for (bin, count) in after.iter().enumerate() {
        outline.extend([(edge(bin), *count as f64), (edge(bin + 1), *count as f64)]);
    }
    outline.push((scale.end, 0.0));
    chart.draw_series([PathElement::new(outline, style::FIRST.stroke_width(2))])?;
    Ok(())
}

/// Twice the root of the number of values: fine enough to see a shape, coarse enough to have one.
fn bins(values: usize) -> usize {
    ((2.0 * (values as f64).sqrt()) as usize).clamp(10, 60)
}

/// How many values lie in each of the bins of a scale that holds them all.
fn counts(values: &[f64], scale: &Range<f64>, bins: usize) -> Vec<usize> {
    let mut counts = vec![0; bins];
    for value in values {
        let share = (value - scale.start) / (scale.end - scale.start);
        counts[((share * bins as f64) as usize).min(bins - 1)] += 1;
    }
    counts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_value_is_counted_once() {
        let counts = counts(&[0.0, 0.01, 0.5, 1.0], &(0.0..1.0), 10);
        assert_eq!((counts[0], counts[5], counts[9]), (2, 1, 1));
        assert_eq!(counts.iter().sum::<usize>(), 4);
    }
}
