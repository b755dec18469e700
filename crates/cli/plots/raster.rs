//! All spikes of a few test samples, layer by layer.

use std::ops::Range;

use delgrad::ttfs::SpikeTimes;
use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, VPos};

use super::bands::{gap, heights};
use super::figure::{self, Area};
use super::{Picture, PlotError, Portrait, style};

const PANEL: (u32, u32) = (480, 352);
const COLUMNS: usize = 3;
/// Samples shown: of the correct ones the first of each class, then wrong ones.
const SAMPLES: usize = 6;
const WRONG: usize = 3;
/// Beyond this many outputs their names would overlap.
const NAMED_OUTPUTS: usize = 8;

pub fn draw(portrait: &Portrait) -> Result<Vec<Picture>, PlotError> {
    let test = &portrait.setup.encoded.test;
    let record = portrait.run(&test.inputs)?;
    let raster = Raster { portrait, inputs: &test.inputs, record: &record };
    let samples = raster.choose();
    let unit = portrait.tau_syn();
    let spikes = samples.iter().flat_map(|&sample| raster.bands(sample)).flatten();
    let range = style::range(spikes.map(|time| time / unit)).unwrap_or(0.0..1.0);
    let scale = style::padded(&(range.start.min(0.0)..range.end), 0.03);

    let columns = samples.len().clamp(1, COLUMNS);
    let rows = samples.len().div_ceil(columns);
    let size = (PANEL.0 * columns as u32, PANEL.1 * rows as u32);
    let picture = figure::draw("raster.svg", size, |root, _| {
        for (&sample, area) in samples.iter().zip(root.split_evenly((rows, columns))) {
            raster.panel(&area, sample, &scale)?;
        }
        Ok(())
    })?;
    Ok(vec![picture])
}

/// Spikes of the test samples.
struct Raster<'a> {
    portrait: &'a Portrait<'a>,
    inputs: &'a SpikeTimes,
    record: &'a SpikeTimes,
}

impl Raster<'_> {
    fn predicted(&self, sample: usize) -> Option<usize> {
        let objective = self.portrait.setup.experiment.objective();
        objective.loss.predict(self.record.last(sample), objective.tau_syn)
    }

    /// The first correct sample of each class and the first wrong samples.
    fn choose(&self) -> Vec<usize> {
        let labels = self.portrait.setup.data.test.labels();
        let correct = |sample: &usize| self.predicted(*sample) == Some(labels[*sample] as usize);
        let wrong: Vec<usize> = (0..labels.len()).filter(|sample| !correct(sample)).take(WRONG).collect();
        let mut seen = Vec::new();
        let mut chosen: Vec<usize> = (0..labels.len())
            .filter(correct)
            .filter(|&sample| {
                let new = !seen.contains(&labels[sample]);
                seen.push(labels[sample]);
                new
            })
            .take(SAMPLES - wrong.len())
            .collect();
        chosen.extend(wrong);
        chosen
    }

    /// Spike times of a sample: inputs, then each layer.
    fn bands(&self, sample: usize) -> Vec<&[f64]> {
        let layers = (0..self.record.blocks()).map(|layer| self.record.row(sample, layer));
        std::iter::once(self.inputs.row(sample, 0)).chain(layers).collect()
    }

    fn panel(&self, area: &Area, sample: usize, scale: &Range<f64>) -> Result<(), PlotError> {
        let class = self.portrait.setup.data.test.label(sample) as usize;
        let predicted = self.predicted(sample);
        let answer = predicted.map_or_else(|| "silent".to_owned(), |class| self.portrait.class_name(class));
        let title = format!("sample {sample}: {}, classified as {answer}", self.portrait.class_name(class));
        let colour = if predicted == Some(class) { style::INK } else { style::SECOND };
        let area = figure::titled(area, &title, colour)?;
        let mut chart = ChartBuilder::on(&area)
            .margin_left(84)
            .margin_right(66)
            .margin_bottom(12)
            .x_label_area_size(46)
            .build_cartesian_2d(scale.clone(), 0.0..1.0)?;
        figure::time_axis(&mut chart, "time [τ_syn]")?;

        let bands = self.bands(sample);
        let unit = self.portrait.tau_syn();
        let (_, pixels) = chart.plotting_area().get_pixel_range();
        let pixel = |height: f64| (f64::from(pixels.end - pixels.start) * (1.0 - height)) as i32 + 30;
        let left = style::anchored(style::TEXT, HPos::Right, VPos::Center);
        let (right, _) = area.dim_in_pixel();
        let heights = heights(&bands.iter().map(|band| band.len()).collect::<Vec<_>>());
        for (index, (band, height)) in bands.iter().zip(&heights).enumerate() {
            let is_output = index + 1 == bands.len();
            let line = (height.end - height.start) / band.len() as f64;
            // where there are many neurons, their spikes overlap rather than vanish
            let half = (0.42 * line).max(1.5 / f64::from(pixels.end - pixels.start));
            let width = if line > 0.02 { 3 } else { 2 };
            let row = |neuron: usize| height.end - line * (neuron as f64 + 0.5);
            let tick = |(neuron, time): (usize, &f64)| {
                let (x, y) = (time / unit, row(neuron));
                let colour = if is_output { style::class_colour(neuron) } else { style::INK };
                PathElement::new(vec![(x, y - half), (x, y + half)], colour.stroke_width(width))
            };
            chart.draw_series(band.iter().enumerate().filter(|(_, time)| time.is_finite()).map(tick))?;
            if index > 0 {
                let edge = height.end + gap(bands.len()) / 2.0;
                chart
                    .draw_series([PathElement::new(vec![(scale.start, edge), (scale.end, edge)], style::GRID)])?;
            }
            let name = match index {
                0 => "input".to_owned(),
                _ if is_output => "output".to_owned(),
                layer => format!("hidden {layer}"),
            };
            let middle = pixel(0.5 * (height.start + height.end));
            area.draw(&Text::new(name, (76, middle - 30), left.clone()))?;
            if is_output && band.len() <= NAMED_OUTPUTS {
                for neuron in 0..band.len() {
                    let colour = style::class_colour(neuron);
                    let text = style::anchored(style::TEXT, HPos::Left, VPos::Center).color(&colour);
                    let at = (right as i32 - 60, pixel(row(neuron)) - 30);
                    area.draw(&Text::new(self.portrait.class_name(neuron), at, text))?;
                }
            }
        }
        Ok(())
    }
}
