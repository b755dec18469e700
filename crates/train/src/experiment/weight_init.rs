use delgrad_engine::spec::{Distribution, Value};
use serde::de::Error;
use serde::ser::SerializeMap;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::is_default;
use crate::TrainError;
use crate::require::{require, require_non_negative, require_positive};

/// How the weights of a layer start, and how fast they learn.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "WeightText", into = "WeightText")]
#[non_exhaustive]
pub struct WeightConfig {
    /// What initial weights are drawn from.
    pub init: WeightInit,
    /// What those from bias spikes are drawn from. Default: the same.
    pub bias: Option<BiasWeights>,
    /// Learning rate; default: that of the layer. 0: they stay.
    pub learning_rate: Option<f64>,
    /// Decoupled weight decay: the share of themselves that they lose besides each step, times the learning rate.
    pub decay: f64,
    /// Largest Euclidean norm of the weights onto a neuron; longer ones are scaled down after each step. Default: no limit.
    pub max_norm: Option<f64>,
}

/// A normal distribution of the initial weights from the bias spikes of a layer.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BiasWeights {
    /// Its mean.
    pub mean: f64,
    /// Its standard deviation.
    pub sd: f64,
}

/// What the initial weights of a layer are drawn from.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub enum WeightInit {
    /// A normal distribution.
    Normal {
        /// Its mean.
        mean: f64,
        /// Its standard deviation.
        sd: f64,
    },
    /// A normal distribution whose width follows from the data: so that a share of the neurons spikes.
    FanIn(FanIn),
}

/// Weights whose width and means follow from the number of sources that spike, and from the spikes that are wanted of the targets.
///
/// ```text
/// w = g (z + b / sqrt(n)) / sqrt(n),  z normal with mean 0 and standard deviation 1
/// ```
///
/// `n` is the mean number of spikes of all sources in a sample, so that the input of a neuron is as wide whatever their number. The
/// width `g` and, for each neuron, the offset `b` are found on samples to train on, layer by layer, by running the network: the
/// smallest `g` with which the part `spread` of the wanted spikes is there at `b = 0`, then the smallest `b` with which all are. So
/// no neuron starts silent, and none spikes in all samples unless that is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub struct FanIn {
    /// Part of the wanted spikes that are there if inputs are balanced, above 0 and below 1: the more, the wider the weights.
    pub spread: f64,
    /// Share of the samples in which each neuron spikes at first, above 0 and at most 1. Default: 0.8 in hidden layers, and 0.98 of
    /// outputs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub spiking: Option<f64>,
}

impl Default for FanIn {
    fn default() -> Self {
        Self { spread: 0.3, spiking: None }
    }
}

/// The initial weights of a projection.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum ProjectionWeight {
    /// As the engine takes them.
    Given(Value),
    /// As wide as the data ask for.
    FanIn(ProjectionFanIn),
}

/// As [`FanIn`], for a projection. All such projections onto a population have one width and one offset for each neuron, found so that
/// each sends [as many spikes as wanted](super::PopulationTraining::spikes), or, where membranes are read out, that what is read differs
/// enough. Loops have no offset.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub struct ProjectionFanIn {
    /// Factor on the weights, next to those of other projections onto the same neurons.
    pub share: f64,
}

impl Default for ProjectionFanIn {
    fn default() -> Self {
        Self { share: 1.0 }
    }
}

impl ProjectionWeight {
    pub(super) fn validate(&self) -> Result<(), TrainError> {
        let Self::FanIn(ProjectionFanIn { share }) = self else { return Ok(()) };
        require_positive("projections.weight.fan-in.share", *share)
    }

    /// As the engine takes them; those that follow from the data before their gain is known.
    #[must_use]
    pub fn drawn(&self) -> Value {
        match self {
            Self::Given(value) => value.clone(),
            Self::FanIn(_) => Distribution::Normal { mean: 0.0, sd: 1.0 }.into(),
        }
    }
}

/// The key of weights that follow from the data.
const FAN_IN: &str = "fan-in";

impl<'de> Deserialize<'de> for ProjectionWeight {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let value = toml::Value::deserialize(deserializer)?;
        let wrong = |error: toml::de::Error| D::Error::custom(error.message().trim_end());
        match value {
            toml::Value::Table(mut table) if table.len() == 1 && table.contains_key(FAN_IN) => {
                let fan_in = table.remove(FAN_IN).unwrap_or(toml::Value::Table(toml::Table::new()));
                ProjectionFanIn::deserialize(fan_in).map(Self::FanIn).map_err(wrong)
            }
            value => Value::deserialize(value).map(Self::Given).map_err(wrong),
        }
    }
}

