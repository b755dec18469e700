//! From text to a typed value, with errors that say where and what would be right.

use serde::de::DeserializeOwned;
use toml::{Table, Value};

use crate::TrainError;

/// Parses TOML, applies overrides, and turns the result into `T`.
pub(crate) fn parse<T: DeserializeOwned>(
    source: &str,
    text: &str,
    overrides: &[(String, String)],
) -> Result<T, TrainError> {
    let mut table: Table = text.parse().map_err(|error: toml::de::Error| TrainError::Toml {
        source_name: source.to_owned(),
        problem: syntax_problem(text, &error),
    })?;
    for (path, value) in overrides {
        set(&mut table, path, value)?;
    }
    spell_out(&mut table);
    let table = Value::Table(table);
    if let Some(path) = not_a_number(&table) {
        let problem = "is nan; give a number".to_owned();
        let hint = String::new();
        return Err(TrainError::Config { source_name: source.to_owned(), hint, problem, path: place(&path) });
    }
    serde_path_to_error::deserialize(table).map_err(|error| {
        let path = error.path().to_string();
        let problem = error.inner().message().trim_end().to_owned();
        TrainError::Config { source_name: source.to_owned(), hint: hint(&problem), problem, path: place(&path) }
    })
}

/// Writes out what people need not write: one encoder for a list of one, and `kind = "latency"`.
fn spell_out(table: &mut Table) {
    let Some(encoder) = table.get_mut("encoder") else { return };
    if encoder.is_table() {
        *encoder = Value::Array(vec![encoder.clone()]);
    }
    for table in encoder.as_array_mut().into_iter().flatten().filter_map(Value::as_table_mut) {
        table.entry("kind").or_insert_with(|| Value::String("latency".to_owned()));
    }
}

