//! Networks taken apart and put together again, with numbers changed.

use delgrad_neuron::{Lif, LifParams, NeuronError, State};
use thiserror::Error;

use crate::network::NetworkParts;
use crate::network::spec::ModelPool;
use crate::network::synapses::pieces::Listed;
use crate::{Model, Network, Synapse};

/// The numbers of a network, neuron by neuron and synapse by synapse: what training and finite differences change.
///
/// ```
/// use delgrad_engine::spec::{NetworkSpec, PopulationSpec, ProjectionSpec, Rule, LifSpec};
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let network = NetworkSpec::new()
///     .population(PopulationSpec::lif("a", 3, LifSpec::default()))
///     .project(ProjectionSpec::new("a", "a", Rule::AllToAll).delay(1.0))
///     .build_numbered()?;
/// let mut parts = network.parts();
/// parts.synapses[4].weight = 0.25;
/// assert_eq!(network.with_parts(parts)?.parts().synapses[4].weight, 0.25);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct Parts {
    /// Model of each neuron.
    pub models: Vec<Model>,
    /// State of each neuron at time 0.
    pub initial: Vec<State>,
    /// All synapses: in order of creation if the network was built by
    /// [`NetworkSpec::build_numbered`](crate::spec::NetworkSpec::build_numbered) or comes from parts, else source by source as
    /// in [`Network::synapses_of`]. The place in this list is the *number* of a synapse.
    pub synapses: Vec<Synapse>,
}

/// Why parts are no network.
#[derive(Clone, Debug, Error, PartialEq)]
#[non_exhaustive]
pub enum PartsError {
    /// Models or states are missing or too many.
    #[error("there are {found} {what} for {neurons} neurons; give one for each")]
    Length {
        /// Models or initial states.
        what: &'static str,
        /// How many there are.
        found: usize,
        /// Number of neurons.
        neurons: u32,
    },
    /// A refractory period of a model of the user's own.
    #[error("neuron {neuron}: {source}")]
    Neuron {
        /// The neuron.
        neuron: usize,
        /// What is wrong with it.
        source: NeuronError,
    },
    /// An initial state is not finite.
    #[error("the initial {field} of neuron {neuron} is {value}; it must be a finite number")]
    Initial {
        /// The neuron.
        neuron: usize,
        /// `v` or `i`.
        field: &'static str,
        /// The number given.
        value: f64,
    },
    /// An end of a synapse does not exist.
    #[error("{end} {number} of synapse {synapse} does not exist; it must be below {size}")]
    NoSuchEnd {
        /// Number of the synapse.
        synapse: usize,
        /// Source or target.
        end: &'static str,
        /// The end named.
        number: u32,
        /// How many there are.
        size: u32,
    },
    /// A weight or delay out of range.
    #[error("{field} of synapse {synapse} is {value}; it must be {valid}")]
    Synapse {
        /// Number of the synapse.
        synapse: usize,
        /// Weight or delay.
        field: &'static str,
        /// The number given.
        value: f64,
        /// What would be valid.
        valid: &'static str,
    },
    /// Another number of weights or delays than of synapses.
    #[error("there are {found} {what} for {synapses} synapses; give one for each")]
    Values {
        /// Weights or delays.
        what: &'static str,
        /// How many there are.
        found: usize,
        /// Number of synapses.
        synapses: usize,
    },
    /// More synapses than their numbers can count.
    #[error("there are {synapses} synapses; a network may have at most {}", u32::MAX - 1)]
    TooMany {
        /// How many there are.
        synapses: usize,
    },
}

impl Network {
    /// The numbers of the network.
    #[must_use]
    pub fn parts(&self) -> Parts {
        let empty = Synapse::new(0, 0, 0.0, 0.0);
        let mut synapses = vec![empty; self.synapse_count()];
        for (number, synapse) in self.numbered_synapses() {
            synapses[number.index()] = synapse;
        }
        Parts {
            models: (0..self.neurons()).map(|neuron| self.model(neuron).clone()).collect(),
            initial: self.initial().to_vec(),
            synapses,
        }
    }

    /// The same populations and sources with these neurons and synapses. The network keeps the order of the synapses. Where
    /// only weights and delays change, [`Network::set_values`] is faster.
    ///
    /// # Errors
    /// The first part that is missing or out of range.
    ///
    /// # Complexity
    /// That of sorting the synapses of each source.
    pub fn with_parts(&self, parts: Parts) -> Result<Self, PartsError> {
        let Parts { models: of_neurons, initial, synapses } = parts;
        let neurons = self.neurons();
        for (what, found) in [("models", of_neurons.len()), ("initial states", initial.len())] {
            if found != neurons as usize {
                return Err(PartsError::Length { what, found, neurons });
            }
        }
        check_states(&initial)?;
        check_synapses(&synapses, self.source_count(), neurons)?;
        let (mut pool, mut models) = (ModelPool::default(), Vec::new());
        let model_of = of_neurons.iter().enumerate().map(|(neuron, model)| {
            pool.ready_made(model, &mut models).map_err(|source| PartsError::Neuron { neuron, source })
        });
        let model_of = model_of.collect::<Result<_, _>>()?;
        let parts = NetworkParts {
            sources: self.sources().to_vec(),
            populations: self.populations().to_vec(),
            models,
            model_of,
            initial,
            projections: Vec::new(),
            seed: self.seed(),
        };
        let Ok(network) = Self::new(parts, &Listed(synapses), true);
        Ok(network)
    }
}

