//! From text to an experiment.

use delgrad_files::{TomlError, parse_toml, read_toml, refuse_nan, set_toml};
use serde::de::DeserializeOwned;
use toml::{Table, Value};

use crate::TrainError;

/// Keys that experiments had before, and what stands in their place.
const RENAMED: [(&str, &str); 7] = [
    ("bump", "training.silent.weight-increment"),
    ("columns", "label-column and feature-columns in [data] itself"),
    ("max-dw-norm", "gradient.max-dw-norm, with gradient.policy = \"drop\""),
    ("positivity", "delay-range = { min, max }"),
    ("slope", "gradient.slope"),
    ("split-seed", "split.seed"),
    ("task", "[data], with source in the place of kind"),
];

/// The table of a TOML text.
pub(super) fn table(source: &str, text: &str) -> Result<Table, TrainError> {
    parse_toml(text).map_err(|problem| wrong(source, problem))
}

/// Replaces values of a table.
pub(super) fn set(table: &mut Table, overrides: &[&(String, String)]) -> Result<(), TrainError> {
    overrides.iter().try_for_each(|(path, value)| set_toml(table, path, value)).map_err(TrainError::Override)
}

/// The value of a table.
pub(super) fn read<T: DeserializeOwned>(source: &str, mut table: Table) -> Result<T, TrainError> {
    spell_out(&mut table);
    refuse_nan(&table).and_then(|()| read_toml(table, &RENAMED)).map_err(|problem| wrong(source, problem))
}

fn wrong(source: &str, problem: TomlError) -> TrainError {
    TrainError::Experiment { source_name: source.to_owned(), problem }
}

/// Writes out what people need not write: one encoder for a list of one, and `kind = "latency"`.
fn spell_out(table: &mut Table) {
    let Some(encoder) = table.get_mut("encoder") else { return };
    if encoder.is_table() {
        *encoder = Value::Array(vec![encoder.clone()]);
    }
    for table in encoder.as_array_mut().into_iter().flatten().filter_map(Value::as_table_mut) {
        table.entry("kind").or_insert_with(|| Value::String("latency".to_owned()));
    }
}
