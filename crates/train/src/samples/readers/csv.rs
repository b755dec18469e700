mod columns;
mod lines;

use std::path::Path;

use csv::StringRecord;

pub(super) use self::columns::table_error;

use self::columns::Columns;
use self::lines::Lines;
use super::classes::{self, known_classes};
use super::open::require_bytes;
use super::{Recording, Separator};
use crate::TrainError;
use crate::samples::{Content, FileData, Labelled, Names, ValueTable};

/// Reads samples from a file with one line for each, whose first line names the columns.
///
/// Labels may be integers or words. Integers are sorted by value, words by their bytes, and class i is the i-th
/// distinct label; the recording keeps the labels as class names. Spaces around a cell do not count. For a network of other
/// samples, whose names are `known`, columns are found by the names of its features, in any order, and a label means the class
/// of that name.
///
/// # Errors
/// If the file cannot be read, a column is absent or named twice, it is not clear which column is the label, a feature is
/// not a finite number or a copy of the label, a label is empty or unknown, or there are fewer than two classes or no
/// rows. Errors name file, line and column.
pub fn read(path: &Path, options: &FileData, known: Option<&Names>) -> Result<Recording, TrainError> {
    Table::open(path, options.separator.unwrap_or_default())?.read(options, known)
}

/// The text of a file.
pub(super) struct Table<'a> {
    path: &'a Path,
    text: String,
    separator: Separator,
}

impl<'a> Table<'a> {
    pub(super) fn open(path: &'a Path, separator: Separator) -> Result<Self, TrainError> {
        let read_error = |source| TrainError::Read { path: path.to_owned(), source };
        require_bytes(std::fs::metadata(path).map_err(read_error)?.len().into(), path)?;
        let text = String::from_utf8(std::fs::read(path).map_err(read_error)?).map_err(|error| {
            let (valid, bytes) = (error.utf8_error().valid_up_to(), error.as_bytes());
            let line = Lines::new(&bytes[..valid]).of(valid);
            table_error(path, line, "the text is not UTF-8".to_owned(), "a file saved as UTF-8")
        })?;
        let text = text.strip_prefix('\u{feff}').map(str::to_owned).unwrap_or(text);
        Ok(Self { path, text, separator })
    }

