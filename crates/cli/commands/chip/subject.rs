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

/// A word on the command line, what it stands for, and the text of the file that it names, which is read once: it may be a
/// pipe.
#[derive(Clone, Debug)]
pub struct Named {
    pub word: String,
    pub kind: Kind,
    /// None for what comes with the program, and for folders.
    text: Option<String>,
}

impl Named {
    pub fn find(word: &str) -> Result<Self, Failure> {
        let named = |kind, text| Ok(Self { word: word.to_owned(), kind, text });
        if networks::find(word).is_some() {
            return named(Kind::Network, None);
        }
        if let Some(experiment) = experiments::find(word) {
            return named(Kind::of_experiment(experiment.toml), None);
        }
        let path = Path::new(word);
        if path.is_dir() {
            return named(if is_event_run(path)? { Kind::EventRun } else { Kind::Run }, None);
        }
        if !path.exists() && path.extension().is_none() {
            let known = experiments::all().iter().map(|experiment| experiment.name);
            let hint = suggest::hint(word, known.chain(networks::all().iter().map(|network| network.name)));
            return Err(Failure::UnknownName { name: word.to_owned(), hint });
        }
        let text =
            std::fs::read_to_string(path).map_err(|source| TrainError::Read { path: path.to_owned(), source })?;
        named(Kind::of_text(word, &text)?, Some(text))
    }

    /// What it is called, without folder and ending.
    pub fn name(&self) -> String {
        Path::new(&self.word)
            .file_stem()
            .map_or_else(|| self.word.clone(), |stem| stem.to_string_lossy().into_owned())
    }

    /// The network, where it is one.
    pub fn network(&self) -> Result<NetworkSource, Failure> {
        match &self.text {
            Some(text) => NetworkSource::parse(&self.word, text.clone()),
            None => NetworkSource::find(&self.word),
        }
    }

    /// The experiment, where it is one.
    pub fn experiment(&self) -> Result<Source, Failure> {
        match &self.text {
            Some(text) => Ok(Source::new(&self.word, text.clone())),
            None => Source::find(&self.word),
        }
    }

    /// The trained network of layers, where it is one.
    pub fn trained(&self) -> Result<Trained, Failure> {
        let path = Path::new(&self.word);
        self.text.as_ref().map_or_else(|| Trained::read(path), |text| Trained::parse(path, text))
    }

    /// Overrides are for experiments.
    pub fn check_overrides(&self, overrides: &[(String, String)]) -> Result<(), Failure> {
        if overrides.is_empty() || matches!(self.kind, Kind::Experiment | Kind::EventExperiment) {
            return Ok(());
        }
        Err(Failure::SetWithoutExperiment { word: self.word.clone() })
    }
}

impl Subject {
    /// A network, an experiment (before training) or a run (after it); overrides are for experiments.
    pub fn find(word: &str, overrides: &[(String, String)]) -> Result<Self, Failure> {
        let named = Named::find(word)?;
        named.check_overrides(overrides)?;
        match named.kind {
            Kind::Network => {
                let source = named.network()?;
                Ok(Self { network: source.build()?, name: source.name })
            }
            Kind::EventRun => {
                let EventRun { setup, parameters, .. } = EventRun::read(Path::new(word))?;
                Ok(Self { name: named.name(), network: setup.network_with(&parameters)? })
            }
            Kind::Run | Kind::Trained => {
                let trained = named.trained()?;
                Ok(Self { name: named.name(), network: unrolled(&trained.network, &trained.parameters)? })
            }
            Kind::Experiment | Kind::EventExperiment => {
                let source = named.experiment()?;
                let experiment = source.experiment(overrides)?;
                let name = source.name(&experiment);
                let network = match experiment {
                    AnyExperiment::Layers(experiment) => {
                        let setup = Setup::new(*experiment, Path::new(""))?;
                        unrolled(&setup.network, &setup.initial)?
                    }
                    AnyExperiment::Events(experiment) => EventSetup::new(*experiment)?.network,
                };
                Ok(Self { name, network })
            }
        }
    }
}

impl Kind {
    fn of_experiment(text: &str) -> Self {
        if AnyExperiment::is_event(text) { Self::EventExperiment } else { Self::Experiment }
    }

    fn of_text(word: &str, text: &str) -> Result<Self, Failure> {
        // files of the engine name their format; so do trained networks; experiments name their data or their task
        let names =
            |format: &str| text.contains(&format!("\"{format}\"")) || text.contains(&format!("'{format}'"));
        // what has no ending may be either
        let ending = Path::new(word).extension().map(|ending| ending.to_string_lossy());
        let may_be = |form: &str| ending.as_ref().is_none_or(|ending| ending == form);
        match () {
            () if names("delgrad-engine-network") => Ok(Self::Network),
            () if may_be("json") && names("delgrad-network") => Ok(Self::Trained),
            () if may_be("toml") && (has_key(text, "data") || has_key(text, "task")) => {
                Ok(Self::of_experiment(text))
            }
            () => Err(Failure::NotForTheChip { file: word.to_owned() }),
        }
    }
}

/// Whether a line of a TOML file begins with a key, or with a table of that name.
fn has_key(toml: &str, key: &str) -> bool {
    toml.lines().any(|line| line.trim_start_matches(['\u{feff}', '[', ' ']).starts_with(key))
}
