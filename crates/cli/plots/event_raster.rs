//! All spikes of a few test trials, before and after the training.

use std::ops::Range;

use delgrad::train::{Answer, PatternErrors, Readout, Trial};
use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, VPos};

use super::bands::{gap, heights};
use super::event_bands::{Band, Ink, bands, sample_times};
use super::events::EventPortrait;
use super::figure::{self, Area};
use super::{Picture, PlotError, style};

const PANEL: (u32, u32) = (520, 372);
/// Trials shown at most: the first of each class, or the first ones.
const TRIALS: usize = 5;
/// Voltages are as tall as so many rows of spikes.
const TALL: usize = 10;

/// What a network does in a trial.
struct Panel {
    title: String,
    colour: RGBColor,
    bands: Vec<Band>,
    /// The span in which outputs are read, if it is not the whole trial.
    window: Option<Range<f64>>,
}

pub fn draw(portrait: &EventPortrait) -> Result<Vec<Picture>, PlotError> {
    let trials = choose(portrait);
    let size = (2 * PANEL.0, PANEL.1 * trials.len() as u32);
    let after = format!("after (epoch {})", portrait.kept_epoch);
    let mut panels = Vec::new();
    for &number in &trials {
        let trial = &portrait.setup.trials.test[number];
        for (when, trainer) in [("before", &portrait.before), (&after[..], &portrait.after)] {
            let (record, answer) = EventPortrait::run(trainer, trial)?;
            panels.push(Panel {
                title: title(portrait, number, when, trial, &answer),
                colour: if answer.correct { style::INK } else { style::SECOND },
                bands: bands(portrait, trainer.network(), trial, &record)?,
                window: window(portrait, trial),
            });
        }
    }
    // one scale for all, so that voltages before and after compare
    let voltages = panels.iter().flat_map(|panel| &panel.bands).flat_map(|band| &band.voltages).flatten();
    let scale = style::range(voltages.copied()).unwrap_or(0.0..1.0);
    let picture = figure::draw("raster.svg", size, |root, _| {
        let areas = root.split_evenly((trials.len(), 2));
        for (panel, area) in panels.iter().zip(&areas) {
            draw_panel(&figure::titled(area, &panel.title, panel.colour)?, portrait, panel, &scale)?;
        }
        Ok(())
    })?;
    Ok(vec![picture])
}

fn choose(portrait: &EventPortrait) -> Vec<usize> {
    let test = &portrait.setup.trials.test;
    let classes = portrait.setup.trials.classes.len();
    let first = |class| test.iter().position(|trial| trial.class() == class);
    let chosen: Vec<usize> = (0..classes).filter_map(first).take(TRIALS).collect();
    if chosen.is_empty() { (0..test.len().min(2)).collect() } else { chosen }
}

fn title(portrait: &EventPortrait, number: usize, when: &str, trial: &Trial, answer: &Answer) -> String {
    if portrait.setup.trials.classes.is_empty() {
        return format!("{when}, trial {number}: {}", errors(answer));
    }
    let unclear = if portrait.setup.experiment.readout.is_free() { "several" } else { "silent" };
    let said = answer.class.map_or_else(|| unclear.to_owned(), |class| portrait.class_name(class));
    format!("{when}, trial {number}: {}, answer {said}", portrait.class_name(trial.class()))
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

fn window(portrait: &EventPortrait, trial: &Trial) -> Option<Range<f64>> {
    let experiment = &portrait.setup.experiment;
    let (start, end) = match experiment.readout {
        Readout::Membrane { from, to, .. } => (from, to),
        _ => (0.0, None),
    };
    let end = end.map_or(experiment.until, |end| trial.read_from + end);
    let window = trial.read_from + start..end;
    (window != (0.0..experiment.until)).then_some(window)
}

fn draw_panel(
    area: &Area,
    portrait: &EventPortrait,
    panel: &Panel,
    voltages: &Range<f64>,
) -> Result<(), PlotError> {
    let until = portrait.setup.experiment.until;
    let scale: Range<f64> = 0.0..until;
    let mut chart = ChartBuilder::on(area)
        .margin_left(84)
        .margin_right(20)
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
    let left = style::anchored(style::TEXT, HPos::Right, VPos::Center);
    let tallness = |band: &Band| if band.voltages.is_empty() { band.rows.len() } else { TALL };
    let heights = heights(&bands.iter().map(tallness).collect::<Vec<_>>());
    for (index, (band, height)) in bands.iter().zip(&heights).enumerate() {
        let line = (height.end - height.start) / band.rows.len().max(1) as f64;
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
            chart.draw_series(LineSeries::new(line, style::class_colour(neuron).stroke_width(2)))?;
        }
        if index > 0 {
            let edge = height.end + gap(bands.len()) / 2.0;
            chart.draw_series([PathElement::new(vec![(scale.start, edge), (scale.end, edge)], style::GRID)])?;
        }
        let middle = (tall * (1.0 - 0.5 * (height.start + height.end))) as i32;
        area.draw(&Text::new(band.name.clone(), (76, middle), left.clone()))?;
    }
    Ok(())
}
