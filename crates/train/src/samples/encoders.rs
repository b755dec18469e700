//! From what a source holds to spikes: a list of encoders, applied in order.
//!
//! The first one makes spikes of values or time series ([`LatencyConfig`], [`PopulationConfig`], [`DeltaConfig`],
//! [`PoissonConfig`], [`RegularConfig`]); those after it, or all where samples are spikes already, change spikes ([`Repeat`],
//! [`Bias`]).

mod bias;
mod blocks;
mod coder;
mod config;
mod delta;
mod latency;
mod order;
mod poisson;
mod population;
mod ranges;
mod rates;
mod regular;
mod repeat;
mod report;
mod shown;

pub use bias::Bias;
pub use config::EncoderConfig;
pub use delta::DeltaConfig;
pub use latency::LatencyConfig;
pub use poisson::PoissonConfig;
pub use population::PopulationConfig;
pub use ranges::ConstantFeatures;
pub use regular::RegularConfig;
pub use repeat::Repeat;
pub use report::EncodingReport;

use serde::de::Error;
use serde::{Deserialize, Deserializer, Serialize};

use super::{Content, Part, SpikeTable, Table};
use crate::TrainError;
use crate::require::require_length;

use coder::Coder;
use latency::Latency;
use shown::Shown;

/// Spikes that encoders make of a sample, at most; the expected number where they are drawn. No network gets through
/// more in a useful time.
const MOST_SPIKES: f64 = 1e6;

/// A list of encoders, fitted to the samples that are trained on; stored with the network that it feeds.
///
/// ```
/// use delgrad_train::samples::encoders::Encoders;
/// use delgrad_train::samples::{Content, Part, Table, ValueTable};
///
/// let values = Content::Values(ValueTable::new(vec![0.0, 1.0], 1)?);
/// let encoders = Encoders::fit(&[], &values, 1)?;
/// let spikes = encoders.encode(&values, Part::Train)?;
/// assert_eq!((spikes.len(), spikes.of(0).next().unwrap().time), (2, 0.15));
/// # Ok::<(), delgrad_train::TrainError>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Fitted")]
pub struct Encoders {
    /// Makes spikes; none where samples are spikes already.
    coder: Option<Coder>,
    changes: Vec<Change>,
}

/// An encoder that changes spikes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
enum Change {
    Repeat(Repeat),
    Bias(Bias),
}

impl Change {
    fn config(&self) -> EncoderConfig {
        match self {
            Self::Repeat(repeat) => EncoderConfig::Repeat(repeat.clone()),
            Self::Bias(bias) => EncoderConfig::Bias(bias.clone()),
        }
    }
}

impl Encoders {
    /// Fits encoders to the samples that are trained on. Values become spikes by their latency if no encoder says otherwise.
    /// `seed` is that of the experiment, for encoders that draw spikes.
    ///
    /// # Errors
    /// Numbers out of range, and encoders that do not suit what comes before them.
    pub fn fit(configs: &[EncoderConfig], training: &Content, seed: u64) -> Result<Self, TrainError> {
        configs.iter().try_for_each(EncoderConfig::validate)?;
        let given = configs.first().filter(|config| config.is_coder());
        let coder = match (given, training) {
            (Some(config), _) => Some(Coder::fit(config, training, seed)?),
            (None, Content::Values(table)) => {
                Some(Coder::Latency(Latency::fit(&LatencyConfig::default(), table)?))
            }
            (None, Content::Spikes(_)) => None,
            (None, Content::Series(_)) => {
                return Err(key(0, "must make spikes of time series: give delta, poisson or regular first"));
            }
        };
        let mut changes = Vec::new();
        for (place, config) in configs.iter().enumerate().skip(given.iter().len()) {
            changes.push(match config {
                EncoderConfig::Repeat(repeat) => Change::Repeat(repeat.clone()),
                EncoderConfig::Bias(bias) => Change::Bias(bias.clone()),
                coder => {
                    let name = coder.name();
                    return Err(key(
                        place,
                        &format!(
                            "is {name}, but only the first encoder can be: after it there are spikes already"
                        ),
                    ));
                }
            });
        }
        Ok(Self { coder, changes })
    }

