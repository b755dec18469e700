//! The class of every point of the plane, and the test samples.

use delgrad::train::objective::Answer;
use plotters::prelude::*;

use super::figure::{self, Mark};
use super::plane::Plane;
use super::{Picture, PlotError, RunView, style};

const SIZE: (u32, u32) = (900, 660);
const LEGEND: u32 = 240;
/// Points along each side.
const GRID: usize = 201;
/// At most so many correct samples are drawn.
const SAMPLES: usize = 2000;
/// How strong the colour of an area is, beside that of its samples.
const STRENGTH: f64 = 0.35;

pub fn draw(view: &RunView) -> Result<Vec<Picture>, PlotError> {
    let dataset = &view.setup.dataset;
    let plane = dataset.values.as_ref().and_then(|data| Some((data, Plane::of(data, &dataset.names.features)?)));
    let Some((data, plane)) = plane else { return Ok(Vec::new()) };
    let mut network = view.ideal()?;
    let grid = view.encode(plane.grid(GRID)?)?;
    let colour = |answer: &Answer| match answer.class {
        Some(class) => style::pale(style::class_colour(class), STRENGTH),
        None => style::SILENT,
    };
    let cells: Vec<RGBColor> = network.answers(&grid)?.iter().map(colour).collect();
    let answers: Vec<Option<usize>> =
        network.answers(&dataset.parts.test)?.into_iter().map(|answer| answer.class).collect();
    let classes = view.setup.dataset.names.classes.len();
    let (correct, wrong): (Vec<usize>, Vec<usize>) =
        (0..data.len()).partition(|&sample| answers[sample].is_some() && answers[sample] == data.class(sample));

    let svg = figure::draw(SIZE, |root, heat_maps| {
        let (left, right) = root.split_horizontally(SIZE.0 - LEGEND);
        let left = figure::titled(&left, "answers and test samples", style::INK)?;
        let mut chart = ChartBuilder::on(&left)
            .margin_left(8)
            .margin_right(14)
            .x_label_area_size(46)
            .y_label_area_size(58)
            .build_cartesian_2d(plane.x.clone(), plane.y.clone())?;
        plane.draw_axes(&mut chart)?;
        heat_maps.add(chart.plotting_area().get_pixel_range(), GRID, &cells);
        let point = |sample: usize| (data.content.row(sample)[0], data.content.row(sample)[1]);
        let class = |sample: usize| style::class_colour(data.class(sample).unwrap_or(classes));
        let dots = correct.iter().take(SAMPLES).map(|&s| Circle::new(point(s), 2, class(s).filled()));
        chart.draw_series(dots)?;
        chart.draw_series(wrong.iter().map(|&s| Circle::new(point(s), 4, class(s).filled())))?;
        chart.draw_series(wrong.iter().map(|&s| Circle::new(point(s), 4, BLACK.stroke_width(1))))?;

        let mut entries: Vec<(Mark, String)> = (0..classes)
            .map(|class| {
                let colour = style::pale(style::class_colour(class), STRENGTH);
                (Mark::Patch(colour), format!("classified as {}", view.class_name(class)))
            })
            .collect();
        if cells.contains(&style::SILENT) {
            entries.push((Mark::Patch(style::SILENT), "no answer".to_owned()));
        }
        for class in 0..classes {
            let name = view.class_name(class);
            entries.push((Mark::Dot(style::class_colour(class)), format!("{name}, correct")));
        }
        entries.push((Mark::Ring(WHITE), format!("misclassified: {} of {}", wrong.len(), data.len())));
        figure::legend(&right.margin(40, 0, 10, 0), &entries)
    })?;
    Ok(vec![Picture::new("decision-map.svg", svg)])
}
