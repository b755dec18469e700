//! First-spike times on the chip over those of the ideal model, layer by layer, and how they differ.

use std::ops::Range;

use delgrad::bss2::emulation::SpikeDifference;
use delgrad::train::run::Trains;
use delgrad::train::substrate::{Population, Structure};
use plotters::prelude::*;

use super::ON_CHIP;
use crate::plots::figure::{self, Area, Mark};
use crate::plots::heat_map::HeatMaps;
use crate::plots::histogram::Histogram;
use crate::plots::{PlotError, style};

/// Width of a layer's column, height of its scatter plot and of its histogram.
const COLUMN: u32 = 440;
const SCATTER: u32 = 430;
const HISTOGRAM: u32 = 210;
const LEGEND: u32 = 170;
/// Dots of a layer at most.
const DOTS: usize = 5000;
const DOT: (f64, f64) = (2.4, 2.4);
/// Marks of spikes that only one of both has.
const RUG: (f64, f64) = (1.4, 9.0);
/// Their colours: none of those of the classes.
const MISSING: RGBColor = style::INK;
const EXTRA: RGBColor = style::GREY;
const BINS: usize = 48;
/// Classes beyond so many have no entry in the legend.
const NAMED: usize = 10;
/// The scales leave out this share of the values at either end.
const OUTLIERS: f64 = 0.002;

/// What is drawn.
#[derive(Clone, Copy, Debug)]
pub struct Times<'a> {
    pub name: &'a str,
    pub structure: &'a Structure,
    /// Spikes of each sample.
    pub ideal: &'a [Trains],
    pub chip: &'a [Trains],
    pub classes: &'a [String],
}

/// A spike on the ideal model and on the chip.
#[derive(Clone, Copy)]
struct Pair {
    neuron: usize,
    ideal: f64,
    chip: f64,
}

/// Draws the times of all layers, as SVG.
pub fn draw(times: &Times) -> Result<String, PlotError> {
    let populations = &times.structure.populations;
    let layers = populations.len();
    let width = COLUMN * layers as u32 + LEGEND;
    let size = (width, figure::TITLE_HEIGHT + SCATTER + HISTOGRAM + 8);
    figure::draw(size, |root, heat_maps| {
        let area = figure::titled(root, times.name, style::INK)?;
        let (columns, legend) = area.split_horizontally(COLUMN * layers as u32);
        for (population, column) in populations.iter().zip(columns.split_evenly((1, layers))) {
            let (scatter, histogram) = column.split_vertically(SCATTER);
            let pairs = pairs(times, population);
            scatter_plot(&scatter, heat_maps, times, population, &pairs)?;
            differences(&histogram, &pairs)?;
        }
        let classes = times.classes.iter().take(NAMED).enumerate();
        let mut entries: Vec<(Mark, String)> =
            classes.map(|(class, name)| (Mark::Dot(style::class_colour(class)), name.clone())).collect();
        entries.push((Mark::Patch(MISSING), "silent on the chip".to_owned()));
        entries.push((Mark::Patch(EXTRA), "ideally silent".to_owned()));
        figure::legend(&legend.margin(40, 0, 4, 0), &entries)
    })
}

/// Times of the first spikes of a layer in units of the outputs' synaptic time constant, infinite where there is no spike.
fn pairs(times: &Times, population: &Population) -> Vec<Pair> {
    let unit = times.structure.tau_syn;
    let first = |trains: &Trains, neuron| trains.of(neuron).first().map_or(f64::INFINITY, |time| time / unit);
    let row = |(ideal, chip): (&Trains, &Trains)| {
        let pair =
            |(number, neuron)| Pair { neuron: number, ideal: first(ideal, neuron), chip: first(chip, neuron) };
        population.neurons.clone().enumerate().map(pair).collect::<Vec<_>>()
    };
    times.ideal.iter().zip(times.chip).flat_map(row).collect()
}

/// The range of the numbers but for the outliers.
fn scale(values: impl Iterator<Item = f64>) -> Range<f64> {
    style::padded(&style::range_without(values, OUTLIERS), 0.05)
}

/// Whether a dot is one of the share that is drawn. Multiples of the golden ratio spread evenly over all neurons, whatever
/// their number.
fn is_drawn(index: usize, share: f64) -> bool {
    const GOLDEN: u64 = 0x9E37_79B9_7F4A_7C15;
    (index as u64).wrapping_mul(GOLDEN) as f64 / u64::MAX as f64 <= share
}

