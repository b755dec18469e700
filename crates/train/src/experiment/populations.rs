use delgrad_engine::spec::{NetworkSpec, PopulationSpec, SourceSpec};
use delgrad_engine::{Executor, Network, Stop};
use delgrad_neuron::PointNeuron;
use serde::de::Error;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::ProjectionConfig;
use crate::TrainError;
use crate::require::{require, require_positive};

/// Name of the group of sources whose spikes come with each sample.
pub const INPUT: &str = "input";
/// Name of the population that is read out.
pub const OUTPUT: &str = "output";

/// A network of populations and projections, recurrent or not, whose neurons may spike many times.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Populations {
    /// Length of a sample.
    pub until: f64,
    /// How runs get from event to event; default: as suits the network.
    pub executor: Option<Executor>,
    /// Spikes of neurons in a sample, at least 1; a network that sends more has run away, and training ends. Default: see
    /// [`default_budget`](Self::default_budget).
    pub spike_budget: Option<u64>,
    /// Populations, as the engine takes them; one is named `output`.
    pub populations: Vec<PopulationConfig>,
    /// Projections, from `input` or from populations.
    pub projections: Vec<ProjectionConfig>,
}

/// A population of the engine, and how much silence it may keep.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct PopulationConfig {
    /// Share of its spikes that may be missing in a batch before weights onto its silent neurons are raised. Default: none of
    /// outputs whose spike times are read, all of others.
    pub tolerated_silence: Option<f64>,
    /// Spikes of a neuron in a sample, on average, that initial weights are wanted to make where they follow from the data. Default: 1.
    pub spikes: Option<f64>,
    /// As the engine takes it.
    pub spec: PopulationSpec,
}

/// The keys beside those of the engine.
const TOLERATED: &str = "tolerated-silence";
const SPIKES: &str = "spikes";

/// Takes a number out of a table.
fn take_number<E: Error>(table: &mut toml::Table, key: &str) -> Result<Option<f64>, E> {
    match table.remove(key) {
        Some(toml::Value::Float(number)) => Ok(Some(number)),
        Some(toml::Value::Integer(number)) => Ok(Some(number as f64)),
        Some(other) => Err(E::custom(format!("{key} is {other}; it must be a number"))),
        None => Ok(None),
    }
}

impl<'de> Deserialize<'de> for PopulationConfig {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut table = toml::Table::deserialize(deserializer)?;
        let tolerated_silence = take_number(&mut table, TOLERATED)?;
        let spikes = take_number(&mut table, SPIKES)?;
        let spec = serde_path_to_error::deserialize(toml::Value::Table(table)).map_err(|error| {
            let (path, problem) = (error.path().to_string(), error.inner().message().trim_end().to_owned());
            // an unknown key is named by its problem
            let named = path == "." || problem.starts_with("unknown ");
            D::Error::custom(if named { problem } else { format!("`{path}`: {problem}") })
        })?;
        Ok(Self { tolerated_silence, spikes, spec })
    }
}

impl Serialize for PopulationConfig {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        use serde::ser::Error;
        let mut table = toml::Table::try_from(&self.spec).map_err(S::Error::custom)?;
        for (key, number) in [(TOLERATED, self.tolerated_silence), (SPIKES, self.spikes)] {
            number.map(|number| table.insert(key.to_owned(), toml::Value::Float(number)));
        }
        table.serialize(serializer)
    }
}

/// Spikes that a neuron may send in its fastest time constant, on average over all neurons and the whole sample.
const SPIKES_PER_TIME_CONSTANT: f64 = 20.0;
/// Spikes that a neuron without time constants may send in a sample, on average.
const SPIKES_PER_NEURON: f64 = 1_000.0;
/// A sample of few neurons or of a short time may have so many spikes in any case.
const LEAST_BUDGET: f64 = 10_000.0;

impl Populations {
    pub(super) fn validate(&self) -> Result<(), TrainError> {
        require_positive("until", self.until)?;
        self.spike_budget.map_or(Ok(()), |budget| require_positive("spike-budget", budget as f64))?;
        self.projections.iter().try_for_each(ProjectionConfig::validate)?;
        for share in self.populations.iter().filter_map(|population| population.tolerated_silence) {
            require((0.0..=1.0).contains(&share), "populations.tolerated-silence", share, "between 0 and 1")?;
        }
        for spikes in self.populations.iter().filter_map(|population| population.spikes) {
            require_positive("populations.spikes", spikes)?;
        }
        let specs = || self.populations.iter().map(|population| &population.spec);
        if specs().all(|spec| spec.name != OUTPUT) {
            let problem = format!("has none named \"{OUTPUT}\", which is read out; name one so");
            return Err(TrainError::Key { key: "populations".to_owned(), problem });
        }
        let mut limits = specs().filter(|spec| spikes(spec)).map(|spec| spec.max_spikes);
        let first = limits.next().flatten();
        if limits.any(|limit| limit != first) {
            let problem = "differs between populations that spike; give all the same, as network files have one";
            return Err(TrainError::Key { key: "populations.max-spikes".to_owned(), problem: problem.to_owned() });
        }
        Ok(())
    }

    /// Spikes in a sample of a network beyond which it has run away, unless the experiment says otherwise: 20 of each neuron in
    /// its fastest time constant, or in its refractory period if that is longer; 1000 of a neuron without time constants;
    /// 10 000 at least, and 20 million at most.
    #[must_use]
    pub fn default_budget(&self, network: &Network) -> u64 {
        let of_neuron = |neuron| {
            let model = network.model(neuron);
            let time = model.fastest_time_constant().max(model.refractory());
            if time.is_finite() { SPIKES_PER_TIME_CONSTANT * (1.0 + self.until / time) } else { SPIKES_PER_NEURON }
        };
        let sum: f64 = (0..network.neurons()).map(of_neuron).sum();
        (sum.max(LEAST_BUDGET) as u64).min(Stop::at(self.until).budget)
    }

    /// The network before training, for so many inputs.
    #[must_use]
    pub fn spec(&self, inputs: u32, seed: u64) -> NetworkSpec {
        let mut populations: Vec<PopulationSpec> = self.populations.iter().map(|p| p.spec.clone()).collect();
        let limit = populations.iter().find(|p| spikes(p)).and_then(|p| p.max_spikes);
        populations.iter_mut().filter(|p| !spikes(p)).for_each(|p| p.max_spikes = limit);
        NetworkSpec {
            seed,
            until: Some(self.until),
            time_unit: None,
            sources: vec![SourceSpec::given(INPUT, inputs)],
            populations,
            projections: self.projections.iter().map(ProjectionConfig::spec).collect(),
        }
    }
}

/// Whether neurons of a population can spike.
fn spikes(population: &PopulationSpec) -> bool {
    !matches!(population.model, delgrad_engine::spec::ModelSpec::LeakyIntegrator(_))
}
