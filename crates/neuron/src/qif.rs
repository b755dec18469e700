//! Quadratic integrate-and-fire.

mod abreast;
mod differentiable;
mod params;
mod riccati;

pub use abreast::QifAbreast;
pub use params::QifParams;

use crate::validate::{above_leak, finite, finite_equilibrium, non_negative, positive};
use crate::{Differentiable, NeuronError, PointNeuron, State};
use riccati::Riccati;

/// A quadratic integrate-and-fire neuron with delta synapses: the normal form of a neuron whose firing starts at
/// arbitrarily low rates.
///
/// ```text
/// dV/dt = (V - leak)(V - critical)/(tau_mem (critical - leak)) + bias/capacitance
/// arrival: V += w      V >= threshold: spike, V = reset
/// ```
///
/// Near `leak` it is a leaky membrane of time constant `tau_mem`; above `critical` it takes off by itself and would
/// reach infinity in finite time, which the threshold cuts off. Arrivals during the refractory period are lost. A bias
/// moves the two fixed points towards each other; from `tau_mem bias/capacitance = (critical - leak)/4` on there is none
/// and the neuron fires without input. The `i` of its [`State`] is not used and stays as it is. Used as [`PointNeuron`].
///
/// Between arrivals the voltage is monotone and known in closed form, and so is the time of the crossing. Past the time
/// at which the voltage becomes infinite, the flow is `+infinity`. Ermentrout and Kopell, SIAM J. Appl. Math. 46 (1986);
/// Gerstner et al., Neuronal Dynamics (2014), section 5.3.
///
/// ```
/// use delgrad_neuron::{PointNeuron, Qif, QifParams};
///
/// let neuron = Qif::new(QifParams::default())?;
/// assert_eq!(neuron.fixed_points(), Some((0.0, 1.0)));
/// // Below critical it relaxes, above it takes off: (V - 1)/V grows by e^(t/2).
/// assert_eq!(neuron.crossing_before(neuron.arrival(neuron.rest(), 0.9), f64::INFINITY), None);
/// let wait = neuron.crossing_before(neuron.arrival(neuron.rest(), 2.0), f64::INFINITY).expect("above critical");
/// assert!((wait - 2.0 * 1.8_f64.ln()).abs() < 1e-14);
/// # Ok::<(), delgrad_neuron::NeuronError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Qif {
    params: QifParams,
    bias: f64,
    motion: Riccati,
}

impl Qif {
    /// Validates the parameters.
    ///
    /// # Errors
    ///
    /// [`NeuronError::OutOfRange`] names the first parameter that is not valid; the fields of [`QifParams`] say what is.
    pub fn new(params: QifParams) -> Result<Self, NeuronError> {
        positive("tau_mem", params.tau_mem)?;
        finite("leak", params.leak)?;
        above_leak("critical", params.critical, params.leak, params.tau_mem)?;
        finite("threshold", params.threshold)?;
        finite("reset", params.reset)?;
        non_negative("refractory", params.refractory)?;
        positive("capacitance", params.capacitance)?;
        let motion = Riccati::new(params.leak, params.critical, params.tau_mem, 0.0);
        Ok(Self { params, bias: 0.0, motion })
    }

    /// The same neuron with this constant current into its membrane, in place of the one it had.
    ///
    /// # Errors
    ///
    /// [`NeuronError::OutOfRange`] names `bias` unless it is finite and so are the fixed points that it leads to.
    pub fn with_bias(self, bias: f64) -> Result<Self, NeuronError> {
        finite("bias", bias)?;
        let QifParams { leak, critical, tau_mem, capacitance, .. } = self.params;
        let motion = Riccati::new(leak, critical, tau_mem, bias / capacitance);
        finite_equilibrium(bias, motion.kappa)?;
        Ok(Self { bias, motion, ..self })
    }

    /// The parameters as they were given.
    #[must_use]
    pub fn params(&self) -> QifParams {
        self.params
    }

    /// Constant current into the membrane; zero unless [`Qif::with_bias`] set it.
    #[inline]
    #[must_use]
    pub fn bias(&self) -> f64 {
        self.bias
    }

    /// The stable and the unstable fixed point of the voltage; `None` where the bias has removed them.
    #[must_use]
    pub fn fixed_points(&self) -> Option<(f64, f64)> {
        (self.motion.kappa <= 0.0).then_some((self.motion.low, self.motion.high))
    }

    /// Rate of change of the voltage, `dV/dt`.
    #[inline]
    #[must_use]
    pub fn slope(&self, state: State) -> f64 {
        self.motion.slope(state.v)
    }
}

impl Default for Qif {
    /// The neuron of [`QifParams::default`].
    fn default() -> Self {
        let params = QifParams::default();
        let motion = Riccati::new(params.leak, params.critical, params.tau_mem, 0.0);
        Self { params, bias: 0.0, motion }
    }
}

