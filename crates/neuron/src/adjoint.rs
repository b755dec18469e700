use crate::{Lif, State};

/// Cotangents of a state: how the loss answers to a small change of the voltage and of the current.
///
/// Carried backwards through the recorded events of one neuron, it yields every exact gradient in one pass, whatever
/// the number of spikes; the events are the methods of [`Lif`] below. Between two events call
/// [`Lif::adjoint_flow`], or [`Lif::adjoint_flow_clamped`] within the refractory period; at an arrival
/// [`Lif::adjoint_arrival`]; at the end of the refractory period [`Lif::adjoint_release`]; at the spike
/// [`Lif::adjoint_spike`]. Start from zero after the last event. For one spike per neuron it reduces to the
/// gradients of Göltz et al. 2025, [`first_spike_gradient`](crate::first_spike_gradient).
///
/// `E` below is [`Lif::equilibrium`], and `V'` is [`Lif::slope`]: a non-leaky neuron with bias current drifts on top.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Adjoint {
    /// `λ = dL/dV`
    pub lambda: f64,
    /// `μ = dL/dI`
    pub mu: f64,
}

/// Gradients of one arrival, from [`Lif::adjoint_arrival`].
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ArrivalGradient {
    /// `dL/dw`
    pub weight: f64,
    /// `dL/da`, by the time of the arrival; by the delay and by the sending spike's time it is the same.
    pub time: f64,
}

/// What remains of the end of a refractory period, from [`Lif::adjoint_release`].
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ReleaseAdjoint {
    /// The adjoint before the release, with `λ = 0`.
    pub adjoint: Adjoint,
    /// `r = λ·V'(R)`, to be handed to [`Lif::adjoint_spike`]. `dL/dt_ref = -r`.
    pub shift: f64,
    /// `dL/dV_r`, the share of this release.
    pub reset: f64,
}

/// What remains of a spike, from [`Lif::adjoint_spike`].
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SpikeAdjoint {
    /// The adjoint before the spike.
    pub adjoint: Adjoint,
    /// `dL/dth`, the share of this spike.
    pub threshold: f64,
}

impl Lif {
    /// The adjoint at the start of a free flow of length `dt`, from the adjoint at its end.
    ///
    /// `μ ← μ·e^(-dt/τₛ) + λ·k(dt)`,  `λ ← λ·e^(-dt/τₘ)`: the transpose of [`Lif::flow`]. Requires `dt >= 0`.
    #[inline]
    #[must_use]
    pub fn adjoint_flow(&self, adjoint: Adjoint, dt: f64) -> Adjoint {
        self.membrane.adjoint_flow(adjoint, dt)
    }

    /// The adjoint at the start of `dt` within the refractory period, from the adjoint at its end.
    ///
    /// `μ ← μ·e^(-dt/τₛ)`,  `λ = 0`: the voltage is held, so nothing depends on it. Requires `dt >= 0`.
    #[inline]
    #[must_use]
    pub fn adjoint_flow_clamped(&self, adjoint: Adjoint, dt: f64) -> Adjoint {
        Adjoint { lambda: 0.0, mu: adjoint.mu * self.membrane.syn(dt) }
    }

    /// Gradients of an arrival of this weight; the adjoint itself passes through unchanged.
    ///
    /// `dL/dw = μ`,  `dL/da = w·(μ/τₛ - λ/C)`. Within the refractory period `λ = 0`.
    #[inline]
    #[must_use]
    pub fn adjoint_arrival(&self, adjoint: Adjoint, weight: f64) -> ArrivalGradient {
        self.membrane.adjoint_arrival(adjoint, weight)
    }

    /// Passes the end of a refractory period, at which the current is `current`.
    ///
    /// `r = λ·(-(V_r-E)/τₘ + I/C)`, then `λ = 0`. A neuron without refractory period is released at its spike.
    #[inline]
    #[must_use]
    pub fn adjoint_release(&self, adjoint: Adjoint, current: f64) -> ReleaseAdjoint {
        let slope = self.slope(State { v: self.reset(), i: current });
        ReleaseAdjoint {
            adjoint: Adjoint { lambda: 0.0, mu: adjoint.mu },
            shift: adjoint.lambda * slope,
            reset: adjoint.lambda,
        }
    }

    /// Passes a spike, at which the current is `current`.
    ///
    /// `G = dL/dT - r`,  `V' = -(th-E)/τₘ + I/C`,  `λ ← -G/V'`,  `dL/dth = G/V'`; `μ` is unchanged.
    ///
    /// `time_cotangent` is `dL/dT`: from the loss itself and, through the `time` of every [`ArrivalGradient`] that the
    /// spike caused, from its targets. `shift` is the `r` of the release that ends this spike's refractory period, or
    /// 0 if the record stops before.
    ///
    /// `None` unless `V' > 0` and the result is finite: the model cannot have spiked then, which happens with times
    /// recorded from a chip. Continue with `λ = 0` and the same `μ`, and count it.
    #[inline]
    #[must_use]
    pub fn adjoint_spike(
        &self,
        adjoint: Adjoint,
        time_cotangent: f64,
        shift: f64,
        current: f64,
    ) -> Option<SpikeAdjoint> {
        let slope = self.slope(State { v: self.threshold(), i: current });
        let threshold = (time_cotangent - shift) / slope;
        (slope > 0.0 && threshold.is_finite())
            .then_some(SpikeAdjoint { adjoint: Adjoint { lambda: -threshold, mu: adjoint.mu }, threshold })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::LifParams;

    #[test]
    fn flow_is_the_transpose() {
        let lif = Lif::new(LifParams { tau_mem: 3.0, capacitance: 0.7, ..LifParams::default() }).unwrap();
        let (state, adjoint) = (State { v: 0.4, i: -1.3 }, Adjoint { lambda: 0.9, mu: 0.2 });
        let (after, before) = (lif.flow(state, 1.7), lif.adjoint_flow(adjoint, 1.7));
        let forward = adjoint.lambda * after.v + adjoint.mu * after.i;
        let backward = before.lambda * state.v + before.mu * state.i;
        assert!((forward - backward).abs() < 1e-15);
    }

    #[test]
    fn a_spike_that_the_model_cannot_have_is_refused() {
        let lif = Lif::default();
        assert_eq!(lif.adjoint_spike(Adjoint::default(), 1.0, 0.0, 0.5), None);
        assert_eq!(lif.adjoint_spike(Adjoint::default(), 1.0, 0.0, f64::NAN), None);
        let spike = lif.adjoint_spike(Adjoint { lambda: 0.0, mu: 0.3 }, 1.0, 0.5, 1.0).unwrap();
        assert_eq!(spike, SpikeAdjoint { adjoint: Adjoint { lambda: -1.0, mu: 0.3 }, threshold: 1.0 });
    }
}
