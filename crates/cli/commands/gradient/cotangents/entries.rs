//! Single spikes and observables in a file of cotangents.

use delgrad::adjoint::{Integrand, Observable, Record};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::NEAR;

/// A spike, by its neuron and its rank or time.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SpikeEntry {
    neuron: u32,
    index: Option<usize>,
    time: Option<f64>,
    pub cotangent: f64,
}

/// Something of a membrane.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ObservableEntry {
    kind: Kind,
    neuron: u32,
    time: Option<f64>,
    from: Option<f64>,
    to: Option<f64>,
    target: Option<f64>,
    cotangent: f64,
}

#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "kebab-case")]
enum Kind {
    Voltage,
    Current,
    Peak,
    Mean,
    Integral,
    SquaredError,
}

/// What can be wrong with one entry.
#[derive(Debug, thiserror::Error)]
pub enum EntryError {
    #[error("must be a list")]
    NoList,
    #[error("{0}")]
    Json(serde_json::Error),
    #[error("there is no neuron {neuron}; the network has {neurons} neurons, numbered from 0")]
    NoNeuron { neuron: u32, neurons: u32 },
    #[error("there is no spike {index}: {}, counted from 0", has(*neuron, *count))]
    NoSpike { index: usize, neuron: u32, count: usize },
    #[error("there is no spike of neuron {neuron} at {time}; the nearest one is at {nearest}")]
    NotAtTime { neuron: u32, time: f64, nearest: f64 },
    #[error("there is no spike at {time}: {}", has(*neuron, 0))]
    Silent { neuron: u32, time: f64 },
    #[error("give either `index` (which spike of the neuron, from 0) or `time`")]
    WhichSpike,
    #[error("both `index` and `time` are given; either says which spike of the neuron, leave one out")]
    IndexAndTime,
    #[error("voltage and current have a `time`, no `from` and `to`")]
    SpanOfInstant,
    #[error("`time` is for voltage and current; give `from` and `to`")]
    InstantOfSpan,
    #[error("`target` belongs to squared-error, and to nothing else")]
    Target,
    #[error("`time` is missing")]
    NoTime,
    #[error("a mean needs a length of time; `from` is {from} and `to` is {to}")]
    EmptyMean { from: f64, to: f64 },
}

fn has(neuron: u32, count: usize) -> String {
    match count {
        0 => format!("neuron {neuron} has no spike in the run"),
        1 => format!("neuron {neuron} has 1 spike in the run"),
        _ => format!("neuron {neuron} has {count} spikes in the run"),
    }
}

/// The entries of a list, or the key of what is wrong.
pub fn list<T: DeserializeOwned>(key: &str, value: &Value) -> Result<Vec<T>, (String, EntryError)> {
    let Value::Array(list) = value else { return Err((key.to_owned(), EntryError::NoList)) };
    let entry = |(index, value): (usize, &Value)| {
        T::deserialize(value).map_err(|error| (format!("{key}[{index}]"), EntryError::Json(error)))
    };
    list.iter().enumerate().map(entry).collect()
}

impl SpikeEntry {
    /// The place of the spike in a record of a network of `neurons`.
    pub fn place(&self, record: &Record, neurons: u32) -> Result<usize, EntryError> {
        let neuron = self.neuron;
        if neuron >= neurons {
            return Err(EntryError::NoNeuron { neuron, neurons });
        }
        let spikes = record.spikes().iter().enumerate();
        let mut own = spikes.filter(|(_, spike)| spike.neuron == neuron);
        match (self.index, self.time) {
            (Some(index), None) => {
                let count = own.clone().count();
                let place = own.nth(index).map(|(place, _)| place);
                place.ok_or(EntryError::NoSpike { index, neuron, count })
            }
            (None, Some(time)) => {
                let apart = |spike: f64| (spike - time).abs();
                let nearest = own.min_by(|(_, a), (_, b)| apart(a.time).total_cmp(&apart(b.time)));
                match nearest {
                    Some((place, spike)) if apart(spike.time) <= NEAR * time.abs() => Ok(place),
                    Some((_, spike)) => Err(EntryError::NotAtTime { neuron, time, nearest: spike.time }),
                    None => Err(EntryError::Silent { neuron, time }),
                }
            }
            (None, None) => Err(EntryError::WhichSpike),
            (Some(_), Some(_)) => Err(EntryError::IndexAndTime),
        }
    }
}

impl ObservableEntry {
    /// What an integral is divided by to give the value.
    pub fn divisor(&self, until: f64) -> f64 {
        match self.kind {
            Kind::Mean => self.to.unwrap_or(until) - self.from.unwrap_or(0.0),
            _ => 1.0,
        }
    }

    /// The observable and its cotangent, of a run of this length.
    pub fn observable(&self, until: f64) -> Result<(Observable, f64), EntryError> {
        let &Self { kind, neuron, time, from, to, target, cotangent } = self;
        let at_instant = matches!(kind, Kind::Voltage | Kind::Current);
        if at_instant && (from.is_some() || to.is_some()) {
            return Err(EntryError::SpanOfInstant);
        }
        if !at_instant && time.is_some() {
            return Err(EntryError::InstantOfSpan);
        }
        if (kind == Kind::SquaredError) != target.is_some() {
            return Err(EntryError::Target);
        }
        if at_instant {
            let time = time.ok_or(EntryError::NoTime)?;
            return Ok(match kind {
                Kind::Voltage => (Observable::Voltage { neuron, time }, cotangent),
                _ => (Observable::Current { neuron, time }, cotangent),
            });
        }
        let (from, to) = (from.unwrap_or(0.0), to.unwrap_or(until));
        let integral = |integrand| Observable::Integral { neuron, from, to, integrand };
        match kind {
            Kind::Mean if from < to => Ok((integral(Integrand::Voltage), cotangent / self.divisor(until))),
            Kind::Mean => Err(EntryError::EmptyMean { from, to }),
            Kind::SquaredError => {
                let target = target.unwrap_or(0.0);
                Ok((integral(Integrand::SquaredError { target }), cotangent))
            }
            Kind::Integral => Ok((integral(Integrand::Voltage), cotangent)),
            _ => Ok((Observable::Peak { neuron, from, to }, cotangent)),
        }
    }
}