impl Network {
    /// The same network with other thresholds of the neurons that are [`Model::Lif`]; others stay as they are.
    ///
    /// # Errors
    /// Another number of thresholds than neurons, and thresholds that are not finite.
    ///
    /// # Complexity
    /// Linear in the neurons; the synapses are shared.
    pub fn with_thresholds(&self, thresholds: &[f64]) -> Result<Self, PartsError> {
        let neurons = self.neurons();
        if thresholds.len() != neurons as usize {
            return Err(PartsError::Length { what: "thresholds", found: thresholds.len(), neurons });
        }
        let models = thresholds.iter().enumerate().map(|(neuron, &threshold)| {
            let model = self.model(neuron as u32);
            let Model::Lif(lif) = model else { return Ok(model.clone()) };
            let params = LifParams { threshold, ..lif.params() };
            let lif = Lif::new(params).and_then(|changed| changed.with_bias(lif.bias()));
            lif.map(Model::Lif).map_err(|source| PartsError::Neuron { neuron, source })
        });
        Ok(self.with_models(models.collect::<Result<_, _>>()?))
    }
}

fn check_states(initial: &[State]) -> Result<(), PartsError> {
    for (neuron, state) in initial.iter().enumerate() {
        for (field, value) in [("v", state.v), ("i", state.i)] {
            if !value.is_finite() {
                return Err(PartsError::Initial { neuron, field, value });
            }
        }
    }
    Ok(())
}

fn check_synapses(synapses: &[Synapse], sources: u32, neurons: u32) -> Result<(), PartsError> {
    if synapses.len() >= u32::MAX as usize {
        return Err(PartsError::TooMany { synapses: synapses.len() });
    }
    for (synapse, &Synapse { source, target, weight, delay }) in synapses.iter().enumerate() {
        for (end, number, size) in [("source", source.0, sources), ("target", target.0, neurons)] {
            if number >= size {
                return Err(PartsError::NoSuchEnd { synapse, end, number, size });
            }
        }
        check_values(synapse, weight, delay)?;
    }
    Ok(())
}

