//! First-spike times over the plane, one panel for each neuron.

use std::ops::Range;

use delgrad::ttfs::SpikeTimes;
use plotters::prelude::*;

use super::figure::{self, Area};
use super::heat_map::HeatMaps;
use super::plane::Plane;
use super::{Picture, PlotError, Portrait, colour_bar, style};

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

pub fn draw(portrait: &Portrait) -> Result<Vec<Picture>, PlotError> {
    let Some(plane) = Plane::of(&portrait.setup.data.test) else { return Ok(Vec::new()) };
    let sizes = portrait.setup.network.sizes();
    let mut pictures = Vec::new();
    for (layer, &size) in sizes.iter().enumerate() {
        let (name, title) = if layer + 1 == sizes.len() {
            ("spikes-output.svg".to_owned(), "first spikes of the output neurons".to_owned())
        } else {
            let number = layer + 1;
            (
                format!("spikes-hidden-{number}.svg"),
                format!(
                    "first spikes of hidden layer {number}, {} to the right, {} upwards",
                    plane.names[0], plane.names[1]
                ),
            )
        };
        let shown = size.min(NEURONS);
        let layout = if shown <= 4 {
            Layout { columns: shown, side: 380, grid: 121, axes: 54 }
        } else if shown <= 6 {
            Layout { columns: shown, side: 220, grid: 81, axes: 0 }
        } else {
            Layout { columns: 6, side: 170, grid: 61, axes: 0 }
        };
        let title = if shown < size { format!("{title} ({shown} of {size})") } else { title };
        let map = Map { portrait, plane: &plane, times: plane.run(portrait, layout.grid)?, layer };
        pictures.push(map.draw(name, &title, shown, &layout)?);
    }
    Ok(pictures)
}

/// Spike times of one layer over the plane.
struct Map<'a> {
    portrait: &'a Portrait<'a>,
    plane: &'a Plane,
    times: SpikeTimes,
    layer: usize,
}

impl Map<'_> {
    fn draw(&self, name: String, title: &str, shown: usize, layout: &Layout) -> Result<Picture, PlotError> {
        let scale = self.scale(shown);
        let rows = shown.div_ceil(layout.columns);
        let width = layout.columns as u32 * layout.side + BAR;
        let size = (width.max(460), rows as u32 * layout.side + 40);
        figure::draw(name, size, |root, heat_maps| {
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
    fn scale(&self, shown: usize) -> Range<f64> {
        let unit = self.portrait.tau_syn();
        let of = |point: usize| &self.times.row(point, self.layer)[..shown];
        let mut times: Vec<f64> = (0..self.times.samples()).flat_map(of).map(|time| time / unit).collect();
        times.retain(|time| time.is_finite());
        times.sort_unstable_by(f64::total_cmp);
        let outliers = (times.len() as f64 * OUTLIERS) as usize;
        let kept = &times[outliers..times.len() - outliers];
        style::range(kept.iter().copied()).unwrap_or(0.0..1.0)
    }

    fn panel(
        &self,
        area: &Area,
        heat_maps: &mut HeatMaps,
        neuron: usize,
        scale: &Range<f64>,
        layout: &Layout,
    ) -> Result<(), PlotError> {
        let title = if layout.axes > 0 { self.portrait.class_name(neuron) } else { format!("neuron {neuron}") };
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
        let unit = self.portrait.tau_syn();
        let colour = |point: usize| level(self.times.row(point, self.layer)[neuron] / unit, scale);
        let cells: Vec<RGBColor> = (0..self.times.samples()).map(colour).collect();
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
