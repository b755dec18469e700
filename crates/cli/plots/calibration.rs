//! Circuits before and after a calibration: for each parameter how far they are from the target, and the middle enlarged.

use delgrad::bss2::calibration::{Calibration, Deviations, Parameter};
use plotters::element::DashedPathElement;
use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, VPos};

use super::figure::{self, Area, Chart, Mark};
use super::histogram::Histogram;
use super::{PlotError, style};

/// Size of the cell of a parameter.
const CELL: (i32, i32) = (340, 390);
const COLUMNS: usize = 4;
/// Heights within a cell: the wide histogram, the wedge to the enlarged one, and that one.
const WIDE: i32 = 150;
const WEDGE: i32 = 20;
const NARROW: i32 = 168;
/// Left of every histogram.
const MARGIN: i32 = 44;
/// Bins of all histograms.
const BINS: usize = 30;
/// Height of an axis over the highest bar.
const ROOM: f64 = 1.12;

const BEFORE: RGBColor = style::BEFORE;
const AFTER: RGBColor = style::FIRST;
/// How strong the colour is of what circuits really are.
const REAL: f64 = 0.4;

/// One parameter, in the units of its axis.
struct Cell {
    title: String,
    unit: &'static str,
    measured: Deviations,
    real: Deviations,
    /// Upper bound of the published spread, if there is one.
    published: Option<f64>,
}

/// Draws histograms of all parameters, as SVG.
pub fn draw(title: &str, calibration: &Calibration) -> Result<String, PlotError> {
    let cells = cells(calibration);
    let rows = cells.len().div_ceil(COLUMNS) as i32;
    let top = figure::TITLE_HEIGHT as i32 + 34;
    let size = ((CELL.0 * COLUMNS as i32) as u32, (top + CELL.1 * rows) as u32);
    figure::draw(size, |root, _| {
        let report = calibration.report();
        let title =
            format!("{title}: {} of {} circuits calibrated", report.calibrated, calibration.circuits().len());
        let area = figure::titled(root, &title, style::INK)?;
        let entries = [
            (BEFORE, "before, as measured"),
            (style::pale(AFTER, REAL), "after, as the circuits are"),
            (AFTER, "after, as measured (line)"),
            (style::SECOND, "published bound of the spread (dashes)"),
        ];
        for (n, (colour, text)) in (0..).zip(entries) {
            let place = area.clone().shrink((MARGIN + n * CELL.0, 2), (CELL.0 - MARGIN, 28));
            figure::legend(&place, &[(Mark::Patch(colour), text.to_owned())])?;
        }
        for (n, cell) in cells.iter().enumerate() {
            let corner = ((n % COLUMNS) as i32 * CELL.0, top + (n / COLUMNS) as i32 * CELL.1);
            draw_cell(&root.clone().shrink(corner, CELL), cell)?;
        }
        Ok(())
    })
}

fn cells(calibration: &Calibration) -> Vec<Cell> {
    let report = calibration.report();
    let scaled = |deviations: Deviations, factor: f64| {
        let by = |values: Vec<f64>| values.into_iter().map(|value| factor * value).collect();
        Deviations { before: by(deviations.before), after: by(deviations.after) }
    };
    let mut cells: Vec<Cell> = Parameter::ALL
        .into_iter()
        .map(|parameter| {
            let (unit, factor) = if parameter.is_voltage() { ("CADC steps", 1.0) } else { ("%", 100.0) };
            let target = report.parameter(parameter).target;
            let assumed = matches!(parameter, Parameter::Excitatory | Parameter::Inhibitory);
            Cell {
                title: format!("{}: {target} {}", parameter.name(), parameter.unit().replace("us", "µs"))
                    .trim_end()
                    .to_owned(),
                unit,
                measured: scaled(calibration.measured(parameter), factor),
                real: scaled(calibration.real(parameter), factor),
                published: (!assumed).then_some(factor * report.parameter(parameter).published),
            }
        })
        .collect();
    let [measured, real] = calibration.delays();
    let nanoseconds = 1000.0;
    cells.push(Cell {
        title: format!("delays of {} pairs", report.pairs),
        unit: "ns",
        measured: scaled(measured, nanoseconds),
        real: scaled(real, nanoseconds),
        published: None,
    });
    cells
}

