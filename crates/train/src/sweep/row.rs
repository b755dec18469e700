use std::path::{Path, PathBuf};

use crate::TrainError;
use crate::run::{RunStatus, SUMMARY_FILE, Summary};

use super::Cell;

/// The results of a run of a sweep: a line of `results.csv`.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Row {
    /// The name of its condition.
    pub condition: String,
    /// Its seed.
    pub seed: u64,
    /// Its chip, where there is one.
    pub chip_seed: Option<u64>,
    /// How the run ended; none if it has not.
    pub state: Option<RunStatus>,
    /// Its results; none if it failed or has not ended.
    pub summary: Option<Box<Summary>>,
    /// What was wrong.
    pub error: Option<String>,
    /// The folder of the run, from that of the sweep.
    pub folder: PathBuf,
}

/// A number of a summary.
type Number = fn(&Summary) -> Option<f64>;

/// The numbers of a summary that are in the table, by their names.
const NUMBERS: [(&str, Number); 18] = [
    ("epochs", |s| Some(f64::from(s.epochs))),
    ("kept_epoch", |s| Some(f64::from(s.kept_epoch))),
    ("parameters", |s| Some(s.parameters as f64)),
    ("test_accuracy", |s| Some(s.test_accuracy)),
    ("validation_accuracy", |s| Some(s.validation_accuracy)),
    ("train_accuracy", |s| Some(s.train_accuracy)),
    ("balanced_accuracy", |s| s.balanced_accuracy),
    ("test_loss", |s| Some(s.test_loss)),
    ("validation_loss", |s| Some(s.validation_loss)),
    ("train_loss", |s| Some(s.train_loss)),
    ("silent_outputs", |s| Some(s.silent_outputs)),
    ("silent_hidden", |s| Some(s.silent_hidden)),
    ("input_spikes", |s| Some(s.input_spikes)),
    ("spikes", |s| Some(s.spikes)),
    ("synaptic_events", |s| Some(s.synaptic_events)),
    ("spike_distance", |s| s.spike_distance),
    ("missing_spikes", |s| s.missing_spikes.map(f64::from)),
    ("surplus_spikes", |s| s.surplus_spikes.map(f64::from)),
];

impl Row {
    pub(super) fn new(cell: &Cell) -> Self {
        Self {
            condition: cell.condition.name(),
            seed: cell.condition.experiment.seed,
            chip_seed: cell.condition.experiment.chip.as_ref().map(|chip| chip.seed),
            state: None,
            summary: None,
            error: None,
            folder: cell.folder.clone(),
        }
    }

    pub(super) fn finished(cell: &Cell, folder: &Path, state: RunStatus) -> Result<Self, TrainError> {
        let summary = Summary::read(&folder.join(SUMMARY_FILE))?;
        Ok(Self { state: Some(state), summary: Some(Box::new(summary)), ..Self::new(cell) })
    }

    pub(super) fn failed(cell: &Cell, error: &TrainError) -> Self {
        Self { state: Some(RunStatus::Failed), error: Some(error.to_string()), ..Self::new(cell) }
    }

    /// The names of the numbers of a run, as in its summary.
    pub fn numbers() -> impl Iterator<Item = &'static str> {
        NUMBERS.iter().map(|(name, _)| *name)
    }

    /// A number of its summary, by the name that it has there; none if there is no such number, or no summary.
    #[must_use]
    pub fn number(&self, name: &str) -> Option<f64> {
        Self::number_of(self.summary.as_ref()?, name)
    }

    /// A number of a summary, by its name.
    pub(crate) fn number_of(summary: &Summary, name: &str) -> Option<f64> {
        let (_, number) = NUMBERS.iter().find(|(known, _)| *known == name)?;
        number(summary)
    }
}

/// All rows as a table; runs that have not ended have no row.
pub(super) fn csv(rows: &[(&Cell, &Row)]) -> Result<String, TrainError> {
    let unwritable = |problem: String| TrainError::Unwritable { form: "CSV", problem };
    let mut keys: Vec<&str> = Vec::new();
    for (key, _) in rows.iter().flat_map(|(cell, _)| &cell.condition.point) {
        if !keys.contains(&&key[..]) {
            keys.push(key);
        }
    }
    let mut writer = csv::Writer::from_writer(Vec::new());
    let mut header = vec!["condition", "experiment", "arm"];
    header.extend(&keys);
    header.extend(["seed", "chip_seed", "state"]);
    header.extend(NUMBERS.iter().map(|(name, _)| *name));
    header.extend(["error", "run"]);
    writer.write_record(&header).map_err(|error| unwritable(error.to_string()))?;
    for (cell, row) in rows.iter().filter(|(_, row)| row.state.is_some()) {
        let at =
            |key: &&str| cell.condition.point.iter().find(|(own, _)| own == key).map_or("", |(_, value)| value);
        let mut record: Vec<String> = vec![
            row.condition.clone(),
            cell.condition.experiment_name.clone(),
            cell.condition.arm.clone().unwrap_or_default(),
        ];
        record.extend(keys.iter().map(|key| at(key).to_owned()));
        record.push(row.seed.to_string());
        record.push(row.chip_seed.map_or_else(String::new, |seed| seed.to_string()));
        record.push(row.state.map_or_else(String::new, |state| state.word().to_owned()));
        record
            .extend(NUMBERS.iter().map(|(name, _)| row.number(name).map_or_else(String::new, |x| x.to_string())));
        record.push(row.error.clone().unwrap_or_default());
        record.push(cell.folder.display().to_string());
        writer.write_record(&record).map_err(|error| unwritable(error.to_string()))?;
    }
    let bytes = writer.into_inner().map_err(|error| unwritable(error.to_string()))?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}
