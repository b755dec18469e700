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

/// Requires one name for each thing, all different.
pub(crate) fn require_names(field: &'static str, names: &[String], count: usize) -> Result<(), TrainError> {
    require_length(field, names.len(), count)?;
    doubled(names).map_or(Ok(()), |name| Err(TrainError::NameTwice { field, name: name.clone() }))
}
