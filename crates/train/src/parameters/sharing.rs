//! Which synapses and neurons of a network of populations share which parameter.

mod neurons;

use std::collections::HashMap;
use std::ops::Range;

use delgrad_adjoint::Gradients;
use delgrad_engine::spec::{DelaySpec, NetworkSpec};
use delgrad_engine::{Network, NeuronId, Parts, Synapse};
use delgrad_ttfs::{DelayKind, DelayRange};

use neurons::{Learned, Neurons};

use super::{Constant, ParameterGroup, ParameterKind, ParameterLayout};
use crate::TrainError;
use crate::experiment::{Populations, ProjectionConfig};
use crate::run::StartProblem;

/// How synapses and neurons follow from parameters.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Sharing {
    layout: ParameterLayout,
    /// For each group of parameters of synapses, which come first, its synapses.
    blocks: Vec<Block>,
    /// For each group of constants its neurons.
    neurons: Vec<Neurons>,
    /// Synapses of each projection.
    projections: Vec<Range<usize>>,
}

/// The synapses of a group of parameters.
#[derive(Clone, Debug, PartialEq)]
struct Block {
    /// Numbers of the projection's synapses.
    synapses: Range<usize>,
    /// For each synapse its parameter, counted from the start of the group.
    index: Vec<u32>,
    /// For each synapse the part of its delay that is not learned; empty if there is none.
    offset: Vec<f64>,
    /// Largest norm of the weights onto a neuron.
    max_norm: Option<f64>,
}

impl Block {
    fn offset(&self, number: usize) -> f64 {
        self.offset.get(number).copied().unwrap_or(0.0)
    }
}

impl Sharing {
    /// The parameters of an experiment, and their initial values. `network` is that of `spec`, with numbered synapses.
    ///
    /// # Errors
    /// Groups that do not fit, and initial delays and constants outside their range.
    pub fn new(
        populations: &Populations,
        learning_rate: f64,
        spec: &NetworkSpec,
        network: &Network,
    ) -> Result<(Self, Vec<f64>), TrainError> {
        let all = network.parts().synapses;
        let learned = learned_parts(&populations.projections, spec, &all)?;
        let projections =
            network.projections().iter().map(|range| range.start as usize..range.end as usize).collect();
        let mut sharing = Self { projections, ..Self::default() };
        let (mut groups, mut parameters) = (Vec::new(), Vec::new());
        for (number, config) in populations.projections.iter().enumerate() {
            let synapses = sharing.projections[number].clone();
            let name = |key: &str| format!("projections[{number}].{key}");
            let group = |kind, range: Range<usize>, rate| ParameterGroup {
                place: format!("{} → {}", config.from, config.to),
                index: number,
                kind,
                shape: [1, range.len()],
                range,
                copies: 1,
                learning_rate: rate,
                decay: config.learn.weight_decay * f64::from(u8::from(kind == ParameterKind::Weights)),
                max_norm: None,
            };
            if let Some(rate) = config.learn.weight.with_default(learning_rate) {
                let each: Vec<u32> = (0..synapses.len() as u32).collect();
                let keys = config.weight_groups.as_ref().unwrap_or(&each);
                let (index, first) = share(keys, synapses.len(), || name("weight-groups"))?;
                let start = parameters.len();
                parameters.extend(first.iter().map(|&synapse| all[synapses.start + synapse].weight));
                groups.push(group(ParameterKind::Weights, start..parameters.len(), rate));
                let max_norm = config.learn.weight_max_norm;
                sharing.blocks.push(Block { synapses: synapses.clone(), index, offset: Vec::new(), max_norm });
            }
            if let Some(rate) = config.learn.delay.with_default(learning_rate) {
                let (kind, range) = (config.delay_kind(), config.delay_range);
                let part = &learned[synapses.clone()];
                let keys = config.delay_groups.clone().unwrap_or_else(|| keys(kind, part));
                let (index, first) = share(&keys, synapses.len(), || name("delay-groups"))?;
                let rest = |(number, (synapse, learned)): (usize, (&Synapse, &Synapse))| {
                    let rest = DelaySpec::sum([synapse.delay, -learned.delay, 0.0]);
                    if rest >= 0.0 { Ok(rest) } else { Err(negative_rest(name("delay"), number, rest)) }
                };
                let pairs = all[synapses.clone()].iter().zip(part).enumerate();
                let mut offset: Vec<f64> = pairs.map(rest).collect::<Result<_, _>>()?;
                if offset.iter().all(|rest| *rest == 0.0) {
                    offset.clear();
                }
                let start = parameters.len();
                for &synapse in &first {
                    let delay = part[synapse].delay;
                    let parameter = range.parameter(delay);
                    parameters.push(parameter.ok_or_else(|| outside(name("delay"), synapse, delay, range))?);
                }
                groups.push(group(ParameterKind::Delays(kind, range), start..parameters.len(), rate));
                sharing.blocks.push(Block { synapses, index, offset, max_norm: None });
            }
        }
        let of_neurons = Learned::new(populations, learning_rate, network, parameters.len())?;
        groups.extend(of_neurons.groups);
        parameters.extend(of_neurons.parameters);
        sharing.neurons = of_neurons.neurons;
        sharing.layout = ParameterLayout::new(groups);
        Ok((sharing, parameters))
    }

