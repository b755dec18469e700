//! Which class was taken for which: counts, coloured by their share of the true class.

use delgrad::train::objective::Confusion;
use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, VPos};

use super::figure::{self, Area};
use super::heat_map::HeatMaps;
use super::{Picture, PlotError, RunView, style};

/// Pixels of the matrix that cells share, and bounds of their size.
const MATRIX: i32 = 420;
const CELL: (i32, i32) = (20, 60);
/// Between the matrix and the column of no answers.
const GAP: i32 = 8;
const SPACE: i32 = 8;
/// Size of a title of an axis with its surroundings.
const AXIS: i32 = 26;
/// Column of recalls.
const RECALL: i32 = 64;
/// Least width of the picture: its title has to fit.
const LEAST_WIDTH: i32 = 400;
/// Longer names are cut.
const LETTERS: usize = 18;
const LEVELS: f64 = 40.0;
/// Height of a line of text.
const LINE: i32 = 18;
/// Two lines where names are not upright.
const NO_ANSWER: [&str; 2] = ["no", "answer"];

pub fn draw(view: &RunView) -> Result<Vec<Picture>, PlotError> {
    let Some(confusion) = view.confusion.filter(|confusion| confusion.classes() > 0) else {
        return Ok(Vec::new());
    };
    let names: Vec<String> = view.setup.dataset.names.classes.iter().map(|name| short(name)).collect();
    let plan = Plan::new(confusion, &names);
    let svg = figure::draw(plan.size(), |root, heat_maps| {
        let balanced = confusion.balanced_accuracy().unwrap_or(0.0);
        let title = format!("test samples, balanced accuracy {:.1} %", 100.0 * balanced);
        let area = figure::titled(root, &title, style::INK)?;
        plan.draw(&area, heat_maps)
    })?;
    Ok(vec![Picture::new("confusion.svg", svg)])
}

fn short(name: &str) -> String {
    if name.chars().count() <= LETTERS {
        return name.to_owned();
    }
    name.chars().take(LETTERS - 1).chain(['…']).collect()
}

/// Roughly how many pixels a text takes; letters of sans-serif fonts are a little wider than half their height.
fn width(text: &str, size: u32) -> i32 {
    (0.6 * f64::from(size) * text.chars().count() as f64).ceil() as i32
}

/// Where everything is, in pixels from the corner below the title.
struct Plan<'a> {
    confusion: &'a Confusion,
    names: &'a [String],
    cell: i32,
    /// Corner of the matrix.
    left: i32,
    top: i32,
    /// Width of the margin on the left that keeps narrow pictures in the middle.
    indent: i32,
    /// Height of the labels below.
    below: i32,
    upright: bool,
}

impl<'a> Plan<'a> {
    fn new(confusion: &'a Confusion, names: &'a [String]) -> Self {
        let cell = (MATRIX / confusion.classes() as i32).clamp(CELL.0, CELL.1);
        let longest = names.iter().map(|name| width(name, style::TEXT)).max().unwrap_or(0);
        // names side by side if all fit, else upwards
        let upright = longest > cell - 4;
        let below = if upright { longest.max(width(&NO_ANSWER.join(" "), style::TEXT)) } else { LINE };
        let mut plan =
            Self { confusion, names, cell, left: AXIS + longest + SPACE, top: AXIS, indent: 0, below, upright };
        plan.indent = ((LEAST_WIDTH - plan.width()) / 2).max(0);
        plan.left += plan.indent;
        plan
    }

    fn width(&self) -> i32 {
        self.left + self.side() + GAP + self.cell + RECALL + SPACE + self.indent
    }

    fn size(&self) -> (u32, u32) {
        let height = figure::TITLE_HEIGHT as i32 + self.top + self.side() + SPACE + self.below + AXIS + SPACE;
        (self.width() as u32, height as u32)
    }

    /// Of the square matrix.
    fn side(&self) -> i32 {
        self.cell * self.confusion.classes() as i32
    }

    /// Left edge of the column of an answer; the last one is that of none.
    fn column(&self, answer: usize) -> i32 {
        let gap = if answer == self.confusion.classes() { GAP } else { 0 };
        self.left + gap + self.cell * answer as i32
    }

    fn middle(&self, class: usize) -> i32 {
        self.top + self.cell * class as i32 + self.cell / 2
    }

    fn draw(&self, area: &Area, heat_maps: &mut HeatMaps) -> Result<(), PlotError> {
        self.cells(area, heat_maps)?;
        self.counts(area)?;
        self.rows(area)?;
        self.columns(area)
    }

    /// Share of the samples of a class.
    fn share(&self, class: usize, count: u64) -> f64 {
        count as f64 / self.confusion.samples(class).max(1) as f64
    }

