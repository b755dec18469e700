//! The voltage's course towards the threshold.

use crate::math::{exp, exp_m1};
use crate::membrane::Membrane;
use crate::{Lif, State};

/// Below this fraction of `tau_m` the course is followed from the present voltage, above it from the equilibrium:
/// either way no large terms cancel.
const NEAR: f64 = 0.5;

/// A state below the threshold, in the coordinates of the crossing problem.
pub(super) struct Course<'a> {
    pub membrane: &'a Membrane,
    /// `V - equilibrium`
    pub x: f64,
    /// `I/C`
    pub drive: f64,
    /// `threshold - equilibrium`
    pub target: f64,
    /// `V - threshold`, below zero
    pub height: f64,
    /// Where the voltage starts after a spike
    pub reset: f64,
}

impl<'a> Course<'a> {
    pub fn new(lif: &'a Lif, state: State) -> Self {
        Self {
            membrane: &lif.membrane,
            x: state.v - lif.membrane.equilibrium,
            drive: state.i / lif.capacitance(),
            target: lif.threshold() - lif.membrane.equilibrium,
            height: state.v - lif.threshold(),
            reset: lif.reset(),
        }
    }

    /// `f(s) = V(s) - threshold` and `f'(s)`, for a leaky membrane.
    pub fn at(&self, s: f64) -> (f64, f64) {
        let m = self.membrane;
        let syn = exp(-m.rate_syn * s);
        let (mem, free) = if m.rate_mem * s < NEAR {
            let fall = exp_m1(-m.rate_mem * s);
            (1.0 + fall, self.height + self.x * fall)
        } else {
            let mem = exp(-m.rate_mem * s);
            (mem, self.x * mem - self.target)
        };
        let value = free + self.drive * m.integral(s, mem, syn);
        (value, self.drive * syn - m.rate_mem * (value + self.target))
    }
}
