//! TOML texts: errors that say where and what would be right, and values replaced by dotted paths.

use serde::de::DeserializeOwned;
use toml::{Table, Value};

use crate::at;

/// Why a text is not the TOML that is read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TomlError {
    /// Not TOML.
    #[error("{problem}")]
    Syntax {
        /// What is wrong, with line and column.
        problem: String,
    },
    /// A key or a value that does not belong there.
    #[error("{}{problem}{hint}", at(path))]
    Content {
        /// Where, such as `layers[0].size`.
        path: String,
        /// What is wrong and what would be valid.
        problem: String,
        /// The name that was probably meant, as an end of the sentence.
        hint: String,
    },
    /// A value to be set at a place that does not exist.
    #[error("override `{path}`: {problem}; give a dotted path such as training.epochs or layers.0.size")]
    Override {
        /// The path given.
        path: String,
        /// Where it ends.
        problem: OverrideProblem,
    },
}

/// The table of a TOML text. A byte order mark before it is passed over.
///
/// # Errors
/// A text that is no TOML.
pub fn parse_toml(text: &str) -> Result<Table, TomlError> {
    text.parse().map_err(|error| TomlError::Syntax { problem: syntax_problem(text, &error) })
}

/// The value of a table. `renamed` has keys of before, and what stands in their place.
///
/// ```
/// use delgrad_files::{parse_toml, read_toml, set_toml};
///
/// #[derive(Debug, PartialEq, serde::Deserialize)]
/// #[serde(deny_unknown_fields)]
/// struct Training {
///     epochs: u32,
/// }
///
/// let mut table = parse_toml("epochs = 10")?;
/// set_toml(&mut table, "epochs", "20")?;
/// assert_eq!(read_toml::<Training>(table, &[])?, Training { epochs: 20 });
///
/// let error = read_toml::<Training>(parse_toml("epoch = 10")?, &[]).unwrap_err();
/// assert!(error.to_string().ends_with("expected `epochs`; did you mean `epochs`?"));
/// # Ok::<(), delgrad_files::TomlError>(())
/// ```
///
/// # Errors
/// Keys that are missing or unknown, and values of another type or out of range.
pub fn read_toml<T: DeserializeOwned>(table: Table, renamed: &[(&str, &str)]) -> Result<T, TomlError> {
    serde_path_to_error::deserialize(Value::Table(table)).map_err(|error| {
        let path = error.path().to_string();
        let problem = error.inner().message().trim_end().replace('\n', ", ");
        TomlError::Content { path, hint: hint(&problem, renamed), problem }
    })
}

/// Refuses `nan` wherever it stands: a value that is to be written and read back must be equal to itself.
///
/// # Errors
/// The first `nan`, by its place.
pub fn refuse_nan(table: &Table) -> Result<(), TomlError> {
    let Some(path) = nan_in_table(table) else { return Ok(()) };
    Err(TomlError::Content { path, problem: "is nan; give a number".to_owned(), hint: String::new() })
}

/// Sets the value at a dotted path; numbers index lists. A text that is no TOML value is taken as text.
///
/// # Errors
/// A path that leads nowhere.
pub fn set_toml(table: &mut Table, path: &str, text: &str) -> Result<(), TomlError> {
    let wrong = |problem| TomlError::Override { path: path.to_owned(), problem };
    let mut keys = path.split('.');
    if keys.clone().next_back().is_none_or(str::is_empty) {
        return Err(wrong(OverrideProblem::EmptyKey));
    }
    let mut name = keys.next().unwrap_or_default();
    let mut value = entry(table, name);
    for key in keys {
        value = child(value, name, key).map_err(wrong)?;
        name = key;
    }
    *value = toml_value(text);
    Ok(())
}

/// The place of the first `nan`.
fn nan_in_table(table: &Table) -> Option<String> {
    table.iter().find_map(|(key, value)| nan_in(value).map(|rest| format!("{key}{rest}")))
}

/// The same within a value, as what follows the key of the value.
fn nan_in(value: &Value) -> Option<String> {
    match value {
        Value::Float(number) => number.is_nan().then(String::new),
        Value::Array(list) => (0..)
            .zip(list)
            .find_map(|(index, value): (usize, _)| nan_in(value).map(|rest| format!("[{index}]{rest}"))),
        Value::Table(table) => nan_in_table(table).map(|rest| format!(".{rest}")),
        _ => None,
    }
}

/// "line 3, column 5: what is wrong", on one line.
fn syntax_problem(text: &str, error: &toml::de::Error) -> String {
    let before = error.span().and_then(|span| text.get(..span.start)).unwrap_or_default();
    let line = 1 + before.matches('\n').count();
    let column = 1 + before.chars().rev().take_while(|c| *c != '\n').count();
    format!("line {line}, column {column}: {}", error.message().trim_end().replace('\n', ", "))
}

/// The allowed name that the reader most likely meant, taken from serde's message.
fn hint(problem: &str, renamed: &[(&str, &str)]) -> String {
    let mut names = problem.split('`').skip(1).step_by(2);
    let unknown = problem.starts_with("unknown ");
    let (true, Some(given)) = (unknown, names.next()) else { return String::new() };
    if let Some((_, now)) = renamed.iter().find(|(before, _)| *before == given) {
        return format!("; it is now {now}");
    }
    /// Names less similar than this have nothing to do with each other.
    const SIMILAR: f64 = 0.7;
    names
        .map(|name| (strsim::jaro_winkler(given, name), name))
        .filter(|(similarity, _)| *similarity > SIMILAR)
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .map_or_else(String::new, |(_, name)| format!("; did you mean `{name}`?"))
}

