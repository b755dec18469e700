//! Experiments of which data and sizes are given: the rest follows from what the data hold.

mod choice;
mod facts;

use std::path::Path;

use serde::Deserialize;
use toml::{Table, Value};

use super::parse;
use crate::TrainError;
use crate::samples::DataConfig;
use choice::chosen;
use facts::Facts;

/// The key of the table that gives sizes.
const NETWORK: &str = "network";
const DATA: &str = "data";
/// Tables whose keys are chosen one by one; others are taken as a whole, as they are given or as they are chosen.
const KEY_BY_KEY: [&str; 2] = ["gradient", "training"];
/// What gives a network with all of its parts.
const PARTS: [&str; 3] = ["layers", "populations", "projections"];

/// What an outline gives in any case.
#[derive(Deserialize)]
struct Outline {
    data: DataConfig,
    network: Sizes,
}

/// The sizes of a network whose other constants follow from the data.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
struct Sizes {
    /// Neurons of the hidden layers, from the input to the output.
    hidden: Hidden,
    /// What is delayed; default: synapses, or sources where there are many synapses.
    delays: Option<Delays>,
    /// Whether hidden populations project to themselves; default: they do not. Layers cannot.
    recurrent: Option<bool>,
}

/// One hidden layer, or several, or none.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(untagged, expecting = "a number of neurons, or a list of them")]
enum Hidden {
    One(u32),
    Several(Vec<u32>),
}

impl Hidden {
    fn layers(&self) -> &[u32] {
        match self {
            Self::One(size) => std::slice::from_ref(size),
            Self::Several(sizes) => sizes,
        }
    }
}

/// What has a delay of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Delays {
    None,
    Axonal,
    Dendritic,
    Synaptic,
}

impl Delays {
    fn name(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Axonal => "axonal",
            Self::Dendritic => "dendritic",
            Self::Synaptic => "synaptic",
        }
    }
}

/// Whether an outline itself says what is at a dotted path; the rest follows.
pub(super) fn is_given(path: &str) -> bool {
    path.split('.').next().is_some_and(|key| [NETWORK, DATA].contains(&key))
}

/// Whether an experiment gives sizes alone.
pub(super) fn is_outline(table: &Table) -> bool {
    table.contains_key(NETWORK)
}

/// An outline where there is nothing to complete it with.
pub(super) fn data_needed() -> TrainError {
    let problem = "gives sizes alone, and the rest follows from the samples, which are not loaded here; `Experiment::complete` loads \
                   them";
    TrainError::Key { key: NETWORK.to_owned(), problem: problem.to_owned() }
}

/// Writes out what an outline leaves open: the values that it gives stay, and the others are chosen by what the data hold. Relative
/// paths start at `base`.
///
/// # Errors
/// Sizes and data that are wrong, and a network that is given twice.
pub(super) fn complete(source: &str, table: &mut Table, base: &Path) -> Result<(), TrainError> {
    let wrong = |key: &str, problem: String| TrainError::Key { key: key.to_owned(), problem };
    if let Some(part) = PARTS.into_iter().find(|part| table.contains_key(*part)) {
        let problem = "gives sizes, from which the network follows".to_owned();
        return Err(wrong(NETWORK, format!("{problem}, and {part} give all of it; give one of them")));
    }
    let given = table.iter().filter(|(key, _)| [NETWORK, DATA].contains(&&***key));
    let given = given.map(|(key, value)| (key.clone(), value.clone())).collect();
    let Outline { mut data, network: sizes } = parse::read(source, given)?;
    if let Some(size) = sizes.hidden.layers().iter().find(|size| **size == 0) {
        return Err(wrong("network.hidden", format!("has a layer of {size} neurons; each has at least 1")));
    }
    data.resolve_paths(base);
    let facts = Facts::of(&data.load(base, None)?)?;
    table.remove(NETWORK);
    fill(table, chosen(&sizes, &facts)?);
    Ok(())
}

/// Adds what `table` does not give.
fn fill(table: &mut Table, chosen: Table) {
    for (key, value) in chosen {
        match (table.get_mut(&key), value) {
            (Some(Value::Table(given)), Value::Table(chosen)) if KEY_BY_KEY.contains(&&*key) => {
                for (key, value) in chosen {
                    given.entry(key).or_insert(value);
                }
            }
            (Some(_), _) => {}
            (None, value) => drop(table.insert(key, value)),
        }
    }
}

#[cfg(test)]
mod tests;
