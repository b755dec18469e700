//! What a network needs on the chip.

use delgrad_engine::{Network, Sender, SourceId};
use serde::Serialize;

use crate::limits::CIRCUITS;
use crate::placement::PlacementError;

/// Delays of a source that differ by no more than this, relative to their size, count as equal: sums of the same parts
/// may be rounded differently.
const EQUAL: f64 = 1e-12;

/// The sign of a synapse: which row of a pair it needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Sign {
    /// Weights of at least 0.
    Excitatory,
    /// Weights below 0.
    Inhibitory,
}

/// One synapse: parallel ones stand one after the other, each needs rows of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Connection {
    /// Who sends: the inputs come first, then the neurons.
    pub source: u32,
    /// The neuron that receives, from 0.
    pub target: u32,
    /// Sign of its weight.
    pub sign: Sign,
}

/// What a network needs on the chip: neurons, synapses, and sources whose spikes are delayed.
///
/// ```
/// use delgrad_bss2::placement::Demand;
/// use delgrad_engine::spec::{LifSpec, NetworkSpec, PopulationSpec, ProjectionSpec, Rule, SourceSpec};
///
/// let network = NetworkSpec::new()
///     .source(SourceSpec::given("in", 4))
///     .population(PopulationSpec::lif("out", 3, LifSpec::default()))
///     .project(ProjectionSpec::new("in", "out", Rule::AllToAll).delay(2.0))
///     .build()?;
/// let demand = Demand::of(&network)?;
/// assert_eq!((demand.fan_in(0), demand.delay(1)), (4, Some(2.0)));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Demand {
    inputs: u32,
    neurons: u32,
    /// Sorted by source and target.
    connections: Vec<Connection>,
    /// Of each source; none: no delay.
    delays: Vec<Option<f64>>,
    fan_in: Vec<u32>,
}

impl Demand {
    /// What this network needs.
    ///
    /// # Errors
    /// More neurons than the chip has circuits; a source whose synapses have different delays.
    pub fn of(network: &Network) -> Result<Self, PlacementError> {
        let (inputs, neurons) = (network.inputs(), network.neurons());
        if neurons as usize > CIRCUITS {
            return Err(PlacementError::Neurons { neurons, available: CIRCUITS });
        }
        let (mut connections, mut delays) = (Vec::new(), Vec::new());
        let mut fan_in = vec![0; neurons as usize];
        for source in network.source_ids() {
            for synapse in network.synapses_of(source) {
                let sign = if synapse.weight < 0.0 { Sign::Inhibitory } else { Sign::Excitatory };
                fan_in[synapse.target.index()] += 1;
                connections.push(Connection { source: source.0, target: synapse.target.0, sign });
            }
            delays.push(axonal_delay(network, source)?);
        }
        // a network does not sort the synapses of a source by target alone
        connections.sort();
        Ok(Self { inputs, neurons, connections, delays, fan_in })
    }

    /// Number of inputs.
    #[must_use]
    pub fn inputs(&self) -> u32 {
        self.inputs
    }

    /// Number of neurons.
    #[must_use]
    pub fn neurons(&self) -> u32 {
        self.neurons
    }

    /// Number of inputs and neurons.
    #[must_use]
    pub fn sources(&self) -> u32 {
        self.inputs + self.neurons
    }

    /// All synapses, by source, then by target.
    #[must_use]
    pub fn connections(&self) -> &[Connection] {
        &self.connections
    }

    /// Synapses of a source, by target.
    #[must_use]
    pub fn connections_of(&self, source: u32) -> &[Connection] {
        let start = self.connections.partition_point(|connection| connection.source < source);
        let rest = &self.connections[start..];
        &rest[..rest.partition_point(|connection| connection.source == source)]
    }

    /// Delay of all synapses of a source, in the network's units; none if it has no synapses or delay 0.
    ///
    /// # Panics
    /// If there is no such source.
    #[must_use]
    pub fn delay(&self, source: u32) -> Option<f64> {
        self.delays[source as usize]
    }

    /// Sources with a delay, in ascending order.
    pub fn delayed(&self) -> impl Iterator<Item = u32> + '_ {
        (0..).zip(&self.delays).filter_map(|(source, delay)| delay.map(|_| source))
    }

    /// Number of synapses onto a neuron.
    ///
    /// # Panics
    /// If there is no such neuron.
    #[must_use]
    pub fn fan_in(&self, neuron: u32) -> u32 {
        self.fan_in[neuron as usize]
    }

    /// Whether a source is an input or a neuron, and which.
    #[must_use]
    pub fn origin(&self, source: u32) -> Sender {
        SourceId(source).sender(self.inputs)
    }
}

/// The delay that all synapses of a source share; none if it is 0.
pub(crate) fn axonal_delay(network: &Network, source: SourceId) -> Result<Option<f64>, PlacementError> {
    let mut delay: Option<f64> = None;
    for synapse in network.synapses_of(source) {
        let (first, this) = (*delay.get_or_insert(synapse.delay), synapse.delay);
        if (first - this).abs() > EQUAL * first.abs().max(this.abs()) {
            let origin = network.sender(source);
            return Err(PlacementError::SynapticDelays { origin, delays: [first, this] });
        }
    }
    Ok(delay.filter(|delay| *delay > 0.0))
}
