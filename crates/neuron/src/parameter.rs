//! The parameters of all neuron models: their names, and one number for each.

use std::ops::{AddAssign, Index};

/// A parameter of a neuron model; [`PerParameter`] says what each is.
///
/// Its number is its place in [`Parameter::ALL`]. It keys random numbers and never changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[allow(missing_docs, reason = "the fields of PerParameter have the same names")]
pub enum Parameter {
    TauMem = 0,
    TauSyn = 1,
    Threshold = 2,
    Leak = 3,
    Reset = 4,
    Refractory = 5,
    Capacitance = 6,
    Bias = 7,
    Critical = 8,
}

impl Parameter {
    /// All of them, by their numbers.
    pub const ALL: [Self; 9] = [
        Self::TauMem,
        Self::TauSyn,
        Self::Threshold,
        Self::Leak,
        Self::Reset,
        Self::Refractory,
        Self::Capacitance,
        Self::Bias,
        Self::Critical,
    ];

    /// Its name in Rust, Python and JSON.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::TauMem => "tau_mem",
            Self::TauSyn => "tau_syn",
            Self::Threshold => "threshold",
            Self::Leak => "leak",
            Self::Reset => "reset",
            Self::Refractory => "refractory",
            Self::Capacitance => "capacitance",
            Self::Bias => "bias",
            Self::Critical => "critical",
        }
    }

    /// Its key in TOML files.
    #[must_use]
    pub fn key(self) -> &'static str {
        match self {
            Self::TauMem => "tau-mem",
            Self::TauSyn => "tau-syn",
            other => other.name(),
        }
    }
}

/// One number for each parameter of a neuron model: a gradient, or a direction to differentiate along.
///
/// Parameters that a model does not have stay zero. In a gradient `dL/dp`, a field has the unit of the loss over that
/// of the parameter; in a direction, the unit of the parameter.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct PerParameter {
    /// Membrane time constant, at fixed leak, bias and capacitance.
    pub tau_mem: f64,
    /// Synaptic time constant.
    pub tau_syn: f64,
    /// Threshold voltage.
    pub threshold: f64,
    /// Leak (resting) voltage.
    pub leak: f64,
    /// Voltage during the refractory period and at its end.
    pub reset: f64,
    /// Length of the refractory period.
    pub refractory: f64,
    /// Membrane capacitance, at fixed membrane time constant.
    pub capacitance: f64,
    /// Constant current into the membrane.
    pub bias: f64,
    /// Voltage above which a quadratic neuron takes off.
    pub critical: f64,
}

impl PerParameter {
    /// Every number, in the order of the fields.
    #[must_use]
    #[inline]
    pub fn all(self) -> [f64; 9] {
        Parameter::ALL.map(|parameter| self[parameter])
    }

    /// Every number to be changed, in the order of the fields.
    #[inline]
    pub fn all_mut(&mut self) -> [&mut f64; 9] {
        let Self { tau_mem, tau_syn, threshold, leak, reset, refractory, capacitance, bias, critical } = self;
        [tau_mem, tau_syn, threshold, leak, reset, refractory, capacitance, bias, critical]
    }
}

impl Index<Parameter> for PerParameter {
    type Output = f64;

    #[inline]
    fn index(&self, parameter: Parameter) -> &f64 {
        match parameter {
            Parameter::TauMem => &self.tau_mem,
            Parameter::TauSyn => &self.tau_syn,
            Parameter::Threshold => &self.threshold,
            Parameter::Leak => &self.leak,
            Parameter::Reset => &self.reset,
            Parameter::Refractory => &self.refractory,
            Parameter::Capacitance => &self.capacitance,
            Parameter::Bias => &self.bias,
            Parameter::Critical => &self.critical,
        }
    }
}

impl AddAssign for PerParameter {
    #[inline]
    fn add_assign(&mut self, other: Self) {
        for (own, other) in self.all_mut().into_iter().zip(other.all()) {
            *own += other;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_are_numbered_by_their_place() {
        let mut own = PerParameter::default();
        for (place, value) in own.all_mut().into_iter().enumerate() {
            *value = place as f64;
        }
        for (place, parameter) in Parameter::ALL.into_iter().enumerate() {
            assert_eq!((parameter as usize, own[parameter]), (place, place as f64));
        }
        assert_eq!([own.tau_mem, own.reset, own.critical], [0.0, 4.0, 8.0]);
    }
}
