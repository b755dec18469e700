//! JSON files that a program wrote as a whole.

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::{JsonError, parse_json, peek_json};

/// Reads JSON that a program wrote as a whole: every key that `T` is written with must be there, once, and no other.
///
/// Keys with defaults are for files that people write. In a file of results, a key that is missing has been lost, and a
/// default in its place would be another result.
///
/// ```
/// use delgrad_files::read_complete_json;
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
    let written = serde_json::to_value(&value)
        .map_err(|error| JsonError::Content { path: String::new(), problem: error.to_string() })?;
    compare_keys(&peek_json(text)?, &written, "")?;
    Ok(value)
}

/// Whether a text has exactly the keys of what was written; its values are not compared.
fn compare_keys(own: &Value, written: &Value, path: &str) -> Result<(), JsonError> {
    match (own, written) {
        (Value::Object(own), Value::Object(written)) => {
            let problem = |problem: String| Err(JsonError::Content { path: path.to_owned(), problem });
            if let Some(key) = written.keys().find(|key| !own.contains_key(*key)) {
                return problem(format!("missing field `{key}`; the file must hold every field"));
            }
            if let Some(key) = own.keys().find(|key| !written.contains_key(*key)) {
                return problem(format!("unknown field `{key}`; remove it"));
            }
            let dot = if path.is_empty() { "" } else { "." };
            own.iter().try_for_each(|(key, own)| compare_keys(own, &written[key], &format!("{path}{dot}{key}")))
        }
        (Value::Array(own), Value::Array(written)) => own
            .iter()
            .zip(written)
            .enumerate()
            .filter(|(_, (own, _))| own.is_object() || own.is_array())
            .try_for_each(|(index, (own, written))| compare_keys(own, written, &format!("{path}[{index}]"))),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

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