/// A TOML value, or else the text itself.
#[must_use]
pub fn toml_value(text: &str) -> Value {
    format!("value = {text}")
        .parse::<Table>()
        .ok()
        .filter(|table| table.len() == 1)
        .and_then(|mut table| table.remove("value"))
        .unwrap_or_else(|| Value::String(text.to_owned()))
}

/// The value of a key, a table if there is none.
fn entry<'a>(table: &'a mut Table, key: &str) -> &'a mut Value {
    table.entry(key).or_insert_with(|| Value::Table(Table::new()))
}

/// The value of a key in the table or the list of this name.
fn child<'a>(parent: &'a mut Value, name: &str, key: &str) -> Result<&'a mut Value, OverrideProblem> {
    match parent {
        Value::Table(table) => Ok(entry(table, key)),
        Value::Array(array) => {
            let length = array.len();
            let index: usize =
                key.parse().map_err(|_| OverrideProblem::NoIndex { key: key.to_owned(), length })?;
            array.get_mut(index).ok_or(OverrideProblem::Beyond { index, length })
        }
        other => Err(OverrideProblem::NoTable { key: name.to_owned(), found: other.type_str() }),
    }
}

/// Where the path of an override ends.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum OverrideProblem {
    /// Nothing after the last dot.
    #[error("the key is empty")]
    EmptyKey,
    /// A key that goes on below a single value.
    #[error("`{key}` is a {found}, not a table")]
    NoTable {
        /// The key.
        key: String,
        /// The type of its value.
        found: &'static str,
    },
    /// A word in the place of a number.
    #[error("`{key}` is no index; the list has {length} entries")]
    NoIndex {
        /// The word.
        key: String,
        /// Entries of the list.
        length: usize,
    },
    /// A number beyond the end of a list.
    #[error("index {index} is beyond the list's {length} entries")]
    Beyond {
        /// The number, from 0.
        index: usize,
        /// Entries of the list.
        length: usize,
    },
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde::Deserialize;

    #[derive(Debug, PartialEq, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Outer {
        name: String,
        inner: Vec<Inner>,
    }

    #[derive(Debug, PartialEq, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Inner {
        learning_rate: f64,
    }

    const TEXT: &str = "name = 'x'\n[[inner]]\nlearning_rate = 1.0\n";

    fn parse(text: &str, overrides: &[(&str, &str)]) -> Result<Outer, TomlError> {
        let mut table = parse_toml(text)?;
        overrides.iter().try_for_each(|(path, value)| set_toml(&mut table, path, value))?;
        refuse_nan(&table)?;
        read_toml(table, &[("rate", "learning_rate")])
    }

    fn message(text: &str, overrides: &[(&str, &str)]) -> String {
        parse(text, overrides).unwrap_err().to_string()
    }

    #[test]
    fn overrides_reach_into_tables_and_lists() {
        let parsed = parse(TEXT, &[("inner.0.learning_rate", "0.5"), ("name", "a b")]).unwrap();
        assert_eq!(parsed, Outer { name: "a b".into(), inner: vec![Inner { learning_rate: 0.5 }] });
    }

    #[test]
    fn misspelt_keys_are_corrected() {
        let text = TEXT.replace("learning_rate", "learning_rat");
        let message = message(&text, &[]);
        assert!(message.contains("inner[0]"), "{message}");
        assert!(message.contains("did you mean `learning_rate`?"), "{message}");
    }

    #[test]
    fn keys_of_before_lead_to_those_of_now() {
        let message = message(&TEXT.replace("learning_rate", "rate"), &[]);
        assert!(message.ends_with("; it is now learning_rate"), "{message}");
    }

    #[test]
    fn nan_is_refused_wherever_it_stands() {
        for (text, path) in [
            (
                "name = 'x'\n[[inner]]\nlearning_rate = 1.0\n[[inner]]\nlearning_rate = nan",
                "inner[1].learning_rate",
            ),
            ("inner = []\nname = { a = { b = [[1.0, -nan]] } }", "name.a.b[0][1]"),
        ] {
            assert_eq!(message(text, &[]), format!("at `{path}`: is nan; give a number"));
        }
        assert!(
            message(TEXT, &[("inner.0.learning_rate", "nan")]).contains("at `inner[0].learning_rate`: is nan")
        );
    }

    #[test]
    fn a_byte_order_mark_is_passed_over() {
        assert_eq!(parse(&format!("\u{feff}{TEXT}"), &[]), parse(TEXT, &[]));
    }

    #[test]
    fn wrong_overrides_say_why() {
        assert!(message(TEXT, &[("inner.3.learning_rate", "1")]).contains("beyond the list's 1 entries"));
        assert!(message(TEXT, &[("inner.first.learning_rate", "1")]).contains("`first` is no index"));
        assert!(message(TEXT, &[("name.length", "1")]).contains("is a string, not a table"));
        assert!(message(TEXT, &[("", "1")]).contains("the key is empty"));
        assert!(message("name = ", &[]).starts_with("line 1, column 8: "));
    }
}
