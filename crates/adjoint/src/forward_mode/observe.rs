//! Observables along the path of one neuron, and how they change.

use delgrad_engine::Model;
use delgrad_neuron::math::exp;
use delgrad_neuron::{Differentiable, PerParameter, State};

use super::cell::Knot;
use super::gauss::integrate;
use crate::models::membrane;
use crate::{Integrand, Observable, Record};

/// All that has happened to a neuron.
pub(super) struct Path<'a> {
    pub model: &'a Model,
    pub derivatives: &'a dyn Differentiable,
    pub direction: PerParameter,
    /// Right after each event, in order.
    pub knots: &'a [Knot],
    pub record: &'a Record,
}

/// A stretch without event, and the knot that it begins at.
#[derive(Clone, Copy)]
struct Stretch<'a> {
    knot: &'a Knot,
    from: f64,
    to: f64,
    /// The event that ends it, where that lies within the span of the observable.
    next: Option<&'a Knot>,
}

impl Path<'_> {
    /// The value of an observable, and its change.
    pub fn observe(&self, observable: &Observable) -> (f64, f64) {
        match observable {
            Observable::Voltage { time, .. } => {
                let (state, tangent) = self.at(*time);
                (state.v, tangent.v)
            }
            Observable::Current { time, .. } => {
                let (state, tangent) = self.at(*time);
                (state.i, tangent.i)
            }
            Observable::Peak { neuron, from, to } => self.peak(*neuron, *from, *to),
            Observable::Integral { from, to, integrand, .. } => self.integral(*from, *to, integrand),
        }
    }

    /// After all that happens at an instant; the change is that at the fixed time.
    fn at(&self, time: f64) -> (State, State) {
        let after = self.knots.partition_point(|knot| knot.time <= time);
        self.knots[after - 1].at(self.derivatives, &self.direction, time, 0.0)
    }

    fn stretches(&self, from: f64, to: f64) -> impl Iterator<Item = Stretch<'_>> {
        let first = self.knots.partition_point(|knot| knot.time <= from) - 1;
        let knots = self.knots[first..].iter();
        let next = self.knots[first + 1..].iter().map(Some).chain([None]);
        knots.zip(next).take_while(move |(knot, _)| knot.time <= to).map(move |(knot, next)| {
            let next = next.filter(|next| next.time < to);
            Stretch { knot, from: knot.time.max(from), to: next.map_or(to, |next| next.time), next }
        })
    }

    fn peak(&self, neuron: u32, from: f64, to: f64) -> (f64, f64) {
        let mut best = self.voltage(self.at(from));
        let mut spikes = self.record.spikes().iter();
        if spikes.any(|spike| spike.neuron == neuron && (from..=to).contains(&spike.time)) {
            let threshold = self.derivatives.threshold();
            // The reset may lie higher.
            if threshold.is_finite() && threshold > best.0 {
                best = (threshold, self.direction.threshold);
            }
        }
        let rise = |state| self.derivatives.rate(state).v.max(0.0);
        // Change of the voltage at the latest instant with events, as far as these have taken its rise away; and
        // whether it is the highest so far.
        let (mut kink, mut highest) = (0.0, false);
        for Stretch { knot, from, to, next } in self.stretches(from, to) {
            let at = |time| knot.at(self.derivatives, &self.direction, time, 0.0);
            let mut consider = |candidate: (f64, f64)| {
                // NaN is kept: whoever reads the value reports it.
                if candidate.0 > best.0 || candidate.0.is_nan() {
                    best = candidate;
                }
            };
            if knot.clamped {
                consider(self.voltage(at(from)));
            } else if let Some(membrane) = membrane(self.model) {
                let top = membrane.maximum(at(from).0, to - from);
                if 0.0 < top.after && top.after < to - from {
                    consider(self.voltage(at(from + top.after)));
                }
            }
            let end = at(to);
            let Some(next) = next else {
                consider(self.voltage(end));
                continue;
            };
            if knot.clamped || next.clamped {
                continue;
            }
            if to > from {
                (kink, highest) = (end.1.v, false);
            }
            kink += (rise(end.0) - rise(next.state)) * next.time_tangent;
            if rise(next.state) == 0.0 && (highest || end.0.v > best.0) {
                (best, highest) = ((end.0.v, kink), true);
            }
        }
        best
    }

    fn voltage(&self, (state, tangent): (State, State)) -> (f64, f64) {
        (state.v, tangent.v)
    }

    /// The voltage is continuous, so that events give nothing where they cut the time into stretches.
    fn integral(&self, from: f64, to: f64, integrand: &Integrand) -> (f64, f64) {
        let longest = match self.model {
            Model::Integrator(readout) => 0.5 * readout.params().tau_mem.min(readout.params().tau_syn),
            _ => return (0.0, 0.0),
        };
        let mut sum = (0.0, 0.0);
        for Stretch { knot, from, to, .. } in self.stretches(from, to) {
            let pieces = ((to - from) / longest).ceil().max(1.0);
            let cut = |piece: f64| from + (to - from) * (piece / pieces);
            let mut piece = 0.0;
            while piece < pieces {
                let part = integrate(cut(piece), cut(piece + 1.0), &mut |time| {
                    let (state, tangent) = knot.at(self.derivatives, &self.direction, time, 0.0);
                    let (value, slope) = running_cost(integrand, time, state.v);
                    (value, slope * tangent.v)
                });
                sum = (sum.0 + part.0, sum.1 + part.1);
                piece += 1.0;
            }
        }
        sum
    }
}

/// `ℓ(t, V)` and `∂ℓ/∂V`.
fn running_cost(integrand: &Integrand, time: f64, voltage: f64) -> (f64, f64) {
    match integrand {
        Integrand::Voltage => (voltage, 1.0),
        Integrand::Discounted { tau } => {
            let discount = exp(-time / tau);
            (discount * voltage, discount)
        }
        Integrand::SquaredError { target } => {
            let error = voltage - target;
            (0.5 * error * error, error)
        }
        Integrand::Function(cost) => (cost.value(time, voltage), cost.slope(time, voltage)),
    }
}