    fn cells(&self, area: &Area, heat_maps: &mut HeatMaps) -> Result<(), PlotError> {
        let (columns, rows) = area.get_pixel_range();
        let classes = self.confusion.classes();
        // few levels: equal cells are one path
        let colour = |share: f64| style::pale(style::FIRST, (share * LEVELS).round() / LEVELS);
        let (mut matrix, mut none) = (Vec::new(), Vec::new());
        for (class, (row, silent)) in self.confusion.rows().enumerate() {
            matrix.extend(row.iter().map(|count| colour(self.share(class, *count))));
            none.push(colour(self.share(class, silent)));
        }
        let y = self.top..self.top + self.side();
        for (first, count, cells) in [(0, classes, &matrix), (classes, 1, &none)] {
            let x = self.column(first)..self.column(first) + self.cell * count as i32;
            let moved = |range: &std::ops::Range<i32>, by: i32| range.start + by..range.end + by;
            heat_maps.add((moved(&x, columns.start), moved(&y, rows.start)), count, cells);
            for line in 1..classes as i32 {
                let at = y.start + line * self.cell;
                area.draw(&PathElement::new(vec![(x.start, at), (x.end, at)], style::GRID))?;
            }
            for line in 1..count as i32 {
                let at = x.start + line * self.cell;
                area.draw(&PathElement::new(vec![(at, y.start), (at, y.end)], style::GRID))?;
            }
            area.draw(&Rectangle::new([(x.start, y.start), (x.end, y.end)], style::GREY))?;
        }
        Ok(())
    }

    /// Writes the counts, if all of them fit; nothing where there is none.
    fn counts(&self, area: &Area) -> Result<(), PlotError> {
        let all = || self.confusion.rows().flat_map(|(row, none)| row.iter().copied().chain([none]));
        let most = all().max().unwrap_or(0).to_string();
        let Some(size) = [style::TEXT, 12, 10, 8].into_iter().find(|size| width(&most, *size) <= self.cell - 3)
        else {
            return Ok(());
        };
        for (class, (row, none)) in self.confusion.rows().enumerate() {
            for (answer, &count) in row.iter().chain([&none]).enumerate().filter(|(_, count)| **count > 0) {
                let ink = if self.share(class, count) > 0.55 { WHITE } else { style::INK };
                let text = style::anchored(size, HPos::Center, VPos::Center).color(&ink);
                let at = (self.column(answer) + self.cell / 2, self.middle(class));
                area.draw(&Text::new(count.to_string(), at, text))?;
            }
        }
        Ok(())
    }

    /// True classes on the left, recalls on the right.
    fn rows(&self, area: &Area) -> Result<(), PlotError> {
        let right = style::anchored(style::TEXT, HPos::Right, VPos::Center);
        for (class, name) in self.names.iter().enumerate() {
            let y = self.middle(class);
            area.draw(&Text::new(name.clone(), (self.left - SPACE, y), right.clone()))?;
            let recall = self.confusion.recall(class);
            let recall = recall.map_or_else(|| "-".to_owned(), |recall| format!("{:.1} %", 100.0 * recall));
            area.draw(&Text::new(recall, (self.width() - SPACE - self.indent, y), right.clone()))?;
        }
        let heading = (self.width() - SPACE - self.indent, self.top / 2);
        area.draw(&Text::new("recall", heading, right))?;
        let upwards = turned(HPos::Center);
        let middle = (self.indent + AXIS / 2, self.top + self.side() / 2);
        area.draw(&Text::new("true class", middle, upwards))?;
        Ok(())
    }

    /// Answers below.
    fn columns(&self, area: &Area) -> Result<(), PlotError> {
        let y = self.top + self.side() + SPACE;
        let level = style::anchored(style::TEXT, HPos::Center, VPos::Top);
        let text = if self.upright { turned(HPos::Right) } else { level.clone() };
        let middle = |answer: usize| self.column(answer) + self.cell / 2;
        for (answer, name) in self.names.iter().enumerate() {
            area.draw(&Text::new(name.clone(), (middle(answer), y), text.clone()))?;
        }
        let none = middle(self.names.len());
        if self.upright {
            area.draw(&Text::new(NO_ANSWER.join(" "), (none, y), text))?;
        } else {
            for (line, word) in (0..).zip(NO_ANSWER) {
                area.draw(&Text::new(word, (none, y + line * LINE), text.clone()))?;
            }
        }
        area.draw(&Text::new("taken for", (self.left + self.side() / 2, y + self.below + SPACE), level))?;
        Ok(())
    }
}

/// Text that runs upwards.
fn turned(horizontal: HPos) -> TextStyle<'static> {
    style::anchored(style::TEXT, horizontal, VPos::Center).transform(FontTransform::Rotate270)
}
