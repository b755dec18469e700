use std::path::{Path, PathBuf};

use delgrad_files::folder_of;
use serde::{Deserialize, Serialize};

use super::SEEDS;
use crate::TrainError;
use crate::experiment::Experiment;
use crate::files::read_text;
use crate::run::{CONFIG_FILE, RunOverview, RunState, SUMMARY_FILE, Summary};
use crate::sweep::{RESULTS_FILE, Row, SweepProblem};

/// Runs that differ by their seeds alone.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Group {
    /// What it is called.
    pub name: String,
    /// A number of the results of each run.
    pub values: Vec<Value>,
    /// Runs without it: they failed, or have not ended.
    pub missing: usize,
    /// The experiment of the first run, if it is known.
    pub experiment: Option<Experiment>,
    /// [Hash](crate::samples::Dataset::hash) of the samples of the first run with results.
    data_hash: Option<String>,
}

/// The result of a run.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Value {
    /// Its seed.
    pub seed: u64,
    /// Its chip, where there is one.
    pub chip_seed: Option<u64>,
    /// The number.
    pub value: f64,
}

impl Group {
    /// Values with the seeds 1, 2, ...
    #[must_use]
    pub fn of_values(name: &str, values: &[f64]) -> Self {
        let value = |(seed, value): (u64, &f64)| Value { seed, chip_seed: None, value: *value };
        Self {
            name: name.to_owned(),
            values: (1..).zip(values).map(value).collect(),
            missing: 0,
            experiment: None,
            data_hash: None,
        }
    }

    /// The runs of a condition of a sweep.
    #[must_use]
    pub fn of_rows<'a>(
        name: &str,
        metric: &str,
        experiment: Experiment,
        rows: impl Iterator<Item = &'a Row>,
    ) -> Self {
        let mut group = Self {
            name: name.to_owned(),
            values: Vec::new(),
            missing: 0,
            experiment: Some(experiment),
            data_hash: None,
        };
        for row in rows {
            match row.number(metric).filter(|_| row.error.is_none()) {
                Some(value) => group.values.push(Value { seed: row.seed, chip_seed: row.chip_seed, value }),
                None => group.missing += 1,
            }
        }
        group
    }

    /// The groups in a folder: the conditions of a sweep, in their order, or all runs below it together.
    ///
    /// # Errors
    /// Files that cannot be read or understood, and a folder without runs.
    pub fn read(folder: &Path, metric: &str) -> Result<Vec<Self>, TrainError> {
        let results = folder.join(RESULTS_FILE);
        let runs = if results.exists() { runs_of_sweep(&results)? } else { all_runs(folder)? };
        let mut groups: Vec<Self> = Vec::new();
        for (name, run) in runs {
            let known = groups.iter().position(|group| group.name == name);
            let index = known.unwrap_or_else(|| {
                groups.push(Self { name, values: Vec::new(), missing: 0, experiment: None, data_hash: None });
                groups.len() - 1
            });
            groups[index].add(&run, metric)?;
        }
        if groups.is_empty() { Err(SweepProblem::NoRuns { path: folder.to_owned() }.into()) } else { Ok(groups) }
    }

    fn add(&mut self, run: &Path, metric: &str) -> Result<(), TrainError> {
        // a run that failed at once has left no folder
        let Some(state) = RunState::read(run)? else {
            self.missing += 1;
            return Ok(());
        };
        let config = run.join(CONFIG_FILE);
        let experiment = Experiment::parse(&config.display().to_string(), &read_text(&config)?, &[])?;
        let summary = state.state.is_complete().then(|| Summary::read(&run.join(SUMMARY_FILE))).transpose()?;
        let mixed = |key: &str| SweepProblem::Mixed { path: run.to_owned(), key: key.to_owned() };
        if let Some(summary) = &summary
            && !experiment.draws_samples()
            && *self.data_hash.get_or_insert_with(|| summary.data.hash.clone()) != summary.data.hash
        {
            return Err(mixed("data.hash, that of their samples").into());
        }
        match summary.and_then(|summary| Row::number_of(&summary, metric)) {
            Some(value) => {
                let chip_seed = experiment.chip.as_ref().map(|chip| chip.seed);
                self.values.push(Value { seed: experiment.seed, chip_seed, value });
            }
            None => self.missing += 1,
        }
        let Some(first) = &self.experiment else {
            self.experiment = Some(experiment);
            return Ok(());
        };
        let differences = first.differences(&experiment)?;
        match differences.iter().find(|difference| !SEEDS.contains(&&difference.key[..])) {
            None => Ok(()),
            Some(difference) => Err(mixed(&difference.key).into()),
        }
    }

    /// Its values alone.
    #[must_use]
    pub fn numbers(&self) -> Vec<f64> {
        self.values.iter().map(|value| value.value).collect()
    }

    /// The values of both groups, seed by seed, if both have the same seeds, each once.
    pub(super) fn in_pairs(&self, other: &Self) -> Option<(Vec<f64>, Vec<f64>)> {
        let sorted = |group: &Self| {
            let mut values = group.values.clone();
            values.sort_by_key(|value| (value.seed, value.chip_seed));
            values
        };
        let (own, its) = (sorted(self), sorted(other));
        let keys = |values: &[Value]| values.iter().map(|value| (value.seed, value.chip_seed)).collect::<Vec<_>>();
        let once = keys(&own).windows(2).all(|pair| pair[0] != pair[1]);
        let numbers = |values: Vec<Value>| values.into_iter().map(|value| value.value).collect();
        (once && keys(&own) == keys(&its)).then(|| (numbers(own), numbers(its)))
    }
}

/// The folders of the runs of a sweep, each with its condition.
fn runs_of_sweep(results: &Path) -> Result<Vec<(String, PathBuf)>, TrainError> {
    #[derive(Deserialize)]
    struct Place {
        condition: String,
        run: PathBuf,
    }
    let text = read_text(results)?;
    let folder = folder_of(results);
    let rows =
        csv::Reader::from_reader(text.as_bytes()).into_deserialize::<Place>().collect::<Result<Vec<_>, _>>();
    let rows =
        rows.map_err(|error| TrainError::RunFile { path: results.to_owned(), problem: error.to_string() })?;
    Ok(rows.into_iter().map(|row| (row.condition, folder.join(row.run))).collect())
}

/// All runs in a folder, as one group of its name. Their order does not depend on when they were written.
fn all_runs(folder: &Path) -> Result<Vec<(String, PathBuf)>, TrainError> {
    let (mut runs, problems) = RunOverview::all(folder)?;
    if let Some(problem) = problems.into_iter().next() {
        return Err(problem);
    }
    runs.sort_by(|a, b| a.path.cmp(&b.path));
    let name = folder
        .file_name()
        .map_or_else(|| folder.display().to_string(), |name| name.to_string_lossy().into_owned());
    Ok(runs.into_iter().map(|run| (name.clone(), run.path)).collect())
}
