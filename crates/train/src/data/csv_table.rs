use crate::{Dataset, TrainError};
use csv::StringRecord;
use serde::{Deserialize, Serialize};
use std::path::Path;

/// Which columns of a CSV file are features and which is the label.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct CsvOptions {
    /// Name of the label column. Default: the column named "label" or "class", else the last one.
    pub label_column: Option<String>,
    /// Names of the feature columns, in the order wanted. Default: every column but the label.
    pub feature_columns: Option<Vec<String>>,
    /// Labels in the order of the classes. Default: the labels that occur, sorted. A file that holds the test
    /// samples of another takes the class names of that one, so that both mean the same classes.
    pub class_names: Option<Vec<String>>,
}

/// Reads samples from a comma-separated file whose first line names the columns.
///
/// Labels may be integers or words. Integers are sorted by value, words by their bytes, and class i is the i-th
/// distinct label; the data set keeps the labels as class names. Spaces around a cell do not count.
///
/// # Errors
/// If the file cannot be read, a column is absent or named twice, a feature is not a finite number, a label is
/// empty or unknown, or there are fewer than two classes or no rows. Errors name file, line and column.
pub fn read_csv(path: &Path, options: &CsvOptions) -> Result<Dataset, TrainError> {
    let read_error = |source| TrainError::CsvRead { path: path.to_owned(), source };
    let mut reader = csv::ReaderBuilder::new().trim(csv::Trim::All).from_path(path).map_err(read_error)?;
    let columns = Columns::choose(path, reader.headers().map_err(read_error)?, options)?;

    let mut features = Vec::new();
    let mut labels = Vec::new();
    for record in reader.records() {
        let record = record.map_err(read_error)?;
        let line = record.position().map_or(0, csv::Position::line);
        let wrong = |column: usize, valid: String| TrainError::CsvCell {
            path: path.to_owned(),
            line,
            column: columns.names[column].clone(),
            found: record[column].to_owned(),
            valid,
        };
        for &column in &columns.features {
            match record[column].parse::<f64>() {
                Ok(value) if value.is_finite() => features.push(value),
                _ => return Err(wrong(column, "a finite number".to_owned())),
            }
        }
        let label = &record[columns.label];
        let known = options.class_names.as_ref().is_none_or(|names| names.iter().any(|name| name == label));
        if !known {
            let names = options.class_names.as_deref().unwrap_or_default().join(", ");
            return Err(wrong(columns.label, format!("one of: {names}")));
        }
        if label.is_empty() {
            return Err(wrong(columns.label, "a label".to_owned()));
        }
        labels.push(label.to_owned());
    }

    let table_error =
        |problem: String, valid| TrainError::CsvTable { path: path.to_owned(), line: 1, problem, valid };
    if labels.is_empty() {
        return Err(table_error("no rows below the header".to_owned(), "one row for each sample"));
    }
    let names = options.class_names.clone().unwrap_or_else(|| sorted_distinct(&labels));
    if names.len() < 2 {
        let problem = format!("only one class, {}", names.join(", "));
        return Err(table_error(problem, "samples of at least two classes"));
    }
    let class = |label: &String| names.iter().position(|name| name == label).unwrap_or(names.len()) as u32;
    Dataset::new(features, columns.features.len(), labels.iter().map(class).collect(), names.len())?
        .with_feature_names(columns.features.iter().map(|&column| columns.names[column].clone()).collect())?
        .with_class_names(names)
}

/// Positions of the columns in use.
struct Columns {
    names: Vec<String>,
    features: Vec<usize>,
    label: usize,
}

impl Columns {
    fn choose(path: &Path, header: &StringRecord, options: &CsvOptions) -> Result<Self, TrainError> {
        let names: Vec<String> = header.iter().map(str::to_owned).collect();
        let table_error =
            |problem: String, valid| TrainError::CsvTable { path: path.to_owned(), line: 1, problem, valid };
        if names.len() < 2 {
            let problem = format!("{} column(s) in the header", names.len());
            return Err(table_error(problem, "at least one feature column and one label column"));
        }
        if names.iter().all(|name| name.parse::<f64>().is_ok()) {
            return Err(table_error("the header holds numbers only".to_owned(), "column names in the first line"));
        }
        if let Some(twice) = names.iter().enumerate().find(|(i, name)| names[..*i].contains(name)) {
            return Err(table_error(
                format!("two columns are named \"{}\"", twice.1),
                "every column its own name",
            ));
        }

        let position = |column: &String| {
            names.iter().position(|name| name == column).ok_or_else(|| TrainError::CsvColumn {
                path: path.to_owned(),
                column: column.clone(),
                available: names.join(", "),
            })
        };
        let is_label = |name: &String| ["label", "class"].iter().any(|word| name.eq_ignore_ascii_case(word));
        let label = match &options.label_column {
            Some(column) => position(column)?,
            None => names.iter().position(is_label).unwrap_or(names.len() - 1),
        };
        let features: Vec<usize> = match &options.feature_columns {
            Some(columns) => columns.iter().map(position).collect::<Result<_, _>>()?,
            None => (0..names.len()).filter(|&column| column != label).collect(),
        };
        if features.contains(&label) {
            let problem = format!("column \"{}\" is both a feature and the label", names[label]);
            return Err(table_error(problem, "feature-columns without the label-column"));
        }
        if features.is_empty() {
            return Err(table_error("feature-columns is empty".to_owned(), "at least one feature column"));
        }
        Ok(Self { names, features, label })
    }
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
