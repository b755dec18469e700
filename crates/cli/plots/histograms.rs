//! Weights and delays before and after the training, layer by layer.

use std::ops::Range;

use delgrad::ttfs::{GroupKind, ParameterGroup};
use plotters::prelude::*;

use super::figure::{self, Area, Mark};
use super::{Picture, PlotError, Portrait, style};

/// Size of a panel.
const PANEL: (u32, u32) = (460, 316);

/// One group of parameters before and after, delays as they act.
pub struct Values {
    /// Row of the picture.
    pub layer: usize,
    pub name: String,
    pub delays: bool,
    pub before: Vec<f64>,
    pub after: Vec<f64>,
}

pub fn draw(portrait: &Portrait) -> Result<Vec<Picture>, PlotError> {
    let groups = portrait.setup.network.groups().iter();
    let values: Vec<Values> =
        groups.filter(|group| group.kind != GroupKind::Biases).map(|group| values(portrait, group)).collect();
    draw_values(&values, portrait.kept_epoch, "delay [τ_syn]")
}

/// Draws groups of parameters, a row for each layer; `epoch` is that of the kept ones.
pub fn draw_values(values: &[Values], epoch: u32, delay: &str) -> Result<Vec<Picture>, PlotError> {
    let layers = values.iter().map(|values| values.layer + 1).max().unwrap_or(0);
    let columns = (0..layers).map(|layer| values.iter().filter(|v| v.layer == layer).count()).max().unwrap_or(0);
    if columns == 0 {
        return Ok(Vec::new());
    }
    let scale = |delays: bool| {
        let same = values.iter().filter(|values| values.delays == delays);
        let range = style::range(same.flat_map(|values| values.before.iter().chain(&values.after).copied()));
        style::padded(&range.unwrap_or(0.0..1.0), 0.02)
    };
    let scales = [scale(false), scale(true)];

    let size = (PANEL.0 * columns as u32, PANEL.1 * layers as u32 + 40);
    let picture = figure::draw("parameters.svg", size, |root, _| {
        let (legend, panels) = root.split_vertically(36);
        let (before, after) = legend.margin(8, 0, 70, 0).split_horizontally(170);
        figure::legend(&before, &[(Mark::Patch(style::BEFORE), "before training".to_owned())])?;
        figure::legend(&after, &[(Mark::Patch(style::FIRST), format!("after training (epoch {epoch})"))])?;
        for (layer, row) in panels.split_evenly((layers, 1)).iter().enumerate() {
            let cells = row.split_evenly((1, columns));
            for (values, cell) in values.iter().filter(|values| values.layer == layer).zip(&cells) {
                panel(
                    cell,
                    values,
                    &scales[usize::from(values.delays)],
                    if values.delays { delay } else { "weight" },
                )?;
            }
        }
        Ok(())
    })?;
    Ok(vec![picture])
}

fn values(portrait: &Portrait, group: &ParameterGroup) -> Values {
    let network = &portrait.setup.network;
    let unit = portrait.tau_syn();
    let delays = matches!(group.kind, GroupKind::Delay { .. });
    let of = |parameters: &[f64]| match group.kind {
        GroupKind::Delay { .. } => {
            network.effective_delays(group, parameters).into_iter().map(|delay| delay / unit).collect()
        }
        _ => parameters[group.range.clone()].to_vec(),
    };
    let what = if group.layer + 1 == network.sizes().len() {
        "output".to_owned()
    } else {
        format!("hidden {}", group.layer + 1)
    };
    // "layer 0 synaptic delays" is the library's name, which counts from 0
    let kind = group.name().splitn(3, ' ').nth(2).unwrap_or_default().to_owned();
    let name = format!("{what}: {} {kind}", group.range.len());
    Values {
        layer: group.layer,
        name,
        delays,
        before: of(&portrait.setup.initial),
        after: of(portrait.parameters),
    }
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
    chart
        .configure_mesh()
        .bold_line_style(style::GRID)
        .light_line_style(TRANSPARENT)
        .axis_style(style::GREY)
        .x_labels(7)
        .y_labels(5)
        .x_label_formatter(&|value| style::number(*value))
        .y_label_formatter(&|value| style::number(*value))
        .x_desc(what)
        .y_desc("count")
        .label_style(style::font(style::TEXT))
        .axis_desc_style(style::font(style::TEXT))
        .draw()?;
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
