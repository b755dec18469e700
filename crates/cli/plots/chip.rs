//! Pictures of networks on the chip.

pub mod codes;
pub mod map;
pub mod overlay;
pub mod sweep;
pub mod times;

use plotters::style::RGBColor;

use super::style;

/// Spikes of the ideal model.
const IDEAL: RGBColor = style::FIRST;
/// Spikes on the chip.
const ON_CHIP: RGBColor = style::SECOND;
