//! What delays were learned from each input, before and after the training: as images where inputs are pixels.

use std::ops::Range;

use delgrad::train::experiment::{INPUT, NetworkConfig};
use plotters::prelude::*;

use super::figure::{self, Area, Mark};
use super::heat_map::HeatMaps;
use super::{Picture, PlotError, RunView, colour_bar, style};

const PANEL: (u32, u32) = (420, 420);
/// Size of a chart over the inputs.
const CHART: (u32, u32) = (860, 320);
/// Width of the colour bar with its labels.
const BAR: u32 = 130;
const LEVELS: usize = 64;
/// Fewer inputs are told apart in the other pictures, and more in none.
const INPUTS: Range<usize> = 10..16_385;

/// Mean and standard deviation of the delays of an input over its synapses; none without a synapse.
type Delays = Vec<Option<(f64, f64)>>;

pub fn draw(view: &RunView) -> Result<Vec<Picture>, PlotError> {
    let inputs = view.setup.dataset.sample_inputs() as usize;
    if !INPUTS.contains(&inputs) || !learns(view) {
        return Ok(Vec::new());
    }
    let [before, after] = [&view.setup.initial[..], view.parameters].map(|parameters| of_inputs(view, parameters));
    let (before, after) = (before?, after?);
    let means = |delays: &Delays| delays.iter().flatten().map(|(mean, _)| *mean).collect::<Vec<_>>();
    let both = [means(&before), means(&after)].concat();
    let Some(scale) = style::range(both) else { return Ok(Vec::new()) };
    let titles = ["before training".to_owned(), format!("after training (epoch {})", view.kept_epoch)];
    let image = view.setup.dataset.image.filter(|[width, height]| (width * height) as usize == inputs);
    let svg = match image {
        Some([width, _]) => figure::draw((2 * PANEL.0 + BAR, PANEL.1), |root, heat_maps| {
            let (panels, bar) = root.split_horizontally(2 * PANEL.0);
            colour_bar::draw(&bar.margin(34, 10, 14, 4), heat_maps, &scale, LEVELS, "mean delay", "no synapse")?;
            for ((delays, title), area) in [before, after].iter().zip(&titles).zip(panels.split_evenly((1, 2))) {
                image_panel(&area, heat_maps, title, delays, width as usize, &scale)?;
            }
            Ok(())
        })?,
        None => figure::draw(CHART, |root, _| chart(root, &before, &after, &titles))?,
    };
    Ok(vec![Picture::new("delays-by-input.svg", svg)])
}

/// Whether delays from the inputs are learned.
fn learns(view: &RunView) -> bool {
    let from_input = |index: usize| match &view.setup.experiment.network {
        NetworkConfig::Populations(network) => network.projections[index].from == INPUT,
        _ => index == 0,
    };
    let mut groups = view.setup.network.layout().groups().iter();
    groups.any(|group| group.is_delays() && group.learning_rate > 0.0 && from_input(group.index))
}

/// The delays from each input, however they come about.
fn of_inputs(view: &RunView, parameters: &[f64]) -> Result<Delays, PlotError> {
    let inputs = view.setup.dataset.sample_inputs() as usize;
    let mut delays: Vec<Vec<f64>> = vec![Vec::new(); inputs];
    if let Some(built) = view.setup.network.populations() {
        for synapse in built.with(parameters)?.parts().synapses {
            delays.get_mut(synapse.source.0 as usize).into_iter().for_each(|own| own.push(synapse.delay));
        }
    } else if let Some(network) = view.setup.network.layers() {
        let layer = &network.spec().layers[0];
        let lines = network.layer_delays(0, parameters);
        for (line, row) in lines.chunks(layer.size.max(1)).enumerate() {
            delays.get_mut(line / layer.multiplex.max(1)).into_iter().for_each(|own| own.extend_from_slice(row));
        }
    }
    let moments = |own: Vec<f64>| {
        let count = own.len() as f64;
        let mean = own.iter().sum::<f64>() / count;
        let variance = own.iter().map(|delay| (delay - mean) * (delay - mean)).sum::<f64>() / count;
        (!own.is_empty()).then(|| (mean, variance.sqrt()))
    };
    Ok(delays.into_iter().map(moments).collect())
}

fn image_panel(
    area: &Area,
    heat_maps: &mut HeatMaps,
    title: &str,
    delays: &Delays,
    width: usize,
    scale: &Range<f64>,
) -> Result<(), PlotError> {
    let area = figure::titled(area, title, style::INK)?.margin(4, 12, 12, 12);
    let cell = |delay: &Option<(f64, f64)>| {
        delay.map_or(style::SILENT, |(mean, _)| style::scale_colour(mean, scale, LEVELS))
    };
    let cells: Vec<RGBColor> = delays.iter().map(cell).collect();
    heat_maps.add(area.get_pixel_range(), width, &cells);
    Ok(())
}

fn chart(root: &Area, before: &Delays, after: &Delays, titles: &[String; 2]) -> Result<(), PlotError> {
    let ends = |delays: &Delays| delays.iter().flatten().flat_map(|(mean, sd)| [mean - sd, mean + sd]).collect();
    let ends: [Vec<f64>; 2] = [ends(before), ends(after)];
    let range = style::padded(&style::range(ends.concat()).unwrap_or(0.0..1.0), 0.05);
    let (legend, rest) = root.split_vertically(34);
    let colours = [style::BEFORE, style::FIRST];
    let places = legend.margin(6, 0, 70, 0).split_evenly((1, 4));
    for ((title, colour), place) in titles.iter().zip(colours).zip(&places) {
        figure::legend(place, &[(Mark::Dot(colour), title.clone())])?;
    }
    let mut chart = ChartBuilder::on(&rest)
        .margin_left(8)
        .margin_right(18)
        .margin_bottom(4)
        .x_label_area_size(44)
        .y_label_area_size(62)
        .build_cartesian_2d(-0.5..before.len() as f64 - 0.5, range)?;
    figure::axes(&mut chart, ["input", "delay, mean ± sd over synapses"], [12, 6], true)?;
    for (delays, colour) in [before, after].into_iter().zip(colours) {
        let own =
            || delays.iter().enumerate().filter_map(|(input, delay)| delay.map(|delay| (input as f64, delay)));
        let spread = own().map(|(x, (mean, sd))| {
            PathElement::new(vec![(x, mean - sd), (x, mean + sd)], style::pale(colour, 0.6).stroke_width(1))
        });
        chart.draw_series(spread)?;
        chart.draw_series(own().map(|(x, (mean, _))| Circle::new((x, mean), 3, colour.filled())))?;
    }
    Ok(())
}
