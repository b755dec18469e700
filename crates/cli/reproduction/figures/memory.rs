//! What training takes in memory.

use super::Figure;
use crate::failure::Failure;
use crate::plots::curves::{Axis, Curves, Series};
use crate::reproduction::memory::{Memory, Method, Varied};

pub fn memory(memory: &Memory) -> Result<Vec<Figure>, Failure> {
    let panels = [
        (Varied::Resolution, "steps in a synaptic time constant"),
        (Varied::LongestDelay, "longest delay [synaptic time constants]"),
        (Varied::Spikes, "spikes in a sample"),
    ];
    let draw = |(varied, name): (Varied, &'static str)| {
        let methods = [
            (Method::TimeGrid, "grid of time"),
            (Method::FirstSpikes, "first spikes"),
            (Method::Events, "events"),
        ];
        let of = |(colour, (method, name)): (usize, (Method, &str))| Series {
            name: name.to_owned(),
            colour,
            line: memory.curve(method, varied),
            dots: true,
            ..Series::default()
        };
        let series = methods.into_iter().enumerate().map(of).filter(|series| !series.line.is_empty());
        let curves = Curves {
            title: String::new(),
            x: Axis::logarithmic(name),
            y: Axis::logarithmic("bytes a sample"),
            series: series.collect(),
        };
        Ok(curves.draw()?)
    };
    Ok(vec![Figure {
        id: "memory",
        title: "Memory of a sample while gradients are computed",
        caption: "4-30-3 neurons with synaptic delays, at the peak of forward and backward pass. The grid has 100 steps a time constant where \
                  another thing is varied; samples with trains of spikes last 64 time constants.",
        wide: false,
        svgs: panels.into_iter().map(draw).collect::<Result<_, Failure>>()?,
    }])
}
