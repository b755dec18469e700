//! The sweeps of the parts, one after the other, and the table of all their runs.

use std::path::Path;

use delgrad::BuiltIn;
use delgrad::reproduction;
use delgrad::train::TrainError;
use delgrad::train::run::write_file;
use delgrad::train::sweep::{RESULTS_FILE, Seeds, SweepConfig};
use serde::Serialize;

use super::results::Results;
use crate::failure::Failure;
use crate::output;
use crate::sweeping::{Checkpoints, Sharing, Sweeping};

/// What can be reproduced by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    Ideal,
    Chip,
    Memory,
}

impl Part {
    /// Its sweeps.
    pub fn sweeps(self) -> &'static [BuiltIn] {
        match self {
            Self::Ideal => reproduction::ideal(),
            Self::Chip => reproduction::chip(),
            Self::Memory => &[],
        }
    }
}

/// How many runs there are, and how long they are.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Effort {
    /// Seeds, and chips; none: as the sweeps say.
    pub seeds: Option<u64>,
    /// Few and short runs, to see whether everything works.
    pub quick: bool,
}

/// How the runs go on.
#[derive(Clone, Copy, Debug)]
pub struct Running {
    pub sharing: Sharing,
    pub checkpoints: Checkpoints,
    pub quiet: bool,
}

/// Seeds and epochs of quick runs, on ideal neurons and on chips.
const QUICK_SEEDS: u64 = 3;
const QUICK_EPOCHS: [&str; 2] = ["30", "8"];
/// Where chips and initialisations are crossed there are so many chips for an initialisation.
const CROSSED: &str = "chip-crossed";
const CHIPS_FOR_A_SEED: u64 = 2;

impl Effort {
    /// A sweep with as much of it.
    pub fn of(self, sweep: &BuiltIn, part: Part) -> Result<SweepConfig, TrainError> {
        let mut config = SweepConfig::parse(sweep.name, sweep.toml)?;
        if let Some(seeds) = self.seeds.or(self.quick.then_some(QUICK_SEEDS)) {
            if sweep.name == CROSSED {
                config = config.with_chips(Some(Seeds::First(seeds)))?;
                config = config.with_seeds(Seeds::First((seeds / CHIPS_FOR_A_SEED).max(2)))?;
            } else if config.counts_seeds() {
                config = config.with_seeds(Seeds::First(seeds))?;
            }
        }
        if self.quick {
            let [ideal, chip] = QUICK_EPOCHS;
            config = config.with_value("training.epochs", if part == Part::Chip { chip } else { ideal })?;
        }
        Ok(config)
    }
}

/// Runs all sweeps of the parts, each in a folder of its own. None if somebody has asked for an end.
pub fn run(folder: &Path, parts: &[Part], effort: Effort, running: Running) -> Result<Option<Results>, Failure> {
    let sweeps: Vec<(Part, &BuiltIn)> =
        parts.iter().flat_map(|part| part.sweeps().iter().map(move |sweep| (*part, sweep))).collect();
    let mut results = Results::default();
    for (number, (part, sweep)) in sweeps.iter().enumerate() {
        let config = effort.of(sweep, *part)?;
        if !running.quiet {
            output::say(&format!("{} of {}: {}", number + 1, sweeps.len(), config.description()));
        }
        let Running { sharing, checkpoints, quiet } = running;
        let folder = folder.join("sweeps").join(sweep.name);
        let swept = Sweeping { config, folder, goes_on: true, sharing, checkpoints, quiet }.run()?;
        let [_, left] = swept.failed_and_left();
        if left > 0 {
            return Ok(None);
        }
        results.add(sweep.name, swept);
    }
    write_results(folder, &results)?;
    Ok(Some(results))
}

/// Writes the tables of all sweeps as one. A column that a sweep does not have stays empty.
fn write_results(folder: &Path, results: &Results) -> Result<(), Failure> {
    let mut columns: Vec<String> = vec!["sweep".to_owned()];
    let mut rows: Vec<Vec<(usize, String)>> = Vec::new();
    for (name, swept) in results.sweeps() {
        let path = swept.folder.join(RESULTS_FILE);
        let wrong = |error: csv::Error| TrainError::RunFile { path: path.clone(), problem: error.to_string() };
        let mut reader = csv::Reader::from_path(&path).map_err(wrong)?;
        let places: Vec<usize> = reader
            .headers()
            .map_err(wrong)?
            .iter()
            .map(|column| {
                columns.iter().position(|known| known == column).unwrap_or_else(|| {
                    columns.push(column.to_owned());
                    columns.len() - 1
                })
            })
            .collect();
        for record in reader.records() {
            let record = record.map_err(wrong)?;
            let cells = places.iter().copied().zip(record.iter().map(str::to_owned));
            rows.push(std::iter::once((0, name.to_owned())).chain(cells).collect());
        }
    }
    let row = |cells: Vec<(usize, String)>| {
        let mut row = vec![String::new(); columns.len()];
        cells.into_iter().for_each(|(place, cell)| row[place] = cell);
        row
    };
    if rows.is_empty() {
        return Ok(());
    }
    let table = output::csv(std::iter::once(columns.clone()).chain(rows.into_iter().map(row)));
    Ok(write_file(&folder.join(super::RESULTS_FILE), table.as_bytes())?)
}
