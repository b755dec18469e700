use std::path::Path;

use super::{EventExperiment, EventSetup, EventTrainer};
use crate::run_folder::{read_history, read_summary, read_text};
use crate::{
    CONFIG_FILE, EpochMetrics, Fit, NETWORK_FILE, RunFolder, START_NETWORK_FILE, Snapshot, Summary, TrainError,
};

/// A finished run on the event engine read back.
#[derive(Clone, Debug)]
pub struct EventRun {
    /// Its experiment, trials and network before training.
    pub setup: EventSetup,
    /// One entry for each epoch.
    pub history: Vec<EpochMetrics>,
    /// The results.
    pub summary: Summary,
    /// The kept parameters.
    pub parameters: Vec<f64>,
}

impl EventRun {
    /// Reads a run folder.
    ///
    /// # Errors
    /// A file that is missing or cannot be understood, and a network that is not that of the experiment.
    pub fn read(folder: &Path) -> Result<Self, TrainError> {
        Self::read_network(folder, &folder.join(NETWORK_FILE))
    }

    /// Reads a run folder with another network of its run than the kept one.
    ///
    /// # Errors
    /// As [`EventRun::read`].
    pub fn read_network(folder: &Path, path: &Path) -> Result<Self, TrainError> {
        let config = folder.join(CONFIG_FILE);
        let experiment = EventExperiment::parse(&config.display().to_string(), &read_text(&config)?, &[])?;
        let mut setup = EventSetup::drawn(experiment)?;
        let read = |setup: &EventSetup, path: &Path| -> Result<Vec<f64>, TrainError> {
            let parameters = setup.parameters_of_run(&read_text(path)?);
            parameters.map_err(|problem| TrainError::NetworkFile { path: path.to_owned(), problem })
        };
        let parameters = read(&setup, path)?;
        if setup.experiment.from.is_some() {
            setup.initial = read(&setup, &folder.join(START_NETWORK_FILE))?;
        }
        Ok(Self { setup, history: read_history(folder)?, summary: read_summary(folder)?, parameters })
    }
}

impl RunFolder {
    /// Writes configuration, metrics, summary and networks of a run on the event engine.
    ///
    /// # Errors
    /// A file that cannot be written. All others are kept, and the error says where.
    pub fn write_event(&mut self, setup: &EventSetup, fit: &Fit, summary: &Summary) -> Result<(), TrainError> {
        let network = |snapshot: &Snapshot| Ok(setup.file(&snapshot.parameters)?.to_json()? + "\n");
        let keep = setup.experiment.training.keep;
        let start = setup.experiment.from.as_ref().map(|_| &setup.initial[..]);
        self.write_files(&setup.experiment.to_toml()?, keep, fit, summary, start, network)
    }
}

impl Summary {
    /// Evaluates the kept network of a run on the event engine on all parts of its trials.
    ///
    /// # Errors
    /// None in practice: the trials have gone through the network before.
    pub fn of_event(
        name: &str,
        setup: &EventSetup,
        fit: &Fit,
        trainer: &EventTrainer,
        train_seconds: f64,
    ) -> Result<Self, TrainError> {
        let parts = [&setup.trials.test[..], &setup.trials.validation, &setup.trials.train];
        let of = (setup.experiment.seed, setup.experiment.training.keep, setup.map.count());
        Self::of_parts(
            name,
            setup.experiment.from.clone(),
            of,
            fit,
            parts,
            |trials| trainer.evaluate(trials),
            train_seconds,
        )
    }
}
