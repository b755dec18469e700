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

/// Parses TOML, applies overrides, and turns the result into `T`.
pub(crate) fn parse<T: DeserializeOwned>(
    source: &str,
    text: &str,
    overrides: &[(String, String)],
) -> Result<T, TrainError> {
    let wrong = |problem: TomlError| TrainError::Experiment { source_name: source.to_owned(), problem };
    let mut table = parse_toml(text).map_err(wrong)?;
    for (path, value) in overrides {
        set_toml(&mut table, path, value).map_err(TrainError::Override)?;
    }
    spell_out(&mut table);
    refuse_nan(&table).and_then(|()| read_toml(table, &RENAMED)).map_err(wrong)
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
