//! Over the epochs, what tells why a training goes well or not: silence, spikes, steps, gradients, delays.

use delgrad::train::learn::EpochMetrics;
use plotters::prelude::*;

use super::figure::{self, Area};
use super::{Picture, PlotError, RunView, style};

/// Size of a panel.
const PANEL: (u32, u32) = (440, 280);
const COLUMNS: usize = 3;

/// A panel with its lines, each with its name.
struct Panel {
    title: &'static str,
    lines: Vec<(&'static str, Vec<(f64, f64)>)>,
    /// Whether it is a share of something, between 0 and 1, and drawn in percent.
    share: bool,
}

pub fn draw(view: &RunView) -> Result<Vec<Picture>, PlotError> {
    let panels = panels(view);
    if view.history.is_empty() {
        return Ok(Vec::new());
    }
    let columns = COLUMNS.min(panels.len());
    let rows = panels.len().div_ceil(columns);
    let svg = figure::draw((PANEL.0 * columns as u32, PANEL.1 * rows as u32), |root, _| {
        let areas = root.split_evenly((rows, columns));
        panels.iter().zip(&areas).try_for_each(|(panel, area)| draw_panel(area, panel, view))
    })?;
    Ok(vec![Picture::new("diagnostics.svg", svg)])
}

/// Those that have something to show.
fn panels(view: &RunView) -> Vec<Panel> {
    let line = |value: &dyn Fn(&EpochMetrics) -> Option<f64>| -> Vec<(f64, f64)> {
        let point = |metrics| value(metrics).map(|value| (f64::from(metrics.epoch), value));
        view.history.iter().filter_map(point).collect()
    };
    let batch = view.setup.experiment.training.batch.max(1) as usize;
    let batches = view.setup.dataset.parts.train.len().div_ceil(batch).max(1) as f64;
    let panel = |title, lines, share| Panel { title, lines, share };
    let all = [
        panel(
            "silent neurons (validation)",
            vec![("hidden", line(&|m| Some(m.silent_hidden))), ("output", line(&|m| Some(m.silent_outputs)))],
            true,
        ),
        panel("spikes of a hidden neuron", vec![("", line(&|m| Some(m.hidden_spikes)))], false),
        panel("batches without a step", vec![("", line(&|m| Some(f64::from(m.raised) / batches)))], true),
        panel("norm of the gradient", vec![("", line(&|m| m.gradient_norm))], false),
        panel("how far delays have moved", vec![("", line(&|m| m.delay_change))], false),
        panel("delays at an end of their range", vec![("", line(&|m| m.saturated_delays))], true),
    ];
    all.into_iter().filter(|panel| panel.lines.iter().any(|(_, points)| !points.is_empty())).collect()
}

fn draw_panel(area: &Area, panel: &Panel, view: &RunView) -> Result<(), PlotError> {
    let factor = if panel.share { 100.0 } else { 1.0 };
    let values = panel.lines.iter().flat_map(|(_, points)| points.iter().map(|(_, value)| factor * value));
    let highest = values.fold(0.0, f64::max);
    let named = panel.lines.iter().any(|(name, _)| !name.is_empty());
    // all panels begin at 0, so that a line that hardly moves looks like one; a legend needs room above
    let room = if named { 1.35 } else { 1.08 };
    let top = match highest > 0.0 {
        true => room * highest,
        false => 1.0,
    };
    let top = if panel.share { top.max(5.0) } else { top };
    let last = f64::from(view.history.last().map_or(1, |metrics| metrics.epoch));
    let area = figure::titled(area, panel.title, style::INK)?;
    let mut chart = ChartBuilder::on(&area)
        .margin_left(8)
        .margin_right(18)
        .margin_bottom(4)
        .x_label_area_size(44)
        .y_label_area_size(62)
        .build_cartesian_2d(0.0..last.max(1.0) * 1.02, 0.0..top)?;
    figure::axes(&mut chart, ["epoch", if panel.share { "%" } else { "" }], [6, 6], true)?;
    for (number, (name, points)) in panel.lines.iter().enumerate() {
        let colour = style::class_colour(number);
        let points: Vec<(f64, f64)> = points.iter().map(|(epoch, value)| (*epoch, factor * value)).collect();
        let drawn = chart.draw_series(LineSeries::new(points.iter().copied(), colour.stroke_width(2)))?;
        if named {
            drawn.label(*name).legend(move |at| figure::swatch(at, colour));
        }
        if points.len() <= figure::FEW {
            chart.draw_series(points.iter().map(|point| Circle::new(*point, 3, colour.filled())))?;
        }
    }
    if named {
        figure::labels(&mut chart)?;
    }
    Ok(())
}
