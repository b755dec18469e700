//! Which circuits a network has.

use delgrad_engine::Network;

use crate::limits::{CIRCUITS, COLUMNS};
use crate::placement::{Circuit, Demand, Placement, Placer};
use crate::traffic::Way;
use crate::variation::CircuitPattern;
use crate::{Bss2Error, Chip};

/// The circuits of a network's neurons and delays.
#[derive(Clone, Debug)]
pub(crate) struct Seats {
    /// Of each neuron.
    neurons: Vec<Option<usize>>,
    /// Where everything sits, on chips that have a place for everything.
    placement: Option<Placement>,
}

impl Seats {
    /// Places a network. A chip without limits has room for everything: circuits in order, as far as they go.
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
        let seats: Vec<Option<usize>> = (0..neurons).map(|_| free.next()).collect();
        if seats.last().is_some_and(Option::is_none) && !chip.is_uniform() {
            let circuits = pattern.working().count();
            return Err(Bss2Error::Circuits { neurons, circuits, all: CIRCUITS });
        }
        Ok(Self { neurons: seats, placement: None })
    }

    /// What is special about the circuit of a neuron.
    pub fn pattern(&self, chip: &Chip, neuron: usize) -> CircuitPattern {
        self.neurons[neuron].map_or_else(CircuitPattern::default, |circuit| chip.pattern().circuits[circuit])
    }

    /// What the pair of a source adds to its delay, in us.
    pub fn delay_offset(&self, chip: &Chip, source: u32) -> f64 {
        let pair = self.placement.as_ref().and_then(|placement| placement.pair(source));
        pair.map_or(0.0, |[first, _]| chip.pattern().delays[first.index() / 2])
    }

    /// The buses of a source.
    pub fn way(&self, source: u32, delay: Option<f64>) -> Way {
        let Some(placement) = &self.placement else { return Way { delay, ..Way::default() } };
        let route = placement.route(source);
        let buses = |buses: &[crate::placement::BusId]| buses.iter().map(|bus| bus.index() as u8).collect();
        Way { first: buses(&route.first), delay, second: buses(&route.second) }
    }

    /// Where everything sits.
    pub fn placement(&self) -> Option<&Placement> {
        self.placement.as_ref()
    }
}
