//! When the voltage reaches the threshold, to the last bit.
//!
//! Without input the voltage, measured from its equilibrium, is `x(s) = x e^(-s/tau_m) + J K(s)` with `J = I/C`; that
//! of a non-leaky membrane with bias current drifts as well. It has at
//! most one extremum and one inflection, both known in closed form, so every case reduces to a stretch on which
//! `f = V - threshold` rises and does not change its curvature: there Newton's method converges from one side, needs
//! no bracket and cannot pass the root. The modules below say which stretch.

mod bound;
mod course;
mod double;
mod drift;
mod equal;
mod newton;

use crate::{Lif, State};
use course::Course;

/// Relative to the voltages at hand: a limit or a height above the threshold that is no larger than this is rounding. Every
/// flow and every arrival before may have contributed half a unit in the last place.
const ROUNDING: f64 = 16.0 * f64::EPSILON;

/// Relative margin by which a bound must stay below the threshold to rule a crossing out: far above the rounding of
/// the bound, far below anything that would make the bound useless.
const MARGIN: f64 = 1e-12;

impl Lif {
    /// Time until the voltage reaches the threshold from below, if no further input comes.
    ///
    /// `Some(0.0)` where the voltage is at or above the threshold already: whether that is a spike (it was just
    /// lifted there), a runaway (the reset lies above the threshold) or nothing is the caller's to decide. `None`
    /// where it never reaches the threshold, and for a state that is not finite.
    ///
    /// No crossing is missed and none is invented: for an equilibrium below the threshold there is one if and
    /// only if the voltage rises now and its maximum, known in closed form, reaches the threshold. The time is the root of
    /// `f(s) = V(s) - threshold` to the rounding of `f`; the voltage is below the threshold before it.
    ///
    /// A voltage that tends to the threshold itself never reaches it. That is decided by the parameters where it is an
    /// [`equilibrium`](Self::equilibrium); where it is what the inputs of a non-leaky membrane sum up to, the sum has been
    /// rounded, and a limit of up to 16 units in the last place above the threshold counts as on it.
    ///
    /// The root has a closed form for `tau_mem = 2 tau_syn` (a quadratic), `tau_mem = tau_syn` (Lambert W) and a
    /// non-leaky membrane without bias current (a logarithm); otherwise Newton's method finds it from the side where it is monotone.
    /// Göltz et al. 2025 give the closed forms of the first spike.
    ///
    /// # Complexity
    ///
    /// No transcendental function where a bound rules the crossing out; else typically 5 to 15 of them.
    #[must_use]
    pub fn crossing(&self, state: State) -> Option<f64> {
        self.crossing_before(state, f64::INFINITY)
    }

    /// [`Lif::crossing`], if it comes within `horizon`, that instant included.
    ///
    /// Cheaper than `crossing` where the voltage cannot rise that far in so short a time.
    #[must_use]
    pub fn crossing_before(&self, state: State, horizon: f64) -> Option<f64> {
        if state.v >= self.threshold() {
            return Some(0.0);
        }
        let course = Course::new(self, state);
        if course.stays_below(horizon) {
            return None;
        }
        course.crossing().filter(|&time| time <= horizon)
    }
}

