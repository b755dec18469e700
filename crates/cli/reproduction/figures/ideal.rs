//! Accuracy over sizes, parameters and epochs.

use delgrad::neuron::statistics::median_of_sorted;
use delgrad::train::learn::EpochMetrics;

use super::{Figure, errors, series};
use crate::failure::Failure;
use crate::plots::curves::{Axis, Curves, Series};
use crate::plots::points;
use crate::reproduction::claims::{DELGRAD, EQUAL, OURS, PUBLISHED, Recipe, SIZES};
use crate::reproduction::results::{Results, Runs, numbers};

const METRIC: &str = "test_accuracy";
/// An axis of the logarithm has no place for 0.
const LEAST_ERROR: f64 = 0.02;

pub fn ideal(results: &Results) -> Result<Vec<Figure>, Failure> {
    let each = |draw: &dyn Fn(Recipe) -> Result<String, Failure>| -> Result<Vec<String>, Failure> {
        [DELGRAD, OURS].into_iter().map(draw).collect()
    };
    Ok(vec![
        Figure {
            id: "error-over-neurons",
            title: "Test error over hidden neurons",
            caption: "Each run a point; means with intervals of 95 %. 20,000 fresh test samples.",
            wide: false,
            svgs: each(&|recipe| over_sizes(results, recipe))?,
        },
        Figure {
            id: "error-over-parameters",
            title: "Test error over parameters",
            caption: "The same runs, and wider networks without delays, over the number of parameters that are learned.",
            wide: false,
            svgs: each(&|recipe| over_parameters(results, recipe))?,
        },
        Figure {
            id: "error-over-epochs",
            title: "Validation error over epochs",
            caption: "30 hidden neurons: median over seeds, and the two middle quarters.",
            wide: false,
            svgs: each(&|recipe| over_epochs(results, recipe))?,
        },
        Figure {
            id: "published",
            title: "The published networks among ours",
            caption: "The published experiments on the data set's own 1000 test samples; upright lines: the single published networks.",
            wide: true,
            svgs: vec![published(results)?],
        },
    ])
}

fn over_sizes(results: &Results, recipe: Recipe) -> Result<String, Failure> {
    let of = |(colour, arm): (usize, &&str)| {
        let at = |size: &str| {
            let values = results.values(recipe.sweep(size), arm, Some(size), METRIC);
            Some((size.parse().ok()?, errors(&values)))
        };
        let groups: Vec<(f64, Vec<f64>)> = SIZES.iter().filter_map(|size| at(size)).collect();
        series(arm, colour, &groups, |x| x + 0.5 * (colour as f64 - 2.0))
    };
    let curves = Curves {
        title: recipe.name.to_owned(),
        x: Axis::linear("hidden neurons"),
        y: Axis::logarithmic("test error [%]"),
        series: recipe.arms.iter().enumerate().map(of).collect(),
    };
    Ok(curves.draw()?)
}

fn over_parameters(results: &Results, recipe: Recipe) -> Result<String, Failure> {
    let of = |(colour, arm): (usize, &&str)| {
        let wide = EQUAL.map(|[_, wide]| wide).into_iter().filter(|size| !SIZES.contains(size));
        let at = |size: &str| {
            let runs = results.runs(recipe.sweep(size), arm, Some(size))?;
            let values = runs.values(METRIC);
            // what is frozen is not learned
            let frozen =
                if *arm == "frozen" { results.runs(recipe.sweep(size), "weights", Some(size)) } else { None };
            Some((frozen.unwrap_or(runs).parameters()?, errors(&values)))
        };
        let groups: Vec<(f64, Vec<f64>)> = SIZES.into_iter().chain(wide).filter_map(at).collect();
        series(arm, colour, &groups, |x| x)
    };
    let curves = Curves {
        title: recipe.name.to_owned(),
        x: Axis::logarithmic("learned parameters"),
        y: Axis::logarithmic("test error [%]"),
        series: recipe.arms.iter().enumerate().map(of).collect(),
    };
    Ok(curves.draw()?)
}

fn over_epochs(results: &Results, recipe: Recipe) -> Result<String, Failure> {
    const SIZE: &str = "30";
    let mut curves = Curves {
        title: recipe.name.to_owned(),
        x: Axis::linear("epoch"),
        y: Axis::logarithmic("validation error [%]"),
        series: Vec::new(),
    };
    for (colour, arm) in recipe.arms.iter().enumerate() {
        if let Some(runs) = results.runs(recipe.sweep(SIZE), arm, Some(SIZE)) {
            curves.series.push(quartiles(arm, colour, runs)?);
        }
    }
    Ok(curves.draw()?)
}

fn quartiles(name: &str, colour: usize, runs: Runs) -> Result<Series, Failure> {
    let histories = runs.histories()?;
    let epochs = histories.iter().map(Vec::len).min().unwrap_or(0);
    let mut series = Series { name: name.to_owned(), colour, ..Series::default() };
    for epoch in 0..epochs {
        let error =
            |history: &Vec<EpochMetrics>| (100.0 * (1.0 - history[epoch].validation_accuracy)).max(LEAST_ERROR);
        let mut sorted: Vec<f64> = histories.iter().map(error).collect();
        sorted.sort_unstable_by(f64::total_cmp);
        let Some(median) = median_of_sorted(&sorted) else { continue };
        let half = sorted.len().div_ceil(2);
        let quarters =
            [&sorted[..half], &sorted[sorted.len() - half..]].map(|half| median_of_sorted(half).unwrap_or(median));
        let x = (epoch + 1) as f64;
        series.line.push((x, median));
        series.band.push((x, quarters));
    }
    Ok(series)
}

fn published(results: &Results) -> Result<String, Failure> {
    let row = |(experiment, name, paper): (&str, &str, f64)| {
        let values = numbers(&results.values("published", experiment, None, METRIC));
        let values = values.into_iter().map(|value| 100.0 * value).collect();
        points::Row { mark: Some(paper), ..points::Row::of(name, values) }
    };
    Ok(points::draw(760, ["", "test accuracy [%]"], &PUBLISHED.map(row))?)
}
