use crate::membrane::Membrane;
use crate::validate::{finite, positive, tau_mem};
use crate::{Adjoint, NeuronError, State};

/// Raw parameters of a [`LeakyIntegrator`]. The default is that of [`LifParams`](crate::LifParams).
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(default, deny_unknown_fields))]
pub struct IntegratorParams {
    /// Membrane time constant, above 0; infinity makes the membrane non-leaky.
    pub tau_mem: f64,
    /// Synaptic time constant, finite and above 0.
    pub tau_syn: f64,
    /// Leak (resting) voltage, finite.
    pub leak: f64,
    /// Membrane capacitance, finite and above 0.
    pub capacitance: f64,
}

impl Default for IntegratorParams {
    fn default() -> Self {
        Self { tau_mem: 2.0, tau_syn: 1.0, leak: 0.0, capacitance: 1.0 }
    }
}

/// A read-out: the membrane of [`Lif`](crate::Lif) without threshold. It never spikes; its voltage is the output.
///
/// ```
/// use delgrad_neuron::{IntegratorParams, LeakyIntegrator};
///
/// let readout = LeakyIntegrator::new(IntegratorParams::default())?;
/// let peak = readout.maximum(readout.rest().after_arrival(1.0), f64::INFINITY);
/// assert!((peak.voltage - 0.5).abs() < 1e-15);
/// # Ok::<(), delgrad_neuron::NeuronError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LeakyIntegrator {
    pub(crate) params: IntegratorParams,
    pub(crate) membrane: Membrane,
}

/// Highest voltage on a stretch without input, from [`LeakyIntegrator::maximum`].
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Maximum {
    /// Time from the start of the stretch; infinity where the voltage only approaches it.
    pub after: f64,
    /// The voltage there.
    pub voltage: f64,
}

impl LeakyIntegrator {
    /// Validates the parameters and precomputes the rates.
    ///
    /// # Errors
    ///
    /// [`NeuronError::OutOfRange`] names the first parameter that is not valid.
    pub fn new(params: IntegratorParams) -> Result<Self, NeuronError> {
        tau_mem(params.tau_mem)?;
        positive("tau_syn", params.tau_syn)?;
        finite("leak", params.leak)?;
        positive("capacitance", params.capacitance)?;
        let membrane = Membrane::new(params.tau_mem, params.tau_syn, params.leak, params.capacitance);
        Ok(Self { params, membrane })
    }

    /// The parameters as they were given.
    #[must_use]
    pub fn params(&self) -> IntegratorParams {
        self.params
    }

    /// The state of rest: `V = leak`, `I = 0`.
    #[inline]
    #[must_use]
    pub fn rest(&self) -> State {
        State { v: self.params.leak, i: 0.0 }
    }

    /// The state after `dt` without input, as [`Lif::flow`](crate::Lif::flow). Requires `dt >= 0`.
    #[inline]
    #[must_use]
    pub fn flow(&self, state: State, dt: f64) -> State {
        self.membrane.flow(state, dt)
    }

    /// Voltage that an arrival of weight 1 has added after `dt`, as [`Lif::kernel`](crate::Lif::kernel).
    #[inline]
    #[must_use]
    pub fn kernel(&self, dt: f64) -> f64 {
        self.membrane.kernel(dt)
    }

    /// `k'(dt)`, as [`Lif::kernel_slope`](crate::Lif::kernel_slope).
    #[inline]
    #[must_use]
    pub fn kernel_slope(&self, dt: f64) -> f64 {
        self.membrane.kernel_slope(dt)
    }

    /// Rate of change of the voltage, as [`Lif::slope`](crate::Lif::slope).
    #[inline]
    #[must_use]
    pub fn slope(&self, state: State) -> f64 {
        self.membrane.slope(state)
    }

    /// The adjoint at the start of a flow, as [`Lif::adjoint_flow`](crate::Lif::adjoint_flow).
    ///
    /// A loss on the voltage at one instant adds `dL/dV` to `λ` there. At an inner maximum the voltage is stationary,
    /// so the time of the maximum needs no gradient of its own.
    #[inline]
    #[must_use]
    pub fn adjoint_flow(&self, adjoint: Adjoint, dt: f64) -> Adjoint {
        self.membrane.adjoint_flow(adjoint, dt)
    }

