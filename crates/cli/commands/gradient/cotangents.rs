//! How a loss answers to a run, from files.

mod entries;

use std::path::{Path, PathBuf};

use delgrad::adjoint::{AdjointError, Cotangents, Observable, Record};
use delgrad::engine::Spike;
use delgrad::engine::files::NetworkFormat;
use delgrad::files::{JsonError, parse_json};
use serde_json::Value;

use super::MIB;
use crate::failure::Failure;
use crate::network_source::NetworkSource;

use entries::{EntryError, ObservableEntry, SpikeEntry};

/// What can be wrong with cotangents.
#[derive(Debug, thiserror::Error)]
pub enum CotangentError {
    #[error("{}: cannot be read: {source}", path.display())]
    Read { path: PathBuf, source: std::io::Error },
    #[error("{file}: not valid JSON: {source}")]
    Json { file: String, source: JsonError },
    #[error("{file}: {key}: {problem}")]
    Key { file: String, key: String, problem: String },
    #[error("{file}: {found} cotangents for {expected} spikes {of}; give one for each")]
    Length { file: String, found: usize, expected: usize, of: &'static str },
    #[error(
        "{file}: the run is not that of the file: neuron {neuron} spikes {found} times, and {expected} times in \
         `spikes`; give another --input or --until, or take `cotangents` out and give --cotangents"
    )]
    Count { file: String, neuron: u32, found: usize, expected: usize },
    #[error(
        "{file}: the run is not that of the file: spike {index} in `spikes` (neuron {neuron}) is at {expected}, and at \
         {found} in the run; give another --input or --until, or take `cotangents` out and give --cotangents"
    )]
    Time { file: String, index: usize, neuron: u32, expected: f64, found: f64 },
}

impl CotangentError {
    fn key(file: &str, key: impl Into<String>, problem: impl ToString) -> Self {
        Self::Key { file: file.to_owned(), key: key.into(), problem: problem.to_string() }
    }
}

/// A time in a file is that of a spike of the run if it is as near as this, relatively.
const NEAR: f64 = 1e-6;

/// Cotangents as they stand in a file.
#[derive(Debug)]
pub struct Source {
    file: String,
    spikes: Spikes,
    observables: Vec<ObservableEntry>,
}

#[derive(Debug)]
enum Spikes {
    /// One for each spike of the run.
    All(Vec<f64>),
    /// One for each spike listed in the file.
    Listed(Vec<f64>, Vec<Spike>),
    Some(Vec<SpikeEntry>),
}

/// Cotangents of a run.
#[derive(Debug)]
pub struct OfRun {
    file: String,
    pub all: Cotangents,
    /// What the value of each observable is divided by: the length of time of a mean, or 1.
    pub divisors: Vec<f64>,
}

impl OfRun {
    pub fn observables(&self) -> Vec<Observable> {
        self.all.observables.iter().map(|(observable, _)| observable.clone()).collect()
    }

    /// The failure of a gradient, in the words of the file and of the command line.
    pub fn failure(&self, error: AdjointError) -> Failure {
        let (index, problem) = match error {
            AdjointError::Observable { index, problem } => (index, problem),
            AdjointError::Unbounded { index, value } => {
                (index, format!("its value is {value}; weights must be such that it is finite"))
            }
            AdjointError::Budget { least, .. } => return Failure::Memory { least: least.div_ceil(MIB) },
            error => return error.into(),
        };
        CotangentError::key(&self.file, format!("observables[{index}]"), problem).into()
    }
}

impl Source {
    /// Those of the option, or else of the network file.
    pub fn find(path: Option<&Path>, network: &NetworkSource) -> Result<Self, Failure> {
        if let Some(path) = path {
            let text = std::fs::read_to_string(path)
                .map_err(|source| CotangentError::Read { path: path.to_owned(), source })?;
            return Ok(Self::parse(path.display().to_string(), &text)?);
        }
        let missing = || Failure::NoCotangents { network: network.title.clone() };
        if network.text.format != NetworkFormat::Json {
            return Err(missing());
        }
        let file = network.title.clone();
        let text: Value = parse_json(&network.text.text)
            .map_err(|source| CotangentError::Json { file: file.clone(), source })?;
        let list = text.get("cotangents").filter(|list| !list.is_null()).ok_or_else(missing)?;
        let list = numbers(&file, "cotangents", list)?;
        let spikes = match &network.file.expected {
            None => Spikes::All(list),
            Some(spikes) if spikes.len() == list.len() => Spikes::Listed(list, spikes.clone()),
            Some(spikes) => {
                let (found, expected) = (list.len(), spikes.len());
                return Err(CotangentError::Length { file, found, expected, of: "in `spikes`" }.into());
            }
        };
        Ok(Self { file, spikes, observables: Vec::new() })
    }

