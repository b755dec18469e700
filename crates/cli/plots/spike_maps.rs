//! First-spike times over the plane, one panel for each neuron.

use std::ops::Range;

use delgrad::train::substrate::Population;
use plotters::prelude::*;

use super::figure::{self, Area};
use super::heat_map::HeatMaps;
use super::plane::Plane;
use super::{Picture, PlotError, RunView, colour_bar, style};

/// At most so many neurons of a layer are drawn.
const NEURONS: usize = 30;
/// Colours of the scale.
const LEVELS: usize = 24;
/// Width of the colour bar with its labels.
const BAR: u32 = 120;
/// The scale leaves out this share of the times at either end: they have the colour of that end.
const OUTLIERS: f64 = 0.005;

/// How the panels of a layer are laid out.
struct Layout {
    columns: usize,
    /// Side of a panel, axes included.
    side: u32,
    /// Points along each side of the plane.
    grid: usize,
    /// Room for the axes of a panel; none: no axes.
    axes: u32,
}

pub fn draw(view: &RunView) -> Result<Vec<Picture>, PlotError> {
    let dataset = &view.setup.dataset;
    let plane = dataset.values.as_ref().and_then(|data| Plane::of(data, &dataset.names.features));
    let Some(plane) = plane else { return Ok(Vec::new()) };
    let structure = view.structure()?;
    let mut pictures = Vec::new();
    for population in &structure.populations {
        if !structure.spiking[population.neurons.start as usize] {
            continue;
        }
        let (size, output) = (population.neurons.len(), population.neurons == structure.outputs);
        let file: String = population.name.chars().map(|c| if c.is_alphanumeric() { c } else { '-' }).collect();
        let shown = size.min(NEURONS);
        let layout = if shown <= 4 {
            Layout { columns: shown, side: 380, grid: 121, axes: 54 }
        } else if shown <= 6 {
            Layout { columns: shown, side: 220, grid: 81, axes: 0 }
        } else {
            Layout { columns: 6, side: 170, grid: 61, axes: 0 }
        };
        let mut title = format!("first spikes of {}", population.name);
        if layout.axes == 0 {
            title += &format!(", {} to the right, {} upwards", plane.names[0], plane.names[1]);
        }
        if shown < size {
            title += &format!(" ({shown} of {size})");
        }
        let times = times(view, &plane, population, shown, layout.grid)?;
        let map = Map { view, plane: &plane, times, unit: structure.tau_syn, output };
        pictures.push(Picture::new(format!("spikes-{file}.svg"), map.draw(&title, shown, &layout)?));
    }
    Ok(pictures)
}

/// First spikes of some neurons on a grid of the plane, a row for each point.
fn times(
    view: &RunView,
    plane: &Plane,
    population: &Population,
    shown: usize,
    grid: usize,
) -> Result<Vec<Vec<f64>>, PlotError> {
    let samples = view.encode(plane.grid(grid)?)?;
    let mut times = Vec::with_capacity(samples.len());
    view.ideal()?.run(&samples, |_, response, _| {
        let first = |neuron| response.train(neuron).first().copied().unwrap_or(f64::INFINITY);
        times.push(population.neurons.clone().take(shown).map(first).collect());
    })?;
    Ok(times)
}

/// Spike times of some neurons over the plane.
struct Map<'a> {
    view: &'a RunView<'a>,
    plane: &'a Plane,
    /// Neuron by neuron for each point.
    times: Vec<Vec<f64>>,
    /// Unit of time: the outputs' synaptic time constant.
    unit: f64,
    /// Whether the neurons are outputs.
    output: bool,
}

impl Map<'_> {
    fn draw(&self, title: &str, shown: usize, layout: &Layout) -> Result<String, PlotError> {
        let scale = self.scale();
        let rows = shown.div_ceil(layout.columns);
        let width = layout.columns as u32 * layout.side + BAR;
        let size = (width.max(460), rows as u32 * layout.side + 40);
        figure::draw(size, |root, heat_maps| {
            let area = figure::titled(root, title, style::INK)?;
            let (panels, bar) = area.split_horizontally(layout.columns as u32 * layout.side);
            for (neuron, panel) in panels.split_evenly((rows, layout.columns)).iter().enumerate().take(shown) {
                self.panel(panel, heat_maps, neuron, &scale, layout)?;
            }
            let bar = bar.margin(34, 40, 14, 4);
            colour_bar::draw(&bar, heat_maps, &scale, LEVELS, "time [τ_syn]", "silent")
        })
    }

    /// The times that the colours span, the same for all panels.
    fn scale(&self) -> Range<f64> {
        style::range_without(self.times.iter().flatten().map(|time| time / self.unit), OUTLIERS)
    }

    fn panel(
        &self,
        area: &Area,
        heat_maps: &mut HeatMaps,
        neuron: usize,
        scale: &Range<f64>,
        layout: &Layout,
    ) -> Result<(), PlotError> {
        let title = if self.output { self.view.class_name(neuron) } else { format!("neuron {neuron}") };
        let caption = if layout.axes > 0 { style::TITLE } else { style::TEXT };
        let mut chart = ChartBuilder::on(area)
            .margin(6)
            .margin_right(10)
            .caption(title, style::font(caption))
            .x_label_area_size(layout.axes)
            .y_label_area_size(layout.axes + layout.axes / 8)
            .build_cartesian_2d(self.plane.x.clone(), self.plane.y.clone())?;
        if layout.axes > 0 {
            self.plane.draw_axes(&mut chart)?;
        }
        let cells: Vec<RGBColor> =
            self.times.iter().map(|point| level(point[neuron] / self.unit, scale)).collect();
        heat_maps.add(chart.plotting_area().get_pixel_range(), layout.grid, &cells);
        Ok(())
    }
}

fn level(time: f64, scale: &Range<f64>) -> RGBColor {
    if !time.is_finite() {
        return style::SILENT;
    }
    let share = (time - scale.start) / (scale.end - scale.start);
    let level = (share * LEVELS as f64).clamp(0.0, LEVELS as f64 - 1.0) as usize;
    style::level_colour(level, LEVELS)
}
