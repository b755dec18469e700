//! The neurons whose constants are parameters.

mod learned;

pub(super) use learned::Learned;

use std::ops::Range;

use delgrad_adjoint::Gradients;
use delgrad_engine::{Model, Parts};
use delgrad_neuron::{Parameter, PointNeuron, State};

use crate::TrainError;
use crate::parameters::{Constant, ParameterGroup, ParameterKind};
use crate::run::StartProblem;

/// The neurons of a group of parameters.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Neurons {
    neurons: Range<u32>,
    constant: Constant,
    /// Whether their voltages at time 0 are their leaks.
    at_rest: bool,
}

impl Neurons {
    /// For each neuron the number of its parameter in the group.
    fn each<'a>(&self, group: &'a ParameterGroup) -> impl Iterator<Item = (usize, usize)> + use<'a> {
        let one = group.range.len() == 1;
        let neurons = self.neurons.start as usize..self.neurons.end as usize;
        neurons.enumerate().map(move |(place, neuron)| (neuron, if one { 0 } else { place }))
    }

    /// Writes what is learned into the neurons of a network.
    pub fn write(&self, group: &ParameterGroup, parameters: &[f64], parts: &mut Parts) -> Result<(), TrainError> {
        let values = group.values(parameters);
        for (neuron, number) in self.each(group) {
            let (model, state, value) = (&mut parts.models[neuron], &mut parts.initial[neuron], values[number]);
            match (self.constant.parameter(), self.constant) {
                (Some(parameter), _) => {
                    if let Some(changed) = model.with_parameter(parameter, value)? {
                        *model = changed;
                    }
                    if parameter == Parameter::Leak && self.at_rest {
                        state.v = model.rest().v;
                    }
                }
                (None, Constant::InitialI) => state.i = value,
                (None, _) => state.v = value,
            }
        }
        Ok(())
    }

    /// The values that neurons have, as a network file holds them.
    pub fn values(&self, parts: &Parts) -> Vec<f64> {
        let neurons = self.neurons.start as usize..self.neurons.end as usize;
        neurons.map(|neuron| self.value(&parts.models[neuron], parts.initial[neuron])).collect()
    }

    fn value(&self, model: &Model, state: State) -> f64 {
        match (self.constant.parameter(), self.constant) {
            (Some(parameter), _) => model.parameter(parameter).unwrap_or(f64::NAN),
            (None, Constant::InitialI) => state.i,
            (None, _) => state.v,
        }
    }

    /// Adds the gradient by the parameters of the group.
    pub fn pull(&self, group: &ParameterGroup, parameters: &[f64], gradients: &Gradients, sum: &mut [f64]) {
        let slopes = group.slopes(parameters);
        for (neuron, number) in self.each(group) {
            let State { v, i } = gradients.initial[neuron];
            let by_value = match (self.constant.parameter(), self.constant) {
                // a neuron at rest starts from its leak
                (Some(Parameter::Leak), _) if self.at_rest => gradients.neurons[neuron].leak + v,
                (Some(parameter), _) => gradients.neurons[neuron][parameter],
                (None, Constant::InitialI) => i,
                (None, _) => v,
            };
            sum[group.range.start + number] += by_value * slopes[number];
        }
    }

    /// Finds the parameters of the group that a network's neurons come from.
    ///
    /// # Errors
    /// Values outside their range.
    pub fn read(&self, group: &ParameterGroup, parts: &Parts, parameters: &mut [f64]) -> Result<(), StartProblem> {
        let ParameterKind::Constants(_, range) = group.kind else { return Ok(()) };
        let values = self.values(parts);
        for ((_, number), value) in self.each(group).zip(values) {
            let parameter = range.parameter_of_computed(value, value);
            let outside =
                || StartProblem::OutOfRange { group: group.name(), row: 0, column: number, value, range };
            parameters[group.range.start + number] = parameter.ok_or_else(outside)?;
        }
        Ok(())
    }

    pub fn constant(&self) -> Constant {
        self.constant
    }
}
