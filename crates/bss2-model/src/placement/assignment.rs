//! Which circuits neurons and delay pairs get, and which bus inputs take.

use crate::limits::{BUSES, CIRCUITS, COLUMNS, COLUMNS_PER_BUS, DRIVERS_PER_BUS};
use crate::placement::{Circuit, DelayPair, Demand, PlacementError};

/// Both hemispheres.
pub(super) const HEMISPHERES: usize = CIRCUITS / COLUMNS;

/// Targets of each source and how many synapses each of them has, ascending.
pub(super) type Targets = Vec<Vec<(u32, u32)>>;

/// The rules of one search for circuits.
#[derive(Clone, Copy, Debug)]
pub(super) struct Plan {
    /// Hemispheres that may be used.
    pub hemispheres: &'static [usize],
    /// Whether the emptier hemisphere comes first, rather than the first one.
    pub spread: bool,
    /// Whether sources with many synapses choose their bus first, rather than those with small numbers.
    pub largest_first: bool,
}

/// The circuits of neurons and delay pairs, and the buses of inputs.
#[derive(Clone, Debug)]
pub(super) struct Assignment {
    /// Circuits of each neuron.
    pub neurons: Vec<Vec<Circuit>>,
    /// By source.
    pub pairs: Vec<DelayPair>,
    /// Bus of each input in each hemisphere that it reaches.
    pub inputs: Vec<[usize; HEMISPHERES]>,
}

/// Why no circuits were found.
#[derive(Debug)]
pub(super) enum Unassigned {
    /// No room.
    Full(PlacementError),
    /// Too many synapses of some neurons come over one bus: they need so many circuits each.
    Crowded(Vec<usize>, PlacementError),
}

/// What needs circuits: a neuron or a delay pair.
#[derive(Clone, Copy, Debug)]
enum Item {
    Neuron(u32),
    Pair(u32),
}

/// Assigns circuits to all neurons and delay pairs, and buses to the inputs.
pub(super) fn assign_circuits(
    demand: &Demand,
    targets: &Targets,
    sizes: &[usize],
    dead: &[Circuit],
    plan: Plan,
) -> Result<Assignment, Unassigned> {
    let mut search = Search::new(demand, targets, sizes, dead, plan);
    for item in search.items() {
        search.place(item).map_err(Unassigned::Full)?;
    }
    search.choose_input_buses();
    search.crowded()?;
    let Search { mut assignment, .. } = search;
    assignment.pairs.sort_by_key(|pair| pair.source);
    Ok(assignment)
}

/// A search under way.
struct Search<'a> {
    demand: &'a Demand,
    targets: &'a Targets,
    /// Circuits of each neuron.
    sizes: &'a [usize],
    plan: Plan,
    /// Number of dead circuits.
    dead: usize,
    free: [bool; CIRCUITS],
    /// Synapses of each neuron that come over each bus.
    load: Vec<[u32; BUSES]>,
    /// Senders of each bus.
    senders: [u32; BUSES],
    assignment: Assignment,
}

impl<'a> Search<'a> {
    fn new(demand: &'a Demand, targets: &'a Targets, sizes: &'a [usize], dead: &[Circuit], plan: Plan) -> Self {
        let mut free = [true; CIRCUITS];
        dead.iter().for_each(|circuit| free[circuit.index()] = false);
        let neurons = demand.neurons() as usize;
        let assignment = Assignment {
            neurons: vec![Vec::new(); neurons],
            pairs: Vec::new(),
            inputs: vec![[0; HEMISPHERES]; demand.inputs() as usize],
        };
        let load = vec![[0; BUSES]; neurons];
        let dead = dead.len();
        Self { demand, targets, sizes, plan, dead, free, load, senders: [0; BUSES], assignment }
    }

    /// The largest first, for which the fewest places are free.
    fn items(&self) -> Vec<Item> {
        let mut neurons: Vec<u32> = (0..self.demand.neurons()).collect();
        let mut pairs: Vec<u32> = self.demand.delayed().collect();
        if self.plan.largest_first {
            let first = |source: u32| std::cmp::Reverse(self.targets[source as usize].len());
            neurons.sort_by_key(|neuron| first(self.demand.inputs() + neuron));
            pairs.sort_by_key(|source| first(*source));
        }
        neurons.sort_by_key(|neuron| std::cmp::Reverse(self.sizes[*neuron as usize]));
        let merged = neurons.iter().take_while(|neuron| self.sizes[**neuron as usize] > 1).count();
        let (merged, single) = neurons.split_at(merged);
        let item = |neuron: &u32| Item::Neuron(*neuron);
        merged.iter().map(item).chain(pairs.into_iter().map(Item::Pair)).chain(single.iter().map(item)).collect()
    }

    fn place(&mut self, item: Item) -> Result<(), PlacementError> {
        let (size, even, reached) = match item {
            Item::Neuron(neuron) => {
                let source = self.demand.inputs() + neuron;
                (self.sizes[neuron as usize], false, self.reached_directly(source))
            }
            Item::Pair(source) => (2, true, self.targets[source as usize].as_slice()),
        };
        let open = (0..BUSES).filter_map(|bus| self.find(size, even, bus).map(|start| (bus, start)));
        let Some((bus, start)) = open.min_by_key(|&(bus, _)| self.cost(reached, bus)) else {
            return Err(self.no_room(item));
        };
        let indices = start.index()..start.index() + size;
        self.free[indices.clone()].fill(false);
        self.send(reached, bus);
        let circuits = indices.filter_map(|index| Circuit::try_from(index as u16).ok());
        match item {
            Item::Neuron(neuron) => self.assignment.neurons[neuron as usize] = circuits.collect(),
            Item::Pair(source) => {
                let second = Circuit::new(start.hemisphere(), start.column() + 1).unwrap_or(start);
                self.assignment.pairs.push(DelayPair { source, circuits: [start, second] });
            }
        }
        Ok(())
    }

