use serde::{Deserialize, Serialize};

use super::error::{Place, SpecError};
use crate::Generator;

/// Spike sources, called inputs, with a name.
///
/// In files, `kind` tells the generator and what belongs to it stands beside it:
///
/// ```toml
/// [[sources]]
/// name = "noise"
/// size = 100
/// kind = "poisson"        # rate
/// rate = 0.01
/// # or "given" (default), "times" (times: a list for each input), "regular" (start, interval), "rates" (times, rates)
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Table", into = "Table")]
pub struct SourceSpec {
    /// Its name, unique among sources and populations.
    pub name: String,
    /// Number of inputs.
    pub size: u32,
    /// When they spike.
    pub generator: Generator,
}

impl SourceSpec {
    /// Inputs with a generator.
    pub fn new(name: impl Into<String>, size: u32, generator: Generator) -> Self {
        Self { name: name.into(), size, generator }
    }

    /// Inputs that spike only as given with a run.
    pub fn given(name: impl Into<String>, size: u32) -> Self {
        Self::new(name, size, Generator::Given)
    }

    /// Inputs with a list of spike times each, ascending and not negative.
    pub fn times(name: impl Into<String>, size: u32, times: Vec<Vec<f64>>) -> Self {
        Self::new(name, size, Generator::Times(times))
    }

    /// Independent Poisson processes of this rate, in spikes per unit of time.
    pub fn poisson(name: impl Into<String>, size: u32, rate: f64) -> Self {
        Self::new(name, size, Generator::Poisson { rate })
    }

    /// A spike at `start`, and then one after each `interval`, the same for each input.
    pub fn regular(name: impl Into<String>, size: u32, start: f64, interval: f64) -> Self {
        Self::new(name, size, Generator::Regular { start, interval })
    }

    /// Independent Poisson processes with `rates[n]` from `times[n]` on.
    pub fn rates(name: impl Into<String>, size: u32, times: Vec<f64>, rates: Vec<f64>) -> Self {
        Self::new(name, size, Generator::Rates { times, rates })
    }

    /// The generator's numbers are in range.
    pub(crate) fn check(&self) -> Result<(), SpecError> {
        let place = Place::Source { name: self.name.clone() };
        match &self.generator {
            Generator::Given => Ok(()),
            Generator::Times(lists) => {
                if lists.len() as u64 != u64::from(self.size) {
                    let (length, expected) = (lists.len(), u64::from(self.size));
                    return Err(SpecError::ListCount { place, field: "times", length, expected, of: "input" });
                }
                (0..).zip(lists).try_for_each(|(input, list)| check_times(&place, input, list, false))
            }
            &Generator::Poisson { rate } => require(&place, "rate", rate, rate >= 0.0, AT_LEAST_ZERO),
            &Generator::Regular { start, interval } => {
                require(&place, "start", start, start >= 0.0, AT_LEAST_ZERO)?;
                require(&place, "interval", interval, interval > 0.0, "finite and above 0")
            }
            Generator::Rates { times, rates } => {
                if times.len() != rates.len() || times.is_empty() {
                    let (times, rates) = (times.len(), rates.len());
                    return Err(SpecError::RateTable { place, times, rates });
                }
                check_times(&place, 0, times, true)?;
                rates.iter().try_for_each(|&rate| require(&place, "rates", rate, rate >= 0.0, AT_LEAST_ZERO))
            }
        }
    }
}

const AT_LEAST_ZERO: &str = "finite and at least 0";

fn require(
    place: &Place,
    field: &'static str,
    value: f64,
    allowed: bool,
    valid: &'static str,
) -> Result<(), SpecError> {
    if allowed && value.is_finite() {
        return Ok(());
    }
    Err(SpecError::OutOfRange { place: place.clone(), field, value, valid })
}

/// Times are not negative and ascend, strictly or not.
fn check_times(place: &Place, input: u32, times: &[f64], strictly: bool) -> Result<(), SpecError> {
    times.iter().try_for_each(|&time| require(place, "times", time, time >= 0.0, AT_LEAST_ZERO))?;
    match (1..times.len()).find(|&n| times[n] < times[n - 1] || strictly && times[n] == times[n - 1]) {
        Some(entry) => Err(SpecError::TimeOrder {
            place: place.clone(),
            input,
            entry,
            time: times[entry],
            previous: times[entry - 1],
        }),
        None => Ok(()),
    }
}

/// A source as it stands in a file.
#[derive(Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
struct Table {
    name: String,
    size: u32,
    #[serde(default)]
    kind: Kind,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    rate: Option<f64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    start: Option<f64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    interval: Option<f64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    times: Option<Times>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    rates: Option<Vec<f64>>,
}

#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Kind {
    #[default]
    Given,
    Times,
    Poisson,
    Regular,
    Rates,
}

#[derive(Serialize, Deserialize)]
#[serde(
    untagged,
    expecting = "`times` must be a list of numbers (kind rates) or of lists of numbers (kind times)"
)]
enum Times {
    Table(Vec<f64>),
    Lists(Vec<Vec<f64>>),
}

impl TryFrom<Table> for SourceSpec {
    type Error = String;

    fn try_from(mut table: Table) -> Result<Self, String> {
        let (kind, needed) = match table.kind {
            Kind::Given => ("given", ""),
            Kind::Times => ("times", "times"),
            Kind::Poisson => ("poisson", "rate"),
            Kind::Regular => ("regular", "start and interval"),
            Kind::Rates => ("rates", "times and rates"),
        };
        let missing = || match needed {
            "" => format!("source of kind {kind} takes no further keys"),
            _ => format!("source of kind {kind} needs {needed}, and nothing else"),
        };
        let generator = match table.kind {
            Kind::Given => Generator::Given,
            Kind::Times => match table.times.take() {
                Some(Times::Lists(lists)) => Generator::Times(lists),
                // No input has a spike, or there is no input.
                Some(Times::Table(list)) if list.is_empty() => Generator::Times(Vec::new()),
                _ => return Err("source of kind times needs times, a list of numbers for each input".to_owned()),
            },
            Kind::Poisson => Generator::Poisson { rate: table.rate.take().ok_or_else(missing)? },
            Kind::Regular => Generator::Regular {
                start: table.start.take().ok_or_else(missing)?,
                interval: table.interval.take().ok_or_else(missing)?,
            },
            Kind::Rates => match (table.times.take(), table.rates.take()) {
                (Some(Times::Table(times)), Some(rates)) => Generator::Rates { times, rates },
                _ => return Err("source of kind rates needs times and rates, two lists of numbers".to_owned()),
            },
        };
        let Table { name, size, kind: _, rate, start, interval, times, rates } = table;
        let left = rate.is_some() || start.is_some() || interval.is_some() || times.is_some() || rates.is_some();
        if left { Err(missing()) } else { Ok(Self { name, size, generator }) }
    }
}

impl From<SourceSpec> for Table {
    fn from(SourceSpec { name, size, generator }: SourceSpec) -> Self {
        let table = Self { name, size, ..Self::default() };
        match generator {
            Generator::Given => table,
            Generator::Times(lists) => Self { kind: Kind::Times, times: Some(Times::Lists(lists)), ..table },
            Generator::Poisson { rate } => Self { kind: Kind::Poisson, rate: Some(rate), ..table },
            Generator::Regular { start, interval } => {
                Self { kind: Kind::Regular, start: Some(start), interval: Some(interval), ..table }
            }
            Generator::Rates { times, rates } => {
                Self { kind: Kind::Rates, times: Some(Times::Table(times)), rates: Some(rates), ..table }
            }
        }
    }
}
