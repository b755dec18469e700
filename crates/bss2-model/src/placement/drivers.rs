//! Which drivers and labels the senders of a bus get.
//!
//! An event carries a row address, which picks a driver, and a label, which picks synapses on its rows. So senders can
//! share a driver, with different labels, where no circuit listens to two of them. The drivers of a bus can also be told
//! to ignore the lowest bits of row addresses. Then an event reaches a block of 2, 4, .. 32 neighbours, and its sender
//! may have each of its synapses on any of them; but all senders of a block need different labels.

use crate::limits::{BUSES, COLUMNS, DRIVERS_PER_BUS, LABELS};
use crate::placement::assignment::{Assignment, HEMISPHERES, Targets};
use crate::placement::{BusId, Circuit, Demand, Line, PlacementError, Sender};

/// What the drivers of a chip are set to.
#[derive(Clone, Debug, Default)]
pub(super) struct DriverSettings {
    /// By sender, bus and driver.
    pub lines: Vec<Line>,
    /// Lowest bits of row addresses that the drivers of each bus ignore.
    pub ignored: [u8; HEMISPHERES * BUSES],
}

/// Drivers and labels for all senders, with blocks as small as possible.
pub(super) fn assign(
    demand: &Demand,
    targets: &Targets,
    assignment: &Assignment,
) -> Result<DriverSettings, PlacementError> {
    let mut all = DriverSettings::default();
    for bus in 0..BUSES {
        let mut units = units(demand, targets, assignment, bus);
        // the hardest to serve first: those whose events go to both hemispheres, and those with many synapses
        let hardness = |unit: &Unit| (unit.parts.len(), unit.synapses());
        units.sort_by_key(|unit| (std::cmp::Reverse(hardness(unit)), unit.sender));
        let found = (0..=DRIVERS_PER_BUS.ilog2()).find_map(|bits| Some((bits, in_blocks(&units, bus, bits)?)));
        let Some((bits, lines)) = found else {
            let senders = |hemisphere: usize| {
                let here = |unit: &&Unit| unit.parts.iter().any(|part| part.hemisphere == hemisphere);
                units.iter().filter(here).count()
            };
            let hemisphere = (0..HEMISPHERES).max_by_key(|hemisphere| senders(*hemisphere)).unwrap_or(0);
            return Err(PlacementError::Labels { bus: id(hemisphere, bus), senders: senders(hemisphere) });
        };
        all.lines.extend(lines);
        (0..HEMISPHERES).for_each(|hemisphere| all.ignored[id(hemisphere, bus).index()] = bits as u8);
    }
    all.lines.sort_by_key(|line| (line.sender, line.bus, line.driver));
    Ok(all)
}

/// Where a sender goes in one hemisphere.
struct Part {
    hemisphere: usize,
    goals: Vec<Goal>,
}

/// Some circuits that a sender reaches.
struct Goal {
    circuits: Vec<Circuit>,
    /// How many of them: one for each synapse of a neuron, both circuits of a delay pair.
    synapses: usize,
}

/// Parts of a sender that get the same row address and label: the spike of a circuit is one event in both hemispheres,
/// while the host sends an event for each.
struct Unit {
    sender: Sender,
    parts: Vec<Part>,
}

impl Unit {
    fn synapses(&self) -> usize {
        self.parts.iter().flat_map(|part| &part.goals).map(|goal| goal.synapses).sum()
    }
}

fn id(hemisphere: usize, bus: usize) -> BusId {
    BusId { hemisphere: hemisphere as u8, bus: bus as u8 }
}

