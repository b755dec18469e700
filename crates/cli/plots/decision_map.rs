//! The class of every point of the plane, and the test samples.

use delgrad::train::Dataset;
use plotters::prelude::*;

use super::figure::{self, Mark};
use super::plane::Plane;
use super::{Picture, PlotError, Portrait, style};

const SIZE: (u32, u32) = (900, 660);
const LEGEND: u32 = 240;
/// Points along each side.
pub const GRID: usize = 201;
/// At most so many correct samples are drawn.
const SAMPLES: usize = 2000;
/// How strong the colour of an area is, beside that of its samples.
const STRENGTH: f64 = 0.35;

pub fn draw(portrait: &Portrait) -> Result<Vec<Picture>, PlotError> {
    let data = &portrait.setup.data.test;
    let Some(plane) = Plane::of(data) else { return Ok(Vec::new()) };
    let objective = portrait.setup.experiment.objective();
    let predict = |times: &[f64]| objective.loss.predict(times, objective.tau_syn);

    let grid = plane.run(portrait, GRID)?;
    let record = portrait.run(&portrait.setup.encoded.test.inputs)?;
    let map = DecisionMap {
        title: "earliest output and test samples",
        plane,
        data,
        cells: (0..grid.samples()).map(|point| predict(grid.last(point))).collect(),
        answers: (0..data.len()).map(|sample| predict(record.last(sample))).collect(),
    };
    map.draw()
}

/// Answers on the plane and on the test samples, of a network of any kind.
pub struct DecisionMap<'a> {
    pub title: &'a str,
    pub plane: Plane,
    /// The test samples.
    pub data: &'a Dataset,
    /// Classes on the grid of [`GRID`] times [`GRID`] points.
    pub cells: Vec<Option<usize>>,
    /// Classes of the test samples.
    pub answers: Vec<Option<usize>>,
}

impl DecisionMap<'_> {
    pub fn draw(&self) -> Result<Vec<Picture>, PlotError> {
        let Self { title, plane, data, cells, answers } = self;
        let colour = |answer: &Option<usize>| match answer {
            Some(class) => style::pale(style::class_colour(*class), STRENGTH),
            None => style::SILENT,
        };
        let cells: Vec<RGBColor> = cells.iter().map(colour).collect();
        let class_name = |class: usize| super::class_name(data, class);
        let (correct, wrong): (Vec<usize>, Vec<usize>) =
            (0..data.len()).partition(|&sample| answers[sample] == Some(data.label(sample) as usize));

        let picture = figure::draw("decision-map.svg", SIZE, |root, heat_maps| {
            let (left, right) = root.split_horizontally(SIZE.0 - LEGEND);
            let left = figure::titled(&left, title, style::INK)?;
            let mut chart = ChartBuilder::on(&left)
                .margin_left(8)
                .margin_right(14)
                .x_label_area_size(46)
                .y_label_area_size(58)
                .build_cartesian_2d(plane.x.clone(), plane.y.clone())?;
            plane.draw_axes(&mut chart)?;
            heat_maps.add(chart.plotting_area().get_pixel_range(), GRID, &cells);
            let point = |sample: usize| (data.row(sample)[0], data.row(sample)[1]);
            let class = |sample: usize| style::class_colour(data.label(sample) as usize);
            let dots = correct.iter().take(SAMPLES).map(|&s| Circle::new(point(s), 2, class(s).filled()));
            chart.draw_series(dots)?;
            chart.draw_series(wrong.iter().map(|&s| Circle::new(point(s), 4, class(s).filled())))?;
            chart.draw_series(wrong.iter().map(|&s| Circle::new(point(s), 4, BLACK.stroke_width(1))))?;

            let mut entries: Vec<(Mark, String)> = (0..data.class_count())
                .map(|class| {
                    let colour = style::pale(style::class_colour(class), STRENGTH);
                    (Mark::Patch(colour), format!("classified as {}", class_name(class)))
                })
                .collect();
            if cells.contains(&style::SILENT) {
                entries.push((Mark::Patch(style::SILENT), "no output fires".to_owned()));
            }
            for class in 0..data.class_count() {
                let name = class_name(class);
                entries.push((Mark::Dot(style::class_colour(class)), format!("{name}, correct")));
            }
            entries.push((Mark::Ring(WHITE), format!("misclassified: {} of {}", wrong.len(), data.len())));
            figure::legend(&right.margin(40, 0, 10, 0), &entries)
        })?;
        Ok(vec![picture])
    }
}