/// The place of the first `nan`. No key takes it, and it would differ from itself when it is read back.
fn not_a_number(value: &Value) -> Option<String> {
    let joined = |path: &str, rest: String| {
        if rest.starts_with('[') || rest.is_empty() { format!("{path}{rest}") } else { format!("{path}.{rest}") }
    };
    match value {
        Value::Float(number) => number.is_nan().then(String::new),
        Value::Array(array) => array
            .iter()
            .enumerate()
            .find_map(|(index, value)| not_a_number(value).map(|rest| joined(&format!("[{index}]"), rest))),
        Value::Table(table) => {
            table.iter().find_map(|(key, value)| not_a_number(value).map(|rest| joined(key, rest)))
        }
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

/// "at `layers[0].size`: ", or nothing at the top.
fn place(path: &str) -> String {
    if path.is_empty() || path == "." { String::new() } else { format!("at `{path}`: ") }
}

/// Keys that experiments had before, and what stands in their place.
const RENAMED: [(&str, &str); 7] = [
    ("bump", "training.silent.weight-increment"),
    ("columns", "label-column and feature-columns in [data] itself"),
    ("max-dw-norm", "gradient.max-dw-norm, with gradient.policy = \"drop\""),
    ("positivity", "delay-range = { min, max }"),
    ("slope", "gradient.slope"),
    ("split-seed", "split.seed"),
    ("task", "[data], with source in the place of kind"),
];

/// The allowed name that the reader most likely meant, taken from serde's message.
fn hint(problem: &str) -> String {
    let mut names = problem.split('`').skip(1).step_by(2);
    let unknown = problem.starts_with("unknown ");
    let (true, Some(given)) = (unknown, names.next()) else { return String::new() };
    if let Some((_, now)) = RENAMED.iter().find(|(before, _)| *before == given) {
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

/// Sets the value at a dotted path; numbers index arrays.
fn set(table: &mut Table, path: &str, text: &str) -> Result<(), TrainError> {
    let wrong = |problem| TrainError::Override { path: path.to_owned(), problem };
    let value = parse_value(text);
    let mut keys: Vec<&str> = path.split('.').collect();
    let last = keys.pop().filter(|key| !key.is_empty()).ok_or(wrong(OverrideProblem::EmptyKey))?;
    let mut parent = ParentOf::Table(table);
    for key in keys {
        parent = parent.child(key).map_err(wrong)?;
    }
    parent.insert(last, value).map_err(wrong)
}

/// A TOML value, or else the text itself.
fn parse_value(text: &str) -> Value {
    format!("value = {text}")
        .parse::<Table>()
        .ok()
        .filter(|table| table.len() == 1)
        .and_then(|mut table| table.remove("value"))
        .unwrap_or_else(|| Value::String(text.to_owned()))
}

/// Where a path continues.
enum ParentOf<'a> {
    Table(&'a mut Table),
    Array(&'a mut Vec<Value>),
}

impl<'a> ParentOf<'a> {
    fn child(self, key: &str) -> Result<Self, OverrideProblem> {
        let value = match self {
            Self::Table(table) => table.entry(key).or_insert_with(|| Value::Table(Table::new())),
            Self::Array(array) => element(array, key)?,
        };
        match value {
            Value::Table(table) => Ok(Self::Table(table)),
            Value::Array(array) => Ok(Self::Array(array)),
            other => Err(OverrideProblem::NoTable { key: key.to_owned(), found: other.type_str() }),
        }
    }

    fn insert(self, key: &str, value: Value) -> Result<(), OverrideProblem> {
        match self {
            Self::Table(table) => {
                table.insert(key.to_owned(), value);
            }
            Self::Array(array) => *element(array, key)? = value,
        }
        Ok(())
    }
}

fn element<'a>(array: &'a mut [Value], key: &str) -> Result<&'a mut Value, OverrideProblem> {
    let length = array.len();
    let index: usize = key.parse().map_err(|_| OverrideProblem::NoIndex { key: key.to_owned(), length })?;
    array.get_mut(index).ok_or(OverrideProblem::Beyond { index, length })
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
    use serde::Deserialize;

    use super::*;

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

    fn message(text: &str, overrides: &[(&str, &str)]) -> String {
        let overrides: Vec<_> = overrides.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect();
        parse::<Outer>("test.toml", text, &overrides).unwrap_err().to_string()
    }

    #[test]
    fn overrides_reach_into_tables_and_lists() {
        let overrides = [("inner.0.learning_rate".to_owned(), "0.5".to_owned()), ("name".into(), "a b".into())];
        let parsed: Outer = parse("test.toml", TEXT, &overrides).unwrap();
        assert_eq!(parsed, Outer { name: "a b".into(), inner: vec![Inner { learning_rate: 0.5 }] });
    }

    #[test]
    fn misspelt_keys_are_corrected() {
        let text = TEXT.replace("learning_rate", "learning_rat");
        let message = message(&text, &[]);
        assert!(message.contains("test.toml"), "{message}");
        assert!(message.contains("inner[0]"), "{message}");
        assert!(message.contains("did you mean `learning_rate`?"), "{message}");
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
            assert_eq!(message(text, &[]), format!("test.toml: at `{path}`: is nan; give a number"));
        }
        assert!(
            message(TEXT, &[("inner.0.learning_rate", "nan")]).contains("at `inner[0].learning_rate`: is nan")
        );
    }

    #[test]
    fn a_byte_order_mark_is_passed_over() {
        assert_eq!(
            parse::<Outer>("a", &format!("\u{feff}{TEXT}"), &[]).unwrap(),
            parse::<Outer>("a", TEXT, &[]).unwrap()
        );
    }

    #[test]
    fn wrong_overrides_say_why() {
        assert!(message(TEXT, &[("inner.3.learning_rate", "1")]).contains("beyond the list's 1 entries"));
        assert!(message(TEXT, &[("inner.first.learning_rate", "1")]).contains("`first` is no index"));
        assert!(message(TEXT, &[("name.length", "1")]).contains("is a string, not a table"));
        assert!(message(TEXT, &[("", "1")]).contains("the key is empty"));
        assert!(message("name = ", &[]).contains("test.toml"));
    }
}
