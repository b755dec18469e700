use std::path::Path;

use super::spikes::scaled;
use super::table::{Cells, Table, table_error};
use super::{CsvError, Separator};
use crate::TrainError;
use crate::samples::doubled;

/// A row of a table whose columns have names.
pub(super) struct Row<'a> {
    cells: Cells<'a>,
    /// Where the columns asked for are, required ones first.
    columns: &'a [Option<usize>],
}

/// Reads a table row by row. Columns are found by their names; others are not read.
///
/// # Errors
/// A file that cannot be read, columns that are missing or named twice, rows of other lengths, and what `each` finds.
pub(super) fn read_rows(
    path: &Path,
    separator: Option<Separator>,
    required: &[&'static str],
    optional: &[&str],
    mut each: impl FnMut(&Row<'_>) -> Result<(), TrainError>,
) -> Result<(), TrainError> {
    let table = Table::open(path, separator)?;
    let mut rows = table.rows()?;
    let names = &rows.names;
    if let Some(twice) = doubled(names) {
        let problem = format!("two columns are named \"{twice}\"");
        return Err(table_error(path, rows.header, problem, "every column its own name"));
    }
    let position = |column: &str| names.iter().position(|name| name.eq_ignore_ascii_case(column));
    if let Some(missing) = required.iter().find(|column| position(column).is_none()) {
        let available = names.join(", ");
        return Err(CsvError::Column { path: path.to_owned(), column: (*missing).to_owned(), available }.into());
    }
    let columns: Vec<Option<usize>> = required.iter().chain(optional).map(|column| position(column)).collect();
    while let Some(cells) = rows.next()? {
        each(&Row { cells, columns: &columns })?;
    }
    Ok(())
}

impl Row<'_> {
    /// A cell; none where there is no such column.
    pub fn text(&self, column: usize) -> Option<&str> {
        self.columns[column].map(|column| self.cells.of(column))
    }

    /// A cell that names something; none where there is no such column.
    pub fn name(&self, column: usize) -> Result<Option<&str>, TrainError> {
        self.columns[column].map(|column| self.cells.name(column)).transpose()
    }

    /// A cell with a whole number.
    pub fn whole(&self, column: usize) -> Result<u32, TrainError> {
        let number = self.text(column).and_then(|text| text.parse().ok());
        number.ok_or_else(|| self.wrong(column, "a whole number, 0 or above"))
    }

    /// A cell with a finite number.
    pub fn number(&self, column: usize) -> Result<f64, TrainError> {
        let number =
            self.text(column).and_then(|text| text.parse().ok()).filter(|number: &f64| number.is_finite());
        number.ok_or_else(|| self.wrong(column, "a finite number"))
    }

    /// A cell with a time.
    pub fn time(&self, column: usize) -> Result<f64, TrainError> {
        let time = self.number(column).ok().filter(|time| *time >= 0.0);
        time.ok_or_else(|| self.wrong(column, "a finite number, 0 or above"))
    }

    /// A cell with a time, in the units of the network.
    pub fn scaled_time(&self, column: usize, scale: f64) -> Result<f64, TrainError> {
        let time = scaled(self.time(column)?, scale);
        time.ok_or_else(|| self.wrong(column, "a time that data.time-scale leaves finite"))
    }

    /// An error that names a cell, of a column that there is.
    pub fn wrong(&self, column: usize, valid: impl Into<String>) -> TrainError {
        self.cells.wrong(self.columns[column].unwrap_or_default(), valid)
    }
}
