//! Whether a placement keeps the rules of the chip and serves a demand: written from the rules, not from the placer.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use crate::limits::{BUSES, CIRCUITS, DRIVERS_PER_BUS, LABELS};
use crate::placement::{BusId, Circuit, Demand, Line, Occupant, Placement, Sender, Violation};

impl Placement {
    /// Whether every rule of the chip is kept and every synapse and delay of the network has its place.
    ///
    /// # Errors
    /// The first rule that is broken.
    pub fn check(&self, demand: &Demand) -> Result<(), Violation> {
        self.check_rules()?;
        for (what, found, expected) in
            [("inputs", self.inputs, demand.inputs()), ("neurons", self.neurons(), demand.neurons())]
        {
            if found != expected {
                return Err(Violation::Count { what, found, expected });
            }
        }
        (0..demand.sources()).try_for_each(|source| self.check_source(demand, source))
    }

    /// Whether the rules of the chip are kept, whatever the network.
    pub(super) fn check_rules(&self) -> Result<(), Violation> {
        self.check_circuits()?;
        for (line, place) in self.lines.iter().zip(0..) {
            self.check_line(line).map_err(|problem| Violation::Line { line: place, problem })?;
        }
        self.check_synapses()?;
        self.check_labels()
    }

    fn check_circuits(&self) -> Result<(), Violation> {
        for (neuron, circuits) in (0..).zip(&self.neurons) {
            let neighbours = |pair: &[Circuit]| follows(pair[0], pair[1]);
            if circuits.is_empty() || !circuits.windows(2).all(neighbours) {
                return Err(Violation::Apart { neuron });
            }
        }
        for pair in &self.pairs {
            let [first, second] = pair.circuits;
            if !(first.column() % 2 == 0 && follows(first, second)) {
                return Err(Violation::Pair { source_number: pair.source });
            }
        }
        let mut used = [false; CIRCUITS];
        let pairs = self.pairs.iter().flat_map(|pair| &pair.circuits);
        for circuit in self.neurons.iter().flatten().chain(pairs).chain(&self.dead) {
            if std::mem::replace(&mut used[circuit.index()], true) {
                return Err(Violation::Shared { circuit: *circuit });
            }
        }
        let ordered = [
            ("delay pairs", self.pairs.is_sorted_by(|a, b| a.source < b.source)),
            ("dead circuits", self.dead.is_sorted_by(|a, b| a < b)),
            ("lines", self.lines.is_sorted_by(|a, b| key(a) < key(b))),
        ];
        match ordered.into_iter().find(|(_, ordered)| !ordered) {
            Some((list, _)) => Err(Violation::Order { list }),
            None => Ok(()),
        }
    }