    fn parse(file: String, text: &str) -> Result<Self, CotangentError> {
        let value: Value =
            parse_json(text).map_err(|source| CotangentError::Json { file: file.clone(), source })?;
        let key = |key: &str, problem: &str| CotangentError::key(&file, key, problem);
        let wrong = |(key, problem): (String, EntryError)| CotangentError::key(&file, key, problem);
        let Value::Object(table) = value else {
            return Err(key("top", "must be a table with `spikes`, `observables` or both"));
        };
        if let Some(unknown) = table.keys().find(|key| !matches!(key.as_str(), "spikes" | "observables")) {
            return Err(key(unknown, "is no key of a file of cotangents; these are `spikes` and `observables`"));
        }
        if table.is_empty() {
            return Err(key("top", "is empty; give `spikes`, `observables` or both"));
        }
        let observables = match table.get("observables") {
            None => Vec::new(),
            Some(list) => entries::list("observables", list).map_err(wrong)?,
        };
        let spikes = match table.get("spikes") {
            None => Spikes::Some(Vec::new()),
            Some(Value::Array(list)) if list.first().is_some_and(Value::is_number) => {
                Spikes::All(numbers(&file, "spikes", &table["spikes"])?)
            }
            Some(list) => Spikes::Some(entries::list("spikes", list).map_err(wrong)?),
        };
        Ok(Self { file, spikes, observables })
    }

    /// The cotangents of all spikes of a run, and of its observables.
    pub fn of_run(self, record: &Record, neurons: u32) -> Result<OfRun, CotangentError> {
        let Self { file, spikes, observables } = self;
        let wrong = |key: String, problem: EntryError| CotangentError::key(&file, key, problem);
        let spikes = match spikes {
            Spikes::All(list) => {
                let (found, expected) = (list.len(), record.spikes().len());
                if found != expected {
                    return Err(CotangentError::Length { file, found, expected, of: "of the run" });
                }
                list
            }
            Spikes::Listed(list, listed) => matched(&file, &list, &listed, record)?,
            Spikes::Some(entries) => {
                let mut list = vec![0.0; record.spikes().len()];
                for (number, entry) in entries.iter().enumerate() {
                    let place = entry.place(record, neurons);
                    let place = place.map_err(|problem| wrong(format!("spikes[{number}]"), problem))?;
                    list[place] += entry.cotangent;
                }
                list
            }
        };
        let observed = |(number, entry): (usize, ObservableEntry)| {
            let problem = |problem| wrong(format!("observables[{number}]"), problem);
            entry.observable(record.until()).map_err(problem)
        };
        let divisors = observables.iter().map(|entry| entry.divisor(record.until())).collect();
        let observables = observables.into_iter().enumerate().map(observed).collect::<Result<_, _>>()?;
        Ok(OfRun { file, all: Cotangents { spikes, observables }, divisors })
    }
}

fn numbers(file: &str, key: &str, list: &Value) -> Result<Vec<f64>, CotangentError> {
    let Value::Array(list) = list else {
        return Err(CotangentError::key(file, key, "must be a list of numbers"));
    };
    let number = |(index, value): (usize, &Value)| {
        let problem = || format!("{value} must be a finite number");
        let wrong = || CotangentError::key(file, format!("{key}[{index}]"), problem());
        value.as_f64().filter(|number| number.is_finite()).ok_or_else(wrong)
    };
    list.iter().enumerate().map(number).collect()
}

/// The cotangents of listed spikes in the order of a record, matched by neuron and rank.
fn matched(file: &str, list: &[f64], listed: &[Spike], record: &Record) -> Result<Vec<f64>, CotangentError> {
    let spikes = record.spikes();
    let mut run: Vec<usize> = (0..spikes.len()).collect();
    run.sort_by_key(|&place| spikes[place].neuron);
    let mut expected: Vec<usize> = (0..listed.len()).collect();
    expected
        .sort_by(|&a, &b| listed[a].neuron.cmp(&listed[b].neuron).then(listed[a].time.total_cmp(&listed[b].time)));
    let neurons = listed.iter().chain(spikes).map(|spike| spike.neuron);
    let mut counts = vec![(0, 0); neurons.max().map_or(0, |last| last as usize + 1)];
    spikes.iter().for_each(|spike| counts[spike.neuron as usize].0 += 1);
    listed.iter().for_each(|spike| counts[spike.neuron as usize].1 += 1);
    if let Some((neuron, &(found, expected))) = (0..).zip(&counts).find(|(_, (a, b))| a != b) {
        return Err(CotangentError::Count { file: file.to_owned(), neuron, found, expected });
    }
    // The first difference in the order of time.
    let mut first: Option<(usize, usize)> = None;
    let mut cotangents = vec![0.0; spikes.len()];
    for (&place, &index) in run.iter().zip(&expected) {
        cotangents[place] = list[index];
        let (found, expected) = (spikes[place].time, listed[index].time);
        let near = (found - expected).abs() <= NEAR * found.abs().max(expected.abs());
        if !near && first.is_none_or(|(_, other)| expected < listed[other].time) {
            first = Some((place, index));
        }
    }
    match first {
        None => Ok(cotangents),
        Some((place, index)) => {
            let Spike { time: expected, neuron } = listed[index];
            let found = spikes[place].time;
            Err(CotangentError::Time { file: file.to_owned(), index, neuron, expected, found })
        }
    }
}
