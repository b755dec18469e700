//! The scale of a heat map.

use std::ops::Range;

use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, VPos};

use super::figure::Area;
use super::heat_map::HeatMaps;
use super::{PlotError, style};

/// Draws the scale as a bar of so many levels, its end at the top, and the colour of what has no value below it.
pub fn draw(
    area: &Area,
    heat_maps: &mut HeatMaps,
    scale: &Range<f64>,
    levels: usize,
    title: &str,
    none: &str,
) -> Result<(), PlotError> {
    const WIDTH: i32 = 18;
    const LONGEST: i32 = 380;
    /// Height of a label and its surroundings.
    const LABEL: i32 = 24;
    let (columns, rows) = area.get_pixel_range();
    let (x, y) = (columns.start, rows.start);
    let height = (rows.end - y - 60).min(LONGEST);
    let (left, top) = (2, 30);
    let cells: Vec<RGBColor> = (0..levels).rev().map(|level| style::level_colour(level, levels)).collect();
    heat_maps.add((x + left..x + left + WIDTH, y + top..y + top + height), 1, &cells);
    let text = style::anchored(style::TEXT, HPos::Left, VPos::Center);
    area.draw(&Text::new(title.to_owned(), (left, 10), text.clone()))?;
    for value in style::round_ticks(scale, height / LABEL) {
        let share = (value - scale.start) / (scale.end - scale.start);
        let at = top + height - (share * f64::from(height)).round() as i32;
        area.draw(&PathElement::new(vec![(left + WIDTH, at), (left + WIDTH + 5, at)], style::INK))?;
        area.draw(&Text::new(style::number(value), (left + WIDTH + 9, at), text.clone()))?;
    }
    let below = top + height + 14;
    area.draw(&Rectangle::new([(left, below), (left + WIDTH, below + 14)], style::SILENT.filled()))?;
    area.draw(&Text::new(none.to_owned(), (left + WIDTH + 9, below + 7), text))?;
    Ok(())
}
