//! Which constants of neurons are parameters, within which ranges, and from which values they start.

use std::ops::Range;

use delgrad_engine::{Model, Network};
use delgrad_neuron::State;
use delgrad_ttfs::{ConstantSharing, ParameterRange, RangeRule};

use super::Neurons;
use crate::TrainError;
use crate::experiment::{PopulationConfig, Populations};
use crate::parameters::{Constant, ParameterGroup, ParameterKind};

/// The constants of all populations that are parameters.
#[derive(Debug, Default)]
pub(crate) struct Learned {
    /// Their groups, population by population.
    pub groups: Vec<ParameterGroup>,
    /// The neurons of each group.
    pub neurons: Vec<Neurons>,
    /// Their initial values.
    pub parameters: Vec<f64>,
}

/// Constants of which the first must stay below the second.
const ORDER: [[Constant; 2]; 3] = [
    [Constant::Reset, Constant::Threshold],
    [Constant::Leak, Constant::Critical],
    [Constant::Critical, Constant::Threshold],
];

impl Learned {
    /// Those of an experiment; their parameters start at `first`, and groups without a rate of their own learn at `learning_rate`.
    ///
    /// # Errors
    /// Constants that the neurons do not have, ranges that do not fit, and initial values outside them.
    pub fn new(
        populations: &Populations,
        learning_rate: f64,
        network: &Network,
        first: usize,
    ) -> Result<Self, TrainError> {
        let states = network.parts().initial;
        let mut all = Self::default();
        for (index, (config, population)) in populations.populations.iter().zip(network.populations()).enumerate()
        {
            let neurons = population.neurons.clone();
            let models = neurons.clone().map(|neuron| network.model(neuron)).collect();
            let states = &states[neurons.start as usize..neurons.end as usize];
            let own = Own { index, config, neurons, models, states };
            own.check()?;
            for (&constant, rate) in &config.training.learn {
                let (range, parameters) = own.parameters(constant)?;
                let start = first + all.parameters.len();
                all.groups.push(ParameterGroup {
                    place: config.spec.name.clone(),
                    index,
                    kind: ParameterKind::Constants(constant, range),
                    range: start..start + parameters.len(),
                    shape: [1, parameters.len()],
                    copies: 1,
                    learning_rate: rate.with_default(learning_rate).unwrap_or(0.0),
                    decay: 0.0,
                    max_norm: None,
                });
                all.parameters.extend(parameters);
                let at_rest = config.spec.initial_v.is_none() && !own.learns(Constant::InitialV);
                all.neurons.push(Neurons { neurons: own.neurons.clone(), constant, at_rest });
            }
        }
        Ok(all)
    }
}

/// A population before training.
struct Own<'a> {
    index: usize,
    config: &'a PopulationConfig,
    neurons: Range<u32>,
    models: Vec<&'a Model>,
    states: &'a [State],
}

