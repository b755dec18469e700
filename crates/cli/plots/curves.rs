//! Curves over a number, on linear or logarithmic axes: lines, bands, intervals and single values.

use std::ops::Range;

use delgrad::neuron::math;
use plotters::coord::types::RangedCoordf64;
use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, VPos};

use super::figure::{self, Area};
use super::{PlotError, style};

/// A chart with a title above and a legend below.
#[derive(Clone, Debug)]
pub struct Curves {
    pub title: String,
    pub x: Axis,
    pub y: Axis,
    pub series: Vec<Series>,
}

/// An axis with its name.
#[derive(Clone, Copy, Debug)]
pub struct Axis {
    pub name: &'static str,
    pub logarithmic: bool,
}

impl Axis {
    pub const fn linear(name: &'static str) -> Self {
        Self { name, logarithmic: false }
    }

    pub const fn logarithmic(name: &'static str) -> Self {
        Self { name, logarithmic: true }
    }

    /// Where a value stands; none for one that has no place.
    fn place(self, value: f64) -> Option<f64> {
        let place = if self.logarithmic { math::ln(value) / std::f64::consts::LN_10 } else { value };
        place.is_finite().then_some(place)
    }

    /// Places with their labels.
    fn ticks(self, range: &Range<f64>) -> Vec<(f64, String)> {
        const MOST: i32 = 6;
        if !self.logarithmic {
            return style::round_ticks(range, MOST)
                .into_iter()
                .map(|place| (place, style::number(place)))
                .collect();
        }
        let factors: &[f64] = match range.end - range.start {
            ..0.8 => &[1.0, 1.5, 2.0, 3.0, 5.0, 7.0],
            ..2.2 => &[1.0, 2.0, 5.0],
            _ => &[1.0],
        };
        let decades = range.start.floor() as i32..=range.end.ceil() as i32;
        let values = decades.flat_map(|decade| factors.iter().map(move |factor| factor * 10.0_f64.powi(decade)));
        let label = |value: f64| Some((self.place(value)?, style::number(value)));
        values.filter_map(label).filter(|(place, _)| range.contains(place)).collect()
    }
}

/// What has one colour.
#[derive(Clone, Debug, Default)]
pub struct Series {
    pub name: String,
    /// Number of its colour.
    pub colour: usize,
    pub line: Vec<(f64, f64)>,
    /// Whether the points of the line are marked.
    pub dots: bool,
    /// Intervals at some places.
    pub bars: Vec<(f64, [f64; 2])>,
    /// An area around the line.
    pub band: Vec<(f64, [f64; 2])>,
    /// Single values.
    pub points: Vec<(f64, f64)>,
}

const SIZE: (u32, u32) = (520, 400);
const LEGEND_LINE: u32 = 22;
const LETTER: u32 = 7;

type Chart<'a, 'b> = ChartContext<'a, SVGBackend<'b>, Cartesian2d<RangedCoordf64, RangedCoordf64>>;

impl Curves {
    pub fn draw(&self) -> Result<String, PlotError> {
        let rows = self.legend_rows();
        let legend = LEGEND_LINE * rows.len() as u32;
        figure::draw((SIZE.0, SIZE.1 + legend), |root, _| {
            let (above, below) = root.split_vertically(SIZE.1);
            self.draw_chart(&figure::titled(&above, &self.title, style::INK)?)?;
            self.draw_legend(&below, &rows)
        })
    }

    fn place(&self, (x, y): (f64, f64)) -> Option<(f64, f64)> {
        Some((self.x.place(x)?, self.y.place(y)?))
    }

