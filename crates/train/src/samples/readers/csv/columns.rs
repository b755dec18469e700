//! Which columns of a table are features, and which is the label.

use std::path::Path;

use crate::TrainError;
use crate::samples::readers::table::table_error;
use crate::samples::readers::{CsvError, Request};
use crate::samples::{Names, doubled, escaped, has_control};

/// Names of columns that can only be the label.
const LABELS: [&str; 3] = ["label", "class", "target"];

/// Positions of the columns in use.
pub(super) struct Columns {
    pub names: Vec<String>,
    pub features: Vec<usize>,
    /// None: the samples have no labels, which networks that are trained can do without.
    pub label: Option<usize>,
    /// Who each sample comes from.
    pub group: Option<usize>,
}

impl Columns {
    /// Chooses from a header, by the names of a network's features where there is one.
    pub(super) fn choose(request: &Request<'_>, line: u64, names: Vec<String>) -> Result<Self, TrainError> {
        let Request { options, network, .. } = *request;
        let path = request.path();
        let wrong = |problem: String, valid| table_error(path, line, problem, valid);
        if names.is_empty() || names.len() < 2 && network.is_none() {
            let problem = format!("{} column(s) in the header", names.len());
            return Err(wrong(problem, "at least one feature column and one label column"));
        }
        if names.iter().all(|name| name.parse::<f64>().is_ok()) {
            return Err(wrong("the header holds numbers only".to_owned(), "column names in the first line"));
        }
        require_named(path, line, &names, request)?;
        if let Some(twice) = doubled(&names) {
            return Err(wrong(format!("two columns are named \"{twice}\""), "every column its own name"));
        }
        let position = |column: &str| {
            names.iter().position(|name| name == column).ok_or_else(|| CsvError::Column {
                path: path.to_owned(),
                column: column.to_owned(),
                available: names.join(", "),
            })
        };
        let group = request.group_by().map(position).transpose();
        // files for a trained network need no groups
        let group = if network.is_some() { group.unwrap_or(None) } else { group? };
        let ignored: Vec<usize> = match network {
            None => options.ignore_columns.iter().map(|column| position(column)).collect::<Result<_, _>>()?,
            Some(_) => options.ignore_columns.iter().filter_map(|column| position(column).ok()).collect(),
        };
        let left_out =
            |column: usize| ignored.contains(&column) || group == Some(column) || names[column].is_empty();
        let label = match &options.label_column {
            Some(column) => position(column)
                .map(Some)
                .or_else(|error| if network.is_some() { Ok(None) } else { Err(error) })?,
            None => label(&names, network, left_out).map_err(|(problem, valid)| wrong(problem, valid))?,
        };
        let features = match (network, &options.feature_columns) {
            (Some(network), chosen) => {
                let left_out = |column| Some(column) == label || left_out(column);
                by_name(path, &names, left_out, &network.features, chosen.is_some())?
            }
            (None, Some(columns)) => {
                if let Some(twice) = doubled(columns) {
                    let problem = format!("feature-columns name \"{twice}\" twice");
                    return Err(wrong(problem, "every column once"));
                }
                columns.iter().map(|column| position(column)).collect::<Result<_, _>>()?
            }
            (None, None) => {
                (0..names.len()).filter(|&column| Some(column) != label && !left_out(column)).collect()
            }
        };
        if let Some(label) = label.filter(|label| features.contains(label)) {
            let problem = format!("column \"{}\" is both a feature and the label", names[label]);
            return Err(wrong(problem, "feature-columns without the label-column"));
        }
        if features.is_empty() {
            return Err(wrong("feature-columns is empty".to_owned(), "at least one feature column"));
        }
        if let Some(name) = features.iter().map(|&column| &names[column]).find(|name| has_control(name)) {
            let problem = format!("the name of column \"{}\" has control characters", escaped(name));
            return Err(wrong(problem, "it a name without them"));
        }
        let columns = Self { names, features, label, group };
        if columns.numbered().is_some_and(|counted| !counted) {
            let problem = format!("the header names the columns {}", columns.names.join(", "));
            return Err(wrong(problem, "column names in the first line"));
        }
        Ok(columns)
    }