    /// Neurons that a source reaches without a delay pair.
    fn reached_directly(&self, source: u32) -> &'a [(u32, u32)] {
        if self.demand.delay(source).is_some() { &[] } else { &self.targets[source as usize] }
    }

    /// The first free neighbours whose first circuit sends to this bus.
    fn find(&self, size: usize, even: bool, bus: usize) -> Option<Circuit> {
        let free_in =
            |hemisphere: usize| self.free[hemisphere * COLUMNS..][..COLUMNS].iter().filter(|free| **free).count();
        let mut hemispheres = self.plan.hemispheres.to_vec();
        if self.plan.spread {
            hemispheres.sort_by_key(|hemisphere| std::cmp::Reverse(free_in(*hemisphere)));
        }
        hemispheres.into_iter().find_map(|hemisphere| {
            let free = &self.free[hemisphere * COLUMNS..][..COLUMNS];
            let fits = |&column: &usize| free.get(column..column + size).is_some_and(|run| run.iter().all(|f| *f));
            let columns = (0..COLUMNS).filter(|column| column / COLUMNS_PER_BUS % BUSES == bus);
            let column = columns.filter(|column| !even || column % 2 == 0).find(fits)?;
            Circuit::new(hemisphere, column)
        })
    }

    /// How bad one more sender of a bus is for the neurons that it reaches: first those that overflow, then the fullest,
    /// then all of them, then the bus itself.
    fn cost(&self, reached: &[(u32, u32)], bus: usize) -> (usize, usize, u64, u32) {
        let mut cost = (0, 0, 0, self.senders[bus]);
        for &(target, synapses) in reached {
            let (size, load) = (self.sizes[target as usize], self.load[target as usize][bus] + synapses);
            cost.0 += usize::from(load as usize > size * DRIVERS_PER_BUS);
            cost.1 = cost.1.max((load as usize).div_ceil(size));
            cost.2 += u64::from(load);
        }
        cost
    }

    fn send(&mut self, reached: &[(u32, u32)], bus: usize) {
        reached.iter().for_each(|&(target, synapses)| self.load[target as usize][bus] += synapses);
        self.senders[bus] += 1;
    }

    /// Inputs can take any bus of a hemisphere.
    fn choose_input_buses(&mut self) {
        let mut inputs: Vec<u32> = (0..self.demand.inputs()).collect();
        if self.plan.largest_first {
            inputs.sort_by_key(|input| std::cmp::Reverse(self.targets[*input as usize].len()));
        }
        for input in inputs {
            if self.demand.delay(input).is_some() {
                // nothing else comes to a delay pair, so that any bus will do
                self.assignment.inputs[input as usize] = [input as usize % BUSES; HEMISPHERES];
                continue;
            }
            for hemisphere in 0..HEMISPHERES {
                let here = |target: u32| self.assignment.neurons[target as usize][0].hemisphere() == hemisphere;
                let all = self.targets[input as usize].iter().copied();
                let reached: Vec<(u32, u32)> = all.filter(|(target, _)| here(*target)).collect();
                if let Some(bus) = (0..BUSES).min_by_key(|bus| self.cost(&reached, *bus))
                    && !reached.is_empty()
                {
                    self.assignment.inputs[input as usize][hemisphere] = bus;
                    self.send(&reached, bus);
                }
            }
        }
    }

    /// An error if more synapses of a neuron come over a bus than its circuits have drivers for.
    fn crowded(&self) -> Result<(), Unassigned> {
        let mut sizes = self.sizes.to_vec();
        let mut error = None;
        for (neuron, load) in (0..).zip(&self.load) {
            let circuits = self.sizes[neuron as usize];
            for (bus, &synapses) in load.iter().enumerate() {
                let needed = (synapses as usize).div_ceil(DRIVERS_PER_BUS);
                if needed > circuits {
                    let most = circuits * DRIVERS_PER_BUS;
                    sizes[neuron as usize] = sizes[neuron as usize].max(needed);
                    error.get_or_insert(PlacementError::BusSources { neuron, bus, synapses, circuits, most });
                }
            }
        }
        error.map_or(Ok(()), |error| Err(Unassigned::Crowded(sizes, error)))
    }

    fn no_room(&self, item: Item) -> PlacementError {
        let (dead, pairs) = (self.dead, self.demand.delayed().count());
        match item {
            Item::Pair(_) => PlacementError::NoPair { pairs, available: self.assignment.pairs.len(), dead },
            Item::Neuron(neuron) if self.sizes[neuron as usize] > 1 => PlacementError::FanIn {
                neuron,
                fan_in: self.demand.fan_in(neuron),
                circuits: self.sizes[neuron as usize],
            },
            Item::Neuron(_) => PlacementError::Circuits {
                neurons: self.demand.neurons(),
                circuits: self.sizes.iter().sum(),
                pairs,
                available: CIRCUITS - dead,
                dead,
            },
        }
    }
}