impl Course<'_> {
    /// Whether the voltage can neither rise far enough in all future nor fast enough for the horizon; also where the
    /// state is not finite.
    fn stays_below(&self, horizon: f64) -> bool {
        let Self { x, drive, target, height, membrane, .. } = *self;
        let input = drive.max(0.0);
        let highest = x.max(0.0) + input * membrane.integral_max;
        let steepest = input - membrane.rate_mem * x.min(0.0) + membrane.drift.max(0.0);
        let furthest = steepest * horizon * (1.0 + MARGIN);
        let never = target > 0.0 && membrane.rate_mem > 0.0 && highest < target * (1.0 - MARGIN);
        never || furthest < -height || !height.is_finite() || !drive.is_finite()
    }

    /// The first `s > 0` with `f(s) = 0`, given `f(0) < 0`.
    fn crossing(&self) -> Option<f64> {
        let Self { target, drive, x, membrane, .. } = *self;
        let time = if membrane.drift != 0.0 {
            self.drifting()
        } else if membrane.rate_mem == 0.0 {
            self.non_leaky()
        } else if target == 0.0 {
            self.borderline()
        } else if membrane.rate_syn == 2.0 * membrane.rate_mem {
            self.double()
        } else if target < 0.0 {
            Some(self.driven())
        } else if drive - membrane.rate_mem * x <= 0.0 || drive <= 0.0 {
            None
        } else if membrane.gap == 0.0 {
            self.equal()
        } else {
            self.below_maximum()
        };
        time.filter(|time| time.is_finite())
    }

    /// `tau_m = inf` without bias: the voltage rises by `J tau_s (1 - e^(-s/tau_s))`, and for ever stays below `J tau_s`.
    fn non_leaky(&self) -> Option<f64> {
        let charge = self.drive / self.membrane.rate_syn;
        let share = -self.height / charge;
        (share > 0.0 && self.is_real(charge + self.height, charge))
            .then(|| -crate::math::ln_1p(-share) / self.membrane.rate_syn)
    }

    /// Equilibrium on the threshold: `x e^(-s/tau_m) + J K(s) = 0` means `1 - e^(-gap s) = -gap x/J`.
    ///
    /// A voltage that only tends to it may be rounded to one that crosses it and comes back; so the maximum must tell.
    fn borderline(&self) -> Option<f64> {
        if self.drive <= 0.0 {
            return None;
        }
        let (excess, _) = self.at(self.membrane.extremum(self.x, self.drive)?);
        let (ratio, gap) = (-self.x / self.drive, self.membrane.gap);
        let time = if gap == 0.0 { ratio } else { -crate::math::ln_1p(-gap * ratio) / gap };
        (time >= 0.0 && self.is_real(excess, self.x)).then_some(time)
    }

    /// Whether `excess`, by which the voltage comes to exceed the threshold in the long run, is more than rounding next to all the
    /// voltages that it comes from: those of the neuron, the present one, and what is to be added.
    fn is_real(&self, excess: f64, added: f64) -> bool {
        let threshold = self.target + self.membrane.equilibrium;
        let voltages = [threshold, self.membrane.equilibrium, self.reset, threshold + self.height, added];
        excess > ROUNDING * voltages.into_iter().map(f64::abs).fold(0.0, f64::max)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::LifParams;

    fn neuron(tau_mem: f64, leak: f64) -> Lif {
        Lif::new(LifParams { tau_mem, leak, ..LifParams::default() }).unwrap()
    }

    #[test]
    fn at_or_above_the_threshold_is_now() {
        let lif = neuron(2.0, 0.0);
        assert_eq!(lif.crossing(State { v: 1.0, i: -3.0 }), Some(0.0));
        assert_eq!(lif.crossing(State { v: 7.0, i: 0.0 }), Some(0.0));
        assert_eq!(lif.crossing_before(State { v: 1.0, i: 0.0 }, 0.0), Some(0.0));
    }

    #[test]
    fn rest_and_inhibition_are_silent() {
        for tau_mem in [0.3, 1.0, 2.0, 5.0, f64::INFINITY] {
            let lif = neuron(tau_mem, 0.0);
            assert_eq!(lif.crossing(lif.rest()), None);
            assert_eq!(lif.crossing(State { v: 0.9, i: -1.0 }), None);
            assert_eq!(lif.crossing(State { v: -50.0, i: 0.0 }), None);
        }
    }

    #[test]
    fn leak_on_the_threshold_is_only_approached() {
        for tau_mem in [0.3, 1.0, 2.0, 5.0] {
            let lif = neuron(tau_mem, 1.0);
            assert_eq!(lif.crossing(State { v: 0.0, i: 0.0 }), None);
            assert_eq!(lif.crossing(State { v: 0.0, i: -1.0 }), None);
            let time = lif.crossing(State { v: 0.9, i: 1.0 }).unwrap();
            assert!((lif.flow(State { v: 0.9, i: 1.0 }, time).v - 1.0).abs() < 1e-15);
        }
    }

    #[test]
    fn states_that_are_not_finite_have_no_crossing() {
        for tau_mem in [0.3, 1.0, 2.0, f64::INFINITY] {
            for leak in [0.0, 1.0, 2.0] {
                let lif = neuron(tau_mem, leak);
                for bad in [f64::NAN, f64::NEG_INFINITY] {
                    assert_eq!(lif.crossing(State { v: bad, i: 1.0 }), None);
                    assert_eq!(lif.crossing(State { v: 0.0, i: bad }), None);
                }
                assert_eq!(lif.crossing(State { v: 0.0, i: f64::INFINITY }), None);
            }
        }
    }

    #[test]
    fn horizon_is_inclusive() {
        let (lif, state) = (neuron(2.0, 0.0), State { v: 0.0, i: 3.0 });
        let time = lif.crossing(state).unwrap();
        assert_eq!(lif.crossing_before(state, time), Some(time));
        assert_eq!(lif.crossing_before(state, time.next_down()), None);
    }
}
