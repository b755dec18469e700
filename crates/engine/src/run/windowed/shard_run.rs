//! What one thread does in a window: the neurons of one shard.

use std::ops::{ControlFlow, Range};

use delgrad_neuron::State;
use serde::{Deserialize, Serialize};

use super::abreast::{Abreast, LANES};
use super::arrivals::{Arrivals, BLOCK};
use super::calendar::unlisted;
use super::doubtful::Suspects;
use super::flights::Flight;
use super::lane::Lane;
use super::slots::Slots;
use super::step::step;
use super::superposed::Superposed;
use super::{Window, Windowed};
use crate::network::response_class::Handling;
use crate::network::synapses::Shard;
use crate::run::cell::Cell;
use crate::{Counters, Model, Network, Spike};

/// Spikes between two checks whether the run is cancelled.
const LOOK_UP: usize = 1 << 10;

/// State of the neurons of a shard and of the spikes on their way to them.
#[derive(Clone, Debug)]
pub(crate) struct ShardRun {
    pub(super) index: usize,
    pub targets: Range<u32>,
    pub(super) neurons: Neurons,
    /// Spikes of neurons and of inputs.
    pub(super) lanes: [Lane; 2],
    /// Spikes of the latest window, by neuron and time.
    pub spikes: Vec<Spike>,
    /// A neuron that spikes without end at one instant.
    pub runaway: Option<Spike>,
    /// Whether a request to end early has left the latest window half done.
    pub cut: bool,
    /// Samples of the latest window.
    pub samples: Vec<(u32, f64, State)>,
    pub counters: Counters,
    pub(super) arrivals: Arrivals,
    /// The targets that are looked at one by one.
    pub(super) slots: Slots,
    pub(super) suspects: Suspects,
    abreast: Box<Abreast>,
}

#[derive(Clone, Debug)]
pub(super) enum Neurons {
    /// Inputs are added up; `left` and `repeats` are as in [`Cell`].
    Superposed { sums: Box<Superposed>, left: Vec<u32>, repeats: Vec<u32> },
    /// Every neuron is stepped through its arrivals; `bounds` are times before which nothing happens without input.
    Stepped { cells: Vec<Cell>, bounds: Vec<f64> },
}

/// All that a shard cannot derive from its network.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct ShardSnapshot {
    cells: Vec<Cell>,
    flights: Vec<Flight>,
    /// The time from which on arrivals of each lane are listed in a calendar. A snapshot that is settled has none.
    #[serde(skip)]
    listed: [Option<f64>; 2],
}

impl ShardSnapshot {
    /// The same with flights as if there were no calendar. It takes a look into the row of every flight.
    pub fn settled(mut self, network: &Network, index: usize) -> Self {
        let shard = &network.synapses().shards[index];
        let listed = std::mem::take(&mut self.listed);
        self.flights.retain_mut(|flight| match listed[lane(network, flight.sent.source)] {
            Some(time) => unlisted(shard, flight, time),
            None => true,
        });
        self
    }
}

/// In which lane the spikes of a source are.
fn lane(network: &Network, source: u32) -> usize {
    usize::from(source < network.inputs())
}

impl ShardRun {
    pub fn new(network: &Network, index: usize) -> Self {
        let shard = &network.synapses().shards[index];
        let targets = shard.targets.clone();
        let cells: Vec<Cell> = targets.clone().map(|neuron| Cell::at_start(network, neuron)).collect();
        let length = Windowed::window(network).unwrap_or(f64::INFINITY);
        let inputs = network.inputs();
        let lanes = [inputs..network.source_count(), 0..inputs];
        let mut run = Self {
            index,
            neurons: Neurons::Stepped { cells: Vec::new(), bounds: Vec::new() },
            lanes: lanes.map(|sources| Lane::new(shard, network, sources, length)),
            spikes: Vec::new(),
            runaway: None,
            cut: false,
            samples: Vec::new(),
            counters: Counters::default(),
            arrivals: Arrivals::default(),
            slots: Slots::new(targets.len()),
            suspects: Suspects::default(),
            abreast: Box::default(),
            targets,
        };
        run.neurons = run.neurons_of(network, cells);
        run
    }

    fn neurons_of(&self, network: &Network, cells: Vec<Cell>) -> Neurons {
        let handling = network.handling_at(self.targets.start);
        if handling == Handling::Stepped {
            let bounds = self.targets.clone().zip(&cells);
            let bounds = bounds.map(|(neuron, cell)| cell.spike_bound(network.model(neuron))).collect();
            return Neurons::Stepped { cells, bounds };
        }
        let models: Vec<&Model> = self.targets.clone().map(|neuron| network.model(neuron)).collect();
        Neurons::Superposed {
            sums: Box::new(Superposed::new(handling, &models, &cells)),
            left: cells.iter().map(|cell| cell.left).collect(),
            repeats: cells.iter().map(|cell| cell.repeats).collect(),
        }
    }

