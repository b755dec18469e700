use toml::{Table, Value};

use super::Experiment;
use crate::TrainError;

/// A value that two experiments do not share.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Difference {
    /// Its dotted path, as for overrides: `training.epochs`, `layers.0.size`.
    pub key: String,
    /// What the experiments have there, as TOML; none where there is nothing.
    pub values: [Option<String>; 2],
}

impl Experiment {
    /// Where another experiment has other values than this one, in the order of their keys; written out, as in
    /// [`to_toml`](Self::to_toml).
    ///
    /// # Errors
    /// None in practice: every value has a TOML form.
    pub fn differences(&self, other: &Self) -> Result<Vec<Difference>, TrainError> {
        let table = |experiment: &Self| {
            let unwritable = |problem: String| TrainError::Unwritable { form: "TOML", problem };
            Table::try_from(experiment).map_err(|error| unwritable(error.to_string()))
        };
        let mut found = Vec::new();
        tables("", &table(self)?, &table(other)?, &mut found);
        Ok(found)
    }
}

fn tables(path: &str, one: &Table, other: &Table, found: &mut Vec<Difference>) {
    let mut keys: Vec<&String> = one.keys().chain(other.keys()).collect();
    keys.sort_unstable();
    keys.dedup();
    for key in keys {
        values(&within(path, key), one.get(key), other.get(key), found);
    }
}

fn values(path: &str, one: Option<&Value>, other: Option<&Value>, found: &mut Vec<Difference>) {
    match (one, other) {
        (Some(Value::Table(one)), Some(Value::Table(other))) => tables(path, one, other, found),
        (Some(Value::Array(one)), Some(Value::Array(other))) if has_tables(one) || has_tables(other) => {
            for index in 0..one.len().max(other.len()) {
                values(&within(path, &index.to_string()), one.get(index), other.get(index), found);
            }
        }
        (one, other) if one == other => {}
        (one, other) => {
            let values = [one, other].map(|value| value.map(Value::to_string));
            found.push(Difference { key: path.to_owned(), values });
        }
    }
}

fn has_tables(list: &[Value]) -> bool {
    list.iter().any(Value::is_table)
}

fn within(path: &str, key: &str) -> String {
    if path.is_empty() { key.to_owned() } else { format!("{path}.{key}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn experiment(changes: &[(&str, &str)]) -> Experiment {
        let text = "
            data = { source = 'xor', size = 100 }
            encoder = { complement = true }
            loss = { kind = 'margin', margin = 0.3 }
            training = { epochs = 40, schedule = { kind = 'step', every = 3, factor = 0.5 } }
            layers = [{ size = 10 }, { size = 2 }]";
        let changes: Vec<_> = changes.iter().map(|(key, value)| (key.to_string(), value.to_string())).collect();
        Experiment::parse("xor", text, &changes).unwrap()
    }

    fn differences(changes: &[(&str, &str)]) -> Vec<(String, String, String)> {
        let found = experiment(&[]).differences(&experiment(changes)).unwrap();
        let text = |value: &Option<String>| value.clone().unwrap_or_default();
        found.iter().map(|d| (d.key.clone(), text(&d.values[0]), text(&d.values[1]))).collect()
    }

    #[test]
    fn what_differs_is_named_by_its_path() {
        assert!(differences(&[]).is_empty());
        let of = |key: &str, one: &str, other: &str| (key.to_owned(), one.to_owned(), other.to_owned());
        assert_eq!(
            differences(&[("layers.1.size", "3"), ("training.epochs", "50"), ("seed", "7")]),
            [of("layers.1.size", "2", "3"), of("seed", "1", "7"), of("training.epochs", "40", "50")]
        );
        let schedule = differences(&[("training.schedule", "{ kind = 'constant' }")]);
        assert!(schedule.contains(&of("training.schedule.every", "3", "")), "{schedule:?}");
        assert!(schedule.contains(&of("training.schedule.kind", "\"step\"", "\"constant\"")), "{schedule:?}");
    }
}
