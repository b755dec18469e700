//! The transcendental functions of the whole project, the same bits on every machine.
//!
//! The standard library calls the platform's C library, whose results differ in the last bit between
//! systems and versions. Here [`exp`] and [`ln`] are built from IEEE additions, multiplications and
//! divisions alone, without branches, so that one source serves the scalar and the vector form: the slice
//! functions compile it for the widest vectors of the machine at run time, lane by lane the same operations.
//! No fused multiply-add is used anywhere, because its rounding would depend on the machine.

use std::f64::consts::LOG2_E;

/// Adding and subtracting `1.5 * 2^52` rounds a small number to the nearest integer, which then stands in
/// the low bits of the sum.
const ROUND: f64 = 6_755_399_441_055_744.0;
/// Leading 32 bits of ln 2: a product with an integer below 2^20 is exact.
const LN_2_HIGH: f64 = 0.693_147_180_369_123_8;
/// ln 2 - [`LN_2_HIGH`].
const LN_2_LOW: f64 = 1.908_214_929_270_587_7e-10;
/// Above this argument `exp` exceeds the largest finite number.
const EXP_OVERFLOW: f64 = 709.782_712_893_384;
/// Below this argument [`exp`] returns zero.
pub const EXP_UNDERFLOW: f64 = -708.0;

/// Exponential function, `e^x`.
///
/// Relative error below 1.5 ulp. Exactly zero below [`EXP_UNDERFLOW`], infinite above 709.78; NaN gives NaN.
#[inline(always)]
#[must_use]
pub fn exp(x: f64) -> f64 {
    let clamped = x.clamp(EXP_UNDERFLOW, EXP_OVERFLOW);
    let shifted = clamped * LOG2_E + ROUND;
    let n = shifted - ROUND;
    let r = (clamped - n * LN_2_HIGH) - n * LN_2_LOW;

    // exp(r) = 1 + r + r^2 (even(r^2) + r odd(r^2)), the Taylor polynomial of degree 13: |r| <= ln(2)/2
    // leaves a remainder of 4e-18. Two short chains instead of one long one.
    let z = r * r;
    let even = ((((1.0 / 479_001_600.0 * z + 1.0 / 3_628_800.0) * z + 1.0 / 40_320.0) * z + 1.0 / 720.0) * z
        + 1.0 / 24.0)
        * z
        + 0.5;
    let odd = ((((1.0 / 6_227_020_800.0 * z + 1.0 / 39_916_800.0) * z + 1.0 / 362_880.0) * z + 1.0 / 5_040.0) * z
        + 1.0 / 120.0)
        * z
        + 1.0 / 6.0;
    let p = 1.0 + (r + z * (even + r * odd));

    // 2^(n-1) straight from the bits, then once more times 2: n may be 1024.
    let scale = f64::from_bits((shifted.to_bits() << 52).wrapping_add(1022 << 52));
    let value = p * scale * 2.0;
    let value = if x > EXP_OVERFLOW { f64::INFINITY } else { value };
    let value = if x < EXP_UNDERFLOW { 0.0 } else { value };
    if x.is_nan() { x } else { value }
}