fn scatter_plot(
    area: &Area,
    heat_maps: &mut HeatMaps,
    times: &Times,
    population: &Population,
    pairs: &[Pair],
) -> Result<(), PlotError> {
    let is_output = population.neurons == times.structure.outputs;
    let share_drawn = DOTS as f64 / pairs.len() as f64;
    let mut name = population.name.clone();
    if share_drawn < 1.0 {
        name += &format!(" ({:.0} % of its dots drawn)", 100.0 * share_drawn);
    }
    let scale = scale(pairs.iter().flat_map(|pair| [pair.ideal, pair.chip]));
    let mut chart = ChartBuilder::on(area)
        .margin_left(8)
        .margin_right(18)
        .margin_bottom(6)
        .caption(name, style::font(style::TITLE))
        .x_label_area_size(48)
        .y_label_area_size(60)
        .build_cartesian_2d(scale.clone(), scale.clone())?;
    figure::axes(&mut chart, ["ideal time [τ_syn]", "time on the chip [τ_syn]"], [7, 7], false)?;

    let (columns, rows) = chart.plotting_area().get_pixel_range();
    let share = |time: f64| (time - scale.start) / (scale.end - scale.start);
    let x = |time: f64| f64::from(columns.start) + f64::from(columns.end - columns.start) * share(time);
    let y = |time: f64| f64::from(rows.end) - f64::from(rows.end - rows.start) * share(time);
    let inside = |time: f64| scale.contains(&time);
    let colours = if is_output { times.classes.len().max(1) } else { 1 };
    for colour in 0..colours {
        let own = |pair: &Pair| !is_output || pair.neuron % colours == colour;
        let both = |pair: &Pair| inside(pair.ideal) && inside(pair.chip);
        let shown = |(index, pair): &(usize, &Pair)| is_drawn(*index, share_drawn) && own(pair) && both(pair);
        let dots = pairs.iter().enumerate().filter(shown).map(|(_, pair)| (x(pair.ideal), y(pair.chip)));
        let ink = if is_output { style::class_colour(colour) } else { style::pale(style::INK, 0.55) };
        heat_maps.add_marks(ink, DOT, dots);
    }
    let missing = pairs.iter().filter(|pair| inside(pair.ideal) && pair.chip.is_infinite());
    let bottom = f64::from(rows.end) - RUG.1 / 2.0;
    heat_maps.add_marks(MISSING, RUG, missing.map(|pair| (x(pair.ideal), bottom)));
    let extra = pairs.iter().filter(|pair| inside(pair.chip) && pair.ideal.is_infinite());
    let left = f64::from(columns.start) + RUG.1 / 2.0;
    heat_maps.add_marks(EXTRA, (RUG.1, RUG.0), extra.map(|pair| (left, y(pair.chip))));
    chart
        .draw_series([PathElement::new(vec![(scale.start, scale.start), (scale.end, scale.end)], style::GREY)])?;
    Ok(())
}

/// How the times differ, as a histogram.
fn differences(area: &Area, pairs: &[Pair]) -> Result<(), PlotError> {
    let [ideal, chip] =
        [|pair: &Pair| pair.ideal, |pair: &Pair| pair.chip].map(|of| pairs.iter().map(of).collect::<Vec<f64>>());
    let found = SpikeDifference::of_first(&ideal, &chip);
    let both = ideal.iter().zip(&chip).map(|(ideal, chip)| chip - ideal).filter(|time| time.is_finite());
    let values: Vec<f64> = both.collect();
    let scale = scale(values.iter().copied().chain([0.0]));
    let histogram = Histogram::new(&values, &scale, BINS);
    let highest = histogram.highest() * 1.1;
    let number = |value: Option<f64>| value.map_or_else(|| "-".to_owned(), |value| format!("{value:.3}"));
    let caption = format!(
        "median {}, σ {} τ_syn; {} missing, {} extra",
        number(found.median),
        number(found.sd),
        found.missing,
        found.extra
    );
    let mut chart = ChartBuilder::on(area)
        .margin_left(8)
        .margin_right(18)
        .margin_bottom(6)
        .caption(caption, style::font(style::TEXT))
        .x_label_area_size(46)
        .y_label_area_size(60)
        .build_cartesian_2d(scale.clone(), 0.0..highest)?;
    figure::axes(&mut chart, ["chip - ideal [τ_syn]", "spikes"], [7, 4], true)?;
    chart.draw_series(histogram.bars(style::pale(ON_CHIP, 0.6)))?;
    chart.draw_series([PathElement::new(vec![(0.0, 0.0), (0.0, highest)], style::GREY)])?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_neuron_has_its_share_of_the_dots() {
        const SAMPLES: usize = 1000;
        for neurons in [3, 30, 64] {
            for neuron in 0..neurons {
                let drawn = (0..SAMPLES).filter(|sample| is_drawn(sample * neurons + neuron, 0.2)).count();
                assert!((150..250).contains(&drawn), "{drawn} of neuron {neuron} of {neurons}");
            }
        }
        assert!((0..SAMPLES).all(|index| is_drawn(index, 1.0)));
    }
}
