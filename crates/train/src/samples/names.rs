use std::collections::HashSet;

use crate::TrainError;
use crate::require::require_length;

/// What features and classes are called, in the order in which a network takes and answers them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Names {
    /// Names of the features: the columns of a table, the channels of a series. Empty for spikes, whose inputs have numbers.
    pub features: Vec<String>,
    /// Names of the classes. Empty where targets are spike trains.
    pub classes: Vec<String>,
}

/// `v0`, `v1`, ...: the names of features without names.
pub(crate) fn numbered_features(features: usize) -> Vec<String> {
    (0..features).map(|feature| format!("v{feature}")).collect()
}

/// The first name that a list holds twice.
pub(crate) fn doubled(names: &[String]) -> Option<&String> {
    let mut seen = HashSet::new();
    names.iter().find(|name| !seen.insert(*name))
}

/// Whether a name has characters that a terminal obeys and a picture cannot hold, such as the end of a line.
pub(crate) fn has_control(name: &str) -> bool {
    name.contains(char::is_control)
}

/// A text whose control characters are written as `\u{7}` or `\n`, to be shown.
pub(crate) fn escaped(text: &str) -> String {
    text.chars().fold(String::with_capacity(text.len()), |mut shown, char| {
        if char.is_control() {
            shown.extend(char.escape_default())
        } else {
            shown.push(char)
        }
        shown
    })
}

/// Requires names that tables and pictures can show.
pub(crate) fn require_shown(field: &'static str, names: &[String]) -> Result<(), TrainError> {
    let wrong = names.iter().find(|name| has_control(name));
    wrong.map_or(Ok(()), |name| Err(TrainError::NameControl { field, name: escaped(name) }))
}

/// Requires one name for each thing, all different, which tables and pictures can show.
pub(crate) fn require_names(field: &'static str, names: &[String], count: usize) -> Result<(), TrainError> {
    require_length(field, names.len(), count)?;
    require_shown(field, names)?;
    doubled(names).map_or(Ok(()), |name| Err(TrainError::NameTwice { field, name: name.clone() }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn control_characters_are_refused_and_shown_as_escapes() {
        let names = |list: &[&str]| list.iter().map(|&name| name.to_owned()).collect::<Vec<_>>();
        assert!(require_names("classes", &names(&["a b", "größer \"1\"", "日本"]), 3).is_ok());
        for (name, shown) in [("a\u{1b}[31m", "a\\u{1b}[31m"), ("é\n", "é\\n"), ("\u{9b}", "\\u{9b}")] {
            assert_eq!(
                require_names("classes", &names(&["a", name]), 2).unwrap_err().to_string(),
                format!("classes hold \"{shown}\", which has control characters; give it a name without them")
            );
        }
    }
}
