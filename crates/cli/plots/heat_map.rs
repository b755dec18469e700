//! Grids of coloured cells and clouds of marks, as few SVG elements as possible.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::ops::Range;

use plotters::style::RGBColor;

/// All heat maps of a figure as SVG.
#[derive(Clone, Debug, Default)]
pub struct HeatMaps {
    svg: String,
}

/// A rectangle of equal cells: columns and rows.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Block {
    columns: Range<usize>,
    rows: Range<usize>,
}

impl HeatMaps {
    /// Fills a rectangle of pixels with cells, row by row from the top, `columns` a row.
    pub fn add(&mut self, (x, y): (Range<i32>, Range<i32>), columns: usize, cells: &[RGBColor]) {
        let rows = cells.len().checked_div(columns).unwrap_or(0);
        let mut colours: BTreeMap<(u8, u8, u8), String> = BTreeMap::new();
        for (block, colour) in blocks(columns, cells) {
            let edge = |range: &Range<i32>, cell: usize, cells: usize| {
                range.start + ((range.end - range.start) as usize * cell / cells) as i32
            };
            let (left, right) = (edge(&x, block.columns.start, columns), edge(&x, block.columns.end, columns));
            let (top, bottom) = (edge(&y, block.rows.start, rows), edge(&y, block.rows.end, rows));
            let (width, height) = (right - left, bottom - top);
            let path = colours.entry((colour.0, colour.1, colour.2)).or_default();
            // writing to a string cannot fail
            let _ = write!(path, "M{left} {top}h{width}v{height}h-{width}z");
        }
        for ((r, g, b), path) in colours {
            let _ = writeln!(
                self.svg,
                "<path fill=\"#{r:02x}{g:02x}{b:02x}\" shape-rendering=\"crispEdges\" d=\"{path}\"/>"
            );
        }
    }

    /// Draws many marks of one colour, each a rectangle of `size` (width and height) around a point, in pixels.
    pub fn add_marks(
        &mut self,
        colour: RGBColor,
        (width, height): (f64, f64),
        centres: impl Iterator<Item = (f64, f64)>,
    ) {
        let RGBColor(r, g, b) = colour;
        // writing to a string cannot fail
        let _ = write!(self.svg, "<path fill=\"#{r:02x}{g:02x}{b:02x}\" d=\"");
        for (x, y) in centres {
            let (left, top) = (x - width / 2.0, y - height / 2.0);
            let _ = write!(self.svg, "M{left:.1} {top:.1}h{width:.1}v{height:.1}h-{width:.1}z");
        }
        let _ = writeln!(self.svg, "\"/>");
    }

    pub fn svg(&self) -> &str {
        &self.svg
    }
}

/// Runs of equal cells within rows, joined with the same run of the row above.
fn blocks(columns: usize, cells: &[RGBColor]) -> Vec<(Block, RGBColor)> {
    let mut blocks: Vec<(Block, RGBColor)> = Vec::new();
    // blocks that end at the row above, by their first column
    let mut open: BTreeMap<usize, usize> = BTreeMap::new();
    for (row, line) in cells.chunks(columns.max(1)).enumerate() {
        let mut still_open = BTreeMap::new();
        let mut start = 0;
        for run in line.chunk_by(|a, b| a == b) {
            let end = start + run.len();
            let above = open.get(&start).copied().filter(|above| {
                let (block, colour) = &blocks[*above];
                block.columns == (start..end) && *colour == run[0]
            });
            let index = above.unwrap_or(blocks.len());
            match above {
                Some(above) => blocks[above].0.rows.end = row + 1,
                None => blocks.push((Block { columns: start..end, rows: row..row + 1 }, run[0])),
            }
            still_open.insert(start, index);
            start = end;
        }
        open = still_open;
    }
    blocks
}

#[cfg(test)]
mod tests {
    use super::*;

    const A: RGBColor = RGBColor(1, 2, 3);
    const B: RGBColor = RGBColor(4, 5, 6);

    #[test]
    fn equal_cells_join_along_rows_and_then_down() {
        let blocks = blocks(3, &[A, A, B, A, A, A, A, A, A]);
        let block = |columns, rows| Block { columns, rows };
        assert_eq!(blocks, [(block(0..2, 0..1), A), (block(2..3, 0..1), B), (block(0..3, 1..3), A)]);
    }

    #[test]
    fn marks_of_a_colour_are_one_path() {
        let mut maps = HeatMaps::default();
        maps.add_marks(A, (1.5, 2.0), [(10.0, 20.0), (30.0, 40.0)].into_iter());
        assert_eq!(maps.svg(), "<path fill=\"#010203\" d=\"M9.2 19.0h1.5v2.0h-1.5zM29.2 39.0h1.5v2.0h-1.5z\"/>\n");
    }

    #[test]
    fn each_colour_is_one_path() {
        let mut maps = HeatMaps::default();
        maps.add((10..30, 0..20), 2, &[A, B, B, A]);
        assert_eq!(maps.svg().lines().count(), 2);
        assert!(maps.svg().contains("d=\"M10 0h10v10h-10zM20 10h10v10h-10z\""), "{}", maps.svg());
        maps.add((0..0, 0..0), 0, &[]);
        assert_eq!(maps.svg().lines().count(), 2);
    }
}
