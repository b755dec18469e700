//! Constants of the neurons of layers that are parameters.

use std::collections::BTreeMap;

use delgrad_neuron::LifParams;
use delgrad_ttfs::{Constant, ConstantSharing, ConstantSpec, ParameterRange};

use super::Rate;
use crate::TrainError;

/// The constants of a layer's neurons that are parameters: those that have a learning rate, or values.
#[derive(Clone, Copy, Debug)]
pub(super) struct Constants<'a> {
    pub neuron: LifParams,
    pub size: usize,
    pub learn: &'a BTreeMap<Constant, Rate>,
    pub shared: ConstantSharing,
    pub ranges: &'a BTreeMap<Constant, ParameterRange>,
    pub values: &'a BTreeMap<Constant, Vec<f64>>,
}

impl Constants<'_> {
    /// As the network takes them.
    pub fn specs(self) -> impl Iterator<Item = ConstantSpec> {
        let named =
            move |constant: &Constant| self.learn.contains_key(constant) || self.values.contains_key(constant);
        let spec = move |constant| ConstantSpec { constant, shared: self.shared, range: self.range(constant) };
        Constant::ALL.into_iter().filter(named).map(spec)
    }

    /// Values at the start.
    pub fn initial(self, constant: Constant) -> Vec<f64> {
        let count = if self.shared == ConstantSharing::All { 1 } else { self.size };
        let mut neuron = self.neuron;
        self.values.get(&constant).cloned().unwrap_or_else(|| vec![*constant.of(&mut neuron); count])
    }

    /// Parameters at the start; NaN where none gives the value.
    pub fn parameters(self, constant: Constant) -> Vec<f64> {
        let range = self.range(constant);
        self.initial(constant).into_iter().map(|value| range.parameter(value).unwrap_or(f64::NAN)).collect()
    }

    /// The given range, or one around the constant of the layer.
    fn range(self, constant: Constant) -> ParameterRange {
        let LifParams { threshold, leak, .. } = self.neuron;
        let middle = leak + 0.5 * (threshold - leak);
        let around = match constant {
            Constant::Threshold => ParameterRange::above(middle),
            Constant::Leak => ParameterRange::between(leak - (threshold - leak), middle),
            Constant::TauMem | Constant::TauSyn | Constant::Capacitance => {
                let mut neuron = self.neuron;
                let value = *constant.of(&mut neuron);
                ParameterRange::between(0.1 * value, 10.0 * value)
            }
        };
        self.ranges.get(&constant).copied().unwrap_or(around)
    }

    pub fn validate(self) -> Result<(), TrainError> {
        let problem = |what: &str, constant: Constant, problem: String| TrainError::Key {
            key: format!("layers.{what}.{}", constant.name()),
            problem,
        };
        for constant in Constant::ALL {
            let named = self.learn.contains_key(&constant) || self.values.contains_key(&constant);
            if let Some(rate) = self.learn.get(&constant) {
                rate.validate("layers.learn")?;
            }
            if !named && self.ranges.contains_key(&constant) {
                let what = format!("has no effect; name {} in layers.learn too", constant.name());
                return Err(problem("ranges", constant, what));
            }
            if !named {
                continue;
            }
            let values = self.initial(constant);
            let expected = if self.shared == ConstantSharing::All { 1 } else { self.size };
            if values.len() != expected {
                let what = format!("has {} entries; it must have {expected}", values.len());
                return Err(problem("values", constant, what));
            }
            let range = self.range(constant);
            if let Some(value) = values.into_iter().find(|value| range.parameter(*value).is_none()) {
                let what = format!("is {value} at first; its range has values {range}");
                return Err(problem("learn", constant, what));
            }
        }
        Ok(())
    }
}
