use std::collections::HashMap;
use std::ops::Range;

use delgrad_adjoint::Gradients;
use delgrad_engine::{DelaySpec, Network, NetworkSpec, Rule, Synapse, Value};
use delgrad_ttfs::DelayKind;

use super::{DelayRange, EventExperiment};
use crate::{Group, TrainError};

/// What a block of parameters stands for.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum ParameterKind {
    /// Weights: the parameter itself.
    Weights,
    /// Delays of one part, within a range.
    Delays(DelayKind, DelayRange),
}

/// Learned weights or delays of one projection.
#[derive(Clone, Debug, PartialEq)]
pub struct ParameterBlock {
    /// Place of the projection in the experiment.
    pub projection: usize,
    /// What they are.
    pub kind: ParameterKind,
    /// Their places in the vector of parameters.
    pub range: Range<usize>,
    /// Numbers of the projection's synapses.
    pub synapses: Range<usize>,
    /// For each synapse its parameter, counted from the start of `range`.
    pub index: Vec<u32>,
    /// For each synapse the part of its delay that is not learned; empty if there is none.
    offset: Vec<f64>,
    /// Learning rate before the schedule's factor.
    pub learning_rate: f64,
}

/// The learned numbers of a network in one flat vector, and how synapses follow from them.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ParameterMap {
    blocks: Vec<ParameterBlock>,
    /// Synapses of each projection.
    projections: Vec<Range<usize>>,
}

impl ParameterBlock {
    /// The learned values as they act, given all parameters: weights, or delays without what is not learned of them.
    #[must_use]
    pub fn values(&self, parameters: &[f64]) -> Vec<f64> {
        let own = &parameters[self.range.clone()];
        match self.kind {
            ParameterKind::Weights => own.to_vec(),
            ParameterKind::Delays(_, range) => own.iter().map(|&p| range.delay(p)).collect(),
        }
    }
}

impl ParameterMap {
    /// The map of an experiment, and the initial parameters. `network` is that of `spec`, with numbered synapses.
    ///
    /// # Errors
    /// Groups that do not fit, and initial delays outside their range.
    pub fn new(
        experiment: &EventExperiment,
        spec: &NetworkSpec,
        network: &Network,
    ) -> Result<(Self, Vec<f64>), TrainError> {
        let all = network.parts().synapses;
        let marked = marked(experiment, spec)?;
        let mut map = Self { blocks: Vec::new(), projections: ranges(&marked, spec.projections.len()) };
        let mut parameters = Vec::new();
        for (projection, config) in experiment.projections.iter().enumerate() {
            let synapses = map.projections[projection].clone();
            let default = experiment.training.learning_rate;
            let name = |key: &str| format!("projections[{projection}].{key}");
            if let Some(rate) = config.learn.weight.with_default(default) {
                let each: Vec<u32> = (0..synapses.len() as u32).collect();
                let keys = config.weight_groups.as_ref().unwrap_or(&each);
                let (index, first) = share(keys, synapses.len(), || name("weight-groups"))?;
                let initial = first.iter().map(|&synapse| all[synapses.start + synapse].weight);
                map.push(ParameterKind::Weights, projection, index, Vec::new(), rate, initial, &mut parameters);
            }
            if let Some(rate) = config.learn.delay.with_default(default) {
                let (kind, range) = (config.delay_kind(), config.delay_range);
                let part = &marked[synapses.clone()];
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
                let initial: Vec<f64> = first
                    .iter()
                    .map(|&synapse| {
                        let delay = part[synapse].delay;
                        range.parameter(delay).ok_or_else(|| outside(name("delay"), synapse, delay, range))
                    })
                    .collect::<Result<_, _>>()?;
                let kind = ParameterKind::Delays(kind, range);
                map.push(kind, projection, index, offset, rate, initial.into_iter(), &mut parameters);
            }
        }
        Ok((map, parameters))
    }

