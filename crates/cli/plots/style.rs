//! Fonts, colours and ranges that all plots share.

use std::ops::Range;

use delgrad::engine::Multiples;
use plotters::style::colors::colormaps::{ColorMap, ViridisRGB};
use plotters::style::text_anchor::{HPos, Pos, VPos};
use plotters::style::{IntoTextStyle, RGBColor, TextStyle};

/// Size of titles in pixels.
pub const TITLE: u32 = 17;
/// Size of all other text in pixels.
pub const TEXT: u32 = 14;
const FONT: &str = "sans-serif";

pub const INK: RGBColor = RGBColor(30, 30, 30);
pub const GREY: RGBColor = RGBColor(150, 150, 150);
/// Where no neuron fires.
pub const SILENT: RGBColor = RGBColor(222, 222, 222);
pub const GRID: RGBColor = RGBColor(228, 228, 228);
pub const BEFORE: RGBColor = RGBColor(190, 190, 190);
pub const FIRST: RGBColor = CLASSES[0];
pub const SECOND: RGBColor = CLASSES[1];
pub const EXCITATORY: RGBColor = SECOND;
pub const INHIBITORY: RGBColor = FIRST;

/// Okabe and Ito's colours, which colour-blind readers can tell apart.
const CLASSES: [RGBColor; 7] = [
    RGBColor(0, 114, 178),
    RGBColor(213, 94, 0),
    RGBColor(0, 158, 115),
    RGBColor(204, 121, 167),
    RGBColor(230, 159, 0),
    RGBColor(86, 180, 233),
    RGBColor(120, 100, 20),
];

/// Colour of a class; beyond seven they repeat.
pub const fn class_colour(class: usize) -> RGBColor {
    CLASSES[class % CLASSES.len()]
}

/// The colour mixed with white; 0 is white.
pub fn pale(colour: RGBColor, strength: f64) -> RGBColor {
    let mix = |channel: u8| (255.0 - strength * (255.0 - f64::from(channel))).round() as u8;
    RGBColor(mix(colour.0), mix(colour.1), mix(colour.2))
}

/// Perceptually uniform colour of a level of `0..levels`.
pub fn level_colour(level: usize, levels: usize) -> RGBColor {
    ViridisRGB.get_color(level as f32 / (levels.max(2) - 1) as f32)
}

/// The same of a number within a scale; beyond its ends that of the end.
pub fn scale_colour(value: f64, scale: &Range<f64>, levels: usize) -> RGBColor {
    level_colour(level(value, scale, levels), levels)
}

/// The level of `0..levels` nearest to a number within a scale.
pub fn level(value: f64, scale: &Range<f64>, levels: usize) -> usize {
    let share = (value - scale.start) / (scale.end - scale.start);
    ((share * (levels - 1) as f64).round() as usize).min(levels - 1)
}

pub fn font(size: u32) -> TextStyle<'static> {
    (FONT, size).into_text_style(&(0, 0)).color(&INK)
}

/// Text beside a point at `horizontal` and `vertical`.
pub fn anchored(size: u32, horizontal: HPos, vertical: VPos) -> TextStyle<'static> {
    font(size).pos(Pos::new(horizontal, vertical))
}

/// The range of some numbers, never empty; infinite ones do not count. None if there is no finite one.
pub fn range(values: impl IntoIterator<Item = f64>) -> Option<Range<f64>> {
    let finite = values.into_iter().filter(|value| value.is_finite());
    let (low, high) = finite.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), v| (v.min(low), v.max(high)));
    if low > high {
        return None;
    }
    /// Least width, relative to the numbers.
    const LEAST: f64 = 1e-6;
    let least = LEAST * low.abs().max(high.abs()).max(1.0);
    Some(if high - low > least { low..high } else { low - least..high + least })
}

/// The same without a share of the numbers at either end; 0 to 1 if there is none.
pub fn range_without(values: impl Iterator<Item = f64>, outliers: f64) -> Range<f64> {
    let mut sorted: Vec<f64> = values.filter(|value| value.is_finite()).collect();
    sorted.sort_unstable_by(f64::total_cmp);
    let skip = (sorted.len() as f64 * outliers) as usize;
    range(sorted[skip..sorted.len() - skip].iter().copied()).unwrap_or(0.0..1.0)
}

/// The range and a share of its width on either side.
pub fn padded(range: &Range<f64>, share: f64) -> Range<f64> {
    let pad = share * (range.end - range.start);
    range.start - pad..range.end + pad
}

/// A number as short as it can be read: two decimals, or an exponent if it is small.
pub fn number(value: f64) -> String {
    let size = value.abs();
    if size != 0.0 && !(1e-3..1e5).contains(&size) {
        return format!("{value:.0e}");
    }
    let text = format!("{value:.3}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// Round numbers within a range at equal distances, `most` and one at most.
pub fn round_ticks(range: &Range<f64>, most: i32) -> Vec<f64> {
    let width = range.end - range.start;
    let steps = (-9..=9).flat_map(|exponent| [1.0, 2.0, 5.0].map(|factor| factor * 10.0_f64.powi(exponent)));
    let Some(step) = steps.into_iter().find(|step| width / step <= f64::from(most)) else { return Vec::new() };
    Multiples::from(step, range.start, range.end).map_or(Vec::new(), Iterator::collect)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ticks_are_round_and_few() {
        assert_eq!(round_ticks(&(1.23..4.06), 5), [2.0, 3.0, 4.0]);
        assert_eq!(round_ticks(&(-0.3..0.9), 3), [0.0, 0.5]);
        assert_eq!(round_ticks(&(0.1..0.3), 3), [0.1, 0.2, 0.3]);
        assert!(round_ticks(&(0.0..1e12), 5).is_empty());
    }

    #[test]
    fn ranges_are_never_empty() {
        let one = range([2.0, f64::INFINITY]).unwrap();
        assert!(one.start < 2.0 && 2.0 < one.end);
        assert_eq!(range([1.0, 3.0]), Some(1.0..3.0));
        assert_eq!(range([f64::NAN]), None);
    }

    #[test]
    fn numbers_are_short() {
        assert_eq!([0.0, 1.5, 0.02, 2e-5, 3e6].map(number), ["0", "1.5", "0.02", "2e-5", "3e6"]);
    }
}
