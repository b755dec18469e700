//! The course of `dV/dt = alpha (u^2 + kappa)`, `u = V - middle`, in closed form.
//!
//! With `T(t) = tan(k alpha t)/k`, `k = sqrt(kappa)` - a hyperbolic tangent for `kappa < 0` and `alpha t` for
//! `kappa = 0` - the solution is `u(t) = (u + kappa T)/(1 - u T)`. The forms below are the same solution, written so
//! that nothing cancels: with sine and cosine where there is no fixed point, and else by the distance from the nearer
//! of the two fixed points.

mod sensitivity;

pub(super) use sensitivity::Sensitivity;

use std::f64::consts::PI;

use crate::math::{atan2, exp, exp_m1, finite_length, ln_1p, sin_cos};

/// Relative margin of the bound, far above the rounding of the bound and of the crossing.
const MARGIN: f64 = 1e-12;

/// The coefficients of the equation and its fixed points.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Riccati {
    pub alpha: f64,
    /// `bias/(C alpha) - ((critical - leak)/2)^2`: no fixed point above zero, two below.
    pub kappa: f64,
    /// `sqrt(|kappa|)`
    pub k: f64,
    /// Middle of leak and critical.
    pub middle: f64,
    /// Stable fixed point; without meaning for `kappa > 0`, as the next.
    pub low: f64,
    /// Unstable fixed point.
    pub high: f64,
}

impl Riccati {
    /// Requires validated parameters; `drift` is `bias/C`.
    pub fn new(leak: f64, critical: f64, tau_mem: f64, drift: f64) -> Self {
        let distance = critical - leak;
        let half = distance / 2.0;
        let kappa = half * (2.0 * drift * tau_mem - half);
        let (alpha, k, middle) = (1.0 / (tau_mem * distance), kappa.abs().sqrt(), leak + half);
        // How far each fixed point moves inwards, half - k without cancellation: exactly nothing without bias.
        let shift = distance * tau_mem * drift / (half + k);
        let (low, high) = (leak + shift, critical - shift);
        if kappa > 0.0 || !kappa.is_finite() || low < high {
            Self { alpha, kappa, k, middle, low, high }
        } else {
            // They have met, as far as voltages of this size can tell.
            Self { alpha, kappa: 0.0, k: 0.0, middle, low: middle, high: middle }
        }
    }

    /// `dV/dt`
    #[inline]
    pub fn slope(&self, v: f64) -> f64 {
        if self.kappa > 0.0 {
            let u = v - self.middle;
            self.alpha * (u * u + self.kappa)
        } else {
            self.alpha * ((v - self.low) * (v - self.high))
        }
    }

    /// The voltage after `dt >= 0`; infinity from the blow-up on.
    #[inline]
    pub fn after(&self, v: f64, dt: f64) -> f64 {
        let dt = finite_length(dt);
        if v == f64::INFINITY {
            v
        } else if self.kappa > 0.0 {
            self.rotated(v, dt)
        } else {
            self.relaxed(v, dt)
        }
    }

    /// The voltage after a short `dt >= 0`, and whether `dt` is short enough for a series and far enough from the blow-up.
    ///
    /// `V(t) = V + (u^2 + kappa) T/(1 - u T)` with the series of `T(t)` in `kappa (alpha t)^2`. Its remainder is below the rounding for
    /// `|kappa| (alpha t)^2 <= 1/256`, and nothing cancels: `u^2 + kappa` is the product of the distances from the fixed points
    /// where there are any. Without branches, for vectors.
    #[inline(always)]
    pub fn soon(&self, v: f64, dt: f64) -> (f64, bool) {
        const SHORT: f64 = 1.0 / 256.0;
        let scaled = self.alpha * dt;
        let square = self.kappa * (scaled * scaled);
        let high = (1_382.0 / 155_925.0 * square + 62.0 / 2_835.0) * square + 17.0 / 315.0;
        let series = ((high * square + 2.0 / 15.0) * square + 1.0 / 3.0) * square;
        let part = scaled + scaled * series;
        let u = v - self.middle;
        let (p, q) = self.gaps(v);
        let speed = if self.kappa > 0.0 { u * u + self.kappa } else { p * q };
        let left = 1.0 - u * part;
        (v + speed * part / left, (square.abs() <= SHORT) & (left > 0.5))
    }