    /// The layout of the parameters.
    pub fn layout(&self) -> &ParameterLayout {
        &self.layout
    }

    /// Numbers of the synapses of each projection.
    pub fn projections(&self) -> &[Range<usize>] {
        &self.projections
    }

    fn blocks(&self) -> impl Iterator<Item = (&ParameterGroup, &Block)> {
        self.layout.groups().iter().zip(&self.blocks)
    }

    fn neurons(&self) -> impl Iterator<Item = (&ParameterGroup, &Neurons)> {
        self.layout.groups()[self.blocks.len()..].iter().zip(&self.neurons)
    }

    /// Whether constants of neurons are parameters.
    pub fn has_constants(&self) -> bool {
        !self.neurons.is_empty()
    }

    /// Whether constants are learned whose gradients take longer than all others.
    pub fn learns_time_constants(&self) -> bool {
        let slow = |constant| matches!(constant, Constant::TauMem | Constant::TauSyn | Constant::Capacitance);
        let learned =
            |(group, neurons): (&ParameterGroup, &Neurons)| group.learning_rate > 0.0 && slow(neurons.constant());
        self.neurons().any(learned)
    }

    /// Each constant that is a parameter: the number of its population, which it is, and its value for each neuron of `parts`.
    pub fn constants<'a>(&'a self, parts: &'a Parts) -> impl Iterator<Item = (usize, Constant, Vec<f64>)> + 'a {
        self.neurons().map(|(group, neurons)| (group.index, neurons.constant(), neurons.values(parts)))
    }

    /// The weights: for each synapse with a learned one, its number and its parameter.
    pub fn weights(&self) -> impl Iterator<Item = (usize, usize)> + '_ {
        self.blocks().filter(|(group, _)| group.kind == ParameterKind::Weights).flat_map(|(group, block)| {
            let start = group.range.start;
            block.synapses.clone().zip(&block.index).map(move |(synapse, &p)| (synapse, start + p as usize))
        })
    }

    /// For each weight parameter of a projection the first synapse that has it.
    pub fn first_of_weights(&self, projection: usize) -> Vec<usize> {
        let own = |(group, _): &(&ParameterGroup, &Block)| {
            group.kind == ParameterKind::Weights && group.index == projection
        };
        let Some((group, block)) = self.blocks().find(own) else { return Vec::new() };
        let mut first = vec![usize::MAX; group.range.len()];
        for (synapse, &parameter) in block.synapses.clone().zip(&block.index) {
            let slot = &mut first[parameter as usize];
            *slot = synapse.min(*slot);
        }
        first
    }

    /// Writes what is learned into the weights and delays of all synapses, which are in the order of their numbers.
    pub fn write(&self, parameters: &[f64], weights: &mut [f64], delays: &mut [f64]) {
        for (group, block) in self.blocks() {
            let values = group.values(parameters);
            if group.is_delays() {
                for (number, (delay, &p)) in
                    delays[block.synapses.clone()].iter_mut().zip(&block.index).enumerate()
                {
                    *delay = block.offset(number) + values[p as usize];
                }
            } else {
                let weights = weights[block.synapses.clone()].iter_mut();
                weights.zip(&block.index).for_each(|(weight, &p)| *weight = values[p as usize]);
            }
        }
    }

    /// Writes what is learned into the neurons of a network.
    ///
    /// # Errors
    /// Constants that no neuron has, where ranges have been left by rounding.
    pub fn write_neurons(&self, parameters: &[f64], parts: &mut Parts) -> Result<(), TrainError> {
        self.neurons().try_for_each(|(group, neurons)| neurons.write(group, parameters, parts))
    }

    /// Moves parameters back to where their values may lie, and weights onto a neuron to their largest norm: a weight that neurons
    /// share goes as far down as any of them asks. `targets` are those of all synapses.
    pub fn rectify(&self, targets: &[NeuronId], parameters: &mut [f64]) {
        self.layout.rectify(parameters);
        for (group, block) in self.blocks() {
            let Some(limit) = block.max_norm else { continue };
            let own = &mut parameters[group.range.clone()];
            let targets = &targets[block.synapses.clone()];
            let neurons = targets.iter().map(|target| target.index() + 1).max().unwrap_or(0);
            let mut squares = vec![0.0_f64; neurons];
            for (target, &p) in targets.iter().zip(&block.index) {
                squares[target.index()] += own[p as usize] * own[p as usize];
            }
            let mut factors = vec![1.0_f64; own.len()];
            for (target, &p) in targets.iter().zip(&block.index) {
                let factor = &mut factors[p as usize];
                *factor = factor.min(limit / squares[target.index()].sqrt());
            }
            own.iter_mut().zip(factors).for_each(|(weight, factor)| *weight *= factor);
        }
    }

    /// Adds the gradient by the parameters that follows from one by everything that the network depends on.
    pub fn pull(&self, parameters: &[f64], gradients: &Gradients, sum: &mut [f64]) {
        for (group, block) in self.blocks() {
            let all = if group.is_delays() { &gradients.delay } else { &gradients.weight };
            let mut own = vec![0.0; group.range.len()];
            let by_synapse = &all[block.synapses.clone()];
            block.index.iter().zip(by_synapse).for_each(|(&p, gradient)| own[p as usize] += gradient);
            let slopes = group.slopes(parameters);
            let sums = sum[group.range.clone()].iter_mut();
            sums.zip(own.iter().zip(slopes)).for_each(|(sum, (own, slope))| *sum += own * slope);
        }
        self.neurons().for_each(|(group, neurons)| neurons.pull(group, parameters, gradients, sum));
    }

    /// The parameters of a network that came from this experiment, which give its delays and constants to rounding; `initial`
    /// for those that no synapse has.
    ///
    /// # Errors
    /// Synapses that are not those of the experiment, and delays and constants outside their range.
    pub fn read(&self, parts: &Parts, initial: &[f64]) -> Result<Vec<f64>, StartProblem> {
        let synapses = &parts.synapses;
        let expected = self.projections.last().map_or(0, |range| range.end);
        if synapses.len() != expected {
            return Err(StartProblem::Synapses { found: synapses.len(), expected });
        }
        let mut parameters = initial.to_vec();
        for (group, block) in self.blocks() {
            for (number, &p) in block.index.iter().enumerate() {
                let synapse = synapses[block.synapses.start + number];
                let slot = &mut parameters[group.range.start + p as usize];
                *slot = match group.kind {
                    ParameterKind::Weights | ParameterKind::BiasTimes | ParameterKind::Constants(..) => {
                        synapse.weight
                    }
                    ParameterKind::Delays(_, range) => {
                        let delay = synapse.delay - block.offset(number);
                        let parameter = range.parameter_of_computed(delay, synapse.delay);
                        let (projection, synapse) = (group.index, number);
                        parameter.ok_or(StartProblem::SynapseDelay { projection, synapse, delay, range })?
                    }
                };
            }
        }
        for (group, neurons) in self.neurons() {
            neurons.read(group, parts, &mut parameters)?;
        }
        Ok(parameters)
    }
}