    /// Moves on by a window.
    pub fn advance(&mut self, window: &Window) {
        let shard = &window.network.synapses().shards[self.index];
        self.spikes.clear();
        self.samples.clear();
        // spikes of neurons come before those of inputs
        let inputs = window.new.partition_point(|sent| lane(window.network, sent.source) == 0);
        let (neurons, inputs) = window.new.split_at(inputs);
        for (lane, new) in self.lanes.iter_mut().zip([neurons, inputs]) {
            lane.turn_to(window, new, shard);
        }
        let [arrivals, under_way] =
            [Lane::arrivals, Lane::under_way].map(|of| self.lanes.iter().map(of).sum::<usize>());
        self.counters.events += arrivals as u64;
        self.counters.queue_peak = self.counters.queue_peak.max(under_way as u64);
        let mine = |neuron: &&u32| self.targets.contains(neuron);
        let traced: Vec<(u32, Cell)> = window
            .traced
            .iter()
            .filter(mine)
            .map(|&neuron| (neuron, self.cell((neuron - self.targets.start) as usize, window.start)))
            .collect();
        match &mut self.neurons {
            Neurons::Superposed { sums, .. } => {
                self.slots.clear();
                sums.advance(shard, &self.lanes, window.start, window.end, &mut self.slots);
                self.step_doubtful(window, shard);
            }
            Neurons::Stepped { .. } => self.step_all(window, shard),
        }
        if !traced.is_empty() {
            self.trace(window, shard, traced);
        }
        self.lanes.iter_mut().for_each(Lane::turn_over);
    }

    /// Steps every neuron that has arrivals or might spike without.
    fn step_all(&mut self, window: &Window, shard: &Shard) {
        let Neurons::Stepped { cells, bounds } = &mut self.neurons else { return };
        self.arrivals.collect_all(shard, &self.lanes);
        for (block, cells) in cells.chunks_mut(LANES).enumerate() {
            let (first, slot) = (block * LANES, block * LANES % BLOCK);
            if slot == 0 {
                let block = first / BLOCK;
                self.arrivals
                    .group(block..block + 1, BLOCK, |_, arrival| Some(u32::from(arrival.local) % BLOCK as u32));
            }
            let neuron = self.targets.start + first as u32;
            let models: [&Model; LANES] =
                std::array::from_fn(|lane| window.network.model(neuron + lane.min(cells.len() - 1) as u32));
            self.abreast.pass(cells, &models[..cells.len()], &mut self.arrivals, slot);
            for (lane, cell) in cells.iter_mut().enumerate() {
                let (arrivals, bound) = (self.arrivals.count(slot + lane), &mut bounds[first + lane]);
                if arrivals == 0 && *bound >= window.end {
                    continue;
                }
                self.counters.revised += arrivals as u64;
                let taken = self.abreast.taken(lane);
                let rest = if taken < arrivals { &self.arrivals.sorted(slot + lane)[taken..] } else { &[] };
                let (spikes, runaway, cut) = (&mut self.spikes, &mut self.runaway, &mut self.cut);
                let mut found = Found { neuron: neuron + lane as u32, window, spikes, runaway, cut };
                self.counters.predicted +=
                    step(cell, models[lane], rest, window.end, window.instant, |cell| found.spike(cell));
                *bound = cell.spike_bound(models[lane]);
            }
        }
    }

    /// Takes the samples of this window on copies of the neurons.
    fn trace(&mut self, window: &Window, shard: &Shard, mut traced: Vec<(u32, Cell)>) {
        self.slots.clear();
        traced.iter().for_each(|(neuron, _)| self.slots.add(neuron - self.targets.start));
        self.arrivals.collect(shard, &self.lanes, &self.slots);
        let (blocks, slots) = (self.targets.len().div_ceil(BLOCK), &self.slots);
        self.arrivals.group(0..blocks, slots.len(), |_, arrival| Some(slots.slot(arrival.local)));
        for (slot, (neuron, cell)) in traced.iter_mut().enumerate() {
            let model = window.network.model(*neuron);
            let mut arrivals = self.arrivals.sorted(slot);
            for &time in &window.sample_times {
                let (now, later) = arrivals.split_at(arrivals.partition_point(|arrival| arrival.time <= time));
                arrivals = later;
                step(cell, model, now, time.next_up(), window.instant, |cell| {
                    if cell.repeats < window.instant_budget {
                        ControlFlow::Continue(())
                    } else {
                        ControlFlow::Break(())
                    }
                });
                // On a copy, so that a sample has the same bits whatever else is sampled.
                let mut sampled = *cell;
                sampled.advance(model, time);
                self.samples.push((*neuron, time, sampled.state));
            }
        }
        self.slots.clear();
    }

    /// Whether the states of the neurons stand at the start of the window ahead, and not at their last events.
    pub(super) fn is_superposed(&self) -> bool {
        matches!(self.neurons, Neurons::Superposed { .. })
    }

