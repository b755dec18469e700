//! Which circuits the neurons and delays of a network have.

use delgrad_engine::Network;

use crate::Bss2Error;
use crate::chip::{Chip, CircuitPattern};
use crate::limits::{CIRCUITS, COLUMNS};
use crate::placement::{BusId, Circuit, Demand, Placement, Placer};
use crate::transport::Route;

/// The circuits of a network's neurons and delays.
#[derive(Clone, Debug)]
pub(crate) struct CircuitAssignment {
    /// The circuit of each neuron; none where all circuits are alike and no free one is left.
    neurons: Vec<Option<usize>>,
    /// The placement of the network, on chips with delay pairs.
    placement: Option<Placement>,
}

impl CircuitAssignment {
    /// Assigns circuits to a network. On a chip whose delays come from pairs, the placer does; on another one neurons take the
    /// working circuits in order, as far as these go.
    pub fn find(chip: &Chip, network: &Network) -> Result<Self, Bss2Error> {
        let neurons = network.neurons() as usize;
        let pattern = chip.pattern();
        if chip.preset().delays.axonal_only {
            let all = (0..CIRCUITS).filter_map(|circuit| Circuit::new(circuit / COLUMNS, circuit % COLUMNS));
            let dead: Vec<Circuit> = all.filter(|circuit| !pattern.working[circuit.index()]).collect();
            let demand = Demand::of(network)?;
            let placement = Placer::new().units(chip.preset().units).dead(&dead).place(&demand)?;
            let of = |neuron| Some(placement.circuit(neuron).index());
            return Ok(Self { neurons: (0..network.neurons()).map(of).collect(), placement: Some(placement) });
        }
        let mut free = pattern.working();
        let circuits: Vec<Option<usize>> = (0..neurons).map(|_| free.next()).collect();
        if circuits.last().is_some_and(Option::is_none) && !chip.is_uniform() {
            let circuits = pattern.working().count();
            return Err(Bss2Error::Circuits { neurons, circuits, all: CIRCUITS });
        }
        Ok(Self { neurons: circuits, placement: None })
    }

    /// How the circuit of a neuron differs from the ideal model.
    pub fn pattern(&self, chip: &Chip, neuron: usize) -> CircuitPattern {
        self.neurons[neuron].map_or_else(CircuitPattern::default, |circuit| chip.pattern().circuits[circuit])
    }

    /// What the pair of a source adds to its delay, in us.
    pub fn delay_offset(&self, chip: &Chip, source: u32) -> f64 {
        let pair = self.placement.as_ref().and_then(|placement| placement.pair(source));
        pair.map_or(0.0, |[first, _]| chip.pattern().delays[first.index() / 2])
    }

    /// The route of a source's spikes over the buses of its placement.
    pub fn route(&self, source: u32, delay: Option<f64>) -> Route {
        let Some(placement) = &self.placement else { return Route { delay, ..Route::default() } };
        let route = placement.route(source);
        let buses = |buses: &[BusId]| buses.iter().map(|bus| bus.index() as u8).collect();
        Route { first: buses(&route.first), delay, second: buses(&route.second) }
    }

    /// The placement of the network, on chips with delay pairs.
    pub fn placement(&self) -> Option<&Placement> {
        self.placement.as_ref()
    }
}
