//! Vectors with operators, so that kernels read like their formulas.

use std::ops::{Add, BitAnd, BitOr, Div, Mul, Neg, Not, Sub};

use pulp::Simd;

use super::{LANES, Row};

/// Some lanes of a row in a vector register.
#[derive(Clone, Copy)]
pub(crate) struct Lanes<S: Simd> {
    simd: S,
    lanes: S::f64s,
}

/// The outcome of a comparison, lane by lane.
#[derive(Clone, Copy)]
pub(crate) struct Mask<S: Simd> {
    simd: S,
    lanes: S::m64s,
}

/// Number of vectors in a row.
#[inline(always)]
pub(crate) fn parts<S: Simd>() -> usize {
    LANES / S::F64_LANES
}

impl<S: Simd> Lanes<S> {
    /// The same number in every lane.
    #[inline(always)]
    pub fn splat(simd: S, value: f64) -> Self {
        Self { simd, lanes: simd.splat_f64s(value) }
    }

    /// The `part`-th vector of a row.
    #[inline(always)]
    pub fn load(simd: S, row: &Row, part: usize) -> Self {
        Self { simd, lanes: S::as_simd_f64s(row).0[part] }
    }

    /// Writes the `part`-th vector of a row.
    #[inline(always)]
    pub fn store(self, row: &mut Row, part: usize) {
        S::as_mut_simd_f64s(row).0[part] = self.lanes;
    }

    #[inline(always)]
    pub fn sqrt(self) -> Self {
        Self { lanes: self.simd.sqrt_f64s(self.lanes), ..self }
    }

    #[inline(always)]
    pub fn abs(self) -> Self {
        Self { lanes: self.simd.abs_f64s(self.lanes), ..self }
    }

    /// The larger of each pair of lanes; the order of a pair with NaN is unspecified.
    #[inline(always)]
    pub fn max(self, other: Self) -> Self {
        Self { lanes: self.simd.max_f64s(self.lanes, other.lanes), ..self }
    }

    /// The smaller of each pair of lanes; the order of a pair with NaN is unspecified.
    #[inline(always)]
    pub fn min(self, other: Self) -> Self {
        Self { lanes: self.simd.min_f64s(self.lanes, other.lanes), ..self }
    }

    /// Exclusive or of the bits.
    #[inline(always)]
    pub fn xor(self, other: Self) -> Self {
        Self { lanes: self.simd.xor_f64s(self.lanes, other.lanes), ..self }
    }

    #[inline(always)]
    pub fn lt(self, other: Self) -> Mask<S> {
        Mask { simd: self.simd, lanes: self.simd.less_than_f64s(self.lanes, other.lanes) }
    }

    #[inline(always)]
    pub fn le(self, other: Self) -> Mask<S> {
        Mask { simd: self.simd, lanes: self.simd.less_than_or_equal_f64s(self.lanes, other.lanes) }
    }
}

impl<S: Simd> Mask<S> {
    /// No lane.
    #[inline(always)]
    pub fn none(simd: S) -> Self {
        let zero = simd.splat_f64s(0.0);
        Self { simd, lanes: simd.less_than_f64s(zero, zero) }
    }

    /// `yes` in the lanes of the mask, `no` in the others.
    #[inline(always)]
    pub fn select(self, yes: Lanes<S>, no: Lanes<S>) -> Lanes<S> {
        Lanes { simd: self.simd, lanes: self.simd.select_f64s(self.lanes, yes.lanes, no.lanes) }
    }

    /// The value in the lanes of the mask, zero in the others.
    #[inline(always)]
    pub fn zero_elsewhere(self, value: Lanes<S>) -> Lanes<S> {
        self.select(value, Lanes::splat(self.simd, 0.0))
    }

    /// Whether any lane is set.
    #[inline(always)]
    pub fn any(self) -> bool {
        self.simd.first_true_m64s(self.lanes) < S::F64_LANES
    }
}

macro_rules! operator {
    ($trait:ident, $method:ident, $call:ident, $on:ident) => {
        impl<S: Simd> $trait for $on<S> {
            type Output = Self;
            #[inline(always)]
            fn $method(self, other: Self) -> Self {
                Self { lanes: self.simd.$call(self.lanes, other.lanes), ..self }
            }
        }
    };
}

operator!(Add, add, add_f64s, Lanes);
operator!(Sub, sub, sub_f64s, Lanes);
operator!(Mul, mul, mul_f64s, Lanes);
operator!(Div, div, div_f64s, Lanes);
operator!(BitAnd, bitand, and_m64s, Mask);
operator!(BitOr, bitor, or_m64s, Mask);

impl<S: Simd> Neg for Lanes<S> {
    type Output = Self;
    #[inline(always)]
    fn neg(self) -> Self {
        Self::splat(self.simd, 0.0) - self
    }
}

impl<S: Simd> Not for Mask<S> {
    type Output = Self;
    #[inline(always)]
    fn not(self) -> Self {
        Self { lanes: self.simd.not_m64s(self.lanes), ..self }
    }
}
