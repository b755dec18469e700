//! What an adjoint pass along recorded events needs to know of a neuron model.

mod linear;
mod relaxation;

pub(crate) use relaxation::Relaxation;

use crate::{Adjoint, ArrivalGradient, LeakyIntegrator, Lif, PerParameter, PointNeuron, State};

/// A neuron model with exact derivatives by its state, by time and by its parameters.
///
/// Between two events a state flows; a loss that depends on the end depends on the start, on the length of time and on
/// the parameters. A `_vjp` takes the adjoint `(λ, μ) = (dL/dV, dL/dI)` of the end back to the start, and adds what the
/// parameters get to `gradient`; a `_jvp` takes a small change of all of them forward. The events themselves leave these
/// to the caller, who knows the times:
///
/// ```text
/// spike at T      H = dL/dT + (λ V'⁻ + μ I'⁻) - (λ⁺ V'⁺ + μ⁺ I'⁺)      (λ, μ) = fire_vjp(λ⁺, μ⁺)
///                 λ⁻ = λ - H/V'⁻      μ⁻ = μ      dL/dthreshold += H/V'⁻
/// release at R    dL/dR = (λ V'⁻ + μ I'⁻) - (λ V'⁺ + μ I'⁺)      for T and for the refractory period: R = T + refractory
/// ```
///
/// where `⁻` and `⁺` are right before and after the event, and the rates of a clamped neuron have `V' = 0`.
///
/// `threshold` and `refractory` do not act in a flow, so no function here adds to them. The other parameters mean what
/// the equation of the model says, each with the others held: the derivative by `tau_mem` keeps the leak, the bias and the
/// capacitance, and so moves the equilibrium. A membrane with infinite `tau_mem` has no leak: its derivatives by `tau_mem`
/// and by `leak` are zero.
///
/// Units follow from the arguments: `λ` is loss per voltage, `μ` loss per current, where a model keeps one.
///
/// Implementors keep these rules:
///
/// 1. Every `_vjp` is the transpose of its `_jvp`, to rounding.
/// 2. Both are the derivative of the function of [`PointNeuron`] whose name they bear, at `dt = 0` too.
/// 3. No function panics or allocates, and none returns NaN for finite arguments and `dt >= 0`.
///
/// ```
/// use delgrad_neuron::{Adjoint, Differentiable, Lif, PerParameter, PointNeuron, State};
///
/// // The loss is the voltage 0.7 after an arrival at rest.
/// let model = Lif::default();
/// let (start, end) = (model.arrival(model.rest(), 1.5), Adjoint { lambda: 1.0, mu: 0.0 });
/// let mut gradient = PerParameter::default();
/// let adjoint = model.flow_vjp(start, 0.7, end, &mut gradient);
/// let arrival = model.arrival_vjp(model.rest(), 1.5, adjoint);
/// assert_eq!(arrival.weight, model.kernel(0.7));
/// // Forwards, along the capacitance: the voltage is proportional to its inverse.
/// let direction = PerParameter { capacitance: 1.0, ..PerParameter::default() };
/// let moved = model.flow_jvp(start, 0.7, State::default(), 0.0, &direction);
/// assert_eq!(moved.v, gradient.capacitance);
/// assert!((moved.v + model.flow(start, 0.7).v).abs() < 1e-15);
/// ```
pub trait Differentiable: PointNeuron {
    /// Voltage at which it fires; infinity for a read-out.
    fn threshold(&self) -> f64;

    /// `dV/dt` and `dI/dt` of a free neuron.
    fn rate(&self, state: State) -> State;

    /// Pulls an adjoint back through a free flow of length `dt` that starts at `start`: returns the adjoint at the start
    /// and adds `dL/d(parameter)` to `gradient`.
    ///
    /// ```text
    /// λ ← λ ∂V(dt)/∂V      μ ← μ ∂I(dt)/∂I + λ ∂V(dt)/∂I      dL/dp += λ ∂V(dt)/∂p + μ ∂I(dt)/∂p
    /// ```
    ///
    /// By `dt` itself the derivative is `λ V' + μ I'` with the [`rate`](Self::rate) of the end. Requires `dt >= 0`.
    fn flow_vjp(&self, start: State, dt: f64, end: Adjoint, gradient: &mut PerParameter) -> Adjoint;

    /// The same within the refractory period: the voltage is held at the reset, so `λ` of the end goes to
    /// `gradient.reset` and that of the start is zero.
    fn clamped_vjp(&self, start: State, dt: f64, end: Adjoint, gradient: &mut PerParameter) -> Adjoint;

    /// Gradients of an arrival of this weight at a free neuron whose state right before it is `before`.
    ///
    /// `adjoint` is that right after the arrival; right before it is the same, as every model adds the weight to `V` or
    /// `I`.
    ///
    /// ```text
    /// dL/dw = λ or μ      dL/da = λ (V'(before) - V'(after)) + μ (I'(before) - I'(after))
    /// ```
    fn arrival_vjp(&self, before: State, weight: f64, adjoint: Adjoint) -> ArrivalGradient;

    /// The same for a clamped neuron, whose voltage does not answer; zero for a model that loses such arrivals.
    fn arrival_clamped_vjp(&self, before: State, weight: f64, adjoint: Adjoint) -> ArrivalGradient;

