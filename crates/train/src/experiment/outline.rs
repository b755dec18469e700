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
/// The key of the table of a chip, on which some networks cannot be.
const CHIP: &str = "chip";
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
#[serde(rename_all = "kebab-case", deny_unknown_fields, expecting = "a table with the key hidden")]
struct Sizes {
    /// Neurons of the hidden layers, from the input to the output.
    hidden: Hidden,
    /// What is delayed; default: synapses, or sources where there are many synapses or the network is on a chip.
    delays: Option<Delays>,
    /// Whether hidden populations project to themselves; default: they do not. Layers cannot.
    recurrent: Option<bool>,
}

/// The sizes of hidden layers: one, or several, or none.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(try_from = "Value")]
struct Hidden(Vec<u32>);

impl TryFrom<Value> for Hidden {
    type Error = String;

    fn try_from(value: Value) -> Result<Self, String> {
        let size =
            |value: &Value| value.as_integer().and_then(|size| u32::try_from(size).ok()).filter(|size| *size > 0);
        let sizes = match &value {
            Value::Array(sizes) => sizes.iter().map(size).collect(),
            one => size(one).map(|size| vec![size]),
        };
        sizes
            .map(Self)
            .ok_or_else(|| format!("{value} is no number of neurons, 1 or above, and no list of such numbers"))
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

/// Whether the rest of an outline follows from what is at a dotted path.
pub(super) fn is_given(path: &str) -> bool {
    path.split('.').next().is_some_and(|key| [NETWORK, DATA, CHIP].contains(&key))
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
    if let Some(part) = PARTS.into_iter().find(|part| table.contains_key(*part)) {
        let problem =
            format!("gives sizes, from which the network follows, and {part} give all of it; give one of them");
        return Err(TrainError::Key { key: NETWORK.to_owned(), problem });
    }
    let given = table.iter().filter(|(key, _)| [NETWORK, DATA].contains(&&***key));
    let given = given.map(|(key, value)| (key.clone(), value.clone())).collect();
    let Outline { mut data, network: mut sizes } = parse::read(source, given)?;
    if table.contains_key(CHIP) {
        sizes.delays.get_or_insert(Delays::Axonal);
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
