//! What happens with every spike.

use std::ops::ControlFlow;

use delgrad::engine::{Cancel, Network, Spike};

use super::names::entries;
use super::outputs::OpenOutputs;
use crate::failure::Failure;
use crate::interrupt;
use crate::suggest;

/// Whether each population is recorded: those in lists of names, or all.
pub fn recorded(network: &Network, lists: &[String]) -> Result<Vec<bool>, Failure> {
    let mut recorded = vec![lists.is_empty(); network.populations().len()];
    for name in entries(network, lists) {
        recorded[population(network, &name)?] = true;
    }
    Ok(recorded)
}

/// The place of a population.
pub fn population(network: &Network, name: &str) -> Result<usize, Failure> {
    let populations = network.populations();
    populations.iter().position(|population| population.name == name).ok_or_else(|| {
        let names: Vec<&str> = populations.iter().map(|population| population.name.as_str()).collect();
        let hint = suggest::hint(name, names.iter().copied());
        Failure::UnknownPopulation { name: name.to_owned(), hint, known: names.join(", ") }
    })
}

/// The place of the population of a neuron.
pub fn population_of(network: &Network, neuron: u32) -> usize {
    network.populations().partition_point(|population| population.neurons.end <= neuron)
}

/// Counts spikes and passes them on.
#[derive(Debug)]
pub struct Recorder<'a> {
    network: &'a Network,
    recorded: &'a [bool],
    outputs: &'a mut OpenOutputs,
    cancel: &'a Cancel,
    /// Spikes of each population.
    counts: Vec<u64>,
    failure: Option<Failure>,
}

impl<'a> Recorder<'a> {
    pub fn new(
        network: &'a Network,
        recorded: &'a [bool],
        outputs: &'a mut OpenOutputs,
        cancel: &'a Cancel,
    ) -> Self {
        let counts = vec![0; network.populations().len()];
        Self { network, recorded, outputs, cancel, counts, failure: None }
    }

    /// Breaks on Ctrl-C and where a file cannot be written.
    pub fn tell(&mut self, spike: Spike) -> ControlFlow<()> {
        let population = population_of(self.network, spike.neuron);
        self.counts[population] += 1;
        if let Err(failure) = self.outputs.write(spike, population, self.recorded[population]) {
            self.failure = Some(failure);
            return ControlFlow::Break(());
        }
        interrupt::flow(self.cancel)
    }

    /// Spikes of each population, recorded or not.
    pub fn finish(self) -> Result<Vec<u64>, Failure> {
        self.failure.map_or(Ok(self.counts), Err)
    }
}
