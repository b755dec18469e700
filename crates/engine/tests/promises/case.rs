//! A network as plain lists, from which the engine's network and the oracle's are made.

use delgrad_engine::spec::{Edge, ModelSpec, NetworkSpec, PopulationSpec, ProjectionSpec, Rule, SourceSpec};
use delgrad_engine::{InputSpike, Model, Network, Sender, Spike, Synapse};
use delgrad_neuron::State;

/// One neuron.
#[derive(Clone, Debug)]
pub struct Neuron {
    pub model: Model,
    pub initial: State,
    pub max_spikes: Option<u32>,
}

/// A network, the spikes of its inputs, and how long to run it.
#[derive(Clone, Debug, Default)]
pub struct Case {
    pub inputs: u32,
    pub neurons: Vec<Neuron>,
    pub synapses: Vec<Synapse>,
    /// Sorted by time.
    pub given: Vec<InputSpike>,
    pub until: f64,
}

impl Case {
    /// The network of the engine.
    pub fn network(&self) -> Network {
        let mut spec = NetworkSpec::new();
        if self.inputs > 0 {
            spec = spec.source(SourceSpec::given("inputs", self.inputs));
        }
        // A population has one limit of spikes, so a new one starts where the limit changes.
        let (mut names, mut start) = (Vec::new(), 0);
        for neurons in self.neurons.chunk_by(|a, b| a.max_spikes == b.max_spikes) {
            let name = format!("from {start}");
            let models = neurons.iter().map(|neuron| neuron.model.clone()).collect();
            let mut population = PopulationSpec::new(&name, neurons.len() as u32, ModelSpec::Each(models))
                .initial_v(neurons.iter().map(|neuron| neuron.initial.v).collect::<Vec<f64>>())
                .initial_i(neurons.iter().map(|neuron| neuron.initial.i).collect::<Vec<f64>>());
            population.max_spikes = neurons[0].max_spikes;
            spec = spec.population(population);
            names.push((start, name));
            start += neurons.len() as u32;
        }
        let place = |neuron: u32| {
            let (start, name) = &names[names.partition_point(|(start, _)| *start <= neuron) - 1];
            (name.clone(), neuron - start)
        };
        let mut projections: Vec<ProjectionSpec> = Vec::new();
        for synapse in &self.synapses {
            let (from, source) = match synapse.source.sender(self.inputs) {
                Sender::Neuron(neuron) => place(neuron.0),
                Sender::Input(input) => ("inputs".to_owned(), input),
            };
            let (to, target) = place(synapse.target.0);
            let edge = Edge { source, target, weight: Some(synapse.weight), delay: Some(synapse.delay) };
            match projections.iter_mut().find(|projection| projection.from == from && projection.to == to) {
                Some(ProjectionSpec { rule: Rule::Edges(edges), .. }) => edges.push(edge),
                _ => projections.push(ProjectionSpec::new(from, to, Rule::Edges(vec![edge]))),
            }
        }
        spec.projections = projections;
        spec.build().unwrap()
    }
}

/// The spikes of each neuron.
pub fn per_neuron(spikes: &[Spike], neurons: usize) -> Vec<Vec<f64>> {
    let mut times = vec![Vec::new(); neurons];
    for spike in spikes {
        times[spike.neuron as usize].push(spike.time);
    }
    times
}

/// The spikes as bits, to compare exactly.
pub fn bits(spikes: &[Spike]) -> Vec<(u64, u32)> {
    spikes.iter().map(|spike| (spike.time.to_bits(), spike.neuron)).collect()
}

/// Runs something on its own pool of threads.
pub fn with_threads<T: Send>(threads: usize, run: impl FnOnce() -> T + Send) -> T {
    rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap().install(run)
}
