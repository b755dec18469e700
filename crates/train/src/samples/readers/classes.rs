//! From the labels of a file to classes.

use std::collections::{HashMap, HashSet};

use super::{FileProblem, Request};
use crate::TrainError;
use crate::samples::{Target, doubled, require_shown};

/// The classes that labels must be of: those of a network, or those that the experiment names; none: any.
pub(super) fn known_classes(request: &Request<'_>) -> Result<Option<Vec<String>>, TrainError> {
    let Request { options, network, .. } = *request;
    require_shown("data.classes", options.classes.as_deref().unwrap_or_default())?;
    if let Some(twice) = options.classes.as_deref().and_then(doubled) {
        return Err(TrainError::NameTwice { field: "data.classes", name: twice.clone() });
    }
    Ok(network.map(|network| &network.classes).or(options.classes.as_ref()).cloned())
}

/// The class of each label, and the names of the classes: those that are known, or else the labels that occur.
pub(super) fn targets(labels: Vec<Option<String>>, known: Option<Vec<String>>) -> (Vec<Target>, Vec<String>) {
    let classes = known.unwrap_or_else(|| sorted_distinct(labels.iter().flatten()));
    let numbers: HashMap<&String, u32> = classes.iter().zip(0..).collect();
    let target = |label: &Option<String>| {
        label.as_ref().and_then(|label| numbers.get(label)).map_or(Target::Unknown, |&class| Target::Class(class))
    };
    (labels.iter().map(target).collect(), classes)
}

/// The class of each label, of samples with these numbers in the file; labels must be those of known classes, and samples without
/// one are fine for a network alone.
pub(super) fn classified(
    labels: Vec<Option<String>>,
    number: impl Fn(usize) -> u64,
    known: Option<Vec<String>>,
    optional: bool,
) -> Result<(Vec<Target>, Vec<String>), FileProblem> {
    let names: Option<HashSet<&String>> = known.as_ref().map(|known| known.iter().collect());
    for (place, label) in labels.iter().enumerate() {
        match (label, &names) {
            (None, _) if optional => {}
            (None, _) => return Err(FileProblem::NoLabel { sample: number(place) }),
            // a network that answers with spike trains knows no classes
            (_, Some(names)) if names.is_empty() => {}
            (Some(label), Some(names)) if !names.contains(label) => {
                let classes = known.as_ref().map_or_else(String::new, |known| known.join(", "));
                return Err(FileProblem::UnknownLabel { sample: number(place), found: label.clone(), classes });
            }
            _ => {}
        }
    }
    let (targets, classes) = targets(labels, known);
    match &classes[..] {
        [class] => Err(FileProblem::OneClass { class: class.clone() }),
        _ => Ok((targets, classes)),
    }
}

/// The class of each label of a file that must have one for each sample, in their order.
pub(super) fn classified_all(
    labels: Vec<Option<String>>,
    samples: usize,
    known: Option<Vec<String>>,
    optional: bool,
) -> Result<(Vec<Target>, Vec<String>), FileProblem> {
    if labels.len() != samples {
        return Err(FileProblem::LabelCount { found: labels.len(), expected: samples });
    }
    classified(labels, |place| place as u64, known, optional)
}

/// The distinct labels, by value if all are integers, else by their bytes.
pub(super) fn sorted_distinct<'a>(labels: impl Iterator<Item = &'a String>) -> Vec<String> {
    let mut names: Vec<&String> = labels.collect();
    names.sort_unstable();
    names.dedup();
    if names.iter().all(|name| name.parse::<i64>().is_ok()) {
        names.sort_by_key(|name| name.parse::<i64>().unwrap_or_default());
    }
    names.into_iter().cloned().collect()
}
