//! The rules of the chip that a placement can break.

use thiserror::Error;

use crate::placement::circuit::{BusId, Circuit};

/// A rule that a placement breaks.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
#[non_exhaustive]
pub enum Violation {
    /// A circuit is used twice.
    #[error("circuit {circuit} is used twice")]
    Shared {
        /// The circuit.
        circuit: Circuit,
    },
    /// A neuron without circuits, or with circuits that are not side by side.
    #[error("the circuits of neuron {neuron} are not neighbours in one hemisphere")]
    Apart {
        /// The neuron.
        neuron: u32,
    },
    /// A delay pair that is not two neighbours, the first one in an even column.
    #[error("the delay pair of source {source_number} is not an even column and the next one")]
    Pair {
        /// Its source.
        source_number: u32,
    },
    /// Lists that are not in their order, or hold something twice.
    #[error("the {list} are not in ascending order")]
    Order {
        /// Which list.
        list: &'static str,
    },
    /// A line that the chip does not have.
    #[error("line {line}: {problem}")]
    Line {
        /// Its place in the list.
        line: usize,
        /// What is wrong.
        problem: &'static str,
    },
    /// Two senders have a synapse at the same place.
    #[error("two sources use driver {driver} at circuit {circuit}")]
    Synapse {
        /// The driver.
        driver: u8,
        /// The circuit.
        circuit: Circuit,
    },
    /// Two senders cannot be told apart.
    #[error("two sources have label {label} on driver {driver} of {bus}")]
    Label {
        /// Their bus.
        bus: BusId,
        /// The driver.
        driver: u8,
        /// Their label.
        label: u8,
    },
    /// Row addresses have 5 bits.
    #[error("drivers cannot ignore more than 5 bits of a row address")]
    RowBits,
    /// One event cannot carry several addresses.
    #[error("the events of one sender have several labels or row addresses on {bus}")]
    Address {
        /// One of their buses.
        bus: BusId,
    },
    /// Placed for another network.
    #[error("there are {found} {what}; the network has {expected}")]
    Count {
        /// Of what.
        what: &'static str,
        /// In the placement.
        found: u32,
        /// In the network.
        expected: u32,
    },
    /// A delayed source without a pair, or a pair without a delay.
    #[error("source {source_number} has a delay or a delay pair, but not both")]
    Delay {
        /// The source.
        source_number: u32,
    },
    /// Synapses are missing, or too many.
    #[error("source {source_number} has {found} synapses at neuron {target}; the network has {expected}")]
    Synapses {
        /// The source.
        source_number: u32,
        /// The neuron.
        target: u32,
        /// In the placement.
        found: u32,
        /// In the network.
        expected: u32,
    },
    /// A source does not reach its delay pair, or more than that.
    #[error("source {source_number} does not reach both circuits of its delay pair, and nothing else")]
    FirstHop {
        /// The source.
        source_number: u32,
    },
}
