//! From the word on the command line to a network for the chip.

use std::path::Path;

use delgrad::bss2::unrolled;
use delgrad::engine::Network;
use delgrad::train::{AnyExperiment, EventRun, EventSetup, Setup, TrainError};
use delgrad::{experiments, networks};

use crate::failure::Failure;
use crate::network_source::NetworkSource;
use crate::source::Source;
use crate::suggest;
use crate::trained::{Trained, is_event_run};

/// A network and its name.
#[derive(Clone, Debug)]
pub struct Subject {
    pub name: String,
    pub network: Network,
}

/// What a word stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A network of the engine.
    Network,
    /// The folder of a run of layers.
    Run,
    /// A trained network of layers.
    Trained,
    /// An experiment with layers.
    Experiment,
    /// The folder of a run on the engine.
    EventRun,
    /// An experiment on the engine.
    EventExperiment,
}

impl Subject {
    /// A network, an experiment (before training) or a run (after it); overrides are for experiments.
    pub fn find(word: &str, overrides: &[(String, String)]) -> Result<Self, Failure> {
        let kind = Kind::of(word)?;
        kind.check_overrides(word, overrides)?;
        let name = || name_of(word);
        match kind {
            Kind::Network => {
                let source = NetworkSource::find(word)?;
                Ok(Self { network: source.build()?, name: source.name })
            }
            Kind::EventRun => {
                let EventRun { setup, parameters, .. } = EventRun::read(Path::new(word))?;
                Ok(Self { name: name(), network: setup.network_with(&parameters)? })
            }
            Kind::Run | Kind::Trained => {
                let trained = Trained::read(Path::new(word))?;
                Ok(Self { name: name(), network: unrolled(&trained.network, &trained.parameters)? })
            }
            Kind::Experiment | Kind::EventExperiment => {
                let source = Source::find(word)?;
                let network = match source.experiment(overrides)? {
                    AnyExperiment::Layers(experiment) => {
                        let setup = Setup::new(*experiment, Path::new(""))?;
                        unrolled(&setup.network, &setup.initial)?
                    }
                    AnyExperiment::Events(experiment) => EventSetup::new(*experiment)?.network,
                };
                Ok(Self { name: source.name, network })
            }
        }
    }
}

/// What a file or folder is called.
pub fn name_of(word: &str) -> String {
    Path::new(word).file_stem().map_or_else(|| word.to_owned(), |stem| stem.to_string_lossy().into_owned())
}

impl Kind {
    /// Overrides are for experiments.
    pub fn check_overrides(self, word: &str, overrides: &[(String, String)]) -> Result<(), Failure> {
        if overrides.is_empty() || matches!(self, Self::Experiment | Self::EventExperiment) {
            return Ok(());
        }
        Err(Failure::SetWithoutExperiment { word: word.to_owned() })
    }

    fn of_experiment(text: &str) -> Self {
        if AnyExperiment::is_event(text) { Self::EventExperiment } else { Self::Experiment }
    }

    pub fn of(word: &str) -> Result<Self, Failure> {
        if networks::find(word).is_some() {
            return Ok(Self::Network);
        }
        if let Some(experiment) = experiments::find(word) {
            return Ok(Self::of_experiment(experiment.toml));
        }
        let path = Path::new(word);
        if path.is_dir() {
            return Ok(if is_event_run(path)? { Self::EventRun } else { Self::Run });
        }
        if !path.exists() && path.extension().is_none() {
            let known = experiments::all().iter().map(|experiment| experiment.name);
            let hint = suggest::hint(word, known.chain(networks::all().iter().map(|network| network.name)));
            return Err(Failure::UnknownName { name: word.to_owned(), hint });
        }
        let text =
            std::fs::read_to_string(path).map_err(|source| TrainError::Read { path: path.to_owned(), source })?;
        // files of the engine name their format; so do trained networks; experiments name their data or their task
        let names =
            |format: &str| text.contains(&format!("\"{format}\"")) || text.contains(&format!("'{format}'"));
        match path.extension().and_then(|ending| ending.to_str()) {
            _ if names("delgrad-engine-network") => Ok(Self::Network),
            Some("json") if names("delgrad-network") => Ok(Self::Trained),
            Some("toml") if has_key(&text, "data") || has_key(&text, "task") => Ok(Self::of_experiment(&text)),
            _ => Err(Failure::NotForTheChip { file: word.to_owned() }),
        }
    }
}

/// Whether a line of a TOML file begins with a key, or with a table of that name.
fn has_key(toml: &str, key: &str) -> bool {
    toml.lines().any(|line| line.trim_start_matches(['\u{feff}', '[', ' ']).starts_with(key))
}