    /// Pulls an adjoint back through [`PointNeuron::fire`], without the time of the spike: `λ` goes to `gradient.reset`
    /// where the voltage is overwritten, `μ` passes.
    fn fire_vjp(&self, adjoint: Adjoint, gradient: &mut PerParameter) -> Adjoint;

    /// How the state after a free flow changes with the start state, with the length of time and with the parameters.
    ///
    /// ```text
    /// δV(dt) = ∂V/∂V δV + ∂V/∂I δI + V' δdt + Σ ∂V/∂p δp
    /// ```
    ///
    /// Requires `dt >= 0`.
    fn flow_jvp(&self, start: State, dt: f64, tangent: State, dt_tangent: f64, direction: &PerParameter) -> State;

    /// The same within the refractory period.
    fn clamped_jvp(
        &self,
        start: State,
        dt: f64,
        tangent: State,
        dt_tangent: f64,
        direction: &PerParameter,
    ) -> State;
}

impl Differentiable for Lif {
    #[inline]
    fn threshold(&self) -> f64 {
        self.threshold()
    }

    #[inline]
    fn rate(&self, state: State) -> State {
        self.membrane.rate(state)
    }

    #[inline]
    fn flow_vjp(&self, start: State, dt: f64, end: Adjoint, gradient: &mut PerParameter) -> Adjoint {
        self.membrane.flow_vjp(self.leak(), start, dt, end, gradient)
    }

    /// `λ = 0`,  `μ ← μ·e^(-dt/τₛ)`,  `dL/dV_r += λ`,  `dL/dτₛ += μ·I·dt/τₛ²·e^(-dt/τₛ)`
    #[inline]
    fn clamped_vjp(&self, start: State, dt: f64, end: Adjoint, gradient: &mut PerParameter) -> Adjoint {
        gradient.reset += end.lambda;
        let syn = Relaxation::new(self.membrane.rate_syn, dt);
        gradient.tau_syn += end.mu * start.i * syn.left_by_tau;
        Adjoint { lambda: 0.0, mu: end.mu * syn.left }
    }

    /// `dL/dw = μ`,  `dL/da = w·(μ/τₛ - λ/C)`
    #[inline]
    fn arrival_vjp(&self, _before: State, weight: f64, adjoint: Adjoint) -> ArrivalGradient {
        self.adjoint_arrival(adjoint, weight)
    }

    /// As free with `λ = 0`.
    #[inline]
    fn arrival_clamped_vjp(&self, _before: State, weight: f64, adjoint: Adjoint) -> ArrivalGradient {
        self.adjoint_arrival(Adjoint { lambda: 0.0, ..adjoint }, weight)
    }

    #[inline]
    fn fire_vjp(&self, adjoint: Adjoint, gradient: &mut PerParameter) -> Adjoint {
        gradient.reset += adjoint.lambda;
        Adjoint { lambda: 0.0, ..adjoint }
    }

    #[inline]
    fn flow_jvp(&self, start: State, dt: f64, tangent: State, dt_tangent: f64, direction: &PerParameter) -> State {
        self.membrane.flow_jvp(self.leak(), start, dt, tangent, dt_tangent, direction)
    }

    #[inline]
    fn clamped_jvp(
        &self,
        start: State,
        dt: f64,
        tangent: State,
        dt_tangent: f64,
        direction: &PerParameter,
    ) -> State {
        let i = self.membrane.current_jvp(start, dt, tangent, dt_tangent, direction);
        State { v: direction.reset, i }
    }
}

/// It is never clamped, and a spike, which it has none of, would leave its state alone.
impl Differentiable for LeakyIntegrator {
    #[inline]
    fn threshold(&self) -> f64 {
        f64::INFINITY
    }

    #[inline]
    fn rate(&self, state: State) -> State {
        self.membrane.rate(state)
    }

    #[inline]
    fn flow_vjp(&self, start: State, dt: f64, end: Adjoint, gradient: &mut PerParameter) -> Adjoint {
        self.membrane.flow_vjp(self.params.leak, start, dt, end, gradient)
    }

    #[inline]
    fn clamped_vjp(&self, start: State, dt: f64, end: Adjoint, gradient: &mut PerParameter) -> Adjoint {
        self.flow_vjp(start, dt, end, gradient)
    }

    #[inline]
    fn arrival_vjp(&self, _before: State, weight: f64, adjoint: Adjoint) -> ArrivalGradient {
        self.adjoint_arrival(adjoint, weight)
    }

    #[inline]
    fn arrival_clamped_vjp(&self, before: State, weight: f64, adjoint: Adjoint) -> ArrivalGradient {
        self.arrival_vjp(before, weight, adjoint)
    }

    #[inline]
    fn fire_vjp(&self, adjoint: Adjoint, _gradient: &mut PerParameter) -> Adjoint {
        adjoint
    }

    #[inline]
    fn flow_jvp(&self, start: State, dt: f64, tangent: State, dt_tangent: f64, direction: &PerParameter) -> State {
        self.membrane.flow_jvp(self.params.leak, start, dt, tangent, dt_tangent, direction)
    }

    #[inline]
    fn clamped_jvp(
        &self,
        start: State,
        dt: f64,
        tangent: State,
        dt_tangent: f64,
        direction: &PerParameter,
    ) -> State {
        self.flow_jvp(start, dt, tangent, dt_tangent, direction)
    }
}
