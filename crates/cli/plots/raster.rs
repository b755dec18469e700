//! All spikes of a few test samples, before and after the training.

use std::ops::Range;

use delgrad::train::experiment::NetworkConfig;
use delgrad::train::learn::Trainer;
use delgrad::train::objective::{Answer, PatternErrors, Readout};
use delgrad::train::samples::{Sample, Samples};
use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, VPos};

use super::bands::{gap, heights};
use super::figure::{self, Area};
use super::raster_bands::{Band, Ink, bands, sample_times};
use super::{Picture, PlotError, RunView, style};

const PANEL: (u32, u32) = (520, 372);
/// Samples shown at most: the first of each class, or the first ones.
const SAMPLES: usize = 5;
/// Beyond this many outputs their names would overlap.
const NAMED_OUTPUTS: usize = 8;
/// Voltages are as tall as so many rows of spikes.
const TALL: usize = 10;

/// How strong the ground is behind the output of the true class.
const MARK: f64 = 0.2;

/// What a network does in a sample.
struct Panel {
    title: String,
    colour: RGBColor,
    bands: Vec<Band>,
    /// The true class, whose output is marked.
    class: Option<usize>,
    /// The span in which outputs are read, if it is not the whole sample.
    window: Option<Range<f64>>,
}

pub fn draw(view: &RunView) -> Result<Vec<Picture>, PlotError> {
    let test = &view.setup.dataset.parts.test;
    let samples = choose(view);
    let size = (2 * PANEL.0, PANEL.1 * samples.len() as u32);
    let structure = view.structure()?;
    let mut trainers = view.before_and_after()?;
    let until = until(view, &mut trainers, &samples)?;
    let mut panels = Vec::new();
    for &number in &samples {
        let (alone, sample) = (test.select(&[number as u32]), test.get(number));
        for (when, trainer) in &mut trainers {
            let answer = trainer.answers(&alone)?.pop().unwrap_or_default();
            panels.push(Panel {
                title: title(view, number, when, &sample, &answer),
                colour: if answer.correct { style::INK } else { style::SECOND },
                bands: bands(view, &structure, trainer.substrate(), &sample, trainer.parameters(), until)?,
                class: sample.target.class(),
                window: window(view, &sample, until),
            });
        }
    }
    // one scale for all, so that voltages before and after compare
    let voltages = panels.iter().flat_map(|panel| &panel.bands).flat_map(|band| &band.voltages).flatten();
    let scale = style::range(voltages.copied()).unwrap_or(0.0..1.0);
    let svg = figure::draw(size, |root, _| {
        let areas = root.split_evenly((samples.len(), 2));
        for (panel, area) in panels.iter().zip(&areas) {
            draw_panel(&figure::titled(area, &panel.title, panel.colour)?, view, panel, &scale, until)?;
        }
        Ok(())
    })?;
    Ok(vec![Picture::new("raster.svg", svg)])
}

/// The end of the pictures: that of a sample, or else after the last spike.
fn until(view: &RunView, trainers: &mut [(String, Trainer); 2], samples: &[usize]) -> Result<f64, PlotError> {
    if let NetworkConfig::Populations(network) = &view.setup.experiment.network {
        return Ok(network.until);
    }
    let chosen: Vec<u32> = samples.iter().map(|&sample| sample as u32).collect();
    let shown: Samples = view.setup.dataset.parts.test.select(&chosen);
    let mut latest = shown.content.span().map_or(1.0, |(_, latest)| latest);
    for (_, trainer) in trainers {
        let neurons = trainer.substrate().structure().neurons();
        trainer.run(&shown, |_, response, _| {
            latest =
                (0..neurons).filter_map(|neuron| response.train(neuron).last().copied()).fold(latest, f64::max);
        })?;
    }
    Ok(1.03 * latest)
}

fn choose(view: &RunView) -> Vec<usize> {
    let test = &view.setup.dataset.parts.test;
    let first = |class| (0..test.len()).find(|&sample| test.class(sample) == Some(class));
    let classes = 0..view.setup.dataset.names.classes.len();
    let chosen: Vec<usize> = classes.filter_map(first).take(SAMPLES).collect();
    if chosen.is_empty() { (0..test.len().min(2)).collect() } else { chosen }
}

fn title(view: &RunView, number: usize, when: &str, sample: &Sample, answer: &Answer) -> String {
    let Some(class) = sample.target.class() else {
        return format!("{when}, sample {number}: {}", errors(answer));
    };
    let unclear = if view.setup.experiment.readout.is_free() { "several" } else { "silent" };
    let said = answer.class.map_or_else(|| unclear.to_owned(), |class| view.class_name(class));
    format!("{when}, sample {number}: {}, answer {said}", view.class_name(class))
}

/// How far a pattern is from its target.
fn errors(answer: &Answer) -> String {
    match answer.errors {
        Some(PatternErrors { distance, missing: 0, surplus: 0 }) => {
            format!("all spikes, off by {} at most", style::number(distance))
        }
        Some(PatternErrors { missing, surplus, .. }) => format!("spikes: {missing} missing, {surplus} too many"),
        None => String::new(),
    }
}

