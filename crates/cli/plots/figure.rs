//! An SVG in the making.

use std::ops::Range;

use plotters::coord::types::RangedCoordf64;
use plotters::prelude::*;

use super::heat_map::HeatMaps;
use super::{PlotError, style};

/// The whole picture or a part of it.
pub type Area<'a> = DrawingArea<SVGBackend<'a>, plotters::coord::Shift>;

/// Draws an SVG on a white ground. Heat maps lie below everything else.
pub fn draw(
    size: (u32, u32),
    content: impl FnOnce(&Area, &mut HeatMaps) -> Result<(), PlotError>,
) -> Result<String, PlotError> {
    let mut svg = String::new();
    let mut heat_maps = HeatMaps::default();
    {
        let root = SVGBackend::with_string(&mut svg, size).into_drawing_area();
        root.fill(&WHITE)?;
        content(&root, &mut heat_maps)?;
        root.present()?;
    }
    // plotters has no compact form for thousands of rectangles; they go right behind the white ground
    const GROUND_END: &str = "/>\n";
    let ground = svg.find("<rect").and_then(|rect| svg[rect..].find(GROUND_END).map(|end| rect + end));
    if let Some(ground) = ground {
        svg.insert_str(ground + GROUND_END.len(), heat_maps.svg());
    }
    Ok(svg)
}

/// Lines of so many points at most have a dot for each.
pub const FEW: usize = 30;

/// Height of a title.
pub const TITLE_HEIGHT: u32 = 30;

/// Writes a title at the top of an area and gives back the rest.
pub fn titled<'a>(area: &Area<'a>, title: &str, colour: RGBColor) -> Result<Area<'a>, PlotError> {
    use plotters::style::text_anchor::{HPos, VPos};
    const HEIGHT: i32 = TITLE_HEIGHT as i32;
    let (width, _) = area.dim_in_pixel();
    let style = style::anchored(style::TITLE, HPos::Center, VPos::Center).color(&colour);
    area.draw(&Text::new(title.to_owned(), (width as i32 / 2, HEIGHT / 2 + 2), style))?;
    Ok(area.margin(HEIGHT, 0, 0, 0))
}

/// A chart with two linear axes.
pub type Chart<'a, 'b> = ChartContext<'a, SVGBackend<'b>, Cartesian2d<RangedCoordf64, RangedCoordf64>>;

/// Draws the axis of time below bands of neurons, and its lines; upwards they have no axis.
pub fn time_axis(chart: &mut Chart, label: &str) -> Result<(), PlotError> {
    chart
        .configure_mesh()
        .disable_y_mesh()
        .disable_y_axis()
        .bold_line_style(style::GRID)
        .light_line_style(TRANSPARENT)
        .axis_style(style::GREY)
        .x_labels(7)
        .x_label_formatter(&|value| style::number(*value))
        .x_desc(label)
        .label_style(style::font(style::TEXT))
        .axis_desc_style(style::font(style::TEXT))
        .draw()?;
    Ok(())
}

/// Draws axes with names and about so many labels, for x and y, and lines across if asked to.
pub fn axes(chart: &mut Chart, [x, y]: [&str; 2], labels: [usize; 2], lines: bool) -> Result<(), PlotError> {
    let (along_x, along_y) = (chart.x_range(), chart.y_range());
    let mut mesh = chart.configure_mesh();
    if !lines {
        mesh.disable_mesh();
    }
    mesh.bold_line_style(style::GRID)
        .light_line_style(TRANSPARENT)
        .axis_style(style::GREY)
        .x_labels(labels[0])
        .y_labels(labels[1])
        .x_label_formatter(&|value| label(*value, &along_x))
        .y_label_formatter(&|value| label(*value, &along_y))
        .x_desc(x)
        .y_desc(y)
        .label_style(style::font(style::TEXT))
        .axis_desc_style(style::font(style::TEXT))
        .draw()?;
    Ok(())
}

/// The line of a series in its legend.
pub fn swatch((x, y): (i32, i32), colour: RGBColor) -> Rectangle<(i32, i32)> {
    Rectangle::new([(x, y - 2), (x + 18, y + 1)], colour.filled())
}

/// Draws the legend of the series of a chart into its upper right corner.
pub fn labels<'a, X, Y>(chart: &mut ChartContext<'a, SVGBackend<'a>, Cartesian2d<X, Y>>) -> Result<(), PlotError>
where
    X: plotters::coord::ranged1d::Ranged,
    Y: plotters::coord::ranged1d::Ranged,
{
    chart
        .configure_series_labels()
        .position(SeriesLabelPosition::UpperRight)
        .label_font(style::font(style::TEXT))
        .background_style(WHITE.mix(0.85))
        .border_style(style::GRID)
        .draw()?;
    Ok(())
}

/// A number at a linear axis. Steps towards 0 end at what rounding leaves of it.
fn label(value: f64, axis: &Range<f64>) -> String {
    const ROUNDING: f64 = 1e-9;
    style::number(if value.abs() < ROUNDING * (axis.end - axis.start) { 0.0 } else { value })
}

/// An entry of a legend drawn by hand.
pub enum Mark {
    Patch(RGBColor),
    Dot(RGBColor),
    Ring(RGBColor),
}

/// Draws a legend downwards from the top left corner of an area.
pub fn legend(area: &Area, entries: &[(Mark, String)]) -> Result<(), PlotError> {
    use plotters::style::text_anchor::{HPos, VPos};
    const LINE: i32 = 24;
    for (index, (mark, text)) in entries.iter().enumerate() {
        let y = LINE / 2 + LINE * index as i32;
        match mark {
            Mark::Patch(colour) => area.draw(&Rectangle::new([(2, y - 7), (16, y + 7)], colour.filled()))?,
            Mark::Dot(colour) => area.draw(&Circle::new((9, y), 3, colour.filled()))?,
            Mark::Ring(colour) => {
                area.draw(&Circle::new((9, y), 4, colour.filled()))?;
                area.draw(&Circle::new((9, y), 4, BLACK.stroke_width(1)))?;
            }
        }
        let style = style::anchored(style::TEXT, HPos::Left, VPos::Center);
        area.draw(&Text::new(text.clone(), (24, y), style))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn zero_is_zero_however_it_was_reached() {
        assert_eq!([-3e-17, 0.0, 0.1].map(|value| label(value, &(-0.2..0.4))), ["0", "0", "0.1"]);
        assert_eq!(label(2e-17, &(0.0..1e-16)), "2e-17");
    }
}
