use std::path::Path;

use delgrad_files::write_atomically;

use super::folder::{METRICS_FILE, METRICS_LINES_FILE};
use super::growing_file::GrowingFile;
use crate::TrainError;
use crate::learn::EpochMetrics;

/// `metrics.csv` and `metrics.jsonl` while a run goes on: they have a row more after each epoch.
///
/// A process that is killed leaves whole rows. The finished run has the same bytes.
#[derive(Debug)]
pub(super) struct GrowingMetrics {
    csv: GrowingFile,
    lines: GrowingFile,
    /// The last epochs in both.
    written: [u32; 2],
    /// After a failure, of which was told.
    failed: bool,
}

impl GrowingMetrics {
    /// In a folder, after the epochs that are complete already.
    ///
    /// # Errors
    /// Files that cannot be written.
    pub fn new(folder: &Path, history: &[EpochMetrics]) -> Result<Self, TrainError> {
        let [csv, lines] = [METRICS_FILE, METRICS_LINES_FILE].map(|name| folder.join(name));
        if !history.is_empty() {
            write_atomically(&csv, EpochMetrics::csv(history, true)?.as_bytes())?;
            write_atomically(&lines, json_lines(history)?.as_bytes())?;
        } else {
            // those of epochs after a checkpoint that is not there
            let _ = [&csv, &lines].map(std::fs::remove_file);
        }
        let written = [history.last().map_or(0, |metrics| metrics.epoch); 2];
        Ok(Self { csv: GrowingFile::default(), lines: GrowingFile::default(), written, failed: false })
    }

    /// Appends a row in the folder, wherever it is now, below a header if it is the first.
    ///
    /// # Errors
    /// A file that cannot be written, once: nothing more is written after that, and what was written stays. The run
    /// need not end: [`Session::train`](super::Session::train) writes the whole files. A full disk is told each time.
    pub fn add(&mut self, folder: &Path, metrics: &EpochMetrics) -> Result<(), TrainError> {
        if self.failed {
            return Ok(());
        }
        let written = self.append(folder, metrics);
        self.failed = written.as_ref().is_err_and(|error| error.full_disk().is_none());
        written
    }

    fn append(&mut self, folder: &Path, metrics: &EpochMetrics) -> Result<(), TrainError> {
        let row = EpochMetrics::csv(&[*metrics], self.written[0] == 0)?;
        let line = json_lines(&[*metrics])?;
        let files = [(METRICS_FILE, &mut self.csv, row), (METRICS_LINES_FILE, &mut self.lines, line)];
        for ((name, file, text), written) in files.into_iter().zip(&mut self.written) {
            // after a failure one of them may have it already
            if *written < metrics.epoch {
                let path = folder.join(name);
                file.append(&path, &text).map_err(|source| TrainError::MetricsSoFar { path, source })?;
                *written = metrics.epoch;
            }
        }
        Ok(())
    }
}

/// Epochs as JSON, one on a line.
pub(super) fn json_lines(history: &[EpochMetrics]) -> Result<String, TrainError> {
    let line = |metrics: &EpochMetrics| serde_json::to_string(metrics).map(|line| line + "\n");
    let lines = history.iter().map(line).collect::<Result<String, _>>();
    lines.map_err(|error| TrainError::Unwritable { form: "JSON", problem: error.to_string() })
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
        let path = folder.path().join(METRICS_FILE);
        let mut metrics = GrowingMetrics::new(folder.path(), &[]).unwrap();
        let epochs: Vec<EpochMetrics> = (1..=4).map(epoch).collect();
        for (number, row) in epochs.iter().enumerate() {
            metrics.add(folder.path(), row).unwrap();
            let text = std::fs::read_to_string(&path).unwrap();
            assert_eq!(text, EpochMetrics::csv(&epochs[..=number], true).unwrap());
            assert_eq!(EpochMetrics::read_csv(&text).unwrap(), epochs[..=number]);
        }
        let lines = std::fs::read_to_string(folder.path().join(METRICS_LINES_FILE)).unwrap();
        let second: EpochMetrics = serde_json::from_str(lines.lines().nth(1).unwrap()).unwrap();
        assert!(lines.lines().count() == 4 && second == epochs[1], "{lines}");

        // a run that goes on after its second epoch
        let mut metrics = GrowingMetrics::new(folder.path(), &epochs[..2]).unwrap();
        metrics.add(folder.path(), &epochs[2]).unwrap();
        let text = std::fs::read_to_string(&path).unwrap();
        assert_eq!(text, EpochMetrics::csv(&epochs[..3], true).unwrap());
        assert_eq!(std::fs::read_to_string(folder.path().join(METRICS_LINES_FILE)).unwrap().lines().count(), 3);
    }

    #[test]
    fn a_failure_is_told_once() {
        let folder = tempfile::tempdir().unwrap();
        let absent = folder.path().join("absent");
        let mut metrics = GrowingMetrics::new(&absent, &[]).unwrap();
        let error = metrics.add(&absent, &epoch(1)).unwrap_err().to_string();
        assert!(error.contains("absent") && error.contains("cannot write"), "{error}");
        metrics.add(&absent, &epoch(2)).unwrap();
        assert!(!absent.exists());
    }
}