/// All senders of a bus.
fn units(demand: &Demand, targets: &Targets, assignment: &Assignment, bus: usize) -> Vec<Unit> {
    let mut units = Vec::new();
    for (source, reached) in (0_u32..).zip(targets).filter(|(_, reached)| !reached.is_empty()) {
        let parts = |hemisphere: usize| {
            let goals = reached.iter().map(|&(target, synapses)| Goal {
                circuits: assignment.neurons[target as usize].clone(),
                synapses: synapses as usize,
            });
            let goals: Vec<Goal> = goals.filter(|goal| goal.circuits[0].hemisphere() == hemisphere).collect();
            (!goals.is_empty()).then_some(Part { hemisphere, goals })
        };
        let own_bus = |hemisphere: usize| match source.checked_sub(demand.inputs()) {
            Some(neuron) => assignment.neurons[neuron as usize][0].bus(),
            None => assignment.inputs[source as usize][hemisphere],
        };
        let pair = assignment.pairs.binary_search_by_key(&source, |pair| pair.source).ok();
        let sender = Sender::Source(source);
        if let Some(pair) = pair.map(|index| assignment.pairs[index].circuits) {
            let hemisphere = pair[0].hemisphere();
            let goals = vec![Goal { circuits: pair.to_vec(), synapses: 2 }];
            if own_bus(hemisphere) == bus {
                units.push(Unit { sender, parts: vec![Part { hemisphere, goals }] });
            }
            if pair[0].bus() == bus {
                units.push(Unit {
                    sender: Sender::Pair(source),
                    parts: (0..HEMISPHERES).filter_map(parts).collect(),
                });
            }
        } else if source < demand.inputs() {
            let here = (0..HEMISPHERES).filter(|hemisphere| own_bus(*hemisphere) == bus);
            units.extend(here.filter_map(parts).map(|part| Unit { sender, parts: vec![part] }));
        } else if own_bus(0) == bus {
            units.push(Unit { sender, parts: (0..HEMISPHERES).filter_map(parts).collect() });
        }
    }
    units
}

/// What the drivers of a bus number, in both hemispheres, are used for.
struct Drivers {
    bus: usize,
    /// Drivers of a block.
    block: usize,
    /// Columns with a synapse on each driver.
    columns: [[[bool; COLUMNS]; DRIVERS_PER_BUS]; HEMISPHERES],
    /// Labels in use, as bits, of each block.
    labels: [[u64; DRIVERS_PER_BUS]; HEMISPHERES],
}

/// Each sender gets the first block with a label and enough places for it; none if some sender finds none.
fn in_blocks(units: &[Unit], bus: usize, bits: u32) -> Option<Vec<Line>> {
    let mut drivers = Drivers {
        bus,
        block: 1 << bits,
        columns: [[[false; COLUMNS]; DRIVERS_PER_BUS]; HEMISPHERES],
        labels: [[0; DRIVERS_PER_BUS]; HEMISPHERES],
    };
    let mut lines = Vec::new();
    for unit in units {
        let mut blocks = 0..DRIVERS_PER_BUS >> bits;
        lines.extend(blocks.find_map(|block| drivers.connect(unit, block))?);
    }
    Some(lines)
}

impl Drivers {
    /// Takes a label and places for all synapses of a unit in a block, if there are enough.
    fn connect(&mut self, unit: &Unit, block: usize) -> Option<Vec<Line>> {
        let used = unit.parts.iter().fold(0, |used, part| used | self.labels[part.hemisphere][block]);
        let label = used.trailing_ones();
        if label >= LABELS as u32 {
            return None;
        }
        let goals = unit.parts.iter().flat_map(|part| &part.goals);
        let places = goals.map(|goal| self.places(goal, block)).collect::<Option<Vec<_>>>()?.concat();
        unit.parts.iter().for_each(|part| self.labels[part.hemisphere][block] |= 1 << label);
        let mut lines: Vec<Line> = Vec::new();
        for (slot, circuit) in places {
            self.columns[circuit.hemisphere()][slot][circuit.column()] = true;
            let (bus, driver) = (id(circuit.hemisphere(), self.bus), (slot * BUSES + self.bus) as u8);
            match lines.iter_mut().find(|line| (line.bus, line.driver) == (bus, driver)) {
                Some(line) => line.circuits.push(circuit),
                None => {
                    let (sender, label) = (unit.sender, label as u8);
                    lines.push(Line { sender, bus, driver, label, circuits: vec![circuit] });
                }
            }
        }
        lines.iter_mut().for_each(|line| line.circuits.sort());
        Some(lines)
    }

    /// Free places for all synapses of a goal: driver of the bus, and circuit.
    fn places(&self, goal: &Goal, block: usize) -> Option<Vec<(usize, Circuit)>> {
        let slots = block * self.block..(block + 1) * self.block;
        let places = slots.flat_map(|slot| goal.circuits.iter().map(move |circuit| (slot, *circuit)));
        let free = places.filter(|(slot, circuit)| !self.columns[circuit.hemisphere()][*slot][circuit.column()]);
        let chosen: Vec<_> = free.take(goal.synapses).collect();
        (chosen.len() == goal.synapses).then_some(chosen)
    }
}
