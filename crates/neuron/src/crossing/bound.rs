//! How soon a crossing can come at the earliest.

use super::MARGIN;
use crate::{Lif, State};

impl Lif {
    /// A time before which [`Lif::crossing`] has no root, without finding it.
    ///
    /// ```text
    /// (threshold - V) / (max(I/C, 0) + max((E - V)/tau_mem, 0))      and infinity where the maximum stays below
    /// ```
    ///
    /// `E` is [`Lif::equilibrium`]. The voltage cannot rise faster: the current decays, and the pull of the leak falls
    /// as the voltage rises. Zero at or above the threshold; never NaN, and never above the crossing: a relative
    /// margin of 1e-12 covers the rounding of both.
    ///
    /// # Complexity
    ///
    /// One division, no transcendental function.
    #[inline]
    #[must_use]
    pub fn crossing_bound(&self, state: State) -> f64 {
        let membrane = &self.membrane;
        let x = state.v - membrane.equilibrium;
        let input = (state.i * membrane.inverse_capacitance).max(0.0);
        let target = self.threshold() - membrane.equilibrium;
        let highest = x.max(0.0) + input * membrane.integral_max;
        if membrane.rate_mem > 0.0 && target > 0.0 && highest < target * (1.0 - MARGIN) {
            return f64::INFINITY;
        }
        // Either the drift or the rate is zero.
        let speed = input + (membrane.drift - membrane.rate_mem * x).max(0.0);
        let bound = (self.threshold() - state.v) / speed * (1.0 - MARGIN);
        if bound > 0.0 { bound } else { 0.0 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::LifParams;

    #[test]
    fn known_bounds() {
        let lif = Lif::default();
        assert_eq!(lif.crossing_bound(lif.rest()), f64::INFINITY);
        assert_eq!(lif.crossing_bound(State { v: 1.0, i: -1.0 }), 0.0);
        assert_eq!(lif.crossing_bound(State { v: 0.0, i: 4.0 }), 0.25 * (1.0 - MARGIN));
        let driven = lif.with_bias(1.0).unwrap();
        assert_eq!(driven.crossing_bound(driven.rest()), 1.0 - MARGIN);
        let drifting = Lif::new(LifParams { tau_mem: f64::INFINITY, ..lif.params() }).unwrap();
        assert_eq!(drifting.crossing_bound(drifting.rest()), f64::INFINITY);
        assert_eq!(drifting.with_bias(0.5).unwrap().crossing_bound(drifting.rest()), 2.0 * (1.0 - MARGIN));
    }

    #[test]
    fn states_that_are_not_finite_have_a_bound_that_is_a_number() {
        for lif in [Lif::default(), Lif::default().with_bias(3.0).unwrap()] {
            for v in [f64::NAN, f64::NEG_INFINITY, f64::INFINITY, 0.0] {
                for i in [f64::NAN, f64::NEG_INFINITY, f64::INFINITY, 0.0] {
                    assert!(lif.crossing_bound(State { v, i }) >= 0.0);
                }
            }
        }
    }
}
