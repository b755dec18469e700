//! Networks as users write them: plain data, which is the builder and the file format in one.

mod chance;
mod column;
mod connect;
mod delay;
mod distribution;
mod error;
mod expand;
mod footprint;
mod layout;
mod model_spec;
mod neurons;
pub(crate) mod parameter;
pub(crate) mod parameter_table;
mod partners;
mod population;
mod projection;
mod source;
mod validate;
mod value;

use serde::{Deserialize, Serialize};

use crate::Network;
use crate::network::NetworkParts;

pub use delay::DelaySpec;
pub use distribution::Distribution;
pub use error::{Place, SpecError};
pub(crate) use expand::Drawn;
pub use model_spec::{DeltaLifSpec, LeakyIntegratorSpec, LifSpec, ModelSpec, QuadraticSpec};
pub(crate) use neurons::ModelPool;
pub use population::PopulationSpec;
#[cfg(feature = "files")]
pub(crate) use population::foreign_parameter;
pub use projection::{Edge, ProjectionSpec, Rule};
pub use source::SourceSpec;
pub use value::Value;

/// A network as plain data: spike sources, populations of neurons, and projections between them.
///
/// [`NetworkSpec::build`] makes a [`Network`] of it. What is random is drawn from ChaCha streams keyed by the seed, the
/// purpose and the place in these lists (see [`random::Purpose`](crate::random::Purpose)), so that the same
/// specification gives the same network, bit for bit, on every machine, and a change of one projection changes no other.
///
/// ```
/// use delgrad_engine::spec::{Distribution, LifSpec, NetworkSpec, PopulationSpec, ProjectionSpec, Rule, SourceSpec};
///
/// # fn main() -> Result<(), delgrad_engine::spec::SpecError> {
/// let lif = LifSpec { tau_mem: 10.0.into(), tau_syn: 5.0.into(), ..LifSpec::default() };
/// let delays = Distribution::Uniform { low: 0.5, high: 3.0 };
/// let network = NetworkSpec::new()
///     .seed(1)
///     .source(SourceSpec::poisson("noise", 100, 0.01))
///     .population(PopulationSpec::lif("excitatory", 80, lif.clone()))
///     .population(PopulationSpec::lif("inhibitory", 20, lif))
///     .project(ProjectionSpec::new("noise", "excitatory", Rule::Probability(0.1)).weight(0.4).delay(0.5))
///     .project(ProjectionSpec::new("excitatory", "inhibitory", Rule::FixedInDegree(8)).weight(0.2).delay(delays))
///     .build()?;
/// assert_eq!(network.neurons(), 100);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct NetworkSpec {
    /// Keys all random numbers; in TOML files at most 2^63 - 1.
    #[serde(default)]
    pub seed: u64,
    /// How long to run, at least 0; default: as the caller says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<f64>,
    /// What a unit of time is, for display: a label without meaning to the engine.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub time_unit: Option<String>,
    /// Groups of spike sources. Their inputs are numbered through in this order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sources: Vec<SourceSpec>,
    /// Populations. Their neurons are numbered through in this order.
    #[serde(default)]
    pub populations: Vec<PopulationSpec>,
    /// Projections. Their synapses are created in this order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub projections: Vec<ProjectionSpec>,
}

impl NetworkSpec {
    /// A network of nothing.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// With this seed.
    #[must_use]
    pub fn seed(mut self, seed: u64) -> Self {
        self.seed = seed;
        self
    }

    /// With this time to run until.
    #[must_use]
    pub fn until(mut self, until: f64) -> Self {
        self.until = Some(until);
        self
    }

    /// With this label for the unit of time.
    #[must_use]
    pub fn time_unit(mut self, label: impl Into<String>) -> Self {
        self.time_unit = Some(label.into());
        self
    }

    /// With one more group of sources.
    #[must_use]
    pub fn source(mut self, source: SourceSpec) -> Self {
        self.sources.push(source);
        self
    }

    /// With one more population.
    #[must_use]
    pub fn population(mut self, population: PopulationSpec) -> Self {
        self.populations.push(population);
        self
    }

    /// With one more projection.
    #[must_use]
    pub fn project(mut self, projection: ProjectionSpec) -> Self {
        self.projections.push(projection);
        self
    }

    /// Checks all that does not depend on random numbers or on the equations of the models.
    ///
    /// # Errors
    /// The first thing that is wrong.
    pub fn validate(&self) -> Result<(), SpecError> {
        validate::validate(self).map(|_| ())
    }

    /// The network, drawn with the seed of the specification.
    ///
    /// # Errors
    /// Whatever [`SpecError`] lists; the first thing that is wrong.
    ///
    /// # Complexity
    /// Linear in neurons and synapses, not in pairs.
    pub fn build(&self) -> Result<Network, SpecError> {
        self.build_with_seed(self.seed)
    }

    /// The network, drawn with the seed of the specification, which remembers in which order its synapses were created:
    /// [`Network::parts`] and [`Network::numbered_synapses`] follow that order, and [`Network::projections`] says which are
    /// those of each projection. It takes 4 bytes more for each synapse.
    ///
    /// # Errors
    /// As [`NetworkSpec::build`].
    pub fn build_numbered(&self) -> Result<Network, SpecError> {
        let (parts, synapses) = self.parts(self.seed)?;
        Network::new(parts, &synapses, true)
    }

    /// The network, drawn with another seed.
    ///
    /// # Errors
    /// As [`NetworkSpec::build`].
    pub fn build_with_seed(&self, seed: u64) -> Result<Network, SpecError> {
        let (parts, synapses) = self.parts(seed)?;
        Network::new(parts, &synapses, false)
    }

    /// Neurons one by one, and synapses as they are drawn.
    pub(crate) fn parts(&self, seed: u64) -> Result<(NetworkParts, Drawn<'_>), SpecError> {
        expand::expand(self, seed)
    }
}
