use std::path::Path;

use delgrad_engine::NetworkFile;

use super::{EventExperiment, EventSetup, EventTrainer};
use crate::run_folder::{read_history, read_summary, read_text};
use crate::{CONFIG_FILE, EpochMetrics, Fit, NETWORK_FILE, RunFolder, Snapshot, Summary, TrainError};

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
        let config = folder.join(CONFIG_FILE);
        let experiment = EventExperiment::parse(&config.display().to_string(), &read_text(&config)?, &[])?;
        let setup = EventSetup::new(experiment)?;
        let path = folder.join(NETWORK_FILE);
        let problem = |problem: String| TrainError::NetworkFile { path: path.clone(), problem };
        let file = NetworkFile::read(&path).map_err(|error| problem(error.to_string()))?;
        let network = file.spec.build_numbered().map_err(|error| problem(error.to_string()))?;
        let parameters = setup.map.read(&network.parts().synapses, &setup.initial).map_err(problem)?;
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
        self.write_files(&setup.experiment.to_toml()?, keep, fit, summary, network)
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
        Self::of_parts(name, of, fit, parts, |trials| trainer.evaluate(trials), train_seconds)
    }
}
