//! Runs with one number of the network changed.

use std::collections::HashMap;

use delgrad_engine::{Cancel, InputSpike, Model, Network, Parts, Simulation, Stop};
use delgrad_neuron::Parameter;

use super::{Check, CheckLoss, Entry, Kind};
use crate::forward_mode::jvp;
use crate::spikes_of::SpikesOf;
use crate::{AdjointError, Direction, Observable, Record};

/// What a loss is made of, after one run.
#[derive(Clone, Debug)]
pub(super) struct Outcome {
    /// The terms of the loss, in an order that is the same for all runs.
    terms: Vec<f64>,
}

/// The run as it is, and all that it takes to make others.
pub(super) struct Runs<'a> {
    check: &'a Check<'a>,
    cancel: &'a Cancel,
    parts: Parts,
    record: Record,
    /// Rank of each spike of the record among those of its neuron.
    ranks: Vec<u32>,
    counts: Vec<u32>,
    base: Outcome,
    /// For each input spike of the record its place among those given; none if a generator made it.
    given: Vec<Option<u32>>,
}

impl<'a> Runs<'a> {
    pub fn new(check: &'a Check<'a>, cancel: &'a Cancel) -> Result<Self, AdjointError> {
        let Check { network, given, .. } = *check;
        let record = record(check, network, given, cancel)?;
        let mut counts = vec![0; network.neurons() as usize];
        let rank = |neuron: u32, counts: &mut Vec<u32>| {
            counts[neuron as usize] += 1;
            counts[neuron as usize] - 1
        };
        let ranks = record.spikes().iter().map(|spike| rank(spike.neuron, &mut counts)).collect();
        if let CheckLoss::Linear(cotangents) = check.loss {
            cotangents.check(&record)?;
        }
        let given = places_of_given(record.inputs(), given);
        let empty = Outcome { terms: Vec::new() };
        let mut runs = Self { check, cancel, parts: network.parts(), record, ranks, counts, base: empty, given };
        runs.base = runs.outcome(network, &runs.record)?;
        Ok(runs)
    }

    pub fn record(&self) -> &Record {
        &self.record
    }

    pub fn base(&self) -> &Outcome {
        &self.base
    }

    /// Indices of the entries of a kind that can move.
    pub fn eligible(&self, kind: Kind) -> Vec<u32> {
        let neurons = self.parts.models.len() as u32;
        match kind {
            Kind::Weight | Kind::Delay => (0..self.parts.synapses.len() as u32).collect(),
            Kind::InputTime => (0..).zip(&self.given).filter_map(|(n, given)| given.map(|_| n)).collect(),
            Kind::InitialV => (0..neurons).collect(),
            Kind::InitialI => {
                let has = |neuron: &u32| self.model(*neuron).parameter(Parameter::TauSyn).is_some();
                (0..neurons).filter(has).collect()
            }
            Kind::Neuron(parameter) => {
                let leaks = |model: &Model| model.parameter(Parameter::TauMem).is_some_and(f64::is_finite);
                let moves = |neuron: &u32| {
                    let model = self.model(*neuron);
                    model.parameter(parameter).is_some()
                        && (!matches!(parameter, Parameter::TauMem | Parameter::Leak) || leaks(model))
                };
                (0..neurons).filter(moves).collect()
            }
        }
    }

    fn model(&self, neuron: u32) -> &Model {
        &self.parts.models[neuron as usize]
    }

    /// The number of an entry.
    pub fn value(&self, entry: Entry) -> f64 {
        let index = entry.index as usize;
        match entry.kind {
            Kind::Weight => self.parts.synapses[index].weight,
            Kind::Delay => self.parts.synapses[index].delay,
            Kind::InputTime => self.record.inputs()[index].time,
            Kind::InitialV => self.parts.initial[index].v,
            Kind::InitialI => self.parts.initial[index].i,
            Kind::Neuron(parameter) => self.model(entry.index).parameter(parameter).unwrap_or(0.0),
        }
    }

    /// A size to measure steps of an entry by.
    pub fn scale(&self, entry: Entry) -> f64 {
        let models = self.parts.models.iter();
        let value = self.value(entry).abs();
        let scale = match entry.kind {
            Kind::Weight | Kind::InitialI | Kind::Neuron(Parameter::Bias) => {
                let weights = self.parts.synapses.iter().map(|synapse| synapse.weight.abs());
                let mean = weights.sum::<f64>() / self.parts.synapses.len().max(1) as f64;
                value.max(mean)
            }
            Kind::Delay | Kind::InputTime | Kind::Neuron(Parameter::Refractory) => {
                let taus = models.flat_map(|m| [m.parameter(Parameter::TauMem), m.parameter(Parameter::TauSyn)]);
                taus.flatten().fold(f64::INFINITY, f64::min)
            }
            Kind::Neuron(Parameter::TauMem | Parameter::TauSyn | Parameter::Capacitance) => value,
            Kind::InitialV
            | Kind::Neuron(Parameter::Threshold | Parameter::Leak | Parameter::Reset | Parameter::Critical) => {
                let model = self.model(entry.index);
                match (model.parameter(Parameter::Threshold), model.parameter(Parameter::Leak)) {
                    (Some(threshold), Some(leak)) => (threshold - leak).abs(),
                    _ => value,
                }
            }
        };
        if scale > 0.0 && scale.is_finite() { scale } else { 1.0 }
    }

