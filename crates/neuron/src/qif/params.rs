/// Raw parameters of a [`Qif`](crate::Qif), in the caller's units: times share one, voltages and weights another.
///
/// The default rests at 0, takes off above 1 and spikes at 10, with `tau_mem = 2`.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(default, deny_unknown_fields, rename_all = "kebab-case"))]
pub struct QifParams {
    /// Membrane time constant at the leak, finite and above 0.
    pub tau_mem: f64,
    /// Leak (resting) voltage, finite: the stable fixed point without bias.
    pub leak: f64,
    /// Voltage above which the neuron takes off, finite and above `leak`: the unstable fixed point without bias.
    pub critical: f64,
    /// Voltage at which the spike is cut off, finite.
    pub threshold: f64,
    /// Voltage during the refractory period and at its end, finite.
    pub reset: f64,
    /// Length of the refractory period, finite and not negative.
    pub refractory: f64,
    /// Membrane capacitance, finite and above 0. Only a bias current meets it.
    pub capacitance: f64,
}

impl Default for QifParams {
    fn default() -> Self {
        Self {
            tau_mem: 2.0,
            leak: 0.0,
            critical: 1.0,
            threshold: 10.0,
            reset: 0.0,
            refractory: 0.0,
            capacitance: 1.0,
        }
    }
}
