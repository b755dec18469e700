//! One number of a gradient, and the number of the network that belongs to it.

use delgrad_engine::Network;
use delgrad_neuron::Parameter;

use crate::{AdjointError, Gradients, Record};

/// A kind of parameter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Kind {
    /// Weight of a synapse.
    Weight,
    /// Delay of a synapse.
    Delay,
    /// Time of an input spike.
    InputTime,
    /// Parameter of a neuron.
    Neuron(Parameter),
    /// Voltage of a neuron at time 0.
    InitialV,
    /// Synaptic current of a neuron at time 0.
    InitialI,
}

impl Kind {
    /// All kinds. The order is part of the choice of entries and never changes.
    pub const ALL: [Self; 14] = {
        let mut all = [Self::Weight; 14];
        (all[1], all[2]) = (Self::Delay, Self::InputTime);
        let mut place = 0;
        while place < Parameter::ALL.len() {
            all[3 + place] = Self::Neuron(Parameter::ALL[place]);
            place += 1;
        }
        (all[12], all[13]) = (Self::InitialV, Self::InitialI);
        all
    };

    /// Its name, as files of gradients have it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Weight => "weight",
            Self::Delay => "delay",
            Self::InputTime => "input_time",
            Self::Neuron(parameter) => parameter.name(),
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
            Self::Neuron(parameter) => gradients.neurons.iter().map(|neuron| neuron[parameter]).collect(),
        }
    }

    /// Whether it is a length of time, which cannot be negative.
    pub(super) fn is_length(self) -> bool {
        matches!(self, Self::Delay | Self::Neuron(Parameter::Refractory) | Self::InputTime)
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
            Kind::Neuron(parameter) => gradients.neurons[index][parameter],
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
