//! Leaky integrate-and-fire with arrivals that act at once.

mod differentiable;
mod params;

pub use params::DeltaLifParams;

use crate::math::{exp, ln_1p};
use crate::validate::{finite, finite_equilibrium, non_negative, positive, tau_mem};
use crate::{Differentiable, NeuronError, PointNeuron, State};

/// Relative margin of the bound, far above the rounding of the bound and of the crossing.
const MARGIN: f64 = 1e-12;

/// A leaky integrate-and-fire neuron with delta synapses: an arrival of weight `w` lifts the voltage by `w`.
///
/// ```text
/// dV/dt = -(V - leak)/tau_mem + bias/capacitance      arrival: V += w      V >= threshold: spike, V = reset
/// ```
///
/// Arrivals during the refractory period are lost. Between arrivals the voltage is monotone, so that flow and crossing
/// are one exponential and one logarithm. The `i` of its [`State`] is not used and stays as it is. Used as
/// [`PointNeuron`].
///
/// ```
/// use delgrad_neuron::{DeltaLif, DeltaLifParams, PointNeuron};
///
/// let neuron = DeltaLif::new(DeltaLifParams { tau_mem: 10.0, ..DeltaLifParams::default() })?;
/// let lifted = neuron.arrival(neuron.rest(), 1.2);
/// assert_eq!(neuron.crossing_before(lifted, 0.0), Some(0.0));
/// assert_eq!(neuron.crossing_before(neuron.arrival(neuron.rest(), 0.9), f64::INFINITY), None);
/// # Ok::<(), delgrad_neuron::NeuronError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct DeltaLif {
    params: DeltaLifParams,
    bias: f64,
    /// `1/tau_mem`, zero for a non-leaky membrane.
    rate: f64,
    /// `leak + bias tau_mem/capacitance`; the leak alone for a non-leaky membrane, where it is but an origin.
    equilibrium: f64,
    /// `bias/capacitance` for a non-leaky membrane, else zero.
    drift: f64,
}

impl DeltaLif {
    /// Validates the parameters.
    ///
    /// # Errors
    ///
    /// [`NeuronError::OutOfRange`] names the first parameter that is not valid; the fields of [`DeltaLifParams`] say
    /// what is.
    pub fn new(params: DeltaLifParams) -> Result<Self, NeuronError> {
        tau_mem(params.tau_mem)?;
        finite("threshold", params.threshold)?;
        finite("leak", params.leak)?;
        finite("reset", params.reset)?;
        non_negative("refractory", params.refractory)?;
        positive("capacitance", params.capacitance)?;
        Ok(Self { params, bias: 0.0, rate: 1.0 / params.tau_mem, equilibrium: params.leak, drift: 0.0 })
    }

    /// The same neuron with this constant current into its membrane, in place of the one it had.
    ///
    /// # Errors
    ///
    /// [`NeuronError::OutOfRange`] names `bias` unless it and the equilibrium are finite.
    pub fn with_bias(self, bias: f64) -> Result<Self, NeuronError> {
        finite("bias", bias)?;
        let DeltaLifParams { tau_mem, leak, capacitance, .. } = self.params;
        let drift = bias / capacitance;
        if tau_mem.is_finite() {
            let equilibrium = if bias == 0.0 { leak } else { leak + drift * tau_mem };
            finite_equilibrium(bias, equilibrium)?;
            Ok(Self { bias, equilibrium, ..self })
        } else {
            finite_equilibrium(bias, drift)?;
            Ok(Self { bias, drift, ..self })
        }
    }

    /// The parameters as they were given.
    #[must_use]
    pub fn params(&self) -> DeltaLifParams {
        self.params
    }

    /// Constant current into the membrane; zero unless [`DeltaLif::with_bias`] set it.
    #[inline]
    #[must_use]
    pub fn bias(&self) -> f64 {
        self.bias
    }

    /// The voltage that is approached without input, as [`Lif::equilibrium`](crate::Lif::equilibrium).
    #[inline]
    #[must_use]
    pub fn equilibrium(&self) -> f64 {
        if self.drift == 0.0 { self.equilibrium } else { f64::INFINITY.copysign(self.drift) }
    }

    /// Rate of change of the voltage, `dV/dt`.
    #[inline]
    #[must_use]
    pub fn slope(&self, state: State) -> f64 {
        self.drift - self.rate * (state.v - self.equilibrium)
    }

    /// `threshold - V` where the voltage rises to the threshold, in finite time and above zero.
    #[inline]
    fn height(&self, state: State) -> Option<f64> {
        let DeltaLifParams { threshold, .. } = self.params;
        let reaches = if self.rate > 0.0 { self.equilibrium > threshold } else { self.drift > 0.0 };
        (reaches && state.v > f64::NEG_INFINITY).then_some(threshold - state.v)
    }
}

impl Default for DeltaLif {
    /// The neuron of [`DeltaLifParams::default`].
    fn default() -> Self {
        let params = DeltaLifParams::default();
        Self { params, bias: 0.0, rate: 1.0 / params.tau_mem, equilibrium: params.leak, drift: 0.0 }
    }
}

