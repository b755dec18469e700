//! One number of a gradient, and the number of the network that belongs to it.

use delgrad_engine::{Network, Parameter};
use delgrad_neuron::PerParameter;

use crate::{AdjointError, Gradients, Record};

/// A kind of parameter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[allow(missing_docs, reason = "each is the parameter of its name")]
pub enum Kind {
    Weight,
    Delay,
    InputTime,
    TauMem,
    TauSyn,
    Threshold,
    Leak,
    Reset,
    Refractory,
    Capacitance,
    Bias,
    Critical,
    InitialV,
    InitialI,
}

impl Kind {
    /// All kinds. The order is part of the choice of entries and never changes.
    pub const ALL: [Self; 14] = [
        Self::Weight,
        Self::Delay,
        Self::InputTime,
        Self::TauMem,
        Self::TauSyn,
        Self::Threshold,
        Self::Leak,
        Self::Reset,
        Self::Refractory,
        Self::Capacitance,
        Self::Bias,
        Self::Critical,
        Self::InitialV,
        Self::InitialI,
    ];

    /// Its name, as files of gradients have it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Weight => "weight",
            Self::Delay => "delay",
            Self::InputTime => "input_time",
            Self::TauMem => "tau_mem",
            Self::TauSyn => "tau_syn",
            Self::Threshold => "threshold",
            Self::Leak => "leak",
            Self::Reset => "reset",
            Self::Refractory => "refractory",
            Self::Capacitance => "capacitance",
            Self::Bias => "bias",
            Self::Critical => "critical",
            Self::InitialV => "initial_v",
            Self::InitialI => "initial_i",
        }
    }

    /// All gradients of this kind, in order of synapse, input spike or neuron.
    #[must_use]
    pub fn column(self, gradients: &Gradients) -> Vec<f64> {
        match self {
            Self::Weight => gradients.weight.clone(),
            Self::Delay => gradients.delay.clone(),
            Self::InputTime => gradients.input_time.clone(),
            Self::InitialV => gradients.initial.iter().map(|state| state.v).collect(),
            Self::InitialI => gradients.initial.iter().map(|state| state.i).collect(),
            kind => gradients.neurons.iter().map(|neuron| kind.of_neuron(neuron)).collect(),
        }
    }

    /// Whether it is a length of time, which cannot be negative.
    pub(super) fn is_length(self) -> bool {
        matches!(self, Self::Delay | Self::Refractory | Self::InputTime)
    }

    /// The parameter of a neuron that it is, if it is one.
    pub(super) fn parameter(self) -> Option<Parameter> {
        match self {
            Self::TauMem => Some(Parameter::TauMem),
            Self::TauSyn => Some(Parameter::TauSyn),
            Self::Threshold => Some(Parameter::Threshold),
            Self::Leak => Some(Parameter::Leak),
            Self::Reset => Some(Parameter::Reset),
            Self::Refractory => Some(Parameter::Refractory),
            Self::Capacitance => Some(Parameter::Capacitance),
            Self::Bias => Some(Parameter::Bias),
            Self::Critical => Some(Parameter::Critical),
            Self::Weight | Self::Delay | Self::InputTime | Self::InitialV | Self::InitialI => None,
        }
    }

    fn of_neuron(self, neuron: &PerParameter) -> f64 {
        self.parameter().map_or(0.0, |parameter| neuron.all()[parameter as usize])
    }
}

/// One number of a gradient.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Entry {
    /// Its kind.
    pub kind: Kind,
    /// Number of the synapse, of the input spike of the record, or of the neuron.
    pub index: u32,
}

impl Entry {
    /// Its gradient.
    ///
    /// # Panics
    /// If there is no such entry.
    #[must_use]
    pub fn of(self, gradients: &Gradients) -> f64 {
        let index = self.index as usize;
        match self.kind {
            Kind::Weight => gradients.weight[index],
            Kind::Delay => gradients.delay[index],
            Kind::InputTime => gradients.input_time[index],
            Kind::InitialV => gradients.initial[index].v,
            Kind::InitialI => gradients.initial[index].i,
            kind => kind.of_neuron(&gradients.neurons[index]),
        }
    }
}

pub(super) fn check_lengths(
    gradients: &Gradients,
    network: &Network,
    record: &Record,
) -> Result<(), AdjointError> {
    let (synapses, neurons) = (network.synapse_count(), network.neurons() as usize);
    let lists = [
        ("weights", gradients.weight.len(), synapses),
        ("delays", gradients.delay.len(), synapses),
        ("input times", gradients.input_time.len(), record.inputs().len()),
        ("neurons", gradients.neurons.len(), neurons),
        ("initial states", gradients.initial.len(), neurons),
    ];
    for (what, found, expected) in lists {
        AdjointError::length(what, found, expected, " as in the network and its run")?;
    }
    Ok(())
}
