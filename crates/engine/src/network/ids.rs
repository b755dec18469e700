//! Numbers of neurons, of sources, and of synapses, each a type of its own: a neuron has one number among the neurons and
//! another one among all that send, where the inputs come first.

use std::fmt;

use serde::{Deserialize, Serialize};

macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub u32);

        impl $name {
            /// The number as a place in a list.
            #[inline]
            #[must_use]
            pub fn index(self) -> usize {
                self.0 as usize
            }
        }

        impl From<u32> for $name {
            #[inline]
            fn from(number: u32) -> Self {
                Self(number)
            }
        }

        impl From<$name> for u32 {
            #[inline]
            fn from(id: $name) -> Self {
                id.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
                self.0.fmt(f)
            }
        }
    };
}

id! {
    /// Number of a neuron, from 0.
    NeuronId
}
id! {
    /// Number of something that sends spikes: the inputs come first, then the neurons.
    SourceId
}
id! {
    /// Number of a synapse: its place in [`Parts::synapses`](crate::Parts).
    SynapseId
}

/// What a source is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Sender {
    /// An input, by its number among the inputs.
    Input(u32),
    /// A neuron.
    Neuron(NeuronId),
}

impl fmt::Display for Sender {
    /// Such as `input 3` or `neuron 5`.
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        match self {
            Self::Input(input) => write!(f, "input {input}"),
            Self::Neuron(neuron) => write!(f, "neuron {neuron}"),
        }
    }
}

impl NeuronId {
    /// The neuron as a source of a network with so many inputs.
    #[inline]
    #[must_use]
    pub fn as_source(self, inputs: u32) -> SourceId {
        SourceId(inputs + self.0)
    }
}

impl SourceId {
    /// What the source is in a network with so many inputs.
    ///
    /// ```
    /// use delgrad_engine::{NeuronId, Sender, SourceId};
    ///
    /// assert_eq!(NeuronId(5).as_source(3), SourceId(8));
    /// assert_eq!(SourceId(8).sender(3), Sender::Neuron(NeuronId(5)));
    /// assert_eq!(SourceId(2).sender(3).to_string(), "input 2");
    /// ```
    #[inline]
    #[must_use]
    pub fn sender(self, inputs: u32) -> Sender {
        match self.0.checked_sub(inputs) {
            Some(neuron) => Sender::Neuron(NeuronId(neuron)),
            None => Sender::Input(self.0),
        }
    }
}
