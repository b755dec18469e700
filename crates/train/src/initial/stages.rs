//! Which weights follow from the data, in the order in which they are found.

use super::{Goal, Stage, Weights};
use crate::experiment::{
    Experiment, INPUT, LayerConfig, Layers, NetworkConfig, Populations, ProjectionConfig, ProjectionWeight,
    WeightInit,
};
use crate::objective::Loss;
use crate::parameters::{ParameterGroup, ParameterKind, ParameterLayout};
use crate::run::{Built, PopulationNetwork};
use crate::substrate::{Population, Structure};

/// Standard deviation over the outputs of what a softmax is taken of, and of target values in units of their distance: classes
/// start about equally likely.
const LOGIT: f64 = 0.5;
/// Spikes of a neuron in a sample, unless its population says otherwise.
const DEFAULT_SPIKES: f64 = 1.0;
/// Part of these that are there if inputs are balanced.
const SPREAD: f64 = 0.3;

/// The stages of an experiment; empty if no weights follow from the data.
pub(crate) fn stages(experiment: &Experiment, built: &Built, structure: &Structure) -> Vec<Stage> {
    match (&experiment.network, built) {
        (NetworkConfig::Layers(layers), Built::Layers(_, layout)) => of_layers(layers, layout, structure),
        (NetworkConfig::Populations(populations), Built::Populations(network)) => {
            of_populations(experiment, populations, network, built.inputs(), built.layout(), structure)
        }
        _ => Vec::new(),
    }
}

fn of_layers(layers: &Layers, layout: &ParameterLayout, structure: &Structure) -> Vec<Stage> {
    let last = layers.layers.len().saturating_sub(1);
    let stage = |(index, config): (usize, &LayerConfig)| {
        let WeightInit::FanIn(fan_in) = config.weights.init else { return None };
        let group = weights_of(layout, index)?;
        let population = structure.populations.get(index)?;
        // those of bias spikes may be given
        let given = config.weights.bias.is_some();
        let range = group.range.start..group.range.end - if given { config.bias_weights() } else { 0 };
        Some(Stage {
            name: population.name.clone(),
            neurons: population.neurons.clone(),
            goal: Goal::Spiking { wanted: fan_in.wanted(index == last), spread: fan_in.spread },
            weights: vec![Weights {
                targets: population.neurons.clone().cycle().take(range.len()).collect(),
                range,
                sources: index.checked_sub(1).map(|before| structure.populations[before].neurons.clone()),
                density: config.multiplex as f64,
                biases: if given { 0.0 } else { config.bias_times.len() as f64 },
                share: 1.0,
            }],
        })
    };
    layers.layers.iter().enumerate().filter_map(stage).collect()
}

fn weights_of(layout: &ParameterLayout, index: usize) -> Option<&ParameterGroup> {
    layout.groups().iter().find(|group| group.kind == ParameterKind::Weights && group.index == index)
}

fn of_populations(
    experiment: &Experiment,
    populations: &Populations,
    network: &PopulationNetwork,
    inputs: u32,
    layout: &ParameterLayout,
    structure: &Structure,
) -> Vec<Stage> {
    let neurons =
        |name: &str| structure.populations.iter().find(|own| own.name == name).map(|own| own.neurons.clone());
    let weights = |population: &Population| {
        let onto =
            populations.projections.iter().enumerate().filter(|(_, projection)| projection.to == population.name);
        let of = |(number, projection): (usize, &ProjectionConfig)| {
            let ProjectionWeight::FanIn(fan_in) = projection.weight else { return None };
            let sources = neurons(&projection.from);
            let senders = sources.as_ref().map_or(inputs as usize, |sources| sources.len());
            let pairs = (senders * population.neurons.len()).max(1);
            Some(Weights {
                range: weights_of(layout, number)?.range.clone(),
                sources,
                density: network.projections()[number].len() as f64 / pairs as f64,
                targets: network.targets_of_weights(number),
                biases: 0.0,
                share: fan_in.share,
            })
        };
        onto.filter_map(of).collect::<Vec<_>>()
    };
    let goal = |population: &Population| {
        let config = populations.populations.iter().find(|config| config.spec.name == population.name);
        if population.neurons == structure.outputs && !experiment.readout.reads_spikes() {
            return Goal::Read(match experiment.loss {
                Loss::CrossEntropy { scale, .. } => LOGIT / scale,
                Loss::SquaredError { correct, wrong } => LOGIT * (correct - wrong).abs(),
                _ => LOGIT,
            });
        }
        let wanted = config.and_then(|config| config.training.spikes).unwrap_or(DEFAULT_SPIKES);
        Goal::Spikes { wanted, spread: SPREAD }
    };
    let mut order: Vec<(usize, &Population)> = structure
        .populations
        .iter()
        .map(|population| (distance(populations, &population.name), population))
        .collect();
    order.sort_by_key(|(distance, _)| *distance);
    let stage = |(_, population): (usize, &Population)| {
        let (neurons, name) = (population.neurons.clone(), population.name.clone());
        let weights = weights(population);
        (!weights.is_empty()).then(|| Stage { name, neurons, goal: goal(population), weights })
    };
    order.into_iter().filter_map(stage).collect()
}

/// Projections between the input and a population, on the shortest way; more than there are where there is none.
fn distance(populations: &Populations, name: &str) -> usize {
    let mut reached = vec![INPUT];
    for distance in 0..=populations.populations.len() {
        if reached.contains(&name) {
            return distance;
        }
        let next = populations.projections.iter().filter(|projection| reached.contains(&&*projection.from));
        let next: Vec<&str> = next.map(|projection| &*projection.to).collect();
        reached.extend(next);
    }
    usize::MAX
}
