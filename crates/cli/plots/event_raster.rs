//! All spikes of a few test trials, before and after the training.

use std::ops::Range;

use delgrad::adjoint::Record;
use delgrad::engine::Network;
use delgrad::train::{Answer, EventTrainer, OUTPUT, PatternErrors, Trains, Trial};
use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, VPos};

use super::bands::{gap, heights};
use super::events::{EventPortrait, target};
use super::figure::{self, Area};
use super::{Picture, PlotError, style};

const PANEL: (u32, u32) = (520, 372);
/// Trials shown at most: the first of each class, or the first ones.
const TRIALS: usize = 5;

/// Spikes of some neurons or inputs with a name.
struct Band {
    name: String,
    rows: Vec<Vec<f64>>,
    /// Target spikes of each row.
    targets: Vec<Vec<f64>>,
    ink: Ink,
}

/// The colours of a band.
#[derive(Clone, Copy)]
enum Ink {
    Plain,
    /// Each row has the colour of its class.
    Classes,
    /// All have the colour of one class.
    Class(usize),
}

pub fn draw(portrait: &EventPortrait) -> Result<Vec<Picture>, PlotError> {
    let trials = choose(portrait);
    let size = (2 * PANEL.0, PANEL.1 * trials.len() as u32);
    let after = format!("after (epoch {})", portrait.kept_epoch);
    let picture = figure::draw("raster.svg", size, |root, _| {
        let rows = root.split_evenly((trials.len(), 1));
        for (&number, row) in trials.iter().zip(&rows) {
            let trial = &portrait.setup.trials.test[number];
            let networks = [("before", &portrait.before), (&after[..], &portrait.after)];
            for ((when, trainer), area) in networks.into_iter().zip(row.split_evenly((1, 2))) {
                let (record, answer) = EventPortrait::run(trainer, trial)?;
                let title = title(portrait, number, when, trial, &answer);
                let colour = if answer.correct { style::INK } else { style::SECOND };
                panel(
                    &figure::titled(&area, &title, colour)?,
                    portrait,
                    &bands(portrait, trainer, trial, &record),
                )?;
            }
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
        Some(PatternErrors { missing, surplus, .. }) => format!("{missing} spikes missing, {surplus} too many"),
        None => String::new(),
    }
}

fn bands(portrait: &EventPortrait, trainer: &EventTrainer, trial: &Trial, record: &Record) -> Vec<Band> {
    let network = trainer.network();
    let mut inputs = vec![Vec::new(); network.inputs() as usize];
    record.inputs().iter().for_each(|spike| inputs[spike.source as usize].push(spike.time));
    let mut bands = vec![Band {
        name: "input".to_owned(),
        targets: vec![Vec::new(); inputs.len()],
        rows: inputs,
        ink: Ink::Plain,
    }];
    let readout = &portrait.setup.experiment.readout;
    bands.extend(readout.is_free().then(|| arrivals(network, trial, record)).flatten());
    let trains = Trains::new(record.spikes(), network.neurons());
    for population in network.populations() {
        let outputs = population.name == OUTPUT;
        // integrators never spike
        if outputs && !readout.reads_spikes() && !readout.is_free() {
            continue;
        }
        let goal = |output: usize| if outputs { target(trial, output).to_vec() } else { Vec::new() };
        bands.push(Band {
            name: population.name.clone(),
            rows: population.neurons.clone().map(|neuron| trains.of(neuron).to_vec()).collect(),
            targets: (0..population.neurons.len()).map(goal).collect(),
            ink: if outputs { Ink::Classes } else { Ink::Plain },
        });
    }
    bands
}

/// When the spikes of the inputs arrive at the output of the trial's class, if there is one; a row for each input.
fn arrivals(network: &Network, trial: &Trial, record: &Record) -> Option<Band> {
    let outputs = network.population(OUTPUT)?.neurons.clone();
    let target = outputs.clone().nth(trial.class())?;
    let mut rows = vec![Vec::new(); network.inputs() as usize];
    for synapse in network.parts().synapses.iter().filter(|synapse| synapse.target == target) {
        let spikes = record.inputs().iter().filter(|spike| spike.source == synapse.source);
        if let Some(row) = rows.get_mut(synapse.source as usize) {
            row.extend(spikes.map(|spike| spike.time + synapse.delay));
        }
    }
    let name = format!("at output {}", trial.class());
    Some(Band { name, targets: vec![Vec::new(); rows.len()], rows, ink: Ink::Class(trial.class()) })
}

fn panel(area: &Area, portrait: &EventPortrait, bands: &[Band]) -> Result<(), PlotError> {
    let scale: Range<f64> = 0.0..portrait.setup.experiment.until;
    let mut chart = ChartBuilder::on(area)
        .margin_left(84)
        .margin_right(20)
        .margin_bottom(12)
        .x_label_area_size(46)
        .build_cartesian_2d(scale.clone(), 0.0..1.0)?;
    chart
        .configure_mesh()
        .disable_y_mesh()
        .disable_y_axis()
        .bold_line_style(style::GRID)
        .light_line_style(TRANSPARENT)
        .axis_style(style::GREY)
        .x_labels(7)
        .x_label_formatter(&|value| style::number(*value))
        .x_desc("time")
        .label_style(style::font(style::TEXT))
        .axis_desc_style(style::font(style::TEXT))
        .draw()?;
    let (_, pixels) = chart.plotting_area().get_pixel_range();
    let tall = f64::from(pixels.end - pixels.start);
    let left = style::anchored(style::TEXT, HPos::Right, VPos::Center);
    let heights = heights(&bands.iter().map(|band| band.rows.len()).collect::<Vec<_>>());
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
        if index > 0 {
            let edge = height.end + gap(bands.len()) / 2.0;
            chart.draw_series([PathElement::new(vec![(scale.start, edge), (scale.end, edge)], style::GRID)])?;
        }
        let middle = (tall * (1.0 - 0.5 * (height.start + height.end))) as i32;
        area.draw(&Text::new(band.name.clone(), (76, middle), left.clone()))?;
    }
    Ok(())
}
