//! Derivatives of a neuron with delta synapses. The `i` of its state is not used and passes.

use super::DeltaLif;
use crate::differentiable::Relaxation;
use crate::{Adjoint, ArrivalGradient, Differentiable, PerParameter, State};

/// `V(s) = leak + (V - leak) a + bias/C J` with `a = e^(-s/τₘ)`, `J = τₘ (1 - a)`, or `a = 1`, `J = s` without leak.
impl Differentiable for DeltaLif {
    #[inline]
    fn threshold(&self) -> f64 {
        self.params.threshold
    }

    #[inline]
    fn rate(&self, state: State) -> State {
        State { v: self.slope(state), i: 0.0 }
    }

    /// `∂V/∂τₘ = (V - leak) ∂a/∂τₘ + bias/C ∂J/∂τₘ`,  `∂V/∂leak = 1 - a`,  `∂V/∂bias = J/C`,  `∂V/∂C = -bias J/C²`
    #[inline]
    fn flow_vjp(&self, start: State, dt: f64, end: Adjoint, gradient: &mut PerParameter) -> Adjoint {
        let mem = Relaxation::new(self.rate, dt);
        let drive = self.bias / self.params.capacitance;
        let Adjoint { lambda, mu } = end;
        gradient.tau_mem += lambda * ((start.v - self.params.leak) * mem.left_by_tau + drive * mem.area_by_tau);
        gradient.leak += lambda * mem.gone;
        gradient.bias += lambda * (mem.area / self.params.capacitance);
        gradient.capacitance -= lambda * (drive * mem.area / self.params.capacitance);
        Adjoint { lambda: lambda * mem.left, mu }
    }

    #[inline]
    fn clamped_vjp(&self, _start: State, _dt: f64, end: Adjoint, gradient: &mut PerParameter) -> Adjoint {
        self.fire_vjp(end, gradient)
    }

    /// `dL/dw = λ`,  `dL/da = λ·w/τₘ`
    #[inline]
    fn arrival_vjp(&self, _before: State, weight: f64, adjoint: Adjoint) -> ArrivalGradient {
        ArrivalGradient { weight: adjoint.lambda, time: adjoint.lambda * (weight * self.rate) }
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

    /// The change of `a` and of `bias/C J` first, then that of the sum.
    #[inline]
    fn flow_jvp(&self, start: State, dt: f64, tangent: State, dt_tangent: f64, direction: &PerParameter) -> State {
        let mem = Relaxation::new(self.rate, dt);
        let capacitance = self.params.capacitance;
        let left_change = mem.left_by_tau * direction.tau_mem - self.rate * mem.left * dt_tangent;
        let area_change = mem.area_by_tau * direction.tau_mem + mem.left * dt_tangent;
        let drive_change = (direction.bias - self.bias * direction.capacitance / capacitance) / capacitance;
        let v = direction.leak * mem.gone
            + tangent.v * mem.left
            + (start.v - self.params.leak) * left_change
            + self.bias / capacitance * area_change
            + drive_change * mem.area;
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
