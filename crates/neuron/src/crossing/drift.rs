//! A non-leaky membrane with bias current: an exponential and a straight line.

use super::course::Course;
use super::newton::{newton_from_left, newton_from_right};
use crate::kernel_rates::phi_2;
use crate::math::{exp, exp_m1, ln_1p};

/// In units of `tau_syn`: below it a charge and a drift of opposite signs are added up as a series, above it their sum
/// is formed directly and loses two bits at most.
const SERIES: f64 = 1.0;

/// `f(u) = -height + charge (1 - e^-u) + drift u` at `u = s/tau_syn`.
struct Drift {
    /// `threshold - V`, above zero.
    height: f64,
    /// What the current adds in the end, `I tau_syn/C`.
    charge: f64,
    /// What the bias adds in one `tau_syn`.
    drift: f64,
}

impl Course<'_> {
    /// The first crossing for a bias of either sign.
    pub(super) fn drifting(&self) -> Option<f64> {
        let rate = self.membrane.rate_syn;
        let (charge, drift) = (self.drive / rate, self.membrane.drift / rate);
        let course = Drift { height: -self.height, charge, drift };
        Some(if drift > 0.0 { course.upwards() } else { course.against()? } / rate)
    }
}

impl Drift {
    /// `f(u)` and `f'(u)`, accurate although the two terms may cancel.
    fn at(&self, u: f64) -> (f64, f64) {
        let Self { height, charge, drift } = *self;
        let start = charge + drift;
        if u < SERIES {
            let fall = -exp_m1(-u);
            let opposed = charge * drift < 0.0;
            // 1 - e^-u = u - u^2 phi_2(-u)
            let rise = if opposed { start * u - charge * u * u * phi_2(-u) } else { charge * fall + drift * u };
            (rise - height, start - charge * fall)
        } else {
            let left = exp(-u);
            (charge * (1.0 - left) + drift * u - height, charge * left + drift)
        }
    }

    /// A bias that lifts: the threshold is reached in any case.
    ///
    /// `drift u + charge` bounds the rise from above for an excitatory current, where `f` is concave, and from below
    /// for an inhibitory one, where it is convex. Its root is a start from which Newton is monotone.
    fn upwards(&self) -> f64 {
        let start = (self.height - self.charge) / self.drift;
        if self.charge >= 0.0 {
            newton_from_left(|u| self.at(u), start.max(0.0), f64::INFINITY)
        } else {
            newton_from_right(|u| self.at(u), start)
        }
    }

    /// A bias that lowers: `f` is concave with its maximum at `ln(-charge/drift)`, which must reach zero.
    fn against(&self) -> Option<f64> {
        let Self { charge, drift, .. } = *self;
        let start = charge + drift;
        if start <= 0.0 {
            return None;
        }
        let peak = ln_1p(start / -drift);
        let (excess, _) = self.at(peak);
        if excess.is_nan() || excess < 0.0 {
            return None;
        }
        // As in Course::below_maximum; at the maximum f'' = drift.
        let near = (peak - (2.0 * excess / -drift).sqrt()).max(0.0);
        let (value, slope) = self.at(near);
        let left = near - value / slope;
        Some(if slope > 0.0 { newton_from_left(|u| self.at(u), left.clamp(0.0, peak), peak) } else { near })
    }
}

#[cfg(test)]
mod tests {
    use crate::{Lif, LifParams, State};

    fn neuron(bias: f64) -> Lif {
        Lif::new(LifParams { tau_mem: f64::INFINITY, ..LifParams::default() }).unwrap().with_bias(bias).unwrap()
    }

    #[test]
    fn known_answers() {
        // A straight line.
        assert_eq!(neuron(0.5).crossing(State { v: 0.0, i: 0.0 }), Some(2.0));
        assert_eq!(neuron(-0.5).crossing(State { v: 0.0, i: 0.0 }), None);
        // u - 1 + e^-u = h has the root sqrt(2h) (1 + sqrt(2h)/6 + ..) for small h.
        let (h, state) = (1e-12, State { v: 1.0 - 1e-12, i: -1.0 });
        let h = h + (1.0 - state.v - h);
        let root = (2.0 * h).sqrt() * (1.0 + (2.0 * h).sqrt() / 6.0);
        assert!((neuron(1.0).crossing(state).unwrap() - root).abs() < 1e-12 * root);
        // 4 (1 - e^-u) - u = 1 at the first of two roots, before the maximum at ln 4.
        let time = neuron(-1.0).crossing(State { v: 0.0, i: 4.0 }).unwrap();
        assert!((4.0 * -crate::math::exp_m1(-time) - time - 1.0).abs() < 1e-15 && time < 1.0);
    }

    #[test]
    fn a_maximum_below_the_threshold_is_silent() {
        // The maximum of i (1 - e^-u) - u is i - 1 - ln i.
        let neuron = neuron(-1.0);
        let at = |i: f64| neuron.crossing(State { v: 0.0, i });
        let grazing = 3.146_193_220_620_583;
        assert_eq!(at(grazing * (1.0 - 1e-14)), None);
        let time = at(grazing * (1.0 + 1e-14)).unwrap();
        assert!((time - crate::math::ln(grazing)).abs() < 1e-6, "{time}");
    }
}
