//! How the course of a [`Riccati`] answers to its start and to the parameters of the neuron.
//!
//! A disturbance `η(t)` of the slope at the time `t` arrives at the end multiplied by `D(t)²/D²`, where `D(t)` is the
//! denominator of the solution and `D` that of the end. Of a [`Qif`](crate::Qif), with `d = critical - leak` and
//! `δ = d τₘ bias/C`,
//!
//! ```text
//! ∂V'/∂leak = α (V - critical)²/d      ∂V'/∂critical = -α (V - leak)²/d
//! ∂V'/∂τₘ = -α (V - leak)(V - critical)/τₘ      ∂V'/∂(bias/C) = 1
//! ```
//!
//! and `L(t) = (V - leak) D(t)`, `M(t) = (V - critical) D(t)` and `D(t)` are all of the form `a c + b S`, `c` the cosine
//! and `S` the sine over `k`. So every derivative is one integral of a product of two of them, and those by the two
//! voltages are integrals of a square, in which nothing cancels.

use std::f64::consts::PI;

use super::Riccati;
use crate::math::{exp, exp_m1, finite_length, sin_cos};

/// No derivative is larger. Products with whatever meets it stay finite.
const LARGEST: f64 = 1e150;
/// A flow longer than so many time constants of the fixed points counts as this long: `e^-345 = 1/LARGEST`.
const LONGEST: f64 = 345.0;
/// A flow longer than this counts as this long where there is no time constant: its third power stays finite.
const LONGEST_DRIFT: f64 = 1e90;
/// Half of a time constant: below it series, above it exponentials lose at most four bits.
const SHORT: f64 = 1.0;
/// Terms of the series: `4^14 6/(31!)` is far below the rounding of its first term.
const TERMS: u32 = 13;

/// Derivatives of the voltage at the end of a flow.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(in super::super) struct Sensitivity {
    /// By the voltage at the start, `1/D²`.
    pub start: f64,
    pub leak: f64,
    pub critical: f64,
    pub tau_mem: f64,
    /// By `bias/C`.
    pub drift: f64,
}

/// A function `a c + b S`, or `(a/h + b h)/(2k)` with `h = e^(-k α t)`, as the integrals say.
type Pair = (f64, f64);

/// `∫ f²` and the like over the flow, divided by `D²`: of the first and of the second part of a [`Pair`], and mixed.
#[derive(Clone, Copy, Debug)]
struct Integrals {
    first: f64,
    mixed: f64,
    second: f64,
}

impl Integrals {
    #[inline]
    fn product(&self, f: Pair, g: Pair) -> f64 {
        f.0 * g.0 * self.first + (f.0 * g.1 + f.1 * g.0) * self.mixed + f.1 * g.1 * self.second
    }
}

impl Riccati {
    /// `V'(v + step) - V'(v) = α·step·(2u + step)`
    #[inline]
    pub fn slope_difference(&self, v: f64, step: f64) -> f64 {
        self.alpha * (step * (2.0 * (v - self.middle) + step))
    }

    /// Derivatives of [`Riccati::after`]; the parameters are those it was made from.
    ///
    /// Zero past the blow-up, and never larger than `LARGEST`. Requires `dt >= 0`.
    #[inline]
    pub fn sensitivity(&self, leak: f64, critical: f64, tau_mem: f64, drift: f64, v: f64, dt: f64) -> Sensitivity {
        if !v.is_finite() {
            return Sensitivity::default();
        }
        let distance = critical - leak;
        let x = self.alpha * finite_length(dt);
        let found = if self.kappa <= 0.0 && self.k * x > SHORT {
            self.long(distance, tau_mem * drift, v, x)
        } else {
            self.short(v, f64::min(x, LONGEST_DRIFT)).map(|(start, integrals)| {
                let (half, lift, u) = (distance / 2.0, distance * tau_mem * drift, v - self.middle);
                let (to_leak, to_critical) = (v - leak, v - critical);
                let l = (to_leak, lift - half * to_leak);
                let m = (to_critical, lift + half * to_critical);
                (start, integrals, l, m, (1.0, -u))
            })
        };
        let Some((start, integrals, l, m, d)) = found else { return Sensitivity::default() };
        Sensitivity {
            start: bounded(start),
            leak: bounded(integrals.product(m, m) / distance),
            critical: bounded(-integrals.product(l, l) / distance),
            tau_mem: bounded(-integrals.product(l, m) / tau_mem),
            drift: bounded(integrals.product(d, d) / self.alpha),
        }
    }

