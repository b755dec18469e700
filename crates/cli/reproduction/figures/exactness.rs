//! One neuron, its derivatives, and what a grid of time makes of them.

use super::Figure;
use crate::failure::Failure;
use crate::plots::curves::{Axis, Curves, Series};
use crate::reproduction::exactness::Exactness;
use crate::reproduction::on_grid::OnGrid;
use crate::reproduction::one_neuron::Moved;

/// Below this a deviation is rounding.
const LEAST: f64 = 1e-18;

pub fn exactness(exactness: &Exactness) -> Result<Vec<Figure>, Failure> {
    let neuron = &exactness.neuron;
    Ok(vec![
        Figure {
            id: "neuron",
            title: "A neuron, its spike and how that moves",
            caption: "The voltage is the sum of what three arrivals add, until it meets the threshold. Beside it the spike time over weight \
                      and time of the first arrival, and its derivative: in closed form, and as differences. It jumps where another \
                      arrival comes too late to matter.",
            wide: false,
            svgs: vec![
                voltage(exactness)?,
                moved("by weight", "weight of the first arrival", &neuron.by_weight)?,
                moved("by time", "time of the first arrival", &neuron.by_time)?,
            ],
        },
        Figure {
            id: "deviations",
            title: "Gradients against differences",
            caption: "Every weight and delay of two experiments before training: how far the derivative of the loss is from a central \
                      difference, which is exact to about 1e-9 itself.",
            wide: false,
            svgs: vec![deviations(exactness)?],
        },
        Figure {
            id: "grid",
            title: "What a grid of time loses",
            caption: "The network of yin-yang-synaptic before training, on a grid with a surrogate gradient: distance of output spikes from \
                      the exact ones, and one less the cosine between its gradient and the exact one. Spikes come to the exact ones \
                      with the step; a surrogate does not.",
            wide: false,
            svgs: vec![
                on_grid(exactness, "spike times", "mean distance", |own| own.spike_time)?,
                on_grid(exactness, "gradient", "1 - cosine", |own| 1.0 - own.cosine)?,
            ],
        },
    ])
}

fn voltage(exactness: &Exactness) -> Result<String, Failure> {
    let neuron = &exactness.neuron;
    let line = |name: &str, colour: usize, line: &[(f64, f64)]| Series {
        name: name.to_owned(),
        colour,
        line: line.to_vec(),
        ..Series::default()
    };
    let end = neuron.potentials.first().and_then(|line| line.last()).map_or(0.0, |point| point.0);
    let mut series = vec![
        line("voltage", 0, &neuron.voltage),
        line("threshold", 1, &[(0.0, neuron.threshold), (end, neuron.threshold)]),
    ];
    series.extend(neuron.potentials.iter().map(|potential| line("", 2, potential)));
    series[2].name = "what each arrival adds".to_owned();
    series.push(Series {
        name: "spike".to_owned(),
        colour: 4,
        line: vec![(neuron.spike, neuron.threshold)],
        dots: true,
        ..Series::default()
    });
    let curves = Curves {
        title: "voltage".to_owned(),
        x: Axis::linear("time [synaptic time constants]"),
        y: Axis::linear("voltage"),
        series,
    };
    Ok(curves.draw()?)
}

fn moved(title: &str, axis: &'static str, moved: &Moved) -> Result<String, Failure> {
    let times =
        Series { name: "spike time".to_owned(), colour: 0, line: moved.times.clone(), ..Series::default() };
    let derivatives = Series {
        name: "its derivative".to_owned(),
        colour: 1,
        line: moved.derivatives.clone(),
        ..Series::default()
    };
    let differences = Series {
        name: "as a difference".to_owned(),
        colour: 4,
        points: moved.differences.clone(),
        ..Series::default()
    };
    let curves = Curves {
        title: title.to_owned(),
        x: Axis::linear(axis),
        y: Axis::linear("time, and its derivative"),
        series: vec![times, derivatives, differences],
    };
    Ok(curves.draw()?)
}

fn deviations(exactness: &Exactness) -> Result<String, Failure> {
    let of = |(colour, compared): (usize, &crate::reproduction::exactness::Compared)| Series {
        name: compared.experiment.to_owned(),
        colour,
        points: compared
            .derivatives
            .iter()
            .filter(|[own, _]| *own != 0.0)
            .map(|[own, other]| (own.abs(), (own - other).abs().max(LEAST)))
            .collect(),
        ..Series::default()
    };
    let curves = Curves {
        title: String::new(),
        x: Axis::logarithmic("size of the derivative"),
        y: Axis::logarithmic("deviation from the difference"),
        series: exactness.experiments.iter().enumerate().map(of).collect(),
    };
    Ok(curves.draw()?)
}

fn on_grid(
    exactness: &Exactness,
    title: &str,
    axis: &'static str,
    value: impl Fn(&OnGrid) -> f64,
) -> Result<String, Failure> {
    let line = exactness.grid.iter().map(|own| (own.step, value(own))).collect();
    let curves = Curves {
        title: title.to_owned(),
        x: Axis::logarithmic("step [synaptic time constants]"),
        y: Axis::logarithmic(axis),
        series: vec![Series { line, dots: true, ..Series::default() }],
    };
    Ok(curves.draw()?)
}
