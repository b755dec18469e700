//! Derivatives of the flow of the linear membrane.
//!
//! Written from the leak rather than from the equilibrium, whose terms cancel where `τₘ` is long:
//!
//! ```text
//! V(s) = leak + (V - leak) a + I k + bias/C J      a = e^(-s/τₘ),  J = τₘ (1 - a), or s for a non-leaky membrane
//! I(s) = I e^(-s/τₛ)
//! ```

use crate::differentiable::Relaxation;
use crate::math::finite_length;
use crate::membrane::{Factors, Membrane};
use crate::{Adjoint, PerParameter, State};

impl Membrane {
    #[inline]
    pub(crate) fn rate(&self, state: State) -> State {
        State { v: self.slope(state), i: -self.rate_syn * state.i }
    }

    /// `∂V/∂τₘ = (V - leak) ∂a/∂τₘ + I ∂k/∂τₘ + bias/C ∂J/∂τₘ`,  `∂V/∂τₛ = I ∂k/∂τₛ`,  `∂V/∂leak = 1 - a`,
    /// `∂V/∂bias = J/C`,  `∂V/∂C = -(I k + bias/C J)/C`
    #[inline]
    pub(crate) fn flow_vjp(
        &self,
        leak: f64,
        start: State,
        dt: f64,
        end: Adjoint,
        gradient: &mut PerParameter,
    ) -> Adjoint {
        let (mem, syn) = (Relaxation::new(self.rate_mem, dt), Relaxation::new(self.rate_syn, dt));
        let factors = Factors { mem: mem.left, syn: syn.left, integral: self.area(dt, &mem, &syn) };
        let kernel = factors.integral / self.capacitance;
        let (kernel_by_mem, kernel_by_syn) = self.kernel_by_taus(dt, factors);
        let drive = self.bias / self.capacitance;
        let Adjoint { lambda, mu } = end;
        gradient.tau_mem +=
            lambda * ((start.v - leak) * mem.left_by_tau + start.i * kernel_by_mem + drive * mem.area_by_tau);
        gradient.tau_syn += lambda * (start.i * kernel_by_syn) + mu * (start.i * syn.left_by_tau);
        gradient.leak += lambda * mem.gone;
        gradient.bias += lambda * (mem.area / self.capacitance);
        gradient.capacitance -= lambda * ((start.i * kernel + drive * mem.area) / self.capacitance);
        Adjoint { lambda: lambda * mem.left, mu: mu * syn.left + lambda * kernel }
    }

    /// The change of each factor first, `δa`, `δk` and `δ(J/C)`, then that of their products.
    #[inline]
    pub(crate) fn flow_jvp(
        &self,
        leak: f64,
        start: State,
        dt: f64,
        tangent: State,
        dt_tangent: f64,
        direction: &PerParameter,
    ) -> State {
        let (mem, syn) = (Relaxation::new(self.rate_mem, dt), Relaxation::new(self.rate_syn, dt));
        let factors = Factors { mem: mem.left, syn: syn.left, integral: self.area(dt, &mem, &syn) };
        let kernel = factors.integral / self.capacitance;
        let (kernel_by_mem, kernel_by_syn) = self.kernel_by_taus(dt, factors);
        let thinner = direction.capacitance / self.capacitance;

        let mem_change = mem.left_by_tau * direction.tau_mem - self.rate_mem * mem.left * dt_tangent;
        let kernel_change = kernel_by_mem * direction.tau_mem + kernel_by_syn * direction.tau_syn
            - kernel * thinner
            + self.kernel_slope_of(factors) * dt_tangent;
        let area_change = mem.area_by_tau * direction.tau_mem + mem.left * dt_tangent - mem.area * thinner;
        let v = direction.leak * mem.gone
            + tangent.v * mem.left
            + (start.v - leak) * mem_change
            + tangent.i * kernel
            + start.i * kernel_change
            + (direction.bias * mem.area + self.bias * area_change) / self.capacitance;
        State { v, i: self.current_jvp(start, dt, tangent, dt_tangent, direction) }
    }

    /// `δI(s) = e^(-s/τₛ) (δI + I (s δτₛ/τₛ² - δs/τₛ))`
    #[inline]
    pub(crate) fn current_jvp(
        &self,
        start: State,
        dt: f64,
        tangent: State,
        dt_tangent: f64,
        direction: &PerParameter,
    ) -> f64 {
        let syn = Relaxation::new(self.rate_syn, dt);
        tangent.i * syn.left
            + start.i * (syn.left_by_tau * direction.tau_syn - self.rate_syn * syn.left * dt_tangent)
    }

    /// `C k(dt)` from the two factors.
    #[inline]
    fn area(&self, dt: f64, mem: &Relaxation, syn: &Relaxation) -> f64 {
        self.integral(finite_length(dt), mem.left, syn.left)
    }
}