/// The synapses of an experiment, `all`, with the learned part of their delays alone.
fn learned_parts(
    projections: &[ProjectionConfig],
    spec: &NetworkSpec,
    all: &[Synapse],
) -> Result<Vec<Synapse>, TrainError> {
    let mut learned = spec.clone();
    for (projection, config) in learned.projections.iter_mut().zip(projections) {
        if config.learn.delay.with_default(1.0).is_some() {
            *projection = config.learned_part();
        }
    }
    if learned == *spec {
        return Ok(all.to_vec());
    }
    Ok(learned.build_numbered()?.parts().synapses)
}

/// Which synapses share a delay of this kind: those with equal keys.
fn keys(kind: DelayKind, synapses: &[Synapse]) -> Vec<u32> {
    let key = |(number, synapse): (u32, &Synapse)| match kind {
        DelayKind::Axonal => synapse.source.0,
        DelayKind::Dendritic => synapse.target.0,
        DelayKind::Synaptic => number,
    };
    (0..).zip(synapses).map(key).collect()
}

/// Numbers keys by their first occurrence: for each entry its number, for each number its first entry.
fn share(keys: &[u32], synapses: usize, name: impl Fn() -> String) -> Result<(Vec<u32>, Vec<usize>), TrainError> {
    if keys.len() != synapses {
        let problem = format!("has {} entries; it must have one for each of the {synapses} synapses", keys.len());
        return Err(TrainError::Key { key: name(), problem });
    }
    let (mut first, mut numbers) = (Vec::new(), HashMap::new());
    let index = keys.iter().enumerate().map(|(entry, key)| {
        *numbers.entry(*key).or_insert_with(|| {
            first.push(entry);
            first.len() as u32 - 1
        })
    });
    Ok((index.collect(), first))
}

fn negative_rest(key: String, synapse: usize, rest: f64) -> TrainError {
    let problem = format!(
        "has parts besides the learned one that add up to {rest} for synapse {synapse}; as the learned part may come down to \
         0, they must be at least 0"
    );
    TrainError::Key { key, problem }
}

fn outside(key: String, synapse: usize, delay: f64, range: DelayRange) -> TrainError {
    let problem =
        format!("is {delay} for synapse {synapse}; learned delays must start inside their delay-range: {range}");
    TrainError::Key { key, problem }
}
