//! Constants of the neurons of layers that are parameters.

use delgrad_neuron::LifParams;
use delgrad_ttfs::{Constant, ConstantSharing, ConstantSpec, ParameterRange};
use serde::{Deserialize, Serialize};

use super::Rate;
use crate::TrainError;

/// Something of some of the constants of neurons.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, bound(deserialize = "T: Deserialize<'de>"))]
#[non_exhaustive]
pub struct PerConstant<T> {
    /// Membrane time constant.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tau_mem: Option<T>,
    /// Synaptic time constant.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tau_syn: Option<T>,
    /// Threshold voltage.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub threshold: Option<T>,
    /// Leak voltage.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub leak: Option<T>,
    /// Membrane capacitance.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub capacitance: Option<T>,
}

impl<T> Default for PerConstant<T> {
    fn default() -> Self {
        Self { tau_mem: None, tau_syn: None, threshold: None, leak: None, capacitance: None }
    }
}

impl<T> PerConstant<T> {
    /// That of one of them.
    #[must_use]
    pub fn get(&self, constant: Constant) -> Option<&T> {
        match constant {
            Constant::TauMem => self.tau_mem.as_ref(),
            Constant::TauSyn => self.tau_syn.as_ref(),
            Constant::Threshold => self.threshold.as_ref(),
            Constant::Leak => self.leak.as_ref(),
            Constant::Capacitance => self.capacitance.as_ref(),
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        Constant::ALL.iter().all(|constant| self.get(*constant).is_none())
    }
}

/// The constants of a layer's neurons that are parameters: those that have a learning rate, or values.
#[derive(Clone, Copy, Debug)]
pub(super) struct Constants<'a> {
    pub neuron: LifParams,
    pub size: usize,
    pub learn: &'a PerConstant<Rate>,
    pub shared: ConstantSharing,
    pub ranges: &'a PerConstant<ParameterRange>,
    pub values: &'a PerConstant<Vec<f64>>,
}

impl Constants<'_> {
    /// As the network takes them.
    pub fn specs(self) -> impl Iterator<Item = ConstantSpec> {
        let named =
            move |constant: &Constant| self.learn.get(*constant).is_some() || self.values.get(*constant).is_some();
        let spec = move |constant| ConstantSpec { constant, shared: self.shared, range: self.range(constant) };
        Constant::ALL.into_iter().filter(named).map(spec)
    }

    /// Values at the start.
    pub fn initial(self, constant: Constant) -> Vec<f64> {
        let count = if self.shared == ConstantSharing::Layer { 1 } else { self.size };
        let mut neuron = self.neuron;
        self.values.get(constant).cloned().unwrap_or_else(|| vec![*constant.of(&mut neuron); count])
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
        self.ranges.get(constant).copied().unwrap_or(around)
    }

    pub fn validate(self) -> Result<(), TrainError> {
        let problem = |what: &str, constant: Constant, problem: String| TrainError::Key {
            key: format!("layers.{what}.{}", constant.name()),
            problem,
        };
        for constant in Constant::ALL {
            let named = self.learn.get(constant).is_some() || self.values.get(constant).is_some();
            if let Some(rate) = self.learn.get(constant) {
                rate.validate("layers.learn")?;
            }
            if !named && self.ranges.get(constant).is_some() {
                let what = format!("has no effect; name {} in layers.learn too", constant.name());
                return Err(problem("ranges", constant, what));
            }
            if !named {
                continue;
            }
            let values = self.initial(constant);
            let expected = if self.shared == ConstantSharing::Layer { 1 } else { self.size };
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
