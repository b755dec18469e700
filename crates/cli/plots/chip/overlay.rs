//! Spikes of a network on the chip, over those of the ideal model.

use std::ops::Range;

use delgrad::engine::{Network, Spike};
use delgrad::train::substrate::Population;
use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, VPos};

use super::{IDEAL, ON_CHIP};
use crate::plots::bands::{gap, heights};
use crate::plots::figure::{self, Area, Mark};
use crate::plots::heat_map::HeatMaps;
use crate::plots::{PlotError, style};
use crate::units::TimeUnit;

const WIDTH: u32 = 1000;
/// Height of the raster: room for each neuron, within limits.
const HEIGHT_OF_NEURON: u32 = 14;
const HEIGHTS: Range<u32> = 240..560;
const LEFT: u32 = 108;
const RIGHT: u32 = 22;
const LEGEND: u32 = 34;
/// Beyond so many spikes only those of some neurons are drawn.
const SPIKES: usize = 60_000;
/// Bands that are lower than this, in pixels, have no name: names would overlap.
const LEAST_NAMED: f64 = 13.0;
/// Widths of the marks in pixels: those of the chip lie over the others.
const WIDTHS: [f64; 2] = [5.0, 1.8];
/// How strong the colour of ideal spikes is.
const BEHIND: f64 = 0.4;

/// What is drawn.
#[derive(Clone, Copy, Debug)]
pub struct Overlay<'a> {
    pub name: &'a str,
    pub populations: &'a [Population],
    pub ideal: &'a [Spike],
    pub chip: &'a [Spike],
    pub until: f64,
    pub unit: &'a TimeUnit,
}

/// The populations of a network of the engine.
pub fn populations(network: &Network) -> Vec<Population> {
    let populations = network.populations().iter();
    populations.map(|own| Population { name: own.name.clone(), neurons: own.neurons.clone() }).collect()
}

/// Draws the spikes, as SVG.
pub fn draw(overlay: &Overlay) -> Result<String, PlotError> {
    let neurons: u32 = overlay.populations.iter().map(|population| population.neurons.len() as u32).sum();
    let raster = (HEIGHT_OF_NEURON * neurons).clamp(HEIGHTS.start, HEIGHTS.end);
    let size = (WIDTH, figure::TITLE_HEIGHT + LEGEND + raster + 60);
    let stride = overlay.ideal.len().max(overlay.chip.len()).div_ceil(SPIKES).max(1) as u32;
    let scale = style::padded(&style::range([0.0, overlay.until]).unwrap_or(0.0..1.0), 0.01);
    figure::draw(size, |root, heat_maps| {
        let title = match stride {
            1 => overlay.name.to_owned(),
            stride => format!("{}; one in {stride} neurons drawn", overlay.name),
        };
        let area = figure::titled(root, &title, style::INK)?;
        let (legend, area) = area.split_vertically(LEGEND);
        let (ideal, chip) = legend.margin(4, 0, LEFT, 0).split_horizontally(220);
        let count = |what: &str, spikes: &[Spike]| format!("{what}: {} spikes", spikes.len());
        figure::legend(&ideal, &[(Mark::Patch(style::pale(IDEAL, BEHIND)), count("ideal", overlay.ideal))])?;
        figure::legend(&chip, &[(Mark::Patch(ON_CHIP), count("on the chip", overlay.chip))])?;
        raster_of(&area, heat_maps, overlay, &scale, stride)
    })
}

fn raster_of(
    area: &Area,
    heat_maps: &mut HeatMaps,
    overlay: &Overlay,
    scale: &Range<f64>,
    stride: u32,
) -> Result<(), PlotError> {
    let mut chart = ChartBuilder::on(area)
        .margin_left(LEFT)
        .margin_right(RIGHT)
        .margin_bottom(8)
        .x_label_area_size(46)
        .build_cartesian_2d(scale.clone(), 0.0..1.0)?;
    figure::time_axis(&mut chart, &format!("time{}", overlay.unit.axis()))?;
    let (columns, rows) = chart.plotting_area().get_pixel_range();
    let (width, height) = (f64::from(columns.end - columns.start), f64::from(rows.end - rows.start));
    let (_, top) = area.get_base_pixel();
    let text = style::anchored(style::TEXT, HPos::Right, VPos::Center);

    let sizes: Vec<usize> = overlay.populations.iter().map(|population| population.neurons.len()).collect();
    let bands = heights(&sizes);
    let colours = [style::pale(IDEAL, BEHIND), ON_CHIP];
    for ((spikes, colour), mark_width) in [overlay.ideal, overlay.chip].into_iter().zip(colours).zip(WIDTHS) {
        for (population, band) in overlay.populations.iter().zip(&bands) {
            let line = (band.end - band.start) / population.neurons.len().max(1) as f64;
            // where there are many neurons, their spikes overlap rather than vanish
            let mark = (mark_width, (0.74 * line * height).clamp(1.6, 14.0));
            let at = |spike: &Spike| {
                let row = band.end - line * (f64::from(spike.neuron - population.neurons.start) + 0.5);
                let x = f64::from(columns.start) + width * (spike.time - scale.start) / (scale.end - scale.start);
                (x, f64::from(rows.start) + height * (1.0 - row))
            };
            let shown = |spike: &&Spike| {
                population.neurons.contains(&spike.neuron)
                    && spike.neuron.is_multiple_of(stride)
                    && spike.time <= scale.end
            };
            heat_maps.add_marks(colour, mark, spikes.iter().filter(shown).map(at));
        }
    }
    for (population, band) in overlay.populations.iter().zip(&bands) {
        let edge = band.start - gap(sizes.len()) / 2.0;
        chart.draw_series([PathElement::new(vec![(scale.start, edge), (scale.end, edge)], style::GRID)])?;
        if height * (band.end - band.start) >= LEAST_NAMED {
            let middle = f64::from(rows.start) + height * (1.0 - 0.5 * (band.start + band.end));
            area.draw(&Text::new(population.name.clone(), (LEFT as i32 - 10, middle as i32 - top), text.clone()))?;
        }
    }
    Ok(())
}