    /// Whether the features' names are numbers that count up by one, as programs name what has no name; none if they are
    /// words. Other numbers are those of a sample: the file has no header.
    pub(super) fn numbered(&self) -> Option<bool> {
        let names = || self.features.iter().map(|&column| &self.names[column]);
        names().all(|name| name.parse::<f64>().is_ok()).then(|| {
            let numbers: Vec<Option<u32>> = names().map(|name| name.parse().ok()).collect();
            numbers.windows(2).all(|pair| matches!(*pair, [Some(a), Some(b)] if a.checked_add(1) == Some(b)))
                && numbers[0].is_some_and(|first| first <= 1)
        })
    }
}

/// Refuses a column without a name, such as the one that programs write for the numbers of the rows, unless the experiment leaves
/// it out or chose among columns.
fn require_named(path: &Path, line: u64, names: &[String], request: &Request<'_>) -> Result<(), TrainError> {
    let options = request.options;
    let chosen =
        options.feature_columns.as_ref().is_some_and(|columns| columns.iter().all(|name| !name.is_empty()));
    if chosen || options.ignore_columns.iter().any(String::is_empty) {
        return Ok(());
    }
    match names.iter().position(String::is_empty) {
        Some(place) => Err(CsvError::NoName { path: path.to_owned(), line, column: place + 1 }.into()),
        None => Ok(()),
    }
}

/// The label column of a file that does not say which it is, or what is wrong and what to give.
fn label(
    names: &[String],
    network: Option<&Names>,
    left_out: impl Fn(usize) -> bool,
) -> Result<Option<usize>, (String, &'static str)> {
    const GIVE: &str = "label-column in [data], and in feature-columns or ignore-columns which to learn from";
    let is_feature = |name: &String| network.is_some_and(|network| network.features.contains(name));
    let mut others = (0..names.len()).filter(|&column| !is_feature(&names[column]) && !left_out(column));
    if let (Some(_), only, None) = (network, others.next(), others.next()) {
        return Ok(only);
    }
    let called = |words: &[&str]| -> Vec<usize> {
        let is_one = |name: &String| words.iter().any(|word| name.eq_ignore_ascii_case(word));
        let other = |column: usize| !is_feature(&names[column]) && !left_out(column);
        (0..names.len()).filter(|&column| is_one(&names[column]) && other(column)).collect()
    };
    let found = called(&LABELS);
    match found[..] {
        [label] => Ok(Some(label)),
        [] => {
            let Some(last) = (0..names.len()).rev().find(|&column| !left_out(column)) else { return Ok(None) };
            // a table of x and y has coordinates; a y alone is what x is said to lead to
            match called(&["y"])[..] {
                [y] if y != last && called(&["x"]).is_empty() => Err((
                    format!("the label may be \"{}\" or the last column, \"{}\"", names[y], names[last]),
                    GIVE,
                )),
                _ => Ok(Some(last)),
            }
        }
        _ => {
            let quoted: Vec<String> = found.iter().map(|&column| format!("\"{}\"", names[column])).collect();
            Err((format!("the label may be the column {}", quoted.join(" or ")), GIVE))
        }
    }
}

/// The columns of a network's features. Other columns are an error unless the experiment chose among columns.
fn by_name(
    path: &Path,
    names: &[String],
    left_out: impl Fn(usize) -> bool,
    features: &[String],
    chosen: bool,
) -> Result<Vec<usize>, TrainError> {
    let found: Vec<Option<usize>> =
        features.iter().map(|feature| names.iter().position(|name| name == feature)).collect();
    let missing =
        features.iter().zip(&found).filter(|(_, column)| column.is_none()).map(|(name, _)| (name, "missing"));
    let unknown = (0..names.len())
        .filter(|&column| !left_out(column) && !chosen && !features.contains(&names[column]))
        .map(|column| (&names[column], "unknown"));
    let problems: Vec<String> = missing.chain(unknown).map(|(name, is)| format!("\"{name}\" is {is}")).collect();
    if problems.is_empty() {
        return Ok(found.into_iter().flatten().collect());
    }
    Err(CsvError::Names {
        path: path.to_owned(),
        found: names.join(", "),
        expected: features.join(", "),
        problem: problems.join(", "),
    }
    .into())
}
