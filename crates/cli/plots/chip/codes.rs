//! Weights and delays of a run in the codes of its chip, layer by layer.

use std::ops::Range;

use delgrad::bss2::chip::Preset;
use delgrad::bss2::export::{ExportedLayer, ExportedNetwork};
use plotters::prelude::*;

use crate::plots::figure::{self, Area};
use crate::plots::{Picture, PlotError, RunView, style};

const PANEL: (u32, u32) = (500, 300);
const DELAY: RGBColor = style::class_colour(2);
/// Codes in a bar: middles are whole, zero is one of them.
const WEIGHTS_IN_BAR: i32 = 3;
const DELAYS_IN_BAR: i32 = 5;
/// The largest weight, shortest and longest delay.
const LARGEST: i32 = 63;
const DELAYS: Range<i32> = 50..250;

pub fn draw(view: &RunView) -> Result<Vec<Picture>, PlotError> {
    let Some(chip) = view.setup.chip.as_ref().filter(|chip| has_codes(chip.preset())) else {
        return Ok(Vec::new());
    };
    let Some(layers) = view.setup.network.layers() else { return Ok(Vec::new()) };
    let exported = ExportedNetwork::new(layers, view.parameters, chip.preset())?;
    let layers = &exported.file().layers;
    let columns = if layers.iter().any(|layer| layer.delays.is_some()) { 2 } else { 1 };
    let size = (PANEL.0 * columns as u32, PANEL.1 * layers.len() as u32);
    let svg = figure::draw(size, |root, _| {
        let cells = root.split_evenly((layers.len(), columns));
        for (index, (layer, row)) in layers.iter().zip(cells.chunks(columns)).enumerate() {
            let name = match index + 1 == layers.len() {
                true => "output".to_owned(),
                false => format!("hidden {}", index + 1),
            };
            weights(&row[0], &name, layer)?;
            if let (Some(delays), Some(area)) = (&layer.delays, row.get(1)) {
                let codes: Vec<i32> = delays.iter().map(|delay| delay.code).collect();
                let us = delays.iter().map(|delay| delay.us);
                let range = style::range(us).unwrap_or_default();
                let title = format!("{name}: {} delays, {:.1} to {:.1} us", codes.len(), range.start, range.end);
                let axis = Axis { codes: DELAYS, in_bar: DELAYS_IN_BAR, name: "delay code" };
                histogram(area, &title, &codes, &axis, |_| DELAY)?;
            }
        }
        Ok(())
    })?;
    Ok(vec![Picture::new("chip-codes.svg", svg)])
}

fn has_codes(preset: &Preset) -> bool {
    preset.weights.codes || preset.delays.codes
}

fn weights(area: &Area, name: &str, layer: &ExportedLayer) -> Result<(), PlotError> {
    let codes: Vec<i32> = layer.weights.iter().flatten().copied().collect();
    let count = |test: fn(&i32) -> bool| codes.iter().filter(|code| test(code)).count();
    let (zero, full) = (count(|code| *code == 0), count(|code| code.abs() == LARGEST));
    let title = format!("{name}: {} weights, {zero} are 0, {full} at the limit", codes.len());
    let axis = Axis { codes: -LARGEST..LARGEST, in_bar: WEIGHTS_IN_BAR, name: "weight code" };
    let colour = |code: i32| match code.signum() {
        1 => style::EXCITATORY,
        -1 => style::INHIBITORY,
        _ => style::GREY,
    };
    histogram(area, &title, &codes, &axis, colour)
}

/// The codes that a histogram shows.
struct Axis {
    /// The first and the last one.
    codes: Range<i32>,
    in_bar: i32,
    name: &'static str,
}

fn histogram(
    area: &Area,
    title: &str,
    codes: &[i32],
    axis: &Axis,
    colour: impl Fn(i32) -> RGBColor,
) -> Result<(), PlotError> {
    let Axis { codes: Range { start, end }, in_bar, name } = *axis;
    let bar_of = |code: i32| (code - start + in_bar / 2).div_euclid(in_bar);
    let mut counts = vec![0_usize; bar_of(end) as usize + 1];
    codes.iter().for_each(|code| counts[bar_of(*code) as usize] += 1);
    let highest = counts.iter().copied().max().unwrap_or(0).max(1) as f64 * 1.1;
    let pad = 1.5 * f64::from(in_bar);
    let mut chart = ChartBuilder::on(area)
        .margin_left(8)
        .margin_top(6)
        .margin_right(20)
        .margin_bottom(10)
        .caption(title, style::font(style::TITLE))
        .x_label_area_size(46)
        .y_label_area_size(56)
        .build_cartesian_2d(f64::from(start) - pad..f64::from(end) + pad, 0.0..highest)?;
    figure::axes(&mut chart, [name, "count"], [9, 5], true)?;
    for limit in [start, end] {
        let line = vec![(f64::from(limit), 0.0), (f64::from(limit), highest)];
        chart.draw_series([PathElement::new(line, style::GREY)])?;
    }
    let bars = counts.iter().enumerate().filter(|(_, count)| **count > 0);
    chart.draw_series(bars.map(|(bar, count)| {
        let middle = start + bar as i32 * in_bar;
        let half = 0.46 * f64::from(in_bar);
        let corners = [(f64::from(middle) - half, 0.0), (f64::from(middle) + half, *count as f64)];
        Rectangle::new(corners, colour(middle).filled())
    }))?;
    Ok(())
}
