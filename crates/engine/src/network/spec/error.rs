//! What can be wrong with a network.

use std::fmt;

use delgrad_neuron::NeuronError;
use thiserror::Error;

use crate::NoMemory;

/// Where in a [`NetworkSpec`](super::NetworkSpec) something is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Place {
    /// A group of sources.
    Source {
        /// Its name.
        name: String,
    },
    /// A population.
    Population {
        /// Its name.
        name: String,
    },
    /// A projection.
    Projection {
        /// Its place in the list of projections, from 0.
        index: usize,
        /// Who sends.
        from: String,
        /// Who receives.
        to: String,
    },
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Source { name } => write!(f, "source \"{name}\""),
            Self::Population { name } => write!(f, "population \"{name}\""),
            Self::Projection { index, from, to } => write!(f, "projection {index} (\"{from}\" -> \"{to}\")"),
        }
    }
}

/// What can be wrong with a [`NetworkSpec`](super::NetworkSpec). Every message says what would be valid.
#[derive(Clone, Debug, Error, PartialEq)]
#[non_exhaustive]
#[allow(missing_docs, reason = "the message of each variant says what its fields are")]
pub enum SpecError {
    #[error("{what} {index} has no name; give it one")]
    NoName { what: &'static str, index: usize },
    #[error("the name \"{name}\" is given twice; sources and populations need names of their own")]
    DuplicateName { name: String },
    #[error("{place}: size is 0; it must be at least 1")]
    Empty { place: Place },
    #[error("the network has {nodes} inputs and neurons; it may have at most {}", u32::MAX)]
    TooManyNodes { nodes: u64 },
    #[error("{place} brings the network to about {synapses} synapses; it may have at most {limit}")]
    TooManySynapses { place: Place, synapses: u64, limit: u64 },
    #[error(transparent)]
    Memory(#[from] NoMemory),
    #[error("{place}: {end} names \"{name}\", which does not exist; there is {known}")]
    UnknownName { place: Place, end: &'static str, name: String, known: String },
    #[error("{place}: \"{name}\" is a group of sources; only populations receive synapses")]
    TargetIsSource { place: Place, name: String },
    #[error(
        "{place}: {rule} is {degree}, but there are only {candidates} partners to choose from{besides}; lower it{remedy}"
    )]
    Degree {
        place: Place,
        rule: &'static str,
        degree: u32,
        candidates: u32,
        /// Says that the neuron itself is left out, where it is.
        besides: &'static str,
        /// Names the option that would allow it, where there is one.
        remedy: &'static str,
    },
    #[error("{place}: probability is {value}; it must lie between 0 and 1")]
    Probability { place: Place, value: f64 },
    #[error("{place}: one-to-one needs equal sizes, but they are {from} and {to}")]
    SizesDiffer { place: Place, from: u32, to: u32 },
    #[error(
        "{place}: one-to-one within a population connects each neuron with itself, but self-connections is false"
    )]
    OnlySelfConnections { place: Place },
    #[error("{place}: {end} {number} of edge {edge} does not exist; it must be below {size}")]
    EdgeOutOfRange { place: Place, edge: usize, end: &'static str, number: u32, size: u32 },
    #[error("{place}: edge {edge} connects neuron {neuron} with itself; remove it or allow self-connections")]
    SelfConnection { place: Place, edge: usize, neuron: u32 },
    #[error(
        "{place}: edges {first} and {second} both connect {source_number} with {target}; remove one or allow \
         multiple-edges"
    )]
    DuplicateEdge { place: Place, first: usize, second: usize, source_number: u32, target: u32 },
    #[error("{place}: {field} has {length} entries; give one number, or {expected}: one for each {of}")]
    ListLength { place: Place, field: &'static str, length: usize, expected: u64, of: &'static str },
    /// Of a list in whose place no number may stand.
    #[error("{place}: {field} has {length} entries; give {expected}: one for each {of}")]
    ListCount { place: Place, field: &'static str, length: usize, expected: u64, of: &'static str },
    #[error("{place}: {field}{} is {value}; it must be a finite number", entry(*index))]
    NotFinite { place: Place, field: &'static str, index: Option<usize>, value: f64 },
    #[error("{place}: {field} of {of} {index} comes out as {value}; draw from a narrower distribution")]
    Overflow { place: Place, field: &'static str, of: &'static str, index: usize, value: f64 },
    #[error("{place}: {field} is {value}; it must be {valid}")]
    OutOfRange { place: Place, field: &'static str, value: f64, valid: &'static str },
    #[error("{place}: {parameter} of the distribution of {field} is {value}; it must be {valid}")]
    Distribution { place: Place, field: &'static str, parameter: &'static str, value: f64, valid: &'static str },
    #[error(
        "{place}: only {kept:e} of the normal distribution of {field} lies between {min} and {max}; widen the \
         interval so that it holds at least 0.01"
    )]
    Unreachable { place: Place, field: &'static str, min: f64, max: f64, kept: f64 },
    #[error("{place}: delay {delay} of synapse {synapse} ({source_number} -> {target}) is negative; {remedy}")]
    NegativeDelay {
        place: Place,
        synapse: usize,
        source_number: u32,
        target: u32,
        delay: f64,
        remedy: &'static str,
    },
    #[error("{place}: the table of rates has {times} times and {rates} rates; give as many of each, at least one")]
    RateTable { place: Place, times: usize, rates: usize },
    #[error(
        "{place}: entry {entry} of times (list {input}) is {time} after {previous}; put times in ascending order"
    )]
    TimeOrder { place: Place, input: u32, entry: usize, time: f64, previous: f64 },
    #[error("{place}: max-spikes is 0; it must be at least 1, or left out for no limit")]
    MaxSpikes { place: Place },
    #[error("until is {value}; it must be finite and at least 0, or left out")]
    Until { value: f64 },
    #[error("population \"{population}\", neuron {neuron}: {source}")]
    Neuron { population: String, neuron: u32, source: NeuronError },
}

