//! The factors of a flow, for callers that step many neurons at once.

use crate::membrane::Membrane;
use crate::{LeakyIntegrator, Lif};

/// Factors of a flow of one length, shared by all neurons of the same parameters.
///
/// ```text
/// V <- E + (V - E) mem + I kernel      I <- I syn      E: Lif::equilibrium
/// ```
///
/// For a non-leaky membrane `mem = 1` and `V <- V + I kernel`; with a bias, add `dt·bias/capacitance` to it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Decay {
    /// `e^(-dt/tau_mem)`
    pub mem: f64,
    /// `e^(-dt/tau_syn)`
    pub syn: f64,
    /// Voltage that a current of 1 adds, `k(dt)` of [`Lif::kernel`], the capacitance included.
    pub kernel: f64,
}

impl Membrane {
    #[inline]
    fn decay(&self, dt: f64) -> Decay {
        let factors = self.factors(dt);
        Decay { mem: factors.mem, syn: factors.syn, kernel: factors.integral / self.capacitance }
    }
}

impl Lif {
    /// Factors of a flow of length `dt >= 0`, infinity included: the same as in [`Lif::flow`], to the last bit in `mem`
    /// and `syn` and to rounding in the order of the products.
    #[inline]
    #[must_use]
    pub fn decay(&self, dt: f64) -> Decay {
        self.membrane.decay(dt)
    }

    /// Time at which the post-synaptic potential [`Lif::kernel`] is largest,
    /// `ln(τₘ/τₛ)/(1/τₛ - 1/τₘ)`, or `τₘ` for equal time constants; infinity for a non-leaky membrane.
    #[must_use]
    pub fn kernel_peak(&self) -> f64 {
        self.membrane.kernel_peak().unwrap_or(f64::INFINITY)
    }
}

impl LeakyIntegrator {
    /// Factors of a flow, as [`Lif::decay`].
    #[inline]
    #[must_use]
    pub fn decay(&self, dt: f64) -> Decay {
        self.membrane.decay(dt)
    }

    /// Time at which the post-synaptic potential is largest, as [`Lif::kernel_peak`].
    #[must_use]
    pub fn kernel_peak(&self) -> f64 {
        self.membrane.kernel_peak().unwrap_or(f64::INFINITY)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{LifParams, State};

    #[test]
    fn they_are_the_flow() {
        for tau_mem in [0.3, 1.0, 2.0, f64::INFINITY] {
            let params = LifParams { tau_mem, capacitance: 0.7, leak: -0.4, ..LifParams::default() };
            let (lif, state) = (Lif::new(params).unwrap(), State { v: 0.2, i: 1.7 });
            let (Decay { mem, syn, kernel }, after) = (lif.decay(0.8), lif.flow(state, 0.8));
            assert_eq!((state.i * syn, lif.kernel(0.8)), (after.i, kernel));
            let v = lif.leak() + (state.v - lif.leak()) * mem + state.i * kernel;
            // The capacitance divides the current in one and the kernel in the other.
            assert!((v - after.v).abs() <= 4.0 * f64::EPSILON);
        }
    }

    #[test]
    fn the_peak_is_stationary_and_largest() {
        for tau_mem in [0.01, 0.5, 1.0, 1.0 + 1e-9, 2.0, 1e3] {
            let lif = Lif::new(LifParams { tau_mem, ..LifParams::default() }).unwrap();
            let peak = lif.kernel_peak();
            assert!(lif.kernel_slope(peak).abs() < 1e-15, "{tau_mem}");
            assert!([0.5, 0.9, 1.1, 2.0].iter().all(|part| lif.kernel(part * peak) < lif.kernel(peak)));
        }
        let non_leaky = Lif::new(LifParams { tau_mem: f64::INFINITY, ..LifParams::default() }).unwrap();
        assert_eq!(non_leaky.kernel_peak(), f64::INFINITY);
        assert_eq!(non_leaky.kernel(f64::INFINITY), 1.0);
    }
}