impl Own<'_> {
    fn learns(&self, constant: Constant) -> bool {
        self.config.training.learn.contains_key(&constant)
    }

    fn problem(&self, key: &str, constant: Constant, problem: impl Into<String>) -> TrainError {
        let key = format!("populations.{}.{key}.{}", self.index, constant.key());
        TrainError::Key { key, problem: problem.into() }
    }

    /// Checks what ranges say.
    fn check(&self) -> Result<(), TrainError> {
        for (&constant, range) in &self.config.training.ranges {
            if !self.learns(constant) {
                return Err(self.problem("ranges", constant, "has no effect; name it in learn too"));
            }
            let positive = matches!(constant, Constant::TauMem | Constant::TauSyn | Constant::Capacitance);
            // as a delay, a refractory period may be 0
            let as_delay = range.invalid().filter(|_| constant == Constant::Refractory);
            if let Some((key, value, valid)) = range.invalid_constant(positive).or(as_delay) {
                return Err(self.problem("ranges", constant, format!("has {key} = {value}; it must be {valid}")));
            }
        }
        for [below, above] in ORDER {
            if !self.learns(below) && !self.learns(above) {
                continue;
            }
            let span = |constant| {
                let range = self.range(constant).filter(|_| self.learns(constant));
                range.map(|range| (range.min, range.max.unwrap_or(f64::INFINITY))).or_else(|| self.span(constant))
            };
            let (Some((_, top)), Some((bottom, _))) = (span(below), span(above)) else { continue };
            if top > bottom {
                let problem = format!(
                    "may come up to {top}, and {} down to {bottom}; give ranges that do not overlap",
                    above.key()
                );
                return Err(self.problem("ranges", below, problem));
            }
        }
        Ok(())
    }

    /// The range of a constant, and the parameters at the start.
    fn parameters(&self, constant: Constant) -> Result<(ParameterRange, Vec<f64>), TrainError> {
        let problem = |problem: String| self.problem("learn", constant, problem);
        let (Some(mut values), Some(range)) = (self.values(constant), self.range(constant)) else {
            return Err(problem("is nothing that neurons of this model have".to_owned()));
        };
        if let Some(value) = values.iter().find(|value| !value.is_finite()) {
            return Err(problem(format!("is {value} at first; what is learned must be a finite number")));
        }
        if self.config.training.shared == ConstantSharing::All {
            if let Some(other) = values.iter().find(|value| **value != values[0]) {
                let first = values[0];
                return Err(problem(format!(
                    "is shared by all neurons and starts at {first} and {other}; give one number"
                )));
            }
            values.truncate(1);
        }
        let parameter = |value| {
            let parameter = range.parameter(value).filter(|parameter| parameter.is_finite());
            parameter.ok_or_else(|| problem(format!("is {value} at first; its range has values {range}")))
        };
        Ok((range, values.into_iter().map(parameter).collect::<Result<_, _>>()?))
    }

    /// A constant of each neuron; none if one of them does not have it.
    fn values(&self, constant: Constant) -> Option<Vec<f64>> {
        match (constant, constant.parameter()) {
            (_, Some(parameter)) => self.models.iter().map(|model| model.parameter(parameter)).collect(),
            (Constant::InitialI, _) => {
                self.values(Constant::TauSyn)?;
                Some(self.states.iter().map(|state| state.i).collect())
            }
            _ => {
                self.values(Constant::TauMem)?;
                Some(self.states.iter().map(|state| state.v).collect())
            }
        }
    }

    /// Lowest and highest value.
    fn span(&self, constant: Constant) -> Option<(f64, f64)> {
        let values = self.values(constant)?;
        let fold = |start, f: fn(f64, f64) -> f64| values.iter().copied().fold(start, f);
        Some((fold(f64::INFINITY, f64::min), fold(f64::NEG_INFINITY, f64::max)))
    }

    /// The voltage below which neurons come to rest, lowest of all.
    fn barrier(&self) -> Option<f64> {
        Some(self.span(Constant::Critical).or_else(|| self.span(Constant::Threshold))?.0)
    }

    /// The given range of a constant, or one around its values, apart from those of constants that it must not meet.
    fn range(&self, constant: Constant) -> Option<ParameterRange> {
        if let Some(given) = self.config.training.ranges.get(&constant) {
            return Some(*given);
        }
        let (low, high) = self.span(constant)?;
        let half_way = |from: f64, to: f64| from + 0.5 * (to - from);
        Some(match constant {
            Constant::TauMem | Constant::TauSyn | Constant::Capacitance => {
                ParameterRange::between(0.1 * low, 10.0 * high)
            }
            Constant::Refractory => ParameterRange::direct(RangeRule::Clip),
            Constant::Bias | Constant::InitialI => ParameterRange::unlimited(),
            Constant::Leak | Constant::Reset | Constant::InitialV => match self.barrier() {
                Some(barrier) if high < barrier => {
                    ParameterRange::between(low - (barrier - low), half_way(high, barrier))
                }
                _ => ParameterRange::unlimited(),
            },
            Constant::Threshold => {
                let below = [Constant::Leak, Constant::Reset, Constant::Critical].into_iter();
                let below = below.filter_map(|other| Some(self.span(other)?.1)).filter(|other| *other < low);
                let highest = below.reduce(f64::max);
                highest
                    .map_or(ParameterRange::unlimited(), |highest| ParameterRange::above(half_way(highest, low)))
            }
            Constant::Critical => {
                let (leak, threshold) = (self.span(Constant::Leak)?.1, self.span(Constant::Threshold)?.0);
                ParameterRange::between(half_way(leak, low), half_way(high, threshold))
            }
        })
    }
}