/// Natural logarithm.
///
/// Relative error below 1 ulp for normal and subnormal arguments. `ln(0) = -inf`; negative arguments and NaN
/// give NaN.
#[inline(always)]
#[must_use]
pub fn ln(x: f64) -> f64 {
    const TWO_54: f64 = 18_014_398_509_481_984.0;
    const SQRT_HALF_BITS: u64 = 0x3fe6_a09e << 32;
    const ONE_BITS: u64 = 1023 << 52;
    const MANTISSA: u64 = (1 << 52) - 1;
    /// Bits of 2^52: an integer below 2^52 put into its mantissa is that integer plus 2^52.
    const TWO_52_BITS: u64 = 0x433 << 52;

    let subnormal = x < f64::MIN_POSITIVE;
    let (scaled, bias) = (if subnormal { x * TWO_54 } else { x }, if subnormal { 1077.0 } else { 1023.0 });
    // x = 2^k m with m in [sqrt(1/2), sqrt(2))
    let bits = scaled.to_bits().wrapping_add(ONE_BITS - SQRT_HALF_BITS);
    let k = f64::from_bits(TWO_52_BITS | (bits >> 52)) - (4_503_599_627_370_496.0 + bias);
    let m = f64::from_bits((bits & MANTISSA).wrapping_add(SQRT_HALF_BITS));

    // ln(1+f) = 2 atanh(s) with s = f/(2+f), arranged so that the leading term f is exact.
    let f = m - 1.0;
    let s = f / (2.0 + f);
    let z = s * s;
    let w = z * z;
    let even = ((((2.0 / 21.0 * w + 2.0 / 17.0) * w + 2.0 / 13.0) * w + 2.0 / 9.0) * w + 2.0 / 5.0) * w;
    let odd = ((((2.0 / 19.0 * w + 2.0 / 15.0) * w + 2.0 / 11.0) * w + 2.0 / 7.0) * w + 2.0 / 3.0) * z;
    let half_square = 0.5 * f * f;
    let value = (((s * (half_square + (even + odd)) + k * LN_2_LOW) - half_square) + f) + k * LN_2_HIGH;

    let value = if x == f64::INFINITY { x } else { value };
    let value = if x == 0.0 { f64::NEG_INFINITY } else { value };
    if x < 0.0 || x.is_nan() { f64::NAN } else { value }
}

/// A length of time to multiply rates with: the largest finite number stands for infinity, which a rate of zero would turn
/// into NaN. NaN stays.
#[inline(always)]
pub(crate) fn finite_length(dt: f64) -> f64 {
    if dt > f64::MAX { f64::MAX } else { dt }
}

/// `e^x - 1`, accurate near zero.
#[inline]
#[must_use]
pub fn exp_m1(x: f64) -> f64 {
    libm::expm1(x)
}

/// `ln(1 + x)`, accurate near zero.
#[inline]
#[must_use]
pub fn ln_1p(x: f64) -> f64 {
    libm::log1p(x)
}

/// Sine and cosine, for `x` in radians.
#[inline]
#[must_use]
pub fn sin_cos(x: f64) -> (f64, f64) {
    libm::sincos(x)
}

/// Angle in [-pi, pi] of the point with these coordinates, ordinate first.
#[inline]
#[must_use]
pub fn atan2(y: f64, x: f64) -> f64 {
    libm::atan2(y, x)
}

/// Logistic function, `1 / (1 + e^-x)`.
#[inline(always)]
#[must_use]
pub fn sigmoid(x: f64) -> f64 {
    1.0 / (1.0 + exp(-x))
}

/// Inverse of [`sigmoid`], `ln(p / (1 - p))`, for `p` in (0, 1).
#[inline]
#[must_use]
pub fn logit(p: f64) -> f64 {
    ln(p / (1.0 - p))
}

/// `ln(1 + e^x)`, without overflow.
#[inline]
#[must_use]
pub fn softplus(x: f64) -> f64 {
    x.max(0.0) + ln_1p(exp(-x.abs()))
}

/// Inverse of [`softplus`], `ln(e^y - 1)`, for `y > 0`.
#[inline]
#[must_use]
pub fn softplus_inverse(y: f64) -> f64 {
    // y + ln(1 - e^-y): no overflow for large y, no cancellation for small y.
    y + ln(-exp_m1(-y))
}

/// Principal branch of the Lambert W function, `W e^W = x`; NaN below `-1/e`.
#[inline]
#[must_use]
pub fn lambert_w0(x: f64) -> f64 {
    lambert_w::lambert_w0(x)
}

/// Replaces every element by its exponential; the bits of [`exp`].
pub fn exp_in_place(values: &mut [f64]) {
    pulp::Arch::new().dispatch(InPlace { values, function: exp });
}

/// Replaces every element by its logarithm; the bits of [`ln`].
pub fn ln_in_place(values: &mut [f64]) {
    pulp::Arch::new().dispatch(InPlace { values, function: ln });
}

/// Replaces every element by its logistic function; the bits of [`sigmoid`].
pub fn sigmoid_in_place(values: &mut [f64]) {
    pulp::Arch::new().dispatch(InPlace { values, function: sigmoid });
}

