//! Dropout: hidden neurons whose spikes are lost while training, so that no neuron relies on a single other one.

use delgrad_engine::random::{stream, uniform};
use delgrad_engine::{Sent, SourceId};
use delgrad_ttfs::{Network, SpikeTimes, Transport};

use super::{NoiseKey, Structure};
use crate::purposes;

/// Whose spikes are lost: for each layer or population the share, drawn anew for each sample of each batch of a training.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Dropout {
    /// Share of the neurons of each layer or population; empty: none.
    shares: Vec<f64>,
    seed: u64,
}

/// The neurons of a batch whose spikes are lost.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Lost {
    /// Sample by sample, neuron by neuron; empty: none.
    lost: Vec<bool>,
    neurons: usize,
}

impl Dropout {
    /// Shares of the neurons of each layer or population, each in [0, 1); nothing is drawn if all are 0.
    #[must_use]
    pub fn new(shares: Vec<f64>, seed: u64) -> Self {
        let any = shares.iter().any(|share| *share > 0.0);
        Self { shares: if any { shares } else { Vec::new() }, seed }
    }

    /// The spikes of a batch that are lost; none in evaluations.
    pub(super) fn lost(&self, structure: &Structure, samples: usize, noise: NoiseKey) -> Lost {
        if self.shares.is_empty() || noise.is_evaluation() {
            return Lost::default();
        }
        let neurons = structure.neurons() as usize;
        let mut lost = Vec::with_capacity(samples * neurons);
        for sample in 0..samples as u64 {
            let mut rng = stream(self.seed, purposes::DROPOUT, noise.batch << 32 | (noise.first + sample));
            for (population, share) in structure.populations.iter().zip(&self.shares) {
                lost.extend(population.neurons.clone().map(|_| *share > 0.0 && uniform(&mut rng) < *share));
            }
        }
        Lost { lost, neurons }
    }
}

impl Lost {
    /// Whether nothing is lost.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.lost.is_empty()
    }

    /// For each neuron of a sample of the batch whether its spikes are lost; empty: none are.
    pub(super) fn of_sample(&self, sample: usize) -> &[bool] {
        if self.is_empty() { &[] } else { &self.lost[sample * self.neurons..][..self.neurons] }
    }

    /// Takes the spikes out of a record.
    pub(super) fn silence(&self, record: &mut SpikeTimes) {
        let times = record.as_mut_slice().iter_mut();
        times.zip(&self.lost).filter(|(_, lost)| **lost).for_each(|(time, _)| *time = f64::INFINITY);
    }

    /// What carries the spikes of a network.
    pub(super) fn transport<'a>(&'a self, network: &'a Network) -> impl Transport + 'a {
        let sizes = network.sizes();
        let mut start = 0;
        let starts = sizes.iter().map(|size| {
            start += size;
            start - size
        });
        Carry { lost: self, starts: starts.collect(), sizes, network }
    }
}

/// Carries spikes of the event engine but for those of some neurons.
pub(super) struct WithoutLost<'a> {
    /// For each neuron whether its spikes are lost.
    pub lost: &'a [bool],
    /// Number of sources before the first neuron.
    pub inputs: u32,
}

impl delgrad_engine::Transport for WithoutLost<'_> {
    fn send(&mut self, source: SourceId, _time: f64) -> Sent {
        let neuron = source.0.checked_sub(self.inputs);
        // what is lost is never taken
        if neuron.is_some_and(|neuron| self.lost[neuron as usize]) { Sent::Later } else { Sent::Now }
    }

    fn next_time(&self) -> f64 {
        f64::INFINITY
    }

    fn take(&mut self) -> Option<SourceId> {
        None
    }
}

struct Carry<'a> {
    lost: &'a Lost,
    /// First neuron of each layer, and their number.
    starts: Vec<usize>,
    sizes: Vec<usize>,
    network: &'a Network,
}

impl Transport for Carry<'_> {
    fn carry(&self, sample: usize, layer: usize, source: usize, time: f64) -> f64 {
        let Some(before) = layer.checked_sub(1) else { return time };
        let neuron = source / self.network.spec().layers[layer].multiplex;
        if neuron >= self.sizes[before] {
            return time; // a bias spike
        }
        let lost = self.lost.lost[sample * self.lost.neurons + self.starts[before] + neuron];
        if lost { f64::INFINITY } else { time }
    }
}
