//! The number by which a network is recognised.
//!
//! It is made from names and from the bits of numbers, never from text that a library formats, so that it is the same on
//! every machine.

use delgrad_neuron::{PointNeuron, State};
use xxhash_rust::xxh3::{Xxh3, xxh3_64};

use crate::{Generator, Model, Network, Population, SourceGroup, Synapse};

/// Collects what a network consists of. Everything of variable length goes in after its length, so that no two networks
/// give the same bytes.
#[derive(Default)]
struct Digest(Xxh3);

impl Digest {
    fn number(&mut self, number: u64) {
        self.0.update(&number.to_le_bytes());
    }

    fn float(&mut self, number: f64) {
        self.number(number.to_bits());
    }

    fn floats(&mut self, numbers: &[f64]) {
        self.number(numbers.len() as u64);
        numbers.iter().for_each(|&number| self.float(number));
    }

    fn text(&mut self, text: &str) {
        self.number(text.len() as u64);
        self.0.update(text.as_bytes());
    }

    fn source(&mut self, group: &SourceGroup) {
        let SourceGroup { name, inputs, generator } = group;
        self.text(name);
        self.number(inputs.start.into());
        self.number(inputs.end.into());
        match generator {
            Generator::Given => self.text("given"),
            Generator::Times(trains) => {
                self.text("times");
                self.number(trains.len() as u64);
                trains.iter().for_each(|train| self.floats(train));
            }
            &Generator::Poisson { rate } => {
                self.text("poisson");
                self.float(rate);
            }
            &Generator::Regular { start, interval } => {
                self.text("regular");
                self.floats(&[start, interval]);
            }
            Generator::Rates { times, rates } => {
                self.text("rates");
                self.floats(times);
                self.floats(rates);
            }
        }
    }

    fn population(&mut self, population: &Population) {
        let Population { name, neurons, max_spikes } = population;
        self.text(name);
        self.number(neurons.start.into());
        self.number(neurons.end.into());
        // above every number of spikes that can be set
        self.number(max_spikes.map_or(u64::MAX, u64::from));
    }
}

/// Two models share it only if they have the same name and parameters.
fn of_model(model: &Model) -> u64 {
    let mut digest = Digest::default();
    // a model of the user's own may bear the name of a ready-made one
    digest.number(matches!(model, Model::Custom(_)).into());
    digest.text(model.name());
    let parameters = model.parameters();
    digest.number(parameters.len() as u64);
    for (name, value) in parameters {
        digest.text(name);
        digest.float(value);
    }
    digest.0.digest()
}

/// See [`Network::fingerprint`]; `models` are those that `model_of` counts in.
pub(crate) fn of_network(network: &Network, models: &[Model], model_of: &[u32]) -> u64 {
    let mut digest = Digest::default();
    digest.number(network.sources().len() as u64);
    network.sources().iter().for_each(|group| digest.source(group));
    digest.number(network.populations().len() as u64);
    network.populations().iter().for_each(|population| digest.population(population));
    // neuron by neuron, because neurons with the same model share it or not
    let models: Vec<u64> = models.iter().map(of_model).collect();
    model_of.iter().for_each(|&model| digest.number(models[model as usize]));
    for &State { v, i } in network.initial() {
        digest.float(v);
        digest.float(i);
    }
    digest.number(of_synapses(network));
    digest.number(network.seed());
    digest.0.digest()
}

/// A sum, because the order within a source depends on the shards.
fn of_synapses(network: &Network) -> u64 {
    let synapses = network.source_ids().flat_map(|source| network.synapses_of(source));
    synapses.fold(0, |sum: u64, Synapse { source, target, weight, delay }| {
        let mut bytes = [0; 24];
        bytes[..4].copy_from_slice(&source.0.to_le_bytes());
        bytes[4..8].copy_from_slice(&target.0.to_le_bytes());
        bytes[8..16].copy_from_slice(&weight.to_bits().to_le_bytes());
        bytes[16..].copy_from_slice(&delay.to_bits().to_le_bytes());
        sum.wrapping_add(xxh3_64(&bytes))
    })
}