/// Compiles a loop over a function for the widest vectors of the machine.
struct InPlace<'a, F> {
    values: &'a mut [f64],
    function: F,
}

impl<F: Fn(f64) -> f64> pulp::WithSimd for InPlace<'_, F> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: pulp::Simd>(self, _: S) {
        for value in self.values {
            *value = (self.function)(*value);
        }
    }
}

#[cfg(test)]
#[allow(clippy::disallowed_methods, reason = "the standard library is the reference here")]
mod tests {
    use super::*;

    /// Distance in units of the last place of `b`.
    fn ulps(a: f64, b: f64) -> f64 {
        if a == b {
            return 0.0;
        }
        (a - b).abs() / (f64::from_bits(b.abs().to_bits() + 1) - b.abs())
    }

    /// A spread of arguments that is not aligned with any power of two.
    fn sweep(low: f64, high: f64) -> impl Iterator<Item = f64> {
        (0..200_001).map(move |i| low + (high - low) * f64::from(i) / 200_000.0)
    }

    #[test]
    fn exp_is_within_two_ulps_of_the_c_library() {
        let worst =
            sweep(-707.9, 709.7).chain(sweep(-1.0, 1.0)).map(|x| ulps(exp(x), x.exp())).fold(0.0, f64::max);
        assert!(worst <= 2.0, "{worst} ulp");
    }

    #[test]
    fn ln_is_within_two_ulps_of_the_c_library() {
        let arguments = sweep(1e-9, 3.0).chain(sweep(1.0 - 1e-6, 1.0 + 1e-6)).chain(sweep(-707.0, 709.0).map(exp));
        let worst = arguments.map(|x| ulps(ln(x), x.ln())).fold(0.0, f64::max);
        assert!(worst <= 2.0, "{worst} ulp");
        assert!(ulps(ln(1e-310), 1e-310_f64.ln()) <= 1.0);
    }

    #[test]
    fn special_values() {
        assert_eq!(exp(0.0), 1.0);
        assert_eq!(exp(f64::NEG_INFINITY), 0.0);
        assert_eq!(exp(f64::INFINITY), f64::INFINITY);
        assert_eq!(exp(710.0), f64::INFINITY);
        assert_eq!(exp(-709.0), 0.0);
        assert!(exp(f64::NAN).is_nan());
        assert_eq!(ln(1.0), 0.0);
        assert_eq!(ln(0.0), f64::NEG_INFINITY);
        assert_eq!(ln(f64::INFINITY), f64::INFINITY);
        assert!(ln(-1.0).is_nan());
        assert!(ln(f64::NAN).is_nan());
    }

    #[test]
    fn slices_have_the_bits_of_the_scalars() {
        for length in [0, 1, 3, 8, 33] {
            let arguments: Vec<f64> = (0..length).map(|i| f64::from(i) * 0.37 - 3.0).collect();
            let mut exps = arguments.clone();
            exp_in_place(&mut exps);
            let mut lns = exps.clone();
            ln_in_place(&mut lns);
            for i in 0..arguments.len() {
                assert_eq!(exps[i].to_bits(), exp(arguments[i]).to_bits());
                assert_eq!(lns[i].to_bits(), ln(exps[i]).to_bits());
            }
        }
    }

    #[test]
    fn angles_return() {
        for x in [-3.0, -1.5, 0.0, 1e-9, 0.7, 3.1] {
            let (sin, cos) = sin_cos(x);
            assert!((sin * sin + cos * cos - 1.0).abs() < 1e-15 && (atan2(sin, cos) - x).abs() < 1e-15);
        }
        assert_eq!(sin_cos(0.0), (0.0, 1.0));
    }

    #[test]
    fn inverses() {
        for x in [-30.0, -2.0, -1e-3, 0.5, 4.0] {
            assert!((logit(sigmoid(x)) - x).abs() < 1e-12 * exp(x.abs()));
            assert!((softplus_inverse(softplus(x)) - x).abs() < 1e-10);
        }
        assert!((softplus(800.0) - 800.0).abs() < 1e-12);
        assert!((lambert_w0(1.0) - 0.567_143_290_409_783_8).abs() < 1e-15);
        assert!(lambert_w0(-0.4).is_nan());
    }
}