fn draw_cell(area: &Area, cell: &Cell) -> Result<(), PlotError> {
    let area = figure::titled(area, &cell.title, style::INK)?;
    let wide = limit(cell.measured.before.iter().chain(&cell.measured.after));
    let narrow = limit(cell.measured.after.iter().chain(&cell.real.after));
    let part = |top: i32, height: i32| area.clone().shrink((0, top), (CELL.0, height));
    let top_area = part(0, WIDE);
    let bottom_area = part(WIDE + WEDGE, NARROW);

    let before = histogram(&cell.measured.before, wide);
    let (measured, real) = (histogram(&cell.measured.after, narrow), histogram(&cell.real.after, narrow));
    let (top, bottom) = (ROOM * before.highest(), ROOM * measured.highest().max(real.highest()));
    let mut upper = chart(&top_area, wide, top, 26)?;
    let mut lower = chart(&bottom_area, narrow, bottom, 44)?;
    enlargement(&area, narrow, &upper, &lower, bottom)?;

    axes(&mut upper, None)?;
    upper.draw_series(before.bars(BEFORE))?;
    for x in cell.published.filter(|bound| *bound < wide).into_iter().flat_map(|bound| [-bound, bound]) {
        let style = style::SECOND.stroke_width(1);
        upper.draw_series([DashedPathElement::new([(x, 0.0), (x, top)], 5, 4, style)])?;
    }
    text(&top_area, 14, &format!("sd {}", spread(&cell.measured.before)))?;

    axes(&mut lower, Some(cell.unit))?;
    lower.draw_series(real.bars(style::pale(AFTER, REAL)))?;
    lower.draw_series([PathElement::new(measured.outline(), AFTER.stroke_width(2))])?;
    text(&bottom_area, 14, &format!("sd {}", spread(&cell.measured.after)))?;
    text(&bottom_area, 32, &format!("really {}", spread(&cell.real.after)))
}

/// From the middle of the wide histogram to the ends of the enlarged one.
fn enlargement(area: &Area, limit: f64, upper: &Chart, lower: &Chart, top: f64) -> Result<(), PlotError> {
    let base = area.get_base_pixel();
    let inside = |(x, y): (i32, i32)| (x - base.0, y - base.1);
    let [left, right] = [-limit, limit].map(|x| inside(upper.backend_coord(&(x, 0.0))));
    let [below_left, below_right] = [-limit, limit].map(|x| inside(lower.backend_coord(&(x, top))));
    let shape = vec![left, right, below_right, below_left];
    area.draw(&Polygon::new(shape, style::pale(AFTER, 0.08).filled()))?;
    Ok(())
}

fn chart<'a, 'b>(area: &'a Area<'b>, limit: f64, highest: f64, below: u32) -> Result<Chart<'a, 'b>, PlotError> {
    Ok(ChartBuilder::on(area)
        .margin_left(4)
        .margin_right(16)
        .margin_top(4)
        .x_label_area_size(below)
        .y_label_area_size(MARGIN - 4)
        .build_cartesian_2d(-limit..limit, 0.0..highest)?)
}

fn axes(chart: &mut Chart, unit: Option<&str>) -> Result<(), PlotError> {
    chart
        .configure_mesh()
        .disable_x_mesh()
        .bold_line_style(style::GRID)
        .light_line_style(TRANSPARENT)
        .axis_style(style::GREY)
        .x_labels(5)
        .y_labels(3)
        .x_label_formatter(&|value| style::number(*value))
        .y_label_formatter(&|value| style::number(*value))
        .x_desc(unit.map_or_else(String::new, |unit| format!("distance from the target [{unit}]")))
        .label_style(style::font(style::TEXT - 1))
        .axis_desc_style(style::font(style::TEXT - 1))
        .draw()?;
    Ok(())
}

/// In the top left corner of a histogram.
fn text(area: &Area, y: i32, text: &str) -> Result<(), PlotError> {
    let style = style::anchored(style::TEXT - 1, HPos::Left, VPos::Center);
    area.draw(&Text::new(text.to_owned(), (MARGIN + 8, y), style))?;
    Ok(())
}

/// Standard deviation, with two digits.
fn spread(values: &[f64]) -> String {
    let sd = delgrad::bss2::calibration::Spread::of(values).sd;
    match sd {
        0.0..1.0 => format!("{sd:.2}"),
        1.0..10.0 => format!("{sd:.1}"),
        _ => format!("{sd:.0}"),
    }
}

/// Half the width of an axis that holds all values.
fn limit<'a>(values: impl Iterator<Item = &'a f64>) -> f64 {
    const ROOM: f64 = 1.04;
    ROOM * values.fold(1e-9, |most: f64, value| most.max(value.abs()))
}

fn histogram(values: &[f64], limit: f64) -> Histogram {
    Histogram::new(values, &(-limit..limit), BINS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn axes_hold_all_values() {
        assert!(limit([3.0, -4.0].iter()) > 4.0 && limit([].iter()) > 0.0);
    }
}
