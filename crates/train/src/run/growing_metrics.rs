use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use super::folder::metrics_csv;
use crate::TrainError;
use crate::learn::EpochMetrics;

/// `metrics.csv` while a run goes on: it has a row more after each epoch.
///
/// Each row reaches the system as a whole before the next epoch begins, so that a process that is killed leaves whole rows. The
/// finished run has the same bytes.
#[derive(Debug)]
pub struct GrowingMetrics {
    path: PathBuf,
    state: State,
}

#[derive(Debug)]
enum State {
    /// Before the first row.
    New,
    Open(File),
    /// After a failure, of which was told.
    Failed,
}

impl GrowingMetrics {
    pub(super) fn new(path: PathBuf) -> Self {
        Self { path, state: State::New }
    }

    /// Where it grows.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Appends a row, below a header if it is the first.
    ///
    /// # Errors
    /// A file that cannot be written, once: nothing more is written after that, and what was written stays. The run
    /// need not end: [`RunFolder::write`](super::RunFolder::write) writes the whole file.
    pub fn add(&mut self, metrics: &EpochMetrics) -> Result<(), TrainError> {
        let rows = match self.state {
            State::Failed => return Ok(()),
            State::New => metrics_csv(&[*metrics], true),
            State::Open(_) => metrics_csv(&[*metrics], false),
        };
        let written = rows.and_then(|rows| {
            let path = self.path.clone();
            self.append(rows.as_bytes()).map_err(|source| TrainError::MetricsSoFar { path, source })
        });
        if written.is_err() {
            self.state = State::Failed;
        }
        written
    }

    fn append(&mut self, rows: &[u8]) -> io::Result<()> {
        if matches!(self.state, State::New) {
            self.state = State::Open(OpenOptions::new().append(true).create_new(true).open(&self.path)?);
        }
        let State::Open(file) = &mut self.state else { return Ok(()) };
        let before = file.metadata()?.len();
        // one call for all of it: no signal comes in between
        file.write_all(rows).inspect_err(|_| {
            // half a row would be a wrong one
            let _ = file.set_len(before);
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn epoch(epoch: u32) -> EpochMetrics {
        EpochMetrics {
            epoch,
            rate_factor: 1.0,
            train_loss: (epoch > 1).then_some(0.1 + f64::from(epoch)),
            train_accuracy: 0.5,
            validation_loss: 1.0 / 3.0,
            validation_accuracy: 0.25,
            silent_hidden: 1e-9,
            raised: 2,
            ..EpochMetrics::default()
        }
    }

    #[test]
    fn rows_are_there_after_each_epoch_and_are_those_of_the_end() {
        let folder = tempfile::tempdir().unwrap();
        let mut metrics = GrowingMetrics::new(folder.path().join("metrics.csv"));
        let epochs: Vec<EpochMetrics> = (1..=4).map(epoch).collect();
        for (number, row) in epochs.iter().enumerate() {
            metrics.add(row).unwrap();
            let text = std::fs::read_to_string(metrics.path()).unwrap();
            assert_eq!(text, metrics_csv(&epochs[..=number], true).unwrap());
        }
    }

    #[test]
    fn a_failure_is_told_once() {
        let folder = tempfile::tempdir().unwrap();
        let mut metrics = GrowingMetrics::new(folder.path().join("absent/metrics.csv"));
        let error = metrics.add(&epoch(1)).unwrap_err().to_string();
        assert!(error.contains("absent") && error.contains("cannot write"), "{error}");
        metrics.add(&epoch(2)).unwrap();
        assert!(!metrics.path().exists());
    }
}
