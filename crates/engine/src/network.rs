//! What runs: neurons, sources and synapses, as they are described and as they are stored.

mod fingerprint;
mod generator;
pub(crate) mod ids;
mod model;
pub(crate) mod parts;
pub(crate) mod response_class;
pub mod spec;
pub(crate) mod synapses;
mod values;

pub use generator::Generator;
pub use ids::{NeuronId, Sender, SourceId, SynapseId};
pub use model::Model;
pub use parts::{Parts, PartsError};

use std::ops::Range;
use std::sync::{Arc, OnceLock};

use delgrad_neuron::State;
use xxhash_rust::xxh3::Xxh3;

use response_class::{Handling, Run, runs};
use synapses::pieces::{Listed, Pieces};
use synapses::{LONGEST_SHARD, Synapses};

/// Longest shard of targets where rows are long enough: what an executor keeps for it stays in a core's cache.
const SHARD: u32 = 1 << 13;
/// Synapses that a row shall have in a shard: to find it costs as much as to read some of them. Longer shards cost cache misses at
/// their targets, but fewer at their rows.
const ROW: u64 = 256;
/// More shards than this cost more for their rows, one per source and shard, than the cache brings.
const MOST_SHARDS: u32 = 64;

/// One synapse, as a network is made from.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Synapse {
    /// Who sends.
    pub source: SourceId,
    /// The neuron that receives.
    pub target: NeuronId,
    /// Weight: a current, or a voltage for models with delta synapses.
    pub weight: f64,
    /// Delay from the spike to its arrival, at least 0.
    pub delay: f64,
}

impl Synapse {
    /// From a source, where inputs come first, to a neuron.
    #[must_use]
    pub fn new(source: impl Into<SourceId>, target: impl Into<NeuronId>, weight: f64, delay: f64) -> Self {
        Self { source: source.into(), target: target.into(), weight, delay }
    }
}

/// Neurons with a name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Population {
    /// Its name, unique in the network.
    pub name: String,
    /// Its neurons.
    pub neurons: Range<u32>,
    /// Spikes that each of its neurons may send; none: no limit.
    pub max_spikes: Option<u32>,
}

/// Spike sources with a name.
#[derive(Clone, Debug, PartialEq)]
pub struct SourceGroup {
    /// Its name, unique in the network.
    pub name: String,
    /// Its inputs.
    pub inputs: Range<u32>,
    /// When they spike, besides the spikes given with a run.
    pub generator: Generator,
}

/// What a network is made from besides its synapses: everything in range and finite, as a [`NetworkSpec`](crate::spec::NetworkSpec) checks.
#[derive(Clone, Debug, Default)]
pub(crate) struct NetworkParts {
    pub sources: Vec<SourceGroup>,
    pub populations: Vec<Population>,
    pub models: Vec<Model>,
    /// Index into `models`, per neuron.
    pub model_of: Vec<u32>,
    /// State at time 0, per neuron.
    pub initial: Vec<State>,
    /// Places of the synapses of each projection.
    pub projections: Vec<Range<u32>>,
    /// Keys the random sources.
    pub seed: u64,
}

/// A network: neurons, their initial states, spike sources, and synapses in compact storage.
///
/// Built from a [`NetworkSpec`](crate::spec::NetworkSpec). Copies share what they hold, so that a copy costs next to nothing;
/// [`Network::set_values`] changes one copy alone. Synapses take 2 bytes for the target, and for delay and weight
/// each what the values need: a delay 8 bytes, or 12 per distinct delay of a source; a weight 8 bytes, 4 if all are
/// single-precision numbers, 2 if few are distinct, and nothing if a source has one for all its synapses.
#[derive(Clone, Debug)]
pub struct Network {
    nodes: Arc<Nodes>,
    synapses: Arc<Synapses>,
    /// Worked out once for all copies.
    fingerprint: Arc<OnceLock<u64>>,
}

/// All of a network but its synapses.
#[derive(Clone, Debug)]
struct Nodes {
    sources: Vec<SourceGroup>,
    populations: Vec<Population>,
    models: Vec<Model>,
    model_of: Vec<u32>,
    initial: Vec<State>,
    /// Numbers of the synapses of each projection, where they are kept.
    projections: Vec<Range<u32>>,
    runs: Vec<Run>,
    seed: u64,
}

