//! From a network to the layout of JSON files.

use delgrad_neuron::{Parameter, PointNeuron, State};

use super::explicit::{ExplicitFile, Initial, Neuron, Synapses};
use super::{NETWORK_FORMAT, NetworkFile, NetworkFileError, VERSION};
use crate::network::NetworkParts;
use crate::network::spec::parameter::ModelKind;
use crate::{Generator, InputSpike, Synapse};

pub(super) fn explicit(file: &NetworkFile) -> Result<ExplicitFile, NetworkFileError> {
    let spec = &file.spec;
    let wrong = |error| NetworkFileError::Spec { file: "network".to_owned(), source: Box::new(error) };
    let (parts, drawn) = spec.parts(spec.seed).map_err(wrong)?;
    Ok(ExplicitFile {
        format: NETWORK_FORMAT.to_owned(),
        version: Some(VERSION),
        description: Default::default(),
        units: Default::default(),
        source_index: Default::default(),
        time_unit: spec.time_unit.clone(),
        until: spec.until,
        max_spikes_per_neuron: max_spikes(&parts)?,
        inputs: parts.sources.last().map_or(0, |group| group.inputs.end),
        neurons: neurons(&parts)?,
        synapses: synapses(&drawn.list().map_err(wrong)?),
        input_spikes: input_spikes(file, &parts)?,
        spikes: file.expected.clone(),
        training: file.training.clone(),
        cotangents: Default::default(),
        gradient: Default::default(),
    })
}

fn unwritable(problem: impl Into<String>) -> NetworkFileError {
    NetworkFileError::Unwritable { form: "JSON", problem: problem.into() }
}

fn max_spikes(parts: &NetworkParts) -> Result<Option<u32>, NetworkFileError> {
    let mut limits = parts.populations.iter().map(|population| population.max_spikes);
    let first = limits.next().flatten();
    if limits.all(|limit| limit == first) {
        return Ok(first);
    }
    Err(unwritable("populations differ in max-spikes; give all the same"))
}

fn neurons(parts: &NetworkParts) -> Result<Vec<Neuron>, NetworkFileError> {
    let neuron = |(&number, &state): (&u32, &State)| {
        let model = &parts.models[number as usize];
        let (kind, all) =
            ModelKind::of(model).ok_or_else(|| unwritable("a custom model has no place in a file"))?;
        let mut values = [None; Parameter::ALL.len()];
        for &parameter in kind.parameters() {
            let value = all[parameter as usize];
            // Most neurons have no bias.
            values[parameter as usize] = (parameter != Parameter::Bias || value != 0.0).then_some(value);
        }
        let initial = (state != model.rest()).then_some(Initial { v: state.v, i: state.i });
        Ok(Neuron::new(kind, values, initial))
    };
    parts.model_of.iter().zip(&parts.initial).map(neuron).collect()
}

fn synapses(all: &[Synapse]) -> Synapses {
    Synapses {
        source: all.iter().map(|synapse| synapse.source.0).collect(),
        target: all.iter().map(|synapse| synapse.target.0).collect(),
        weight: all.iter().map(|synapse| synapse.weight).collect(),
        delay: all.iter().map(|synapse| synapse.delay).collect(),
    }
}

fn input_spikes(file: &NetworkFile, parts: &NetworkParts) -> Result<Option<Vec<InputSpike>>, NetworkFileError> {
    let mut spikes = Vec::new();
    for group in &parts.sources {
        match &group.generator {
            Generator::Given => {}
            Generator::Times(lists) => {
                for (source, times) in group.inputs.clone().zip(lists) {
                    spikes.extend(times.iter().map(|&time| InputSpike { time, source }));
                }
            }
            _ => {
                return Err(unwritable(format!(
                    "source \"{}\" makes spikes without end; give their times instead",
                    group.name
                )));
            }
        }
    }
    if spikes.is_empty() && file.input_spikes.is_none() {
        return Ok(None);
    }
    spikes.sort_by(|a, b| a.time.total_cmp(&b.time).then(a.source.cmp(&b.source)));
    // files hold them sorted by time; at one instant those given come first
    let mut all: Vec<InputSpike> = file.input_spikes.iter().flatten().copied().chain(spikes).collect();
    all.sort_by(|a, b| a.time.total_cmp(&b.time));
    Ok(Some(all))
}