    /// The run with an entry moved. None if there is no such network or run, or if the number of spikes of a neuron is another.
    pub fn moved(&self, entry: Entry, by: f64) -> Result<Option<Outcome>, AdjointError> {
        let Check { network, given, until, .. } = *self.check;
        let value = self.value(entry) + by;
        let index = entry.index as usize;
        if entry.kind == Kind::InputTime {
            let Some(place) = self.given[index].filter(|_| (0.0..=until).contains(&value)) else {
                return Ok(None);
            };
            let mut given = given.to_vec();
            given[place as usize].time = value;
            given.sort_by(|a, b| a.time.total_cmp(&b.time));
            return self.run(network, &given);
        }
        let mut parts = self.parts.clone();
        match entry.kind {
            Kind::Weight => parts.synapses[index].weight = value,
            Kind::Delay => parts.synapses[index].delay = value,
            Kind::InitialV => parts.initial[index].v = value,
            Kind::InitialI => parts.initial[index].i = value,
            Kind::Neuron(parameter) => match self.model(entry.index).with_parameter(parameter, value) {
                Ok(Some(model)) => parts.models[index] = model,
                Ok(None) | Err(_) => return Ok(None),
            },
            // has returned above
            Kind::InputTime => {}
        }
        match network.with_parts(parts) {
            Ok(network) => self.run(&network, given),
            Err(_) => Ok(None),
        }
    }

    fn run(&self, network: &Network, given: &[InputSpike]) -> Result<Option<Outcome>, AdjointError> {
        let record = match record(self.check, network, given, self.cancel) {
            Ok(record) => record,
            Err(AdjointError::Stopped { .. }) => return Ok(None),
            Err(error) => return Err(error),
        };
        let mut counts = vec![0; self.counts.len()];
        record.spikes().iter().for_each(|spike| counts[spike.neuron as usize] += 1);
        if counts != self.counts {
            return Ok(None);
        }
        self.outcome(network, &record).map(Some)
    }

    fn outcome(&self, network: &Network, record: &Record) -> Result<Outcome, AdjointError> {
        let values = |observables: &[Observable]| -> Result<Vec<f64>, AdjointError> {
            if observables.is_empty() {
                return Ok(Vec::new());
            }
            Ok(jvp(network, record, &Direction::default(), observables)?.values)
        };
        let terms = match self.check.loss {
            CheckLoss::Function { observables, loss } => vec![loss(record, &values(observables)?)],
            CheckLoss::Linear(cotangents) => {
                let observables: Vec<Observable> = cotangents.observables.iter().map(|(o, _)| o.clone()).collect();
                let of_neurons = SpikesOf::new(network, record);
                let spikes = self.record.spikes().iter().zip(&self.ranks).zip(&cotangents.spikes);
                let times = spikes.map(|((spike, rank), cotangent)| {
                    let place = of_neurons.neuron(spike.neuron)[*rank as usize];
                    cotangent * record.spikes()[place as usize].time
                });
                let observed = values(&observables)?;
                let observed = observed.iter().zip(&cotangents.observables).map(|(value, (_, c))| value * c);
                times.chain(observed).collect()
            }
        };
        Ok(Outcome { terms })
    }
}

/// A run of the check's length.
fn record(
    check: &Check<'_>,
    network: &Network,
    given: &[InputSpike],
    cancel: &Cancel,
) -> Result<Record, AdjointError> {
    let simulation = Simulation::new(network, given, check.executor)?.cancelled_by(cancel);
    Record::of_simulation(simulation, given, &Stop::at(check.until))
}

impl Outcome {
    /// `Σ weight · loss` of some outcomes whose weights add up to zero, term by term, so that large terms do not cancel.
    pub fn combine(outcomes: &[(&Self, f64)]) -> f64 {
        let terms = outcomes.first().map_or(0, |(outcome, _)| outcome.terms.len());
        (0..terms)
            .map(|term| outcomes.iter().map(|(outcome, weight)| weight * outcome.terms[term]).sum::<f64>())
            .sum()
    }

    /// Sum of the sizes of all terms.
    pub fn size(&self) -> f64 {
        self.terms.iter().map(|term| term.abs()).sum()
    }
}

/// For each input spike of a record its place among those given: equal spikes in order.
fn places_of_given(inputs: &[InputSpike], given: &[InputSpike]) -> Vec<Option<u32>> {
    let mut places: HashMap<(u64, u32), Vec<u32>> = HashMap::new();
    for (place, spike) in given.iter().enumerate().rev() {
        places.entry((spike.time.to_bits(), spike.source)).or_default().push(place as u32);
    }
    inputs.iter().map(|spike| places.get_mut(&(spike.time.to_bits(), spike.source))?.pop()).collect()
}
