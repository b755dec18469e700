//! Placement: the circuits, buses, rows and labels that a network gets on the chip.
//!
//! A [`Demand`] says what a network needs, a [`Placer`] finds a [`Placement`] for it, and [`Placement::check`] verifies
//! that one keeps every rule of the chip, whoever made it.

mod assignment;
mod check;
mod circuit;
mod demand;
mod drivers;
mod error;
mod file;
mod placer;
mod report;
#[cfg(test)]
mod tests;
mod violation;

use serde::{Deserialize, Serialize};

pub use circuit::{BusId, Circuit, NoSuchCircuit};
pub(crate) use demand::axonal_delay;
pub use demand::{Connection, Demand, Sign};
pub use error::PlacementError;
pub use file::PlacementFileError;
pub use placer::Placer;
pub use report::{BusLoad, HemisphereLoad, PopulationLoad, Report};
pub use violation::Violation;

/// Who puts events on a bus.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Sender {
    /// An input or a neuron, by its number as a source: the inputs come first, then the neurons.
    Source(u32),
    /// The delay pair of that source.
    Pair(u32),
}

/// The use of a circuit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Occupant {
    /// A neuron, by its number.
    Neuron(u32),
    /// Half of the delay pair of a source.
    Pair(u32),
    /// Nothing: it must not be used.
    Dead,
}

/// The two circuits that delay the spikes of a source.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DelayPair {
    /// The source.
    pub source: u32,
    /// Columns c and c + 1, c even. The first one sends.
    pub circuits: [Circuit; 2],
}

/// The synapses that one driver has for one sender: its events go over `bus` and arrive at `circuits`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Line {
    /// Who sends.
    pub sender: Sender,
    /// The bus that the events take.
    pub bus: BusId,
    /// Driver of that hemisphere, below 128: it owns the rows `2 driver` and `2 driver + 1`.
    pub driver: u8,
    /// Label of the sender's events, below 64, which the synapses store.
    pub label: u8,
    /// Circuits with a synapse on the driver's rows, in ascending order.
    pub circuits: Vec<Circuit>,
}

/// The route of a source's spikes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Route {
    /// Buses that its own events take: to its targets, or to its delay pair. Ascending.
    pub first: Vec<BusId>,
    /// The circuits that delay them.
    pub pair: Option<[Circuit; 2]>,
    /// Buses that the events of the delay pair take, to the targets. Ascending.
    pub second: Vec<BusId>,
}

/// The circuits, delay pairs, drivers and labels of a network. A [`Placer`] makes it, or it is read from a file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Placement {
    inputs: u32,
    /// Circuits of each neuron, side by side.
    neurons: Vec<Vec<Circuit>>,
    /// By source.
    pairs: Vec<DelayPair>,
    /// Circuits that must not be used, ascending.
    dead: Vec<Circuit>,
    /// Lowest bits of row addresses that the drivers of each bus ignore, at most 5.
    ignored_row_bits: [u8; 8],
    /// By sender, bus and driver.
    lines: Vec<Line>,
}

impl Placement {
    /// Number of inputs.
    #[must_use]
    pub fn inputs(&self) -> u32 {
        self.inputs
    }

    /// Number of neurons.
    #[must_use]
    pub fn neurons(&self) -> u32 {
        self.neurons.len() as u32
    }

    /// The circuit of a neuron, the first one if it has several: the one that sends.
    ///
    /// # Panics
    /// If there is no such neuron.
    #[must_use]
    pub fn circuit(&self, neuron: u32) -> Circuit {
        self.circuits(neuron)[0]
    }

    /// All circuits of a neuron.
    ///
    /// # Panics
    /// If there is no such neuron.
    #[must_use]
    pub fn circuits(&self, neuron: u32) -> &[Circuit] {
        &self.neurons[neuron as usize]
    }

    /// All delay pairs, by source.
    #[must_use]
    pub fn pairs(&self) -> &[DelayPair] {
        &self.pairs
    }