    /// `u(t) = (u c + kappa S)/(c - u S)` with `S = sin(k alpha t)/k` and `c` the cosine, for `kappa > 0`.
    ///
    /// The denominator is above zero until the blow-up, which comes within half a turn.
    #[inline]
    fn rotated(&self, v: f64, dt: f64) -> f64 {
        let (u, angle) = (v - self.middle, self.k * self.alpha * dt);
        if angle >= PI {
            return f64::INFINITY;
        }
        let (sin, cos) = sin_cos(angle);
        let part = sin / self.k;
        let denominator = cos - u * part;
        if denominator <= 0.0 { f64::INFINITY } else { self.middle + (u * cos + self.kappa * part) / denominator }
    }

    /// `V - low` and `V - high`, for `kappa <= 0`: the smaller is exact, and they differ by `2k` to the last bit.
    ///
    /// The two fixed points are rounded by themselves, which matters where they are about to meet.
    #[inline]
    fn gaps(&self, v: f64) -> (f64, f64) {
        let (p, q, width) = (v - self.low, v - self.high, 2.0 * self.k);
        if p.abs() < q.abs() { (p, p - width) } else { (q + width, q) }
    }

    /// For `kappa <= 0`, with `p = V - low`, `q = V - high`, `e = e^(-2 k alpha t)` and `n = (1 - e)/(2k)`:
    ///
    /// ```text
    /// V(t) = high + q/(e - q n)         above both fixed points, infinite from q n = e on
    /// V(t) = low + p e/(1 - p n)        below both; the same as
    /// V(t) = low + 2 k p e/(p e - q)    between them, where p n may be close to 1
    /// ```
    #[inline]
    fn relaxed(&self, v: f64, dt: f64) -> f64 {
        let (width, (p, q)) = (2.0 * self.k, self.gaps(v));
        if p == 0.0 || q == 0.0 {
            return v;
        }
        let exponent = -(width * self.alpha) * dt;
        let left = exp(exponent);
        if q < 0.0 && p > 0.0 {
            return self.low + width * (p * left) / (p * left - q);
        }
        let part = if self.k == 0.0 { self.alpha * dt } else { -exp_m1(exponent) / width };
        if q < 0.0 {
            self.low + p * left / (1.0 - p * part)
        } else {
            let denominator = left - q * part;
            if denominator <= 0.0 { f64::INFINITY } else { self.high + q / denominator }
        }
    }

    /// Whether the voltage rises from `from` to the higher `to` in finite time.
    #[inline]
    fn reaches(&self, from: f64, to: f64) -> bool {
        from > f64::NEG_INFINITY && (self.kappa > 0.0 || from > self.high || to < self.low)
    }

    /// How long the voltage takes from `from` to the higher `to`, if it gets there.
    ///
    /// With `D = to - from`: the angle of the point `(kappa + u0 u1, k D)` over `k alpha` for `kappa > 0`, else
    /// `ln(1 + 2k D/((to - low)(from - high)))/(2k alpha)`.
    pub fn time_between(&self, from: f64, to: f64) -> Option<f64> {
        if !self.reaches(from, to) {
            return None;
        }
        let (distance, width) = (to - from, 2.0 * self.k);
        let scaled = if self.kappa > 0.0 {
            let product = (from - self.middle) * (to - self.middle);
            atan2(self.k * distance, self.kappa + product) / self.k
        } else {
            let share = distance / self.gaps(to).0 / self.gaps(from).1;
            if self.k == 0.0 { share } else { ln_1p(width * share) / width }
        };
        let time = scaled / self.alpha;
        time.is_finite().then_some(time)
    }

    /// A lower bound of [`Riccati::time_between`], infinity where there is none.
    ///
    /// `ln(1 + y) >= 2y/(2 + y)` gives `D/(alpha ((to - low)(from - high) + k D))` for `kappa <= 0`. For `kappa > 0`, `u^2 + kappa <= (|u| + k)^2` has an integral in closed form, at least half of the
    /// exact one.
    #[inline]
    pub fn least_time_between(&self, from: f64, to: f64) -> f64 {
        if !self.reaches(from, to) {
            return f64::INFINITY;
        }
        let (distance, k) = (to - from, self.k);
        let (numerator, denominator) = if self.kappa > 0.0 {
            let (u0, u1) = (from - self.middle, to - self.middle);
            let opposed = if u0 < 0.0 && u1 > 0.0 { -2.0 * u0 * u1 / k } else { 0.0 };
            (distance + opposed, (k + u0.abs()) * (k + u1.abs()))
        } else {
            (distance, self.gaps(to).0 * self.gaps(from).1 + k * distance)
        };
        let bound = numerator / (self.alpha * denominator) * (1.0 - MARGIN);
        // Products that overflow leave NaN.
        if bound > 0.0 { bound } else { 0.0 }
    }
}
