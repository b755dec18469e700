use crate::{Lif, State};

impl Lif {
    /// The state of rest: `V = leak`, `I = 0`. With a bias current the neuron does not stay there.
    #[inline]
    #[must_use]
    pub fn rest(&self) -> State {
        State { v: self.leak(), i: 0.0 }
    }

    /// The state after `dt` without input and without regard to the threshold.
    ///
    /// `V(dt) = E + (V-E)·a + I·k(dt)`,  `I(dt) = I·e^(-dt/τₛ)`,  `a = e^(-dt/τₘ)`, where `E` is
    /// [`Lif::equilibrium`]; for a non-leaky membrane with bias, `V(dt) = V + I·k(dt) + dt·bias/C`.
    ///
    /// Requires `dt >= 0`; infinity gives the limit. Flows compose: `dt` then `du` equals `dt + du` to rounding.
    /// Göltz et al. 2025.
    #[inline]
    #[must_use]
    pub fn flow(&self, state: State, dt: f64) -> State {
        self.membrane.flow(state, dt)
    }

    /// The state after `dt` of the refractory period: the voltage stays at `reset`, the current decays.
    ///
    /// `V(dt) = V_r`,  `I(dt) = I·e^(-dt/τₛ)`. Requires `dt >= 0`.
    #[inline]
    #[must_use]
    pub fn flow_clamped(&self, state: State, dt: f64) -> State {
        State { v: self.reset(), i: state.i * self.membrane.syn(dt) }
    }

    /// Voltage that an arrival of weight 1 has added after `dt`: the post-synaptic potential.
    ///
    /// `k(dt) = τₘτₛ/(C(τₘ-τₛ))·(e^(-dt/τₘ) - e^(-dt/τₛ))`; `dt/C·e^(-dt/τₘ)` for `τₘ = τₛ`;
    /// `τₛ/C·(1 - e^(-dt/τₛ))` for `τₘ = ∞`.
    ///
    /// Requires `dt >= 0`. Relatively accurate for any ratio of the time constants, equality and its neighbourhood
    /// included. Göltz et al. 2025.
    #[inline]
    #[must_use]
    pub fn kernel(&self, dt: f64) -> f64 {
        self.membrane.kernel(dt)
    }

    /// Rate of change of the post-synaptic potential, `k'(dt) = e^(-dt/τₛ)/C - k(dt)/τₘ`. Requires `dt >= 0`.
    #[inline]
    #[must_use]
    pub fn kernel_slope(&self, dt: f64) -> f64 {
        self.membrane.kernel_slope(dt)
    }

    /// Rate of change of the voltage, `dV/dt = -(V-leak)/τₘ + (I + bias)/C`.
    #[inline]
    #[must_use]
    pub fn slope(&self, state: State) -> f64 {
        self.membrane.slope(state)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::LifParams;
    use crate::math::exp;

    /// Rounding of a handful of operations.
    const ROUNDING: f64 = 1e-14;

    fn lif(tau_mem: f64) -> Lif {
        Lif::new(LifParams { tau_mem, capacitance: 3.0, ..LifParams::default() }).unwrap()
    }

    #[test]
    fn kernel_has_its_textbook_forms() {
        for s in [0.0, 1e-9, 0.3, 2.0, 40.0] {
            let close = |a: f64, b: f64| assert!((a - b).abs() <= ROUNDING * b.abs(), "{a} {b}");
            close(lif(1.0).kernel(s), s / 3.0 * exp(-s));
            close(lif(f64::INFINITY).kernel(s), -crate::math::exp_m1(-s) / 3.0);
            close(lif(2.0).kernel(s), 2.0 / 3.0 * exp(-s / 2.0) * -crate::math::exp_m1(-s / 2.0));
        }
    }

    #[test]
    fn kernel_is_continuous_at_equal_time_constants() {
        // k depends on the ratio through s (1/tau_s - 1/tau_m)/2, to first order.
        for s in [0.01, 0.7, 5.0] {
            let equal = lif(1.0).kernel(s);
            for change in [1e-9, -1e-9, 1e-13, -1e-13] {
                let near = lif(1.0 + change).kernel(s);
                let expected = equal * (1.0 + s * change / 2.0);
                assert!((near - expected).abs() <= ROUNDING * equal, "{s} {change}");
            }
        }
    }

    #[test]
    fn kernel_slope_is_the_derivative() {
        for tau_mem in [0.01, 0.5, 1.0, 1.0 + 1e-9, 2.0, 100.0, f64::INFINITY] {
            let neuron = lif(tau_mem);
            for s in [0.1, 1.0, 4.0] {
                let h = 1e-5 * f64::min(1.0, tau_mem);
                let numeric = (neuron.kernel(s + h) - neuron.kernel(s - h)) / (2.0 * h);
                // Central differences: h^2 and rounding over h.
                assert!((neuron.kernel_slope(s) - numeric).abs() < 1e-8, "{tau_mem} {s}");
            }
            assert_eq!(neuron.kernel_slope(0.0), 1.0 / 3.0);
        }
    }

    #[test]
    fn infinite_flow_is_the_limit() {
        let state = State { v: 0.5, i: 3.0 };
        assert_eq!(lif(2.0).flow(state, f64::INFINITY), State { v: 0.0, i: 0.0 });
        assert_eq!(lif(1.0).flow(state, f64::INFINITY), State { v: 0.0, i: 0.0 });
        assert_eq!(lif(f64::INFINITY).flow(state, f64::INFINITY), State { v: 1.5, i: 0.0 });
    }

    #[test]
    fn clamped_flow_holds_the_reset() {
        let neuron = Lif::new(LifParams { reset: -0.5, ..LifParams::default() }).unwrap();
        let after = neuron.flow_clamped(State { v: 1.0, i: 2.0 }, 1.0);
        assert_eq!(after, State { v: -0.5, i: 2.0 * exp(-1.0) });
    }
}
