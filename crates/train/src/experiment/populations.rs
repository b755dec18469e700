use delgrad_engine::spec::{NetworkSpec, PopulationSpec, SourceSpec};
use delgrad_engine::{Executor, Network, Stop};
use delgrad_neuron::PointNeuron;

use super::{CONSTANTS_ON_CHIP, DROPOUT_ON_CHIP, PopulationConfig, ProjectionConfig};
use crate::TrainError;
use crate::parameters::Constant;
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
        self.populations.iter().try_for_each(|population| population.training.validate())?;
        let output = self.populations.iter().find(|population| population.spec.name == OUTPUT);
        let dropout = output.map_or(0.0, |output| output.training.dropout);
        require(dropout == 0.0, "populations.dropout", dropout, "0 of the outputs, which are the answer")?;
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

    /// Outputs that are read as if they had no threshold have none to learn.
    pub(super) fn check_free_outputs(&self) -> Result<(), TrainError> {
        let learns = |population: &PopulationConfig| {
            population.spec.name == OUTPUT && population.training.learn.contains_key(&Constant::Threshold)
        };
        self.populations.iter().position(learns).map_or(Ok(()), |index| {
            let problem = "has no effect where readout.value is \"free-max\"; leave it out".to_owned();
            Err(TrainError::Key { key: format!("populations.{index}.learn.threshold"), problem })
        })
    }

    /// Circuits are calibrated to constants that are given, and a chip loses no spikes on demand.
    pub(super) fn check_on_chip(&self) -> Result<(), TrainError> {
        for (index, PopulationConfig { training, .. }) in self.populations.iter().enumerate() {
            let problem = |key: &str, problem: &str| {
                let key = format!("populations.{index}.{key}");
                Err(TrainError::Key { key, problem: problem.to_owned() })
            };
            if !training.learn.is_empty() {
                return problem("learn", CONSTANTS_ON_CHIP);
            }
            if training.dropout > 0.0 {
                return problem("dropout", DROPOUT_ON_CHIP);
            }
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
