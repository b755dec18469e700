//! The events of a record, one after the other in the order of the engine.

use delgrad_engine::{Network, NeuronId};
use delgrad_neuron::Differentiable;

use super::cell::{Cell, Knot};
use super::direction::Direction;
use super::flights::Flights;
use crate::Record;
use crate::intervals::most_spikes;

pub(super) struct Pass<'a> {
    record: &'a Record,
    direction: &'a Direction,
    inputs: u32,
    cells: Vec<Cell<'a>>,
    flights: Flights<'a>,
}

/// What a pass has found.
pub(super) struct Run {
    /// The change of each spike.
    pub spikes: Vec<f64>,
    /// Spikes whose change no number can hold.
    pub unbounded: usize,
    /// What has happened to each neuron that is watched.
    pub paths: Vec<Vec<Knot>>,
}

impl<'a> Pass<'a> {
    pub fn new(
        network: &'a Network,
        models: &[&'a dyn Differentiable],
        record: &'a Record,
        direction: &'a Direction,
    ) -> Self {
        let most_spikes = most_spikes(network);
        let cell = |(neuron, &model): (u32, &&'a dyn Differentiable)| {
            let tangent = direction.initial.get(neuron as usize).copied().unwrap_or_default();
            let state = network.initial()[neuron as usize];
            Cell::new(model, direction.of_neuron(neuron), state, tangent, most_spikes[neuron as usize])
        };
        Self {
            record,
            direction,
            inputs: network.inputs(),
            cells: (0..).zip(models).map(cell).collect(),
            flights: Flights::new(network, direction),
        }
    }

    /// Keeps all that happens to a neuron.
    pub fn watch(&mut self, neuron: u32) {
        self.cells[neuron as usize].watch();
    }

    /// Goes through all events.
    pub fn run(mut self) -> Run {
        let mut tangents = Vec::with_capacity(self.record.spikes().len());
        let mut inputs = self.record.inputs().iter().enumerate().peekable();
        // How often arrivals have acted at this instant.
        let (mut instant, mut microstep) = (0.0, 0);
        loop {
            let spike = self.record.spikes().get(tangents.len());
            let spike_time = spike.map_or(f64::INFINITY, |spike| spike.time);
            let input_time = inputs.peek().map_or(f64::INFINITY, |(_, spike)| spike.time);
            let now = spike_time.min(input_time).min(self.flights.next());
            if now > self.record.until() {
                break;
            }
            if now > instant {
                (instant, microstep) = (now, 0);
            }
            // Crossings come first, but for those that an arrival of this instant is yet to cause.
            if let Some(spike) = spike.filter(|spike| spike.time == now) {
                let cell = &mut self.cells[spike.neuron as usize];
                let alone = input_time > now && self.flights.next() > now;
                let due = match self.record.microstep(tangents.len() as u32) {
                    Some(own) => own <= microstep,
                    None => cell.is_due(now),
                };
                if alone || due {
                    let moved = cell.fire(now);
                    tangents.push(moved);
                    self.flights.send(NeuronId(spike.neuron).as_source(self.inputs), now, moved);
                    continue;
                }
            }
            while let Some((place, input)) = inputs.next_if(|(_, input)| input.time == now) {
                let moved = self.direction.input_time.get(place).copied().unwrap_or(0.0);
                self.flights.send(input.source.into(), now, moved);
            }
            // All arrivals that have been sent so far act before the crossings that they cause.
            while let Some(arrival) = self.flights.take_at(now) {
                let cell = &mut self.cells[arrival.target as usize];
                cell.arrive(now, arrival.time_tangent, arrival.weight, arrival.weight_tangent);
            }
            microstep += 1;
        }
        let until = self.record.until();
        let path = |mut cell: Cell| {
            cell.end(until);
            cell.path.unwrap_or_default()
        };
        let unbounded = self.cells.iter().map(|cell| cell.unbounded).sum();
        Run { spikes: tangents, unbounded, paths: self.cells.into_iter().map(path).collect() }
    }
}
