//! JSON files that a program wrote as a whole.

use std::collections::BTreeMap;
use std::fmt;

use serde::de::{DeserializeOwned, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};

use crate::JsonError;
use crate::json::{parse_json, parse_typed};

/// Reads JSON that a program wrote as a whole: every key that `T` is written with must be there, once, and no other.
///
/// Keys with defaults are for files that people write. In a file of results, a key that is missing has been lost, and a
/// default in its place would be another result.
///
/// ```
/// use delgrad_engine::read_complete_json;
///
/// #[derive(serde::Serialize, serde::Deserialize)]
/// struct Run {
///     #[serde(default)]
///     seed: u32,
/// }
///
/// let problem = |text| read_complete_json::<Run>(text).map(|run| run.seed).map_err(|error| error.to_string());
/// assert_eq!(problem(r#"{"seed": 3}"#), Ok(3));
/// assert!(problem("{}").unwrap_err().contains("missing field `seed`"));
/// assert!(problem(r#"{"seed": 3, "seed": 4}"#).unwrap_err().contains("duplicate field `seed`"));
/// assert!(problem(r#"{"seed": 3, "sed": 4}"#).unwrap_err().contains("unknown field `sed`"));
/// ```
///
/// # Errors
/// Text that is no JSON or no `T`, and keys that are missing, doubled or unknown, with their place.
pub fn read_complete_json<T: Serialize + DeserializeOwned>(text: &str) -> Result<T, JsonError> {
    let value: T = parse_json(text)?;
    let keys: Keys = parse_typed(text.as_bytes())?;
    let written = serde_json::to_vec(&value)
        .map_err(|error| JsonError::Content { path: String::new(), problem: error.to_string() })?;
    keys.compare(&parse_typed(&written)?, "")?;
    Ok(value)
}

/// The keys of a text, without its values.
enum Keys {
    Value,
    /// Entries of a list that have keys in them, by their index.
    List(BTreeMap<usize, Keys>),
    Table(BTreeMap<String, Keys>),
}

impl Keys {
    /// Whether these are exactly the keys of what was written.
    fn compare(&self, written: &Self, path: &str) -> Result<(), JsonError> {
        match (self, written) {
            (Self::Table(own), Self::Table(written)) => {
                let problem = |problem: String| Err(JsonError::Content { path: path.to_owned(), problem });
                if let Some(key) = written.keys().find(|key| !own.contains_key(*key)) {
                    return problem(format!("missing field `{key}`; the file must hold every field"));
                }
                if let Some(key) = own.keys().find(|key| !written.contains_key(*key)) {
                    return problem(format!("unknown field `{key}`; remove it"));
                }
                let dot = if path.is_empty() { "" } else { "." };
                own.iter().try_for_each(|(key, own)| own.compare(&written[key], &format!("{path}{dot}{key}")))
            }
            (Self::List(own), Self::List(written)) => own.iter().try_for_each(|(index, own)| {
                written.get(index).map_or(Ok(()), |written| own.compare(written, &format!("{path}[{index}]")))
            }),
            _ => Ok(()),
        }
    }
}

impl<'de> Deserialize<'de> for Keys {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(KeysVisitor)
    }
}

struct KeysVisitor;

impl<'de> Visitor<'de> for KeysVisitor {
    type Value = Keys;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_bool<E>(self, _: bool) -> Result<Keys, E> {
        Ok(Keys::Value)
    }

    fn visit_i64<E>(self, _: i64) -> Result<Keys, E> {
        Ok(Keys::Value)
    }

    fn visit_u64<E>(self, _: u64) -> Result<Keys, E> {
        Ok(Keys::Value)
    }

    fn visit_f64<E>(self, _: f64) -> Result<Keys, E> {
        Ok(Keys::Value)
    }

    fn visit_str<E>(self, _: &str) -> Result<Keys, E> {
        Ok(Keys::Value)
    }

    fn visit_unit<E>(self) -> Result<Keys, E> {
        Ok(Keys::Value)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Keys, A::Error> {
        let mut entries = BTreeMap::new();
        let mut index = 0;
        while let Some(entry) = list.next_element()? {
            if !matches!(entry, Keys::Value) {
                entries.insert(index, entry);
            }
            index += 1;
        }
        Ok(Keys::List(entries))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Keys, A::Error> {
        let mut keys = BTreeMap::new();
        while let Some(key) = map.next_key::<String>()? {
            keys.insert(key, map.next_value()?);
        }
        Ok(Keys::Table(keys))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, Default, PartialEq, Serialize, Deserialize)]
    #[serde(default)]
    struct Outer {
        list: Vec<Inner>,
        rule: Option<Rule>,
        #[serde(skip_serializing_if = "Option::is_none")]
        name: Option<String>,
    }

    #[derive(Debug, Default, PartialEq, Serialize, Deserialize)]
    #[serde(default)]
    struct Inner {
        tau: f64,
        matrix: Vec<Vec<f64>>,
    }

    /// A choice without values passes over the other keys of its table.
    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    #[serde(tag = "rule")]
    enum Rule {
        Clip,
    }

    const COMPLETE: &str =
        r#"{"list": [{"tau": 1, "matrix": [[1.5]]}, {"tau": 2, "matrix": []}], "rule": {"rule": "Clip"}}"#;

    fn error(from: &str, to: &str) -> String {
        assert!(COMPLETE.contains(from));
        read_complete_json::<Outer>(&COMPLETE.replacen(from, to, 1)).unwrap_err().to_string()
    }

    #[test]
    fn complete_texts_are_read() {
        let read = read_complete_json::<Outer>(COMPLETE).unwrap();
        assert_eq!((read.list.len(), read.rule.as_ref()), (2, Some(&Rule::Clip)));
        assert_eq!(read_complete_json::<Outer>(&format!("\u{feff}{COMPLETE}")).unwrap(), read);
        let named = COMPLETE.replacen('{', r#"{"name": "a", "#, 1);
        assert_eq!(read_complete_json::<Outer>(&named).unwrap().name.as_deref(), Some("a"));
    }

    #[test]
    fn keys_are_missing_doubled_or_unknown_at_every_depth() {
        assert!(error(r#", "rule": {"rule": "Clip"}"#, "").starts_with("missing field `rule`"));
        assert!(error(r#""tau": 2, "#, "").starts_with("at `list[1]`: missing field `tau`"));
        assert!(error(r#""tau": 2"#, r#""tau": 2, "tau": 3"#).starts_with("at `list[1]`: duplicate field `tau`"));
        assert!(error(r#""tau": 2"#, r#""tau": 2, "tao": 3"#).starts_with("at `list[1]`: unknown field `tao`"));
        assert!(error(r#""Clip""#, r#""Clip", "scale": 2"#).starts_with("at `rule`: unknown field `scale`"));
        assert!(error("1.5", "x").contains("line 1"));
        assert!(error(r#""Clip"}}"#, r#""Clip"}} x"#).contains("trailing characters"));
    }
}
