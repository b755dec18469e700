use std::ops::AddAssign;

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
        let Self { tau_mem, tau_syn, threshold, leak, reset, refractory, capacitance, bias, critical } = self;
        [tau_mem, tau_syn, threshold, leak, reset, refractory, capacitance, bias, critical]
    }

    /// Every number to be changed, in the order of the fields.
    #[inline]
    pub fn all_mut(&mut self) -> [&mut f64; 9] {
        let Self { tau_mem, tau_syn, threshold, leak, reset, refractory, capacitance, bias, critical } = self;
        [tau_mem, tau_syn, threshold, leak, reset, refractory, capacitance, bias, critical]
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
