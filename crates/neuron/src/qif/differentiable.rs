//! Derivatives of a quadratic neuron. The `i` of its state is not used and passes.

use super::{Qif, QifParams};
use crate::{Adjoint, ArrivalGradient, Differentiable, PerParameter, State};

use super::riccati::Sensitivity;

impl Qif {
    /// Derivatives of the voltage after `dt` by that at the start, and by the parameters.
    #[inline]
    fn sensitivity(&self, v: f64, dt: f64) -> (f64, PerParameter) {
        let QifParams { leak, critical, tau_mem, capacitance, .. } = self.params;
        let drive = self.bias / capacitance;
        let Sensitivity { start, leak, critical, tau_mem, drift } =
            self.motion.sensitivity(leak, critical, tau_mem, drive, v, dt);
        let bias = drift / capacitance;
        let capacitance = -drive * bias;
        (start, PerParameter { tau_mem, leak, critical, bias, capacitance, ..PerParameter::default() })
    }
}

/// Past the blow-up, where the voltage is infinite, every derivative of the flow is zero. Where the fixed point that the
/// neuron leaves is so near that a derivative would exceed `1e150`, it stays there.
impl Differentiable for Qif {
    #[inline]
    fn threshold(&self) -> f64 {
        self.params.threshold
    }

    #[inline]
    fn rate(&self, state: State) -> State {
        State { v: self.slope(state), i: 0.0 }
    }

    #[inline]
    fn flow_vjp(&self, start: State, dt: f64, end: Adjoint, gradient: &mut PerParameter) -> Adjoint {
        let (by_start, by) = self.sensitivity(start.v, dt);
        let Adjoint { lambda, mu } = end;
        gradient.tau_mem += lambda * by.tau_mem;
        gradient.leak += lambda * by.leak;
        gradient.critical += lambda * by.critical;
        gradient.capacitance += lambda * by.capacitance;
        gradient.bias += lambda * by.bias;
        Adjoint { lambda: lambda * by_start, mu }
    }

    #[inline]
    fn clamped_vjp(&self, _start: State, _dt: f64, end: Adjoint, gradient: &mut PerParameter) -> Adjoint {
        self.fire_vjp(end, gradient)
    }

    /// `dL/dw = λ`,  `dL/da = -λ·w·(2V + w - leak - critical)/(τₘ (critical - leak))`
    #[inline]
    fn arrival_vjp(&self, before: State, weight: f64, adjoint: Adjoint) -> ArrivalGradient {
        let fall = self.motion.slope_difference(before.v, weight);
        ArrivalGradient { weight: adjoint.lambda, time: -adjoint.lambda * fall }
    }

    #[inline]
    fn arrival_clamped_vjp(&self, _before: State, _weight: f64, _adjoint: Adjoint) -> ArrivalGradient {
        ArrivalGradient { weight: 0.0, time: 0.0 }
    }

    #[inline]
    fn fire_vjp(&self, adjoint: Adjoint, gradient: &mut PerParameter) -> Adjoint {
        gradient.reset += adjoint.lambda;
        Adjoint { lambda: 0.0, ..adjoint }
    }

    /// `V'(dt) = V'(0) ∂V(dt)/∂V(0)`, which is exact where the voltage has come close to a fixed point.
    #[inline]
    fn flow_jvp(&self, start: State, dt: f64, tangent: State, dt_tangent: f64, direction: &PerParameter) -> State {
        let (by_start, by) = self.sensitivity(start.v, dt);
        let moved = if by_start == 0.0 { 0.0 } else { self.slope(start) * dt_tangent };
        let v = by_start * (tangent.v + moved)
            + by.tau_mem * direction.tau_mem
            + by.leak * direction.leak
            + by.critical * direction.critical
            + by.capacitance * direction.capacitance
            + by.bias * direction.bias;
        State { v, i: tangent.i }
    }

    #[inline]
    fn clamped_jvp(
        &self,
        _start: State,
        _dt: f64,
        tangent: State,
        _dt_tangent: f64,
        direction: &PerParameter,
    ) -> State {
        State { v: direction.reset, i: tangent.i }
    }
}
