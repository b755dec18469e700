//! Values counted in equal bins.

use std::ops::Range;

use plotters::prelude::*;

/// How many values lie in each bin of a scale.
pub struct Histogram {
    scale: Range<f64>,
    counts: Vec<usize>,
}

impl Histogram {
    /// Values beyond the scale do not count.
    pub fn new(values: &[f64], scale: &Range<f64>, bins: usize) -> Self {
        let mut counts = vec![0; bins];
        for value in values.iter().filter(|value| (scale.start..=scale.end).contains(value)) {
            let share = (value - scale.start) / (scale.end - scale.start);
            counts[((share * bins as f64) as usize).min(bins - 1)] += 1;
        }
        Self { scale: scale.clone(), counts }
    }

    /// The largest count, at least 1.
    pub fn highest(&self) -> f64 {
        self.counts.iter().copied().max().unwrap_or(0).max(1) as f64
    }

    /// A bar for each bin that holds something.
    pub fn bars(&self, colour: RGBColor) -> impl Iterator<Item = Rectangle<(f64, f64)>> {
        let filled = self.counts.iter().enumerate().filter(|(_, count)| **count > 0);
        filled.map(move |(bin, count)| {
            Rectangle::new([(self.edge(bin), 0.0), (self.edge(bin + 1), *count as f64)], colour.filled())
        })
    }

    /// The line around all bars.
    pub fn outline(&self) -> Vec<(f64, f64)> {
        let mut points = vec![(self.scale.start, 0.0)];
        for (bin, count) in self.counts.iter().enumerate() {
            points.extend([(self.edge(bin), *count as f64), (self.edge(bin + 1), *count as f64)]);
        }
        points.push((self.scale.end, 0.0));
        points
    }

    fn edge(&self, bin: usize) -> f64 {
        self.scale.start + (self.scale.end - self.scale.start) * bin as f64 / self.counts.len() as f64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_value_on_the_scale_is_counted_once() {
        let counts = Histogram::new(&[0.0, 0.01, 0.5, 1.0, 1.1, -0.1], &(0.0..1.0), 10).counts;
        assert_eq!((counts[0], counts[5], counts[9]), (2, 1, 1));
        assert_eq!(counts.iter().sum::<usize>(), 4);
    }
}
