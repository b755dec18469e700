//! From populations to models and initial states.

use std::collections::HashMap;

use delgrad_neuron::{NeuronError, Parameter, PointNeuron, State};

use super::error::{Field, Place, SpecError};
use super::layout::Layout;
use super::parameter::{INITIAL_I, INITIAL_V, ModelKind, PARAMETERS};
use super::validate::parameter_field;
use super::value::Draws;
use super::{ModelSpec, NetworkSpec, PopulationSpec, Value};
use crate::network::NetworkParts;
use crate::purposes;
use crate::random::stream;
use crate::{Model, Population};

/// Random streams that are set apart for a population.
const STREAMS: u64 = 64;

/// Adds all populations of a valid specification.
pub(super) fn add_neurons(
    spec: &NetworkSpec,
    layout: &Layout<'_>,
    seed: u64,
    parts: &mut NetworkParts,
) -> Result<(), SpecError> {
    let mut pool = ModelPool::default();
    for (index, population) in (0..).zip(&spec.populations) {
        let neurons = layout.neurons(&population.name);
        let max_spikes = population.max_spikes;
        parts.populations.push(Population { name: population.name.clone(), neurons, max_spikes });
        let draws = |value, parameter| draws(value, seed, STREAMS * index + parameter);
        match (&population.model, population.model.kind()) {
            (ModelSpec::Custom(model), _) => {
                let model = Model::Custom(model.clone());
                check_refractory(&model).map_err(|error| neuron_error(population, 0, error))?;
                parts.models.push(model);
                let number = parts.models.len() as u32 - 1;
                parts.model_of.extend((0..population.size).map(|_| number));
            }
            (ModelSpec::Each(models), _) => {
                for (neuron, model) in (0..).zip(models) {
                    let number = pool.ready_made(model, &mut parts.models);
                    parts.model_of.push(number.map_err(|error| neuron_error(population, neuron, error))?);
                }
            }
            (model, kind) => {
                let kind = kind.unwrap_or(ModelKind::Lif);
                let values = Parameter::ALL.map(|parameter| draws(model.value(parameter), parameter as u64));
                add_drawn(population, kind, values, &mut pool, parts)?;
            }
        }
        let v = draws(population.initial_v.as_ref(), INITIAL_V);
        let i = draws(population.initial_i.as_ref(), INITIAL_I);
        add_states(population, v, i, parts)?;
    }
    Ok(())
}

fn draws(value: Option<&Value>, seed: u64, index: u64) -> Option<Draws<'_>> {
    value.map(|value| value.draws(|| stream(seed, purposes::NEURONS, index)))
}

fn neuron_error(population: &PopulationSpec, neuron: u32, source: NeuronError) -> SpecError {
    SpecError::Neuron { population: population.name.clone(), neuron, source }
}

fn check_refractory(model: &Model) -> Result<(), NeuronError> {
    let value = model.refractory();
    if value >= 0.0 && value.is_finite() {
        return Ok(());
    }
    Err(NeuronError::OutOfRange { field: "refractory", value, valid: "finite and at least 0" })
}

/// Models of all neurons whose parameters are values.
fn add_drawn(
    population: &PopulationSpec,
    kind: ModelKind,
    mut values: [Option<Draws<'_>>; PARAMETERS],
    pool: &mut ModelPool,
    parts: &mut NetworkParts,
) -> Result<(), SpecError> {
    let place = Place::Population { name: population.name.clone() };
    for neuron in 0..population.size {
        let mut numbers = [0.0; PARAMETERS];
        for ((number, value), parameter) in numbers.iter_mut().zip(&mut values).zip(Parameter::ALL) {
            if let Some(value) = value {
                *number = parameter_field(&place, parameter).drawn(neuron as usize, value.next())?;
            }
        }
        let number = pool.model(kind, &numbers, &mut parts.models);
        parts.model_of.push(number.map_err(|error| neuron_error(population, neuron, error))?);
    }
    Ok(())
}

fn add_states(
    population: &PopulationSpec,
    mut v: Option<Draws<'_>>,
    mut i: Option<Draws<'_>>,
    parts: &mut NetworkParts,
) -> Result<(), SpecError> {
    let place = Place::Population { name: population.name.clone() };
    let first = parts.initial.len();
    for neuron in 0..population.size as usize {
        let State { v: rest_v, i: rest_i } = parts.models[parts.model_of[first + neuron] as usize].rest();
        let v = v.as_mut().map_or(rest_v, Draws::next);
        let i = i.as_mut().map_or(rest_i, Draws::next);
        let v = Field::new(&place, "initial-v", "neuron").drawn(neuron, v)?;
        let i = Field::new(&place, "initial-i", "neuron").drawn(neuron, i)?;
        parts.initial.push(State { v, i });
    }
    Ok(())
}

type Key = (ModelKind, [u64; PARAMETERS]);

/// Neurons with the same parameters, to the bit, share a model.
#[derive(Default)]
pub(crate) struct ModelPool {
    numbers: HashMap<Key, u32>,
    /// Most neurons are like the one before.
    last: Option<(Key, u32)>,
}

impl ModelPool {
    fn model(
        &mut self,
        kind: ModelKind,
        values: &[f64; PARAMETERS],
        models: &mut Vec<Model>,
    ) -> Result<u32, NeuronError> {
        let key = (kind, values.map(f64::to_bits));
        if let Some((_, number)) = self.last.filter(|(last, _)| *last == key) {
            return Ok(number);
        }
        let number = match self.numbers.get(&key) {
            Some(&number) => number,
            None => {
                models.push(kind.model(values)?);
                let number = models.len() as u32 - 1;
                self.numbers.insert(key, number);
                number
            }
        };
        self.last = Some((key, number));
        Ok(number)
    }

    /// Number of a ready-made model.
    pub fn ready_made(&mut self, model: &Model, models: &mut Vec<Model>) -> Result<u32, NeuronError> {
        if let Some((kind, values)) = ModelKind::of(model) {
            return self.model(kind, &values, models);
        }
        check_refractory(model)?;
        models.push(model.clone());
        Ok(models.len() as u32 - 1)
    }
}
