use delgrad_neuron::Parameter;
use serde::{Deserialize, Serialize};

/// A number of a neuron that can be learned.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Constant {
    /// Membrane time constant, at fixed capacitance.
    TauMem,
    /// Synaptic time constant.
    TauSyn,
    /// Threshold voltage.
    Threshold,
    /// Leak (resting) voltage.
    Leak,
    /// Voltage during the refractory period and at its end.
    Reset,
    /// Length of the refractory period.
    Refractory,
    /// Membrane capacitance, at fixed membrane time constant.
    Capacitance,
    /// Constant current into the membrane.
    Bias,
    /// Voltage above which a quadratic neuron takes off.
    Critical,
    /// Voltage at time 0.
    InitialV,
    /// Synaptic current at time 0.
    InitialI,
}

impl Constant {
    /// The parameter of the model that it is; none for the state at time 0.
    #[must_use]
    pub fn parameter(self) -> Option<Parameter> {
        Some(match self {
            Self::TauMem => Parameter::TauMem,
            Self::TauSyn => Parameter::TauSyn,
            Self::Threshold => Parameter::Threshold,
            Self::Leak => Parameter::Leak,
            Self::Reset => Parameter::Reset,
            Self::Refractory => Parameter::Refractory,
            Self::Capacitance => Parameter::Capacitance,
            Self::Bias => Parameter::Bias,
            Self::Critical => Parameter::Critical,
            Self::InitialV | Self::InitialI => return None,
        })
    }

    /// Its key in experiments.
    #[must_use]
    pub fn key(self) -> &'static str {
        match self.parameter() {
            Some(parameter) => parameter.key(),
            None if self == Self::InitialI => "initial-i",
            None => "initial-v",
        }
    }

    /// What those of several neurons are called.
    #[must_use]
    pub fn plural(self) -> &'static str {
        match self {
            Self::TauMem => "membrane time constants",
            Self::TauSyn => "synaptic time constants",
            Self::Threshold => "thresholds",
            Self::Leak => "leak voltages",
            Self::Reset => "reset voltages",
            Self::Refractory => "refractory periods",
            Self::Capacitance => "capacitances",
            Self::Bias => "bias currents",
            Self::Critical => "critical voltages",
            Self::InitialV => "initial voltages",
            Self::InitialI => "initial currents",
        }
    }
}

impl From<delgrad_ttfs::Constant> for Constant {
    fn from(constant: delgrad_ttfs::Constant) -> Self {
        use delgrad_ttfs::Constant as OfLayers;
        match constant {
            OfLayers::TauMem => Self::TauMem,
            OfLayers::TauSyn => Self::TauSyn,
            OfLayers::Threshold => Self::Threshold,
            OfLayers::Leak => Self::Leak,
            OfLayers::Capacitance => Self::Capacitance,
        }
    }
}