/// Checks the numbers of a synapse.
pub(crate) fn check_values(synapse: usize, weight: f64, delay: f64) -> Result<(), PartsError> {
    if !weight.is_finite() {
        return Err(PartsError::Synapse { synapse, field: "weight", value: weight, valid: "a finite number" });
    }
    if !(delay >= 0.0 && delay.is_finite()) {
        let valid = "finite and at least 0";
        return Err(PartsError::Synapse { synapse, field: "delay", value: delay, valid });
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::spec::{Distribution, LifSpec, NetworkSpec, PopulationSpec, ProjectionSpec, Rule, SourceSpec};

    fn spec() -> NetworkSpec {
        let delays = Distribution::Uniform { low: 0.5, high: 1.0 };
        NetworkSpec::new()
            .source(SourceSpec::given("in", 2))
            .population(PopulationSpec::lif("a", 5, LifSpec::default()))
            .population(PopulationSpec::delta_lif("b", 3, delgrad_neuron::DeltaLifParams::default()))
            .project(ProjectionSpec::new("a", "b", Rule::AllToAll).delay(delays))
            .project(ProjectionSpec::new("in", "a", Rule::FixedInDegree(3)).delay(delays))
    }

    #[test]
    fn a_network_comes_back_from_its_parts() {
        for network in [spec().build().unwrap(), spec().build_numbered().unwrap().with_shards(2)] {
            let again = network.with_parts(network.parts()).unwrap();
            assert_eq!(again.fingerprint(), network.fingerprint());
            assert_eq!(again.parts().synapses, network.parts().synapses);
        }
    }

    #[test]
    fn numbers_follow_the_order_of_creation_only_where_it_is_kept() {
        let (plain, numbered) = (spec().build().unwrap(), spec().build_numbered().unwrap());
        let kept = numbered.parts().synapses;
        // The first projection leaves neurons, which come after the inputs.
        assert!(kept[..15].iter().all(|synapse| synapse.source.0 >= 2));
        assert!(plain.parts().synapses[..15].iter().all(|synapse| synapse.source.0 < 2));
        assert_eq!(numbered.with_shards(1).parts().synapses, kept);
        assert_eq!(
            plain.numbered_synapses().map(|(number, _)| number.0).collect::<Vec<_>>(),
            (0..30).collect::<Vec<_>>()
        );
        assert_eq!(plain.synapse_bytes() + 4 * 30, spec().build_numbered().unwrap().synapse_bytes());
    }

    #[test]
    fn projections_have_their_synapses_in_a_row() {
        let empty = ProjectionSpec::new("b", "b", Rule::Probability(0.0));
        let spec = spec().project(empty).project(ProjectionSpec::new("b", "a", Rule::AllToAll).delay(1.0));
        let mut network = spec.build_numbered().unwrap();
        assert_eq!(network.projections(), [0..15, 15..30, 30..30, 30..45]);
        let synapses = network.parts().synapses;
        assert!(synapses[30..45].iter().all(|synapse| synapse.source.0 >= 7 && synapse.target.0 < 5));
        network.set_values(&[0.5; 45], &[1.0; 45]).unwrap();
        assert_eq!(network.projections().len(), 4);
        assert!(network.with_thresholds(&[2.0; 8]).unwrap().projections().len() == 4);
        assert!(spec.build().unwrap().projections().is_empty());
        assert!(network.with_parts(network.parts()).unwrap().projections().is_empty());
    }

    /// Each neuron keeps its constants, whatever becomes of the thresholds of others.
    #[test]
    fn a_threshold_may_come_to_where_a_neuron_tends() {
        let lif = LifSpec {
            tau_mem: Distribution::Uniform { low: 1.0, high: 3.0 }.into(),
            leak: 2.0.into(),
            ..LifSpec::default()
        };
        let spec = NetworkSpec::new().population(PopulationSpec::lif("a", 200, lif));
        let all = ProjectionSpec::new("a", "a", Rule::FixedInDegree(10)).weight(0.01).delay(0.5);
        let network = spec.project(all).build().unwrap();
        let mut thresholds = vec![1.0; 200];
        thresholds[7] = 2.0;
        let changed = network.with_thresholds(&thresholds).unwrap();
        let run = |executor| {
            let mut spikes =
                crate::Simulation::new(&changed, &[], executor).unwrap().record(&crate::Stop::at(8.0)).unwrap().0;
            spikes.sort_by_key(|spike| spike.neuron);
            spikes
        };
        let (plain, windowed) = (run(crate::Executor::Plain), run(crate::Executor::Windowed));
        assert!(plain.len() > 500 && plain.len() == windowed.len());
        assert!(plain.iter().zip(&windowed).all(|(a, b)| a.neuron == b.neuron && (a.time - b.time).abs() < 1e-9));
    }

    #[test]
    fn thresholds_change_alone() {
        let network = spec().build().unwrap();
        let thresholds: Vec<f64> = (0..8).map(|n| 1.0 + 0.1 * f64::from(n)).collect();
        let changed = network.with_thresholds(&thresholds).unwrap();
        let mut parts = network.parts();
        for (model, threshold) in parts.models.iter_mut().zip(&thresholds) {
            if let Model::Lif(lif) = model {
                *lif = Lif::new(LifParams { threshold: *threshold, ..lif.params() }).unwrap();
            }
        }
        let expected = network.with_parts(parts).unwrap();
        assert!((0..8).all(|n| format!("{:?}", changed.model(n)) == format!("{:?}", expected.model(n))));
        assert_eq!(changed.parts().synapses, network.parts().synapses);
        assert_ne!(changed.fingerprint(), network.fingerprint());
        let error = network.with_thresholds(&thresholds[1..]).unwrap_err().to_string();
        assert_eq!(error, "there are 7 thresholds for 8 neurons; give one for each");
        assert!(
            network.with_thresholds(&[f64::NAN; 8]).unwrap_err().to_string().starts_with("neuron 0: threshold")
        );
    }

    #[test]
    fn bad_parts_are_named() {
        let network = spec().build_numbered().unwrap();
        let error = |change: &dyn Fn(&mut Parts)| {
            let mut parts = network.parts();
            change(&mut parts);
            network.with_parts(parts).unwrap_err().to_string()
        };
        assert!(
            error(&|parts| parts.synapses[3].delay = -0.5).starts_with("delay of synapse 3 is -0.5; it must be")
        );
        assert!(error(&|parts| parts.synapses[3].weight = f64::NAN).starts_with("weight of synapse 3 is NaN"));
        assert!(
            error(&|parts| parts.synapses[3].target = 8.into())
                .starts_with("target 8 of synapse 3 does not exist")
        );
        assert!(error(&|parts| parts.synapses[3].source = 10.into()).starts_with("source 10 of synapse 3"));
        assert!(
            error(&|parts| parts.initial[2].v = f64::INFINITY).starts_with("the initial v of neuron 2 is inf")
        );
        assert!(error(&|parts| drop(parts.models.pop())).starts_with("there are 7 models for 8 neurons"));
    }
}
