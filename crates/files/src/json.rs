//! JSON texts, as all readers of the project take them.

use std::collections::BTreeSet;
use std::fmt;

use serde::de::{DeserializeOwned, Error, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};

use crate::at;

/// Why a text is not the JSON that is read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum JsonError {
    /// Not JSON.
    #[error("{problem}")]
    Syntax {
        /// What is wrong, with line and column.
        problem: String,
    },
    /// `NaN` or `Infinity`, as Python writes them.
    #[error("{word} at line {line} column {column}: JSON has neither NaN nor infinity")]
    NoNumber {
        /// The word as it stands in the text.
        word: String,
        /// Its line, from 1.
        line: usize,
        /// Its first column, from 1.
        column: usize,
    },
    /// JSON of another layout, or a key that is given twice.
    #[error("{}{problem}", at(path))]
    Content {
        /// Where, such as `neurons[0].leak`.
        path: String,
        /// What is wrong, with line and column.
        problem: String,
    },
}

/// The value of a whole JSON text. A byte order mark before it is passed over; a key given twice is an error anywhere, also
/// where the type skips it or takes any.
///
/// # Errors
/// A text that is no JSON, or JSON of another layout.
///
/// ```
/// use delgrad_files::parse_json;
///
/// assert_eq!(parse_json::<Vec<f64>>("\u{feff}[1.5, 2]")?, [1.5, 2.0]);
/// let error = parse_json::<Vec<f64>>("[1.5, NaN]").unwrap_err();
/// assert_eq!(error.to_string(), "NaN at line 1 column 7: JSON has neither NaN nor infinity");
/// # Ok::<(), delgrad_files::JsonError>(())
/// ```
pub fn parse_json<T: DeserializeOwned>(text: &str) -> Result<T, JsonError> {
    let value = peek_json(text)?;
    // Structures refuse a doubled key with its place; this finds those in maps and in what is skipped.
    peek_json::<SingleKeys>(text)?;
    Ok(value)
}

/// Part of a JSON text, such as its header: as [`parse_json`], but a key given twice passes where the type skips it.
///
/// # Errors
/// A text that is no JSON, or JSON of another layout.
pub fn peek_json<T: DeserializeOwned>(text: impl AsRef<[u8]>) -> Result<T, JsonError> {
    let bytes = text.as_ref();
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let mut json = serde_json::Deserializer::from_slice(bytes);
    let value = serde_path_to_error::deserialize(&mut json).map_err(|error| {
        let path = error.path().to_string();
        json_error(bytes, path, error.inner())
    })?;
    json.end().map_err(|error| json_error(bytes, String::new(), &error))?;
    Ok(value)
}

fn json_error(bytes: &[u8], path: String, error: &serde_json::Error) -> JsonError {
    let problem = error.to_string();
    if error.is_data() {
        return JsonError::Content { path, problem };
    }
    match word_at(bytes, error.line(), error.column()) {
        Some((word, column)) if ["nan", "inf", "infinity"].contains(&word.to_ascii_lowercase().as_str()) => {
            JsonError::NoNumber { word, line: error.line(), column }
        }
        _ => JsonError::Syntax { problem },
    }
}

/// The word in which a parser stopped, and its first column.
fn word_at(bytes: &[u8], line: usize, column: usize) -> Option<(String, usize)> {
    let line = bytes.split(|byte| *byte == b'\n').nth(line.checked_sub(1)?)?;
    let stop = column.checked_sub(1)?.min(line.len());
    let start = line[..stop].iter().rposition(|byte| !byte.is_ascii_alphabetic()).map_or(0, |place| place + 1);
    let word: Vec<u8> = line[start..].iter().copied().take_while(u8::is_ascii_alphabetic).collect();
    Some((String::from_utf8_lossy(&word).into_owned(), start + 1))
}

/// Any value in which no table has a key twice.
struct SingleKeys;

impl<'de> Deserialize<'de> for SingleKeys {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Self)
    }
}

impl<'de> Visitor<'de> for SingleKeys {
    type Value = Self;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any value")
    }

    fn visit_bool<E>(self, _: bool) -> Result<Self, E> {
        Ok(self)
    }

    fn visit_i64<E>(self, _: i64) -> Result<Self, E> {
        Ok(self)
    }

    fn visit_u64<E>(self, _: u64) -> Result<Self, E> {
        Ok(self)
    }

    fn visit_f64<E>(self, _: f64) -> Result<Self, E> {
        Ok(self)
    }

    fn visit_str<E>(self, _: &str) -> Result<Self, E> {
        Ok(self)
    }

    fn visit_unit<E>(self) -> Result<Self, E> {
        Ok(self)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Self, A::Error> {
        while list.next_element::<Self>()?.is_some() {}
        Ok(self)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self, A::Error> {
        let mut keys = BTreeSet::new();
        while let Some(key) = map.next_key::<String>()? {
            if keys.contains(&key) {
                return Err(A::Error::custom(format!("`{key}` is given twice; leave one out")));
            }
            keys.insert(key);
            map.next_value::<Self>()?;
        }
        Ok(self)
    }
}

#[cfg(test)]
mod tests {
    use serde::de::IgnoredAny;

    use super::*;

    fn error(text: &str) -> String {
        parse_json::<IgnoredAny>(text).map(drop).unwrap_err().to_string()
    }

    #[test]
    fn what_python_writes_for_no_number_is_named() {
        for (text, word, column) in [
            ("[NaN]", "NaN", 2),
            ("[1.5, Infinity]", "Infinity", 7),
            ("[-Infinity]", "Infinity", 3),
            ("{\"a\": inf}", "inf", 7),
            ("nan", "nan", 1),
        ] {
            let expected = format!("{word} at line 1 column {column}: JSON has neither NaN nor infinity");
            assert_eq!(error(text), expected);
        }
        assert!(error("[1,\n  NaN]").starts_with("NaN at line 2 column 3: "));
        for text in ["[nano]", "[Info]", "[1.5.2]", "", "[", "[\"NaN\" 1]"] {
            assert!(matches!(parse_json::<IgnoredAny>(text), Err(JsonError::Syntax { .. })), "{text}");
        }
    }

    #[test]
    fn keys_are_given_once_anywhere() {
        assert!(parse_json::<IgnoredAny>(r#"{"a": {"b": 1}, "b": [{"b": true}, {"b": null}]}"#).is_ok());
        let doubled = error(r#"{"a": [0, {"b": 1, "c": "x", "b": 1.5}]}"#);
        assert!(doubled.starts_with("at `a[1]"), "{doubled}");
        assert!(doubled.contains("`b` is given twice; leave one out at line 1 column"), "{doubled}");
    }

    #[test]
    fn a_byte_order_mark_is_no_part_of_the_text() {
        assert_eq!(parse_json::<Vec<u8>>("\u{feff}[1]"), Ok(vec![1]));
        assert!(matches!(parse_json::<Vec<u8>>("[1]\u{feff}"), Err(JsonError::Syntax { .. })));
    }
}
