//! The text of a CSV file, row by row.

mod lines;

use std::path::Path;

use csv::StringRecord;

use self::lines::Lines;
use super::open::read;
use super::{CsvError, Separator};
use crate::TrainError;
use crate::samples::{escaped, has_control};

/// The text of a file.
pub(super) struct Table<'a> {
    path: &'a Path,
    text: String,
    separator: Separator,
}

/// What a table holds, from its first line on.
pub(super) struct Rows<'a> {
    table: &'a Table<'a>,
    reader: csv::Reader<&'a [u8]>,
    lines: Lines<'a>,
    /// Names of the columns.
    pub names: Vec<String>,
    /// The line with the names.
    pub header: u64,
    record: StringRecord,
}

/// A row with as many cells as there are columns.
pub(super) struct Cells<'a> {
    path: &'a Path,
    names: &'a [String],
    record: &'a StringRecord,
    line: u64,
}

/// A file as a whole does not serve.
pub(super) fn table_error(path: &Path, line: u64, problem: String, valid: &'static str) -> TrainError {
    CsvError::Table { path: path.to_owned(), line, problem, valid }.into()
}

impl<'a> Table<'a> {
    pub fn open(path: &'a Path, separator: Option<Separator>) -> Result<Self, TrainError> {
        let mut text = String::from_utf8(read(path)?).map_err(|error| {
            let (valid, bytes) = (error.utf8_error().valid_up_to(), error.as_bytes());
            let line = Lines::new(&bytes[..valid]).of(valid);
            table_error(path, line, "the text is not UTF-8".to_owned(), "a CSV file saved as UTF-8")
        })?;
        const BYTE_ORDER_MARK: char = '\u{feff}';
        if text.starts_with(BYTE_ORDER_MARK) {
            text.remove(0);
        }
        Ok(Self { path, text, separator: separator.unwrap_or_default() })
    }

    /// The rows, cut as its separator says; an error if its cells seem to be separated otherwise.
    pub fn rows(&self) -> Result<Rows<'_>, TrainError> {
        if let Some(found) = self.other_separator() {
            return Err(CsvError::Separator { path: self.path.to_owned(), found, given: self.separator }.into());
        }
        let mut lines = Lines::new(self.text.as_bytes());
        let header = lines.of(0);
        let mut reader = self.reader(self.separator);
        let names = reader.headers().map_err(|error| self.unreadable(&error))?;
        let names = names.iter().map(str::to_owned).collect();
        Ok(Rows { table: self, reader, lines, names, header, record: StringRecord::new() })
    }

    fn reader(&self, separator: Separator) -> csv::Reader<&[u8]> {
        csv::ReaderBuilder::new()
            .delimiter(separator.byte())
            .trim(csv::Trim::All)
            // lengths are compared here, with the lines that an editor shows
            .flexible(true)
            .from_reader(self.text.as_bytes())
    }

    fn unreadable(&self, error: &csv::Error) -> TrainError {
        let line = error.position().map_or(1, csv::Position::line);
        table_error(self.path, line, error.to_string(), "a file with a header and equally long rows")
    }

    /// Another separator than the one given, if the first two lines have more than one cell by that one and as many as each
    /// other, and have not by the given one.
    fn other_separator(&self) -> Option<Separator> {
        let lengths = |separator: Separator| -> Option<(usize, Option<usize>)> {
            let mut reader = self.reader(separator);
            let header = reader.headers().ok()?.len();
            Some((header, reader.records().next().and_then(Result::ok).map(|row| row.len())))
        };
        let (header, row) = lengths(self.separator)?;
        let fits = |(header, row): (usize, Option<usize>)| header > 1 && row.is_none_or(|row| row == header);
        let others = Separator::USUAL.into_iter().filter(|other| *other != self.separator);
        if fits((header, row)) { None } else { others.into_iter().find(|&other| lengths(other).is_some_and(fits)) }
    }
}

impl Rows<'_> {
    /// The next row that is not blank.
    pub fn next(&mut self) -> Result<Option<Cells<'_>>, TrainError> {
        let path = self.table.path;
        loop {
            if !self.reader.read_record(&mut self.record).map_err(|error| self.table.unreadable(&error))? {
                return Ok(None);
            }
            let blank = self.record.len() == 1 && self.record[0].is_empty();
            if !blank {
                break;
            }
        }
        let line = self.lines.of(self.record.position().map_or(0, |position| position.byte() as usize));
        if self.record.len() != self.names.len() {
            let problem = format!("{} cells, and the header has {}", self.record.len(), self.names.len());
            return Err(table_error(path, line, problem, "equally long rows"));
        }
        Ok(Some(Cells { path, names: &self.names, record: &self.record, line }))
    }
}

impl<'a> Cells<'a> {
    /// The text of a cell.
    pub fn of(&self, column: usize) -> &'a str {
        &self.record[column]
    }

    /// The text of a cell that names something, which tables and pictures will show.
    pub fn name(&self, column: usize) -> Result<&'a str, TrainError> {
        let name = self.of(column);
        if has_control(name) { Err(self.wrong(column, "a name without control characters")) } else { Ok(name) }
    }

    /// An error that names a cell.
    pub fn wrong(&self, column: usize, valid: impl Into<String>) -> TrainError {
        CsvError::Cell {
            path: self.path.to_owned(),
            line: self.line,
            column: escaped(&self.names[column]),
            found: escaped(self.of(column)),
            valid: valid.into(),
        }
        .into()
    }
}