impl PointNeuron for DeltaLif {
    fn name(&self) -> &'static str {
        "delta-lif"
    }

    fn parameters(&self) -> Vec<(&'static str, f64)> {
        let DeltaLifParams { tau_mem, threshold, leak, reset, refractory, capacitance } = self.params;
        vec![
            ("tau_mem", tau_mem),
            ("threshold", threshold),
            ("leak", leak),
            ("reset", reset),
            ("refractory", refractory),
            ("capacitance", capacitance),
            ("bias", self.bias),
        ]
    }

    #[inline]
    fn rest(&self) -> State {
        State { v: self.params.leak, i: 0.0 }
    }

    /// `V(dt) = E + (V-E)·e^(-dt/τₘ)`, or `V + dt·bias/C` for a non-leaky membrane.
    #[inline]
    fn flow(&self, state: State, dt: f64) -> State {
        let v = if self.rate > 0.0 {
            self.equilibrium + (state.v - self.equilibrium) * exp(-self.rate * dt)
        } else if self.drift == 0.0 {
            state.v
        } else {
            state.v + self.drift * dt
        };
        State { v, i: state.i }
    }

    #[inline]
    fn flow_clamped(&self, state: State, _dt: f64) -> State {
        State { v: self.params.reset, i: state.i }
    }

    #[inline]
    fn arrival(&self, state: State, weight: f64) -> State {
        State { v: state.v + weight, i: state.i }
    }

    #[inline]
    fn arrival_clamped(&self, state: State, _weight: f64) -> State {
        state
    }

    /// `τₘ ln(1 + (th-V)/(E-th))` for `E > th`, or `(th-V)·C/bias` for a non-leaky membrane with a bias above zero.
    fn crossing_before(&self, state: State, horizon: f64) -> Option<f64> {
        let threshold = self.params.threshold;
        if state.v >= threshold {
            return Some(0.0);
        }
        let height = self.height(state)?;
        let time = if self.rate > 0.0 {
            ln_1p(height / (self.equilibrium - threshold)) / self.rate
        } else {
            height / self.drift
        };
        (time <= horizon && time.is_finite()).then_some(time)
    }

    /// `(th-V)/V'`: the voltage rises fastest now.
    #[inline]
    fn crossing_bound(&self, state: State) -> f64 {
        if state.v >= self.params.threshold {
            return 0.0;
        }
        self.height(state).map_or(f64::INFINITY, |height| height / self.slope(state) * (1.0 - MARGIN))
    }

    #[inline]
    fn unfired(&self, state: State) -> State {
        state.below(self.params.threshold)
    }

    #[inline]
    fn fire(&self, state: State) -> State {
        State { v: self.params.reset, i: state.i }
    }

    #[inline]
    fn refractory(&self) -> f64 {
        self.params.refractory
    }

    #[inline]
    fn fastest_time_constant(&self) -> f64 {
        self.params.tau_mem
    }

    fn differentiable(&self) -> Option<&dyn Differentiable> {
        Some(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn default_is_valid() {
        assert_eq!(DeltaLif::new(DeltaLifParams::default()), Ok(DeltaLif::default()));
    }

    #[test]
    fn known_answers() {
        let neuron = DeltaLif::default().with_bias(1.0).unwrap();
        assert_eq!(neuron.equilibrium(), 2.0);
        let time = neuron.crossing_before(neuron.rest(), f64::INFINITY).unwrap();
        assert!((time - 2.0 * std::f64::consts::LN_2).abs() < 1e-15);
        assert_eq!(neuron.crossing_before(neuron.rest(), time), Some(time));
        assert_eq!(neuron.crossing_before(neuron.rest(), time.next_down()), None);
        let params = DeltaLifParams { tau_mem: f64::INFINITY, capacitance: 2.0, ..DeltaLifParams::default() };
        let counter = DeltaLif::new(params).unwrap();
        assert_eq!(counter.flow(State { v: 0.5, i: 0.0 }, f64::INFINITY).v, 0.5);
        assert_eq!(counter.crossing_before(counter.rest(), f64::INFINITY), None);
        let up = counter.with_bias(0.5).unwrap();
        assert_eq!(up.crossing_before(up.rest(), f64::INFINITY), Some(4.0));
        assert_eq!(up.flow(up.rest(), 4.0).v, 1.0);
        let down = counter.with_bias(-0.5).unwrap();
        assert_eq!(down.crossing_before(State { v: 0.9, i: 0.0 }, f64::INFINITY), None);
        assert_eq!((up.equilibrium(), down.equilibrium()), (f64::INFINITY, f64::NEG_INFINITY));
    }

    #[test]
    fn equilibrium_on_the_threshold_is_only_approached() {
        let neuron = DeltaLif::default().with_bias(0.5).unwrap();
        assert_eq!(neuron.equilibrium(), 1.0);
        assert_eq!(neuron.crossing_before(State { v: 0.999, i: 0.0 }, f64::INFINITY), None);
        assert_eq!(neuron.crossing_bound(State { v: 0.999, i: 0.0 }), f64::INFINITY);
    }

    #[test]
    fn clamped_arrivals_are_lost() {
        let neuron =
            DeltaLif::new(DeltaLifParams { reset: -0.5, refractory: 2.0, ..DeltaLifParams::default() }).unwrap();
        let fired = neuron.fire(State { v: 1.0, i: 0.0 });
        assert_eq!(neuron.flow_clamped(neuron.arrival_clamped(fired, 3.0), 1.0), State { v: -0.5, i: 0.0 });
        assert_eq!(neuron.arrival(fired, 3.0).v, 2.5);
        assert_eq!(neuron.refractory(), 2.0);
    }

    #[test]
    fn states_that_are_not_finite_have_no_crossing() {
        for neuron in [DeltaLif::default(), DeltaLif::default().with_bias(3.0).unwrap()] {
            for v in [f64::NAN, f64::NEG_INFINITY] {
                assert_eq!(neuron.crossing_before(State { v, i: 0.0 }, f64::INFINITY), None);
                assert!(neuron.crossing_bound(State { v, i: 0.0 }) >= 0.0);
            }
        }
    }
}
