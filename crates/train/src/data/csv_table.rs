mod columns;
mod lines;

use std::path::Path;

use csv::StringRecord;
use serde::{Deserialize, Serialize};

use self::columns::{Columns, table_error};
use self::lines::Lines;
use super::Separator;
use crate::dataset::doubled;
use crate::{Dataset, Names, TrainError};

/// Which columns of a CSV file are features and which is the label.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct CsvOptions {
    /// Name of the label column. Default: the column named "label", "class" or "target", else the last one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub label_column: Option<String>,
    /// Names of the feature columns, in the order wanted. Default: every column but the label.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub feature_columns: Option<Vec<String>>,
    /// Labels in the order of the classes. Default: the labels that occur, sorted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub class_names: Option<Vec<String>>,
}

/// Reads samples from a file with one line for each, whose first line names the columns.
///
/// Labels may be integers or words. Integers are sorted by value, words by their bytes, and class i is the i-th
/// distinct label; the data set keeps the labels as class names. Spaces around a cell do not count.
///
/// # Errors
/// If the file cannot be read, a column is absent or named twice, it is not clear which column is the label, a feature is
/// not a finite number or a copy of the label, a label is empty or unknown, or there are fewer than two classes or no
/// rows. Errors name file, line and column.
pub fn read_csv(path: &Path, separator: Separator, options: &CsvOptions) -> Result<Dataset, TrainError> {
    Table::open(path, separator)?.read(options, None)
}

/// As [`read_csv`], for the network of other samples: columns are found by the names of its features, in any order, and a
/// label means the class of that name.
///
/// # Errors
/// As there, and columns and labels that the network does not know.
pub fn read_csv_for(
    path: &Path,
    separator: Separator,
    options: &CsvOptions,
    network: &Names,
) -> Result<Dataset, TrainError> {
    Table::open(path, separator)?.read(options, Some(network))
}

/// The text of a file.
struct Table<'a> {
    path: &'a Path,
    text: String,
    separator: Separator,
}

impl<'a> Table<'a> {
    fn open(path: &'a Path, separator: Separator) -> Result<Self, TrainError> {
        let read_error = |source| TrainError::Read { path: path.to_owned(), source };
        let text = String::from_utf8(std::fs::read(path).map_err(read_error)?).map_err(|error| {
            let (valid, bytes) = (error.utf8_error().valid_up_to(), error.as_bytes());
            let line = Lines::new(&bytes[..valid]).of(valid);
            table_error(path, line, "the text is not UTF-8".to_owned(), "a file saved as UTF-8")
        })?;
        let text = text.strip_prefix('\u{feff}').map(str::to_owned).unwrap_or(text);
        Ok(Self { path, text, separator })
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

    fn read(&self, options: &CsvOptions, network: Option<&Names>) -> Result<Dataset, TrainError> {
        let path = self.path;
        if let Some(found) = self.other_separator() {
            return Err(TrainError::CsvSeparator { path: path.to_owned(), found, given: self.separator });
        }
        if let Some(twice) = options.class_names.as_deref().and_then(doubled) {
            return Err(TrainError::NameTwice { field: "class-names", name: twice.clone() });
        }
        let classes = network.map(|network| &network.classes).or(options.class_names.as_ref());
        let mut reader = self.reader(self.separator);
        let mut lines = Lines::new(self.text.as_bytes());
        let first = lines.of(0);
        let header = reader.headers().map_err(|error| self.unreadable(&error))?;
        let names = header.iter().map(str::to_owned).collect();
        let columns = Columns::choose(path, first, names, options, network)?;

        // Where nobody chose the features, one of them may be the label once more.
        let mut copies = vec![network.is_none() && options.feature_columns.is_none(); columns.features.len()];
        let (mut features, mut labels) = (Vec::new(), Vec::new());
        for record in reader.records() {
            let record = record.map_err(|error| self.unreadable(&error))?;
            let blank = record.len() == 1 && record[0].is_empty();
            if blank {
                continue;
            }
            let line = lines.of(record.position().map_or(0, |position| position.byte() as usize));
            self.check_length(&record, columns.names.len(), line)?;
            self.push_features(&record, &columns, line, &mut features)?;
            let label = self.label(&record, &columns, line, classes)?;
            for (copy, &column) in copies.iter_mut().zip(&columns.features) {
                *copy = *copy && same(&record[column], label);
            }
            labels.push(label.to_owned());
        }

        let table_error = |problem: String, valid| table_error(path, first, problem, valid);
        if labels.is_empty() {
            return Err(table_error("no rows below the header".to_owned(), "one row for each sample"));
        }
        if columns.numbered().is_some() && labels.contains(&columns.names[columns.label]) {
            let problem = format!("the header holds numbers and the label \"{}\"", columns.names[columns.label]);
            return Err(table_error(problem, "column names in the first line"));
        }
        let names = classes.cloned().unwrap_or_else(|| sorted_distinct(&labels));
        if names.len() < 2 {
            let problem = format!("only one class, {}", names.join(", "));
            return Err(table_error(problem, "samples of at least two classes"));
        }
        if let Some((_, &column)) = copies.iter().zip(&columns.features).find(|(copy, _)| **copy) {
            let (name, label) = (&columns.names[column], &columns.names[columns.label]);
            let problem = format!("column \"{name}\" is a copy of the label column, \"{label}\"");
            return Err(table_error(problem, "columns.feature-columns in [data], with the columns to learn from"));
        }
        let class = |label: &String| names.iter().position(|name| name == label).unwrap_or(names.len()) as u32;
        Dataset::new(features, columns.features.len(), labels.iter().map(class).collect(), names.len())?
            .with_feature_names(columns.features.iter().map(|&column| columns.names[column].clone()).collect())?
            .with_class_names(names)
    }

    fn check_length(&self, record: &StringRecord, expected: usize, line: u64) -> Result<(), TrainError> {
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
        features: &mut Vec<f64>,
    ) -> Result<(), TrainError> {
        for &column in &columns.features {
            match record[column].parse::<f64>() {
                Ok(value) if value.is_finite() => features.push(value),
                _ => {
                    let point = if record[column].contains(',') { ", with a decimal point" } else { "" };
                    let valid = format!("a finite number{point}");
                    return Err(self.wrong(record, columns, line, column, valid));
                }
            }
        }
        Ok(())
    }

    fn label<'r>(
        &self,
        record: &'r StringRecord,
        columns: &Columns,
        line: u64,
        classes: Option<&Vec<String>>,
    ) -> Result<&'r str, TrainError> {
        let label = &record[columns.label];
        let wrong = |valid: String| Err(self.wrong(record, columns, line, columns.label, valid));
        match classes {
            Some(classes) if !classes.iter().any(|name| name == label) => {
                wrong(format!("one of: {}", classes.join(", ")))
            }
            _ if label.is_empty() => wrong("a label".to_owned()),
            _ => Ok(label),
        }
    }
}

/// Whether two cells hold the same word, or the same number.
fn same(first: &str, second: &str) -> bool {
    first == second || matches!((first.parse::<f64>(), second.parse::<f64>()), (Ok(a), Ok(b)) if a == b)
}

/// The distinct labels, by value if all are integers, else by their bytes.
fn sorted_distinct(labels: &[String]) -> Vec<String> {
    let mut names = labels.to_vec();
    names.sort_unstable();
    names.dedup();
    if names.iter().all(|name| name.parse::<i64>().is_ok()) {
        names.sort_by_key(|name| name.parse::<i64>().unwrap_or_default());
    }
    names
}

#[cfg(test)]
mod tests;
