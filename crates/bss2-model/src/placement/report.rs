//! What a placement uses, as text.

use std::collections::BTreeSet;
use std::fmt;
use std::ops::Range;

use delgrad_engine::Population;
use serde::Serialize;

use crate::limits::{BUSES, CIRCUITS, COLUMNS, DRIVERS_PER_BUS, LABELS, SIGNED_ROWS};
use crate::placement::assignment::HEMISPHERES;
use crate::placement::{BusId, Demand, Line, Occupant, Placement, Sender};

/// The circuits of a hemisphere by their use.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
#[serde(rename_all = "kebab-case")]
pub struct HemisphereLoad {
    /// Neurons.
    pub neurons: usize,
    /// Circuits that neurons take beyond their first ones, for their fan-in.
    pub merged: usize,
    /// Circuits of delay pairs.
    pub pairs: usize,
    /// Dead circuits.
    pub dead: usize,
    /// All others.
    pub free: usize,
}

/// What one bus carries.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
#[serde(rename_all = "kebab-case")]
pub struct BusLoad {
    /// The bus.
    pub bus: BusId,
    /// Sources and delay pairs that send over it.
    pub senders: usize,
    /// Drivers with synapses, of 32; each has two rows.
    pub drivers: usize,
    /// Drivers that an event reaches, see [`Placement::block`].
    pub block: usize,
    /// Labels of the block of drivers with the most, of 64.
    pub labels: usize,
}

/// What one population takes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
#[serde(rename_all = "kebab-case")]
pub struct PopulationLoad {
    /// Its name; `inputs` stands for all inputs.
    pub name: String,
    /// Its size.
    pub size: usize,
    /// Circuits of its neurons.
    pub circuits: usize,
    /// Delay pairs of its spikes.
    pub pairs: usize,
    /// Synapses onto its neuron with the most.
    pub fan_in: u32,
}

/// What a placement uses, to be printed or serialised.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
#[serde(rename_all = "kebab-case")]
pub struct Report {
    /// Of each hemisphere.
    pub hemispheres: [HemisphereLoad; HEMISPHERES],
    /// Buses in use.
    pub buses: Vec<BusLoad>,
    /// The neuron with the most synapses, and their number.
    pub fullest: Option<(u32, u32)>,
    /// Circuits of that neuron.
    pub fullest_circuits: usize,
    /// The inputs, then the populations.
    pub populations: Vec<PopulationLoad>,
}

impl Report {
    /// The report of a placement; populations may be empty.
    #[must_use]
    pub fn new(placement: &Placement, demand: &Demand, populations: &[Population]) -> Self {
        let mut hemispheres = [HemisphereLoad::default(); HEMISPHERES];
        for (index, occupant) in placement.occupants().into_iter().enumerate() {
            let load = &mut hemispheres[index / COLUMNS];
            match occupant {
                Some(Occupant::Neuron(neuron)) if placement.circuit(neuron).index() == index => load.neurons += 1,
                Some(Occupant::Neuron(_)) => load.merged += 1,
                Some(Occupant::Pair(_)) => load.pairs += 1,
                Some(Occupant::Dead) => load.dead += 1,
                None => load.free += 1,
            }
        }
        let fan_ins = (0..demand.neurons()).map(|neuron| (neuron, demand.fan_in(neuron)));
        let fullest = fan_ins.max_by_key(|&(neuron, fan_in)| (fan_in, std::cmp::Reverse(neuron)));
        Self {
            hemispheres,
            buses: BusId::all().filter_map(|bus| bus_load(placement, bus)).collect(),
            fullest,
            fullest_circuits: fullest.map_or(0, |(neuron, _)| placement.circuits(neuron).len()),
            populations: population_loads(placement, demand, populations),
        }
    }

    /// Circuits in use, dead ones not counted.
    #[must_use]
    pub fn circuits(&self) -> usize {
        self.hemispheres.iter().map(|one| one.neurons + one.merged + one.pairs).sum()
    }
}

