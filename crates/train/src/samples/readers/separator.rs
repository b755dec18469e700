use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// What separates the cells of a line in a CSV file: one character, by default a comma.
///
/// ```
/// use delgrad_train::samples::readers::Separator;
///
/// assert_eq!("tab".parse(), Ok(Separator::TAB));
/// assert_eq!("\t".parse(), Ok(Separator::TAB));
/// assert!("1".parse::<Separator>().is_err());
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Separator(u8);

impl Separator {
    /// The usual one.
    pub const COMMA: Self = Self(b',');
    /// That of spreadsheets where the comma is the decimal point.
    pub const SEMICOLON: Self = Self(b';');
    /// `\t`, also written `tab`.
    pub const TAB: Self = Self(b'\t');

    /// Those that files are found to have.
    pub(super) const USUAL: [Self; 4] = [Self::COMMA, Self::SEMICOLON, Self::TAB, Self(b'|')];

    pub(super) fn byte(self) -> u8 {
        self.0
    }
}

impl Default for Separator {
    fn default() -> Self {
        Self::COMMA
    }
}

/// A text that separates no cells.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("\"{found}\" separates no cells; give one character such as , or ; or |, or tab")]
#[non_exhaustive]
pub struct SeparatorError {
    /// The text.
    pub found: String,
}

impl FromStr for Separator {
    type Err = SeparatorError;

    fn from_str(text: &str) -> Result<Self, SeparatorError> {
        match text.as_bytes() {
            _ if matches!(text, "tab" | "\\t") => Ok(Self::TAB),
            // what numbers, words and quoted cells are made of separates nothing
            &[byte] if byte == b'\t' || byte.is_ascii_punctuation() && !b"\"'.+-_".contains(&byte) => {
                Ok(Self(byte))
            }
            _ => Err(SeparatorError { found: text.to_owned() }),
        }
    }
}

impl TryFrom<String> for Separator {
    type Error = SeparatorError;

    fn try_from(text: String) -> Result<Self, SeparatorError> {
        text.parse()
    }
}

impl From<Separator> for String {
    fn from(separator: Separator) -> Self {
        separator.to_string()
    }
}

impl fmt::Display for Separator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if *self == Self::TAB { f.write_str("tab") } else { write!(f, "{}", char::from(self.0)) }
    }
}