impl Network {
    /// `numbered`: whether it keeps the order of creation.
    pub(crate) fn new<P: Pieces>(parts: NetworkParts, pieces: &P, numbered: bool) -> Result<Self, P::Error> {
        let NetworkParts { sources, populations, models, model_of, initial, mut projections, seed } = parts;
        if !numbered {
            projections.clear();
        }
        let inputs = sources.last().map_or(0, |group| group.inputs.end);
        let runs = runs(&models, &model_of);
        let neurons = model_of.len() as u32;
        let shards = shards(&runs, longest_shard(neurons, inputs, pieces.synapses().into()));
        let synapses = Synapses::build(pieces, inputs + neurons, inputs, shards, numbered)?;
        let nodes = Nodes { sources, populations, models, model_of, initial, projections, runs, seed };
        Ok(Self { nodes: Arc::new(nodes), synapses: Arc::new(synapses), fingerprint: Arc::default() })
    }

    /// The same network with one model for each neuron, of the same response class as before.
    pub(crate) fn with_models(&self, models: Vec<Model>) -> Self {
        let model_of = (0..models.len() as u32).collect();
        let nodes = Nodes { models, model_of, ..(*self.nodes).clone() };
        Self { nodes: Arc::new(nodes), synapses: Arc::clone(&self.synapses), fingerprint: Arc::default() }
    }

    /// The same network with its synapses cut into shards of at most `longest` targets (1 to 65,536; values outside
    /// are brought into this range). A shard is what one thread works on at a time; results do not depend on it.
    #[must_use]
    pub fn with_shards(mut self, longest: u32) -> Self {
        let listed = Listed(self.parts().synapses);
        let shards = shards(&self.nodes.runs, longest.clamp(1, LONGEST_SHARD));
        let (sources, inputs) = (self.source_count(), self.inputs());
        let Ok(synapses) = Synapses::build(&listed, sources, inputs, shards, self.synapses.numbered);
        self.synapses = Arc::new(synapses);
        self
    }

    /// The synapses of this copy, to be changed.
    pub(crate) fn synapses_mut(&mut self) -> &mut Synapses {
        self.fingerprint = Arc::default();
        Arc::make_mut(&mut self.synapses)
    }

    /// Number of inputs.
    #[must_use]
    pub fn inputs(&self) -> u32 {
        self.nodes.sources.last().map_or(0, |group| group.inputs.end)
    }

    /// Number of neurons.
    #[must_use]
    pub fn neurons(&self) -> u32 {
        self.nodes.model_of.len() as u32
    }

    /// Number of all that send: inputs and neurons.
    #[inline]
    #[must_use]
    pub fn source_count(&self) -> u32 {
        self.inputs() + self.neurons()
    }

    /// All that send: the inputs, then the neurons.
    pub fn source_ids(&self) -> impl DoubleEndedIterator<Item = SourceId> + Clone + use<> {
        (0..self.source_count()).map(SourceId)
    }

    /// A neuron as a source.
    #[inline]
    #[must_use]
    pub fn source_of(&self, neuron: impl Into<NeuronId>) -> SourceId {
        neuron.into().as_source(self.inputs())
    }

    /// What a source is.
    #[inline]
    #[must_use]
    pub fn sender(&self, source: SourceId) -> Sender {
        source.sender(self.inputs())
    }

    /// Number of synapses.
    #[must_use]
    pub fn synapse_count(&self) -> usize {
        self.synapses.len()
    }

    /// Bytes that the synapses take.
    #[must_use]
    pub fn synapse_bytes(&self) -> usize {
        self.synapses.bytes()
    }

    /// The populations, in order of their neurons.
    #[must_use]
    pub fn populations(&self) -> &[Population] {
        &self.nodes.populations
    }

    /// The population of that name.
    #[must_use]
    pub fn population(&self, name: &str) -> Option<&Population> {
        self.nodes.populations.iter().find(|population| population.name == name)
    }

    /// The groups of spike sources, in order of their inputs.
    #[must_use]
    pub fn sources(&self) -> &[SourceGroup] {
        &self.nodes.sources
    }

    /// Numbers of the synapses of each projection, in the order of the specification: their places in
    /// [`Parts::synapses`](crate::Parts). Empty unless the network comes from
    /// [`NetworkSpec::build_numbered`](crate::spec::NetworkSpec::build_numbered), whatever weights and delays it has got since: only
    /// then synapses are numbered projection by projection, and networks from parts have none.
    #[must_use]
    pub fn projections(&self) -> &[Range<u32>] {
        &self.nodes.projections
    }

    /// The model of a neuron.
    ///
    /// # Panics
    /// If there is no such neuron.
    #[inline]
    #[must_use]
    pub fn model(&self, neuron: impl Into<NeuronId>) -> &Model {
        &self.nodes.models[self.nodes.model_of[neuron.into().index()] as usize]
    }

    /// State of each neuron at time 0.
    #[must_use]
    pub fn initial(&self) -> &[State] {
        &self.nodes.initial
    }

    /// Keys the random spike sources.
    #[must_use]
    pub fn seed(&self) -> u64 {
        self.nodes.seed
    }

