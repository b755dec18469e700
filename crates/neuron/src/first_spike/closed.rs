//! First-spike times of a given causal set in closed form.

use crate::math::{exp, lambert_w0, ln};

/// First-spike time for `tau_mem = tau_syn`, from the sums over a causal set.
///
/// ```text
/// T = τₛ [ b/a₁ - W0( -(c/a₁) e^(b/a₁) ) ]
/// a₁ = Σ wᵢ e^(tᵢ/τₛ)    b = Σ wᵢ (tᵢ/τₛ) e^(tᵢ/τₛ)    c = g_l (threshold - leak)
/// ```
///
/// Requires `c > 0`, and times that are referred to an origin within some hundred `tau_syn`, or the sums overflow. The
/// sum is a causal set if `T` is not before its last arrival and not after the next one: the caller checks that.
/// `None` if these arrivals do not reach the threshold. Absolute error a few ulp of `b/a₁`; near grazing the square
/// root of that. Göltz et al. 2025.
#[must_use]
pub fn first_spike_equal(a1: f64, b: f64, c: f64, tau_syn: f64) -> Option<f64> {
    let offset = b / a1;
    let time = tau_syn * (offset - lambert_w0(-(c / a1) * exp(offset)));
    (a1 > 0.0 && c > 0.0 && time.is_finite()).then_some(time)
}

/// First-spike time for `tau_mem = 2 tau_syn`, from the sums over a causal set.
///
/// ```text
/// T = 2 τₛ ln[ 2 a₁ / (a₂ + √(a₂² - 4 a₁ c)) ]
/// a₁ = Σ wᵢ e^(tᵢ/τₛ)    a₂ = Σ wᵢ e^(tᵢ/(2τₛ))    c = g_l (threshold - leak)
/// ```
///
/// Domain, `None` and accuracy as for [`first_spike_equal`]. Göltz et al. 2025.
#[must_use]
pub fn first_spike_double(a1: f64, a2: f64, c: f64, tau_syn: f64) -> Option<f64> {
    let discriminant = a2 * a2 - 4.0 * a1 * c;
    let time = 2.0 * tau_syn * ln(2.0 * a1 / (a2 + discriminant.sqrt()));
    (a1 > 0.0 && c > 0.0 && time.is_finite()).then_some(time)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_arrival_at_the_origin() {
        // w = 3, g = 0.5: 3 (y - 1) = 0.5 y^2 at y = 3 - sqrt(3).
        let time = first_spike_double(3.0, 3.0, 0.5, 1.0).unwrap();
        assert!((time - 2.0 * ln(3.0 - 3.0_f64.sqrt())).abs() < 1e-15);
        // w u e^-u = 1 with w = e: grazes at u = 1 (to the square root of rounding).
        let time = first_spike_equal(exp(1.0) * (1.0 + 1e-15), 0.0, 1.0, 1.0).unwrap();
        assert!((time - 1.0).abs() < 1e-6);
    }

    #[test]
    fn what_does_not_reach_the_threshold_is_silent() {
        assert_eq!(first_spike_equal(2.7, 0.0, 1.0, 1.0), None);
        assert_eq!(first_spike_equal(-3.0, 1.0, 1.0, 1.0), None);
        assert_eq!(first_spike_equal(0.0, 0.0, 1.0, 1.0), None);
        assert_eq!(first_spike_double(1.9, 1.9, 0.5, 1.0), None);
        assert_eq!(first_spike_double(-3.0, 1.0, 0.5, 1.0), None);
        assert_eq!(first_spike_double(0.0, 0.0, 0.5, 1.0), None);
        assert_eq!(first_spike_double(f64::NAN, 1.0, 0.5, 1.0), None);
    }
}