fn window(view: &RunView, sample: &Sample, until: f64) -> Option<Range<f64>> {
    let (start, end) = match view.setup.experiment.readout {
        Readout::Membrane { from, to, .. } => (from, to),
        _ => (0.0, None),
    };
    let end = end.map_or(until, |end| sample.read_from + end);
    let window = sample.read_from + start..end;
    (window != (0.0..until)).then_some(window)
}

fn draw_panel(
    area: &Area,
    view: &RunView,
    panel: &Panel,
    voltages: &Range<f64>,
    until: f64,
) -> Result<(), PlotError> {
    let scale: Range<f64> = 0.0..until;
    let mut chart = ChartBuilder::on(area)
        .margin_left(84)
        .margin_right(68)
        .margin_bottom(12)
        .x_label_area_size(46)
        .build_cartesian_2d(scale.clone(), 0.0..1.0)?;
    if let Some(window) = &panel.window {
        let corners = [(window.start, 0.0), (window.end, 1.0)];
        chart.draw_series([Rectangle::new(corners, style::GRID.mix(0.5).filled())])?;
    }
    figure::time_axis(&mut chart, "time")?;
    let bands = &panel.bands;
    let (_, pixels) = chart.plotting_area().get_pixel_range();
    let tall = f64::from(pixels.end - pixels.start);
    let (right, _) = area.dim_in_pixel();
    let left = style::anchored(style::TEXT, HPos::Right, VPos::Center);
    let tallness = |band: &Band| if band.voltages.is_empty() { band.rows.len() } else { TALL };
    let heights = heights(&bands.iter().map(tallness).collect::<Vec<_>>());
    for (index, (band, height)) in bands.iter().zip(&heights).enumerate() {
        let lines = band.rows.len().max(band.voltages.len());
        let line = (height.end - height.start) / lines.max(1) as f64;
        // where there are many neurons, their spikes overlap rather than vanish
        let half = (0.42 * line).max(1.5 / tall);
        let row = |neuron: usize| height.end - line * (neuron as f64 + 0.5);
        let marks = |rows: &[Vec<f64>], half: f64, width: u32, colour: &dyn Fn(usize) -> RGBColor| {
            let ticks =
                rows.iter().enumerate().flat_map(|(neuron, times)| times.iter().map(move |t| (neuron, *t)));
            ticks
                .map(|(neuron, time)| {
                    let y = row(neuron);
                    PathElement::new(vec![(time, y - half), (time, y + half)], colour(neuron).stroke_width(width))
                })
                .collect::<Vec<_>>()
        };
        let class = panel.class.filter(|class| matches!(band.ink, Ink::Classes) && *class < lines);
        if let Some(class) = class.filter(|_| band.voltages.is_empty()) {
            let corners = [(scale.start, row(class) - 0.5 * line), (scale.end, row(class) + 0.5 * line)];
            let ground = style::pale(style::class_colour(class), MARK);
            chart.draw_series([Rectangle::new(corners, ground.filled())])?;
        }
        chart.draw_series(marks(&band.targets, half, 5, &|_| style::BEFORE))?;
        let colour = |neuron| match band.ink {
            Ink::Plain => style::INK,
            Ink::Classes => style::class_colour(neuron),
            Ink::Class(class) => style::class_colour(class),
        };
        chart.draw_series(marks(&band.rows, half, 2, &colour))?;
        for (neuron, course) in band.voltages.iter().enumerate() {
            let y = |v: f64| {
                height.start + (height.end - height.start) * (v - voltages.start) / (voltages.end - voltages.start)
            };
            let line = sample_times(until).zip(course).map(|(time, &v)| (time, y(v)));
            let width = if class == Some(neuron) { 4 } else { 2 };
            chart.draw_series(LineSeries::new(line, style::class_colour(neuron).stroke_width(width)))?;
        }
        if index > 0 {
            let edge = height.end + gap(bands.len()) / 2.0;
            chart.draw_series([PathElement::new(vec![(scale.start, edge), (scale.end, edge)], style::GRID)])?;
        }
        let middle = (tall * (1.0 - 0.5 * (height.start + height.end))) as i32;
        area.draw(&Text::new(band.name.clone(), (76, middle), left.clone()))?;
        let classes = view.setup.dataset.names.classes.len();
        if matches!(band.ink, Ink::Classes) && (1..=NAMED_OUTPUTS).contains(&lines) && classes > 0 {
            for neuron in 0..lines {
                let colour = style::class_colour(neuron);
                let text = style::anchored(style::TEXT, HPos::Left, VPos::Center).color(&colour);
                let at = (right as i32 - 62, (tall * (1.0 - row(neuron))) as i32);
                area.draw(&Text::new(view.class_name(neuron), at, text))?;
            }
        }
    }
    Ok(())
}
