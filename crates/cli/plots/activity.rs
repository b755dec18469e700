//! The spikes of a simulation: a raster of all neurons above the rates of their populations.

mod gather;

use std::ops::Range;

use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, VPos};

use super::bands::{gap, heights};
use super::figure::{self, Area};
use super::heat_map::HeatMaps;
use super::{PlotError, style};
use crate::units::TimeUnit;

pub use gather::Activity;

const SIZE: (u32, u32) = (1000, 680);
/// Height of the raster with its title.
const RASTER: u32 = 440;
/// Room for names and labels on the left.
const LEFT: u32 = 108;
const RIGHT: u32 = 22;
/// Part of the room on the left that the labels of rates take.
const LABELS: u32 = 76;
/// Bands that are lower than this, in pixels, have no name: names would overlap.
const LEAST_NAMED: f64 = 13.0;
/// Steps of the lines of rates.
const STEPS: usize = 200;

/// Draws what was gathered, as SVG. `reached` is the end of the run.
pub fn draw(activity: &Activity, name: &str, unit: &TimeUnit, reached: f64) -> Result<String, PlotError> {
    // a run that has not moved on still has a picture
    let scale = style::range([activity.from, reached]).unwrap_or(0.0..1.0);
    figure::draw(SIZE, |root, heat_maps| {
        let root = figure::titled(root, &title(activity, name), style::INK)?;
        let (top, bottom) = root.split_vertically(RASTER - figure::TITLE_HEIGHT);
        raster(&top, heat_maps, activity, &scale)?;
        rates(&bottom, activity, &scale, unit)
    })
}

fn title(activity: &Activity, name: &str) -> String {
    let neurons: usize = activity.shown().map(|(_, population)| population.neurons.len()).sum();
    let all = format!("{name}: {} spikes of {neurons} neurons", activity.spikes);
    match activity.stride() {
        1 => all,
        stride => format!("{all}; one in {stride} spikes drawn, chosen at random"),
    }
}

fn raster(
    area: &Area,
    heat_maps: &mut HeatMaps,
    activity: &Activity,
    scale: &Range<f64>,
) -> Result<(), PlotError> {
    let mut chart = ChartBuilder::on(area)
        .margin_left(LEFT)
        .margin_right(RIGHT)
        .margin_bottom(8)
        .build_cartesian_2d(scale.clone(), 0.0..1.0)?;
    let (columns, rows) = chart.plotting_area().get_pixel_range();
    let (width, height) = (f64::from(columns.end - columns.start), f64::from(rows.end - rows.start));
    let (_, top) = area.get_base_pixel();
    let text = style::anchored(style::TEXT, HPos::Right, VPos::Center);

    let sizes: Vec<usize> = activity.shown().map(|(_, population)| population.neurons.len()).collect();
    for ((place, population), band) in activity.shown().zip(heights(&sizes)) {
        let line = (band.end - band.start) / population.neurons.len() as f64;
        // where there are many neurons, their spikes overlap rather than vanish
        let mark = (1.6, (0.7 * line * height).clamp(1.6, 14.0));
        let at = |time: f64, neuron: u32| {
            let row = band.end - line * (f64::from(neuron - population.neurons.start) + 0.5);
            let x = f64::from(columns.start) + width * (time - scale.start) / (scale.end - scale.start);
            (x, f64::from(rows.start) + height * (1.0 - row))
        };
        let dots = activity.dots.iter().filter(|spike| population.neurons.contains(&spike.neuron));
        heat_maps.add_marks(style::class_colour(place), mark, dots.map(|spike| at(spike.time, spike.neuron)));

        if height * (band.end - band.start) < LEAST_NAMED {
            continue;
        }
        let middle = f64::from(rows.start) + height * (1.0 - 0.5 * (band.start + band.end));
        let at = (LEFT as i32 - 10, middle as i32 - top);
        area.draw(&Text::new(population.name.clone(), at, text.clone().color(&style::class_colour(place))))?;
        let edge = band.start - gap(sizes.len()) / 2.0;
        chart.draw_series([PathElement::new(vec![(scale.start, edge), (scale.end, edge)], style::GRID)])?;
    }
    Ok(())
}

fn rates(area: &Area, activity: &Activity, scale: &Range<f64>, unit: &TimeUnit) -> Result<(), PlotError> {
    let (step, series) = activity.rates(scale, STEPS);
    let factor = unit.rate_factor();
    let highest = series.iter().flatten().fold(0.0, |highest: f64, rate| highest.max(*rate)) * factor;
    let highest = if highest > 0.0 { 1.06 * highest } else { 1.0 };
    let mut chart = ChartBuilder::on(area)
        .margin_left(LEFT - LABELS)
        .margin_right(RIGHT)
        .margin_bottom(10)
        .x_label_area_size(46)
        .y_label_area_size(LABELS)
        .build_cartesian_2d(scale.clone(), 0.0..highest)?;
    let time = format!("time{}, rates in steps of {}", unit.axis(), unit.short_time(step));
    figure::axes(&mut chart, [&time, &format!("rate [{}]", unit.rate_name())], [11, 5], true)?;
    for ((place, _), rates) in activity.shown().zip(&series) {
        let mut line = Vec::with_capacity(2 * rates.len());
        for (index, rate) in rates.iter().enumerate() {
            let start = scale.start + step * index as f64;
            line.extend([(start, rate * factor), ((start + step).min(scale.end), rate * factor)]);
        }
        chart.draw_series([PathElement::new(line, style::class_colour(place).stroke_width(1))])?;
    }
    Ok(())
}
