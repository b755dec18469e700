use serde::{Deserialize, Serialize};

use super::{Bias, DeltaConfig, LatencyConfig, PoissonConfig, PopulationConfig, RegularConfig, Repeat};
use crate::TrainError;

/// One step from what a source holds to spikes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
#[non_exhaustive]
pub enum EncoderConfig {
    /// From values to spikes: the larger the value, the later its spike.
    Latency(LatencyConfig),
    /// From values to spikes: several inputs for each value, the early ones fit it best.
    Population(PopulationConfig),
    /// From time series to spikes: one each time a channel has moved by so much.
    Delta(DeltaConfig),
    /// From values or time series to spikes: random ones, of a rate that is the value.
    Poisson(PoissonConfig),
    /// From values or time series to spikes: evenly spaced ones, of a rate that is the value.
    Regular(RegularConfig),
    /// More spikes after each one.
    Repeat(Repeat),
    /// One more input with spikes that are always the same.
    Bias(Bias),
}

impl EncoderConfig {
    /// What it is called in an experiment.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Latency(_) => "latency",
            Self::Population(_) => "population",
            Self::Delta(_) => "delta",
            Self::Poisson(_) => "poisson",
            Self::Regular(_) => "regular",
            Self::Repeat(_) => "repeat",
            Self::Bias(_) => "bias",
        }
    }

    /// Whether it makes spikes of something else, and so comes first.
    pub(super) fn is_coder(&self) -> bool {
        !matches!(self, Self::Repeat(_) | Self::Bias(_))
    }

    /// Checks the numbers.
    ///
    /// # Errors
    /// The first that is out of range.
    pub fn validate(&self) -> Result<(), TrainError> {
        match self {
            Self::Latency(latency) => latency.validate(),
            Self::Population(population) => population.validate(),
            Self::Delta(delta) => delta.validate(),
            Self::Poisson(poisson) => poisson.validate(),
            Self::Regular(regular) => regular.validate(),
            Self::Repeat(repeat) => repeat.validate(),
            Self::Bias(bias) => bias.validate(),
        }
    }
}