    /// Whether samples are taken as they are.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.coder.is_none() && self.changes.is_empty()
    }

    /// The configurations behind the encoders.
    #[must_use]
    pub fn configs(&self) -> Vec<EncoderConfig> {
        self.coder.iter().map(Coder::config).chain(self.changes.iter().map(Change::config)).collect()
    }

    /// Whether these configurations give such encoders, whatever they were fitted to.
    #[must_use]
    pub fn are_of(&self, configs: &[EncoderConfig]) -> bool {
        let own = self.configs();
        let default = EncoderConfig::Latency(LatencyConfig::default());
        // where none is given that makes spikes of values, there is one by default
        let added = |(first, rest): (&EncoderConfig, &[EncoderConfig])| *first == default && rest == configs;
        own == configs || own.split_first().is_some_and(added)
    }

    /// Number of values, or of channels, of a sample that is encoded; none where samples are spikes.
    #[must_use]
    pub fn features(&self) -> Option<usize> {
        self.coder.as_ref().map(Coder::features)
    }

    /// Number of inputs that are fed, where what comes in has so many.
    #[must_use]
    pub fn inputs(&self, inputs: u32) -> u32 {
        self.coder.as_ref().map_or(inputs, Coder::inputs).saturating_add(self.bias_inputs())
    }

    /// How many of the inputs, the last ones, have the same spikes in every sample.
    #[must_use]
    pub fn bias_inputs(&self) -> u32 {
        self.changes.iter().filter(|change| matches!(change, Change::Bias(_))).count() as u32
    }

    /// The spikes of samples of a part. Spikes that are drawn depend on the part and on the number of the sample.
    ///
    /// The spikes are the same bits for any number of threads.
    ///
    /// # Errors
    /// Samples of another kind or size than those that the encoders were fitted to, values too large to become times, and
    /// more spikes than memory holds.
    pub fn encode(&self, content: &Content, part: Part) -> Result<SpikeTable, TrainError> {
        self.require_suited(content)?;
        let before = match (&self.coder, content) {
            (Some(coder), _) => coder.inputs(),
            (None, Content::Spikes(table)) => table.inputs(),
            (None, _) => 0,
        };
        blocks::encode(content.len(), self.inputs(before), |sample, spikes| {
            match (&self.coder, content) {
                (Some(coder), Content::Values(table)) => {
                    coder.encode(part, sample, Shown::Values(&table.row(sample)), spikes)?;
                }
                (Some(coder), Content::Series(table)) => {
                    coder.encode(part, sample, Shown::Series(table.of(sample)), spikes)?;
                }
                (_, Content::Spikes(table)) => table.append_to(spikes, sample),
                (None, _) => {}
            }
            let mut inputs = before;
            for change in &self.changes {
                match change {
                    Change::Repeat(repeat) => repeat.apply(sample, spikes)?,
                    Change::Bias(bias) => {
                        bias.apply(inputs, spikes);
                        inputs = inputs.saturating_add(1);
                    }
                }
            }
            Ok(())
        })
    }

    /// Checks that samples are of the kind and size that the encoders were fitted to.
    fn require_suited(&self, content: &Content) -> Result<(), TrainError> {
        let Some(coder) = &self.coder else {
            let spikes = matches!(content, Content::Spikes(_));
            return if spikes { Ok(()) } else { Err(unsuitable("fitted to samples that are spikes", content)) };
        };
        coder.require_suited(content)?;
        match content {
            Content::Values(table) => require_length("a sample", table.width(), coder.features()),
            Content::Series(table) => require_length("channels of a sample", table.channels(), coder.features()),
            Content::Spikes(_) => Ok(()),
        }
    }
}

/// The stored form of a list of encoders, before it is checked.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Fitted {
    #[serde(default, deserialize_with = "checked")]
    coder: Option<Coder>,
    changes: Vec<Change>,
}

/// Checks the first encoder where it stands, so that errors can name the place.
fn checked<'de, D: Deserializer<'de>>(stored: D) -> Result<Option<Coder>, D::Error> {
    Option::<Coder>::deserialize(stored)?.map(Coder::checked).transpose().map_err(D::Error::custom)
}

impl TryFrom<Fitted> for Encoders {
    type Error = TrainError;

    fn try_from(parts: Fitted) -> Result<Self, TrainError> {
        let Fitted { coder, changes } = parts;
        changes.iter().try_for_each(|change| change.config().validate())?;
        Ok(Self { coder, changes })
    }
}

fn key(place: usize, problem: &str) -> TrainError {
    TrainError::Key { key: format!("encoder[{place}]"), problem: problem.to_owned() }
}

fn too_many(sample: usize, remedy: &'static str) -> TrainError {
    TrainError::TooManySpikes { sample, most: MOST_SPIKES, remedy }
}

/// The first encoder is one that does not take such samples.
fn unsuitable(name: &str, content: &Content) -> TrainError {
    let (samples, suited) = match content {
        Content::Values(_) => ("values", "latency, population, poisson or regular"),
        Content::Series(_) => ("time series", "delta, poisson or regular"),
        Content::Spikes(_) => ("spikes", "repeat or bias"),
    };
    key(0, &format!("is {name}, but the samples are {samples}; for these give {suited}"))
}

#[cfg(test)]
mod tests;
