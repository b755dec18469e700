use std::path::PathBuf;

use super::Separator;

/// What can be wrong with a CSV file of samples.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CsvError {
    /// A CSV file whose cells are separated by another character.
    #[error(
        "{}: its cells seem to be separated by {found}, not by {given}; set separator = \"{found}\" in [data], or give \
         --separator '{found}' to `delgrad evaluate`",
        path.display()
    )]
    Separator {
        /// The file.
        path: PathBuf,
        /// What seems to separate them.
        found: Separator,
        /// What was to separate them.
        given: Separator,
    },
    /// A CSV file whose columns are not those of the samples that a network was trained on.
    #[error(
        "{} has the columns {found}; the network takes {expected}, and a label: {problem}; name the columns alike, in any order",
        path.display()
    )]
    Names {
        /// The file.
        path: PathBuf,
        /// Its columns.
        found: String,
        /// The features of the training samples.
        expected: String,
        /// What is missing or unknown.
        problem: String,
    },
    /// A CSV file as a whole does not serve.
    #[error("{}, line {line}: {problem}; give {valid}", path.display())]
    Table {
        /// The file.
        path: PathBuf,
        /// Line, counted from 1.
        line: u64,
        /// What is wrong.
        problem: String,
        /// What would be right.
        valid: &'static str,
    },
    /// A column whose cell in the header is empty.
    #[error(
        "{}, line {line}: column {column} has no name; give it one, set ignore-columns = [\"\"] in [data] to leave it out, or write \
         the file without it (pandas: index=False)",
        path.display()
    )]
    NoName {
        /// The file.
        path: PathBuf,
        /// Line, counted from 1.
        line: u64,
        /// Place of the column, counted from 1.
        column: usize,
    },
    /// A column that the file does not have.
    #[error("{} has no column \"{column}\"; its columns are: {available}", path.display())]
    Column {
        /// The file.
        path: PathBuf,
        /// The column asked for.
        column: String,
        /// The columns there are.
        available: String,
    },
    /// A cell that cannot be used.
    #[error("{}, line {line}, column \"{column}\": found \"{found}\"; the cell must hold {valid}", path.display())]
    Cell {
        /// The file.
        path: PathBuf,
        /// Line, counted from 1.
        line: u64,
        /// Name of the column.
        column: String,
        /// Text of the cell.
        found: String,
        /// What the cell may hold, in words.
        valid: String,
    },
}