    /// Smallest delay between two neurons; infinity if no neuron projects to a neuron.
    #[must_use]
    pub fn shortest_delay(&self) -> f64 {
        self.synapses.shortest_between_neurons
    }

    /// Synapses that leave a source, by shard, delay, target and order of creation.
    ///
    /// # Panics
    /// If there is no such source.
    pub fn synapses_of(&self, source: impl Into<SourceId>) -> impl Iterator<Item = Synapse> + '_ {
        let SourceId(source) = source.into();
        self.synapses.shards.iter().flat_map(move |shard| {
            shard.row(source).flat_map(move |group| {
                let delay = shard.delay(group);
                shard.synapses(group..group + 1).map(move |synapse| {
                    let target = shard.targets.start + u32::from(shard.local[synapse]);
                    Synapse::new(source, target, shard.weights.get(source, synapse), delay)
                })
            })
        })
    }

    /// All synapses, source by source and as in [`Network::synapses_of`], each with its number: its place in
    /// [`Parts::synapses`](crate::Parts).
    pub fn numbered_synapses(&self) -> impl Iterator<Item = (SynapseId, Synapse)> + '_ {
        let sources = 0..self.source_count();
        let shards = move |source| self.synapses.shards.iter().map(move |shard| (source, shard));
        let mut kept = sources.clone().flat_map(shards).flat_map(move |(source, shard)| {
            let row = if self.synapses.numbered { shard.synapses(shard.row(source)) } else { 0..0 };
            shard.numbers[row].iter().copied()
        });
        let synapses = sources.flat_map(|source| self.synapses_of(source));
        synapses.zip(0..).map(move |(synapse, place)| (SynapseId(kept.next().unwrap_or(place)), synapse))
    }

    /// Number of synapses that leave a source.
    pub(crate) fn fan_out(&self, SourceId(source): SourceId) -> u64 {
        self.synapses.shards.iter().map(|shard| shard.synapses(shard.row(source)).len() as u64).sum()
    }

    /// A number that two networks share only if their synapses are cut into the same shards.
    pub(crate) fn shards_fingerprint(&self) -> u64 {
        let mut hash = Xxh3::new();
        self.synapses.shards.iter().for_each(|shard| hash.update(&shard.targets.end.to_le_bytes()));
        hash.digest()
    }

    /// A number that two networks share only if all that matters to a run is equal: sources, populations with their limits
    /// of spikes, models by name and parameters, initial states, synapses and seed. The same on every machine. Worked out
    /// once.
    #[must_use]
    pub fn fingerprint(&self) -> u64 {
        *self.fingerprint.get_or_init(|| fingerprint::of_network(self, &self.nodes.models, &self.nodes.model_of))
    }

    pub(crate) fn synapses(&self) -> &Synapses {
        &self.synapses
    }

    /// How the neurons of a shard are handled.
    pub(crate) fn handling_at(&self, neuron: u32) -> Handling {
        let run = self.nodes.runs.partition_point(|run| run.neurons.end <= neuron);
        self.nodes.runs.get(run).map_or(Handling::Stepped, |run| run.handling)
    }
}

/// Length of the longest shard in a network of so many neurons, inputs and synapses.
fn longest_shard(neurons: u32, inputs: u32, synapses: u64) -> u32 {
    let sources = u64::from(neurons) + u64::from(inputs);
    let for_rows = (ROW * u64::from(neurons)).saturating_mul(sources) / synapses.max(1);
    let for_rows = u32::try_from(for_rows).unwrap_or(u32::MAX);
    neurons.div_ceil(MOST_SHARDS).max(for_rows).clamp(SHARD, LONGEST_SHARD)
}

/// Number of shards that so many equal neurons are cut into.
pub(crate) fn shards_of(neurons: u64, inputs: u64, synapses: u64) -> u128 {
    let few = |count: u64| u32::try_from(count).unwrap_or(u32::MAX);
    let longest = longest_shard(few(neurons), few(inputs), synapses);
    u128::from(neurons.div_ceil(u64::from(longest)).next_power_of_two())
}

/// Cuts runs into shards of nearly equal length, a power of two of them to each run.
fn shards(runs: &[Run], longest: u32) -> Vec<Range<u32>> {
    let mut shards = Vec::new();
    for Run { neurons: Range { start, end }, .. } in runs {
        let length = u64::from(end - start);
        let parts = length.div_ceil(u64::from(longest)).next_power_of_two();
        let cut = |part: u64| start + (length * part / parts) as u32;
        shards.extend((0..parts).map(|part| cut(part)..cut(part + 1)).filter(|shard| !shard.is_empty()));
    }
    shards
}