    /// `1/D²` and the integrals of `c²`, `c S` and `S²` over `D²`, for `kappa > 0` and for flows below one time constant.
    ///
    /// ```text
    /// ∫ c² = (x + S c)/2      ∫ c S = S²/2      ∫ S² = (x - S c)/(2 kappa) = x³/3 (1 - 4 kappa x²/20 + ..)
    /// ```
    ///
    /// over `x = α t`. `None` past the blow-up.
    #[inline]
    fn short(&self, v: f64, x: f64) -> Option<(f64, Integrals)> {
        let angle = self.k * x;
        let (cos, sin, denominator) = if self.kappa > 0.0 {
            if angle >= PI {
                return None;
            }
            let (sin, cos) = sin_cos(angle);
            (cos, sin / self.k, cos - (v - self.middle) * (sin / self.k))
        } else {
            let (p, q) = self.gaps(v);
            // e^(k x) - 1, from which sinh and cosh do not cancel, and the part of the flow.
            let grown = exp_m1(angle);
            let growth = 1.0 + grown;
            let (cosh, sinh) = (1.0 + grown * grown / (2.0 * growth), (grown + grown / growth) / 2.0);
            let part = if self.k == 0.0 { x } else { sinh / growth / self.k };
            let denominator = if q < 0.0 { (1.0 - p * part) * growth } else { 1.0 / growth - q * part * growth };
            (cosh, if self.k == 0.0 { x } else { sinh / self.k }, denominator)
        };
        if denominator <= 0.0 {
            return None;
        }
        // Divided by D one at a time: the squares could overflow.
        let (c, s) = (cos / denominator, sin / denominator);
        let second = if angle <= SHORT {
            let w = 4.0 * self.kappa * x * x;
            let series = (2..2 + TERMS).rev().fold(1.0, |sum, n| {
                let n = f64::from(n);
                1.0 - w / (2.0 * n * (2.0 * n + 1.0)) * sum
            });
            x / denominator * x * (x / denominator) / 3.0 * series
        } else {
            (x / denominator / denominator - s * c) / (2.0 * self.kappa)
        };
        let first = (x / denominator / denominator + s * c) / 2.0;
        Some((1.0 / denominator / denominator, Integrals { first, mixed: s * s / 2.0, second }))
    }

    /// The same in the base `1/h`, `h`, with which a long flow between or around two fixed points keeps its accuracy,
    /// and `L`, `M` and `D` in that base.
    ///
    /// ```text
    /// 2k D = p h - q/h      2k L = p (high - leak) h - q (low - leak)/h      2k M = p (high - critical) h - q (low - critical)/h
    /// ```
    ///
    /// With `e = h²`, `n = (1 - e)/(2k)`: `4k²` times the integrals of `1/h²`, 1 and `h²` are `n/e`, `x` and `n`.
    /// `lift` is `τₘ bias/C`.
    #[inline]
    fn long(&self, distance: f64, lift: f64, v: f64, x: f64) -> Option<(f64, Integrals, Pair, Pair, Pair)> {
        let (width, (p, q)) = (2.0 * self.k, self.gaps(v));
        let exponent = f64::min(width * x, LONGEST);
        let (left, part, x) = (exp(-exponent), -exp_m1(-exponent) / width, exponent / width);
        let denominator = p * left - q;
        if denominator <= 0.0 {
            return None;
        }
        // low - leak = critical - high, without cancellation.
        let near = distance * lift / (distance / 2.0 + self.k);
        let far = distance - near;
        // Over the denominator one at a time: its square could underflow.
        let (p, q) = (p / denominator, q / denominator);
        let (l, m, d) = ((-q * near, p * far), (q * far, -p * near), (-q, p));
        let start = width / denominator * left * (width / denominator);
        Some((start, Integrals { first: part, mixed: x * left, second: part * left }, l, m, d))
    }
}

/// Within what products can stand; what has overflowed on the way says nothing, and counts as zero.
#[inline]
fn bounded(x: f64) -> f64 {
    if x.is_nan() { 0.0 } else { x.clamp(-LARGEST, LARGEST) }
}
