mod columns;

use self::columns::Columns;
use super::classes::{self, known_classes};
use super::table::{Cells, Table, table_error};
use super::{Recording, Request};
use crate::TrainError;
use crate::samples::{Content, Labelled, Names, ValueTable};

/// Reads samples from a file with one line for each, whose first line names the columns.
///
/// Labels may be integers or words. Integers are sorted by value, words by their bytes, and class i is the i-th
/// distinct label; the recording keeps the labels as class names. Spaces around a cell do not count. For a network of other
/// samples, columns are found by the names of its features, in any order, and a label means the class of that name.
///
/// # Errors
/// If the file cannot be read, a column is absent or named twice, it is not clear which column is the label, a feature is
/// not a finite number or a copy of the label, a label is empty or unknown, or there are fewer than two classes or no
/// rows. Errors name file, line and column.
pub(super) fn read(request: &Request<'_>) -> Result<Recording, TrainError> {
    let Request { options, network, .. } = *request;
    let table = Table::open(request.path(), options.separator)?;
    let mut rows = table.rows()?;
    let classes = known_classes(request)?;
    let first = rows.header;
    let columns = Columns::choose(request, first, rows.names.clone())?;

    // Where nobody chose the features, one of them may be the label once more.
    let mut copies = vec![network.is_none() && options.feature_columns.is_none(); columns.features.len()];
    let (mut features, mut labels, mut groups) = (Vec::new(), Vec::new(), Vec::new());
    while let Some(cells) = rows.next()? {
        for &column in &columns.features {
            features.push(feature(&cells, column, options.empty_cells.is_some())?);
        }
        let label = label(&cells, columns.label, classes.as_deref(), network.is_some())?;
        for (copy, &column) in copies.iter_mut().zip(&columns.features) {
            *copy = *copy && label.is_some_and(|label| same(cells.of(column), label));
        }
        labels.push(label.map(str::to_owned));
        groups.extend(columns.group.map(|column| cells.of(column).to_owned()));
    }

    let table_error = |problem: String, valid| table_error(request.path(), first, problem, valid);
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
    Ok(Recording { samples, names: Names { features, classes }, image: None })
}

/// The number in a cell; NaN for an empty cell where `gaps` are allowed.
fn feature(cells: &Cells<'_>, column: usize, gaps: bool) -> Result<f64, TrainError> {
    let text = cells.of(column);
    match text.parse::<f64>() {
        Ok(value) if value.is_finite() => Ok(value),
        Err(_) if gaps && text.is_empty() => Ok(f64::NAN),
        _ => {
            let point = match text {
                "" => ", or set empty-cells = \"silent\" in [data]",
                _ if text.contains(',') => ", with a decimal point",
                _ => "",
            };
            Err(cells.wrong(column, format!("a finite number{point}")))
        }
    }
}

/// The label of a row; none where there is no column of labels, or an empty cell and nobody learns from it.
fn label<'r>(
    cells: &Cells<'r>,
    column: Option<usize>,
    classes: Option<&[String]>,
    optional: bool,
) -> Result<Option<&'r str>, TrainError> {
    let Some(column) = column else { return Ok(None) };
    let label = cells.name(column)?;
    match classes {
        _ if label.is_empty() && optional => Ok(None),
        // a network that answers with spike trains knows no classes
        Some([]) => Ok(None),
        Some(classes) if !classes.iter().any(|name| name == label) => {
            Err(cells.wrong(column, format!("one of: {}", classes.join(", "))))
        }
        _ if label.is_empty() => Err(cells.wrong(column, "a label")),
        _ => Ok(Some(label)),
    }
}

/// Whether two cells hold the same word, or the same number.
fn same(first: &str, second: &str) -> bool {
    first == second || matches!((first.parse::<f64>(), second.parse::<f64>()), (Ok(a), Ok(b)) if a == b)
}

#[cfg(test)]
mod tests;
