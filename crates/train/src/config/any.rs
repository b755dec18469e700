use super::Experiment;
use crate::{EventExperiment, TrainError};

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

    /// One line about it.
    #[must_use]
    pub fn description(&self) -> &str {
        match self {
            Self::Layers(experiment) => &experiment.description,
            Self::Events(experiment) => &experiment.description,
        }
    }
}
