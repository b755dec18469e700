//! JSON files that begin with name and version of their format.

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::{JsonError, peek_json, read_complete_json};

/// Why a text is not a file of the format that is read.
#[derive(Clone, Debug, Error, PartialEq)]
#[non_exhaustive]
pub enum JsonFileError {
    /// Not JSON, or not with the keys of the format.
    #[error("not a {format} file: {source}")]
    Json {
        /// The format that is read.
        format: &'static str,
        /// What is wrong, and where.
        source: JsonError,
    },
    /// Another format, or another version of it.
    #[error("the format is {found} version {version}; this program reads {format} version {readable}")]
    Format {
        /// The format that is read.
        format: &'static str,
        /// The version that is read.
        readable: u32,
        /// Format of the text.
        found: String,
        /// Its version.
        version: u32,
    },
}

/// Name and version of a format.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct JsonFormat {
    /// What stands under the key `format`.
    pub name: &'static str,
    /// What stands under the key `version`.
    pub version: u32,
}

/// What must be right before the rest can be understood.
#[derive(Deserialize)]
struct Header {
    format: String,
    version: u32,
}

impl JsonFormat {
    /// Reads a content whose first keys are `format` and `version`, which are checked before the rest. It must be
    /// complete, as it was written.
    ///
    /// # Errors
    /// Text that is no JSON, of another format or version, or in which keys are missing, doubled or unknown.
    pub fn read<T: Serialize + DeserializeOwned>(self, text: &str) -> Result<T, JsonFileError> {
        let wrong = |source| JsonFileError::Json { format: self.name, source };
        let header: Header = peek_json(text).map_err(wrong)?;
        if (header.format.as_str(), header.version) != (self.name, self.version) {
            let Header { format: found, version } = header;
            return Err(JsonFileError::Format { format: self.name, readable: self.version, found, version });
        }
        read_complete_json(text).map_err(wrong)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FORMAT: JsonFormat = JsonFormat { name: "test", version: 2 };

    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    struct Content {
        format: String,
        version: u32,
        list: Vec<u8>,
        #[serde(default)]
        spread: f64,
    }

    #[test]
    fn the_header_is_checked_first_and_the_rest_to_its_end() {
        let text = r#"{"format":"test","version":2,"list":[1,2],"spread":0.5}"#.to_owned();
        let content = Content { format: "test".to_owned(), version: 2, list: vec![1, 2], spread: 0.5 };
        assert_eq!(FORMAT.read::<Content>(&text).unwrap(), content);
        let error = |text: &str| FORMAT.read::<Content>(text).unwrap_err().to_string();
        let other = r#"{"format":"test","version":3,"lists":0}"#;
        assert_eq!(error(other), "the format is test version 3; this program reads test version 2");
        assert!(error("{}").starts_with("not a test file: missing field `format`"));
        assert!(error(&text.replace(r#","spread":0.5"#, "")).contains("missing field `spread`"));
        assert!(error(&text.replace('}', r#","spred":0.5}"#)).contains("unknown field `spred`"));
        assert!(error(&text.replace('}', r#","spread":0.5}"#)).contains("duplicate field `spread`"));
        assert!(error(&text.replace('1', "1.5")).starts_with("not a test file: at `list[0]`: "));
        assert!(error(&format!("{text} x")).contains("trailing characters"));
    }
}