    #[allow(clippy::too_many_arguments, reason = "the fields of a block")]
    fn push(
        &mut self,
        kind: ParameterKind,
        projection: usize,
        index: Vec<u32>,
        offset: Vec<f64>,
        learning_rate: f64,
        initial: impl Iterator<Item = f64>,
        parameters: &mut Vec<f64>,
    ) {
        let start = parameters.len();
        parameters.extend(initial);
        let synapses = self.projections[projection].clone();
        let range = start..parameters.len();
        self.blocks.push(ParameterBlock { projection, kind, range, synapses, index, offset, learning_rate });
    }

    /// The blocks, in order of their parameters.
    #[must_use]
    pub fn blocks(&self) -> &[ParameterBlock] {
        &self.blocks
    }

    /// Numbers of the synapses of each projection.
    #[must_use]
    pub fn projections(&self) -> &[Range<usize>] {
        &self.projections
    }

    /// Number of parameters.
    #[must_use]
    pub fn count(&self) -> usize {
        self.blocks.last().map_or(0, |block| block.range.end)
    }

    /// Learning rates for an optimiser.
    #[must_use]
    pub fn groups(&self) -> Vec<Group> {
        let group = |b: &ParameterBlock| Group { range: b.range.clone(), learning_rate: b.learning_rate };
        self.blocks.iter().map(group).collect()
    }

    /// Writes weights and delays into synapses, which are in the order of their numbers.
    pub fn write(&self, parameters: &[f64], synapses: &mut [Synapse]) {
        for block in &self.blocks {
            let own = &parameters[block.range.clone()];
            let synapses = &mut synapses[block.synapses.clone()];
            match block.kind {
                ParameterKind::Weights => {
                    synapses.iter_mut().zip(&block.index).for_each(|(s, &p)| s.weight = own[p as usize]);
                }
                ParameterKind::Delays(_, range) => {
                    let delays: Vec<f64> = own.iter().map(|&p| range.delay(p)).collect();
                    for (number, (synapse, &p)) in synapses.iter_mut().zip(&block.index).enumerate() {
                        synapse.delay = block.offset.get(number).copied().unwrap_or(0.0) + delays[p as usize];
                    }
                }
            }
        }
    }

    /// Adds the gradient by the parameters that follows from one by all weights and delays.
    pub fn pull(&self, parameters: &[f64], gradients: &Gradients, sum: &mut [f64]) {
        for block in &self.blocks {
            let by_synapse = match block.kind {
                ParameterKind::Weights => &gradients.weight[block.synapses.clone()],
                ParameterKind::Delays(..) => &gradients.delay[block.synapses.clone()],
            };
            let mut own = vec![0.0; block.range.len()];
            block.index.iter().zip(by_synapse).for_each(|(&p, gradient)| own[p as usize] += gradient);
            let sums = &mut sum[block.range.clone()];
            for ((sum, own), &parameter) in sums.iter_mut().zip(own).zip(&parameters[block.range.clone()]) {
                *sum += match block.kind {
                    ParameterKind::Weights => own,
                    ParameterKind::Delays(_, range) => own * range.slope(parameter),
                };
            }
        }
    }

    /// The parameters of a network that came from this map, which give its delays to rounding; `initial` for those that no
    /// synapse has.
    ///
    /// # Errors
    /// Synapses that are not those of the map, and delays outside their range.
    pub fn read(&self, synapses: &[Synapse], initial: &[f64]) -> Result<Vec<f64>, String> {
        let expected = self.projections.last().map_or(0, |range| range.end);
        if synapses.len() != expected {
            return Err(format!("it has {} synapses; its experiment has {expected}", synapses.len()));
        }
        let mut parameters = initial.to_vec();
        for block in &self.blocks {
            for (number, &p) in block.index.iter().enumerate() {
                let synapse = synapses[block.synapses.start + number];
                let slot = &mut parameters[block.range.start + p as usize];
                *slot = match block.kind {
                    ParameterKind::Weights => synapse.weight,
                    ParameterKind::Delays(_, range) => {
                        let own = synapse.delay - block.offset.get(number).copied().unwrap_or(0.0);
                        near(range, own, synapse.delay).ok_or_else(|| outside_range(block, number, own, range))?
                    }
                };
            }
        }
        Ok(parameters)
    }