    /// Gradients of an arrival, as [`Lif::adjoint_arrival`](crate::Lif::adjoint_arrival).
    #[inline]
    #[must_use]
    pub fn adjoint_arrival(&self, adjoint: Adjoint, weight: f64) -> crate::ArrivalGradient {
        self.membrane.adjoint_arrival(adjoint, weight)
    }

    /// Time and value of the highest voltage from now until `horizon`, both included, without further input.
    ///
    /// The candidates are the start, the end, and the one stationary point, at
    /// `s* = ln(1 + (V'(0)/(I/C + g (V-E)))·g τₘ)/g` with `g = 1/τₛ - 1/τₘ`, or `τₛ ln(-I/bias)` for a non-leaky membrane.
    /// The earliest wins a tie. For an infinite horizon the end is the limit, the equilibrium `E`; for a non-leaky
    /// membrane `V + I τₛ/C`, infinite with a bias. Requires `horizon >= 0`.
    #[must_use]
    pub fn maximum(&self, state: State, horizon: f64) -> Maximum {
        self.membrane.maximum(state, horizon)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Lif, LifParams};

    fn readout(tau_mem: f64, leak: f64) -> LeakyIntegrator {
        LeakyIntegrator::new(IntegratorParams { tau_mem, leak, ..IntegratorParams::default() }).unwrap()
    }

    #[test]
    fn maximum_beats_every_sample() {
        for tau_mem in [0.01, 0.5, 1.0, 1.0 + 1e-9, 2.0, 300.0, f64::INFINITY] {
            let readout = readout(tau_mem, 0.2);
            for state in [(0.0, 1.0), (0.9, 1.0), (-3.0, 0.1), (0.9, -1.0), (-0.2, -4.0), (0.2, 0.0)] {
                let state = State { v: state.0, i: state.1 };
                for horizon in [0.3, 4.0] {
                    let peak = readout.maximum(state, horizon);
                    assert!((readout.flow(state, peak.after).v - peak.voltage).abs() < 1e-15);
                    for n in 0..=1000 {
                        let voltage = readout.flow(state, horizon * f64::from(n) / 1000.0).v;
                        // Rounding of the flow.
                        assert!(voltage <= peak.voltage + 1e-15, "{tau_mem} {state:?} {horizon}");
                    }
                }
            }
        }
    }

    #[test]
    fn limits_at_infinity() {
        let forever = f64::INFINITY;
        let below = State { v: -1.0, i: 0.0 };
        assert_eq!(readout(2.0, 0.5).maximum(below, forever), Maximum { after: forever, voltage: 0.5 });
        let rising = State { v: 0.5, i: 2.0 };
        assert_eq!(readout(forever, 0.0).maximum(rising, forever), Maximum { after: forever, voltage: 2.5 });
        let above = State { v: 0.7, i: -1.0 };
        assert_eq!(readout(2.0, 0.0).maximum(above, forever), Maximum { after: 0.0, voltage: 0.7 });
    }

    #[test]
    fn shares_the_membrane_of_the_neuron() {
        let lif = Lif::new(LifParams { tau_mem: 5.0, leak: 0.2, ..LifParams::default() }).unwrap();
        let (readout, state) = (readout(5.0, 0.2), State { v: 0.4, i: 1.5 });
        assert_eq!(readout.flow(state, 0.7), lif.flow(state, 0.7));
        let adjoint = Adjoint { lambda: 0.4, mu: 1.5 };
        assert_eq!(readout.adjoint_flow(adjoint, 0.7), lif.adjoint_flow(adjoint, 0.7));
        assert_eq!(readout.adjoint_arrival(adjoint, 2.0), lif.adjoint_arrival(adjoint, 2.0));
    }

    #[test]
    fn fields_are_checked() {
        let base = IntegratorParams::default();
        assert!(LeakyIntegrator::new(IntegratorParams { tau_mem: f64::NAN, ..base }).is_err());
        assert!(LeakyIntegrator::new(IntegratorParams { tau_syn: 0.0, ..base }).is_err());
        assert!(LeakyIntegrator::new(IntegratorParams { leak: f64::NAN, ..base }).is_err());
        assert!(LeakyIntegrator::new(IntegratorParams { capacitance: -1.0, ..base }).is_err());
    }
}
