//! JSON files that begin with name and version of their format.

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use thiserror::Error;

/// Why a text is not a file of the format that is read.
#[derive(Clone, Debug, Error, PartialEq)]
#[non_exhaustive]
pub enum JsonFileError {
    /// Not JSON, or not with the keys of the format.
    #[error("not a {format} file at {path}: {problem}")]
    Json {
        /// The format that is read.
        format: &'static str,
        /// Where in the text.
        path: String,
        /// What is wrong.
        problem: String,
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
#[derive(Clone, Copy, Debug)]
pub(crate) struct Format {
    pub name: &'static str,
    pub version: u32,
}

/// What must be right before the rest can be understood.
#[derive(Deserialize)]
struct Header {
    format: String,
    version: u32,
}

#[derive(Serialize)]
struct Written<'a, T> {
    format: &'a str,
    version: u32,
    #[serde(flatten)]
    content: &'a T,
}

impl Format {
    /// The content on one line, after name and version.
    ///
    /// # Panics
    /// If the content is not a structure of numbers, texts and lists.
    pub fn write<T: Serialize>(self, content: &T) -> String {
        let written = Written { format: self.name, version: self.version, content };
        serde_json::to_string(&written).expect("a structure of numbers, texts and lists")
    }

    /// The content after name and version, which are checked first; the content may ask for them too.
    pub fn read<T: DeserializeOwned>(self, text: &str) -> Result<T, JsonFileError> {
        let header: Header = self.parse(text)?;
        if (header.format.as_str(), header.version) != (self.name, self.version) {
            let Header { format: found, version } = header;
            return Err(JsonFileError::Format { format: self.name, readable: self.version, found, version });
        }
        self.parse(text)
    }

    fn parse<T: DeserializeOwned>(self, text: &str) -> Result<T, JsonFileError> {
        let wrong = |path: String, problem: String| JsonFileError::Json { format: self.name, path, problem };
        let mut json = serde_json::Deserializer::from_str(text);
        let value = serde_path_to_error::deserialize(&mut json)
            .map_err(|error| wrong(error.path().to_string(), error.inner().to_string()))?;
        json.end().map_err(|error| wrong("the end".to_owned(), error.to_string()))?;
        Ok(value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FORMAT: Format = Format { name: "test", version: 2 };

    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    struct Content {
        list: Vec<u8>,
    }

    #[test]
    fn the_header_is_checked_first_and_the_rest_to_its_end() {
        let content = Content { list: vec![1, 2] };
        let text = FORMAT.write(&content);
        assert_eq!(text, r#"{"format":"test","version":2,"list":[1,2]}"#);
        assert_eq!(FORMAT.read::<Content>(&text).unwrap(), content);
        let error = |text: &str| FORMAT.read::<Content>(text).unwrap_err().to_string();
        let other = r#"{"format":"test","version":3,"lists":0}"#;
        assert_eq!(error(other), "the format is test version 3; this program reads test version 2");
        assert!(error("{}").starts_with("not a test file at .: missing field `format`"));
        assert!(error(&text.replace('1', "1.5")).starts_with("not a test file at list[0]: "));
        assert!(error(&format!("{text} x")).starts_with("not a test file at the end: "));
    }
}