    /// Moves parameters back to where they may be.
    pub fn rectify(&self, parameters: &mut [f64]) {
        for block in &self.blocks {
            if let ParameterKind::Delays(_, range) = block.kind {
                range.rectify(&mut parameters[block.range.clone()]);
            }
        }
    }
}

/// The parameter of a learned delay that is part of `whole`.
///
/// A parameter far out gives a delay at the very end of its range, which no finite one gives, and what is not learned takes
/// digits of the delay with it. So what lies within rounding of a delay inside has the parameter of that one.
fn near(range: DelayRange, own: f64, whole: f64) -> Option<f64> {
    // Two sums, each rounded to half a unit, and as much again.
    let slack = (4.0 * f64::EPSILON * whole.abs()).max(f64::MIN_POSITIVE);
    [own, own + slack, own - slack].into_iter().find_map(|delay| range.parameter(delay))
}

/// The synapses of an experiment, each with its projection for weight, and with the learned part of its delay alone.
fn marked(experiment: &EventExperiment, spec: &NetworkSpec) -> Result<Vec<Synapse>, TrainError> {
    let mut spec = spec.clone();
    for (number, (projection, config)) in spec.projections.iter_mut().zip(&experiment.projections).enumerate() {
        if config.learn.delay.with_default(1.0).is_some() {
            *projection = config.learned_part();
        }
        projection.weight = Value::Number(number as f64);
        if let Rule::Edges(edges) = &mut projection.rule {
            edges.iter_mut().for_each(|edge| edge.weight = None);
        }
    }
    Ok(spec.build_numbered()?.parts().synapses)
}

/// The synapses of each projection: they are created projection by projection.
fn ranges(marked: &[Synapse], projections: usize) -> Vec<Range<usize>> {
    let mut start = 0;
    let range = |number| {
        let length = marked[start..].iter().take_while(|synapse| synapse.weight == number as f64).count();
        start += length;
        start - length..start
    };
    (0..projections).map(range).collect()
}

/// Which synapses share a delay of this kind: those with equal keys.
fn keys(kind: DelayKind, synapses: &[Synapse]) -> Vec<u32> {
    let key = |(number, synapse): (u32, &Synapse)| match kind {
        DelayKind::Axonal => synapse.source,
        DelayKind::Dendritic => synapse.target,
        DelayKind::Synaptic => number,
    };
    (0..).zip(synapses).map(key).collect()
}

/// Numbers keys by their first occurrence: for each entry its number, for each number its first entry.
fn share(keys: &[u32], synapses: usize, name: impl Fn() -> String) -> Result<(Vec<u32>, Vec<usize>), TrainError> {
    if keys.len() != synapses {
        let problem = format!("has {} entries; it must have one for each of the {synapses} synapses", keys.len());
        return Err(TrainError::EventKey { key: name(), problem });
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

/// What is wrong with a learned delay of a file.
fn outside_range(block: &ParameterBlock, number: usize, delay: f64, range: DelayRange) -> String {
    let max = range.max.map_or_else(|| "no limit".to_owned(), |max| max.to_string());
    format!(
        "delay {delay} of synapse {number} is outside its range: that of projections[{}] goes from {} to {max}",
        block.projection, range.min
    )
}

fn negative_rest(key: String, synapse: usize, rest: f64) -> TrainError {
    let problem = format!(
        "has parts besides the learned one that add up to {rest} for synapse {synapse}; as the learned part may come down to \
         0, they must be at least 0"
    );
    TrainError::EventKey { key, problem }
}

fn outside(key: String, synapse: usize, delay: f64, range: DelayRange) -> TrainError {
    let max = range.max.map_or_else(|| "no limit".to_owned(), |max| max.to_string());
    let problem = format!(
        "is {delay} for synapse {synapse}; learned delays must start inside their delay-range, from {} to {max}",
        range.min
    );
    TrainError::EventKey { key, problem }
}