    fn draw_chart(&self, area: &Area) -> Result<(), PlotError> {
        let all = || {
            self.series.iter().flat_map(|series| {
                let ends = |bars: &'_ [(f64, [f64; 2])]| -> Vec<(f64, f64)> {
                    bars.iter().flat_map(|(x, [low, high])| [(*x, *low), (*x, *high)]).collect()
                };
                let lines = series.line.iter().chain(&series.points).copied();
                lines.chain(ends(&series.bars)).chain(ends(&series.band)).filter_map(|point| self.place(point))
            })
        };
        let (Some(x), Some(y)) =
            (style::range(all().map(|point| point.0)), style::range(all().map(|point| point.1)))
        else {
            return Ok(());
        };
        let (x, y) = (style::padded(&x, 0.03), style::padded(&y, 0.06));
        let mut chart = ChartBuilder::on(area)
            .margin_right(18)
            .x_label_area_size(46)
            .y_label_area_size(66)
            .build_cartesian_2d(x.clone(), y.clone())?;
        self.draw_axes(area, &mut chart, [&x, &y])?;
        for series in &self.series {
            self.draw_series(&mut chart, series)?;
        }
        Ok(())
    }

    fn draw_axes(&self, area: &Area, chart: &mut Chart, [x, y]: [&Range<f64>; 2]) -> Result<(), PlotError> {
        let (base_x, base_y) = area.get_base_pixel();
        let pixel = |chart: &Chart, at: (f64, f64)| {
            let (left, top) = chart.backend_coord(&at);
            (left - base_x, top - base_y)
        };
        for (place, label) in self.x.ticks(x) {
            chart.draw_series([PathElement::new(vec![(place, y.start), (place, y.end)], style::GRID)])?;
            let (left, top) = pixel(chart, (place, y.start));
            let text = style::anchored(style::TEXT, HPos::Center, VPos::Top);
            area.draw(&Text::new(label, (left, top + 6), text))?;
        }
        for (place, label) in self.y.ticks(y) {
            chart.draw_series([PathElement::new(vec![(x.start, place), (x.end, place)], style::GRID)])?;
            let (left, top) = pixel(chart, (x.start, place));
            let text = style::anchored(style::TEXT, HPos::Right, VPos::Center);
            area.draw(&Text::new(label, (left - 6, top), text))?;
        }
        let corner = vec![(x.start, y.end), (x.start, y.start), (x.end, y.start)];
        chart.draw_series([PathElement::new(corner, style::GREY)])?;
        let (left, _) = pixel(chart, (0.5 * (x.start + x.end), y.start));
        let (_, top) = pixel(chart, (x.start, 0.5 * (y.start + y.end)));
        let (_, height) = area.dim_in_pixel();
        let text = style::anchored(style::TEXT, HPos::Center, VPos::Bottom);
        area.draw(&Text::new(self.x.name, (left, height as i32 - 4), text))?;
        let upwards = style::anchored(style::TEXT, HPos::Center, VPos::Top).transform(FontTransform::Rotate270);
        area.draw(&Text::new(self.y.name, (4, top), upwards))?;
        Ok(())
    }

    fn draw_series(&self, chart: &mut Chart, series: &Series) -> Result<(), PlotError> {
        let colour = style::class_colour(series.colour);
        let places = |points: &[(f64, f64)]| -> Vec<(f64, f64)> {
            points.iter().filter_map(|point| self.place(*point)).collect()
        };
        if !series.band.is_empty() {
            let upper = series.band.iter().map(|(x, [_, high])| (*x, *high));
            let lower = series.band.iter().rev().map(|(x, [low, _])| (*x, *low));
            let outline = places(&upper.chain(lower).collect::<Vec<_>>());
            chart.draw_series([Polygon::new(outline, colour.mix(0.18).filled())])?;
        }
        // a few points alone are to be seen, many or those of a line stay behind
        let alone = series.line.is_empty() && series.points.len() <= figure::FEW;
        let (radius, strength) = if alone { (3, 1.0) } else { (2, 0.45) };
        let points = places(&series.points).into_iter();
        chart.draw_series(points.map(|point| Circle::new(point, radius, colour.mix(strength).filled())))?;
        let line = places(&series.line);
        chart.draw_series([PathElement::new(line.clone(), colour.stroke_width(2))])?;
        if series.dots {
            chart.draw_series(line.into_iter().map(|point| Circle::new(point, 4, colour.filled())))?;
        }
        for (x, [low, high]) in &series.bars {
            let bar = places(&[(*x, *low), (*x, *high)]);
            chart.draw_series([PathElement::new(bar, colour.stroke_width(2))])?;
        }
        Ok(())
    }

    /// Numbers of the series in each line of the legend.
    fn legend_rows(&self) -> Vec<Vec<usize>> {
        let (mut rows, mut left): (Vec<Vec<usize>>, u32) = (Vec::new(), 0);
        for (index, series) in self.series.iter().enumerate().filter(|(_, series)| !series.name.is_empty()) {
            let width = legend_width(series);
            match rows.last_mut().filter(|_| width <= left) {
                Some(row) => row.push(index),
                None => {
                    rows.push(vec![index]);
                    left = SIZE.0 - 2 * MARGIN;
                }
            }
            left = left.saturating_sub(width);
        }
        rows
    }

    fn draw_legend(&self, area: &Area, rows: &[Vec<usize>]) -> Result<(), PlotError> {
        for (number, row) in rows.iter().enumerate() {
            let y = (LEGEND_LINE * number as u32 + LEGEND_LINE / 2) as i32 - 2;
            let mut x = MARGIN as i32;
            for index in row {
                let series = &self.series[*index];
                let colour = style::class_colour(series.colour);
                area.draw(&Rectangle::new([(x, y - 2), (x + 18, y + 1)], colour.filled()))?;
                let text = style::anchored(style::TEXT, HPos::Left, VPos::Center);
                area.draw(&Text::new(series.name.clone(), (x + 24, y), text))?;
                x += legend_width(series) as i32;
            }
        }
        Ok(())
    }
}

const MARGIN: u32 = 20;

fn legend_width(series: &Series) -> u32 {
    LETTER * series.name.chars().count() as u32 + 42
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labels(axis: Axis, range: Range<f64>) -> Vec<String> {
        axis.ticks(&range).into_iter().map(|(_, label)| label).collect()
    }

    #[test]
    fn ticks_of_logarithmic_axes_are_few_and_round() {
        let axis = Axis::logarithmic("x");
        assert_eq!(labels(axis, 0.9..3.1), ["10", "100", "1000"]);
        assert_eq!(labels(axis, 0.0..1.01), ["1", "2", "5", "10"]);
        assert_eq!(labels(axis, 0.2..0.8), ["2", "3", "5"]);
        assert_eq!(labels(Axis::linear("x"), 0.0..3.0), ["0", "0.5", "1", "1.5", "2", "2.5", "3"]);
        assert_eq!(axis.place(0.0), None);
    }
}
