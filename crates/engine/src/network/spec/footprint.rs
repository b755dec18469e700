//! The memory that a network takes while it is built and run, before it is taken.

use delgrad_neuron::Parameter;
use rand_chacha::ChaCha8Rng;

use super::error::SpecError;
use super::layout::Layout;
use super::projection::Rule;
use super::validate::expected_count;
use super::{ModelSpec, NetworkSpec, PopulationSpec, Value};
use crate::network::shards_of;
use crate::{Generator, Model, require_memory};

/// Of a neuron: number of its model and state at the start, then its state and its times in a run.
const NEURON: u128 = 20 + 60;
/// Of a synapse: in its row, with its number, and while its delay is packed.
const SYNAPSE: u128 = 22 + 8;
/// Of a row, which each shard of targets has for each source: where it begins, while it is sorted and after it.
const ROW: u128 = 16;
/// Of a model of its own, besides the model: its parameters, by which equal ones are found.
const OWN_MODEL: u128 = 120;
/// Of a generated input, besides its random numbers and its lists.
const TRAIN: u128 = 128;

const REMEDY: &str = "make the network smaller";

/// Checks that the memory for a valid specification is there, and returns the number of synapses to expect. What takes most
/// is named.
pub(super) fn check_memory(spec: &NetworkSpec, layout: &Layout<'_>) -> Result<usize, SpecError> {
    let inputs: u128 = spec.sources.iter().map(|source| u128::from(source.size)).sum();
    let neurons: u128 = spec.populations.iter().map(|population| u128::from(population.size)).sum();
    let mut synapses = 0;
    for (index, projection) in spec.projections.iter().enumerate() {
        let count = expected_count(projection, &layout.ends(index, projection)?);
        // A random number of synapses hardly ever exceeds its mean by six standard deviations.
        let random = matches!(projection.rule, Rule::Probability(_));
        synapses += u128::from(count) + if random { (6.0 * (count as f64).sqrt()) as u128 } else { 0 };
    }
    let row = ROW * shards_of(neurons as u64, inputs as u64, synapses as u64);
    let of_neurons = (NEURON + row) * neurons + spec.populations.iter().map(own_models).sum::<u128>();
    let of_inputs =
        row * inputs + spec.sources.iter().map(|source| trains(source.size, &source.generator)).sum::<u128>();
    let of_synapses = SYNAPSE * synapses;
    let parts =
        [(of_synapses, synapses, "synapses"), (of_neurons, neurons, "neurons"), (of_inputs, inputs, "inputs")];
    let all = parts.iter().map(|(bytes, ..)| bytes).sum();
    let (_, count, name) = parts.into_iter().max_by_key(|(bytes, ..)| *bytes).unwrap_or_default();
    require_memory(all, || format!("{count} {name}"), REMEDY)?;
    Ok(synapses as usize)
}

/// Bytes of the models of a population that has one for each neuron.
fn own_models(population: &PopulationSpec) -> u128 {
    let of_its_own = |value: Option<&Value>| value.is_some_and(|value| !matches!(value, Value::Number(_)));
    let own = match &population.model {
        ModelSpec::Custom(_) => false,
        ModelSpec::Each(_) => true,
        model => Parameter::ALL.into_iter().any(|parameter| of_its_own(model.value(parameter))),
    };
    if own { u128::from(population.size) * (size_of::<Model>() as u128 + OWN_MODEL) } else { 0 }
}

/// Bytes of the generators of a group of inputs in a run.
fn trains(size: u32, generator: &Generator) -> u128 {
    let random = size_of::<ChaCha8Rng>() as u128;
    let each = match generator {
        Generator::Given => return 0,
        Generator::Times(lists) => {
            let times: usize = lists.iter().map(Vec::len).sum();
            return TRAIN * u128::from(size) + 8 * times as u128;
        }
        Generator::Regular { .. } => TRAIN,
        Generator::Poisson { .. } => TRAIN + random,
        Generator::Rates { times, .. } => TRAIN + random + 16 * times.len() as u128,
    };
    each * u128::from(size)
}