fn entry(index: Option<usize>) -> String {
    index.map_or_else(String::new, |index| format!("[{index}]"))
}

/// A [`Value`](super::Value) and where it stands, for messages.
pub(crate) struct Field<'a> {
    pub place: &'a Place,
    pub name: &'static str,
    /// What a list has one entry for.
    pub of: &'static str,
    /// Whether numbers may be infinite.
    pub infinite: bool,
}

impl<'a> Field<'a> {
    pub fn new(place: &'a Place, name: &'static str, of: &'static str) -> Self {
        Self { place, name, of, infinite: false }
    }

    pub fn number(&self, index: Option<usize>, value: f64) -> Result<(), SpecError> {
        if value.is_finite() || self.infinite && value == f64::INFINITY {
            return Ok(());
        }
        Err(SpecError::NotFinite { place: self.place.clone(), field: self.name, index, value })
    }

    /// A number that came out of a distribution.
    #[inline]
    pub fn drawn(&self, index: usize, value: f64) -> Result<f64, SpecError> {
        if value.is_finite() || self.infinite && value == f64::INFINITY {
            Ok(value)
        } else {
            Err(self.overflow(index, value))
        }
    }

    #[cold]
    fn overflow(&self, index: usize, value: f64) -> SpecError {
        SpecError::Overflow { place: self.place.clone(), field: self.name, of: self.of, index, value }
    }

    pub fn length(&self, length: usize, expected: u64) -> SpecError {
        SpecError::ListLength { place: self.place.clone(), field: self.name, length, expected, of: self.of }
    }

    pub fn distribution(&self, parameter: &'static str, value: f64, valid: &'static str) -> SpecError {
        SpecError::Distribution { place: self.place.clone(), field: self.name, parameter, value, valid }
    }

    pub fn unreachable(&self, min: f64, max: f64, kept: f64) -> SpecError {
        SpecError::Unreachable { place: self.place.clone(), field: self.name, min, max, kept }
    }
}
