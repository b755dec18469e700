use std::path::Path;

use super::{Experiment, StartConfig};
use crate::{EventExperiment, TrainError, check_name};

/// An experiment of either kind: a text with `populations` is one on the event engine, any other has layers.
#[derive(Clone, Debug, PartialEq)]
pub enum AnyExperiment {
    /// A feed-forward network of first spikes.
    Layers(Box<Experiment>),
    /// A network on the event engine.
    Events(Box<EventExperiment>),
}

impl AnyExperiment {
    /// Reads and checks an experiment; see [`Experiment::parse`].
    ///
    /// # Errors
    /// As there.
    pub fn parse(source: &str, text: &str, overrides: &[(String, String)]) -> Result<Self, TrainError> {
        Ok(if Self::is_event(text) {
            Self::Events(Box::new(EventExperiment::parse(source, text, overrides)?))
        } else {
            Self::Layers(Box::new(Experiment::parse(source, text, overrides)?))
        })
    }

    /// Whether a text is an experiment on the event engine.
    #[must_use]
    pub fn is_event(text: &str) -> bool {
        // A text that is no TOML gets its error from the parser of the other kind.
        text.parse::<toml::Table>().is_ok_and(|table| table.contains_key("populations"))
    }

    /// What it is called.
    #[must_use]
    pub fn name(&self) -> Option<&str> {
        match self {
            Self::Layers(experiment) => experiment.name.as_deref(),
            Self::Events(experiment) => experiment.name.as_deref(),
        }
    }

    /// Calls it so where it does not say how it is called, which its file does not tell any more once it has moved.
    pub fn set_default_name(&mut self, name: &str) {
        let own = match self {
            Self::Layers(experiment) => &mut experiment.name,
            Self::Events(experiment) => &mut experiment.name,
        };
        if check_name(Some(name)).is_ok() {
            own.get_or_insert_with(|| name.to_owned());
        }
    }

    /// Lets training start from a run.
    pub fn start_from(&mut self, start: StartConfig) {
        match self {
            Self::Layers(experiment) => experiment.from = Some(start),
            Self::Events(experiment) => experiment.from = Some(start),
        }
    }

    /// Makes the paths of files absolute, so that the experiment may move; relative ones start at `base`.
    pub fn resolve_paths(&mut self, base: &Path) {
        let (from, chip) = match self {
            Self::Layers(experiment) => {
                experiment.data.resolve_paths(base);
                (&mut experiment.from, &mut experiment.chip)
            }
            Self::Events(experiment) => (&mut experiment.from, &mut experiment.chip),
        };
        from.iter_mut().for_each(|from| from.resolve_path(base));
        chip.iter_mut().for_each(|chip| chip.resolve_path(base));
    }

    /// One line about it.
    #[must_use]
    pub fn description(&self) -> &str {
        match self {
            Self::Layers(experiment) => &experiment.description,
            Self::Events(experiment) => &experiment.description,
        }
    }
}
