//! What delays do on the chip.

use delgrad::train::comparison::Crossed;

use super::{Figure, errors, series};
use crate::failure::Failure;
use crate::plots::curves::{Axis, Curves};
use crate::plots::points;
use crate::reproduction::claim::table;
use crate::reproduction::claims::{ARMS, accuracy_by_strength};
use crate::reproduction::results::{Results, numbers};

const METRIC: &str = "test_accuracy";

pub fn chip(results: &Results) -> Result<Vec<Figure>, Failure> {
    Ok(vec![
        Figure {
            id: "chip-published",
            title: "DelGrad's recipe on the chip",
            caption: "Each seed on a chip of its own; upright lines: the paper's hardware-aware simulation, one run each.",
            wide: true,
            svgs: vec![published(results)?],
        },
        Figure {
            id: "chip-crossed",
            title: "Chips and initialisations crossed",
            caption: "Our recipe: ten chips with five initialisations each. Beside it: how much of the spread comes from chips, from \
                      initialisations, and from what both do together (variance components with intervals of 95 %).",
            wide: true,
            svgs: vec![crossed(results)?, components(results)?],
        },
        Figure {
            id: "chip-noise",
            title: "Accuracy over noise",
            caption: "Variation and noise from none to three times the paper's; means over ten chips with intervals of 95 %.",
            wide: false,
            svgs: vec![over_strength(results)?],
        },
    ])
}

fn published(results: &Results) -> Result<String, Failure> {
    let of = |(sweep, arm, name, mark): (&str, &str, &str, Option<f64>)| {
        let values = numbers(&results.values(sweep, arm, None, METRIC));
        points::Row { mark, ..points::Row::of(name, values.into_iter().map(|value| 100.0 * value).collect()) }
    };
    let rows = [
        ("chip-published", "weights", "hardware-aware model, weights", Some(84.9)),
        ("chip-published", "axonal", "hardware-aware model, axonal delays", Some(92.8)),
        ("chip-calibrated", "weights", "calibrated chips, weights", None),
        ("chip-calibrated", "axonal", "calibrated chips, axonal delays", None),
    ];
    Ok(points::draw(760, ["", "test accuracy [%]"], &rows.map(of))?)
}

fn crossed(results: &Results) -> Result<String, Failure> {
    let row = |arm: &str| {
        let values = results.values("chip-crossed", arm, None, METRIC);
        let mut row = points::Row::of(arm, numbers(&values).into_iter().map(|value| 100.0 * value).collect());
        // runs share chips and initialisations, so that they are not independent
        row.interval = Crossed::of(&table(&values)).map(|found| found.interval.map(|end| 100.0 * end));
        row
    };
    Ok(points::draw(760, ["accuracy", "test accuracy [%]"], &ARMS.map(row))?)
}

fn components(results: &Results) -> Result<String, Failure> {
    let rows = ARMS.iter().flat_map(|arm| {
        let found = Crossed::of(&table(&results.values("chip-crossed", arm, None, METRIC)));
        let each =
            found.map(|found| [("chips", found.rows), ("initialisations", found.columns), ("rest", found.rest)]);
        each.into_iter().flatten().map(move |(cause, component)| points::Row {
            name: format!("{arm}: {cause}"),
            mean: Some(100.0 * component.sd()),
            interval: Some(component.sd_interval().map(|end| 100.0 * end)),
            ..points::Row::default()
        })
    });
    Ok(points::draw(760, ["where the spread comes from", "standard deviation [%]"], &rows.collect::<Vec<_>>())?)
}

fn over_strength(results: &Results) -> Result<String, Failure> {
    let of = |(colour, arm): (usize, &&str)| {
        let points = accuracy_by_strength(results, arm);
        let groups: Vec<(f64, Vec<f64>)> = points.iter().map(|(x, values)| (*x, errors(values))).collect();
        series(arm, colour, &groups, |x| x + 0.05 * (colour as f64 - 1.5))
    };
    let curves = Curves {
        title: "our recipe".to_owned(),
        x: Axis::linear("strength of variation and noise"),
        y: Axis::logarithmic("test error [%]"),
        series: ARMS.iter().enumerate().map(of).collect(),
    };
    Ok(curves.draw()?)
}
