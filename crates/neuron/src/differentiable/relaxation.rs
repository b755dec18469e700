//! An exponential and its derivatives by the time constant.

use crate::kernel_rates::phi_2;
use crate::math::{exp, exp_m1, finite_length};

/// Below this argument `1 - e^-x - x e^-x` is summed as a series; above it the direct form loses at most two bits.
const SERIES: f64 = 1.0;
/// No area is larger, so that products with it stay finite.
const LARGEST: f64 = 1e150;

/// What `dx/dt = -x/τ` and a constant drive leave after a time `s`; infinite `τ` gives the limits.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Relaxation {
    /// `e^(-s/τ)`
    pub left: f64,
    /// `1 - e^(-s/τ)`
    pub gone: f64,
    /// `∫ e^(-t/τ) dt = τ (1 - e^(-s/τ))`, at most `LARGEST`.
    pub area: f64,
    /// `∂left/∂τ = s/τ² e^(-s/τ)`
    pub left_by_tau: f64,
    /// `∂area/∂τ = 1 - (1 + s/τ) e^(-s/τ) = (s/τ)² e^(-s/τ) φ₂(s/τ)`
    pub area_by_tau: f64,
}

impl Relaxation {
    /// `rate = 1/τ`. Requires `dt >= 0`, infinity included.
    #[inline]
    pub fn new(rate: f64, dt: f64) -> Self {
        let dt = finite_length(dt);
        let x = f64::min(rate * dt, f64::MAX);
        let (left, gone) = (exp(-x), -exp_m1(-x));
        Self {
            left,
            gone,
            area: f64::min(if rate > 0.0 { gone / rate } else { dt }, LARGEST),
            left_by_tau: x * left * rate,
            area_by_tau: if x < SERIES { x * x * left * phi_2(x) } else { gone - x * left },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits() {
        let start = Relaxation::new(0.5, 0.0);
        assert_eq!((start.left, start.gone, start.area), (1.0, 0.0, 0.0));
        assert_eq!((start.left_by_tau, start.area_by_tau), (0.0, 0.0));
        let end = Relaxation::new(0.5, f64::INFINITY);
        assert_eq!((end.left, end.gone, end.area), (0.0, 1.0, 2.0));
        assert_eq!((end.left_by_tau, end.area_by_tau), (0.0, 1.0));
        let never = Relaxation::new(0.0, 3.0);
        assert_eq!((never.left, never.gone, never.area), (1.0, 0.0, 3.0));
        assert_eq!((never.left_by_tau, never.area_by_tau), (0.0, 0.0));
    }

    #[test]
    fn the_series_meets_the_direct_form() {
        let [below, above] = [SERIES.next_down(), SERIES].map(|x| Relaxation::new(1.0, x).area_by_tau);
        assert!((below - above).abs() < 4.0 * f64::EPSILON);
    }
}
