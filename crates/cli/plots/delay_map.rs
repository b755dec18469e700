//! Delays of small projections as matrices, before and after the training.

use std::ops::Range;

use delgrad::engine::{Network, Synapse};
use delgrad::train::experiment::NetworkConfig;
use delgrad::train::run::PopulationNetwork;
use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, VPos};

use super::figure::{self, Area};
use super::heat_map::HeatMaps;
use super::{Picture, PlotError, RunView, colour_bar, style};

const PANEL: (u32, u32) = (420, 400);
/// Width of the colour bar with its labels.
const BAR: u32 = 130;
/// Larger projections are not drawn.
const LARGEST: usize = 60;
/// Up to so many rows and columns each delay is written out.
const WRITTEN: usize = 8;
const LEVELS: usize = 64;

/// A projection with learned delays.
struct Matrix {
    name: String,
    synapses: Range<usize>,
    /// Numbers of the first source and of the first target.
    first: (u32, u32),
    /// Sources and targets.
    size: (usize, usize),
}

pub fn draw(view: &RunView) -> Result<Vec<Picture>, PlotError> {
    let Some(built) = view.setup.network.populations() else { return Ok(Vec::new()) };
    let matrices = matrices(view, built);
    if matrices.is_empty() {
        return Ok(Vec::new());
    }
    let synapses = |parameters: &[f64]| Ok::<_, PlotError>(built.with(parameters)?.parts().synapses);
    let after = format!("after training (epoch {})", view.kept_epoch);
    let all =
        [("before training".to_owned(), synapses(&view.setup.initial)?), (after, synapses(view.parameters)?)];
    let delays = matrices.iter().flat_map(|matrix| {
        all.iter().flat_map(|(_, synapses)| synapses[matrix.synapses.clone()].iter().map(|synapse| synapse.delay))
    });
    let scale = style::range(delays).unwrap_or(0.0..1.0);
    let size = (2 * PANEL.0 + BAR, PANEL.1 * matrices.len() as u32);
    let svg = figure::draw(size, |root, heat_maps| {
        let rows = root.split_evenly((matrices.len(), 1));
        for (matrix, row) in matrices.iter().zip(&rows) {
            let (row, bar) = row.split_horizontally(2 * PANEL.0);
            colour_bar::draw(&bar.margin(34, 10, 14, 4), heat_maps, &scale, LEVELS, "delay", "no synapse")?;
            for ((when, synapses), area) in all.iter().zip(row.split_evenly((1, 2))) {
                let title = format!("{}: delays {when}", matrix.name);
                panel(&area, heat_maps, &title, matrix, &synapses[matrix.synapses.clone()], &scale)?;
            }
        }
        Ok(())
    })?;
    Ok(vec![Picture::new("delays.svg", svg)])
}

fn matrices(view: &RunView, built: &PopulationNetwork) -> Vec<Matrix> {
    let NetworkConfig::Populations(network) = &view.setup.experiment.network else { return Vec::new() };
    let groups = view.setup.network.layout().groups().iter().filter(|group| group.is_delays());
    let matrix = |group: &delgrad::train::parameters::ParameterGroup| {
        let projection = &network.projections[group.index];
        let from = nodes(&built.network, &projection.from)?;
        let to = built.network.population(&projection.to)?.neurons.clone();
        let (first, size) = ((from.start, to.start), (from.len(), to.len()));
        let small = size.0 <= LARGEST && size.1 <= LARGEST;
        let synapses = built.projections()[group.index].clone();
        small.then_some(Matrix { name: group.place.clone(), synapses, first, size })
    };
    groups.filter_map(matrix).collect()
}

/// Numbers of those who send under a name: inputs come first, then neurons.
fn nodes(network: &Network, name: &str) -> Option<Range<u32>> {
    let group = network.sources().iter().find(|group| group.name == name).map(|group| group.inputs.clone());
    let population =
        network.population(name).map(|p| network.source_of(p.neurons.start).0..network.source_of(p.neurons.end).0);
    group.or(population)
}

fn panel(
    area: &Area,
    heat_maps: &mut HeatMaps,
    title: &str,
    matrix: &Matrix,
    synapses: &[Synapse],
    scale: &Range<f64>,
) -> Result<(), PlotError> {
    let area = figure::titled(area, title, style::INK)?;
    let (sources, targets) = matrix.size;
    let mut chart = ChartBuilder::on(&area)
        .margin_left(8)
        .margin_right(18)
        .margin_bottom(8)
        .x_label_area_size(44)
        .y_label_area_size(52)
        .build_cartesian_2d(-0.5..targets as f64 - 0.5, sources as f64 - 0.5..-0.5)?;
    chart
        .configure_mesh()
        .disable_mesh()
        .axis_style(style::GREY)
        .x_labels(targets.min(10))
        .y_labels(sources.min(10))
        .x_label_formatter(&|value| style::number(value.round()))
        .y_label_formatter(&|value| style::number(value.round()))
        .x_desc("target")
        .y_desc("source")
        .label_style(style::font(style::TEXT))
        .axis_desc_style(style::font(style::TEXT))
        .draw()?;
    let mut cells = vec![style::SILENT; sources * targets];
    let mut texts = Vec::new();
    for synapse in synapses {
        let (source, target) = (synapse.source.0 - matrix.first.0, synapse.target.0 - matrix.first.1);
        let level = style::level(synapse.delay, scale, LEVELS);
        cells[source as usize * targets + target as usize] = style::level_colour(level, LEVELS);
        let colour = if level > LEVELS / 2 { style::INK } else { WHITE };
        texts.push(((f64::from(target), f64::from(source)), format!("{:.2}", synapse.delay), colour));
    }
    heat_maps.add(chart.plotting_area().get_pixel_range(), targets, &cells);
    if sources <= WRITTEN && targets <= WRITTEN {
        for (at, text, colour) in &texts {
            let style = style::anchored(style::TEXT, HPos::Center, VPos::Center).color(colour);
            chart.draw_series([Text::new(text.clone(), *at, style)])?;
        }
    }
    Ok(())
}
