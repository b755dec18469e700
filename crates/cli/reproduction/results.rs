//! The runs of all sweeps, by sweep, arm and point of the grid.

use std::collections::BTreeMap;

use delgrad::train::learn::EpochMetrics;
use delgrad::train::run::METRICS_FILE;
use delgrad::train::sweep::{Condition, Row};

use crate::failure::Failure;
use crate::sweeping::Swept;

/// All runs that there are.
#[derive(Debug, Default)]
pub struct Results {
    sweeps: Vec<(&'static str, Swept)>,
}

/// A number of some runs that differ by their seeds alone, by seed and chip.
pub type Values = BTreeMap<(u64, u64), f64>;

/// Runs that differ by their seeds alone.
#[derive(Clone, Copy, Debug)]
pub struct Runs<'a> {
    condition: &'a Condition,
    swept: &'a Swept,
}

impl Results {
    pub fn add(&mut self, sweep: &'static str, swept: Swept) {
        self.sweeps.push((sweep, swept));
    }

    /// The sweeps by their names.
    pub fn sweeps(&self) -> impl Iterator<Item = (&'static str, &Swept)> {
        self.sweeps.iter().map(|(name, swept)| (*name, swept))
    }

    /// How many runs have failed, of how many.
    pub fn failed_and_all(&self) -> (usize, usize) {
        let failed = self.sweeps.iter().map(|(_, swept)| swept.failed_and_left()[0]).sum();
        (failed, self.sweeps.iter().map(|(_, swept)| swept.rows.len()).sum())
    }

    /// The runs of an arm of a sweep, or of an experiment where it has no arms, at a value of the grid where there is one.
    pub fn runs(&self, sweep: &str, arm: &str, point: Option<&str>) -> Option<Runs<'_>> {
        let (_, swept) = self.sweeps.iter().find(|(name, _)| *name == sweep)?;
        let condition = swept.conditions.iter().find(|condition| {
            let own = condition.arm.as_deref().unwrap_or(&condition.experiment_name);
            own == arm && condition.point.first().map(|(_, value)| &value[..]) == point
        })?;
        Some(Runs { condition, swept })
    }

    /// A number of such runs; no values if there are none.
    pub fn values(&self, sweep: &str, arm: &str, point: Option<&str>, metric: &str) -> Values {
        self.runs(sweep, arm, point).map(|runs| runs.values(metric)).unwrap_or_default()
    }
}

impl<'a> Runs<'a> {
    /// The rows of those that are complete.
    pub fn rows(self) -> impl Iterator<Item = &'a Row> {
        let name = self.condition.name();
        self.swept.rows.iter().filter(move |row| row.condition == name && row.error.is_none())
    }

    /// Their epochs.
    pub fn histories(self) -> Result<Vec<Vec<EpochMetrics>>, Failure> {
        let path = |row: &Row| self.swept.folder.join(&row.folder).join(METRICS_FILE);
        self.rows().map(|row| Ok(EpochMetrics::read(&path(row))?)).collect()
    }

    /// A number of their results.
    pub fn values(self, metric: &str) -> Values {
        let value = |row: &Row| Some(((row.seed, row.chip_seed.unwrap_or(0)), row.number(metric)?));
        self.rows().filter_map(value).collect()
    }

    /// The number of their parameters.
    pub fn parameters(self) -> Option<f64> {
        self.values("parameters").into_values().next()
    }
}

/// The numbers in order of their seeds.
pub fn numbers(values: &Values) -> Vec<f64> {
    values.values().copied().collect()
}

/// The values that both have.
pub fn pairs(first: &Values, second: &Values) -> (Vec<f64>, Vec<f64>) {
    first.iter().filter_map(|(key, value)| Some((*value, *second.get(key)?))).unzip()
}

/// The differences of those that both have.
pub fn differences(first: &Values, second: &Values) -> Values {
    first.iter().filter_map(|(key, value)| Some((*key, value - second.get(key)?))).collect()
}