    /// A neuron, at the start of a window.
    pub(super) fn cell_of(&self, neuron: u32, start: f64) -> Cell {
        self.cell((neuron - self.targets.start) as usize, start)
    }

    /// Puts the state of a neuron, at the start of the window ahead, back.
    pub(super) fn set_state(&mut self, neuron: u32, state: State) {
        let index = (neuron - self.targets.start) as usize;
        match &mut self.neurons {
            Neurons::Superposed { sums, .. } => {
                (sums.membranes.v[index], sums.membranes.i[index]) = (state.v, state.i)
            }
            Neurons::Stepped { cells, .. } => cells[index].state = state,
        }
    }

    /// A neuron by its place in the shard, at the start of a window.
    fn cell(&self, index: usize, start: f64) -> Cell {
        match &self.neurons {
            Neurons::Superposed { sums, left, repeats } => Cell {
                state: State { v: sums.membranes.v[index], i: sums.membranes.i[index] },
                time: start,
                release: sums.membranes.release[index],
                left: left[index],
                repeats: repeats[index],
            },
            Neurons::Stepped { cells, .. } => cells[index],
        }
    }

    pub fn bytes(&self) -> usize {
        let neurons = match &self.neurons {
            Neurons::Superposed { sums, left, repeats } => {
                sums.bytes() + size_of_val(&left[..]) + size_of_val(&repeats[..])
            }
            Neurons::Stepped { cells, bounds } => size_of_val(&cells[..]) + size_of_val(&bounds[..]),
        };
        neurons
            + self.lanes.iter().map(Lane::bytes).sum::<usize>()
            + size_of::<Spike>() * self.spikes.capacity()
            + self.slots.bytes()
            + self.arrivals.bytes()
            + self.suspects.bytes()
    }

    /// The state of the shard at the start of a window.
    pub fn snapshot(&self, network: &Network, start: f64) -> ShardSnapshot {
        self.copy(start).settled(network, self.index)
    }

    /// The state of the shard, not settled yet.
    pub fn copy(&self, start: f64) -> ShardSnapshot {
        let cells = (0..self.targets.len()).map(|index| self.cell(index, start)).collect();
        let flights = self.lanes.iter().flat_map(Lane::flights).copied().collect();
        ShardSnapshot { cells, flights, listed: self.lanes.each_ref().map(Lane::listed_from) }
    }

    /// Takes over what a snapshot of it holds.
    pub fn set(&mut self, network: &Network, snapshot: &ShardSnapshot) {
        self.neurons = self.neurons_of(network, snapshot.cells.clone());
        for (number, own) in self.lanes.iter_mut().enumerate() {
            let flights = snapshot.flights.iter().copied();
            own.set(flights.filter(|flight| lane(network, flight.sent.source) == number));
        }
    }

    /// Whether a run can have left a shard so when all before `now` is done.
    pub fn is_sound(network: &Network, index: usize, snapshot: &ShardSnapshot, now: f64) -> bool {
        let shard = &network.synapses().shards[index];
        let arrival = |flight: &Flight, group: u32| flight.sent.time + shard.delay(group);
        let fits = |flight: &Flight| {
            flight.sent.source < network.source_count() && {
                let row = shard.row(flight.sent.source);
                flight.end == row.end
                    && row.contains(&flight.next)
                    && (0.0..=now).contains(&flight.sent.time)
                    && arrival(flight, flight.next) >= now
                    && (flight.next == row.start || arrival(flight, flight.next - 1) < now)
            }
        };
        let sound = |(neuron, cell): (u32, &Cell)| {
            cell.is_sound(&Cell::at_start(network, neuron), network.model(neuron), now)
        };
        snapshot.cells.len() == shard.targets.len()
            && shard.targets.clone().zip(&snapshot.cells).all(sound)
            && snapshot.flights.iter().all(fits)
    }
}

/// Where the spikes of one neuron go.
pub(super) struct Found<'a> {
    pub neuron: u32,
    pub window: &'a Window<'a>,
    pub spikes: &'a mut Vec<Spike>,
    pub runaway: &'a mut Option<Spike>,
    pub cut: &'a mut bool,
}

impl Found<'_> {
    pub fn spike(&mut self, cell: &Cell) -> ControlFlow<()> {
        let spike = Spike { time: cell.time, neuron: self.neuron };
        self.spikes.push(spike);
        if cell.repeats >= self.window.instant_budget {
            // The earliest one; neurons come in ascending order.
            *self.runaway = self.runaway.filter(|earlier| earlier.time <= spike.time).or(Some(spike));
            return ControlFlow::Break(());
        }
        *self.cut |= self.spikes.len().is_multiple_of(LOOK_UP) && self.window.cancel.is_requested();
        if *self.cut || self.spikes.len() as u64 > self.window.budget {
            ControlFlow::Break(())
        } else {
            ControlFlow::Continue(())
        }
    }
}