    fn check_line(&self, line: &Line) -> Result<(), &'static str> {
        let Line { sender, bus, driver, label, circuits } = line;
        let sends_to = match *sender {
            Sender::Pair(source) => {
                Some(self.pair(source).ok_or("a delay pair sends that does not exist")?[0].bus())
            }
            Sender::Source(source) => match source.checked_sub(self.inputs) {
                None => None,
                Some(neuron) if neuron < self.neurons() => Some(self.circuit(neuron).bus()),
                Some(_) => return Err("a source sends that does not exist"),
            },
        };
        let (hemisphere, number) = (usize::from(bus.hemisphere), usize::from(bus.bus));
        for (ok, problem) in [
            (BusId::all().any(|one| one == *bus), "there is no such bus"),
            (sends_to.is_none_or(|sends_to| sends_to == number), "its circuit does not send to that bus"),
            (usize::from(*driver) < BUSES * DRIVERS_PER_BUS, "there is no such driver"),
            (usize::from(*driver) % BUSES == number, "its driver listens to another bus"),
            (usize::from(*label) < LABELS, "there is no such label"),
            (!circuits.is_empty(), "it has no synapses"),
            (circuits.is_sorted_by(|a, b| a < b), "its circuits are not in ascending order"),
            (circuits.iter().all(|circuit| circuit.hemisphere() == hemisphere), "it leaves its hemisphere"),
        ] {
            if !ok {
                return Err(problem);
            }
        }
        Ok(())
    }

    /// A pair of rows has one connection at each column.
    fn check_synapses(&self) -> Result<(), Violation> {
        let mut taken = BTreeSet::new();
        for Line { driver, circuits, .. } in &self.lines {
            for &circuit in circuits {
                if !taken.insert((*driver, circuit)) {
                    return Err(Violation::Synapse { driver: *driver, circuit });
                }
            }
        }
        Ok(())
    }

    /// An event carries one label and one row address, and reaches no synapse of another sender.
    fn check_labels(&self) -> Result<(), Violation> {
        if self.ignored_row_bits.iter().any(|bits| 1 << bits > DRIVERS_PER_BUS) {
            return Err(Violation::RowBits);
        }
        let mut owners: BTreeMap<(BusId, usize, u8), Sender> = BTreeMap::new();
        // label and possible row addresses of each event: one of a circuit, one for each bus of the host
        let mut events: BTreeMap<(Sender, Option<BusId>), (u8, Range<usize>)> = BTreeMap::new();
        for &Line { sender, bus, driver, label, .. } in &self.lines {
            let size = self.block(bus);
            let block = usize::from(driver) / BUSES / size;
            if *owners.entry((bus, block, label)).or_insert(sender) != sender {
                return Err(Violation::Label { bus, driver, label });
            }
            let host = matches!(sender, Sender::Source(source) if source < self.inputs);
            let event = events.entry((sender, host.then_some(bus))).or_insert((label, 0..DRIVERS_PER_BUS));
            event.1 = event.1.start.max(block * size)..event.1.end.min((block + 1) * size);
            if event.0 != label || event.1.is_empty() {
                return Err(Violation::Address { bus });
            }
        }
        Ok(())
    }

    fn check_source(&self, demand: &Demand, source: u32) -> Result<(), Violation> {
        let delayed = demand.delay(source).is_some();
        let pair = self.pair(source);
        if pair.is_some() != delayed {
            return Err(Violation::Delay { source_number: source });
        }
        let circuits_of = |sender| self.lines_of(sender).iter().flat_map(|line| &line.circuits).copied();
        let own = Sender::Source(source);
        if let Some(pair) = pair
            && circuits_of(own).collect::<Vec<_>>() != pair
        {
            return Err(Violation::FirstHop { source_number: source });
        }
        let occupants = self.occupants();
        let mut synapses: BTreeMap<Option<u32>, u32> = BTreeMap::new();
        for circuit in circuits_of(if delayed { Sender::Pair(source) } else { own }) {
            let target = match occupants[circuit.index()] {
                Some(Occupant::Neuron(neuron)) => Some(neuron),
                _ => None,
            };
            *synapses.entry(target).or_default() += 1;
        }
        for connections in demand.connections_of(source).chunk_by(|a, b| a.target == b.target) {
            let (target, expected) = (connections[0].target, connections.len() as u32);
            let found = synapses.remove(&Some(target)).unwrap_or(0);
            if found != expected {
                return Err(Violation::Synapses { source_number: source, target, found, expected });
            }
        }
        match synapses.pop_first() {
            None => Ok(()),
            Some((target, found)) => {
                let target = target.unwrap_or(u32::MAX);
                Err(Violation::Synapses { source_number: source, target, found, expected: 0 })
            }
        }
    }
}

fn key(line: &Line) -> (Sender, BusId, u8) {
    (line.sender, line.bus, line.driver)
}

/// Whether two circuits are neighbours in one hemisphere.
fn follows(first: Circuit, second: Circuit) -> bool {
    first.hemisphere() == second.hemisphere() && first.column() + 1 == second.column()
}