fn bus_load(placement: &Placement, bus: BusId) -> Option<BusLoad> {
    let lines: Vec<&Line> = placement.lines().iter().filter(|line| line.bus == bus).collect();
    let senders: BTreeSet<Sender> = lines.iter().map(|line| line.sender).collect();
    let drivers: BTreeSet<u8> = lines.iter().map(|line| line.driver).collect();
    let block = placement.block(bus);
    let mut labels = vec![BTreeSet::new(); DRIVERS_PER_BUS / block];
    for line in &lines {
        labels[usize::from(line.driver) / BUSES / block].insert(line.label);
    }
    let labels = labels.iter().map(BTreeSet::len).max().unwrap_or(0);
    let (senders, drivers) = (senders.len(), drivers.len());
    (senders > 0).then_some(BusLoad { bus, senders, drivers, block, labels })
}

fn population_loads(placement: &Placement, demand: &Demand, populations: &[Population]) -> Vec<PopulationLoad> {
    let pairs =
        |sources: Range<u32>| placement.pairs().iter().filter(|pair| sources.contains(&pair.source)).count();
    let inputs = demand.inputs();
    let mut loads = vec![PopulationLoad {
        name: "inputs".to_owned(),
        size: inputs as usize,
        circuits: 0,
        pairs: pairs(0..inputs),
        fan_in: 0,
    }];
    loads.extend(populations.iter().map(|Population { name, neurons, .. }| PopulationLoad {
        name: name.clone(),
        size: neurons.len(),
        circuits: neurons.clone().map(|neuron| placement.circuits(neuron).len()).sum(),
        pairs: pairs(inputs + neurons.start..inputs + neurons.end),
        fan_in: neurons.clone().map(|neuron| demand.fan_in(neuron)).max().unwrap_or(0),
    }));
    loads
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{} of {CIRCUITS} circuits", self.circuits())?;
        let [a, b] = self.hemispheres;
        writeln!(f, "\n{:<24}{:>12}{:>14}", "", "hemisphere 0", "hemisphere 1")?;
        for (name, a, b) in [
            ("neurons", a.neurons, b.neurons),
            ("more for their fan-in", a.merged, b.merged),
            ("delay pairs (2 each)", a.pairs, b.pairs),
            ("dead", a.dead, b.dead),
            ("free", a.free, b.free),
        ] {
            writeln!(f, "{name:<24}{a:>12}{b:>14}")?;
        }
        if !self.populations.is_empty() {
            let width = self.populations.iter().map(|one| one.name.chars().count()).max().unwrap_or(0).max(22) + 2;
            writeln!(f, "\n{:<width$}{:>6}{:>10}{:>13}{:>8}", "", "size", "circuits", "delay pairs", "fan-in")?;
            for PopulationLoad { name, size, circuits, pairs, fan_in } in &self.populations {
                writeln!(f, "{name:<width$}{size:>6}{circuits:>10}{pairs:>13}{fan_in:>8}")?;
            }
        }
        let title = ["senders", "drivers of 32", "rows", "labels of 64", "drivers an event"];
        let [senders, drivers, rows, labels, block] = title;
        writeln!(f, "\n{:<18}{senders:>8}{drivers:>16}{rows:>6}{labels:>14}{block:>18}", "hemisphere, bus")?;
        debug_assert_eq!((DRIVERS_PER_BUS, LABELS), (32, 64));
        for BusLoad { bus, senders, drivers, block, labels } in &self.buses {
            let (name, rows) = (format!("{}, {}", bus.hemisphere, bus.bus), 2 * drivers);
            writeln!(f, "{name:<18}{senders:>8}{drivers:>16}{rows:>6}{labels:>14}{block:>18}")?;
        }
        if let Some((neuron, fan_in)) = self.fullest {
            let most = self.fullest_circuits * SIGNED_ROWS;
            writeln!(f, "\nlargest fan-in: {fan_in} of {most} signed synapses, neuron {neuron}")?;
        }
        Ok(())
    }
}