    /// Where lines begin.
    pub(super) fn lines(&self) -> Lines<'_> {
        Lines::new(self.text.as_bytes())
    }

    /// The rows, cut as its separator says; an error if its cells seem to be separated otherwise.
    pub(super) fn rows(&self) -> Result<csv::Reader<&[u8]>, TrainError> {
        match self.other_separator() {
            Some(found) => {
                Err(TrainError::CsvSeparator { path: self.path.to_owned(), found, given: self.separator })
            }
            None => Ok(self.reader(self.separator)),
        }
    }

    fn reader(&self, separator: Separator) -> csv::Reader<&[u8]> {
        csv::ReaderBuilder::new()
            .delimiter(separator.byte())
            .trim(csv::Trim::All)
            // lengths are compared here, with the lines that an editor shows
            .flexible(true)
            .from_reader(self.text.as_bytes())
    }

    pub(super) fn unreadable(&self, error: &csv::Error) -> TrainError {
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

    fn read(&self, options: &FileData, network: Option<&Names>) -> Result<Recording, TrainError> {
        let path = self.path;
        let mut reader = self.rows()?;
        let classes = known_classes(options, network)?;
        let mut lines = self.lines();
        let first = lines.of(0);
        let header = reader.headers().map_err(|error| self.unreadable(&error))?;
        let names = header.iter().map(str::to_owned).collect();
        let columns = Columns::choose(path, first, names, options, network)?;

        // Where nobody chose the features, one of them may be the label once more.
        let mut copies = vec![network.is_none() && options.feature_columns.is_none(); columns.features.len()];
        let (mut features, mut labels, mut groups) = (Vec::new(), Vec::new(), Vec::new());
        for record in reader.records() {
            let record = record.map_err(|error| self.unreadable(&error))?;
            let blank = record.len() == 1 && record[0].is_empty();
            if blank {
                continue;
            }
            let line = lines.of(record.position().map_or(0, |position| position.byte() as usize));
            self.require_cells(&record, columns.names.len(), line)?;
            self.push_features(&record, &columns, line, options.empty_cells.is_some(), &mut features)?;
            let label = self.label(&record, &columns, line, classes.as_deref(), network.is_some())?;
            for (copy, &column) in copies.iter_mut().zip(&columns.features) {
                *copy = *copy && label.is_some_and(|label| same(&record[column], label));
            }
            labels.push(label.map(str::to_owned));
            groups.extend(columns.group.map(|column| record[column].to_owned()));
        }

        let table_error = |problem: String, valid| table_error(path, first, problem, valid);
        if labels.is_empty() {
            return Err(table_error("no rows below the header".to_owned(), "one row for each sample"));
        }
        if let Some(label) = columns.label {
            let name = &columns.names[label];
            if columns.numbered().is_some() && labels.iter().any(|label| label.as_ref() == Some(name)) {
                let problem = format!("the header holds numbers and the label \"{name}\"");
                return Err(table_error(problem, "column names in the first line"));
            }
            if let Some((_, &column)) = copies.iter().zip(&columns.features).find(|(copy, _)| **copy) {
                let problem =
                    format!("column \"{}\" is a copy of the label column, \"{name}\"", columns.names[column]);
                return Err(table_error(
                    problem,
                    "feature-columns or ignore-columns in [data], to learn from the others",
                ));
            }
        }
        let (targets, classes) = classes::targets(labels, classes);
        if classes.len() < 2 {
            let problem = format!("only one class, {}", classes.join(", "));
            return Err(table_error(problem, "samples of at least two classes"));
        }
        let width = columns.features.len();
        let values = match options.empty_cells {
            Some(_) => ValueTable::with_gaps(features, width)?,
            None => ValueTable::new(features, width)?,
        };
        let features = columns.features.iter().map(|&column| columns.names[column].clone()).collect();
        let samples = Labelled { groups, ..Labelled::new(Content::Values(values), targets)? };
        Ok(Recording { samples, names: Names { features, classes } })
    }

    pub(super) fn require_cells(
        &self,
        record: &StringRecord,
        expected: usize,
        line: u64,
    ) -> Result<(), TrainError> {
        if record.len() == expected {
            return Ok(());
        }
        let problem = format!("{} cells, and the header has {expected}", record.len());
        Err(table_error(self.path, line, problem, "equally long rows"))
    }

    fn wrong(
        &self,
        record: &StringRecord,
        columns: &Columns,
        line: u64,
        column: usize,
        valid: String,
    ) -> TrainError {
        TrainError::CsvCell {
            path: self.path.to_owned(),
            line,
            column: columns.names[column].clone(),
            found: record[column].to_owned(),
            valid,
        }
    }

    fn push_features(
        &self,
        record: &StringRecord,
        columns: &Columns,
        line: u64,
        gaps: bool,
        features: &mut Vec<f64>,
    ) -> Result<(), TrainError> {
        for &column in &columns.features {
            match record[column].parse::<f64>() {
                Ok(value) if value.is_finite() => features.push(value),
                Err(_) if gaps && record[column].is_empty() => features.push(f64::NAN),
                _ => {
                    let point = if record[column].contains(',') { ", with a decimal point" } else { "" };
                    let valid = format!("a finite number{point}");
                    return Err(self.wrong(record, columns, line, column, valid));
                }
            }
        }
        Ok(())
    }

    /// The label of a row; none where there is no column of labels, or an empty cell and nobody learns from it.
    fn label<'r>(
        &self,
        record: &'r StringRecord,
        columns: &Columns,
        line: u64,
        classes: Option<&[String]>,
        optional: bool,
    ) -> Result<Option<&'r str>, TrainError> {
        let Some(column) = columns.label else { return Ok(None) };
        let label = &record[column];
        let wrong = |valid: String| Err(self.wrong(record, columns, line, column, valid));
        match classes {
            _ if label.is_empty() && optional => Ok(None),
            Some(classes) if !classes.iter().any(|name| name == label) => {
                wrong(format!("one of: {}", classes.join(", ")))
            }
            _ if label.is_empty() => wrong("a label".to_owned()),
            _ => Ok(Some(label)),
        }
    }
}

/// Whether two cells hold the same word, or the same number.
fn same(first: &str, second: &str) -> bool {
    first == second || matches!((first.parse::<f64>(), second.parse::<f64>()), (Ok(a), Ok(b)) if a == b)
}

#[cfg(test)]
mod tests;
