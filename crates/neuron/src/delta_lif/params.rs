/// Raw parameters of a [`DeltaLif`](crate::DeltaLif), in the caller's units: times share one, voltages and weights
/// another. The default is that of [`LifParams`](crate::LifParams).
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(default, deny_unknown_fields, rename_all = "kebab-case"))]
pub struct DeltaLifParams {
    /// Membrane time constant, above 0; infinity makes the membrane non-leaky.
    pub tau_mem: f64,
    /// Threshold voltage, finite.
    pub threshold: f64,
    /// Leak (resting) voltage, finite.
    pub leak: f64,
    /// Voltage during the refractory period and at its end, finite. It may lie at or above the threshold.
    pub reset: f64,
    /// Length of the refractory period, finite and not negative.
    pub refractory: f64,
    /// Membrane capacitance, finite and above 0. Only a bias current meets it.
    pub capacitance: f64,
}

impl Default for DeltaLifParams {
    fn default() -> Self {
        Self { tau_mem: 2.0, threshold: 1.0, leak: 0.0, reset: 0.0, refractory: 0.0, capacitance: 1.0 }
    }
}