impl PointNeuron for Qif {
    fn name(&self) -> &'static str {
        "quadratic"
    }

    fn parameters(&self) -> Vec<(&'static str, f64)> {
        let QifParams { tau_mem, leak, critical, threshold, reset, refractory, capacitance } = self.params;
        vec![
            ("tau_mem", tau_mem),
            ("leak", leak),
            ("critical", critical),
            ("threshold", threshold),
            ("reset", reset),
            ("refractory", refractory),
            ("capacitance", capacitance),
            ("bias", self.bias()),
        ]
    }

    #[inline]
    fn rest(&self) -> State {
        State { v: self.params.leak, i: 0.0 }
    }

    #[inline]
    fn flow(&self, state: State, dt: f64) -> State {
        State { v: self.motion.after(state.v, dt), i: state.i }
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

    fn crossing_before(&self, state: State, horizon: f64) -> Option<f64> {
        if state.v >= self.params.threshold {
            return Some(0.0);
        }
        self.motion.time_between(state.v, self.params.threshold).filter(|&time| time <= horizon)
    }

    #[inline]
    fn crossing_bound(&self, state: State) -> f64 {
        if state.v >= self.params.threshold {
            return 0.0;
        }
        self.motion.least_time_between(state.v, self.params.threshold)
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

    fn at(v: f64) -> State {
        State { v, i: 0.0 }
    }

    #[test]
    fn default_is_valid() {
        assert_eq!(Qif::new(QifParams::default()), Ok(Qif::default()));
    }

    #[test]
    fn fixed_points_stay() {
        let neuron = Qif::default();
        // The bias at which they meet is 1/8.
        for bias in [0.0, -3.0, 0.1, 0.125 - 1e-12, 0.125] {
            let biased = neuron.with_bias(bias).unwrap();
            let (low, high) = biased.fixed_points().unwrap();
            for dt in [0.0, 0.3, 50.0, f64::INFINITY] {
                assert_eq!((biased.flow(at(low), dt), biased.flow(at(high), dt)), (at(low), at(high)));
            }
            assert_eq!(biased.crossing_before(at(low), f64::INFINITY), None);
            assert_eq!(biased.crossing_bound(at(high)), f64::INFINITY);
            assert!(biased.slope(at(low)).abs() < 1e-15 * (1.0 + bias.abs()));
        }
        assert_eq!(neuron.with_bias(0.126).unwrap().fixed_points(), None);
    }

    #[test]
    fn past_the_blow_up_the_voltage_is_infinite() {
        for bias in [-1.0, 0.0, 0.125, 0.2, 40.0] {
            let neuron = Qif::default().with_bias(bias).unwrap();
            for v in [5.0, 1e3, 1e9] {
                for dt in [1e3, 1e300, f64::INFINITY] {
                    assert_eq!(neuron.flow(at(v), dt), at(f64::INFINITY), "{bias} {v} {dt}");
                }
            }
            assert_eq!(neuron.flow(at(f64::INFINITY), 0.0), at(f64::INFINITY));
            assert_eq!(neuron.flow(at(f64::INFINITY), 1.0), at(f64::INFINITY));
        }
    }

    #[test]
    fn fixed_points_nearer_than_rounding_are_one() {
        let params = QifParams { leak: 1e9, critical: 1e9 + 1.0, threshold: 1e9 - 5.0, ..QifParams::default() };
        let neuron = Qif::new(params).unwrap().with_bias(0.125 * (1.0 - 1e-15)).unwrap();
        assert_eq!(neuron.fixed_points(), Some((1e9 + 0.5, 1e9 + 0.5)));
        // dV/dt = V^2/2 from -10.5 to -5.5, measured from there.
        let time = neuron.crossing_before(at(1e9 - 10.0), f64::INFINITY).unwrap();
        assert!((time - 2.0 * (1.0 / 5.5 - 1.0 / 10.5)).abs() < 1e-15, "{time}");
    }

    #[test]
    fn a_threshold_below_the_stable_fixed_point_is_reached_from_below() {
        let neuron = Qif::new(QifParams { threshold: -1.0, ..QifParams::default() }).unwrap();
        // From -2 to -1 of V/(V - 1): 2/3 e^(-t/2) = 1/2.
        let time = neuron.crossing_before(at(-2.0), f64::INFINITY).unwrap();
        assert!((time - 2.0 * crate::math::ln(4.0 / 3.0)).abs() < 1e-15);
        let between = Qif::new(QifParams { threshold: 0.5, ..QifParams::default() }).unwrap();
        assert_eq!(between.crossing_before(at(-2.0), f64::INFINITY), None);
        assert_eq!(between.crossing_before(at(0.4), f64::INFINITY), None);
    }

    #[test]
    fn tonic_firing_has_the_textbook_period() {
        // From -infinity to +infinity takes pi/(alpha k); here alpha = 1/2, kappa = 2 bias - 1/4.
        let params = QifParams { threshold: 1e9, reset: -1e9, ..QifParams::default() };
        let neuron = Qif::new(params).unwrap().with_bias(2.0).unwrap();
        let period = neuron.crossing_before(at(-1e9), f64::INFINITY).unwrap();
        let textbook = 2.0 * std::f64::consts::PI / 3.75_f64.sqrt();
        // The two tails that are missing have the length 1/(alpha 1e9) each.
        assert!((period + 4e-9 - textbook).abs() < 1e-15 * 4.0, "{period} {textbook}");
    }

    #[test]
    fn states_that_are_not_finite_have_no_crossing() {
        for bias in [-1.0, 0.0, 0.125, 2.0] {
            let neuron = Qif::default().with_bias(bias).unwrap();
            for v in [f64::NAN, f64::NEG_INFINITY] {
                assert_eq!(neuron.crossing_before(at(v), f64::INFINITY), None);
                assert!(neuron.crossing_bound(at(v)) >= 0.0);
            }
        }
    }
}
