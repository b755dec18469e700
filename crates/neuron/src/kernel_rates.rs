//! Derivatives of the post-synaptic potential by the two rates.

use crate::math::finite_length;
use crate::membrane::{Factors, Membrane};

/// Below this argument `(e^z - 1 - z)/z²` is summed as a series; above it the direct form loses at most two bits.
const SERIES: f64 = 1.0;
/// Terms of the series: `1/20!` is below the rounding of its first term, 1/2.
const TERMS: u32 = 18;

impl Membrane {
    /// `∂k/∂(1/τₘ)` and `∂k/∂(1/τₛ)` at `dt`.
    ///
    /// With `g = 1/τₛ - 1/τₘ` they are `(k - s e_m/C)/g` and `(s e_s/C - k)/g`; near `g = 0` both are written as
    /// `-(s²/C) e φ₂(∓g s)`, `φ₂(z) = (e^z - 1 - z)/z²`, which does not cancel.
    pub(crate) fn kernel_by_rates(&self, dt: f64) -> (f64, f64) {
        let Factors { mem, syn, integral } = self.factors(dt);
        let z = self.gap * dt;
        let (by_mem, by_syn) = if z.abs() < SERIES {
            (-dt * dt * mem * phi_2(-z), -dt * dt * syn * phi_2(z))
        } else {
            ((integral - dt * mem) / self.gap, (dt * syn - integral) / self.gap)
        };
        (by_mem / self.capacitance, by_syn / self.capacitance)
    }

    /// `∂k/∂τₘ` and `∂k/∂τₛ` at `dt`, given the factors there: [`Membrane::kernel_by_rates`] times `-1/τ²`.
    ///
    /// Formed from `dt/τ`, so that no length of time overflows, infinity included.
    #[inline]
    pub(crate) fn kernel_by_taus(&self, dt: f64, factors: Factors) -> (f64, f64) {
        let Factors { mem, syn, integral } = factors;
        let dt = finite_length(dt);
        let [x, y] = [self.rate_mem, self.rate_syn].map(|rate| f64::min(rate * dt, f64::MAX));
        let z = self.gap * dt;
        let (by_mem, by_syn) = if z.abs() < SERIES {
            (x * mem * x * phi_2(-z), y * syn * y * phi_2(z))
        } else {
            let (p, q) = (self.rate_mem * integral - x * mem, self.rate_syn * integral - y * syn);
            (-(p * self.rate_mem / self.gap), q * self.rate_syn / self.gap)
        };
        (by_mem / self.capacitance, by_syn / self.capacitance)
    }
}

/// `(e^z - 1 - z)/z² = 1/2 + z/6 + z²/24 + ..`, for `|z| < 1`.
pub(crate) fn phi_2(z: f64) -> f64 {
    // Horner from the last term: 1/2 (1 + z/3 (1 + z/4 (1 + ..))).
    (3..3 + TERMS).rev().fold(1.0, |sum, n| 1.0 + z / f64::from(n) * sum) / 2.0
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::math::exp_m1;

    #[test]
    fn phi_2_meets_its_direct_form() {
        assert_eq!(phi_2(0.0), 0.5);
        for z in [0.999_f64, -0.999, 0.5, -0.5] {
            let direct = (exp_m1(z) - z) / (z * z);
            assert!((phi_2(z) - direct).abs() < 1e-15, "{z}");
        }
    }
}