    /// The delay pair of a source.
    #[must_use]
    pub fn pair(&self, source: u32) -> Option<[Circuit; 2]> {
        let found = self.pairs.binary_search_by_key(&source, |pair| pair.source);
        found.ok().map(|index| self.pairs[index].circuits)
    }

    /// Circuits that are not used because they are dead.
    #[must_use]
    pub fn dead(&self) -> &[Circuit] {
        &self.dead
    }

    /// How many neighbouring drivers of a bus an event reaches: its row address picks a block of so many, its label the
    /// synapses.
    #[must_use]
    pub fn block(&self, bus: BusId) -> usize {
        1 << self.ignored_row_bits[bus.index()]
    }

    /// All lines, by sender, bus and driver.
    #[must_use]
    pub fn lines(&self) -> &[Line] {
        &self.lines
    }

    /// Lines of a sender.
    #[must_use]
    pub fn lines_of(&self, sender: Sender) -> &[Line] {
        let start = self.lines.partition_point(|line| line.sender < sender);
        let rest = &self.lines[start..];
        &rest[..rest.partition_point(|line| line.sender == sender)]
    }

    /// Whom the events on a line reach: neurons, or the delay pair of the sender. Several circuits of one neuron count once.
    #[must_use]
    pub fn reached(&self, line: &Line) -> Vec<Occupant> {
        let occupants = self.occupants();
        let mut reached: Vec<Occupant> =
            line.circuits.iter().filter_map(|circuit| occupants[circuit.index()]).collect();
        reached.sort();
        reached.dedup();
        reached
    }

    /// The route of a source's spikes.
    #[must_use]
    pub fn route(&self, source: u32) -> Route {
        let buses = |sender| {
            let mut buses: Vec<BusId> = self.lines_of(sender).iter().map(|line| line.bus).collect();
            buses.dedup();
            buses
        };
        Route {
            first: buses(Sender::Source(source)),
            pair: self.pair(source),
            second: buses(Sender::Pair(source)),
        }
    }

    /// The use of each of the 512 circuits; none if it is free.
    #[must_use]
    pub fn occupants(&self) -> Vec<Option<Occupant>> {
        let mut occupants = vec![None; crate::limits::CIRCUITS];
        for (neuron, circuits) in (0..).zip(&self.neurons) {
            circuits.iter().for_each(|circuit| occupants[circuit.index()] = Some(Occupant::Neuron(neuron)));
        }
        for DelayPair { source, circuits } in &self.pairs {
            circuits.iter().for_each(|circuit| occupants[circuit.index()] = Some(Occupant::Pair(*source)));
        }
        self.dead.iter().for_each(|circuit| occupants[circuit.index()] = Some(Occupant::Dead));
        occupants
    }

    /// Row, below 256, and circuit of every synapse, those from sources to their delay pairs included. Of the two rows of
    /// a driver the first one is excitatory, the second one inhibitory.
    ///
    /// # Panics
    /// If [`Placement::check`] fails for this demand.
    #[must_use]
    pub fn synapses(&self, demand: &Demand) -> Vec<(usize, Circuit, Sign)> {
        let occupants = self.occupants();
        let mut synapses = Vec::new();
        for source in 0..demand.sources() {
            let connections = demand.connections_of(source);
            let mut taken = vec![false; connections.len()];
            for line in [Sender::Source(source), Sender::Pair(source)].into_iter().flat_map(|s| self.lines_of(s)) {
                for &circuit in &line.circuits {
                    let mut sign = Sign::Excitatory;
                    if let Some(Occupant::Neuron(target)) = occupants[circuit.index()] {
                        let mut next = connections.partition_point(|connection| connection.target < target);
                        while taken[next] {
                            next += 1;
                        }
                        taken[next] = true;
                        sign = connections[next].sign;
                    }
                    let row = 2 * usize::from(line.driver) + usize::from(sign == Sign::Inhibitory);
                    synapses.push((row, circuit, sign));
                }
            }
        }
        synapses
    }
}