impl Serialize for ProjectionWeight {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Given(value) => value.serialize(serializer),
            Self::FanIn(fan_in) => {
                let mut map = serializer.serialize_map(Some(1))?;
                map.serialize_entry(FAN_IN, fan_in)?;
                map.end()
            }
        }
    }
}

impl FanIn {
    /// The wanted share of spikes of a hidden layer or of the outputs.
    #[must_use]
    pub fn wanted(&self, output: bool) -> f64 {
        self.spiking.unwrap_or(if output { 0.98 } else { 0.8 })
    }
}

impl Default for WeightConfig {
    /// From the data.
    fn default() -> Self {
        Self {
            init: WeightInit::FanIn(FanIn::default()),
            bias: None,
            learning_rate: None,
            decay: 0.0,
            max_norm: None,
        }
    }
}

impl WeightConfig {
    pub(super) fn validate(&self) -> Result<(), TrainError> {
        require_non_negative("layers.weights.learning-rate", self.learning_rate.unwrap_or(0.0))?;
        require_non_negative("layers.weights.decay", self.decay)?;
        self.max_norm.map_or(Ok(()), |norm| require_positive("layers.weights.max-norm", norm))?;
        if let Some(BiasWeights { mean, sd }) = self.bias {
            require(mean.is_finite(), "layers.weights.bias.mean", mean, "a finite number")?;
            require_non_negative("layers.weights.bias.sd", sd)?;
        }
        match self.init {
            WeightInit::Normal { mean, sd } => {
                require(mean.is_finite(), "layers.weights.mean", mean, "a finite number")?;
                require_non_negative("layers.weights.sd", sd)
            }
            WeightInit::FanIn(FanIn { spread, spiking }) => {
                require_positive("layers.weights.spread", spread)?;
                require(spread < 1.0, "layers.weights.spread", spread, "above 0, and below 1")?;
                spiking.map_or(Ok(()), |spiking| {
                    require_positive("layers.weights.spiking", spiking)?;
                    require(spiking <= 1.0, "layers.weights.spiking", spiking, "above 0, and at most 1")
                })
            }
        }
    }
}

/// A [`WeightConfig`] as it is written: the keys of one kind of initial weights.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
struct WeightText {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    init: Option<Init>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    mean: Option<f64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    sd: Option<f64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    spread: Option<f64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    spiking: Option<f64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    bias: Option<BiasWeights>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    learning_rate: Option<f64>,
    #[serde(default, skip_serializing_if = "is_default")]
    decay: f64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    max_norm: Option<f64>,
}

#[derive(Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Init {
    Normal,
    FanIn,
}

impl TryFrom<WeightText> for WeightConfig {
    type Error = String;

    fn try_from(text: WeightText) -> Result<Self, String> {
        let WeightText { init, mean, sd, spread, spiking, bias, learning_rate, decay, max_norm } = text;
        let init = init.unwrap_or(if mean.is_some() || sd.is_some() { Init::Normal } else { Init::FanIn });
        let others: [(&str, bool, Init, &str); 4] = [
            ("mean", mean.is_some(), Init::Normal, "normal"),
            ("sd", sd.is_some(), Init::Normal, "normal"),
            ("spread", spread.is_some(), Init::FanIn, "fan-in"),
            ("spiking", spiking.is_some(), Init::FanIn, "fan-in"),
        ];
        if let Some((key, _, _, own)) = others.into_iter().find(|(_, given, own, _)| *given && *own != init) {
            return Err(format!(
                "`{key}` belongs to init = \"{own}\"; give mean and sd, or init = \"fan-in\" with spread and spiking"
            ));
        }
        let init = match init {
            Init::Normal => WeightInit::Normal {
                mean: mean.ok_or("missing field `mean`")?,
                sd: sd.ok_or("missing field `sd`")?,
            },
            Init::FanIn => WeightInit::FanIn(FanIn { spread: spread.unwrap_or(FanIn::default().spread), spiking }),
        };
        Ok(Self { init, bias, learning_rate, decay, max_norm })
    }
}

impl From<WeightConfig> for WeightText {
    fn from(config: WeightConfig) -> Self {
        let mut text = Self {
            init: None,
            mean: None,
            sd: None,
            spread: None,
            spiking: None,
            bias: config.bias,
            learning_rate: config.learning_rate,
            decay: config.decay,
            max_norm: config.max_norm,
        };
        match config.init {
            WeightInit::Normal { mean, sd } => (text.mean, text.sd) = (Some(mean), Some(sd)),
            WeightInit::FanIn(FanIn { spread, spiking }) => {
                (text.init, text.spread, text.spiking) = (Some(Init::FanIn), Some(spread), spiking);
            }
        }
        text
    }
}
