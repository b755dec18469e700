use std::path::Path;

use csv::StringRecord;

use super::Separator;
use super::csv::{Table, table_error};
use crate::TrainError;
use crate::samples::doubled;

/// A row of a table whose columns have names.
pub(super) struct Row<'a> {
    path: &'a Path,
    cells: &'a StringRecord,
    names: &'a [String],
    /// Where the columns asked for are, required ones first.
    columns: &'a [Option<usize>],
    line: u64,
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
    let table = Table::open(path, separator.unwrap_or_default())?;
    let mut lines = table.lines();
    let first = lines.of(0);
    let mut reader = table.rows()?;
    let header = reader.headers().map_err(|error| table.unreadable(&error))?;
    let names: Vec<String> = header.iter().map(str::to_owned).collect();
    if let Some(twice) = doubled(&names) {
        let problem = format!("two columns are named \"{twice}\"");
        return Err(table_error(path, first, problem, "every column its own name"));
    }
    let position = |column: &str| names.iter().position(|name| name.eq_ignore_ascii_case(column));
    if let Some(missing) = required.iter().find(|column| position(column).is_none()) {
        let available = names.join(", ");
        return Err(TrainError::CsvColumn { path: path.to_owned(), column: (*missing).to_owned(), available });
    }
    let columns: Vec<Option<usize>> = required.iter().chain(optional).map(|column| position(column)).collect();
    let mut cells = StringRecord::new();
    while reader.read_record(&mut cells).map_err(|error| table.unreadable(&error))? {
        if cells.len() == 1 && cells[0].is_empty() {
            continue;
        }
        let line = lines.of(cells.position().map_or(0, |position| position.byte() as usize));
        table.require_cells(&cells, names.len(), line)?;
        each(&Row { path, cells: &cells, names: &names, columns: &columns, line })?;
    }
    Ok(())
}

impl Row<'_> {
    /// A cell; none where there is no such column.
    pub fn text(&self, column: usize) -> Option<&str> {
        self.columns[column].map(|column| &self.cells[column])
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

    /// An error that names a cell.
    pub fn wrong(&self, column: usize, valid: impl Into<String>) -> TrainError {
        let name = self.columns[column].map(|column| self.names[column].clone());
        TrainError::CsvCell {
            path: self.path.to_owned(),
            line: self.line,
            column: name.unwrap_or_default(),
            found: self.text(column).unwrap_or_default().to_owned(),
            valid: valid.into(),
        }
    }
}
